#include "trie/trie.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>

#include "base/result.hpp"
#include "crypto/keccak.hpp"
#include "trie/node.hpp"

namespace plume {

namespace {

using Writes = std::span<const TrieWrite>;

/// What hangs below one place of a trie. Leaves and branches know their whole path from the root;
/// how they are written depends on where they hang: a leaf there is encoded with the rest of its
/// key, and a branch further down gets an extension in between. So nothing has to be taken apart
/// when a branch above appears or goes.
struct Subtree {
    enum class Kind : uint8_t { none, unread, leaf, branch };

    Kind kind = Kind::none;
    Nibbles path;         ///< of a leaf: its key; of a branch: where it stands
    Reference reference;  ///< unread: of whatever hangs here; of a branch: of the branch itself
    BytesView value;      ///< of a leaf
    BytesView node;       ///< of a branch, when it was read to find out that it is one
};

using Subtrees = std::array<Subtree, 16>;

/// One update of one trie. Goes down only where writes are, and writes each branch there once, on
/// the way back.
class Update {
public:
    /// `for_each` may be null.
    Update(const NodeSource& source, const TrieOwner& owner, const ForEach* for_each)
        : source_(source), owner_(owner), for_each_(for_each) {}

    TrieUpdate run(const Hash& root, Writes writes) && {
        Subtree tree;
        if (root != empty_root)
            tree = read({Subtree::Kind::unread, {}, Reference(root), {}, {}}, Nibbles{});
        const Reference updated = place(apply(std::move(tree), writes), Nibbles{});
        return {updated.empty() ? empty_root : updated.hash(), std::move(*this).changes()};
    }

private:
    /// The subtree after `writes`, all of which lie where it hangs.
    Subtree apply(Subtree tree, Writes writes) {
        if (tree.kind == Subtree::Kind::none) {
            const auto insertion = std::ranges::find_if(writes, inserts);
            if (insertion == writes.end()) return {};
            tree = leaf_of(*insertion);
            writes = writes.subspan(static_cast<size_t>(insertion - writes.begin()) + 1);
        }
        const size_t fork = fork_of(tree.path, writes);
        writes = those_below(tree.path, fork, writes);
        if (writes.empty()) return tree;
        if (fork == Nibbles::size_max)
            return inserts(writes.front()) ? leaf_of(writes.front()) : Subtree{};
        Subtrees children;
        if (fork == tree.path.size())
            children = open(tree);
        else
            children[tree.path[fork]] = tree;
        const Nibbles at = tree.path.slice(0, fork);
        apply_to(children, at, writes);
        return close(at, children);
    }

    /// What lies below one child of a branch.
    struct Part {
        uint8_t digit;
        Writes writes;
    };

    void apply_to(Subtrees& children, const Nibbles& at, Writes writes) {
        std::vector<Part> parts;
        const size_t fork = at.size();
        const bool is_spread = for_each_ != nullptr && writes.size() >= spread_min;
        while (!writes.empty()) {
            const uint8_t digit = nibble_of(writes.front().key, fork);
            const auto end = std::ranges::find_if(writes, [&](const TrieWrite& write) {
                return nibble_of(write.key, fork) != digit;
            });
            const auto count = static_cast<size_t>(end - writes.begin());
            const Part part{digit, writes.first(count)};
            if (is_spread)
                parts.push_back(part);
            else
                apply_to(children[digit], at.child(digit), part.writes);
            writes = writes.subspan(count);
        }
        if (is_spread) apply_to(children, at, parts);
    }

    void apply_to(Subtree& child, const Nibbles& at, Writes writes) {
        child = apply(read_for(child, at, writes), writes);
    }

