#include "conformance/blocks.hpp"

#include <tuple>

#include "chain/execute.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "evm/gas.hpp"
#include "trie/trie.hpp"

namespace plume::conformance {

// Found by rlp.hpp through the type of its argument, hence not in the unnamed namespace.
template <class W>
    requires std::same_as<std::remove_const_t<W>, Withdrawal>
static auto rlp_fields(W& withdrawal) {
    return std::tie(withdrawal.index, withdrawal.validator, withdrawal.address, withdrawal.amount);
}

namespace {

constexpr uint64_t gas_limit_min = 5'000;
constexpr uint64_t gas_limit_max = ~uint64_t{0} >> 1;
/// A block's gas limit is nearer to its parent's than this part of it.
constexpr uint64_t gas_limit_divisor = 1'024;
constexpr size_t extra_data_max = 32;
/// EIP-7934: 10 MiB, less what the consensus layer takes of them.
constexpr size_t block_size_max = (size_t{10} << 20) - (size_t{2} << 20);
/// EIP-7918: a blob's price is not below that of this much gas.
constexpr uint64_t blob_base_cost = 1 << 13;
constexpr size_t cancun_field_count = 20;

Error refuse(std::string what) {
    return {.what = std::move(what)};
}

Result<size_t> count_items(rlp::Decoder items) {
    size_t count = 0;
    for (; !items.empty(); ++count)
        if (auto item = items.item(); !item) return std::move(item).error();
    return count;
}

/// Legacy transactions stand in a block as the lists they are, others as strings.
Result<std::vector<TransactionPtr>> read_transactions(rlp::Decoder items) {
    std::vector<TransactionPtr> out;
    while (!items.empty()) {
        TRY(raw, items.at_list() ? items.item() : items.string());
        TRY(transaction, recover_transaction(to_bytes(raw)));
        out.push_back(std::move(transaction));
    }
    return out;
}

Hash root_of_withdrawals(const std::vector<Withdrawal>& withdrawals) {
    std::vector<std::pair<Bytes, Bytes>> entries;
    for (size_t i = 0; i < withdrawals.size(); ++i)
        entries.emplace_back(rlp::encode(uint64_t{i}), rlp::encode(withdrawals[i]));
    return root_of(entries);
}

/// EIP-4844 with EIP-7918.
uint64_t next_excess_blob_gas(const Header& parent, const Fork& fork) {
    const auto& [target, max, fraction] = fork.blobs;
    const uint64_t total = parent.excess_blob_gas + parent.blob_gas_used;
    if (total < target * gas::blob) return 0;
    const bool is_cheap = fork.revision >= Revision::osaka &&
                          u256{blob_base_cost} * parent.base_fee >
                              u256{gas::blob} * blob_base_fee(fork.blobs, parent.excess_blob_gas);
    if (is_cheap) return parent.excess_blob_gas + parent.blob_gas_used * (max - target) / max;
    return total - target * gas::blob;
}

Result<void> validate_gas(const Header& header, const Header& parent) {
    const uint64_t distance = header.gas_limit > parent.gas_limit
                                  ? header.gas_limit - parent.gas_limit
                                  : parent.gas_limit - header.gas_limit;
    if (distance >= parent.gas_limit / gas_limit_divisor)
        return refuse("the gas limit moves too far");
    if (header.gas_limit < gas_limit_min || header.gas_limit > gas_limit_max)
        return refuse("the gas limit is out of range");
    if (header.gas_used > header.gas_limit) return refuse("more gas is used than the limit");
    if (header.base_fee != next_base_fee(parent)) return refuse("the base fee is wrong");
    return {};
}

Result<void> validate_blob_gas(const Header& header, const Header& parent, const Fork& fork) {
    if (header.excess_blob_gas != next_excess_blob_gas(parent, fork))
        return refuse("the excess of blob gas is wrong");
    if (header.blob_gas_used > fork.blobs.max * gas::blob)
        return refuse("more blobs than a block may have");
    return {};
}

/// What has had one value since the merge (EIP-3675).
Result<void> validate_constants(const Header& header) {
    if (header.uncles_hash != empty_list_hash) return refuse("a block has no uncles");
    if (!header.difficulty.is_zero()) return refuse("the difficulty is not 0");
    if (!header.nonce.is_zero()) return refuse("the nonce is not 0");
    if (header.extra_data.size() > extra_data_max) return refuse("too much extra data");
    return {};
}

}  // namespace

Result<SealedHeader> decode_sealed_header(BytesView rlp) {
    SealedHeader out;
    out.hash = keccak256(rlp);
    Header& h = out.header;
    const auto cancun =
        std::tie(h.parent_hash, h.uncles_hash, h.coinbase, h.state_root, h.transactions_root,
                 h.receipts_root, h.logs_bloom, h.difficulty, h.number, h.gas_limit, h.gas_used,
                 h.timestamp, h.extra_data, h.prev_randao, h.nonce, h.base_fee, h.withdrawals_root,
                 h.blob_gas_used, h.excess_blob_gas, h.parent_beacon_block_root);
    rlp::Decoder decoder(rlp);
    TRY(items, rlp::Decoder(rlp).list());
    TRY(count, count_items(items));
    out.has_requests = count > cancun_field_count;
    auto filled = out.has_requests
                      ? decoder.read_fields(std::tuple_cat(cancun, std::tie(h.requests_hash)))
                      : decoder.read_fields(cancun);
    if (!filled) return std::move(filled).error();
    return out;
}

Result<ReceivedBlock> decode_block(BytesView rlp) {
    ReceivedBlock out;
    out.size = rlp.size();
    rlp::Decoder decoder(rlp);
    TRY(parts, decoder.list());
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    TRY(header, parts.item());
    TRY(sealed, decode_sealed_header(header));
    TRY(items, parts.list());
    TRY(transactions, read_transactions(items));
    TRY(uncles, parts.list());
    if (!uncles.empty()) return refuse("a block has no uncles");
    TRY(withdrawals, parts.read<std::vector<Withdrawal>>());
    if (auto end = parts.finish(); !end) return std::move(end).error();
    out.sealed = std::move(sealed);
    out.transactions = std::move(transactions);
    out.withdrawals = std::move(withdrawals);
    return out;
}

Result<void> validate_block(const ReceivedBlock& block, const Header& parent, const Fork& fork) {
    const Header& header = block.sealed.header;
    if (block.sealed.has_requests != (fork.revision >= Revision::prague))
        return refuse("the header has not the fields of its fork");
    if (fork.revision >= Revision::osaka && block.size > block_size_max)
        return refuse("the block is too large");
    if (header.number != parent.number + 1) return refuse("the number is not the parent's next");
    if (header.timestamp <= parent.timestamp) return refuse("not later than the parent");
    if (auto valid = validate_constants(header); !valid) return valid;
    if (auto valid = validate_gas(header, parent); !valid) return valid;
    if (auto valid = validate_blob_gas(header, parent, fork); !valid) return valid;
    if (header.transactions_root != transactions_root(block.transactions))
        return refuse("the root of the transactions is wrong");
    if (header.withdrawals_root != root_of_withdrawals(block.withdrawals))
        return refuse("the root of the withdrawals is wrong");
    return {};
}

}  // namespace plume::conformance
