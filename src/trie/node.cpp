#include "trie/node.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

/// The upper half of the first byte of a packed path: leaf or not, odd or even (appendix C).
constexpr uint8_t odd_flag = 0x10;
constexpr uint8_t leaf_flag = 0x20;
constexpr uint8_t hash_prefix = 0x80 + Hash::size;
constexpr uint8_t list_start = 0xc0;

/// Nibbles two a byte, behind flags that say whether the first byte holds one and what follows.
Bytes pack(std::span<const uint8_t> digits, bool is_leaf) {
    Bytes out;
    out.reserve(1 + digits.size() / 2);
    uint8_t first = is_leaf ? leaf_flag : 0;
    if (digits.size() % 2 != 0) {
        first |= odd_flag | digits[0];
        digits = digits.subspan(1);
    }
    out.push_back(first);
    for (size_t i = 0; i < digits.size(); i += 2)
        out.push_back(static_cast<uint8_t>(digits[i] << 4 | digits[i + 1]));
    return out;
}

struct Unpacked {
    bool is_leaf;
    Nibbles path;
};

Result<Unpacked> unpack(BytesView packed) {
    if (packed.empty()) return Error{.what = "trie: a node without a path"};
    const uint8_t flags = packed[0] & 0xf0;
    const bool is_odd = (flags & odd_flag) != 0;
    if ((flags & ~(odd_flag | leaf_flag)) != 0 || (!is_odd && (packed[0] & 0x0f) != 0))
        return Error{.what = "trie: a path with unknown flags"};
    if (2 * (packed.size() - 1) + (is_odd ? 1 : 0) > Nibbles::size_max)
        return Error{.what = "trie: a path longer than a key"};
    Unpacked out{(flags & leaf_flag) != 0, {}};
    if (is_odd) out.path.push(packed[0] & 0x0f);
    for (const uint8_t byte : packed.subspan(1)) {
        out.path.push(byte >> 4);
        out.path.push(byte & 0x0f);
    }
    return out;
}

Result<Node> decode_branch(rlp::Decoder items) {
    Node node;
    node.kind = Node::Kind::branch;
    for (Reference& child : node.children) {
        TRY(item, items.item());
        TRY(reference, Reference::read(item));
        child = reference;
    }
    TRY(value, items.string());
    if (!value.empty()) return Error{.what = "trie: a branch with a value"};
    if (auto end = items.finish(); !end) return std::move(end).error();
    return node;
}

Result<Node> decode_short(rlp::Decoder items) {
    TRY(packed, items.string());
    TRY(path, unpack(packed));
    Node node;
    node.path = path.path;
    if (path.is_leaf) {
        TRY(value, items.string());
        if (value.empty()) return Error{.what = "trie: a leaf without a value"};
        node.value = value;
    } else {
        TRY(item, items.item());
        TRY(child, Reference::read(item));
        if (path.path.empty() || child.empty())
            return Error{.what = "trie: an extension that leads nowhere"};
        node.kind = Node::Kind::extension;
        node.child = child;
    }
    if (auto end = items.finish(); !end) return std::move(end).error();
    return node;
}

}  // namespace

Reference::Reference(const Hash& hash) : size_(1 + Hash::size) {
    bytes_[0] = hash_prefix;
    std::copy_n(hash.begin(), Hash::size, bytes_.begin() + 1);
}

Reference::Reference(BytesView item) : size_(static_cast<uint8_t>(item.size())) {
    std::copy_n(item.begin(), item.size(), bytes_.begin());
}

Reference Reference::to(BytesView node) {
    return node.size() < Hash::size ? Reference(node) : Reference(keccak256(node));
}

Result<Reference> Reference::read(BytesView item) {
    const bool is_none = item.size() == 1 && item[0] == 0x80;
    const bool is_hashed = item.size() == 1 + Hash::size && item[0] == hash_prefix;
    const bool is_embedded = item.size() < Hash::size && item[0] >= list_start;
    if (!is_none && !is_hashed && !is_embedded) return Error{.what = "trie: not a child"};
    return Reference(item);
}

Hash Reference::hash() const {
    check(is_hash(), "only a child of 32 bytes or more is known by its hash");
    return *Hash::from(bytes().subspan(1));
}

Bytes encode_leaf(std::span<const uint8_t> rest, BytesView value) {
    return rlp::encode_list(pack(rest, true), value);
}

Bytes encode_extension(std::span<const uint8_t> shared, const Reference& child) {
    return rlp::encode_list(pack(shared, false), rlp::Raw{child.bytes()});
}

Bytes encode_branch(const Children& children, BytesView value) {
    size_t payload = rlp::size_of(value);
    for (const Reference& child : children) payload += child.bytes().size();
    Bytes out;
    out.reserve(rlp::header_size(payload) + payload);
    rlp::append_list_header(out, payload);
    for (const Reference& child : children) append(out, child.bytes());
    rlp::append(out, value);
    return out;
}

Result<Node> decode_node(BytesView bytes) {
    rlp::Decoder decoder(bytes);
    TRY(items, decoder.list());
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    rlp::Decoder counter = items;
    size_t count = 0;
    while (!counter.empty() && count < 3) {
        if (auto item = counter.item(); !item) return std::move(item).error();
        ++count;
    }
    return count == 2 ? decode_short(items) : decode_branch(items);
}

}  // namespace plume
