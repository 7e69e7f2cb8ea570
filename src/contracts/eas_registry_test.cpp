#include "contracts/eas_registry.hpp"

#include <gtest/gtest.h>

#include "crypto/signature.hpp"
#include "native/typed_data.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using contracts::attestations;
using test::Outcome;
using test::person;
using test::World;

/// A wallet that is a contract: its word is 0x1626ba7e when the signature's r is the hash it was
/// made with.
class Wallet : public Contract {
    static constexpr Slot<Hash> secret_{0};

public:
    using Contract::Contract;

    void construct(Hash secret) { set(secret_, secret); }
    Selector is_valid_signature(Hash, Bytes signature) const {
        require(signature.size() == 65, Panic{u256{1u}});
        const bool is_known = equal(BytesView(signature).first(32), get(secret_));
        return is_known ? *Selector::parse("0x1626ba7e") : Selector{};
    }

    static constexpr auto constructor = Method<"constructor(bytes32 secret)", &Wallet::construct>{};
    static constexpr auto abi =
        Methods<Method<"isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)",
                       &Wallet::is_valid_signature>>{};
    static constexpr auto declarations = Declarations<>{};
};

const PrivateKey key = *PrivateKey::parse(std::string(63, '0') + "7");
const Address attester = address_of(key);
constexpr Address relay{{0xee}};

class EasRegistryTest : public testing::Test {
protected:
    EasRegistryTest() : world({&wallet_type, 1}) {
        schema = test::register_schema(world, "uint256 score").value<Hash>();
    }

    static eas::AttestationRequestData data(uint64_t score = 1) {
        return {.recipient = person(2),
                .expiration_time = 0,
                .revocable = true,
                .ref_uid = {},
                .data = abi::encode(u256{score}),
                .value = {}};
    }
    Outcome attest(const eas::AttestationRequestData& request, const Address& by = person(1)) {
        return test::attest(world, by, schema, request);
    }
    eas::Attestation kept(const Hash& uid) {
        return world.ask<"getAttestation(bytes32)">(attestations, uid).value<eas::Attestation>();
    }
    u256 nonce(const Address& of) {
        return world.ask<"getNonce(address)">(attestations, of).value<u256>();
    }

    eas::Signature sign(const Hash& struct_hash, const PrivateKey& with = key) {
        const Hash domain = world.ask<"getDomainSeparator()">(attestations).value<Hash>();
        const plume::Signature made = plume::sign(typed_data_digest(domain, struct_hash), with);
        return {static_cast<uint8_t>(made.y_parity ? 28 : 27), to_word(made.r), to_word(made.s)};
    }
    eas::DelegatedAttestationRequest delegated(const eas::AttestationRequestData& request,
                                               uint64_t deadline = 0) {
        const eas::Signature signature =
            sign(eas::attest_struct_hash(attester, schema, request, nonce(attester), deadline));
        return {schema, request, signature, attester, deadline};
    }
    Outcome relayed(const eas::DelegatedAttestationRequest& request) {
        return world.send<
            "attestByDelegation((bytes32,(address,uint64,bool,bytes32,bytes,uint256),"
            "(uint8,bytes32,bytes32),address,uint64))">(relay, attestations, request);
    }
    Outcome relayed(const eas::DelegatedRevocationRequest& request) {
        return world.send<
            "revokeByDelegation((bytes32,(bytes32,uint256),(uint8,bytes32,bytes32),"
            "address,uint64))">(relay, attestations, request);
    }

    const NativeType wallet_type = native_type<Wallet>(900, 1, "Wallet");
    World world;
    Hash schema;
};

TEST_F(EasRegistryTest, a_schema_is_registered_once_and_named_by_its_content) {
    const Outcome out = test::register_schema(world, "bool passed", false);
    const Hash uid = eas::schema_uid("bool passed", {}, false);
    EXPECT_EQ(out.value<Hash>(), uid);
    const auto events = out.events<eas::Registered>(attestations);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(std::get<0>(events[0]), uid);
    EXPECT_EQ(std::get<1>(events[0]), person(1));
    EXPECT_EQ(std::get<2>(events[0]).schema, "bool passed");
    EXPECT_TRUE(
        test::register_schema(world, "bool passed", false).refused_as<eas::AlreadyExists>());
    EXPECT_TRUE(test::register_schema(world, "bool passed", true).ok()) << "another schema";
    const auto kept = world.ask<"getSchema(bytes32)">(attestations, uid).value<eas::SchemaRecord>();
    EXPECT_EQ(kept.uid, uid);
    EXPECT_EQ(kept.schema, "bool passed");
    EXPECT_FALSE(kept.revocable);
}

