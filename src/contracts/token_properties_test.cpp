// What every ERC-20 promises, as the public property lists put it (docs/properties.md), at the ends
// of the range of amounts and for every pair of accounts; what token_test.cpp says already is not
// here.
#include <gtest/gtest.h>

#include "contracts/regulated_token.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;

const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);
const u256 supply{1'000u};
const std::vector<Address> everybody{alice, bob, carol};

/// The same for both kinds of tokens: alice has all there is.
class TokenProperties : public testing::TestWithParam<std::string> {
protected:
    TokenProperties() {
        const Hash record = test::found_mission(world, alice);
        const TokenParams plain{.name = "Token",
                                .symbol = "T",
                                .decimals = 6,
                                .record = record,
                                .issuer = alice,
                                .initial_supply = supply,
                                .mintable = true};
        const RegulatedTokenParams regulated{
            .name = "Token",
            .symbol = "T",
            .decimals = 6,
            .record = record,
            .contract_uri = {},
            .holder = alice,
            .initial_supply = supply,
            .features = {.on = static_cast<uint32_t>(Feature::transferable), .later = 0},
            .powers = {},
            .rules = {}};
        token = (GetParam() == "AssetToken" ? world.create(alice, "AssetToken", {}, plain)
                                            : world.create(alice, "RegulatedToken", {}, regulated))
                    .value<Address>();
    }
    Outcome transfer(const Address& from, const Address& to, const u256& value) {
        return world.send<"transfer(address,uint256)">(from, token, to, value);
    }
    Outcome transfer_from(const Address& by, const Address& from, const Address& to,
                          const u256& value) {
        return world.send<"transferFrom(address,address,uint256)">(by, token, from, to, value);
    }
    Outcome approve(const Address& from, const Address& spender, const u256& value) {
        return world.send<"approve(address,uint256)">(from, token, spender, value);
    }
    u256 balance(const Address& owner) {
        return world.ask<"balanceOf(address)">(token, owner).value<u256>();
    }
    u256 allowance(const Address& from, const Address& spender) {
        return world.ask<"allowance(address,address)">(token, from, spender).value<u256>();
    }
    u256 total() { return world.ask<"totalSupply()">(token).value<u256>(); }

    World world;
    Address token;
};

INSTANTIATE_TEST_SUITE_P(Kinds, TokenProperties, testing::Values("AssetToken", "RegulatedToken"),
                         [](const auto& kind) { return kind.param; });

TEST_P(TokenProperties, balances_of_all_add_up_to_the_supply_and_none_is_above_it) {
    EXPECT_TRUE(transfer(alice, bob, u256{250u}).ok());
    EXPECT_TRUE(transfer(bob, carol, u256{100u}).ok());
    u256 sum;
    for (const Address& owner : everybody) {
        EXPECT_LE(balance(owner), total());
        sum += balance(owner);
    }
    EXPECT_EQ(sum, total());
}

TEST_P(TokenProperties, the_zero_address_has_nothing) {
    EXPECT_FALSE(transfer(alice, {}, u256{1u}).ok());
    EXPECT_EQ(balance({}), u256{});
    approve(alice, bob, u256{10u});
    EXPECT_FALSE(transfer_from(bob, alice, {}, u256{1u}).ok());
    EXPECT_EQ(balance({}), u256{});
    EXPECT_EQ(balance(alice), supply);
}

TEST_P(TokenProperties, a_movement_touches_two_balances_and_no_other) {
    transfer(alice, carol, u256{10u});
    approve(alice, bob, supply);
    for (const u256& value : {u256{}, u256{1u}, u256{490u}}) {
        const u256 before = balance(alice);
        const u256 to_before = balance(bob);
        EXPECT_TRUE(transfer(alice, bob, value).ok());
        EXPECT_TRUE(transfer_from(bob, alice, bob, value).ok());
        EXPECT_EQ(balance(alice), before - value - value);
        EXPECT_EQ(balance(bob), to_before + value + value);
        EXPECT_EQ(balance(carol), u256{10u});
        EXPECT_EQ(total(), supply);
    }
}

TEST_P(TokenProperties, to_oneself_nothing_changes_by_either_way) {
    approve(alice, alice, supply);
    for (const u256& value : {u256{}, u256{1u}, supply}) {
        EXPECT_TRUE(transfer(alice, alice, value).ok());
        EXPECT_EQ(balance(alice), supply);
    }
    EXPECT_TRUE(transfer_from(alice, alice, alice, supply).ok());
    EXPECT_EQ(balance(alice), supply);
    EXPECT_EQ(allowance(alice, alice), u256{}) << "an allowance to oneself is one";
    EXPECT_FALSE(transfer(alice, alice, supply + u256{1u}).ok());
}

TEST_P(TokenProperties, more_than_there_is_moves_nothing_by_either_way) {
    approve(alice, bob, u256_max);
    for (const u256& value : {supply + u256{1u}, u256_max}) {
        EXPECT_FALSE(transfer(alice, bob, value).ok());
        EXPECT_FALSE(transfer_from(bob, alice, bob, value).ok());
    }
    EXPECT_EQ(balance(alice), supply);
    EXPECT_EQ(balance(bob), u256{});
    EXPECT_EQ(allowance(alice, bob), u256_max);
}

TEST_P(TokenProperties, an_approval_replaces_the_one_before_and_no_other) {
    approve(alice, carol, u256{5u});
    for (const u256& value : {u256{7u}, u256_max, u256{3u}, u256{}}) {
        EXPECT_TRUE(approve(alice, bob, value).value<bool>());
        EXPECT_EQ(allowance(alice, bob), value);
        EXPECT_EQ(allowance(alice, carol), u256{5u});
        EXPECT_EQ(allowance(bob, alice), u256{});
        EXPECT_EQ(balance(alice), supply) << "it moves nothing";
    }
}

TEST_P(TokenProperties, nobody_takes_without_an_allowance) {
    for (const Address& by : everybody) EXPECT_FALSE(transfer_from(by, alice, by, u256{1u}).ok());
    approve(alice, bob, u256{5u});
    EXPECT_FALSE(transfer_from(carol, alice, carol, u256{1u}).ok()) << "bob's is not carol's";
    EXPECT_EQ(balance(alice), supply);
}

TEST_P(TokenProperties, a_balance_does_not_overflow) {
    // Beyond the supply nobody has anything, so only issuance could make it; it is refused first.
    if (GetParam() != "AssetToken") GTEST_SKIP() << "without a minter";
    const Outcome out =
        world.send<"mint(address,uint256)">(alice, token, alice, u256_max - supply + u256{1u});
    EXPECT_TRUE(out.refused_with(Panic{panic_arithmetic}));
    EXPECT_EQ(total(), supply);
}

}  // namespace
}  // namespace plume
