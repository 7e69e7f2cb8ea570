#include "crypto/bn254.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/fixtures.hpp"

namespace plume::bn254 {
namespace {

using namespace literals;

constexpr u256 p = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47_u256;
constexpr u256 n = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_u256;

/// A point of G2: x and y, the part that goes with u first.
using TwistPoint = FixedBytes<128>;

Point point(const u256& x, const u256& y) {
    Point out;
    std::ranges::copy(to_word(x), out.bytes.begin());
    std::ranges::copy(to_word(y), out.bytes.begin() + 32);
    return out;
}

const Point infinity;
const Point generator = point(1, 2);

const TwistPoint twist_infinity;
const TwistPoint twist_generator =
    TwistPoint::parse(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa")
        .value();
/// Seven times the generator, by py_ecc.
const TwistPoint twist_seven =
    TwistPoint::parse(
        "2903ba015a9abde26a5d081e84551e63be0fd4516e46ee6d593edeba46362455"
        "224bdc5d4327fcf8ed702e01de1c2f1657a253ba75e32a89c390142aaa28b308"
        "03c8b7cda6b2dedb7aeeaf5fda464ad17036bea1c4e6f7adbaed1ebe0335e0d8"
        "1d92fff52a265017eeccb372e37d7a7bd431800eca28dfd82e21e8054114233f")
        .value();

Point minus(const Point& a) {
    const u256 y = from_big_endian(BytesView{a}.last(32));
    return point(from_big_endian(BytesView{a}.first(32)), y.is_zero() ? y : p - y);
}

Point times(const Point& a, const u256& scalar) {
    return multiply(a, scalar).value();
}

struct TestPair {
    Point p;
    TwistPoint q;
};

std::optional<bool> product_is_one(std::initializer_list<TestPair> pairs) {
    Bytes bytes;
    for (const auto& [a, b] : pairs) {
        append(bytes, a);
        append(bytes, b);
    }
    return pairing_is_one(bytes);
}

TEST(Bn254, points_are_a_group) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 50; ++i) {
        const Point a = times(generator, u256{random()});
        const Point b = times(generator, u256{random()});
        const Point c = times(generator, u256{random()});
        EXPECT_EQ(add(a, b), add(b, a));
        EXPECT_EQ(add(*add(a, b), c), add(a, *add(b, c)));
        EXPECT_EQ(add(a, infinity), a);
        EXPECT_EQ(add(infinity, a), a);
        EXPECT_EQ(add(a, minus(a)), infinity);
        EXPECT_EQ(add(a, a), times(a, 2));
    }
    EXPECT_EQ(add(infinity, infinity), infinity);
}

TEST(Bn254, multiples_are_sums) {
    Point sum = infinity;
    for (uint64_t i = 0; i < 70; ++i) {
        EXPECT_EQ(times(generator, u256{i}), sum) << i;
        sum = add(sum, generator).value();
    }
    EXPECT_EQ(times(generator, n), infinity);
    EXPECT_EQ(times(generator, n - u256{1u}), minus(generator));
    EXPECT_EQ(times(infinity, u256_max), infinity);
    EXPECT_EQ(times(generator, u256_max), times(generator, u256_max % n));
    std::mt19937_64 random(2);
    for (int i = 0; i < 50; ++i) {
        const u256 a{random(), random(), random(), random()};
        const u256 b{random(), random(), random(), random() >> (i % 64)};
        EXPECT_EQ(times(times(generator, a), b), times(generator, mulmod(a, b, n)));
        EXPECT_EQ(add(times(generator, a), times(generator, b)), times(generator, addmod(a, b, n)));
    }
}

TEST(Bn254, what_is_no_point_is_refused) {
    for (const Point& wrong : {point(1, 3), point(0, 1), point(p + u256{1u}, 2),
                               point(1, p + u256{2u}), point(p, 0), point(u256_max, u256_max)}) {
        EXPECT_FALSE(add(wrong, generator));
        EXPECT_FALSE(add(generator, wrong));
        EXPECT_FALSE(multiply(wrong, 1));
        EXPECT_FALSE(multiply(wrong, 0));
        EXPECT_FALSE(product_is_one({{wrong, twist_generator}}));
        EXPECT_FALSE(product_is_one({{generator, twist_generator}, {wrong, twist_infinity}}));
    }
}

TEST(Bn254, pairing_is_bilinear) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 10; ++i) {
        const u256 a{random(), random(), random(), random()};
        const Point left = times(generator, a);
        EXPECT_EQ(product_is_one({{left, twist_seven}, {minus(times(left, 7)), twist_generator}}),
                  true);
        EXPECT_EQ(product_is_one({{left, twist_seven}, {minus(times(left, 8)), twist_generator}}),
                  false);
        // e(aP, Q) e(bP, Q) e(-(a + b)P, Q) = 1
        const Point right = times(generator, u256{random()});
        EXPECT_EQ(product_is_one({{left, twist_seven},
                                  {right, twist_seven},
                                  {minus(*add(left, right)), twist_seven}}),
                  true);
    }
}

