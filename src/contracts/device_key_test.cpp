#include "contracts/device_key.hpp"

#include <gtest/gtest.h>

#include "crypto/ed25519.hpp"
#include "crypto/hash.hpp"
#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;

const Hash digest = "0xf84bc2794b5f55f6d0e4913e1fa8c2467ec4bf5fb5f998316d9e4b026f0d121c"_hash;

/// Asks the functions in a contract of its own.
class Asker : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    bool is_signed(DeviceKey key, Hash hash, Bytes signature) const {
        return device_key::signed_by(*this, key, hash, signature);
    }
    void require_valid(DeviceKey key) const { device_key::require_valid(*this, key); }

    static constexpr auto constructor = Method<"constructor()", &Asker::construct>{};
    static constexpr auto abi = Methods<
        Method<"isSigned((uint8 algorithm, bytes key) key, bytes32 hash, bytes signature) view "
               "returns (bool)",
               &Asker::is_signed>,
        Method<"requireValid((uint8 algorithm, bytes key) key) view", &Asker::require_valid>>{};
};

class DeviceKeyTest : public testing::Test {
protected:
    DeviceKeyTest() : world({native_type<Asker>(60'030, 1, "Asker")}) {
        asker = world.create(test::person(1), "Asker", {}).value<Address>();
    }
    bool is_signed(uint8_t algorithm, const Bytes& key, const Bytes& signature) {
        return world
            .ask<"isSigned((uint8,bytes),bytes32,bytes)">(asker, DeviceKey{algorithm, key}, digest,
                                                          signature)
            .value<bool>();
    }
    uint64_t gas(uint8_t algorithm, const Bytes& key, const Bytes& signature) {
        return world
            .ask<"isSigned((uint8,bytes),bytes32,bytes)">(asker, DeviceKey{algorithm, key}, digest,
                                                          signature)
            .gas_used;
    }
    bool is_valid(uint8_t algorithm, const Bytes& key) {
        const Outcome out =
            world.ask<"requireValid((uint8,bytes))">(asker, DeviceKey{algorithm, key});
        EXPECT_TRUE(out.ok() || out.refused_with(InvalidDeviceKey{algorithm, key}));
        return out.ok();
    }

    FeedsWorld world;
    Address asker;
};

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

// The public vectors of device readings, one digest under the three keys.
const Bytes secp256k1_key = hex("0xc5A84e92aE981F906295fC1908a9440f85c68A5F");
const Bytes secp256k1_signature =
    hex("0xb1bde927d1fceab45d2c352d6535a03356f0248e6542de429f799c89a70ac7305349f8e87300b68304cc233"
        "08c803a2904060288e9fb17d93ebca2e914276e9f1c");
const Bytes p256_key =
    hex("45ba6e31237a8d50d507357f46cc1f47b705371dbcbc6688132ca908fa6eb672d8463f6416413c1c6e7be4ad31"
        "64304c3ee9638a45ddf2f83b8158abc8cdb412");
const Bytes p256_signature =
    hex("c8f85baba7dbf4b8b89e64c798541f0b331ac1708c9065aeef9060563613eb79cd6bfc1ea0610a19c72af4b614"
        "cc9fc8df92c7e9e4710ce530eff1f1d860c32f");
const Bytes ed25519_public =
    hex("f1491b84b8249a7e465ac4830c04786be629bbe879c54b5e80930c2e5a7b9211");
const Bytes ed25519_signature =
    hex("02b385bcae329a51dff874c91d466202cef7c2912b26c373e783723bb48fa834c16430f8c94c55cd54b0bf561d"
        "c3e96ce961997da9eff035e5b62fdd94a6e002");

TEST_F(DeviceKeyTest, verifies_one_reading_under_each_kind_of_key) {
    EXPECT_TRUE(is_signed(0, secp256k1_key, secp256k1_signature));
    EXPECT_TRUE(is_signed(1, p256_key, p256_signature));
    EXPECT_TRUE(is_signed(2, ed25519_public, ed25519_signature));
}

TEST_F(DeviceKeyTest, a_signature_of_another_kind_length_or_content_is_none) {
    const std::array<std::pair<Bytes, Bytes>, 3> vectors{{{secp256k1_key, secp256k1_signature},
                                                          {p256_key, p256_signature},
                                                          {ed25519_public, ed25519_signature}}};
    for (uint8_t algorithm = 0; algorithm < 3; ++algorithm) {
        const auto& [key, signature] = vectors[algorithm];
        for (const auto& [other_key, other_signature] : vectors)
            if (other_signature != signature) {
                EXPECT_FALSE(is_signed(algorithm, key, other_signature));
            }
        for (const size_t at : {size_t{0}, size_t{31}, size_t{32}, signature.size() - 1}) {
            Bytes bad = signature;
            bad[at] ^= 1;
            EXPECT_FALSE(is_signed(algorithm, key, bad)) << int{algorithm} << " " << at;
        }
        Bytes longer = signature;
        longer.push_back(0);
        EXPECT_FALSE(is_signed(algorithm, key, longer));
        EXPECT_FALSE(is_signed(algorithm, key, {}));
        EXPECT_FALSE(is_signed(algorithm, key, Bytes(signature.size())));
    }
    EXPECT_FALSE(is_signed(3, secp256k1_key, secp256k1_signature)) << "no such algorithm";
}

// ECDSA has two signatures of everything; of secp256k1 the chain takes the low one alone.
TEST_F(DeviceKeyTest, a_high_s_is_refused_under_secp256k1_and_taken_under_p256) {
    Bytes mirrored = secp256k1_signature;
    const u256 s = from_big_endian(BytesView(mirrored).subspan(32, 32));
    const Hash other = to_word(secp256k1_n - s);
    std::ranges::copy(other, mirrored.begin() + 32);
    mirrored[64] ^= 27 ^ 28;
    EXPECT_FALSE(is_signed(0, secp256k1_key, mirrored));

    constexpr u256 n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551_u256;
    Bytes high = p256_signature;
    const Hash rest = to_word(n - from_big_endian(BytesView(high).subspan(32, 32)));
    std::ranges::copy(rest, high.begin() + 32);
    EXPECT_TRUE(is_signed(1, p256_key, high));
}

TEST_F(DeviceKeyTest, keys_have_the_size_of_their_kind_and_a_possible_owner) {
    EXPECT_TRUE(is_valid(0, secp256k1_key));
    EXPECT_TRUE(is_valid(1, p256_key));
    EXPECT_TRUE(is_valid(2, ed25519_public));
    EXPECT_FALSE(is_valid(3, secp256k1_key));
    EXPECT_FALSE(is_valid(0, Bytes(20)));
    EXPECT_FALSE(is_valid(0, ed25519_public));
    EXPECT_FALSE(is_valid(1, Bytes(63)));
    EXPECT_FALSE(is_valid(1, Bytes(65)));
    EXPECT_FALSE(is_valid(2, Bytes(32))) << "a point of small order";
    EXPECT_FALSE(is_valid(2, {}));
}

// The price is that of the work, whatever the answer is.
TEST_F(DeviceKeyTest, each_kind_has_its_price) {
    const uint64_t none = gas(3, Bytes(64), Bytes(64));
    EXPECT_EQ(gas(0, Bytes(64), Bytes(64)), none + gas::recover);
    EXPECT_EQ(gas(1, Bytes(64), Bytes(64)), none + gas::p256_verify);
    EXPECT_EQ(gas(2, ed25519_public, Bytes(64)) - gas(3, ed25519_public, Bytes(64)),
              gas::ed25519_verify);
}

TEST_F(DeviceKeyTest, a_key_is_told_by_its_kind_and_its_bytes) {
    EXPECT_NE(device_key::identity({0, secp256k1_key}), device_key::identity({1, secp256k1_key}));
    EXPECT_NE(device_key::identity({1, p256_key}), device_key::identity({0, secp256k1_key}));
    EXPECT_EQ(device_key::identity({1, p256_key}), device_key::identity({1, p256_key}));
}

}  // namespace
}  // namespace plume
