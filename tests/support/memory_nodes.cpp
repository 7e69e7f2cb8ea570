#include "support/memory_nodes.hpp"

#include <algorithm>

namespace plume::test {

std::optional<Bytes> MemoryNodes::node(const TrieOwner& owner, const Nibbles& path) const {
    const auto found = nodes_.find({owner, path});
    if (found == nodes_.end()) return std::nullopt;
    return found->second;
}

std::optional<Leaf> MemoryNodes::first_leaf(const TrieOwner& owner, const Nibbles& prefix) const {
    Hash floor;
    for (size_t i = 0; i < prefix.size(); ++i)
        floor[i / 2] |= static_cast<uint8_t>(i % 2 == 0 ? prefix[i] << 4 : prefix[i]);
    const auto found = leaves_.lower_bound({owner, floor});
    if (found == leaves_.end() || found->first.first != owner) return std::nullopt;
    if (!Nibbles(found->first.second).starts_with(prefix)) return std::nullopt;
    return Leaf{found->first.second, found->second};
}

bool MemoryNodes::apply(std::span<const NodeChange> changes) {
    for (const NodeChange& change : changes) {
        if (change.before == change.after) return false;
        if (node(change.owner, change.path).value_or(Bytes{}) != change.before) return false;
        if (change.after.empty())
            nodes_.erase({change.owner, change.path});
        else
            nodes_[{change.owner, change.path}] = change.after;
    }
    return true;
}

void MemoryNodes::write(const TrieOwner& owner, std::span<const TrieWrite> writes) {
    for (const TrieWrite& write : writes) {
        if (write.value.empty())
            leaves_.erase({owner, write.key});
        else
            leaves_[{owner, write.key}] = write.value;
    }
}

void MemoryNodes::forget(const TrieOwner& owner) {
    const auto is_of_owner = [&owner](const auto& entry) { return entry.first.first == owner; };
    nodes_.erase(
        nodes_.lower_bound({owner, Nibbles{}}),
        std::find_if_not(nodes_.lower_bound({owner, Nibbles{}}), nodes_.end(), is_of_owner));
    leaves_.erase(
        leaves_.lower_bound({owner, Hash{}}),
        std::find_if_not(leaves_.lower_bound({owner, Hash{}}), leaves_.end(), is_of_owner));
}

}  // namespace plume::test