TEST_F(EasRegistryTest, an_unknown_schema_reads_as_nothing) {
    const auto none =
        world.ask<"getSchema(bytes32)">(attestations, Hash{{1}}).value<eas::SchemaRecord>();
    EXPECT_TRUE(none.uid.is_zero());
    EXPECT_TRUE(none.schema.empty());
}

TEST_F(EasRegistryTest, a_resolver_is_refused) {
    const Outcome out = world.send<"register(string,address,bool)">(
        person(1), attestations, std::string("bool a"), person(9), true);
    EXPECT_TRUE(out.refused_with(EasRegistry::ResolverNotSupported{person(9)}));
}

TEST_F(EasRegistryTest, an_attestation_is_kept_as_asked_and_announced) {
    eas::AttestationRequestData request = data(7);
    request.expiration_time = world.block().timestamp + 100;
    const Outcome out = attest(request);
    ASSERT_TRUE(out.ok());
    const Hash uid = out.value<Hash>();
    const eas::Attestation made = kept(uid);
    EXPECT_EQ(made.uid, uid);
    EXPECT_EQ(made.uid, eas::attestation_uid(made, 0));
    EXPECT_EQ(made.schema, schema);
    EXPECT_EQ(made.time, world.block().timestamp);
    EXPECT_EQ(made.expiration_time, request.expiration_time);
    EXPECT_EQ(made.revocation_time, 0u);
    EXPECT_EQ(made.recipient, person(2));
    EXPECT_EQ(made.attester, person(1));
    EXPECT_TRUE(made.revocable);
    EXPECT_EQ(made.data, request.data);
    const auto events = out.events<eas::Attested>(attestations);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], std::tuple(person(2), person(1), uid, schema));
}

TEST_F(EasRegistryTest, the_same_attestation_twice_in_a_block_has_two_names) {
    const Hash first = attest(data()).value<Hash>();
    const Hash second = attest(data()).value<Hash>();
    EXPECT_NE(first, second);
    EXPECT_EQ(second, eas::attestation_uid(kept(second), 1));
}

TEST_F(EasRegistryTest, what_never_was_reads_as_nothing) {
    EXPECT_TRUE(kept(Hash{{9}}).uid.is_zero());
    EXPECT_FALSE(world.ask<"isAttestationValid(bytes32)">(attestations, Hash{{9}}).value<bool>());
    EXPECT_FALSE(world.ask<"isLive(bytes32)">(attestations, Hash{{9}}).value<bool>());
    EXPECT_FALSE(world.ask<"isLive(bytes32)">(attestations, Hash{}).value<bool>());
}

TEST_F(EasRegistryTest, impossible_attestations_are_refused_with_the_errors_of_eas) {
    EXPECT_TRUE(test::attest(world, person(1), Hash{{5}}, data()).refused_as<eas::InvalidSchema>());
    eas::AttestationRequestData request = data();
    request.expiration_time = world.block().timestamp;
    EXPECT_TRUE(attest(request).refused_as<eas::InvalidExpirationTime>());
    ++request.expiration_time;
    EXPECT_TRUE(attest(request).ok());
    request = data();
    request.ref_uid = Hash{{5}};
    EXPECT_TRUE(attest(request).refused_as<eas::NotFound>());
    request = data();
    request.value = u256{1u};
    EXPECT_TRUE(attest(request).refused_as<eas::NotPayable>());
    const Hash permanent = test::register_schema(world, "bool forever", false).value<Hash>();
    EXPECT_TRUE(test::attest(world, person(1), permanent, data()).refused_as<eas::Irrevocable>());
}

