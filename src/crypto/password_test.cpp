#include "crypto/password.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"

namespace plume {
namespace {

TEST(Password, becomes_a_key_by_pbkdf2_as_in_rfc_7914) {
    // Section 11.
    EXPECT_EQ(to_hex(pbkdf2_sha256("passwd", view_of("salt"), 1, 64)),
              "0x55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
              "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
}

TEST(Password, becomes_a_key_by_scrypt_as_in_rfc_7914) {
    // Section 12, the first two vectors.
    EXPECT_EQ(to_hex(scrypt("", {}, {.n = 16, .r = 1, .p = 1}, 64).value()),
              "0x77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
              "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    EXPECT_EQ(to_hex(scrypt("password", view_of("NaCl"), {.n = 1024, .r = 8, .p = 16}, 64).value()),
              "0xfdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
              "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

TEST(Password, scrypt_costs_are_bounded) {
    const uint64_t n_max = scrypt_memory_max / 128 / 8;
    EXPECT_TRUE(scrypt("", {}, {.n = n_max, .r = 8, .p = 1}, 32));
    EXPECT_FALSE(scrypt("", {}, {.n = n_max, .r = 9, .p = 1}, 32));
    EXPECT_FALSE(scrypt("", {}, {.n = 2 * n_max, .r = 8, .p = 1}, 32));
    const uint64_t p_max = scrypt_work_max / (1u << 10);
    EXPECT_TRUE(scrypt("", {}, {.n = 1u << 10, .r = 1, .p = p_max}, 32));
    EXPECT_FALSE(scrypt("", {}, {.n = 1u << 10, .r = 1, .p = p_max + 1}, 32));
    for (const ScryptCosts& wrong : {ScryptCosts{0, 8, 1},
                                     {1, 8, 1},
                                     {1000, 8, 1},
                                     {1024, 0, 1},
                                     {1024, 8, 0},
                                     {1024, ~0ull, 1},
                                     {1024, 8, ~0ull},
                                     {1ull << 63, 1, 1}})
        EXPECT_FALSE(scrypt("", {}, wrong, 32));
}

TEST(Password, aes_counts_as_nist_sp_800_38a_does) {
    // Sections F.5.1 and F.5.5, two blocks each.
    const Bytes text =
        from_hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51").value();
    const auto counter = FixedBytes<16>::parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").value();
    const Bytes short_key = from_hex("2b7e151628aed2a6abf7158809cf4f3c").value();
    const Bytes long_key =
        from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4").value();
    EXPECT_EQ(to_hex(aes_ctr(short_key, counter, text)),
              "0x874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");
    EXPECT_EQ(to_hex(aes_ctr(long_key, counter, text)),
              "0x601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5");
    EXPECT_EQ(aes_ctr(short_key, counter, aes_ctr(short_key, counter, text)), text);
    EXPECT_TRUE(aes_ctr(short_key, counter, {}).empty());
}

TEST(Password, aes_agrees_with_the_public_vector) {
    const auto cases = test::fixture("basic/BasicTests/crypto.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    const auto& entry = cases->at("aes1");
    EXPECT_EQ(aes_ctr(test::hex_at(entry, "key"), {}, test::hex_at(entry, "cipher")),
              test::hex_at(entry, "payload"));
}

}  // namespace
}  // namespace plume
