#include "store/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace plume {
namespace {

using namespace literals;

constexpr Hash owner = "1111111111111111111111111111111111111111111111111111111111111111"_hash;
constexpr Hash key = "2222222222222222222222222222222222222222222222222222222222222222"_hash;

Nibbles path_of(std::initializer_list<uint8_t> digits) {
    Nibbles out;
    for (const uint8_t digit : digits) out.push(digit);
    return out;
}

TEST(Schema, tables_stand_in_the_order_of_their_enumeration) {
    for (size_t i = 0; i < tables.size(); ++i)
        EXPECT_EQ(static_cast<size_t>(tables[i].table), i) << tables[i].name;
}

TEST(Schema, keys_are_laid_out_as_documented) {
    EXPECT_EQ(to_hex(schema::number(0x0102030405060708)), "0x0102030405060708");
    EXPECT_EQ(to_hex(schema::place(5, 7)), "0x000000000000000500000007");
    EXPECT_EQ(to_hex(schema::slot(owner, key)), to_hex(owner) + to_hex(key).substr(2));
    EXPECT_EQ(to_hex(schema::branch(owner, {})), to_hex(owner) + "00");
    EXPECT_EQ(to_hex(schema::branch(owner, path_of({0xa, 0xb, 0xc}))), to_hex(owner) + "03abc0");
    EXPECT_EQ(to_hex(schema::history(Table::accounts, owner, 9)),
              "0x61" + to_hex(owner).substr(2) + "0000000000000009");
    EXPECT_EQ(to_hex(schema::log_topic(3, key)), "0x05" + to_hex(key).substr(2));
}

TEST(Schema, the_longest_key_fits) {
    Nibbles deepest(key);
    const Key longest = schema::history(Table::branches, schema::branch(owner, deepest), ~0ull);
    EXPECT_EQ(longest.size(), Key::size_max);
    EXPECT_EQ(schema::trailing_number(longest), ~0ull);
}

TEST(Schema, no_branch_key_begins_with_another) {
    std::vector<Key> keys;
    Nibbles path;
    for (unsigned size = 0; size <= 64; ++size) {
        keys.push_back(schema::branch(owner, path));
        if (size < 64) path.push(static_cast<uint8_t>(size % 3));
    }
    for (const Key& a : keys) {
        for (const Key& b : keys) {
            EXPECT_EQ(starts_with(a, b), &a == &b);
        }
    }
}

TEST(Schema, numbers_and_history_sort_by_block) {
    EXPECT_LT(schema::number(255), schema::number(256));
    EXPECT_LT(schema::history(Table::slots, key, 255), schema::history(Table::slots, key, 256));
}

TEST(Schema, the_floor_of_a_prefix_is_its_smallest_hash) {
    EXPECT_TRUE(schema::floor_of({}).is_zero());
    const Hash floor = schema::floor_of(path_of({0xf, 0x1, 0x8}));
    EXPECT_EQ(to_hex(floor).substr(0, 8), "0xf18000");
    EXPECT_EQ(schema::floor_of(Nibbles(key)), key);
}

}  // namespace
}  // namespace plume