TEST_F(EasRegistryTest, wei_sent_along_is_refused) {
    world.state().begin_transaction();
    world.state().set_balance(person(1), u256{10u});
    world.state().end_transaction();
    const Bytes input = World::calldata<test::attest_text>(eas::AttestationRequest{schema, data()});
    EXPECT_EQ(world.send_data(person(1), attestations, input, u256{1u}).result.status,
              Status::revert);
    EXPECT_EQ(world.state().balance(person(1)), u256{10u});
}

TEST_F(EasRegistryTest, a_revocation_sets_its_time_once) {
    const Hash uid = attest(data()).value<Hash>();
    EXPECT_TRUE(world.ask<"isLive(bytes32)">(attestations, uid).value<bool>());
    world.advance(60);
    const Outcome out = test::revoke(world, person(1), schema, uid);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<eas::Revoked>(attestations).at(0),
              std::tuple(person(2), person(1), uid, schema));
    EXPECT_EQ(kept(uid).revocation_time, world.block().timestamp);
    EXPECT_FALSE(world.ask<"isLive(bytes32)">(attestations, uid).value<bool>());
    EXPECT_TRUE(world.ask<"isAttestationValid(bytes32)">(attestations, uid).value<bool>())
        << "EAS's word means that it exists";
    world.advance(60);
    EXPECT_TRUE(test::revoke(world, person(1), schema, uid).refused_as<eas::AlreadyRevoked>());
}

TEST_F(EasRegistryTest, only_the_attester_revokes_and_only_what_may_be_revoked) {
    const Hash uid = attest(data()).value<Hash>();
    EXPECT_TRUE(test::revoke(world, person(2), schema, uid).refused_as<eas::AccessDenied>());
    EXPECT_TRUE(test::revoke(world, person(1), schema, Hash{{3}}).refused_as<eas::NotFound>());
    EXPECT_TRUE(test::revoke(world, person(1), Hash{{3}}, uid).refused_as<eas::InvalidSchema>());
    const Hash other = test::register_schema(world, "bool other").value<Hash>();
    EXPECT_TRUE(test::revoke(world, person(1), other, uid).refused_as<eas::InvalidSchema>());
    eas::AttestationRequestData permanent = data(2);
    permanent.revocable = false;
    const Hash fixed = attest(permanent).value<Hash>();
    EXPECT_TRUE(test::revoke(world, person(1), schema, fixed).refused_as<eas::Irrevocable>());
    EXPECT_TRUE(world
                    .send<test::revoke_text>(person(1), attestations,
                                             eas::RevocationRequest{schema, {uid, u256{1u}}})
                    .refused_as<eas::NotPayable>());
}

TEST_F(EasRegistryTest, an_attestation_expires_at_its_second) {
    eas::AttestationRequestData request = data();
    request.expiration_time = world.block().timestamp + 10;
    const Hash uid = attest(request).value<Hash>();
    world.advance(9);
    EXPECT_TRUE(world.ask<"isLive(bytes32)">(attestations, uid).value<bool>());
    world.advance(1);
    EXPECT_FALSE(world.ask<"isLive(bytes32)">(attestations, uid).value<bool>());
}

TEST_F(EasRegistryTest, many_attestations_and_revocations_go_in_one_call) {
    using Multi = eas::MultiAttestationRequest;
    const Hash other = test::register_schema(world, "bool other").value<Hash>();
    const auto multi_attest = [&](const std::vector<Multi>& requests) {
        return world.send<"multiAttest((bytes32,(address,uint64,bool,bytes32,bytes,uint256)[])[])">(
            person(1), attestations, requests);
    };
    const Outcome out = multi_attest({{schema, {data(1), data(2)}}, {other, {data(3)}}});
    const auto uids = out.value<std::vector<Hash>>();
    ASSERT_EQ(uids.size(), 3u);
    EXPECT_EQ(kept(uids[1]).data, abi::encode(u256{2u}));
    EXPECT_EQ(kept(uids[2]).schema, other);
    EXPECT_TRUE(multi_attest({{schema, {}}}).refused_as<eas::InvalidLength>());

    const auto revoke = [&](const std::vector<eas::MultiRevocationRequest>& requests) {
        return world.send<"multiRevoke((bytes32,(bytes32,uint256)[])[])">(person(1), attestations,
                                                                          requests);
    };
    EXPECT_TRUE(
        revoke({{schema, {{uids[0], {}}, {uids[2], {}}}}}).refused_as<eas::InvalidSchema>());
    EXPECT_EQ(kept(uids[0]).revocation_time, 0u) << "all or nothing";
    EXPECT_TRUE(revoke({{schema, {{uids[0], {}}, {uids[1], {}}}}, {other, {{uids[2], {}}}}}).ok());
    for (const Hash& uid : uids) EXPECT_NE(kept(uid).revocation_time, 0u);
}

