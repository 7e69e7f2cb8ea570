#include "crypto/bls12_381.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"

namespace plume::bls12_381 {
namespace {

Bytes bytes(std::string_view hex) {
    return from_hex(hex).value();
}

Bytes joined(std::initializer_list<BytesView> parts) {
    Bytes out;
    for (const BytesView part : parts) append(out, part);
    return out;
}

const Bytes padding(16);
const Bytes modulus = bytes(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffff"
    "aaab");

// The generators that EIP-2537 names.
const Bytes g1 = joined({padding,
                         bytes("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
                               "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"),
                         padding,
                         bytes("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af6"
                               "00db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")});
const Bytes g2 = joined({padding,
                         bytes("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02"
                               "b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"),
                         padding,
                         bytes("13e02b6052719f607dacd3a088274f65596bd0d09920b61a"
                               "b5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"),
                         padding,
                         bytes("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a7"
                               "6d429a695160d12c923ac9cc3baca289e193548608b82801"),
                         padding,
                         bytes("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af"
                               "267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")});
const Bytes infinity1(g1_size);
const Bytes infinity2(g2_size);

Bytes scalar(uint64_t number) {
    return to_bytes(to_word(u256{number}));
}

TEST(Bls12381, sums_are_multiples) {
    const auto twice = g1_add(joined({g1, g1}));
    ASSERT_TRUE(twice);
    EXPECT_EQ(g1_multiply_sum(joined({g1, scalar(2)})), twice);
    EXPECT_EQ(g1_multiply_sum(joined({g1, scalar(1), g1, scalar(1)})), twice);
    EXPECT_EQ(g1_multiply_sum(joined({g1, scalar(5), *twice, scalar(3)})),
              g1_multiply_sum(joined({g1, scalar(11)})));
    const auto twice2 = g2_add(joined({g2, g2}));
    ASSERT_TRUE(twice2);
    EXPECT_EQ(g2_multiply_sum(joined({g2, scalar(2)})), twice2);
    EXPECT_EQ(g2_multiply_sum(joined({g2, scalar(5), *twice2, scalar(3)})),
              g2_multiply_sum(joined({g2, scalar(11)})));
}

TEST(Bls12381, infinity_is_all_zeros) {
    EXPECT_EQ(g1_add(joined({g1, infinity1})), G1Bytes::from(g1));
    EXPECT_EQ(g1_add(joined({infinity1, infinity1})), G1Bytes{});
    EXPECT_EQ(g1_multiply_sum(joined({g1, scalar(0)})), G1Bytes{});
    EXPECT_EQ(g2_add(joined({infinity2, g2})), G2Bytes::from(g2));
    EXPECT_EQ(g2_multiply_sum(joined({infinity2, scalar(7)})), G2Bytes{});
    EXPECT_EQ(pairing_is_one(joined({infinity1, g2})), true);
    EXPECT_EQ(pairing_is_one(joined({g1, infinity2})), true);
    EXPECT_EQ(pairing_is_one(joined({g1, g2})), false);
}

TEST(Bls12381, input_of_another_size_is_refused) {
    const Bytes more(1);
    EXPECT_FALSE(g1_add({}));
    EXPECT_FALSE(g1_add(g1));
    EXPECT_FALSE(g1_add(joined({g1, g1, more})));
    EXPECT_FALSE(g2_add({}));
    EXPECT_FALSE(g2_add(joined({g2, g2, more})));
    EXPECT_FALSE(g1_multiply_sum({}));
    EXPECT_FALSE(g1_multiply_sum(g1));
    EXPECT_FALSE(g1_multiply_sum(joined({g1, scalar(1), more})));
    EXPECT_FALSE(g2_multiply_sum({}));
    EXPECT_FALSE(g2_multiply_sum(joined({g2, scalar(1), more})));
    EXPECT_FALSE(pairing_is_one(BytesView{}));
    EXPECT_FALSE(pairing_is_one(joined({g1, g2, more})));
    EXPECT_FALSE(map_to_g1({}));
    EXPECT_FALSE(map_to_g1(Bytes(65)));
    EXPECT_FALSE(map_to_g2(Bytes(64)));
    EXPECT_FALSE(map_to_g2(Bytes(129)));
}

TEST(Bls12381, numbers_that_are_not_reduced_are_refused) {
    EXPECT_TRUE(map_to_g1(Bytes(64)));
    EXPECT_FALSE(map_to_g1(joined({padding, modulus})));
    EXPECT_FALSE(map_to_g2(joined({padding, modulus, Bytes(64)})));
    EXPECT_FALSE(map_to_g2(joined({Bytes(64), padding, modulus})));
    // Infinity, spelled with the modulus.
    EXPECT_FALSE(g1_add(joined({padding, modulus, padding, modulus, g1})));
    for (const size_t at : {0, 15, 64, 79}) {
        Bytes wrong = joined({g1, g1});
        wrong[at] = 1;
        EXPECT_FALSE(g1_add(wrong)) << at;
        wrong = joined({g2, g2});
        wrong[at] = 1;
        EXPECT_FALSE(g2_add(wrong)) << at;
    }
}

TEST(Bls12381, points_off_the_curve_are_refused) {
    Bytes wrong1 = g1;
    wrong1.back() ^= 1;
    Bytes wrong2 = g2;
    wrong2.back() ^= 1;
    EXPECT_FALSE(g1_add(joined({wrong1, g1})));
    EXPECT_FALSE(g1_add(joined({g1, wrong1})));
    EXPECT_FALSE(g2_add(joined({wrong2, g2})));
    EXPECT_FALSE(g1_multiply_sum(joined({wrong1, scalar(0)})));
    EXPECT_FALSE(g2_multiply_sum(joined({g2, scalar(1), wrong2, scalar(0)})));
    EXPECT_FALSE(pairing_is_one(joined({wrong1, infinity2})));
    EXPECT_FALSE(pairing_is_one(joined({infinity1, wrong2})));
}

TEST(Bls12381, points_outside_of_the_group_can_be_added_only) {
    // (0, 2) is on the curve, and has order 3.
    Bytes outside(g1_size);
    outside.back() = 2;
    EXPECT_TRUE(g1_add(joined({outside, g1})));
    EXPECT_FALSE(g1_multiply_sum(joined({outside, scalar(1)})));
    EXPECT_FALSE(g1_multiply_sum(joined({g1, scalar(1), outside, scalar(3)})));
    EXPECT_FALSE(pairing_is_one(joined({outside, infinity2})));
}

}  // namespace
}  // namespace plume::bls12_381
