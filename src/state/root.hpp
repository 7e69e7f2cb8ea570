// From what changed to the root that commits to it.
#pragma once

#include "state/view.hpp"
#include "trie/trie.hpp"

namespace plume {

/// A state root and what leads to it.
struct Rooted {
    Hash root;
    Changes changes;                ///< as given, with all storage roots and keys filled in
    std::vector<NodeChange> nodes;  ///< of all tries, storage tries first
};

/// Applies `changes` to the storage tries and then to the account trie under `parent_root`.
/// Deterministic, whatever the number of threads it uses.
Rooted update_root(const NodeSource& nodes, const Hash& parent_root, Changes changes);

/// keccak256(address): the key of an account, and the owner of its storage trie.
Hash account_key(const Address& address);
/// keccak256 of the slot as a 32-byte word: the key of a storage entry.
Hash slot_key(const u256& slot);

/// The value of an account in the trie: rlp([nonce, balance, storageRoot, codeHash]).
Bytes encode(const AccountFields& fields);
/// The value of a storage entry: rlp of the number without leading zeros; empty for 0, which is no
/// entry.
Bytes encode_slot(const u256& value);

}  // namespace plume
