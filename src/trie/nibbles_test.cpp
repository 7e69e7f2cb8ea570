#include "trie/nibbles.hpp"

#include <gtest/gtest.h>

namespace plume {

namespace {

using namespace literals;

constexpr Hash key = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"_hash;

Nibbles path_of(std::initializer_list<uint8_t> digits) {
    Nibbles out;
    for (const uint8_t digit : digits) out.push(digit);
    return out;
}

}  // namespace

TEST(Nibbles, of_a_key_are_its_hexadecimal_digits) {
    const Nibbles path(key);
    ASSERT_EQ(path.size(), Nibbles::size_max);
    for (size_t i = 0; i < path.size(); ++i) {
        EXPECT_EQ(path[i], i % 16);
        EXPECT_EQ(nibble_of(key, i), i % 16);
    }
}

TEST(Nibbles, can_be_cut_and_joined) {
    const Nibbles path(key);
    EXPECT_EQ(path.slice(1, 3), path_of({1, 2, 3}));
    EXPECT_EQ(path.slice(62), path_of({14, 15}));
    EXPECT_EQ(path.slice(64), Nibbles{});
    Nibbles joined = path.slice(0, 10);
    joined.append(path.slice(10));
    EXPECT_EQ(joined, path);
    EXPECT_EQ(path_of({1}).child(2), path_of({1, 2}));
    EXPECT_EQ(path.digits(63).size(), 1u);
    EXPECT_EQ(path.digits(64).size(), 0u);
}

TEST(Nibbles, know_what_they_have_in_common) {
    const Nibbles path = path_of({0, 1, 2, 4});
    EXPECT_EQ(path.common_prefix(Nibbles(key)), 3u);
    EXPECT_EQ(path.common_prefix(key), 3u);
    EXPECT_EQ(path.common_prefix(path), 4u);
    EXPECT_EQ(Nibbles(key).common_prefix(key), 64u);
    EXPECT_EQ(Nibbles{}.common_prefix(key), 0u);
    EXPECT_TRUE(Nibbles(key).starts_with(path.slice(0, 3)));
    EXPECT_TRUE(path.starts_with(Nibbles{}));
    EXPECT_FALSE(path.slice(0, 3).starts_with(path));
    EXPECT_FALSE(Nibbles(key).starts_with(path));
}

TEST(Nibbles, are_ordered_with_prefixes_first) {
    EXPECT_LT(Nibbles{}, path_of({0}));
    EXPECT_LT(path_of({0}), path_of({0, 0}));
    EXPECT_LT(path_of({0, 15}), path_of({1}));
    EXPECT_EQ(path_of({3, 4}) <=> path_of({3, 4}), std::strong_ordering::equal);
}

TEST(Nibbles, are_never_more_than_a_key_has) {
    Nibbles full(key);
    EXPECT_DEATH(full.push(0), "not longer than a key");
    EXPECT_DEATH(full.append(path_of({1})), "not longer than a key");
    EXPECT_DEATH(full.slice(65), "starts inside");
    EXPECT_DEATH(path_of({16}), "four bits");
}

}  // namespace plume
