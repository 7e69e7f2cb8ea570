// Merkle proofs of one key: made for EIP-1186, verified by anyone who knows the root.
#pragma once

#include "base/result.hpp"
#include "trie/trie.hpp"

namespace plume {

/// The nodes from the root towards `key`, root first; they prove its value, or that it has none. An
/// empty trie has an empty proof.
std::vector<Bytes> prove(const NodeSource& source, const TrieOwner& owner, const Hash& root,
                         const Hash& key);

/// The value that `proof` shows `key` to have under `root`, or nothing when it shows that there is
/// none. An error when it shows neither. Input from anywhere.
Result<std::optional<Bytes>> verify_proof(const Hash& root, const Hash& key,
                                          std::span<const Bytes> proof);

}  // namespace plume
