// Blocks, transactions, receipts, logs and proofs as Ethereum's clients read them: all members
// present, null where there is nothing, numbers as QUANTITY and bytes as DATA.
#pragma once

#include <span>
#include <string>

#include "rpc/error.hpp"
#include "trie/trie.hpp"
#include "types/block.hpp"

namespace plume::rpc {

/// QUANTITY: 0x and hexadecimal digits without leading zeros.
Json quantity(uint64_t value);
Json quantity(const u256& value);

/// DATA: 0x and two digits a byte.
Json hex_data(BytesView bytes);

/// [{ address, storageKeys }].
Json to_json(const std::vector<AccessListEntry>& list);

/// Where a transaction stands.
struct Place {
    const Header& header;
    Hash block_hash;
    uint64_t index = 0;
};

/// A transaction in a block, or in the pool when `place` is null.
Json to_json(const SignedTransaction& transaction, const Place* place);

/// A receipt. `first_log_index` counts the logs of the block's earlier transactions.
Json to_json(const Receipt& receipt, const SignedTransaction& transaction, const Place& place,
             uint64_t first_log_index);

/// The receipts of a whole block, in order.
Json to_json(const Block& block, const std::vector<Receipt>& receipts);

/// A log with its index in the block.
Json to_json(const Log& log, const Hash& transaction_hash, const Place& place, uint64_t log_index);

/// A block with its transactions, or with their hashes only. `total_difficulty` is the sum of all
/// difficulties up to it. A pending block has neither hash nor nonce nor miner yet.
Json to_json(const Block& block, const u256& total_difficulty, bool with_transactions,
             bool is_pending = false);

/// A header as it is told to those who subscribe to new ones: without what it takes the block's
/// body to know.
Json header_json(const Header& header, const Hash& hash);

/// The nodes of a proof.
Json to_json(std::span<const Bytes> proof);

}  // namespace plume::rpc
