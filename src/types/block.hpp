// Blocks: headers in Prague's form (21 fields), logs, receipts, blooms; their RLP and hashes.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/transaction.hpp"

namespace plume {

/// keccak256(rlp([])): the hash of an empty list, here of uncles.
extern const Hash empty_list_hash;
/// keccak256(rlp('')): the root of an empty trie.
extern const Hash empty_trie_root;
/// sha256(''): EIP-7685 hash of no requests.
extern const Hash empty_requests_hash;

/// A block header (Yellow Paper 4.4.3; EIP-1559, 4399, 4895, 4844, 4788, 7685). Plume has no
/// uncles, no withdrawals and no blobs: those fields keep their empty values, so that every
/// Ethereum tool can hash it.
struct Header {
    Hash parent_hash;
    Hash uncles_hash = empty_list_hash;
    Address coinbase;
    Hash state_root;
    Hash transactions_root = empty_trie_root;
    Hash receipts_root = empty_trie_root;
    Bloom logs_bloom;
    u256 difficulty;
    uint64_t number = 0;
    uint64_t gas_limit = 0;
    uint64_t gas_used = 0;
    uint64_t timestamp = 0;  ///< seconds since 1970, never less than the parent's
    Bytes extra_data;
    Hash prev_randao;  ///< "mixHash"
    FixedBytes<8> nonce;
    u256 base_fee;
    Hash withdrawals_root = empty_trie_root;
    uint64_t blob_gas_used = 0;
    uint64_t excess_blob_gas = 0;
    Hash parent_beacon_block_root;
    Hash requests_hash = empty_requests_hash;

    friend bool operator==(const Header&, const Header&) = default;
};

Bytes encode(const Header& header);
Result<Header> decode_header(BytesView rlp);
/// keccak256 of the header's RLP: the block hash.
Hash hash_of(const Header& header);

/// An event a contract emitted.
struct Log {
    Address address;
    std::vector<Hash> topics;  ///< at most four
    Bytes data;

    friend bool operator==(const Log&, const Log&) = default;
};

/// What became of a transaction. The first five fields are consensus data (EIP-2718 receipts); the
/// rest can be derived from the block, is stored beside them and never hashed.
struct Receipt {
    TransactionType type = TransactionType::legacy;
    bool success = false;
    uint64_t cumulative_gas_used = 0;
    Bloom logs_bloom;
    std::vector<Log> logs;

    uint64_t gas_used = 0;
    u256 effective_gas_price;
    std::optional<Address> contract_address;

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// The consensus bytes of a receipt, as they stand in the receipts trie.
Bytes encode(const Receipt& receipt);

/// The 2048-bit filter of addresses and topics (Yellow Paper 4.4.1).
Bloom bloom_of(const std::vector<Log>& logs);
void add_to(Bloom& bloom, BytesView item);
void merge(Bloom& into, const Bloom& other);
/// False only when `item` was certainly never added.
bool may_contain(const Bloom& bloom, BytesView item);

/// A block as a value.
struct Block {
    Header header;
    std::vector<TransactionPtr> transactions;
    Hash hash;  ///< hash_of(header)
};

/// [header, transactions, uncles, withdrawals], of which the last two are always empty (EIP-4895).
Bytes encode(const Block& block);

}  // namespace plume
