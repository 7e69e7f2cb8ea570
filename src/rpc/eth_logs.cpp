// eth_getLogs: a query over blocks, bounded in every direction.

#include <chrono>

#include "rpc/format.hpp"
#include "rpc/logs.hpp"
#include "rpc/namespaces.hpp"

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

uint64_t read_bound(const Field& field, uint64_t head) {
    if (!field.given()) return head;
    const BlockId id = field.block();
    if (const auto* tag = std::get_if<BlockTag>(&id)) return *tag == BlockTag::earliest ? 0 : head;
    const auto* number = std::get_if<uint64_t>(&id);
    if (number == nullptr) field.refuse("not a block number or name");
    return *number;
}

void read_range(const Field& filter, const StoreSnapshot& snapshot, LogQuery& query) {
    const Field from = filter["fromBlock"];
    const Field to = filter["toBlock"];
    const Field block_hash = filter["blockHash"];
    if (block_hash.given()) {
        if (from.given() || to.given())
            throw RpcError{code::invalid_params,
                           "invalid argument 0: cannot specify both BlockHash and "
                           "FromBlock/ToBlock, choose one or the other"};
        const auto number = snapshot.number_of(block_hash.hash());
        if (!number) throw RpcError{code::server_error, "unknown block"};
        query.from = query.to = *number;
        return;
    }
    query.from = read_bound(from, snapshot.number());
    query.to = read_bound(to, snapshot.number());
    if (query.from > query.to) throw RpcError{code::invalid_params, "invalid block range params"};
    if (query.to > snapshot.number())
        throw RpcError{code::invalid_params, "block range extends beyond current head block"};
    if (query.to - query.from >= log_blocks_max)
        refuse_range("more than " + std::to_string(log_blocks_max) + " blocks", query.from,
                     query.from + log_blocks_max - 1);
}

LogQuery read_query(const Field& filter, const StoreSnapshot& snapshot) {
    LogQuery query;
    read_range(filter, snapshot, query);
    query.addresses = read_addresses(filter["address"]);
    const Field topics = filter["topics"];
    if (!topics.given()) return query;
    for (const Field& position : topics.items(log_positions_max))
        query.topics.push_back(read_alternatives(position));
    return query;
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

Json get_logs(Ask& ask) {
    const auto snapshot = ask.chain().head();
    const LogQuery query = read_query(ask[0], *snapshot);
    const auto deadline = std::chrono::steady_clock::now() + log_time_max;
    boost::json::array out;
    for (const uint64_t number : snapshot->blocks_with_logs(query)) {
        append_matches(*snapshot, query, number, out);
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

constexpr Method methods[] = {
    {"eth_getLogs", get_logs, 1},
};

}  // namespace

std::span<const Method> eth_log_methods() {
    return methods;
}

}  // namespace plume::rpc
