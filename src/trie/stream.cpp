#include "trie/stream.hpp"

#include "base/result.hpp"
#include "crypto/keccak.hpp"

namespace plume {

void TrieStream::add(const Hash& key, BytesView value) {
    check(!value.empty(), "a leaf has a value");
    const Nibbles path(key);
    if (!is_empty_) {
        check(path_ < path, "the leaves of a stream ascend");
        const size_t fork = path_.common_prefix(path);
        const Hanging hanging = close({}, fork);
        if (open_.empty() || open_.back().depth < fork) open_.push_back({fork, {}});
        open_.back().children[path_[fork]] = place(hanging, fork + 1);
    }
    path_ = path;
    value_ = to_bytes(value);
    is_empty_ = false;
}

Hash TrieStream::root() {
    if (is_empty_) return empty_root;
    const Hanging whole = close({}, 0);
    if (!open_.empty()) {
        open_.back().children[path_[0]] = place(whole, 1);
        const Bytes node = encode_branch(open_.back().children);
        return store(0, node).hash();
    }
    const Reference top = place(whole, 0);
    check(top.is_hash(), "the root of a trie with keys of 32 bytes has as many bytes at least");
    return top.hash();
}

TrieStream::Hanging TrieStream::close(Hanging hanging, size_t depth) {
    while (!open_.empty() && open_.back().depth > depth) {
        Open& branch = open_.back();
        branch.children[path_[branch.depth]] = place(hanging, branch.depth + 1);
        hanging = {false, branch.depth, store(branch.depth, encode_branch(branch.children))};
        open_.pop_back();
    }
    return hanging;
}

Reference TrieStream::place(const Hanging& hanging, size_t depth) {
    if (hanging.is_leaf) return Reference::to(encode_leaf(path_.digits(depth), value_));
    if (hanging.depth == depth) return hanging.reference;
    const auto shared = path_.digits(depth).first(hanging.depth - depth);
    return store(depth, encode_extension(shared, hanging.reference));
}

Reference TrieStream::store(size_t depth, const Bytes& node) {
    const Reference out = Reference::to(node);
    if (out.is_hash()) visit_(path_.slice(0, depth), node);
    return out;
}

}  // namespace plume
