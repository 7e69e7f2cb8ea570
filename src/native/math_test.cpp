#include "native/math.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

template <class F>
bool panics(const u256& code, F compute) {
    try {
        compute();
    } catch (const Revert& revert) {
        return revert.data == Panic{code}.data();
    }
    return false;
}

TEST(Math, what_does_not_fit_panics) {
    EXPECT_EQ(checked_add(u256_max - u256{1u}, u256{1u}), u256_max);
    EXPECT_TRUE(panics(panic_arithmetic, [] { checked_add(u256_max, u256{1u}); }));
    EXPECT_EQ(checked_sub(u256{5u}, u256{5u}), u256{});
    EXPECT_TRUE(panics(panic_arithmetic, [] { checked_sub(u256{5u}, u256{6u}); }));
    EXPECT_EQ(checked_mul(u256{1u} << 255, u256{1u}), u256{1u} << 255);
    EXPECT_TRUE(panics(panic_arithmetic, [] { checked_mul(u256{1u} << 255, u256{2u}); }));
    EXPECT_EQ(mul_div_down(u256_max, u256_max, u256_max), u256_max);
    EXPECT_EQ(mul_div_down(u256{7u}, u256{3u}, u256{2u}), u256{10u}) << "the remainder is dropped";
    EXPECT_TRUE(panics(panic_arithmetic, [] { mul_div_down(u256_max, u256{2u}, u256{1u}); }));
    EXPECT_TRUE(panics(panic_division_by_zero, [] { mul_div_down(u256{1u}, u256{1u}, u256{}); }));
}

TEST(Math, a_division_says_where_its_remainder_goes) {
    const auto of = [](auto divide, uint64_t a, uint64_t b, uint64_t d) {
        return divide(u256{a}, u256{b}, u256{d}).low64();
    };
    EXPECT_EQ(of(mul_div_down, 7, 3, 2), 10u);
    EXPECT_EQ(of(mul_div_up, 7, 3, 2), 11u);
    EXPECT_EQ(of(mul_div_up, 6, 3, 2), 9u);
    EXPECT_EQ(of(mul_div_up, 0, 3, 2), 0u);
    EXPECT_EQ(mul_div_up(u256_max, u256_max, u256_max), u256_max);
    EXPECT_TRUE(panics(panic_arithmetic, [] { mul_div_up(u256_max, u256{3u}, u256{2u}); }));
    EXPECT_TRUE(panics(panic_division_by_zero, [] { mul_div_up(u256{1u}, u256{1u}, {}); }));
    // 2^256 - 1 exactly, and a remainder above it.
    const u256 half = u256{1u} << 255;
    EXPECT_TRUE(panics(panic_arithmetic,
                       [&] { mul_div_up(half + u256{1u}, half - u256{1u}, u256{1u} << 254); }));
    EXPECT_EQ(saturating_mul_div(u256_max, u256{3u}, u256{2u}), u256_max);
    EXPECT_EQ(of(saturating_mul_div, 7, 3, 2), 10u);
    EXPECT_TRUE(panics(panic_division_by_zero, [] { saturating_mul_div(u256{1u}, u256{1u}, {}); }));
}

TEST(Math, a_square_root_is_rounded_down) {
    for (uint64_t n = 0; n < 2'000; ++n) {
        const u256 root = square_root_down(u256{n});
        EXPECT_LE(root * root, u256{n});
        EXPECT_GT((root + u256{1u}) * (root + u256{1u}), u256{n});
    }
    for (unsigned bits = 1; bits < 128; ++bits) {
        const u256 root = (u256{1u} << bits) + u256{12'345u};
        const u256 square = root * root;
        EXPECT_EQ(square_root_down(square), root);
        EXPECT_EQ(square_root_down(square - u256{1u}), root - u256{1u});
        EXPECT_EQ(square_root_down(square + root + root), root);
    }
    EXPECT_EQ(square_root_down(u256_max), (u256{1u} << 128) - u256{1u});
}

TEST(Math, nothing_is_narrowed_by_cutting) {
    const u256 two_64 = u256{1u} << 64;
    EXPECT_EQ(checked_narrow<uint64_t>(two_64 - u256{1u}), ~0ull);
    for (const u256& value : {two_64, two_64 + u256{1u}, u256{1u} << 128, u256_max})
        EXPECT_TRUE(panics(panic_arithmetic, [&] { checked_narrow<uint64_t>(value); }));
    EXPECT_EQ(checked_narrow<uint8_t>(u256{255u}), 255);
    EXPECT_TRUE(panics(panic_arithmetic, [] { checked_narrow<uint8_t>(u256{256u}); }));
    const u256 two_128 = u256{1u} << 128;
    EXPECT_EQ(checked_u128(two_128 - u256{1u}), (u128{two_128 - u256{1u}}));
    EXPECT_TRUE(panics(panic_arithmetic, [&] { checked_u128(two_128); }));
}

}  // namespace
}  // namespace plume
