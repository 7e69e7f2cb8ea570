// Names, digests and a signature made by the public contracts and SDK of EAS 1.4.0 on a chain with
// id 98866.
#include "contracts/eas.hpp"

#include <gtest/gtest.h>

#include "crypto/signature.hpp"
#include "native/typed_data.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr std::string_view schema_text =
    "bytes32 missionId,uint16 milestone,bool passed,uint16 scoreBps,bytes32 evidenceRoot,"
    "string evidenceCid";
constexpr Hash schema = "0x4d08a8da2875cbf37596255bb5afbdfd824fcc57b309c2260232dbfa744d00ce"_hash;
constexpr Address recipient = "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65"_address;
constexpr Address signer = "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc"_address;

eas::AttestationRequestData request() {
    return {.recipient = recipient,
            .expiration_time = 0,
            .revocable = true,
            .ref_uid = {},
            .data = *from_hex("0xdc0a76b88b7e6a0c9dcc6afea9ef78841009e571b3fc6220aea7103ca61db49a"
                              "0000000000000000000000000000000000000000000000000000000000000003"
                              "0000000000000000000000000000000000000000000000000000000000000001"
                              "00000000000000000000000000000000000000000000000000000000000023f0"
                              "abababababababababababababababababababababababababababababababab"
                              "00000000000000000000000000000000000000000000000000000000000000c0"
                              "000000000000000000000000000000000000000000000000000000000000003b"
                              "6261666b72366963343432757a6d63337a32337a776a716e347772686366796e"
                              "6d70373275646e6d6c7170646c637864326f3634616f7a786f61610000000000"),
            .value = {}};
}

TEST(Eas, schema_has_the_name_that_eas_gives_it) {
    EXPECT_EQ(eas::schema_uid(schema_text, {}, true), schema);
    EXPECT_NE(eas::schema_uid(schema_text, {}, false), schema);
    EXPECT_NE(eas::schema_uid(schema_text, recipient, true), schema);
}

TEST(Eas, attestation_has_the_name_that_eas_gives_it) {
    eas::Attestation made{.uid = {},
                          .schema = schema,
                          .time = 1'767'226'258,
                          .expiration_time = 0,
                          .revocation_time = 0,
                          .ref_uid = {},
                          .recipient = recipient,
                          .attester = "0x90f79bf6eb2c4f870365e785982e1f101e93b906"_address,
                          .revocable = true,
                          .data = request().data};
    const Hash uid = "0x9b8590ab620ba16e600a8ac91b7045ce1d11c7e256f5e72fa662fcff5d7159d9"_hash;
    EXPECT_EQ(eas::attestation_uid(made, 0), uid);
    EXPECT_NE(eas::attestation_uid(made, 1), uid);
    made.revocation_time = 1'767'226'259;
    EXPECT_EQ(eas::attestation_uid(made, 0), uid) << "revoking renames nothing";
}

TEST(Eas, delegated_attestation_is_signed_as_the_sdk_signs_it) {
    const Hash domain = domain_separator("EAS", "1.4.0", u256{98'866u},
                                         "0x261d8c5e9742e6f7f1076fa1f560894524e19cad"_address);
    EXPECT_EQ(domain, "0x5d2ee0aa8069e2395ac178e9ef9b284c5598e9ef7478104602289592f95bb5b4"_hash);
    const Hash digest =
        typed_data_digest(domain, eas::attest_struct_hash(signer, schema, request(), u256{}, 0));
    EXPECT_EQ(digest, "0x61b7d06a000f72f67751da25a689449aa4e23ef91dd6a2c26bc492f60a4ea06a"_hash);
    const plume::Signature signature{
        to_u256("0xcb31511cdfbe6a61701410dfe849fbc54011e4e0f4e346f2ed6f6069308c738e"_hash),
        to_u256("0x746e85c52139c3f9451da78ad4197dfb37f4552c6d7b3589b1432c3ec75af0fc"_hash), true};
    EXPECT_EQ(recover(digest, signature), signer);
}

TEST(Eas, every_signed_part_changes_what_is_signed) {
    const Hash hash = eas::attest_struct_hash(signer, schema, request(), u256{}, 0);
    EXPECT_NE(eas::attest_struct_hash(recipient, schema, request(), u256{}, 0), hash);
    EXPECT_NE(eas::attest_struct_hash(signer, {}, request(), u256{}, 0), hash);
    EXPECT_NE(eas::attest_struct_hash(signer, schema, request(), u256{1u}, 0), hash);
    EXPECT_NE(eas::attest_struct_hash(signer, schema, request(), u256{}, 1), hash);
    eas::AttestationRequestData other = request();
    other.data.back() = 1;
    EXPECT_NE(eas::attest_struct_hash(signer, schema, other, u256{}, 0), hash);
    const Hash revoke = eas::revoke_struct_hash(signer, schema, {schema, {}}, u256{}, 0);
    EXPECT_NE(eas::revoke_struct_hash(signer, schema, {{}, {}}, u256{}, 0), revoke);
    EXPECT_NE(eas::revoke_struct_hash(signer, schema, {schema, {}}, u256{1u}, 0), revoke);
    EXPECT_NE(eas::revoke_struct_hash(signer, schema, {schema, {}}, u256{}, 1), revoke);
}

TEST(Eas, type_hashes_and_topics_are_those_of_eas) {
    EXPECT_EQ(eas::attest_type_hash,
              "0xfeb2925a02bae3dae48d424a0437a2b6ac939aa9230ddc55a1a76f065d988076"_hash);
    EXPECT_EQ(to_hex(BytesView(eas::revoke_type_hash).first(4)), "0xb5d556f0");
    EXPECT_EQ(eas::Attested::topic,
              "0x8bf46bf4cfd674fa735a3d63ec1c9ad4153f033c290341f3a588b75685141b35"_hash);
    EXPECT_EQ(eas::Revoked::topic,
              "0xf930a6e2523c9cc298691873087a740550b8fc85a0680830414c148ed927f615"_hash);
    EXPECT_EQ(eas::Timestamped::topic,
              "0x5aafceeb1c7ad58e4a84898bdee37c02c0fc46e7d24e6b60e8209449f183459f"_hash);
    EXPECT_EQ(eas::RevokedOffchain::topic,
              "0x92a1f7a41a7c585a8b09e25b195e225b1d43248daca46b0faf9e0792777a2229"_hash);
}

}  // namespace
}  // namespace plume