TEST_F(EasRegistryTest, another_may_bring_a_signed_attestation) {
    const Outcome out = relayed(delegated(data(5)));
    ASSERT_TRUE(out.ok());
    const eas::Attestation made = kept(out.value<Hash>());
    EXPECT_EQ(made.attester, attester) << "who signed, not who sent";
    EXPECT_EQ(nonce(attester), u256{1u});
    EXPECT_EQ(nonce(relay), u256{});
}

TEST_F(EasRegistryTest, a_signature_serves_once) {
    const auto request = delegated(data(5));
    ASSERT_TRUE(relayed(request).ok());
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
}

TEST_F(EasRegistryTest, a_signature_for_something_else_is_refused) {
    const auto good = delegated(data(5));
    auto request = good;
    request.data.data = abi::encode(u256{6u});
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    request = good;
    request.attester = person(3);
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    request = good;
    request.deadline = world.block().timestamp + 5;
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    request = good;
    request.attester = {};
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    EXPECT_EQ(nonce(attester), u256{}) << "a refused one uses up nothing";
    world.block().chain_id = 1;
    EXPECT_TRUE(relayed(good).refused_as<eas::InvalidSignature>()) << "another chain";
    world.block().chain_id = 31'337;
    EXPECT_TRUE(relayed(good).ok());
}

TEST_F(EasRegistryTest, signatures_have_one_form_only) {
    const auto good = delegated(data(5));
    auto request = good;
    request.signature.s = to_word(secp256k1_n - to_u256(good.signature.s));
    request.signature.v = static_cast<uint8_t>(good.signature.v ^ 7);  // 27 <-> 28
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>()) << "high s";
    for (const uint8_t v : {0, 1, 26, 29, 255}) {
        request = good;
        request.signature.v = v;
        EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>()) << unsigned{v};
    }
    request = good;
    request.signature.r = {};
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
}

TEST_F(EasRegistryTest, a_signature_lasts_until_its_deadline) {
    const uint64_t deadline = world.block().timestamp + 10;
    const auto request = delegated(data(5), deadline);
    world.advance(11);
    EXPECT_TRUE(relayed(request).refused_as<eas::DeadlineExpired>());
    world.block().timestamp = deadline;
    EXPECT_TRUE(relayed(request).ok());
}

TEST_F(EasRegistryTest, a_signed_revocation_revokes_once) {
    const Hash uid = relayed(delegated(data(5))).value<Hash>();
    const eas::RevocationRequestData what{uid, {}};
    const eas::Signature signature =
        sign(eas::revoke_struct_hash(attester, schema, what, nonce(attester), 0));
    eas::DelegatedRevocationRequest request{schema, what, signature, attester, 0};
    EXPECT_TRUE(
        relayed({schema, what, signature, person(3), 0}).refused_as<eas::InvalidSignature>());
    EXPECT_TRUE(relayed(request).ok());
    EXPECT_NE(kept(uid).revocation_time, 0u);
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
}

