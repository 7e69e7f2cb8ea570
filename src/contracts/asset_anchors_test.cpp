#include "contracts/asset_anchors.hpp"

#include <gtest/gtest.h>

#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace asset_anchors;
using contracts::attestations;
using test::Outcome;
using test::person;

/// Attestations that say of an anchor what did not happen.
class WrongAnchors : public Attestations {
public:
    using Attestations::Attestations;
    void say_bound(Hash anchor) { emit(TokenBound{anchor, self(), whole_contract, u256{}}); }
    static constexpr auto abi =
        Attestations::abi + Methods<Method<"sayBound(bytes32 anchor)", &WrongAnchors::say_bound>>{};
};

/// A token with an owner, and with another registry of anchors if it is told so.
class OwnedToken : public Contract {
public:
    using Contract::Contract;
    void construct(Address owner, Address registry) {
        set(owner_, owner);
        set(registry_, registry);
    }
    Address owner() const { return get(owner_); }
    Address registry() const {
        require(get(registry_) != Address{}, ErrorString{"none"});
        return get(registry_);
    }
    static constexpr auto constructor =
        Method<"constructor(address owner, address registry)", &OwnedToken::construct>{};
    static constexpr auto abi =
        Methods<Method<"owner() view returns (address)", &OwnedToken::owner>,
                Method<"anchorRegistry() view returns (address)", &OwnedToken::registry>>{};

private:
    static constexpr Slot<Address> owner_{0};
    static constexpr Slot<Address> registry_{1};
};

class AssetAnchorsTest : public testing::Test {
protected:
    AssetAnchorsTest() { token = make_token(issuer); }

    Address make_token(const Address& owner, const Address& registry = {}) {
        return world.create(owner, "OwnedToken", keccak256(registry), owner, registry)
            .value<Address>();
    }
    AnchorMetadata good() {
        return {.asset_class = keccak256("LAND"),
                .jurisdiction = keccak256("KE"),
                .attestation_date = world.block().timestamp,
                .expires_at = world.block().timestamp + 1'000,
                .uri = to_bytes(view_of("ipfs://deed")),
                .extensions = {}};
    }
    static Bytes encoded(const AnchorMetadata& given) {
        return abi::encode(given.asset_class, given.jurisdiction, given.attestation_date,
                           given.expires_at, given.uri, given.extensions);
    }
    Outcome make(const AnchorMetadata& given, std::string_view legal = "deed",
                 const Address& by = person(1)) {
        return world.send<"registerAnchor(bytes32,bytes32,bytes)">(
            by, attestations, keccak256(legal), keccak256("survey"), encoded(given));
    }
    Hash id(std::string_view legal = "deed") {
        return keccak256(abi::encode(keccak256(legal), keccak256("survey")));
    }
    Outcome bind(const Hash& anchor, const Address& to, const Hash& scope = whole_contract,
                 const u256& token_id = {}, const Address& by = person(1)) {
        return world.send<"bindToken(bytes32,address,bytes32,uint256)">(by, attestations, anchor,
                                                                        to, scope, token_id);
    }
    Outcome invalidate(const Hash& anchor, const Address& by, const Hash& reason = keccak256("r")) {
        return world.send<"invalidateTokenBinding(bytes32,bytes32)">(by, attestations, anchor,
                                                                     reason);
    }
    AnchorRecord kept(const Hash& anchor) {
        return world.ask<"getAnchor(bytes32)">(attestations, anchor).value<AnchorRecord>();
    }
    template <FixedText view>
    bool says(const Hash& anchor) {
        return world.ask<view>(attestations, anchor).template value<bool>();
    }