    /// Each part by an update of its own, whose results are taken over in the order of the parts.
    void apply_to(Subtrees& children, const Nibbles& at, const std::vector<Part>& parts) {
        std::vector<std::unique_ptr<Update>> updates;
        for (size_t i = 0; i < parts.size(); ++i)
            updates.push_back(std::make_unique<Update>(source_, owner_, nullptr));
        (*for_each_)(parts.size(), [&](size_t i) {
            const auto& [digit, writes] = parts[i];
            updates[i]->apply_to(children[digit], at.child(digit), writes);
        });
        for (auto& update : updates) {
            std::ranges::move(std::exchange(update->changes_, {}), std::back_inserter(changes_));
            parts_.push_back(std::move(update));
        }
    }

    /// Where the first write that inserts leaves `path`, or its whole length. The first and the
    /// last insertion decide, as keys in between share at least as much with the path as one of
    /// them.
    static size_t fork_of(const Nibbles& path, Writes writes) {
        const auto first = std::ranges::find_if(writes, inserts);
        if (first == writes.end()) return path.size();
        const auto last = std::find_if(writes.rbegin(), writes.rend(), inserts);
        return std::min(path.common_prefix(first->key), path.common_prefix(last->key));
    }

    /// Leaves out the removals of what is not there: they diverge from the path before the fork.
    static Writes those_below(const Nibbles& path, size_t fork, Writes writes) {
        while (!writes.empty() && path.common_prefix(writes.front().key) < fork)
            writes = writes.subspan(1);
        while (!writes.empty() && path.common_prefix(writes.back().key) < fork)
            writes = writes.first(writes.size() - 1);
        return writes;
    }

    static bool inserts(const TrieWrite& write) { return !write.value.empty(); }

    static Subtree leaf_of(const TrieWrite& write) {
        return {Subtree::Kind::leaf, Nibbles(write.key), {}, write.value, {}};
    }

    /// The same as `read`, for somebody who is about to apply `writes` there. A lone write mostly
    /// changes a leaf, and tells what was in it, so that nothing has to be looked for. Leaves hang
    /// about as deep as the one before, so that is where the guess is made first.
    Subtree read_for(const Subtree& tree, const Nibbles& at, Writes writes) {
        if (tree.kind != Subtree::Kind::unread || writes.size() != 1) return read(tree, at);
        const TrieWrite& write = writes.front();
        const bool knows_more = !write.before.empty();
        if (knows_more && at.size() >= leaf_depth_ && is_leaf(write, at, tree.reference))
            return known_leaf(write, at);
        const BytesView node = node_at(at, tree.reference);
        if (!node.empty()) return read_node(node, at, tree.reference);
        if (knows_more && is_leaf(write, at, tree.reference)) return known_leaf(write, at);
        return read_leaf(at, tree.reference);
    }

    static bool is_leaf(const TrieWrite& write, const Nibbles& at, const Reference& reference) {
        const Nibbles path(write.key);
        return Reference::to(encode_leaf(path.digits(at.size()), write.before)) == reference;
    }

    Subtree known_leaf(const TrieWrite& write, const Nibbles& at) {
        leaf_depth_ = at.size();
        return {Subtree::Kind::leaf, Nibbles(write.key), {}, write.before, {}};
    }

    /// Finds out what hangs at `at`.
    Subtree read(Subtree tree, const Nibbles& at) {
        if (tree.kind != Subtree::Kind::unread) return tree;
        const BytesView node = node_at(at, tree.reference);
        return node.empty() ? read_leaf(at, tree.reference) : read_node(node, at, tree.reference);
    }

    Subtree read_node(BytesView bytes, const Nibbles& at, const Reference& reference) {
        const Node node = decoded(bytes);
        if (node.kind == Node::Kind::branch)
            return {Subtree::Kind::branch, at, reference, {}, bytes};
        Nibbles path = at;
        path.append(node.path);
        if (node.kind == Node::Kind::leaf) {
            check(path.size() == Nibbles::size_max, "a leaf ends where its key ends");
            return {Subtree::Kind::leaf, path, {}, node.value, {}};
        }
        if (reference.is_hash()) changes_.push_back({owner_, at, to_bytes(bytes), {}});
        return {Subtree::Kind::branch, path, node.child, {}, {}};
    }

