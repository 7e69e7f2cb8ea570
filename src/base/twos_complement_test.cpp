#include "base/twos_complement.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

constexpr u256 least = u256{1u} << 255;
constexpr u256 minus(unsigned x) {
    return -u256{x};
}

TEST(TwosComplement, quotients_are_rounded_towards_zero) {
    EXPECT_EQ(signed_quotient(u256{7u}, u256{2u}), u256{3u});
    EXPECT_EQ(signed_quotient(minus(7), u256{2u}), minus(3));
    EXPECT_EQ(signed_quotient(u256{7u}, minus(2)), minus(3));
    EXPECT_EQ(signed_quotient(minus(7), minus(2)), u256{3u});
    EXPECT_EQ(signed_quotient(minus(7), u256{}), u256{});
    EXPECT_EQ(signed_quotient(least, minus(1)), least) << "the one overflow wraps";
}

TEST(TwosComplement, remainders_have_the_sign_of_the_dividend) {
    EXPECT_EQ(signed_remainder(u256{7u}, minus(3)), u256{1u});
    EXPECT_EQ(signed_remainder(minus(7), u256{3u}), minus(1));
    EXPECT_EQ(signed_remainder(minus(7), u256{}), u256{});
    EXPECT_EQ(signed_remainder(least, minus(1)), u256{});
}

TEST(TwosComplement, order_is_that_of_signed_numbers) {
    EXPECT_TRUE(signed_less(minus(1), u256{}));
    EXPECT_TRUE(signed_less(least, minus(1)));
    EXPECT_TRUE(signed_less(minus(2), minus(1)));
    EXPECT_FALSE(signed_less(u256{}, least));
    EXPECT_FALSE(signed_less(u256{5u}, u256{5u}));
}

TEST(TwosComplement, shifts_are_filled_with_the_sign) {
    EXPECT_EQ(arithmetic_shift(minus(4), 1), minus(2));
    EXPECT_EQ(arithmetic_shift(minus(1), 0), minus(1));
    EXPECT_EQ(arithmetic_shift(minus(1), 300), minus(1));
    EXPECT_EQ(arithmetic_shift(least, 255), minus(1));
    EXPECT_EQ(arithmetic_shift(u256{4u}, 1), u256{2u});
    EXPECT_EQ(arithmetic_shift(u256{4u}, 256), u256{});
}

TEST(TwosComplement, extension_repeats_the_sign_of_the_highest_byte_kept) {
    EXPECT_EQ(sign_extend(u256{0xffu}, u256{}), minus(1));
    EXPECT_EQ(sign_extend(u256{0x7fu}, u256{}), u256{0x7fu});
    EXPECT_EQ(sign_extend(u256{0x12'80ffu}, u256{1u}), minus(0x7f01));
    EXPECT_EQ(sign_extend(least, u256{31u}), least);
    EXPECT_EQ(sign_extend(u256{0xffu}, u256_max), u256{0xffu});
}

}  // namespace
}  // namespace plume
