#include "crypto/p256.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr u256 p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff_u256;
constexpr u256 n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551_u256;

// The key of RFC 6979, appendix A.2.5, and its signature of the SHA-256 of "sample".
constexpr u256 owner_x = 0x60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6_u256;
constexpr u256 owner_y = 0x7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299_u256;
constexpr P256Signature sample{
    .r = 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716_u256,
    .s = 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8_u256,
    .x = owner_x,
    .y = owner_y};

Hash sample_digest() {
    return sha256(view_of("sample"));
}

TEST(P256, verifies_the_signatures_of_rfc_6979) {
    EXPECT_TRUE(p256_verify(sample_digest(), sample));
    EXPECT_TRUE(
        p256_verify(sha256(view_of("test")),
                    {.r = 0xf1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367_u256,
                     .s = 0x019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083_u256,
                     .x = owner_x,
                     .y = owner_y}));
}

TEST(P256, takes_high_and_low_s) {
    P256Signature other = sample;
    other.s = n - sample.s;
    EXPECT_TRUE(p256_verify(sample_digest(), other));
}

TEST(P256, refuses_another_digest_and_another_owner) {
    EXPECT_FALSE(p256_verify(sha256(view_of("sampel")), sample));
    P256Signature other = sample;
    other.y = p - sample.y;
    EXPECT_FALSE(p256_verify(sample_digest(), other));
}

TEST(P256, refuses_numbers_out_of_range) {
    for (const u256& wrong : {u256{}, n, u256_max}) {
        P256Signature other = sample;
        other.r = wrong;
        EXPECT_FALSE(p256_verify(sample_digest(), other));
        other = sample;
        other.s = wrong;
        EXPECT_FALSE(p256_verify(sample_digest(), other));
    }
}

TEST(P256, refuses_what_is_no_point) {
    P256Signature other = sample;
    other.y = sample.y + u256{1u};
    EXPECT_FALSE(p256_verify(sample_digest(), other));
    other.x = other.y = {};
    EXPECT_FALSE(p256_verify(sample_digest(), other));
    other = sample;
    other.x = p;  // the same as 0
    EXPECT_FALSE(p256_verify(sample_digest(), other));
}

TEST(P256, refuses_a_coordinate_of_the_right_point_that_is_not_reduced) {
    // x = 5 has a point, and 5 + p still fits into 256 bits.
    P256Signature other = sample;
    other.x = 5;
    other.y = 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc_u256;
    EXPECT_FALSE(p256_verify(sample_digest(), other));
    other.x = p + u256{5u};
    EXPECT_FALSE(p256_verify(sample_digest(), other));
}

// The answers to the next three were found with a program of twenty lines that knows nothing but
// the definitions.

TEST(P256, refuses_a_sum_at_infinity) {
    const Hash digest = "0x8fb73e81eca70e940095f1e2f8fe94e9b05bc742ead3ba918a6691289c48a82e"_hash;
    EXPECT_FALSE(p256_verify(
        digest, {.r = 0xeda6bda62835cff5cd2a5045b97dc6a1c74a792cf33f2c5cc8f4fb62f3670778_u256,
                 .s = 5,
                 .x = owner_x,
                 .y = owner_y}));
}

TEST(P256, adds_a_point_to_itself) {
    const Hash digest = "0x284996e752c9fdaa49d89fe1f8bee61ef1ded3dc3ce6495ae899eb22849876cb"_hash;
    EXPECT_TRUE(p256_verify(
        digest, {.r = 0x7cb2615ff0acab6abc43ef1f567704abf3332e828d9d2e64f7f3ba9a74271c5a_u256,
                 .s = 0xefd6618668c1385fe6c1af65530548e62df53016c082b3b412258d228faf2811_u256,
                 .x = owner_x,
                 .y = owner_y}));
}

TEST(P256, compares_r_modulo_the_order) {
    // The x coordinate of the sum is n + 3, which is below p.
    const Hash digest = "0xf0a289923ed634acec748941a7fab6a057e5d4a5cb29e5e2b6136d639897c74a"_hash;
    EXPECT_TRUE(p256_verify(
        digest, {.r = 3,
                 .s = 123'456'789,
                 .x = 0x5623aedfa22ac43f985a2151d00226e0246fe155580c2ef7027fc51322ad7095_u256,
                 .y = 0xe077b1926edd4b3731c81ada4199ee7992177a8df123268a2d924703c493d040_u256}));
}

}  // namespace
}  // namespace plume
