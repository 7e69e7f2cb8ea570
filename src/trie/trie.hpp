// The Merkle-Patricia trie (Yellow Paper, appendix D) over nodes that somebody else keeps.
//
// Only branch and extension nodes are ever stored, under the path where they stand. A leaf is not:
// it is derived from the flat table of keys and values that the store keeps anyway for reading, so
// half of the writes never happen.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "trie/nibbles.hpp"

namespace plume {

/// Which trie: the zero hash is the account trie; otherwise keccak256(address), whose storage trie
/// is meant.
using TrieOwner = Hash;

struct Leaf {
    Hash key;
    Bytes value;
};

/// A node whose hash was computed from these very bytes, in this process.
struct HashedNode {
    BytesView bytes;
    Hash hash;
};

/// Where the nodes of a state's tries come from. Several threads may read at once.
class NodeSource {
public:
    virtual ~NodeSource() = default;
    /// The node at `path` when the source remembers it with its hash, which then need not be
    /// computed again; valid until the source changes. Nothing tells nothing: ask for `node`.
    virtual std::optional<HashedNode> hashed_node(const TrieOwner&, const Nibbles&) const {
        return std::nullopt;
    }
    /// The RLP of the branch or extension node at `path`; nothing when there is none. Nodes of less
    /// than 32 bytes stand inside their parents and are not asked for.
    virtual std::optional<Bytes> node(const TrieOwner& owner, const Nibbles& path) const = 0;
    /// The entry with the smallest key that starts with `prefix`; nothing when there is none.
    virtual std::optional<Leaf> first_leaf(const TrieOwner& owner, const Nibbles& prefix) const = 0;
};

/// A key's new value; empty removes it.
struct TrieWrite {
    Hash key;
    Bytes value;
    /// What it held, as far as the writer knows; empty for nothing or for not known. Spares looking
    /// for the leaf; is held against its hash before it is relied upon.
    Bytes before{};
};

/// What an update did to the node stored at `path`. Empty bytes mean that there was, or is, none.
struct NodeChange {
    TrieOwner owner;
    Nibbles path;
    Bytes before;
    Bytes after;
    Hash hash{};  ///< of `after`, by `update_trie`
};

struct TrieUpdate {
    Hash root;
    std::vector<NodeChange> nodes;  ///< by path; only those whose bytes changed
};

/// Calls `body` with each number below `count`, in any order and also at the same time, and returns
/// when all calls have.
using ForEach = std::function<void(size_t count, const std::function<void(size_t)>& body)>;

/// Fewer writes than this are not worth being spread over threads.
inline constexpr size_t spread_min = 64;

/// Applies `writes` (sorted by key, each key once) to the trie with root `root`. Every node that is
/// loaded is held against the hash its parent knows it by: a mismatch is a damaged store and stops
/// the node. The parts below the first branch of many writes are updated by `for_each`; the outcome
/// does not depend on it.
TrieUpdate update_trie(const NodeSource& source, const TrieOwner& owner, const Hash& root,
                       std::span<const TrieWrite> writes, const ForEach& for_each = {});

/// The root of a trie made of these entries and nothing else, with keys of any length and in any
/// order: roots of transactions, receipts and withdrawals. Later entries win over earlier ones; an
/// empty value removes.
Hash root_of(std::span<const std::pair<Bytes, Bytes>> entries);

}  // namespace plume
