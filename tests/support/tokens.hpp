// A RegulatedToken in a World, and short ways to use it.
#pragma once

#include <gtest/gtest.h>

#include "contracts/regulated_token.hpp"
#include "crypto/signature.hpp"
#include "support/records.hpp"

namespace plume::test {

inline constexpr uint32_t bits(std::initializer_list<Feature> features) {
    uint32_t out = 0;
    for (const Feature one : features) out |= static_cast<uint32_t>(one);
    return out;
}

inline constexpr uint32_t all_features = 255;

class RegulatedTokenTest : public testing::Test {
protected:
    using Token = RegulatedToken;

    const Address founder = person(1);
    const Address alice = person(2);
    const Address bob = person(3);
    const Address carol = person(4);
    const Address minter = person(11);
    const Address freezer = person(12);
    const Address forcer = person(13);
    const Address recoverer = person(14);
    const Address lawmaker = person(15);
    const Address registrar = person(16);
    const Address splitter = person(17);
    const Address enabler = person(18);
    const Address attester = person(21);

    explicit RegulatedTokenTest(std::span<const NativeType> more = {}) : world(more) {
        record = found_mission(world, founder);
        token = create(params()).value<Address>();
    }

    RegulatedTokenParams params() const {
        return {
            .name = "Solar share",
            .symbol = "SUN",
            .decimals = 0,
            .record = record,
            .contract_uri = "ipfs://one",
            .holder = alice,
            .initial_supply = u256{1'000u},
            .features = {.on = all_features, .later = 0},
            .powers = {minter, freezer, forcer, recoverer, lawmaker, registrar, splitter, enabler},
            .rules = {}};
    }
    Outcome create(const RegulatedTokenParams& with, std::string_view type = "RegulatedToken") {
        salt[0] = static_cast<uint8_t>(salt[0] + 1);
        return world.create(founder, type, salt, with);
    }
    /// Replaces the token by one with these features from creation on.
    void use_features(uint32_t on, uint32_t later = 0) {
        RegulatedTokenParams with = params();
        with.features = {on, later};
        token = create(with).value<Address>();
    }

    Outcome transfer(const Address& from, const Address& to, const u256& value) {
        return world.send<"transfer(address,uint256)">(from, token, to, value);
    }
    Outcome approve(const Address& owner, const Address& spender, const u256& value) {
        return world.send<"approve(address,uint256)">(owner, token, spender, value);
    }
    Outcome transfer_from(const Address& spender, const Address& from, const Address& to,
                          const u256& value) {
        return world.send<"transferFrom(address,address,uint256)">(spender, token, from, to, value);
    }
    Outcome mint(const Address& by, const Address& to, const u256& value) {
        return world.send<"mint(address,uint256)">(by, token, to, value);
    }
    Outcome burn(const Address& by, const u256& value) {
        return world.send<"burn(uint256)">(by, token, value);
    }
    Outcome encumber(const Address& owner, const Address& taker, const u256& amount) {
        return world.send<"encumber(address,uint256)">(owner, token, taker, amount);
    }
    Outcome release(const Address& taker, const Address& owner, const u256& amount) {
        return world.send<"release(address,uint256)">(taker, token, owner, amount);
    }
    Outcome delegate(const Address& account, const Address& delegatee) {
        return world.send<"delegate(address)">(account, token, delegatee);
    }
    Outcome freeze(const Address& account, const u256& amount) {
        return world.send<"setFrozenTokens(address,uint256)">(freezer, token, account, amount);
    }
    Outcome freeze_account(const Address& account, bool is_frozen = true) {
        return world.send<"setAddressFrozen(address,bool)">(freezer, token, account, is_frozen);
    }
    Outcome force(const Address& from, const Address& to, const u256& amount) {
        return world.send<"forcedTransfer(address,address,uint256)">(forcer, token, from, to,
                                                                     amount);
    }
    Outcome recover(const Address& lost, const Address& heir) {
        return world.send<"recover(address,address)">(recoverer, token, lost, heir);
    }
    Outcome set_policy(const TransferRules& rules) {
        return world.send<"setPolicy((bytes32,bytes32,uint8,uint16[],uint256,uint256,uint64))">(
            lawmaker, token, rules);
    }

    u256 balance(const Address& owner) {
        return world.ask<"balanceOf(address)">(token, owner).value<u256>();
    }
    u256 supply() { return world.ask<"totalSupply()">(token).value<u256>(); }
    u256 held(const Address& owner) {
        return world.ask<"encumberedBalanceOf(address)">(token, owner).value<u256>();
    }
    u256 held_by(const Address& owner, const Address& taker) {
        return world.ask<"encumbrances(address,address)">(token, owner, taker).value<u256>();
    }
    u256 available(const Address& owner) {
        return world.ask<"availableBalanceOf(address)">(token, owner).value<u256>();
    }
    u256 frozen(const Address& owner) {
        return world.ask<"getFrozenTokens(address)">(token, owner).value<u256>();
    }
    u256 votes_of(const Address& account) {
        return world.ask<"getVotes(address)">(token, account).value<u256>();
    }
    u256 past_votes(const Address& account, uint64_t timepoint) {
        return world.ask<"getPastVotes(address,uint256)">(token, account, u256{timepoint})
            .value<u256>();
    }
    bool can_transfer(const Address& from, const Address& to, const u256& amount) {
        return world.ask<"canTransfer(address,address,uint256)">(token, from, to, amount)
            .value<bool>();
    }
    bool can_send(const Address& account) {
        return world.ask<"canSend(address)">(token, account).value<bool>();
    }
    bool can_receive(const Address& account) {
        return world.ask<"canReceive(address)">(token, account).value<bool>();
    }

    /// `attester` says where an account resides.
    Outcome attest_residence(const Address& account, uint16_t country,
                             uint64_t expiration_time = 0) {
        return attest(world, attester, domains::residence_schema_uid(),
                      {.recipient = account,
                       .expiration_time = expiration_time,
                       .revocable = true,
                       .ref_uid = {},
                       .data = abi::encode(country),
                       .value = {}});
    }
    Hash create_domain(const std::vector<Credential>& credentials) {
        return world
            .send<"createDomain((bytes32,address,uint8)[])">(founder, contracts::attestations,
                                                             credentials)
            .value<Hash>();
    }
    /// Of those whose residence `attester` knows.
    Hash residents() { return create_domain({{domains::residence_schema_uid(), attester, 0}}); }

    World world;
    Hash record;
    Address token;
    Hash salt;
};

}  // namespace plume::test
