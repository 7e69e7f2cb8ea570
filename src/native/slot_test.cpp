#include "native/slot.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

using namespace literals;

u256 slot(std::string_view hex) {
    return to_u256(*Hash::parse(hex));
}

TEST(Slot, mapping_entries_stand_where_solidity_puts_them) {
    // keccak256 of two zero words, and of a zero word and a one: known from any contract whose
    // first or second variable is a mapping.
    constexpr Map<u256, u256> first{0};
    constexpr Map<Address, u256> second{1};
    EXPECT_EQ(first[u256{}].position,
              slot("ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"));
    EXPECT_EQ(second[Address{}].position,
              slot("a6eef7e35abe7026729641147f7915573c7e97b47efa546f5f6e3230263bcb49"));
}

TEST(Slot, array_elements_stand_where_solidity_puts_them) {
    const u256 at_zero = slot("290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    const u256 at_one = slot("b10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf6");
    EXPECT_EQ((Array<u256>{0}[0].position), at_zero);
    EXPECT_EQ((Array<u256>{0}[5].position), at_zero + u256{5u});
    EXPECT_EQ((Array<u256>{1}[0].position), at_one);
    EXPECT_EQ((Array<u256>{1}.length().position), u256{1u});
}

TEST(Slot, mappings_nest_as_in_the_layout_document) {
    // "data[4][9].c" with data at slot 1: keccak256(9 . keccak256(4 . 1)) + 1.
    constexpr Map<u256, Map<u256, u256>> data{1};
    const auto hash = [](const u256& key, const u256& base) {
        Bytes image = to_bytes(to_word(key));
        append(image, to_word(base));
        return to_u256(keccak256(image));
    };
    EXPECT_EQ(data[u256{4u}][u256{9u}].position, hash(9, hash(4, 1)));
}

TEST(Slot, keys_are_padded_by_their_type) {
    Selector bytes4{{0xde, 0xad, 0xbe, 0xef}};
    Bytes image = to_bytes(bytes4);
    image.resize(64);  // bytesN to the left; the mapping stands at slot 0
    EXPECT_EQ((Map<Selector, u256>{0}[bytes4].position), to_u256(keccak256(image)));
    image.assign(64, 0);
    image[31] = 7;
    EXPECT_EQ((Map<uint64_t, u256>{0}[7].position), to_u256(keccak256(image)));
    EXPECT_EQ((Map<u256, u256>{0}[u256{7u}].position), to_u256(keccak256(image)));
}

TEST(Slot, what_is_remembered_is_what_would_be_hashed) {
    // More keys than there is room for, so that each place is taken again and again; and the same
    // once more, some of which are still there.
    const auto hash = [](const u256& key, const u256& base) {
        Bytes image = to_bytes(to_word(key));
        append(image, to_word(base));
        return to_u256(keccak256(image));
    };
    for (int round = 0; round < 2; ++round) {
        for (uint64_t i = 0; i < 5'000; ++i) {
            const u256 key = u256{i % 700} << (i % 3 * 64);
            const u256 base{i % 5};
            ASSERT_EQ((Map<u256, u256>{base}[key].position), hash(key, base)) << i;
            const u256 position = key + base;
            ASSERT_EQ(detail::contents_of(position), to_u256(keccak256(to_word(position)))) << i;
        }
    }
}

struct Pair : Place {
    static constexpr uint64_t slots = 2;
    Slot<u256> second() const { return {position + u256{1u}}; }
};

TEST(Slot, elements_of_several_slots_follow_one_another) {
    const Array<Pair> pairs{0};
    EXPECT_EQ(pairs[3].position, pairs[0].position + u256{6u});
    EXPECT_EQ(pairs[3].second().position, pairs[0].position + u256{7u});
}

TEST(Slot, namespaces_are_those_of_erc7201) {
    // The example of the ERC, and two that are deployed.
    EXPECT_EQ(namespace_slot("example.main"),
              slot("183a6125c38840424c4a85fa12bab2ab606c4b6d0e7cc73c0c06ba5300eab500"));
    EXPECT_EQ(namespace_slot("openzeppelin.storage.ERC20"),
              slot("52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00"));
    EXPECT_EQ(namespace_slot("openzeppelin.storage.Ownable"),
              slot("9016d09d72d40fdae2fd8ceac6b6234c7706214fd39c1cd1e609a0528c199300"));
}

}  // namespace
}  // namespace plume
