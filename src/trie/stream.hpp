// The root of a trie whose leaves come one after another, sorted: for tries that memory does not
// hold.
#pragma once

#include <functional>
#include <vector>

#include "trie/node.hpp"
#include "trie/trie.hpp"

namespace plume {

/// Builds a trie from nothing. Keeps the branches on the way to the newest leaf, and nothing else.
class TrieStream {
public:
    /// Hears of every node that belongs into a store: branches and extensions of 32 bytes or more,
    /// each after those below it.
    using Visitor = std::function<void(const Nibbles& path, const Bytes& node)>;

    explicit TrieStream(Visitor visit) : visit_(std::move(visit)) {}

    /// Keys must ascend; values are not empty.
    void add(const Hash& key, BytesView value);
    /// The root of what was added; at the end, once.
    Hash root();

private:
    /// A branch whose last children are still to come.
    struct Open {
        size_t depth;
        Children children;
    };
    /// What hangs, finished, below the deepest open branch: the newest leaf, or a branch.
    struct Hanging {
        bool is_leaf = true;
        size_t depth = 0;     ///< of a branch: where it stands on the way to the newest leaf
        Reference reference;  ///< of a branch
    };

    /// How `hanging` is written as a child that stands at `depth`.
    Reference place(const Hanging& hanging, size_t depth);
    Reference store(size_t depth, const Bytes& node);
    /// Closes the open branches deeper than `depth`.
    Hanging close(Hanging hanging, size_t depth);

    Visitor visit_;
    std::vector<Open> open_;
    Nibbles path_;  ///< of the newest leaf
    Bytes value_;
    bool is_empty_ = true;
};

}  // namespace plume
