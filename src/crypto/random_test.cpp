#include "crypto/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plume {
namespace {

TEST(Random, numbers_differ_and_use_all_of_128_bits) {
    std::set<u256> seen;
    u256 ones;
    for (int i = 0; i < 1'000; ++i) {
        const u256 number = random_128();
        EXPECT_TRUE(seen.insert(number).second);
        EXPECT_LE(number.bit_length(), 128u);
        ones = ones | number;
    }
    EXPECT_EQ(ones, (u256{1u} << 128) - u256{1u});
}

}  // namespace
}  // namespace plume
