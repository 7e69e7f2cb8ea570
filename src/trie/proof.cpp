#include "trie/proof.hpp"

#include "crypto/keccak.hpp"
#include "trie/node.hpp"

namespace plume {

namespace {

/// Where the way to a key leads on from one node.
struct Step {
    enum class Kind : uint8_t { absent, found, further };

    Kind kind = Kind::absent;
    Bytes value{};     ///< found: the key's
    Hash next{};       ///< further: the hash of the next node
    size_t depth = 0;  ///< further: how much of the key's path leads there
};

Step start_at(const Hash& root) {
    return {.kind = Step::Kind::further, .next = root};
}

/// Follows `path` from `depth` through the node with these bytes and those embedded in it.
Result<Step> follow(BytesView bytes, const Nibbles& path, size_t depth) {
    Reference child;
    while (true) {
        TRY(node, decode_node(bytes));
        if (node.kind == Node::Kind::branch) {
            if (depth == path.size()) return Error{.what = "trie: a branch beyond the key's end"};
            child = node.children[path[depth]];
            ++depth;
        } else {
            const bool is_leaf = node.kind == Node::Kind::leaf;
            if (is_leaf && depth + node.path.size() != path.size())
                return Error{.what = "trie: a leaf that does not end where keys end"};
            if (!path.slice(depth).starts_with(node.path)) return Step{};
            if (is_leaf) return Step{.kind = Step::Kind::found, .value = to_bytes(node.value)};
            child = node.child;
            depth += node.path.size();
        }
        if (child.empty()) return Step{};
        if (child.is_hash())
            return Step{.kind = Step::Kind::further, .next = child.hash(), .depth = depth};
        bytes = child.bytes();
    }
}

/// The node at `path`, stored or made from the leaf there.
Bytes load(const NodeSource& source, const TrieOwner& owner, const Nibbles& path,
           const Hash& expected) {
    auto node = source.node(owner, path);
    if (!node) {
        const auto leaf = source.first_leaf(owner, path);
        check(leaf.has_value(), "every node of a trie is stored or is a leaf");
        node = encode_leaf(Nibbles(leaf->key).digits(path.size()), leaf->value);
    }
    check(keccak256(*node) == expected, "a node has the hash that its parent knows");
    return std::move(*node);
}

}  // namespace

std::vector<Bytes> prove(const NodeSource& source, const TrieOwner& owner, const Hash& root,
                         const Hash& key) {
    std::vector<Bytes> proof;
    if (root == empty_root) return proof;
    const Nibbles path(key);
    Step step = start_at(root);
    while (step.kind == Step::Kind::further) {
        proof.push_back(load(source, owner, path.slice(0, step.depth), step.next));
        auto next = follow(proof.back(), path, step.depth);
        check(next.ok(), "a node that has its hash can be decoded");
        step = std::move(*next);
    }
    return proof;
}

Result<std::optional<Bytes>> verify_proof(const Hash& root, const Hash& key,
                                          std::span<const Bytes> proof) {
    if (proof.empty() && root == empty_root) return std::optional<Bytes>{};
    const Nibbles path(key);
    Step step = start_at(root);
    for (const Bytes& node : proof) {
        if (step.kind != Step::Kind::further)
            return Error{.what = "proof: nodes after the one that decides"};
        if (keccak256(node) != step.next)
            return Error{.what = "proof: a node without the hash that is asked for"};
        TRY(next, follow(node, path, step.depth));
        step = std::move(next);
    }
    if (step.kind == Step::Kind::further) return Error{.what = "proof: it ends too early"};
    if (step.kind == Step::Kind::absent) return std::optional<Bytes>{};
    return std::optional<Bytes>{std::move(step.value)};
}

}  // namespace plume
