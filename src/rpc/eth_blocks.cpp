// eth_: blocks, the transactions in them, and what became of those.

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

using SnapshotPtr = std::shared_ptr<const StoreSnapshot>;

/// The number of a committed block; nothing when `snapshot` has no such block.
std::optional<uint64_t> number_of(const StoreSnapshot& snapshot, const BlockId& id) {
    if (const auto* hash = std::get_if<Hash>(&id)) return snapshot.number_of(*hash);
    if (const auto* number = std::get_if<uint64_t>(&id))
        return *number <= snapshot.number() ? std::optional(*number) : std::nullopt;
    return std::get<BlockTag>(id) == BlockTag::earliest ? 0 : snapshot.number();
}

u256 total_difficulty(const StoreSnapshot& snapshot) {
    // Only the genesis block may have any.
    const auto genesis = snapshot.header(0);
    return genesis ? genesis->difficulty : u256{};
}

/// The block that would come next, with what the pool holds for it.
Block pending_block(const Ask& ask, const StoreSnapshot& head) {
    const BlockEnvironment next = ask.chain().next_environment(ask.services().now());
    Block block;
    block.header.parent_hash = head.hash();
    block.header.number = next.number;
    block.header.timestamp = next.timestamp;
    block.header.gas_limit = next.gas_limit;
    block.header.base_fee = next.base_fee;
    block.transactions = ask.chain().pool().best(next.base_fee, next.gas_limit);
    return block;
}

Json block_of(Ask& ask, bool with_transactions) {
    const SnapshotPtr snapshot = ask.chain().head();
    const BlockId id = ask[0].block();
    if (id == BlockId{BlockTag::pending})
        return to_json(pending_block(ask, *snapshot), total_difficulty(*snapshot),
                       with_transactions, true);
    const auto number = number_of(*snapshot, id);
    const auto block = number ? snapshot->block(*number) : std::nullopt;
    if (!block) return nullptr;
    return to_json(*block, total_difficulty(*snapshot), with_transactions);
}

Json get_header(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    const auto number = number_of(*snapshot, ask[0].block());
    const auto header = number ? snapshot->header(*number) : std::nullopt;
    return header ? header_json(*header, snapshot->hash(*number).value()) : Json(nullptr);
}

Json get_block(Ask& ask) {
    return block_of(ask, ask[1].given() && ask[1].boolean());
}

Json get_transaction_count(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    const BlockId id = ask[0].block();
    if (id == BlockId{BlockTag::pending})
        return quantity(pending_block(ask, *snapshot).transactions.size());
    const auto number = number_of(*snapshot, id);
    const auto count = number ? snapshot->transaction_count(*number) : std::nullopt;
    return count ? quantity(*count) : Json(nullptr);
}

Json get_uncle_count(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    return number_of(*snapshot, ask[0].block()) ? quantity(0) : Json(nullptr);
}

/// There are no uncles to be had.
Json get_uncle(Ask& ask) {
    ask[0].block();
    ask[1].number();
    return nullptr;
}

Json transaction_at(const StoreSnapshot& snapshot, const TransactionLocation& location) {
    const TransactionPtr transaction = snapshot.transaction(location);
    if (!transaction) return nullptr;
    const Header header = snapshot.header(location.block_number).value();
    const Place place{header, snapshot.hash(location.block_number).value(), location.index};
    return to_json(*transaction, &place);
}

Json get_transaction_by_index(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    const auto number = number_of(*snapshot, ask[0].block());
    const uint64_t index = ask[1].number();
    if (!number || index > std::numeric_limits<uint32_t>::max()) return nullptr;
    return transaction_at(*snapshot, {*number, static_cast<uint32_t>(index)});
}

Json get_transaction_by_hash(Ask& ask) {
    const Hash hash = ask[0].hash();
    // The pool first: a transaction that leaves it meanwhile is in a block that the snapshot, taken
    // afterwards, holds.
    const TransactionPtr pending = ask.chain().pool().find(hash);
    const SnapshotPtr snapshot = ask.chain().head();
    if (const auto location = snapshot->locate(hash)) return transaction_at(*snapshot, *location);
    return pending ? to_json(*pending, nullptr) : Json(nullptr);
}

Json get_raw_transaction(Ask& ask) {
    const Hash hash = ask[0].hash();
    const TransactionPtr pending = ask.chain().pool().find(hash);
    const SnapshotPtr snapshot = ask.chain().head();
    const auto location = snapshot->locate(hash);
    const TransactionPtr transaction = location ? snapshot->transaction(*location) : pending;
    return transaction ? hex_data(transaction->raw) : Json(nullptr);
}

Json get_raw_transaction_by_index(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    const auto number = number_of(*snapshot, ask[0].block());
    const uint64_t index = ask[1].number();
    if (!number || index > std::numeric_limits<uint32_t>::max()) return nullptr;
    const auto transaction = snapshot->transaction({*number, static_cast<uint32_t>(index)});
    return transaction ? hex_data(transaction->raw) : Json(nullptr);
}

Json get_transaction_receipt(Ask& ask) {
    const Hash hash = ask[0].hash();
    const SnapshotPtr snapshot = ask.chain().head();
    const auto location = snapshot->locate(hash);
    if (!location) return nullptr;
    const TransactionPtr transaction = snapshot->transaction(*location);
    const auto stored = snapshot->receipt(*location);
    check(transaction != nullptr, "an indexed transaction is in its block");
    check(stored.has_value(), "a transaction in a block has a receipt");
    const Header header = snapshot->header(location->block_number).value();
    const Place place{header, snapshot->hash(location->block_number).value(), location->index};
    return to_json(stored->receipt, *transaction, place, stored->first_log_index);
}

Json get_block_receipts(Ask& ask) {
    const SnapshotPtr snapshot = ask.chain().head();
    const auto number = number_of(*snapshot, ask[0].block());
    const auto block = number ? snapshot->block(*number) : std::nullopt;
    if (!block) return nullptr;
    return to_json(*block, snapshot->receipts(*number).value());
}

constexpr Method methods[] = {
    {"eth_getBlockByNumber", get_block, 2},
    {"eth_getBlockByHash", get_block, 2},
    {"eth_getBlockTransactionCountByNumber", get_transaction_count, 1},
    {"eth_getBlockTransactionCountByHash", get_transaction_count, 1},
    {"eth_getUncleCountByBlockNumber", get_uncle_count, 1},
    {"eth_getUncleCountByBlockHash", get_uncle_count, 1},
    {"eth_getUncleByBlockNumberAndIndex", get_uncle, 2},
    {"eth_getUncleByBlockHashAndIndex", get_uncle, 2},
    {"eth_getTransactionByHash", get_transaction_by_hash, 1},
    {"eth_getTransactionByBlockNumberAndIndex", get_transaction_by_index, 2},
    {"eth_getTransactionByBlockHashAndIndex", get_transaction_by_index, 2},
    {"eth_getHeaderByNumber", get_header, 1},
    {"eth_getHeaderByHash", get_header, 1},
    {"eth_getRawTransactionByHash", get_raw_transaction, 1},
    {"eth_getRawTransactionByBlockNumberAndIndex", get_raw_transaction_by_index, 2},
    {"eth_getRawTransactionByBlockHashAndIndex", get_raw_transaction_by_index, 2},
    {"debug_getRawTransaction", get_raw_transaction, 1},
    {"eth_getTransactionReceipt", get_transaction_receipt, 1},
    {"eth_getBlockReceipts", get_block_receipts, 1},
};

}  // namespace

std::span<const Method> eth_block_methods() {
    return methods;
}

}  // namespace plume::rpc