    /// The leaf at `at`, which stands in the flat table only.
    Subtree read_leaf(const Nibbles& at, const Reference& reference) {
        auto leaf = source_.first_leaf(owner_, at);
        check(leaf.has_value(), "every node of a trie is stored or is a leaf");
        const Nibbles path(leaf->key);
        check(path.starts_with(at), "a leaf lies below its place");
        const BytesView value = keep(std::move(leaf->value));
        check(Reference::to(encode_leaf(path.digits(at.size()), value)) == reference,
              "a leaf has the hash that its parent knows");
        return {Subtree::Kind::leaf, path, {}, value, {}};
    }

    /// The children of a branch that is about to change.
    Subtrees open(const Subtree& branch) {
        const BytesView bytes =
            branch.node.empty() ? node_at(branch.path, branch.reference) : branch.node;
        check(!bytes.empty(), "a branch that an extension leads to is stored");
        const Node node = decoded(bytes);
        check(node.kind == Node::Kind::branch, "an extension leads to a branch");
        if (branch.reference.is_hash())
            changes_.push_back({owner_, branch.path, to_bytes(bytes), {}});
        Subtrees out;
        for (size_t i = 0; i < out.size(); ++i)
            if (!node.children[i].empty()) {
                out[i].kind = Subtree::Kind::unread;
                out[i].reference = node.children[i];
            }
        return out;
    }

    /// A branch at `at` with these children, when it has two or more; otherwise what is left of it.
    Subtree close(const Nibbles& at, const Subtrees& children) {
        size_t count = 0;
        uint8_t last = 0;
        for (uint8_t i = 0; i < children.size(); ++i)
            if (children[i].kind != Subtree::Kind::none) {
                ++count;
                last = i;
            }
        if (count == 0) return {};
        if (count == 1) return read(children[last], at.child(last));
        Children references;
        for (uint8_t i = 0; i < children.size(); ++i)
            references[i] = place(children[i], at.child(i));
        return {Subtree::Kind::branch, at, store(at, encode_branch(references)), {}, {}};
    }

    /// How `tree` is written when it hangs at `at`.
    Reference place(const Subtree& tree, const Nibbles& at) {
        switch (tree.kind) {
            case Subtree::Kind::none:
                return {};
            case Subtree::Kind::unread:
                return tree.reference;
            case Subtree::Kind::leaf:
                return Reference::to(encode_leaf(tree.path.digits(at.size()), tree.value));
            case Subtree::Kind::branch:
                break;
        }
        const auto shared = tree.path.digits(at.size());
        if (shared.empty()) return tree.reference;
        return store(at, encode_extension(shared, tree.reference));
    }

    Reference store(const Nibbles& at, Bytes node) {
        const Reference reference = Reference::to(node);
        if (reference.is_hash())
            changes_.push_back({owner_, at, {}, std::move(node), reference.hash()});
        return reference;
    }

    /// The bytes of the node at `at` that `reference` stands for; none when it is a leaf and so is
    /// not stored.
    BytesView node_at(const Nibbles& at, const Reference& reference) {
        if (!reference.is_hash()) return keep(to_bytes(reference.bytes()));
        if (const auto hashed = source_.hashed_node(owner_, at)) {
            check(hashed->hash == reference.hash(), "a node has the hash that its parent knows");
            return hashed->bytes;
        }
        auto node = source_.node(owner_, at);
        if (!node) return {};
        check(keccak256(*node) == reference.hash(), "a node has the hash that its parent knows");
        return keep(std::move(*node));
    }

    static Node decoded(BytesView bytes) {
        auto node = decode_node(bytes);
        check(node.ok(), "a node that has its hash can be decoded");
        return *node;
    }

