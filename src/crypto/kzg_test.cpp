#include "crypto/kzg.hpp"

#include <gtest/gtest.h>

namespace plume::kzg {
namespace {

using namespace literals;

Point point(std::string_view hex) {
    return Point::parse(hex).value();
}

// A case of the consensus specification's vectors (verify_kzg_proof_case_correct_proof).
const Opening opening{.commitment = point("8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481b"
                                          "c22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7"),
                      .z = modulus - u256{1u},
                      .y = 0x1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9_u256,
                      .proof = point("a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b"
                                     "8dd99a9abc2160744faf0070725e00b60ad9a026a15b1a8c")};

const Point infinity = point(
    "c0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000");
const Point generator = point(
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22"
    "c6bb");

TEST(Kzg, proofs_show_one_value_only) {
    EXPECT_TRUE(verify(opening));
    Opening wrong = opening;
    wrong.y = wrong.y + u256{1u};
    EXPECT_FALSE(verify(wrong));
    wrong = opening;
    wrong.z = 0;
    EXPECT_FALSE(verify(wrong));
    wrong = opening;
    wrong.proof = wrong.commitment;
    EXPECT_FALSE(verify(wrong));
    wrong = opening;
    wrong.commitment = generator;
    EXPECT_FALSE(verify(wrong));
}

TEST(Kzg, constants_are_proved_by_infinity) {
    for (const u256& z : {u256{}, u256{1u}, modulus - u256{1u}}) {
        EXPECT_TRUE(verify({infinity, z, 0, infinity}));
        EXPECT_FALSE(verify({infinity, z, 1, infinity}));
        EXPECT_TRUE(verify({generator, z, 1, infinity}));
        EXPECT_FALSE(verify({generator, z, 2, infinity}));
    }
}

TEST(Kzg, numbers_are_below_the_modulus) {
    EXPECT_FALSE(verify({infinity, modulus, 0, infinity}));
    EXPECT_FALSE(verify({infinity, 0, modulus, infinity}));
    EXPECT_FALSE(verify({infinity, u256_max, 0, infinity}));
    EXPECT_FALSE(verify({generator, 0, modulus + u256{1u}, infinity}));
}

TEST(Kzg, points_have_one_spelling) {
    const auto is_refused = [](const Point& wrong) {
        return !verify({wrong, 0, 0, infinity}) && !verify({wrong, 0, 1, infinity}) &&
               !verify({infinity, 0, 0, wrong});
    };
    Point wrong = infinity;
    wrong[47] = 1;
    EXPECT_TRUE(is_refused(wrong));
    wrong = infinity;
    wrong[0] = 0xe0;  // with a sign
    EXPECT_TRUE(is_refused(wrong));
    wrong[0] = 0x40;  // not compressed
    EXPECT_TRUE(is_refused(wrong));
    EXPECT_TRUE(is_refused(Point{}));
    wrong = generator;
    wrong[0] ^= 0x80;
    EXPECT_TRUE(is_refused(wrong));
    wrong = generator;
    wrong[0] ^= 0x40;
    EXPECT_TRUE(is_refused(wrong));
    wrong = generator;
    wrong[0] ^= 0x20;  // the opposite point
    EXPECT_FALSE(verify({wrong, 0, 1, infinity}));
    EXPECT_TRUE(verify({wrong, 0, modulus - u256{1u}, infinity}));
    // The modulus instead of 0.
    EXPECT_TRUE(
        is_refused(point("9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
                         "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab")));
    // On the curve, but of order 3; and not on the curve.
    wrong = {};
    wrong[0] = 0x80;
    EXPECT_TRUE(is_refused(wrong));
    wrong[47] = 1;
    EXPECT_TRUE(is_refused(wrong));
}

}  // namespace
}  // namespace plume::kzg
