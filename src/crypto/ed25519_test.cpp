#include "crypto/ed25519.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "crypto/hash.hpp"

namespace plume {
namespace {

using namespace literals;

template <size_t N>
FixedBytes<N> bytes(std::string_view hex) {
    return FixedBytes<N>::parse(hex).value();
}

struct Vector {
    std::string_view seed;
    std::string_view key;
    std::string_view message;
    std::string_view signature;
};

// RFC 8032, section 7.1, TEST 1 to 3.
constexpr std::array rfc_8032{
    Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
           "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
           "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e397"
           "01cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
           "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f361"
           "3d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
           "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
           "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76"
           "0984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, signs_and_verifies_the_vectors_of_rfc_8032) {
    for (const Vector& vector : rfc_8032) {
        const Bytes message = from_hex(vector.message).value();
        const auto seed = bytes<32>(vector.seed);
        const auto signature = bytes<64>(vector.signature);
        EXPECT_EQ(ed25519_key(seed), bytes<32>(vector.key));
        EXPECT_EQ(ed25519_sign(message, seed), signature);
        EXPECT_TRUE(ed25519_verify(message, bytes<32>(vector.key), signature));
        Bytes other = message;
        other.push_back(0);
        EXPECT_FALSE(ed25519_verify(other, bytes<32>(vector.key), signature));
    }
}

TEST(Ed25519, a_single_wrong_bit_anywhere_is_seen) {
    const auto seed = bytes<32>(rfc_8032[1].seed);
    const Bytes message{0x72};
    const Ed25519Key key = ed25519_key(seed);
    const Ed25519Signature good = ed25519_sign(message, seed);
    for (size_t bit = 0; bit < 8 * good.size; ++bit) {
        Ed25519Signature bad = good;
        bad[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
        EXPECT_FALSE(ed25519_verify(message, key, bad)) << bit;
    }
    for (size_t bit = 0; bit < 8 * key.size; ++bit) {
        Ed25519Key other = key;
        other[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
        EXPECT_FALSE(ed25519_verify(message, other, good)) << bit;
    }
}

// s + L verifies wherever only the equation is looked at: a second signature of the same message.
TEST(Ed25519, s_is_below_the_order) {
    const auto seed = bytes<32>(rfc_8032[0].seed);
    Ed25519Signature signature = ed25519_sign({}, seed);
    Hash s;
    std::reverse_copy(signature.begin() + 32, signature.end(), s.bytes.begin());
    const u256 order = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed_u256;
    const Hash more = to_word(to_u256(s) + order);
    std::reverse_copy(more.begin(), more.end(), signature.bytes.begin() + 32);
    EXPECT_FALSE(ed25519_verify({}, ed25519_key(seed), signature));
}

TEST(Ed25519, keys_of_small_order_or_in_a_second_spelling_are_none) {
    const std::vector<std::string_view> bad{
        "0100000000000000000000000000000000000000000000000000000000000000",  // order 1
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
        "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // order 8
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p for 0
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p + 1 for 1
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    for (const std::string_view hex : bad) {
        EXPECT_FALSE(is_ed25519_key(bytes<32>(hex))) << hex;
        // With h A the neutral element, R = [0]B and s = 0 would satisfy the equation.
        Ed25519Signature nothing{};
        nothing[0] = 1;
        for (uint8_t message = 0; message < 16; ++message)
            EXPECT_FALSE(ed25519_verify(Bytes{message}, bytes<32>(hex), nothing)) << hex;
    }
    EXPECT_TRUE(is_ed25519_key(ed25519_key(bytes<32>(rfc_8032[0].seed))));
}

// A key with a part of order 8, and signatures that satisfy the equation with the cofactor. Made
// with Python from the curve's definition: of the second, h is a multiple of 8.
TEST(Ed25519, verifies_without_the_cofactor) {
    const auto mixed =
        bytes<32>("be94107462be23f40d6b8f400fcbf5fe25a8471b9cd826985775330aaa95cf92");
    EXPECT_FALSE(ed25519_verify(
        view_of("message 0"), mixed,
        bytes<64>("7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca5720e9af42eb90cb0"
                  "fa90ec38f415ec64e75be2c810bb714398c8102f11019f800b")));
    EXPECT_TRUE(ed25519_verify(
        view_of("message 9"), mixed,
        bytes<64>("7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572ad20a8a58e92d7"
                  "4625ce0caff45848dc32f117b1be038278bd82bed4b2210300")));
}

// The public vectors of device readings: the key of sha256("plume-ed25519-device").
TEST(Ed25519, verifies_a_device_reading) {
    const Hash seed = sha256(view_of("plume-ed25519-device"));
    const Hash digest = "0xf84bc2794b5f55f6d0e4913e1fa8c2467ec4bf5fb5f998316d9e4b026f0d121c"_hash;
    EXPECT_EQ(ed25519_key(seed),
              bytes<32>("f1491b84b8249a7e465ac4830c04786be629bbe879c54b5e80930c2e5a7b9211"));
    EXPECT_EQ(ed25519_sign(digest, seed),
              bytes<64>("02b385bcae329a51dff874c91d466202cef7c2912b26c373e783723bb48fa834c16430f8c9"
                        "4c55cd54b0bf561dc3e96ce961997da9eff035e5b62fdd94a6e002"));
}

}  // namespace
}  // namespace plume
