#include "crypto/signature.hpp"

#include <gtest/gtest.h>

#include "crypto/keccak.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

using namespace literals;

const PrivateKey key = PrivateKey::from(keccak256("cow")).value();
const Hash digest = keccak256("a message");

TEST(Signature, of_the_example_in_eip_155_is_reproduced) {
    const PrivateKey example = PrivateKey::from(Bytes(32, 0x46)).value();
    const Hash signing_hash =
        "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"_hash;
    const Signature made = sign(signing_hash, example);
    EXPECT_EQ(to_hex(to_word(made.r)),
              "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276");
    EXPECT_EQ(to_hex(to_word(made.s)),
              "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
    EXPECT_FALSE(made.y_parity);
}

TEST(Signature, follows_rfc_6979_with_low_s) {
    // The customary vector of secp256k1 libraries: key 1, SHA-256("Satoshi Nakamoto").
    const PrivateKey one = PrivateKey::from(to_word(1)).value();
    const Signature made =
        sign("0xa0dc65ffca799873cbea0ac274015b9526505daaaed385155425f7337704883e"_hash, one);
    EXPECT_EQ(to_hex(to_word(made.r)),
              "0x934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8");
    EXPECT_EQ(to_hex(to_word(made.s)),
              "0x2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
}

// The signatures in this file are left aside: the digest that they sign is not published with them.
TEST(Signature, keys_made_from_seeds_have_their_addresses) {
    const auto cases = test::fixture("basic/BasicTests/keyaddrtest.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& entry : cases->as_array()) {
        const auto signer = PrivateKey::parse(test::text_at(entry, "key"));
        ASSERT_TRUE(signer);
        EXPECT_EQ(signer, PrivateKey::from(keccak256(test::text_at(entry, "seed"))));
        EXPECT_EQ(address_of(*signer), Address::from(test::hex_at(entry, "addr")));
    }
}

TEST(Signature, keys_of_the_public_vectors_have_their_addresses) {
    const auto cases = test::fixture("vectors/accounts.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t count = 0;
    for (const auto& entry : cases->as_array()) {
        if (!entry.as_object().contains("privateKey")) continue;
        const auto parsed = PrivateKey::parse(test::text_at(entry, "privateKey"));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(to_hex(address_of(*parsed)), test::text_at(entry, "address"));
        ++count;
    }
    EXPECT_GE(count, 500u);
}

TEST(Signature, recovers_to_its_signer_only_with_its_parity_and_digest) {
    const Signature made = sign(digest, key);
    EXPECT_LE(made.s, secp256k1_half_n);
    EXPECT_EQ(recover(digest, made), address_of(key));
    EXPECT_EQ(recover_public_key(digest, made), public_key(key));
    EXPECT_NE(recover(digest, {made.r, made.s, !made.y_parity}), address_of(key));
    EXPECT_NE(recover(keccak256("another"), made), address_of(key));
}

TEST(Signature, with_high_s_and_the_other_parity_recovers_to_the_same_signer) {
    const Signature made = sign(digest, key);
    EXPECT_EQ(recover(digest, {made.r, secp256k1_n - made.s, !made.y_parity}), address_of(key));
}

TEST(Signature, with_zero_or_too_large_numbers_is_refused) {
    const Signature made = sign(digest, key);
    EXPECT_FALSE(recover(digest, {0, made.s, made.y_parity}));
    EXPECT_FALSE(recover(digest, {made.r, 0, made.y_parity}));
    EXPECT_FALSE(recover(digest, {secp256k1_n, made.s, made.y_parity}));
    EXPECT_FALSE(recover(digest, {made.r, secp256k1_n, made.y_parity}));
    EXPECT_FALSE(recover(digest, {u256_max, made.s, made.y_parity}));
    EXPECT_FALSE(recover(digest, {made.r, u256_max, made.y_parity}));
    EXPECT_TRUE(recover(digest, {made.r, secp256k1_n - 1, made.y_parity}));
}

TEST(Signature, whose_r_is_no_point_is_refused) {
    // 5^3 + 7 = 132 is not a square modulo the field's order: no point has x = 5.
    EXPECT_FALSE(recover(digest, {5, 1, false}));
    EXPECT_FALSE(recover(digest, {5, 1, true}));
}

TEST(PrivateKey, is_between_zero_and_the_order) {
    EXPECT_FALSE(PrivateKey::from(to_word(0)));
    EXPECT_TRUE(PrivateKey::from(to_word(1)));
    EXPECT_TRUE(PrivateKey::from(to_word(secp256k1_n - 1)));
    EXPECT_FALSE(PrivateKey::from(to_word(secp256k1_n)));
    EXPECT_FALSE(PrivateKey::from(to_word(u256_max)));
    EXPECT_FALSE(PrivateKey::from(Bytes(31, 1)));
    EXPECT_FALSE(PrivateKey::from(Bytes(33, 1)));
    EXPECT_FALSE(PrivateKey::parse("0x01"));
}

}  // namespace
}  // namespace plume
