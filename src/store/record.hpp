// The values of the tables: rows that are more than bytes. See schema.hpp for their form.
//
// What is read back was written by us and checked by the engine, so a row that cannot be decoded
// stops the node.
#pragma once

#include "state/view.hpp"
#include "store/store.hpp"
#include "types/block.hpp"

namespace plume::record {

struct HeaderRow {
    uint32_t transaction_count = 0;
    Hash hash;
    Header header;
};

Bytes encode_header(const Block& block);
HeaderRow read_header(BytesView row);

Bytes encode_transaction(const SignedTransaction& transaction);
TransactionPtr read_transaction(BytesView row);

Bytes encode_receipt(const Receipt& receipt, uint64_t first_log_index);
/// The bloom is not stored but made again from the logs.
StoredReceipt read_receipt(BytesView row);

Bytes encode_identity(const StoreIdentity& identity);
struct IdentityRow {
    uint32_t format = 0;
    StoreIdentity identity;
};
/// The one row that may come from another version of Plume.
Result<IdentityRow> decode_identity(BytesView row);

/// The leaf of an account trie.
AccountFields read_account(BytesView leaf);
/// The leaf of a storage trie.
u256 read_slot(BytesView leaf);

}  // namespace plume::record
