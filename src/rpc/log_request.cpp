#include "rpc/log_request.hpp"

#include <chrono>

#include "rpc/format.hpp"

namespace plume::rpc {

namespace {

std::vector<Address> read_addresses(const Field& field) {
    std::vector<Address> out;
    if (!field.given()) return out;
    if (!field.is_array()) return {field.address()};
    for (const Field& item : field.items(log_addresses_max)) out.push_back(item.address());
    return out;
}

/// One position: a topic, a list of alternatives, or null for any.
std::vector<Hash> read_alternatives(const Field& field) {
    std::vector<Hash> out;
    if (!field.given()) return out;
    if (!field.is_array()) return {field.hash()};
    for (const Field& item : field.items(log_topics_max)) {
        if (!item.given()) return {};
        out.push_back(item.hash());
    }
    return out;
}

[[noreturn]] void refuse_range(std::string_view why, uint64_t from, uint64_t to) {
    throw RpcError{code::limit_exceeded,
                   std::string(why) + "; ask for smaller ranges, beginning with fromBlock " +
                       to_quantity(u256{from}) + " and toBlock " + to_quantity(u256{to})};
}

std::optional<BlockId> read_bound(const Field& field) {
    if (!field.given()) return std::nullopt;
    const BlockId id = field.block();
    if (std::holds_alternative<Hash>(id)) field.refuse("not a block number or name");
    return id;
}

uint64_t number_of(const std::optional<BlockId>& bound, uint64_t head) {
    if (!bound) return head;
    if (const auto* number = std::get_if<uint64_t>(&*bound)) return *number;
    return std::get<BlockTag>(*bound) == BlockTag::earliest ? 0 : head;
}

/// Appends the logs of one block that match.
void append_matches(const StoreSnapshot& snapshot, const LogQuery& query, uint64_t number,
                    boost::json::array& out) {
    const std::vector<Receipt> receipts = snapshot.receipts(number).value();
    const Header header = snapshot.header(number).value();
    const Hash block_hash = snapshot.hash(number).value();
    uint64_t log_index = 0;
    for (uint32_t i = 0; i < receipts.size(); ++i) {
        Hash transaction_hash;
        for (const Log& log : receipts[i].logs) {
            const uint64_t index = log_index++;
            if (!matches(query, log)) continue;
            if (transaction_hash.is_zero())
                transaction_hash = snapshot.transaction({number, i})->hash;
            out.push_back(to_json(log, transaction_hash, {header, block_hash, i}, index));
        }
    }
}

}  // namespace

LogQuery read_log_conditions(const Field& filter) {
    LogQuery query;
    query.addresses = read_addresses(filter["address"]);
    const Field topics = filter["topics"];
    if (!topics.given()) return query;
    for (const Field& position : topics.items(log_positions_max))
        query.topics.push_back(read_alternatives(position));
    return query;
}

LogRange read_log_range(const Field& filter) {
    const Field from = filter["fromBlock"];
    const Field to = filter["toBlock"];
    const Field block_hash = filter["blockHash"];
    if (!block_hash.given()) return {read_bound(from), read_bound(to), std::nullopt};
    if (from.given() || to.given())
        throw RpcError{code::invalid_params,
                       "invalid argument 0: cannot specify both BlockHash and "
                       "FromBlock/ToBlock, choose one or the other"};
    return {std::nullopt, std::nullopt, block_hash.hash()};
}

size_t size_of(const LogQuery& conditions) {
    size_t size = sizeof conditions + conditions.addresses.size() * sizeof(Address);
    for (const auto& alternatives : conditions.topics)
        size += sizeof alternatives + alternatives.size() * sizeof(Hash);
    return size;
}

LogQuery resolve(const LogRange& range, LogQuery conditions, const StoreSnapshot& head) {
    LogQuery query = std::move(conditions);
    if (range.block_hash) {
        const auto number = head.number_of(*range.block_hash);
        if (!number) throw RpcError{code::server_error, "unknown block"};
        query.from = query.to = *number;
        return query;
    }
    query.from = number_of(range.from, head.number());
    query.to = number_of(range.to, head.number());
    if (query.from > query.to) throw RpcError{code::invalid_params, "invalid block range params"};
    if (query.to > head.number())
        throw RpcError{code::invalid_params, "block range extends beyond current head block"};
    if (query.to - query.from >= log_blocks_max)
        refuse_range("more than " + std::to_string(log_blocks_max) + " blocks", query.from,
                     query.from + log_blocks_max - 1);
    return query;
}

boost::json::array logs_of(const LogQuery& query, const StoreSnapshot& head) {
    const auto deadline = std::chrono::steady_clock::now() + log_time_max;
    boost::json::array out;
    for (const uint64_t number : head.blocks_with_logs(query)) {
        append_matches(head, query, number, out);
        const bool is_range = query.from < query.to;
        const uint64_t next_to = std::max(query.from, number - std::min<uint64_t>(number, 1));
        if (is_range && out.size() > log_count_max)
            refuse_range("more than " + std::to_string(log_count_max) + " logs", query.from,
                         next_to);
        if (is_range && std::chrono::steady_clock::now() > deadline)
            refuse_range("the query takes too long", query.from, next_to);
    }
    return out;
}

LogPage page_of(const LogQuery& asked, const StoreSnapshot& head) {
    const auto deadline = std::chrono::steady_clock::now() + log_time_max;
    LogQuery query = asked;
    query.to = std::min({query.to, head.number(), query.from + log_blocks_max - 1});
    LogPage out{{}, query.to + 1};
    if (query.from > query.to) return {{}, query.from};
    for (const uint64_t number : head.blocks_with_logs(query)) {
        const bool is_full =
            out.logs.size() >= log_count_max || std::chrono::steady_clock::now() > deadline;
        if (is_full && number > query.from) {
            out.next = number;
            break;
        }
        append_matches(head, query, number, out.logs);
    }
    return out;
}

}  // namespace plume::rpc
