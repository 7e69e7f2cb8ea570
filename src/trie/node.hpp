// The nodes of a Merkle-Patricia trie as bytes (Yellow Paper, appendices C and D).
//
//   leaf        rlp([prefix(rest of the key, leaf), value])
//   extension   rlp([prefix(shared part, no leaf), child])
//   branch      rlp([child 0, ..., child 15, value])
//
// A child is "" where there is none, the node itself when that takes less than 32 bytes, and its
// hash otherwise.
#pragma once

#include <array>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "trie/nibbles.hpp"

namespace plume {

/// The root of a trie without entries: keccak256(rlp('')).
inline constexpr Hash empty_root = [] {
    using namespace literals;
    return "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash;
}();

/// A child as it stands in its parent: one RLP item of at most 33 bytes.
class Reference {
public:
    /// No child.
    Reference() = default;
    /// The child with this hash.
    explicit Reference(const Hash& hash);

    /// How a parent refers to the node with these bytes.
    static Reference to(BytesView node);
    /// The reference that `item` of a parent is; an error when it can be none.
    static Result<Reference> read(BytesView item);

    bool empty() const { return size_ == 1; }
    /// Whether the child stands elsewhere; if not, and if there is one, it is `bytes` itself.
    bool is_hash() const { return size_ == 1 + Hash::size; }
    /// The child's hash, which it must have.
    Hash hash() const;
    BytesView bytes() const { return {bytes_.data(), size_}; }

    friend bool operator==(const Reference& a, const Reference& b) {
        return equal(a.bytes(), b.bytes());
    }

private:
    explicit Reference(BytesView item);

    std::array<uint8_t, 1 + Hash::size> bytes_{0x80};
    uint8_t size_ = 1;
};

using Children = std::array<Reference, 16>;

Bytes encode_leaf(std::span<const uint8_t> rest, BytesView value);
Bytes encode_extension(std::span<const uint8_t> shared, const Reference& child);
Bytes encode_branch(const Children& children, BytesView value = {});

/// A node that was decoded. It looks into the bytes it came from.
struct Node {
    enum class Kind : uint8_t { leaf, extension, branch };

    Kind kind = Kind::leaf;
    Nibbles path;       ///< of a leaf: the rest of the key; of an extension: the shared part
    BytesView value;    ///< of a leaf
    Reference child;    ///< of an extension
    Children children;  ///< of a branch
};

/// The node with exactly these bytes. Strict, for input from anywhere; a branch with a value is
/// refused, as keys that are all of one length never end there.
Result<Node> decode_node(BytesView bytes);

}  // namespace plume
