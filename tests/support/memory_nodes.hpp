// The tries of a state in memory, kept as the store keeps them: nodes by path, leaves flat.
#pragma once

#include <map>
#include <span>
#include <utility>

#include "trie/trie.hpp"

namespace plume::test {

class MemoryNodes : public NodeSource {
public:
    using NodeMap = std::map<std::pair<TrieOwner, Nibbles>, Bytes>;

    std::optional<Bytes> node(const TrieOwner& owner, const Nibbles& path) const override;
    std::optional<Leaf> first_leaf(const TrieOwner& owner, const Nibbles& prefix) const override;

    /// Takes over what an update did. False when a change's `before` is not what was held, or
    /// nothing changed in it.
    [[nodiscard]] bool apply(std::span<const NodeChange> changes);
    /// Writes the leaves of one trie.
    void write(const TrieOwner& owner, std::span<const TrieWrite> writes);
    /// Drops a trie with all its nodes and leaves.
    void forget(const TrieOwner& owner);

    /// Everything that is stored besides leaves.
    const NodeMap& nodes() const { return nodes_; }

private:
    NodeMap nodes_;
    std::map<std::pair<TrieOwner, Hash>, Bytes> leaves_;
};

}  // namespace plume::test