TEST_F(EasRegistryTest, signed_ones_come_in_lots_with_rising_nonces) {
    const std::vector<eas::AttestationRequestData> requests{data(1), data(2)};
    std::vector<eas::Signature> signatures;
    for (uint64_t i = 0; i < 2; ++i)
        signatures.push_back(
            sign(eas::attest_struct_hash(attester, schema, requests[i], u256{i}, 0)));
    using Multi = eas::MultiDelegatedAttestationRequest;
    const auto send = [&](const Multi& request) {
        return world.send<
            "multiAttestByDelegation((bytes32,(address,uint64,bool,bytes32,bytes,uint256)[],"
            "(uint8,bytes32,bytes32)[],address,uint64)[])">(relay, attestations,
                                                            std::vector<Multi>{request});
    };
    EXPECT_TRUE(
        send({schema, requests, {signatures[0]}, attester, 0}).refused_as<eas::InvalidLength>());
    EXPECT_TRUE(send({schema, {}, {}, attester, 0}).refused_as<eas::InvalidLength>());
    EXPECT_TRUE(send({schema, requests, {signatures[1], signatures[0]}, attester, 0})
                    .refused_as<eas::InvalidSignature>());
    const auto uids = send({schema, requests, signatures, attester, 0}).value<std::vector<Hash>>();
    ASSERT_EQ(uids.size(), 2u);
    EXPECT_EQ(nonce(attester), u256{2u});

    const std::vector<eas::RevocationRequestData> back{{uids[0], {}}, {uids[1], {}}};
    signatures.clear();
    for (uint64_t i = 0; i < 2; ++i)
        signatures.push_back(
            sign(eas::revoke_struct_hash(attester, schema, back[i], u256{2 + i}, 0)));
    using MultiBack = eas::MultiDelegatedRevocationRequest;
    const auto send_back = [&](const MultiBack& request) {
        return world.send<
            "multiRevokeByDelegation((bytes32,(bytes32,uint256)[],"
            "(uint8,bytes32,bytes32)[],address,uint64)[])">(relay, attestations,
                                                            std::vector<MultiBack>{request});
    };
    EXPECT_TRUE(
        send_back({schema, back, {signatures[0]}, attester, 0}).refused_as<eas::InvalidLength>());
    EXPECT_TRUE(send_back({schema, back, signatures, attester, 0}).ok());
    for (const Hash& uid : uids) EXPECT_NE(kept(uid).revocation_time, 0u);
}

TEST_F(EasRegistryTest, raising_the_nonce_voids_signatures) {
    const auto request = delegated(data(5));
    const auto raise = [&](const u256& to) {
        return world.send<"increaseNonce(uint256)">(attester, attestations, to);
    };
    EXPECT_TRUE(raise(u256{}).refused_as<eas::InvalidNonce>());
    const Outcome out = raise(u256{4u});
    EXPECT_EQ(out.events<eas::NonceIncreased>(attestations).at(0), std::tuple(u256{}, u256{4u}));
    EXPECT_TRUE(raise(u256{4u}).refused_as<eas::InvalidNonce>());
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    EXPECT_TRUE(relayed(delegated(data(5))).ok());
    EXPECT_EQ(nonce(attester), u256{5u});
}

TEST_F(EasRegistryTest, the_last_nonce_does_not_lead_back_to_the_first) {
    const auto first = delegated(data(1));
    ASSERT_TRUE(relayed(first).ok());
    ASSERT_TRUE(world.send<"increaseNonce(uint256)">(attester, attestations, u256_max).ok());
    EXPECT_TRUE(relayed(delegated(data(2))).refused_with(Panic{panic_arithmetic}));
    EXPECT_TRUE(relayed(first).refused_as<eas::InvalidSignature>());
}

TEST_F(EasRegistryTest, a_contract_may_attest_by_its_word) {
    const Hash secret{{0x77}};
    const Address wallet = world.create(person(1), "Wallet", {}, secret).value<Address>();
    eas::DelegatedAttestationRequest request{schema, data(), {27, secret, Hash{{1}}}, wallet, 0};
    const Outcome out = relayed(request);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(kept(out.value<Hash>()).attester, wallet);
    request.signature.r = Hash{{0x78}};
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>());
    request.attester = attestations;
    EXPECT_TRUE(relayed(request).refused_as<eas::InvalidSignature>())
        << "a contract that says nothing";
}

