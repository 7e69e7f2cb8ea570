#include "base/hash_key.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {
namespace {

constexpr uint64_t count = 1'000;

TEST(HashKey, slots_whose_words_cancel_out_do_not_meet) {
    std::set<size_t> hashes;
    for (uint64_t i = 0; i < count; ++i)
        hashes.insert(std::hash<u256>{}((u256{i} << 128) | u256{i}));
    EXPECT_EQ(hashes.size(), count);
}

TEST(HashKey, what_differs_in_any_one_byte_does_not_meet) {
    std::set<size_t> hashes;
    for (size_t i = 0; i < Hash::size; ++i) {
        Hash hash;
        hash[i] = 1;
        hashes.insert(std::hash<Hash>{}(hash));
        if (i >= Address::size) continue;
        Address address;
        address[i] = 2;
        hashes.insert(std::hash<Address>{}(address));
    }
    EXPECT_EQ(hashes.size(), Hash::size + Address::size);
}

TEST(HashKey, equal_ones_meet) {
    EXPECT_EQ(std::hash<u256>{}(u256{7u}), std::hash<u256>{}(u256{7u}));
    EXPECT_NE(std::hash<u256>{}(u256{7u}), std::hash<u256>{}(u256{8u}));
}

}  // namespace
}  // namespace plume
