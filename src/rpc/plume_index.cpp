// plume_: what the index answers (index/indexer.hpp): lists with filters, page by page, holders as
// of a block or a time, and a vault with its plan and sums. Every answer names the block it is of.
// Amounts are decimal digits in units of their currency; numbers of blocks and times are numbers.

#include "codec/abi.hpp"
#include "contracts/catalog.hpp"
#include "crypto/keccak.hpp"
#include "index/events.hpp"
#include "index/indexer.hpp"
#include "index/listings.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

namespace json = boost::json;

constexpr uint64_t page_rows = 100;
/// Tranches, and steps of them, that plume_vault shows; the lists have all.
constexpr uint64_t vault_rows_max = 1'000;
constexpr uint64_t millions = 1'000'000;

IndexReader open_index(Ask& ask) {
    if (ask.services().index == nullptr)
        throw RpcError{code::server_error, "this node keeps no index: start it without --no-index"};
    return or_throw(ask.services().index->read());
}

/// Whoever is about to answer makes sure that what was read is all.
void require_whole(IndexReader& reader) {
    if (auto ok = reader.database().outcome(); !ok)
        throw RpcError{code::server_error, "the index cannot answer: " + ok.error().what};
}

json::object block_json(IndexReader& reader, uint64_t number) {
    const auto facts = block_facts(reader.database(), number);
    require_whole(reader);
    return {{"number", number}, {"hash", hex_data(facts->first)}, {"timestamp", facts->second}};
}

[[noreturn]] void refuse_block(const IndexReader& reader, uint64_t wanted) {
    throw RpcError{code::server_error, "block " + std::to_string(wanted) +
                                           " is not in the index, which is at block " +
                                           std::to_string(reader.block())};
}

/// The block that "asOf" names: a number, "latest", or an object with a block or a timestamp; the
/// newest when it is not given.
uint64_t as_of(IndexReader& reader, const Field& field) {
    if (!field.given()) return reader.block();
    uint64_t number = 0;
    if (field.is_object()) {
        field.only_members({"block", "timestamp"});
        if (field["block"].given() == field["timestamp"].given())
            field.refuse("a block or a timestamp, one of them");
        if (field["timestamp"].given()) {
            const uint64_t time = field["timestamp"].lenient_number();
            const auto found = block_at_time(reader.database(), std::min(time, ~uint64_t{0} >> 1));
            if (!found) field.refuse("before the chain began");
            return *found;
        }
        number = field["block"].lenient_number();
    } else {
        number = field.lenient_number();
    }
    if (number > reader.block()) refuse_block(reader, number);
    return number;
}

uint64_t limit_of(const Field& field) {
    if (!field.given()) return page_rows;
    const uint64_t limit = field.lenient_number();
    if (limit == 0 || limit > page_max)
        field.refuse("not a number of rows from 1 to " + std::to_string(page_max));
    return limit;
}

Condition condition_of(const Filter& filter, const Field& field) {
    switch (filter.form) {
        case Form::address:
            return {&filter, field.address()};
        case Form::hash:
            return {&filter, field.hash()};
        case Form::amount:
            return {&filter, u256{field.lenient_number()}};
        case Form::number:
        case Form::flag:
            return {&filter, field.lenient_number()};
        case Form::text:
            break;
    }
    return {&filter, std::string(field.text())};
}

json::value cell_json(const Cell& cell) {
    return std::visit(
        []<class T>(const T& value) -> json::value {
            if constexpr (std::is_same_v<T, std::monostate>)
                return nullptr;
            else
                return json::value_from(value);
        },
        cell);
}

json::array rows_json(const Listing& listing, const Page& page) {
    json::array out;
    for (const Row& row : page.rows) {
        json::object item;
        for (size_t i = 0; i < row.size(); ++i) item[listing.columns[i].name] = cell_json(row[i]);
        out.push_back(std::move(item));
    }
    return out;
}

/// Members of a question that are not filters.
constexpr std::array<std::string_view, 4> paging{"fromBlock", "toBlock", "cursor", "limit"};