TEST(Bn254, pairing_is_not_degenerate_but_at_infinity) {
    EXPECT_EQ(product_is_one({}), true);
    EXPECT_EQ(product_is_one({{generator, twist_generator}}), false);
    EXPECT_EQ(product_is_one({{infinity, twist_generator}}), true);
    EXPECT_EQ(product_is_one({{generator, twist_infinity}}), true);
    EXPECT_EQ(product_is_one({{infinity, twist_infinity}, {generator, twist_generator}}), false);
    EXPECT_EQ(product_is_one({{generator, twist_generator},
                              {infinity, twist_generator},
                              {minus(generator), twist_generator}}),
              true);
}

TEST(Bn254, points_off_the_twist_or_its_subgroup_are_refused) {
    TwistPoint wrong = twist_generator;
    wrong[127] ^= 1;
    EXPECT_FALSE(product_is_one({{generator, wrong}}));
    EXPECT_FALSE(product_is_one({{infinity, wrong}}));
    wrong = twist_generator;
    wrong[0] = 0xff;  // not below p
    EXPECT_FALSE(product_is_one({{generator, wrong}}));
    // On the twist, but of another order; by py_ecc.
    for (const char* outside :
         {"0000000000000000000000000000000000000000000000000000000000000079"
          "000000000000000000000000000000000000000000000000000000000000000b"
          "02052f452932f1aadf278192473338deba308b0efb0c0bebe4f4d7fb93eeb37a"
          "1a096057715a99c8e1d9e4e6cd775ac90e8437b12bb36d0b51dbfc88102fe984",
          "00000000000000000000000000000000000000000000000000000000000000e1"
          "000000000000000000000000000000000000000000000000000000000000000f"
          "1378e9a2b9f465f07cfd35c43a4633c19c8a35c698b1c6b49adb6eb0ffd87655"
          "0167c8219ac2e02f22c1c651feff864335ff674b7ff7a58a84a693f5a28ad3a6",
          "0000000000000000000000000000000000000000000000000000000000000100"
          "0000000000000000000000000000000000000000000000000000000000000010"
          "2e924aff66b8ba1994b67ba5f6beb24234ac32998633c719b4550557f6a2479a"
          "2173b55c4ad61a8b67c76f04c7b2d43e622aea65402b610d1c9ee7370dc9e48e",
          "181c30aee59b2eac9f08d5a6c8340facbb56f1a608ea9b254c94a4dbb28ef2a6"
          "1d3c26c5a265c161928e0830676951edb1d9c2aec8d416e62f636dea8cf9773e"
          "12878a043a90984ee1216b80c4f47ddef81adacfad0a10ce499417a59bfe491e"
          "2a067289690e0a83839211b57034e74f828bc30a1af2f9a2ba444263d3416931"}) {
        const TwistPoint q = TwistPoint::parse(outside).value();
        EXPECT_FALSE(product_is_one({{generator, q}}));
        EXPECT_FALSE(product_is_one({{infinity, q}}));
    }
}

}  // namespace
}  // namespace plume::bn254