    BytesView keep(Bytes bytes) { return kept_.emplace_back(std::move(bytes)); }

    /// Joins what was read at a path with what was written there.
    std::vector<NodeChange> changes() && {
        std::ranges::stable_sort(changes_, {}, &NodeChange::path);
        std::vector<NodeChange> out;
        for (NodeChange& change : changes_) {
            if (out.empty() || out.back().path != change.path) {
                out.push_back(std::move(change));
                continue;
            }
            NodeChange& same = out.back();
            if (same.before.empty()) same.before = std::move(change.before);
            if (same.after.empty()) {
                same.after = std::move(change.after);
                same.hash = change.hash;
            }
        }
        std::erase_if(out, [](const NodeChange& change) { return change.before == change.after; });
        return out;
    }

    const NodeSource& source_;
    const TrieOwner owner_;
    const ForEach* const for_each_;
    std::vector<std::unique_ptr<Update>> parts_;  ///< into which subtrees look, too
    std::deque<Bytes> kept_;                      ///< what subtrees look into
    std::vector<NodeChange> changes_;             ///< each with one side only
    size_t leaf_depth_ = 0;                       ///< where the last leaf hung that a write knew
};

/// An entry of a trie that is built at once.
struct Entry {
    Bytes digits;  ///< the nibbles of its key
    BytesView value;
};

using Entries = std::span<const Entry>;

Bytes digits_of(BytesView key) {
    Bytes out;
    out.reserve(2 * key.size());
    for (const uint8_t byte : key) {
        out.push_back(byte >> 4);
        out.push_back(byte & 0x0f);
    }
    return out;
}

/// The node for sorted entries that share their first `depth` nibbles; there is at least one.
Bytes build(Entries entries, size_t depth) {
    const BytesView first = entries.front().digits;
    if (entries.size() == 1) return encode_leaf(first.subspan(depth), entries.front().value);
    const BytesView last = entries.back().digits;
    const auto fork = static_cast<size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
    if (fork > depth)
        return encode_extension(first.subspan(depth, fork - depth),
                                Reference::to(build(entries, fork)));
    Children children;
    BytesView value;
    if (first.size() == depth) {
        value = entries.front().value;
        entries = entries.subspan(1);
    }
    while (!entries.empty()) {
        const uint8_t digit = entries.front().digits[depth];
        const auto end = std::ranges::find_if(
            entries, [&](const Entry& entry) { return entry.digits[depth] != digit; });
        const auto count = static_cast<size_t>(end - entries.begin());
        children[digit] = Reference::to(build(entries.first(count), depth + 1));
        entries = entries.subspan(count);
    }
    return encode_branch(children, value);
}

}  // namespace

TrieUpdate update_trie(const NodeSource& source, const TrieOwner& owner, const Hash& root,
                       std::span<const TrieWrite> writes, const ForEach& for_each) {
    const auto unordered = std::ranges::adjacent_find(
        writes, [](const TrieWrite& a, const TrieWrite& b) { return a.key >= b.key; });
    check(unordered == writes.end(), "the writes to a trie are sorted, each key once");
    return Update(source, owner, for_each ? &for_each : nullptr).run(root, writes);
}

Hash root_of(std::span<const std::pair<Bytes, Bytes>> entries) {
    std::vector<Entry> sorted;
    sorted.reserve(entries.size());
    for (const auto& [key, value] : entries) sorted.push_back({digits_of(key), value});
    std::ranges::stable_sort(sorted, {}, &Entry::digits);
    std::vector<Entry> last_of_each;
    for (size_t i = 0; i < sorted.size(); ++i) {
        const bool is_last = i + 1 == sorted.size() || sorted[i].digits != sorted[i + 1].digits;
        if (is_last && !sorted[i].value.empty()) last_of_each.push_back(std::move(sorted[i]));
    }
    return last_of_each.empty() ? empty_root : keccak256(build(last_of_each, 0));
}

}  // namespace plume