std::vector<Condition> conditions_of(const Listing& listing, const Field& question) {
    std::vector<Condition> out;
    if (!question.given()) return out;
    for (const Field& member : question.members(listing.filters.size() + paging.size())) {
        if (std::ranges::find(paging, member.name()) != paging.end()) continue;
        const auto filter = std::ranges::find(listing.filters, member.name(), &Filter::name);
        if (filter == listing.filters.end()) {
            std::string known;
            for (const Filter& each : listing.filters) known += std::string(each.name) + ", ";
            member.refuse("no filter of this list, which has " + known +
                          "fromBlock, toBlock, cursor, limit");
        }
        if (member.given()) out.push_back(condition_of(*filter, member));
    }
    return out;
}

Json list(Ask& ask, std::string_view name) {
    const Listing& listing = listing_named(name);
    const Field question = ask[0];
    const std::vector<Condition> conditions = conditions_of(listing, question);
    const Field none(nullptr, 0);
    const auto member = [&](std::string_view which) {
        return question.given() ? question[which] : none;
    };
    const uint64_t limit = limit_of(member("limit"));
    Cursor after;
    if (const Field cursor = member("cursor"); cursor.given()) {
        const auto parsed = Cursor::parse(cursor.text());
        if (!parsed) cursor.refuse("not a cursor: hand in what `next` of the last page says");
        after = *parsed;
    }
    IndexReader reader = open_index(ask);
    const uint64_t first = member("fromBlock").given() ? member("fromBlock").lenient_number() : 0;
    const uint64_t last = as_of(reader, member("toBlock"));
    if (first > last) question.refuse("fromBlock is after toBlock");
    const Page page = read_page(reader.database(), listing, conditions, after, first, last, limit);
    require_whole(reader);
    return json::object{{"block", block_json(reader, last)},
                        {"items", rows_json(listing, page)},
                        {"next", page.next ? json::value(page.next->text()) : json::value()}};
}

/// A handler for each list.
template <size_t index>
Json list_at(Ask& ask) {
    constexpr std::array<std::string_view, 13> names{
        "vaults", "flows", "contributions", "payments", "revenue", "transfers", "tranches",
        "steps",  "items", "rights",        "records",  "journal", "runs"};
    return list(ask, names[index]);
}

/// Without an argument, the native contracts that stand in the genesis block, by name, for clients
/// that look them up; with filters, {} for none, the list of all others.
Json contracts(Ask& ask) {
    if (ask[0].given()) return list(ask, "contracts");
    json::array out;
    for (const GenesisContract& contract : genesis_contracts())
        out.push_back(json::object{{"name", contract.name},
                                   {"address", hex_data(contract.address)},
                                   {"type", contract.type_name}});
    return out;
}

/// A token's holders after a block; `has_shares`: with what part of the supply each has.
Json holders(Ask& ask, bool has_shares) {
    const Address token = ask[0].address();
    const Field options = ask[1];
    const Field none(nullptr, 1);
    if (options.given()) options.only_members({"asOf", "item", "cursor", "limit"});
    const auto member = [&](std::string_view name) {
        return options.given() ? options[name] : none;
    };
    std::optional<Address> after;
    if (member("cursor").given()) after = member("cursor").address();
    Hash item;
    if (member("item").given()) item = to_word(member("item").slot());
    const uint64_t limit = limit_of(member("limit"));
    IndexReader reader = open_index(ask);
    const uint64_t block = as_of(reader, member("asOf"));
    const HoldersPage page = read_holders(reader.database(), token, item, block, after, limit);
    require_whole(reader);
    json::array rows;
    for (const Holding& holding : page.holders) {
        json::object row{{"holder", hex_data(holding.holder)},
                         {"amount", to_decimal(holding.amount)}};
        if (has_shares) {
            const auto share = mul_div(holding.amount, u256{millions}, page.supply);
            row["shareMillionths"] = share ? share->quotient.low64() : 0;
        }
        rows.push_back(std::move(row));
    }
    return json::object{{"block", block_json(reader, block)},
                        {"token", hex_data(token)},
                        {"supply", to_decimal(page.supply)},
                        {"items", std::move(rows)},
                        {"next", page.next ? json::value(hex_data(*page.next)) : json::value()}};
}

Json all_holders(Ask& ask) {
    return holders(ask, false);
}

Json cap_table(Ask& ask) {
    return holders(ask, true);
}

