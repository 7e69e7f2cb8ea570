#include "app/export.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>

#include "app/accounts.hpp"
#include "app/csv.hpp"
#include "app/node.hpp"
#include "app/serve.hpp"
#include "base/log.hpp"
#include "contracts/catalog.hpp"
#include "index/indexer.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// A question to the node holds this many rows.
constexpr uint64_t rows_per_question = 1'000;

const std::vector<std::string> flow_names{
    "row",      "block",  "timestamp",   "transaction", "logIndex", "side",
    "kind",     "party",  "beneficiary", "item",        "currency", "symbol",
    "decimals", "amount", "record",      "purpose",     "ref"};

/// A field as RFC 4180 wants it: in quotes if it holds a comma, a quote or a line end.
std::string quoted(const std::string& field) {
    if (field.find_first_of(",\"\r\n") == field.npos) return field;
    std::string out = "\"";
    for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string line_of(const std::vector<std::string>& fields) {
    std::string out;
    for (const std::string& field : fields) out += (out.empty() ? "" : ",") + quoted(field);
    return out + "\r\n";
}

std::string text_of_member(const json::object& row, std::string_view name) {
    const json::value* value = row.if_contains(name);
    if (value == nullptr || value->is_null()) return "";
    return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

/// Asks a node for lists as of one block.
class Exporter {
public:
    Exporter(Session& session, const ExportOptions& options)
        : session_(session), options_(options) {}

    Result<ExportedTable> read() {
        TRY(address, find_address(options_.address));
        address_ = to_hex(address);
        if (auto set = set_block(); !set) return std::move(set).error();
        out_.chain_id = session_.chain_id();
        const std::string& what = options_.what;
        auto done = what == "vault"       ? read_vault()
                    : what == "flows"     ? read_flows()
                    : what == "journal"   ? read_journal()
                    : what == "captable"  ? read_holders("plume_capTable")
                    : what == "holders"   ? read_holders("plume_holders")
                    : what == "transfers" ? read_transfers()
                                          : unknown();
        if (!done) return std::move(done).error();
        return std::move(out_);
    }

private:
    using Rows = std::vector<json::object>;

    static Result<void> unknown() {
        return Error{exit_code::usage,
                     "what to export is vault, flows, journal, captable, holders or transfers"};
    }

    /// Fixes the block that all questions are about.
    Result<void> set_block() {
        json::object question{{"limit", 1}};
        std::string_view as_of = options_.as_of;
        const bool is_time = as_of.starts_with("@");
        if (!as_of.empty()) {
            const auto number = parse_decimal(is_time ? as_of.substr(1) : as_of);
            if (!number || !number->fits_uint64())
                return Error{exit_code::usage, "'" + options_.as_of +
                                                   "' is no block number, and no @ with seconds "
                                                   "since 1970"};
            question["toBlock"] = json::object{{is_time ? "timestamp" : "block", number->low64()}};
        }
        TRY(answer, session_.request("plume_vaults", {question}));
        const json::object& block = answer.at("block").as_object();
        out_.block_number = block.at("number").to_number<uint64_t>();
        out_.block_hash = block.at("hash").as_string();
        out_.timestamp = block.at("timestamp").to_number<uint64_t>();
        return {};
    }

    /// All pages of a list.
    Result<Rows> list(const std::string& method, const std::string& filter) {
        Rows rows;
        json::object question{
            {filter, address_}, {"limit", rows_per_question}, {"toBlock", out_.block_number}};
        for (;;) {
            TRY(answer, session_.request(method, {question}));
            for (json::value& row : answer.at("items").as_array())
                rows.push_back(std::move(row.as_object()));
            if (answer.at("next").is_null()) return rows;
            question["cursor"] = answer.at("next");
        }
    }

    struct Money {
        std::string symbol, decimals;
    };
    /// Symbol and decimals; empty where there are none, as for a token that does not say.
    const Money& money(const std::string& currency) {
        const auto found = money_.find(currency);
        if (found != money_.end()) return found->second;
        Money& out = money_[currency];
        const auto at = Address::parse(currency);
        if (!at || *at == Address{}) return out;
        if (auto symbol = session_.ask<"symbol() view returns (string)", std::string>(*at))
            out.symbol = *symbol;
        if (auto decimals = session_.ask<"decimals() view returns (uint8)", uint8_t>(*at))
            out.decimals = std::to_string(*decimals);
        return out;
    }

    std::vector<std::string> flow_row(const json::object& row, const std::string& what,
                                      const std::string& kind, const std::string& currency) {
        const auto member = [&](std::string_view name) { return text_of_member(row, name); };
        const bool is_undone = member("undone") == "true";
        return {what,
                member("block"),
                member("timestamp"),
                member("transaction"),
                member("logIndex"),
                member("side"),
                kind,
                member("party"),
                member("beneficiary"),
                member("item"),
                currency,
                money(currency).symbol,
                money(currency).decimals,
                (is_undone ? "-" : "") + member("amount"),
                member("record"),
                member("purpose"),
                member("ref")};
    }

    Result<void> read_flows() {
        out_.columns = flow_names;
        TRY(flows, list("plume_flows", "contract"));
        for (const json::object& row : flows)
            out_.rows.push_back(flow_row(row, "flow", text_of_member(row, "kind"),
                                         text_of_member(row, "currency")));
        return {};
    }

    Result<void> read_vault() {
        TRY(vaults, list("plume_vaults", "address"));
        if (vaults.empty())
            return Error{exit_code::usage, options_.address + " is no vault as of block " +
                                               std::to_string(out_.block_number)};
        const std::string currency = text_of_member(vaults.front(), "currency");
        out_.columns = flow_names;
        TRY(tranches, list("plume_tranches", "contract"));
        for (const json::object& row : tranches)
            out_.rows.push_back(flow_row(row, "tranche", "planned", currency));
        TRY(steps, list("plume_steps", "contract"));
        for (const json::object& row : steps)
            out_.rows.push_back(flow_row(row, "step", text_of_member(row, "step"), currency));
        return read_flows();
    }

    Result<void> read_columns(const std::string& method, const std::string& filter,
                              const std::vector<std::string>& names,
                              const std::string& currency_name) {
        TRY(rows, list(method, filter));
        out_.columns = names;
        out_.columns.insert(out_.columns.end(), {"symbol", "decimals"});
        for (const json::object& row : rows) {
            std::vector<std::string> fields;
            for (const std::string& name : names) fields.push_back(text_of_member(row, name));
            const Money& unit = money(text_of_member(row, currency_name));
            fields.insert(fields.end(), {unit.symbol, unit.decimals});
            out_.rows.push_back(std::move(fields));
        }
        return {};
    }

    Result<void> read_journal() {
        return read_columns("plume_journal", "contract",
                            {"block", "timestamp", "transaction", "entry", "currency", "debit",
                             "credit", "amount", "ref"},
                            "currency");
    }

    Result<void> read_transfers() {
        return read_columns("plume_transfers", "token",
                            {"block", "timestamp", "transaction", "logIndex", "token", "item",
                             "from", "to", "amount"},
                            "token");
    }

    Result<void> read_holders(const std::string& method) {
        const bool has_shares = method == "plume_capTable";
        out_.columns = {"holder", "amount", "token", "symbol", "decimals", "supply"};
        if (has_shares) out_.columns.emplace_back("shareMillionths");
        json::object question{{"limit", rows_per_question}, {"asOf", out_.block_number}};
        for (;;) {
            TRY(answer, session_.request(method, {address_, question}));
            for (const json::value& item : answer.at("items").as_array()) {
                const json::object& row = item.as_object();
                out_.rows.push_back({text_of_member(row, "holder"), text_of_member(row, "amount"),
                                     address_, money(address_).symbol, money(address_).decimals,
                                     std::string(answer.at("supply").as_string())});
                if (has_shares) out_.rows.back().push_back(text_of_member(row, "shareMillionths"));
            }
            if (answer.at("next").is_null()) return {};
            question["cursor"] = answer.at("next");
        }
    }

    Session& session_;
    const ExportOptions& options_;
    std::string address_;
    ExportedTable out_;
    std::map<std::string, Money> money_;
};

int write_text(const ExportOptions& options, const std::string& text) {
    if (options.output.empty()) {
        std::cout << text;
        return exit_code::ok;
    }
    std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return report_error(Error{exit_code::failed, "cannot write " + options.output});
    return exit_code::ok;
}

/// A node for this program alone: answers from what a stopped one has, once its index has all of
/// it, and makes no block.
Result<std::unique_ptr<Node>> open_stopped(const std::string& data) {
    if (!std::filesystem::exists(std::filesystem::path(data) / "VERSION"))
        return Error{.what = data + " holds no chain"};
    log::set_level(log::Level::warn);
    NodeOptions options{.data = data};
    options.server.port = 0;
    options.solo.is_manual = true;
    TRY(node, Node::start(std::move(options)));
    const uint64_t head = node->chain().head()->number();
    while (!node->index()->wait_for(head))
        if (const std::string why = node->index()->status().error; !why.empty())
            return Error{.what = "the index of " + data + " cannot be read: " + why};
    return node;
}

}  // namespace

std::string ExportedTable::csv() const {
    std::string out = line_of(columns);
    for (const auto& row : rows) out += line_of(row);
    std::vector<std::string> footer(columns.size());
    footer.front() = "# block " + std::to_string(block_number) + " " + block_hash + " of chain " +
                     std::to_string(chain_id) + " at " + std::to_string(timestamp);
    return out + line_of(footer);
}

json::object ExportedTable::json() const {
    json::array items;
    for (const auto& row : rows) {
        json::object item;
        for (size_t i = 0; i < columns.size(); ++i) item[columns[i]] = row[i];
        items.push_back(std::move(item));
    }
    return {
        {"chainId", chain_id},
        {"block",
         json::object{{"number", block_number}, {"hash", block_hash}, {"timestamp", timestamp}}},
        {"rows", std::move(items)}};
}

Result<ExportedTable> read_export(Session& session, const ExportOptions& options) {
    return Exporter(session, options).read();
}

Result<ExportedSums> sums_of_export(const std::string& csv, const Address& currency) {
    TRY(table, Csv::parse(csv));
    TRY(row_at, table.column("row"));
    TRY(side_at, table.column("side"));
    TRY(currency_at, table.column("currency"));
    TRY(amount_at, table.column("amount"));
    ExportedSums out;
    for (size_t i = 0; i < table.row_count(); ++i) {
        if (table.at(i, row_at) != "flow") continue;
        if (Address::parse(table.at(i, currency_at)) != currency) continue;
        const std::string& side = table.at(i, side_at);
        u256* sum = side == "in"         ? &out.contributed
                    : side == "paid"     ? &out.paid
                    : side == "returned" ? &out.returned
                                         : nullptr;
        if (sum == nullptr) continue;
        std::string_view digits = table.at(i, amount_at);
        const bool is_negative = digits.starts_with("-");
        if (is_negative) digits.remove_prefix(1);
        const auto amount = parse_decimal(digits);
        if (!amount) return Error{exit_code::failed, "row " + std::to_string(i) + " has no amount"};
        const auto [value, overflow] =
            is_negative ? overflowing_sub(*sum, *amount) : overflowing_add(*sum, *amount);
        if (overflow) return Error{exit_code::failed, "the sums leave 256 bits"};
        *sum = value;
    }
    const auto spent = overflowing_add(out.paid, out.returned);
    const auto held = overflowing_sub(out.contributed, spent.value);
    if (spent.overflow || held.overflow)
        return Error{exit_code::failed, "more went out than came in"};
    out.held = held.value;
    return out;
}

int run_export(const ExportOptions& options) {
    std::unique_ptr<Node> own;
    if (!options.data.empty()) {
        auto opened = open_stopped(options.data);
        if (!opened) return report_error(Error{exit_code::failed, opened.error().what});
        own = std::move(*opened);
    }
    auto session = Session::open(own ? own->url() : options.client.rpc);
    if (!session) return report_error(session.error());
    const auto table = read_export(*session, options);
    if (!table) return report_error(table.error());
    const bool is_json = options.client.json || options.format == "json";
    return write_text(options, is_json ? json::serialize(table->json()) + "\n" : table->csv());
}

int run_index_rebuild(const IndexOptions& options) {
    auto chain = Chain::open(options.data, std::nullopt, native_types());
    if (!chain) return report_error(Error{exit_code::failed, chain.error().what});
    Result<uint64_t> blocks = uint64_t{0};
    {
        // What the index asks of contracts runs them.
        const Thread thread("index", [&] {
            blocks = rebuild_index(**chain, std::filesystem::path(options.data) / index_file,
                                   [&](uint64_t block) {
                                       if (!options.json) std::cerr << "block " << block << "\n";
                                   });
        });
    }
    if (!blocks) return report_error(Error{exit_code::failed, blocks.error().what});
    if (options.json)
        std::cout << json::serialize(json::object{{"blocks", *blocks}}) << "\n";
    else
        std::cout << "the index holds " << *blocks << " blocks\n";
    return exit_code::ok;
}

}  // namespace plume
