#include "crypto/modexp.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/u256.hpp"

namespace plume {
namespace {

Bytes bytes(std::string_view hex) {
    return from_hex(hex).value();
}

TEST(ModExp, obeys_fermat) {
    // The first example of EIP-198: 3 ^ (p - 1) mod p for the field of secp256k1.
    const Bytes p = bytes("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    const Bytes e = bytes("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e");
    EXPECT_EQ(modexp(bytes("03"), e, p), to_bytes(to_word(1)));
    EXPECT_EQ(modexp({}, e, p), Bytes(32));
}

TEST(ModExp, has_as_many_bytes_as_the_modulus) {
    EXPECT_EQ(modexp(bytes("02"), bytes("0a"), bytes("0000000000ffff")), bytes("00000000000400"));
    EXPECT_EQ(modexp(bytes("02"), bytes("0a"), {}), Bytes{});
}

TEST(ModExp, with_zeros_and_ones_follows_eip_198) {
    EXPECT_EQ(modexp(bytes("02"), bytes("03"), bytes("0000")), bytes("0000"));  // modulo 0
    EXPECT_EQ(modexp(bytes("02"), bytes("00"), bytes("01")), bytes("00"));      // modulo 1
    EXPECT_EQ(modexp(bytes("00"), bytes("00"), bytes("07")), bytes("01"));      // 0 ^ 0
    EXPECT_EQ(modexp({}, {}, bytes("07")), bytes("01"));
    EXPECT_EQ(modexp(bytes("00"), bytes("05"), bytes("07")), bytes("00"));
}

TEST(ModExp, agrees_with_our_own_multiplication) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 200; ++i) {
        const u256 base{random(), random(), random(), random()};
        u256 modulus{random(), random(), random(), random() >> (i % 64)};
        if (i % 3 == 0) modulus = modulus >> static_cast<unsigned>(i);  // short and even ones, too
        if (modulus.is_zero()) continue;
        const uint64_t exponent = random() >> (i % 64);
        u256 expected = u256{1u} % modulus;
        for (unsigned bit = 64; bit-- > 0;) {
            expected = mulmod(expected, expected, modulus);
            if ((exponent >> bit & 1) != 0) expected = mulmod(expected, base, modulus);
        }
        EXPECT_EQ(modexp(to_word(base), to_word(u256{exponent}), to_word(modulus)),
                  to_bytes(to_word(expected)));
    }
}

}  // namespace
}  // namespace plume