/// What a token says that `owner` has, after a block; nothing when it does not say.
std::optional<u256> balance_at(const Ask& ask, const Address& currency, const Address& owner,
                               uint64_t block) {
    const auto state = ask.chain().at(block);
    const auto environment = ask.chain().environment_at(block, ask.services().now());
    if (!state || !environment) return std::nullopt;
    CallRequest request;
    request.to = currency;
    request.data = to_bytes(BytesView(keccak256(std::string_view("balanceOf(address)"))).first(4));
    append(request.data, abi::encode(owner));
    const auto done = simulate(**state, *environment, ask.chain().rules(), request);
    if (!done || done->result.status != Status::success) return std::nullopt;
    const auto balance = abi::decode_one<u256>(done->result.output);
    return balance ? std::optional(*balance) : std::nullopt;
}

json::array totals_json(const Ask& ask, IndexReader& reader, const Address& vault, uint64_t block) {
    json::array out;
    for (const Total& total : read_totals(reader.database(), vault, block)) {
        const auto spent = overflowing_add(total.paid, total.returned);
        const auto held = overflowing_sub(total.contributed, spent.value);
        json::object row{{"currency", hex_data(total.currency)},
                         {"contributed", to_decimal(total.contributed)},
                         {"paid", to_decimal(total.paid)},
                         {"returned", to_decimal(total.returned)}};
        const bool is_sound = !spent.overflow && !held.overflow;
        row["held"] = is_sound ? json::value(to_decimal(held.value)) : json::value();
        const auto balance = balance_at(ask, total.currency, vault, block);
        row["balance"] = balance ? json::value(to_decimal(*balance)) : json::value();
        out.push_back(std::move(row));
    }
    return out;
}

/// A vault: what it is, its sums in each currency beside what the currency says it has, its plan,
/// and the steps that were taken.
Json vault(Ask& ask) {
    const Address address = ask[0].address();
    const Field options = ask[1];
    if (options.given()) options.only_members({"asOf"});
    IndexReader reader = open_index(ask);
    const uint64_t block = as_of(reader, options.given() ? options["asOf"] : Field(nullptr, 1));
    const auto rows = [&](std::string_view name, std::string_view filter_name) {
        const Listing& listing = listing_named(name);
        const Condition of_vault{&*std::ranges::find(listing.filters, filter_name, &Filter::name),
                                 address};
        return rows_json(listing, read_page(reader.database(), listing, {&of_vault, 1}, {}, 0,
                                            block, vault_rows_max));
    };
    json::array found = rows("vaults", "address");
    require_whole(reader);
    if (found.empty())
        throw RpcError{code::server_error,
                       to_hex(address) + " is no vault as of block " + std::to_string(block)};
    json::object out = std::move(found.front().as_object());
    out["totals"] = totals_json(ask, reader, address, block);
    out["tranches"] = rows("tranches", "contract");
    out["steps"] = rows("steps", "contract");
    out["createdIn"] = out["block"];
    out["block"] = block_json(reader, block);
    return out;
}

Json index_status(Ask& ask) {
    if (ask.services().index == nullptr)
        throw RpcError{code::server_error, "this node keeps no index: start it without --no-index"};
    const IndexStatus status = ask.services().index->status();
    const uint64_t done = status.block ? *status.block + 1 : 0;
    return json::object{{"block", status.block ? json::value(*status.block) : json::value()},
                        {"head", status.head},
                        {"behind", status.head + 1 - std::min(done, status.head + 1)},
                        {"error", status.error.empty() ? json::value() : json::value(status.error)},
                        {"errors", status.errors},
                        {"schema", index_schema_version}};
}

constexpr Method methods[] = {
    {"plume_contracts", contracts, 1},  {"plume_vaults", list_at<0>, 1},
    {"plume_flows", list_at<1>, 1},     {"plume_contributions", list_at<2>, 1},
    {"plume_payments", list_at<3>, 1},  {"plume_revenue", list_at<4>, 1},
    {"plume_transfers", list_at<5>, 1}, {"plume_tranches", list_at<6>, 1},
    {"plume_steps", list_at<7>, 1},     {"plume_items", list_at<8>, 1},
    {"plume_rights", list_at<9>, 1},    {"plume_records", list_at<10>, 1},
    {"plume_journal", list_at<11>, 1},  {"plume_runs", list_at<12>, 1},
    {"plume_holders", all_holders, 2},  {"plume_capTable", cap_table, 2},
    {"plume_vault", vault, 2},          {"plume_indexStatus", index_status, 0},
};

}  // namespace

std::span<const Method> index_methods() {
    return methods;
}

}  // namespace plume::rpc