TEST_F(EasRegistryTest, hashes_are_stamped_and_withdrawn_once) {
    const Hash a{{1}};
    const Hash b{{2}};
    const Outcome out = world.send<"timestamp(bytes32)">(person(1), attestations, a);
    EXPECT_EQ(out.value<uint64_t>(), world.block().timestamp);
    EXPECT_EQ(out.events<eas::Timestamped>(attestations).at(0),
              std::tuple(a, world.block().timestamp));
    EXPECT_EQ(world.ask<"getTimestamp(bytes32)">(attestations, a).value<uint64_t>(),
              world.block().timestamp);
    EXPECT_TRUE(world.send<"multiTimestamp(bytes32[])">(person(2), attestations, std::vector{b, a})
                    .refused_as<eas::AlreadyTimestamped>());
    EXPECT_TRUE(
        world.send<"multiTimestamp(bytes32[])">(person(2), attestations, std::vector{b}).ok());

    EXPECT_TRUE(world.send<"revokeOffchain(bytes32)">(person(1), attestations, a).ok());
    EXPECT_TRUE(
        world.send<"multiRevokeOffchain(bytes32[])">(person(1), attestations, std::vector{b, a})
            .refused_as<eas::AlreadyRevokedOffchain>());
    EXPECT_TRUE(
        world.send<"multiRevokeOffchain(bytes32[])">(person(2), attestations, std::vector{b, a})
            .ok());
    EXPECT_EQ(world.ask<"getRevokeOffchain(address,bytes32)">(attestations, person(1), a)
                  .value<uint64_t>(),
              world.block().timestamp);
    EXPECT_EQ(world.ask<"getRevokeOffchain(address,bytes32)">(attestations, person(1), b)
                  .value<uint64_t>(),
              0u);
}

TEST_F(EasRegistryTest, the_service_says_who_it_is) {
    EXPECT_EQ(world.ask<"getSchemaRegistry()">(attestations).value<Address>(), attestations);
    EXPECT_EQ(world.ask<"getName()">(attestations).value<std::string>(), "EAS");
    EXPECT_EQ(world.ask<"version()">(attestations).value<std::string>(), "1.4.0");
    EXPECT_EQ(world.ask<"getAttestTypeHash()">(attestations).value<Hash>(), eas::attest_type_hash);
    EXPECT_EQ(world.ask<"getRevokeTypeHash()">(attestations).value<Hash>(), eas::revoke_type_hash);
    const auto domain =
        abi::decode<FixedBytes<1>, std::string, std::string, u256, Address, Hash,
                    std::vector<u256>>(world.ask<"eip712Domain()">(attestations).result.output);
    ASSERT_TRUE(domain.has_value());
    EXPECT_EQ(std::get<3>(*domain), u256{31'337u});
    EXPECT_EQ(std::get<4>(*domain), attestations);
}

TEST_F(EasRegistryTest, truncated_and_dirty_requests_are_refused) {
    const Bytes whole = World::calldata<test::attest_text>(eas::AttestationRequest{schema, data()});
    for (size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(
            world.send_data(person(1), attestations, BytesView(whole).first(size)).result.status,
            Status::revert)
            << size;
    Bytes dirty = whole;
    dirty[4 + 32 + 64] = 1;  // above the twenty bytes of the recipient
    EXPECT_EQ(world.send_data(person(1), attestations, dirty).result.status, Status::revert);
}

TEST_F(EasRegistryTest, layout_is_that_of_the_documented_struct) {
    const Hash uid = attest(data(7)).value<Hash>();
    Bytes image = to_bytes(uid);
    image.resize(64);  // mapping at slot 0
    const u256 at = to_u256(keccak256(image));
    State& state = world.state();
    EXPECT_EQ(to_word(state.load(attestations, at)), uid);
    EXPECT_EQ(to_word(state.load(attestations, at + u256{1u})), schema);
    EXPECT_EQ(state.load(attestations, at + u256{2u}),
              u256{world.block().timestamp} | u256{world.block().number} << 192);
    EXPECT_EQ(state.load(attestations, at + u256{4u}), to_u256(person(2)));
    EXPECT_EQ(state.load(attestations, at + u256{5u}), to_u256(person(1)) | u256{1u} << 160);
    EXPECT_EQ(state.load(attestations, at + u256{6u}), u256{65u}) << "32 bytes of data: 2 * 32 + 1";
}

}  // namespace
}  // namespace plume
