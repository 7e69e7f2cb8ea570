#include "types/block.hpp"

#include <tuple>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace plume {

using namespace literals;

const Hash empty_list_hash =
    "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"_hash;
const Hash empty_trie_root =
    "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash;
const Hash empty_requests_hash =
    "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_hash;

// Found by rlp.hpp through the type of its argument, hence not in the unnamed namespace.
template <class H>
    requires std::same_as<std::remove_const_t<H>, Header>
static auto rlp_fields(H& h) {
    return std::tie(h.parent_hash, h.uncles_hash, h.coinbase, h.state_root, h.transactions_root,
                    h.receipts_root, h.logs_bloom, h.difficulty, h.number, h.gas_limit, h.gas_used,
                    h.timestamp, h.extra_data, h.prev_randao, h.nonce, h.base_fee,
                    h.withdrawals_root, h.blob_gas_used, h.excess_blob_gas,
                    h.parent_beacon_block_root, h.requests_hash);
}

static auto rlp_fields(const Log& log) {
    return std::tie(log.address, log.topics, log.data);
}

Bytes encode(const Header& header) {
    return rlp::encode(header);
}

Result<Header> decode_header(BytesView rlp) {
    return rlp::decode<Header>(rlp);
}

Hash hash_of(const Header& header) {
    return keccak256(encode(header));
}

Bytes encode(const Receipt& receipt) {
    const auto fields =
        std::tie(receipt.success, receipt.cumulative_gas_used, receipt.logs_bloom, receipt.logs);
    Bytes out;
    out.reserve(1 + rlp::size_of(fields));
    if (receipt.type != TransactionType::legacy) out.push_back(static_cast<uint8_t>(receipt.type));
    rlp::append(out, fields);
    return out;
}

Bytes encode(const Block& block) {
    Bytes transactions;
    for (const TransactionPtr& transaction : block.transactions) {
        // A typed transaction is a string of bytes, a legacy one is a list of its own.
        const bool is_legacy = transaction->fields.type == TransactionType::legacy;
        if (is_legacy)
            append(transactions, transaction->raw);
        else
            rlp::append(transactions, BytesView{transaction->raw});
    }
    Bytes list;
    rlp::append_list_header(list, transactions.size());
    append(list, transactions);
    const std::vector<Bytes> none;
    return rlp::encode_list(block.header, rlp::Raw{list}, none, none);
}

namespace {

/// A bit of a bloom: the byte it lies in and its mask there.
struct BloomBit {
    size_t byte;
    uint8_t mask;
};

/// The three bits an item sets: the low 11 bits of the first three pairs of bytes of its hash,
/// counted from the end of the bloom.
std::array<BloomBit, 3> bloom_bits(BytesView item) {
    const Hash hash = keccak256(item);
    std::array<BloomBit, 3> bits;
    for (size_t i = 0; i < bits.size(); ++i) {
        const size_t bit = (hash[2 * i] & 7u) << 8 | hash[2 * i + 1];
        bits[i] = {Bloom::size - 1 - bit / 8, static_cast<uint8_t>(1u << bit % 8)};
    }
    return bits;
}

}  // namespace

Bloom bloom_of(const std::vector<Log>& logs) {
    Bloom bloom;
    for (const Log& log : logs) {
        add_to(bloom, log.address);
        for (const Hash& topic : log.topics) add_to(bloom, topic);
    }
    return bloom;
}

void add_to(Bloom& bloom, BytesView item) {
    for (const auto& [byte, mask] : bloom_bits(item)) bloom[byte] |= mask;
}

void merge(Bloom& into, const Bloom& other) {
    for (size_t i = 0; i < Bloom::size; ++i) into[i] |= other[i];
}

bool may_contain(const Bloom& bloom, BytesView item) {
    return std::ranges::all_of(
        bloom_bits(item), [&](const BloomBit& bit) { return (bloom[bit.byte] & bit.mask) != 0; });
}

}  // namespace plume
