// What the tables of the state held at an earlier block: their entries of today, and below
// Table::history what each had before it was changed (store/schema.hpp).
//
// All functions: any thread. `number` is of a block whose state the history still leads back to.
#pragma once

#include <optional>

#include "store/engine.hpp"
#include "trie/trie.hpp"

namespace plume {

/// What `key` of `table` held when block `number` was the head.
std::optional<Bytes> read_as_of(const Snapshot& snapshot, Table table, BytesView key,
                                uint64_t number);

/// The leaf of `owner` that the key under `cursor` ends with, behind `skip` bytes; nothing behind
/// the last leaf below `prefix`.
std::optional<Hash> leaf_below(const Cursor& cursor, const TrieOwner& owner, size_t skip,
                               const Nibbles& prefix);

/// The leaf with the smallest key below `prefix`, as it is, and as it was when block `number` was
/// the head.
std::optional<Leaf> first_leaf_now(const Snapshot& snapshot, const TrieOwner& owner,
                                   const Nibbles& prefix);
std::optional<Leaf> first_leaf_as_of(const Snapshot& snapshot, const TrieOwner& owner,
                                     const Nibbles& prefix, uint64_t number);

}  // namespace plume
