#include "trie/node.hpp"

#include <gtest/gtest.h>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

Bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

/// The packed path that opens a node.
std::string packed_path(const Bytes& node) {
    rlp::Decoder decoder(node);
    return to_hex(*decoder.list()->string());
}

std::string refusal(const Bytes& bytes) {
    const auto node = decode_node(bytes);
    return node.ok() ? "accepted" : node.error().what;
}

Children two_children() {
    Children out;
    out[3] = Reference(keccak256("child"));
    out[9] = Reference::to(encode_leaf(Bytes{5}, Bytes{7}));
    return out;
}

}  // namespace

TEST(Node, packs_paths_as_the_specification_does) {
    // The four examples of "Compact encoding of hex sequence" in the Ethereum documentation.
    const Reference child(Hash{});
    EXPECT_EQ(packed_path(encode_extension(Bytes{1, 2, 3, 4, 5}, child)), "0x112345");
    EXPECT_EQ(packed_path(encode_extension(Bytes{0, 1, 2, 3, 4, 5}, child)), "0x00012345");
    EXPECT_EQ(packed_path(encode_leaf(Bytes{0, 15, 1, 12, 11, 8}, Bytes{1})), "0x200f1cb8");
    EXPECT_EQ(packed_path(encode_leaf(Bytes{15, 1, 12, 11, 8}, Bytes{1})), "0x3f1cb8");
}

TEST(Node, comes_back_from_its_bytes) {
    const auto leaf = decode_node(encode_leaf(Bytes{1, 2, 3}, Bytes{9, 8}));
    ASSERT_TRUE(leaf.ok());
    EXPECT_EQ(leaf->kind, Node::Kind::leaf);
    EXPECT_TRUE(equal(leaf->path.digits(), Bytes{1, 2, 3}));

    const Reference child(keccak256("child"));
    const auto extension = decode_node(encode_extension(Bytes{1, 2}, child));
    ASSERT_TRUE(extension.ok());
    EXPECT_EQ(extension->kind, Node::Kind::extension);
    EXPECT_TRUE(equal(extension->path.digits(), Bytes{1, 2}));
    EXPECT_EQ(extension->child, child);

    const auto branch = decode_node(encode_branch(two_children()));
    ASSERT_TRUE(branch.ok());
    EXPECT_EQ(branch->kind, Node::Kind::branch);
    EXPECT_EQ(branch->children, two_children());
}

TEST(Node, of_less_than_32_bytes_stands_in_its_parent) {
    const Bytes small = encode_leaf(Bytes{5}, Bytes(28, 1));
    const Bytes large = encode_leaf(Bytes{5}, Bytes(29, 1));
    ASSERT_EQ(small.size(), 31u);
    ASSERT_EQ(large.size(), 32u);
    EXPECT_TRUE(equal(Reference::to(small).bytes(), small));
    EXPECT_FALSE(Reference::to(small).is_hash());
    EXPECT_EQ(Reference::to(large).hash(), keccak256(large));
    EXPECT_TRUE(Reference{}.empty());
}

TEST(Node, is_refused_when_its_path_is_not_one) {
    EXPECT_EQ(refusal(hex("c28080")), "trie: a node without a path");
    EXPECT_EQ(refusal(hex("c24001")), "trie: a path with unknown flags");
    EXPECT_EQ(refusal(hex("c3818001")), "trie: a path with unknown flags");
    EXPECT_EQ(refusal(hex("c22101")), "trie: a path with unknown flags");
    EXPECT_EQ(refusal(rlp::encode_list(hex("20" + std::string(64, 'a')), uint64_t{1})), "accepted");
    EXPECT_EQ(refusal(rlp::encode_list(hex("3a" + std::string(64, 'a')), uint64_t{1})),
              "trie: a path longer than a key");
}

TEST(Node, is_refused_when_it_holds_nothing) {
    EXPECT_EQ(refusal(hex("c22080")), "trie: a leaf without a value");
    EXPECT_EQ(refusal(hex("c21180")), "trie: an extension that leads nowhere");
    EXPECT_EQ(refusal(encode_extension({}, Reference(Hash{}))),
              "trie: an extension that leads nowhere");
    EXPECT_EQ(refusal({}), "rlp: an item is missing");
    EXPECT_EQ(refusal(hex("80")), "rlp: a string where a list is expected");
    EXPECT_EQ(refusal(hex("c0")), "rlp: an item is missing");
}

TEST(Node, is_refused_with_a_child_of_another_size) {
    EXPECT_EQ(refusal(rlp::encode_list(Bytes{0x11}, Bytes(31, 1))), "trie: not a child");
    EXPECT_EQ(refusal(rlp::encode_list(Bytes{0x11}, Bytes(32, 1))), "accepted");
    EXPECT_EQ(refusal(rlp::encode_list(Bytes{0x11}, Bytes(33, 1))), "trie: not a child");
    EXPECT_EQ(refusal(rlp::encode_list(Bytes{0x11}, uint64_t{1})), "trie: not a child");
    const Bytes list = encode_leaf(Bytes{5}, Bytes(29, 1));
    EXPECT_EQ(refusal(rlp::encode_list(Bytes{0x11}, rlp::Raw{list})), "trie: not a child");
}

TEST(Node, is_refused_with_items_too_few_or_too_many) {
    const Bytes branch = encode_branch(two_children());
    const auto list_of = [](BytesView items) {
        Bytes out;
        rlp::append_list_header(out, items.size());
        append(out, items);
        return out;
    };
    const BytesView items = BytesView{branch}.subspan(1);
    EXPECT_EQ(refusal(list_of(items)), "accepted");
    EXPECT_EQ(refusal(list_of(items.first(items.size() - 1))), "rlp: an item is missing");
    Bytes longer = to_bytes(items);
    longer.push_back(0x80);
    EXPECT_EQ(refusal(list_of(longer)), "rlp: bytes left over after the last item");
    EXPECT_EQ(refusal(encode_branch(two_children(), Bytes{1})), "trie: a branch with a value");
    Bytes trailing = branch;
    trailing.push_back(0);
    EXPECT_EQ(refusal(trailing), "rlp: bytes left over after the last item");
}

}  // namespace plume
