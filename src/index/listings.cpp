#include "index/listings.hpp"

#include <algorithm>
#include <charconv>

#include "index/facts.hpp"

namespace plume {

namespace {

using enum Form;

constexpr Column block_column{"block", "t.at >> 24", number};
constexpr Column time_column{"timestamp",
                             "(SELECT timestamp FROM blocks WHERE number = t.at >> 24)", number};
constexpr Column log_column{"logIndex", "t.at & 16777215", number};
constexpr Column tx_column{"transaction", "t.tx", hash};

constexpr Column contract_columns[] = {block_column,
                                       time_column,
                                       {"address", "t.contract", address},
                                       {"kind", "t.kind", text},
                                       {"template", "t.template", text},
                                       {"creator", "t.creator", address},
                                       {"record", "t.record", hash},
                                       {"purpose", "t.purpose", hash},
                                       {"name", "t.name", text},
                                       {"symbol", "t.symbol", text},
                                       {"decimals", "t.decimals", number},
                                       {"currency", "t.currency", address}};
constexpr Filter contract_filters[] = {
    {"address", "t.contract = ?", address}, {"kind", "t.kind = ?", text},
    {"creator", "t.creator = ?", address},  {"record", "t.record = ?", hash},
    {"purpose", "t.purpose = ?", hash},     {"currency", "t.currency = ?", address}};

constexpr Column flow_columns[] = {block_column,
                                   time_column,
                                   log_column,
                                   tx_column,
                                   {"contract", "t.contract", address},
                                   {"side", "t.side", text},
                                   {"kind", "t.kind", text},
                                   {"currency", "t.currency", address},
                                   {"party", "t.party", address},
                                   {"beneficiary", "t.beneficiary", address},
                                   {"item", "t.item", hash},
                                   {"amount", "t.amount", amount},
                                   {"undone", "t.undone", flag},
                                   {"record", "t.record", hash},
                                   {"purpose", "t.purpose", hash},
                                   {"ref", "t.ref", hash}};
constexpr Filter flow_filters[] = {{"contract", "t.contract = ?", address},
                                   {"side", "t.side = ?", text},
                                   {"kind", "t.kind = ?", text},
                                   {"currency", "t.currency = ?", address},
                                   {"party", "t.party = ?", address},
                                   {"item", "t.item = ?", hash},
                                   {"record", "t.record = ?", hash},
                                   {"purpose", "t.purpose = ?", hash},
                                   {"ref", "t.ref = ?", hash}};

constexpr Column transfer_columns[] = {block_column,
                                       time_column,
                                       log_column,
                                       tx_column,
                                       {"token", "t.contract", address},
                                       {"item", "t.item", hash},
                                       {"from", "t.sender", address},
                                       {"to", "t.receiver", address},
                                       {"amount", "t.amount", amount}};
constexpr Filter transfer_filters[] = {{"token", "t.contract = ?", address},
                                       {"item", "t.item = ?", hash},
                                       {"from", "t.sender = ?", address},
                                       {"to", "t.receiver = ?", address},
                                       {"holder", "? IN (t.sender, t.receiver)", address}};

constexpr Column tranche_columns[] = {block_column,
                                      {"contract", "t.contract", address},
                                      {"item", "t.item", hash},
                                      {"amount", "t.amount", amount},
                                      {"deadline", "t.deadline", number},
                                      {"criteria", "t.criteria", hash},
                                      {"purpose", "t.purpose", hash},
                                      {"record", "t.record", hash}};
constexpr Filter of_contract[] = {{"contract", "t.contract = ?", address},
                                  {"item", "t.item = ?", hash}};

constexpr Column step_columns[] = {block_column,
                                   time_column,
                                   log_column,
                                   tx_column,
                                   {"contract", "t.contract", address},
                                   {"item", "t.item", hash},
                                   {"step", "t.step", text},
                                   {"party", "t.party", address},
                                   {"amount", "t.amount", amount}};

constexpr Column item_columns[] = {block_column,
                                   time_column,
                                   {"contract", "t.contract", address},
                                   {"item", "t.item", hash},
                                   {"record", "t.record", hash},
                                   {"cap", "t.cap", amount}};

constexpr Column right_columns[] = {block_column,
                                    time_column,
                                    {"contract", "t.contract", address},
                                    {"item", "t.item", hash},
                                    {"event", "t.what", text},
                                    {"user", "t.user", address},
                                    {"amount", "t.amount", amount},
                                    {"expires", "t.expires", number}};
constexpr Filter right_filters[] = {{"contract", "t.contract = ?", address},
                                    {"item", "t.item = ?", hash},
                                    {"user", "t.user = ?", address}};

constexpr Column record_columns[] = {block_column,
                                     time_column,
                                     log_column,
                                     tx_column,
                                     {"uid", "t.uid", hash},
                                     {"schema", "t.schema", hash},
                                     {"attester", "t.attester", address},
                                     {"subject", "t.subject", address},
                                     {"event", "t.event", text}};
constexpr Filter record_filters[] = {{"uid", "t.uid = ?", hash},
                                     {"schema", "t.schema = ?", hash},
                                     {"attester", "t.attester = ?", address},
                                     {"subject", "t.subject = ?", address},
                                     {"event", "t.event = ?", text}};

constexpr Column journal_columns[] = {block_column,
                                      time_column,
                                      tx_column,
                                      {"contract", "t.contract", address},
                                      {"entry", "t.entry", amount},
                                      {"currency", "t.currency", address},
                                      {"debit", "t.debit", number},
                                      {"credit", "t.credit", number},
                                      {"amount", "t.amount", amount},
                                      {"ref", "t.ref", hash}};
constexpr Filter journal_filters[] = {{"contract", "t.contract = ?", address},
                                      {"currency", "t.currency = ?", address},
                                      {"ref", "t.ref = ?", hash}};

constexpr Column run_columns[] = {block_column,
                                  time_column,
                                  tx_column,
                                  {"job", "t.job", amount},
                                  {"event", "t.what", text},
                                  {"party", "t.party", address},
                                  {"run", "t.run", number},
                                  {"amount", "t.amount", amount}};
constexpr Filter run_filters[] = {
    {"job", "t.job = ?", amount}, {"event", "t.what = ?", text}, {"party", "t.party = ?", address}};

constexpr Listing all[] = {
    {"contracts", "contracts", "", contract_columns, contract_filters},
    {"vaults", "contracts",
     "t.kind IN ('Vault', 'EscrowVault', 'RevenueShare', 'Pool', 'QueuedPool', 'PublicGoods')",
     contract_columns, contract_filters},
    {"flows", "flows", "", flow_columns, flow_filters},
    {"contributions", "flows", "t.side = 'in'", flow_columns, flow_filters},
    {"payments", "flows", "t.side IN ('paid', 'returned')", flow_columns, flow_filters},
    {"revenue", "flows",
     "t.kind IN ('revenue', 'revenue of line', 'announced', 'claim', 'announced claim', "
     "'tax withheld', 'collection', 'interest')",
     flow_columns, flow_filters},
    {"transfers", "transfers", "", transfer_columns, transfer_filters},
    {"tranches", "tranches", "", tranche_columns, of_contract},
    {"steps", "steps", "", step_columns, of_contract},
    {"items", "items", "", item_columns, of_contract},
    {"rights", "rights", "", right_columns, right_filters},
    {"records", "records", "", record_columns, record_filters},
    {"journal", "journal", "", journal_columns, journal_filters},
    {"runs", "runs", "", run_columns, run_filters},
};

Cell cell_of(const Statement& row, int column, Form form) {
    if (row.is_null(column)) return {};
    switch (form) {
        case number:
            return row.number(column);
        case flag:
            return row.number(column) != 0;
        case amount:
            return to_decimal(row.amount(column));
        case text:
            return std::string(row.text(column));
        case address:
        case hash:
            break;
    }
    return to_hex(row.blob(column));
}

std::string query_of(const Listing& listing, std::span<const Condition> conditions) {
    std::string out = "SELECT t.at, t.part";
    for (const Column& column : listing.columns) out += ", " + std::string(column.sql);
    out += " FROM " + std::string(listing.table) + " t WHERE t.at >= ? AND t.at < ? ";
    out += "AND (t.at, t.part) >= (?, ?)";
    if (!listing.where.empty()) out += " AND " + std::string(listing.where);
    for (const Condition& condition : conditions)
        out += " AND " + std::string(condition.filter->sql);
    return out + " ORDER BY t.at, t.part LIMIT ?";
}

}  // namespace

std::string Cursor::text() const {
    return is_start ? "" : std::to_string(at) + "." + std::to_string(part);
}

std::optional<Cursor> Cursor::parse(std::string_view text) {
    if (text.empty()) return Cursor{};
    Cursor out{.is_start = false};
    const char* end = text.data() + text.size();
    const auto [dot, first] = std::from_chars(text.data(), end, out.at);
    if (first != std::errc{} || dot == end || *dot != '.') return std::nullopt;
    const auto [rest, second] = std::from_chars(dot + 1, end, out.part);
    if (second != std::errc{} || rest != end) return std::nullopt;
    if (out.at >> 63 != 0 || out.part >> 63 != 0) return std::nullopt;
    return out;
}

std::span<const Listing> listings() {
    return all;
}

const Listing& listing_named(std::string_view name) {
    const auto found = std::ranges::find(all, name, &Listing::name);
    check(found != std::end(all), "the listing exists");
    return *found;
}

Page read_page(Sqlite& database, const Listing& listing, std::span<const Condition> conditions,
               const Cursor& after, uint64_t first, uint64_t last, uint64_t limit) {
    Statement rows(database, query_of(listing, conditions));
    const uint64_t from = std::max(first_place(first), after.at);
    rows.bind(from, first_place(last + 1));
    rows.bind(after.at, after.is_start ? 0 : after.part + 1);
    for (const Condition& condition : conditions)
        std::visit([&](const auto& value) { rows.bind(value); }, condition.value);
    rows.bind(limit + 1);
    Page out;
    Cursor end;
    while (rows.step()) {
        if (out.rows.size() == limit) {
            out.next = end;
            break;
        }
        Row row;
        for (size_t i = 0; i < listing.columns.size(); ++i)
            row.push_back(cell_of(rows, static_cast<int>(i) + 2, listing.columns[i].form));
        out.rows.push_back(std::move(row));
        end = {rows.number(0), rows.number(1), false};
    }
    return out;
}

HoldersPage read_holders(Sqlite& database, const Address& token, const Hash& item, uint64_t block,
                         const std::optional<Address>& after, uint64_t limit) {
    HoldersPage out;
    const uint64_t end = first_place(block + 1);
    Statement supply(database,
                     "SELECT amount FROM balances WHERE contract = ? AND item = ? AND holder = "
                     "zeroblob(20) AND at < ? ORDER BY at DESC LIMIT 1");
    if (supply.bind(token, item, end).step()) out.supply = supply.amount(0);
    // With max() the other columns are those of the row that has it.
    Statement rows(database,
                   "SELECT holder, amount, max(at) FROM balances WHERE contract = ? AND item = ? "
                   "AND holder > ? AND at < ? GROUP BY holder HAVING amount != zeroblob(32) "
                   "ORDER BY holder LIMIT ?");
    rows.bind(token, item, after.value_or(Address{}), end, limit + 1);
    while (rows.step()) {
        if (out.holders.size() == limit) {
            out.next = out.holders.back().holder;
            break;
        }
        out.holders.push_back({rows.address(0), rows.amount(1)});
    }
    return out;
}

std::vector<Total> read_totals(Sqlite& database, const Address& contract, uint64_t block) {
    Statement rows(database,
                   "SELECT currency, contributed, paid, returned, max(at) FROM totals WHERE "
                   "contract = ? AND at < ? GROUP BY currency ORDER BY currency");
    rows.bind(contract, first_place(block + 1));
    std::vector<Total> out;
    while (rows.step())
        out.push_back({rows.address(0), rows.amount(1), rows.amount(2), rows.amount(3)});
    return out;
}

std::optional<uint64_t> block_at_time(Sqlite& database, uint64_t timestamp) {
    Statement row(database,
                  "SELECT number FROM blocks WHERE timestamp <= ? "
                  "ORDER BY timestamp DESC, number DESC LIMIT 1");
    if (!row.bind(timestamp).step()) return std::nullopt;
    return row.number(0);
}

std::optional<std::pair<Hash, uint64_t>> block_facts(Sqlite& database, uint64_t number) {
    Statement row(database, "SELECT hash, timestamp FROM blocks WHERE number = ?");
    if (!row.bind(number).step()) return std::nullopt;
    return std::pair{row.hash(0), row.number(1)};
}

}  // namespace plume