    test::World world{std::vector<NativeType>{native_type<WrongAnchors>(60'110, 1, "WrongAnchors"),
                                              native_type<OwnedToken>(60'111, 1, "OwnedToken")}};
    const Address issuer = person(1);
    const Address stranger = person(9);
    Address token;
};

TEST_F(AssetAnchorsTest, the_ids_are_those_of_the_standard) {
    // contracts that look for a registry know it by these.
    EXPECT_EQ(to_hex(Attestations::anchor_registry.interface_id()), "0x52a94b86");
    for (const Selector& id : {Attestations::anchor_registry.interface_id(),
                               Attestations::anchor_lifecycle.interface_id(),
                               Attestations::anchor_recovery.interface_id(),
                               Attestations::methodology_versions.interface_id()})
        EXPECT_TRUE(world.ask<"supportsInterface(bytes4)">(attestations, id).value<bool>());
}

TEST_F(AssetAnchorsTest, a_claim_is_registered_once_by_its_hashes) {
    const Outcome out = make(good());
    EXPECT_EQ(out.value<Hash>(), id());
    EXPECT_EQ(out.events<AnchorRegistered>(attestations),
              (std::vector{std::tuple(id(), keccak256("deed"), keccak256("survey"))}));
    const AnchorRecord record = kept(id());
    EXPECT_EQ(record.legal_hash, keccak256("deed"));
    EXPECT_EQ(record.token, Address{});
    EXPECT_TRUE(record.active);
    EXPECT_EQ(world.ask<"registeredBy(bytes32)">(attestations, id()).value<Address>(), issuer);
    EXPECT_EQ(world.ask<"getMetadata(bytes32)">(attestations, id()).value<AnchorMetadata>().uri,
              good().uri);
    EXPECT_FALSE(says<"isBound(bytes32)">(id()));
    EXPECT_FALSE(says<"isBindingValid(bytes32)">(id()));
    EXPECT_TRUE(make(good(), "deed", stranger).refused_with(AnchorExists{id()}));
    EXPECT_TRUE(world.ask<"isActive(bytes32)">(attestations, keccak256("?"))
                    .refused_with(UnknownAnchor{keccak256("?")}));
}

TEST_F(AssetAnchorsTest, bounds_of_a_claim) {
    const auto refused = [&](AnchorMetadata given, const char* what) {
        EXPECT_TRUE(make(given).refused_with(AnchorInvalid{what})) << what;
    };
    const auto changed = [&](auto member, auto value) {
        AnchorMetadata out = good();
        out.*member = value;
        return out;
    };
    refused(changed(&AnchorMetadata::asset_class, Hash{}), "assetClass");
    refused(changed(&AnchorMetadata::jurisdiction, Hash{}), "jurisdiction");
    refused(changed(&AnchorMetadata::attestation_date, uint64_t{0}), "attestationDate");
    refused(changed(&AnchorMetadata::attestation_date, world.block().timestamp + 1),
            "attestationDate");
    refused(changed(&AnchorMetadata::expires_at, good().attestation_date), "expiresAt");
    refused(changed(&AnchorMetadata::uri, Bytes{}), "uri");
    refused(changed(&AnchorMetadata::uri, Bytes(anchor_uri_max + 1, 1)), "uri");
    refused(changed(&AnchorMetadata::extensions, Bytes(extensions_max + 1, 1)), "extensions");
    EXPECT_TRUE(world
                    .send<"registerAnchor(bytes32,bytes32,bytes)">(issuer, attestations, Hash{},
                                                                   keccak256("e"), encoded(good()))
                    .refused_with(AnchorInvalid{"legalHash"}));
    EXPECT_TRUE(world
                    .send<"registerAnchor(bytes32,bytes32,bytes)">(
                        issuer, attestations, keccak256("l"), keccak256("e"), Bytes{1, 2})
                    .refused_with(AnchorInvalid{"metadata"}));
    AnchorMetadata largest = good();
    largest.uri = Bytes(anchor_uri_max, 1);
    largest.extensions = Bytes(extensions_max, 1);
    EXPECT_TRUE(make(largest).ok());
}

TEST_F(AssetAnchorsTest, a_token_is_bound_once_by_who_speaks_for_it) {
    ASSERT_TRUE(make(good()).ok());
    ASSERT_TRUE(make(good(), "other", stranger).ok());
    EXPECT_TRUE(bind(id("other"), token, whole_contract, {}, stranger)
                    .refused_with(Attestations::NotTokenAuthority{token, stranger}))
        << "nobody squats a token of another";
    EXPECT_TRUE(bind(id("other"), token).refused_with(NotRegistrar{issuer}));
    EXPECT_TRUE(bind(id(), token, keccak256("x")).refused_with(AnchorInvalid{"bindingScope"}));
    EXPECT_TRUE(
        bind(id(), token, whole_contract, 1_u256).refused_with(AnchorInvalid{"bindingScope"}));
    EXPECT_TRUE(bind(id(), {}).refused_with(AnchorInvalid{"token"}));
    ASSERT_TRUE(bind(id(), token).ok());
    EXPECT_EQ(kept(id()).token, token);
    EXPECT_TRUE(says<"isBound(bytes32)">(id()));
    EXPECT_TRUE(says<"isBindingValid(bytes32)">(id()));
    EXPECT_TRUE(bind(id(), token).refused_with(AlreadyBound{id()}));
    ASSERT_TRUE(make(good(), "second").ok());
    EXPECT_TRUE(bind(id("second"), token).refused_with(TokenTaken{id()}));
    EXPECT_TRUE(bind(id("second"), token, one_token_id, 0_u256).ok()) << "item 0 is not the whole";
}

TEST_F(AssetAnchorsTest, a_token_that_names_another_registry_is_not_bound) {
    ASSERT_TRUE(make(good()).ok());
    const Address elsewhere = make_token(issuer, stranger);
    EXPECT_TRUE(bind(id(), elsewhere).refused_with(Attestations::RegistryDiffers{stranger}));
    EXPECT_TRUE(bind(id(), make_token(issuer, attestations)).ok());
}

TEST_F(AssetAnchorsTest, an_anchor_ends_by_itself_or_for_ever) {
    ASSERT_TRUE(make(good()).ok());
    const uint64_t end = good().expires_at;
    world.advance(1'000);
    EXPECT_TRUE(says<"isActive(bytes32)">(id())) << "in its last second";
    world.advance(1);
    EXPECT_FALSE(says<"isActive(bytes32)">(id()));
    EXPECT_TRUE(bind(id(), token).refused_with(AnchorNotActive{id()}));
    const auto renew = [&](uint64_t until, uint64_t date, const Address& by) {
        return world.send<"reattest(bytes32,uint64,uint64)">(by, attestations, id(), until, date);
    };
    const uint64_t now = world.block().timestamp;
    EXPECT_TRUE(renew(now + 50, now, stranger).refused_with(NotRegistrar{stranger}));
    EXPECT_TRUE(renew(now, now, issuer).refused_with(AnchorInvalid{"expiresAt"}));
    EXPECT_TRUE(renew(now + 50, now + 1, issuer).refused_with(AnchorInvalid{"attestationDate"}));
    EXPECT_EQ(renew(now + 50, now, issuer).events<AnchorReattested>(attestations),
              (std::vector{std::tuple(id(), end, now + 50, now)}));
    EXPECT_TRUE(says<"isActive(bytes32)">(id()));
    const auto stop = [&](const Address& by, size_t size) {
        return world.send<"deactivateAnchor(bytes32,string)">(by, attestations, id(),
                                                              std::string(size, 'x'));
    };
    EXPECT_TRUE(stop(stranger, 1).refused_with(NotRegistrar{stranger}));
    EXPECT_TRUE(stop(issuer, reason_max + 1).refused_with(AnchorInvalid{"reason"}));
    ASSERT_TRUE(stop(issuer, reason_max).ok());
    EXPECT_TRUE(stop(issuer, 0).refused_with(AnchorNotActive{id()}));
    EXPECT_TRUE(renew(now + 99, now, issuer).refused_with(AnchorNotActive{id()}));
}

TEST_F(AssetAnchorsTest, a_disputed_binding_is_invalidated_and_its_record_stays) {
    ASSERT_TRUE(make(good()).ok());
    EXPECT_TRUE(invalidate(id(), issuer).refused_with(BindingNotValid{id()}));
    ASSERT_TRUE(bind(id(), token).ok());
    EXPECT_TRUE(invalidate(id(), stranger).refused_with(NotRegistrar{stranger}));
    EXPECT_TRUE(invalidate(id(), issuer, Hash{}).refused_with(AnchorInvalid{"reasonHash"}));
    const Outcome out = invalidate(id(), issuer);
    EXPECT_EQ(out.events<AnchorDeactivated>(attestations).size(), 1u);
    EXPECT_EQ(out.events<TokenBindingInvalidated>(attestations).size(), 1u);
    EXPECT_FALSE(says<"isBindingValid(bytes32)">(id()));
    EXPECT_FALSE(says<"isActive(bytes32)">(id()));
    EXPECT_TRUE(says<"isBound(bytes32)">(id()));
    EXPECT_EQ(kept(id()).token, token);
    EXPECT_TRUE(invalidate(id(), issuer).refused_with(BindingNotValid{id()}));
    ASSERT_TRUE(world
                    .send<"registerAndBind(bytes32,bytes32,bytes,address,bytes32,uint256)">(
                        issuer, attestations, keccak256("new"), keccak256("survey"),
                        encoded(good()), token, whole_contract, 0_u256)
                    .ok())
        << "the token is free for another anchor";
    EXPECT_TRUE(says<"isBindingValid(bytes32)">(id("new")));
}

TEST_F(AssetAnchorsTest, a_binding_that_is_not_kept_is_caught) {
    world.expect_broken_invariants();
    const Address wrong = world.create(issuer, "WrongAnchors", {}).value<Address>();
    const Outcome out = world.send<"sayBound(bytes32)">(issuer, wrong, keccak256("a"));
    EXPECT_NE(out.broken.find("P-7"), std::string::npos) << out.broken;
}

}  // namespace
}  // namespace plume
