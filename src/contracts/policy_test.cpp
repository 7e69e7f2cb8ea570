#include "contracts/policy.hpp"

#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;
using namespace policy;

constexpr uint16_t switzerland = 756;
constexpr uint16_t kenya = 404;

class Policy : public test::RegulatedTokenTest {
protected:
    Policy() {
        attest_residence(alice, switzerland);
        attest_residence(bob, kenya);
        domain = residents();
    }
    /// Whether every way units can move says the same as canTransfer.
    void expect_moves(const Address& from, const Address& to, const u256& amount, bool expected) {
        EXPECT_EQ(can_transfer(from, to, amount), expected);
        ASSERT_TRUE(approve(from, carol, amount + amount).ok());
        EXPECT_EQ(transfer(from, to, amount).ok(), expected);
        if (expected) {
            EXPECT_TRUE(force(to, from, amount).ok());
        }
        EXPECT_EQ(transfer_from(carol, from, to, amount).ok(), expected);
        if (expected) {
            EXPECT_TRUE(force(to, from, amount).ok());
        }
    }

    Outcome lock_up(const Address& account, uint64_t amount, uint64_t until) {
        return world.send<"setLockup(address,uint256,uint64)">(lawmaker, token, account,
                                                               u256{amount}, until);
    }
    u256 locked(const Address& account) {
        return world.ask<"lockedBalanceOf(address)">(token, account).value<u256>();
    }

    Hash domain;
};

TEST_F(Policy, without_rules_everybody_may) {
    EXPECT_TRUE(can_send(carol));
    EXPECT_TRUE(can_receive(carol));
    expect_moves(alice, carol, 10, true);
    EXPECT_TRUE(can_transfer(carol, alice, u256_max)) << "A-19: lack of balance is no rule";
    EXPECT_TRUE(can_transfer({}, alice, u256_max - u256{2'000u})) << "never reverts";
}

// Code4rena 2023-09, Centrifuge M-08: checks that cover some of the ways only (T-4).
TEST_F(Policy, one_predicate_guards_every_way) {
    ASSERT_TRUE(set_policy({.send_domain = domain, .receive_domain = domain}).ok());
    expect_moves(alice, bob, 10, true);
    expect_moves(alice, carol, 10, false);
    EXPECT_TRUE(transfer(alice, carol, 1).refused_with(ERC7943CannotReceive{carol}));
    EXPECT_TRUE(mint(minter, carol, 1).refused_with(ERC7943CannotReceive{carol}));
    EXPECT_TRUE(mint(minter, bob, 1).ok());
    ASSERT_TRUE(encumber(alice, carol, 100).ok()) << "a taker need not be a member";
    EXPECT_TRUE(transfer_from(carol, alice, carol, 1).refused_with(ERC7943CannotReceive{carol}));
    EXPECT_TRUE(transfer_from(carol, alice, bob, 1).ok());
    EXPECT_TRUE(force(alice, carol, 1).refused_with(ERC7943CannotReceive{carol}));
    EXPECT_TRUE(recover(alice, carol).refused_with(ERC7943CannotReceive{carol}));
    const Hash word =
        world
            .ask<"credential(address,bytes32,address)">(contracts::attestations, alice,
                                                        domains::residence_schema_uid(), attester)
            .value<Hash>();
    ASSERT_TRUE(test::revoke(world, attester, domains::residence_schema_uid(), word).ok());
    EXPECT_TRUE(transfer(alice, bob, 1).refused_with(ERC7943CannotSend{alice}));
    EXPECT_TRUE(transfer_from(carol, alice, bob, 1).refused_with(ERC7943CannotSend{alice}));
    EXPECT_TRUE(burn(alice, 1).refused_with(ERC7943CannotSend{alice}));
    EXPECT_FALSE(can_send(alice));
}

// V-10: who may not enter any more can still leave.
TEST_F(Policy, different_domains_let_those_leave_who_may_not_enter) {
    ASSERT_TRUE(transfer(alice, carol, 10).ok());
    ASSERT_TRUE(set_policy({.send_domain = {}, .receive_domain = domain}).ok());
    EXPECT_TRUE(can_send(carol));
    EXPECT_FALSE(can_receive(carol));
    EXPECT_TRUE(transfer(carol, bob, 10).ok());
    EXPECT_FALSE(transfer(bob, carol, 10).ok());
}

TEST_F(Policy, a_credential_counts_while_it_is_live) {
    ASSERT_TRUE(attest_residence(carol, kenya, world.block().timestamp + 100).ok());
    ASSERT_TRUE(set_policy({.send_domain = domain, .receive_domain = domain}).ok());
    EXPECT_TRUE(can_receive(carol));
    world.advance(100);
    EXPECT_FALSE(can_receive(carol));
}

TEST_F(Policy, countries_are_allowed_or_blocked) {
    TransferRules rules{
        .send_domain = domain, .receive_domain = domain, .country_rule = only_these};
    rules.countries = {switzerland};
    ASSERT_TRUE(set_policy(rules).ok());
    EXPECT_TRUE(can_receive(alice));
    EXPECT_FALSE(can_receive(bob));
    expect_moves(alice, bob, 1, false);
    rules.country_rule = all_but_these;
    ASSERT_TRUE(set_policy(rules).ok());
    EXPECT_FALSE(can_receive(alice));
    EXPECT_TRUE(can_receive(bob));
    EXPECT_FALSE(can_receive(carol)) << "of no country";
    rules.country_rule = any_country;
    rules.countries = {};
    ASSERT_TRUE(set_policy(rules).ok());
    EXPECT_TRUE(can_receive(alice));
    rules.country_rule = all_but_these;
    rules.countries = {kenya};
    ASSERT_TRUE(set_policy(rules).ok());
    EXPECT_TRUE(can_receive(alice)) << "an earlier list is forgotten";
    const TransferRules kept = world.ask<"policy()">(token).value<TransferRules>();
    EXPECT_EQ(kept.countries, rules.countries);
    EXPECT_EQ(kept.send_domain, domain);
}

TEST_F(Policy, an_account_may_have_only_so_much) {
    ASSERT_TRUE(set_policy({.balance_max = u256{100u}}).ok());
    expect_moves(alice, bob, 100, true);
    EXPECT_TRUE(
        transfer(alice, bob, 101).refused_with(BalanceCapExceeded{bob, u256{101u}, u256{100u}}));
    EXPECT_TRUE(
        mint(minter, bob, 101).refused_with(BalanceCapExceeded{bob, u256{101u}, u256{100u}}));
    EXPECT_FALSE(can_transfer(alice, bob, u256_max));
    EXPECT_TRUE(transfer(alice, alice, 1'000).ok()) << "who has more already gains nothing";
    ASSERT_TRUE(set_policy({.balance_max = u256_max}).ok());
    EXPECT_FALSE(can_transfer(bob, alice, u256_max))
        << "a sum that would wrap is beyond every bound";
}

TEST_F(Policy, the_supply_is_bounded_and_the_bound_only_lowered) {
    TransferRules rules{.supply_max = u256{1'100u}};
    ASSERT_TRUE(set_policy(rules).ok());
    EXPECT_TRUE(mint(minter, bob, 101).refused_with(SupplyCapExceeded{u256{1'101u}, u256{1'100u}}));
    EXPECT_TRUE(mint(minter, bob, 100).ok());
    const auto refuses = [&](const u256& most) {
        rules.supply_max = most;
        return set_policy(rules).refused_with(SupplyCapInvalid{most, u256{1'100u}, u256{1'100u}});
    };
    EXPECT_TRUE(refuses(1'101));
    EXPECT_TRUE(refuses(0));
    EXPECT_TRUE(refuses(1'099)) << "below the supply";
    ASSERT_TRUE(burn(alice, 200).ok());
    rules.supply_max = 900;
    EXPECT_TRUE(set_policy(rules).ok());
    EXPECT_FALSE(mint(minter, bob, 1).ok());
}

TEST_F(Policy, nothing_is_transferred_before_the_end_of_a_lockup) {
    const uint64_t until = world.block().timestamp + 100;
    ASSERT_TRUE(set_policy({.locked_until = until}).ok());
    EXPECT_TRUE(transfer(alice, bob, 1).refused_with(Locked{until}));
    expect_moves(alice, bob, 1, false);
    EXPECT_TRUE(world.ask<"paused()">(token).value<bool>());
    EXPECT_TRUE(mint(minter, bob, 1).ok());
    EXPECT_TRUE(burn(bob, 1).ok());
    world.advance(100);
    expect_moves(alice, bob, 1, true);
    EXPECT_FALSE(world.ask<"paused()">(token).value<bool>());
}

TEST_F(Policy, what_is_frozen_does_not_move) {
    const Outcome out = freeze(alice, 400);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_EQ(out.events<Frozen>(token), (std::vector{std::tuple(alice, u256{400u})}));
    EXPECT_TRUE(
        transfer(alice, bob, 601)
            .refused_with(ERC7943InsufficientUnfrozenBalance{alice, u256{601u}, u256{600u}}));
    EXPECT_TRUE(burn(alice, 601).refused_as<ERC7943InsufficientUnfrozenBalance>());
    expect_moves(alice, bob, 601, false);
    expect_moves(alice, bob, 600, true);
    EXPECT_TRUE(can_transfer(alice, bob, 1'001)) << "lack of balance is no rule";
    ASSERT_TRUE(freeze(alice, 5'000).ok()) << "what comes later is frozen too";
    EXPECT_TRUE(mint(minter, alice, 1'000).ok());
    EXPECT_FALSE(can_transfer(alice, bob, 1));
    EXPECT_EQ(available(alice), u256{});
    ASSERT_TRUE(freeze(alice, 0).ok());
    expect_moves(alice, bob, 1'000, true);
}

TEST_F(Policy, what_is_locked_up_stays_until_its_time) {
    const uint64_t until = world.block().timestamp + 100;
    const Outcome out = lock_up(alice, 400, until);
    EXPECT_EQ(out.events<LockupSet>(token), (std::vector{std::tuple(alice, u256{400u}, until)}));
    EXPECT_TRUE(
        transfer(alice, bob, 601).refused_with(AmountLocked{alice, u256{601u}, u256{600u}, until}));
    EXPECT_TRUE(burn(alice, 601).refused_as<AmountLocked>());
    expect_moves(alice, bob, 601, false);
    EXPECT_EQ(available(alice), u256{600u});
    EXPECT_EQ(locked(alice), u256{400u});
    EXPECT_EQ(world.ask<"getFrozenTokens(address)">(token, alice).value<u256>(), u256{});
    EXPECT_TRUE(can_transfer(alice, bob, 1'001)) << "lack of balance is no rule";
    EXPECT_TRUE(can_transfer(bob, alice, 1)) << "who is locked up can receive";
    world.advance(98);
    EXPECT_FALSE(can_transfer(alice, bob, 601));
    world.advance(2);
    EXPECT_EQ(locked(alice), u256{}) << "without anybody's doing";
    expect_moves(alice, bob, 1'000, true);
}

TEST_F(Policy, a_unit_may_be_frozen_and_locked_up) {
    const uint64_t until = world.block().timestamp + 1'000;
    ASSERT_TRUE(lock_up(alice, 400, until).ok());
    ASSERT_TRUE(freeze(alice, 300).ok());
    EXPECT_EQ(available(alice), u256{600u});
    ASSERT_TRUE(freeze(alice, 700).ok());
    EXPECT_EQ(available(alice), u256{300u});
    ASSERT_TRUE(freeze(alice, 0).ok());
    ASSERT_TRUE(encumber(alice, carol, 600).ok());
    EXPECT_TRUE(encumber(alice, carol, 1).refused_as<holds::InsufficientAvailable>());
    EXPECT_FALSE(can_transfer(alice, bob, 1));
    EXPECT_TRUE(transfer_from(carol, alice, bob, 600).ok()) << "a taker takes what need not stay";
    EXPECT_EQ(available(alice), u256{});
    ASSERT_TRUE(lock_up(alice, 0, 0).ok()) << "ended by who set it";
    EXPECT_EQ(available(alice), u256{400u});
}

TEST_F(Policy, senior_powers_take_a_lockup_along) {
    const uint64_t until = world.block().timestamp + 1'000;
    ASSERT_TRUE(lock_up(alice, 400, until).ok());
    ASSERT_TRUE(force(alice, bob, 900).ok());
    EXPECT_EQ(locked(alice), u256{100u}) << "what was forced away is locked up no more";
    ASSERT_TRUE(lock_up(bob, 50, until + 7).ok());
    ASSERT_TRUE(recover(alice, bob).ok());
    EXPECT_EQ(locked(alice), u256{});
    const auto [amount, end] =
        *abi::decode<u256, uint64_t>(world.ask<"lockupOf(address)">(token, bob).result.output);
    EXPECT_EQ(amount, u256{150u});
    EXPECT_EQ(end, until + 7);
}

TEST_F(Policy, bounds_of_a_lockup) {
    const uint64_t now = world.block().timestamp;
    const uint64_t latest = now + lockup_span_max_seconds;
    EXPECT_TRUE(lock_up(alice, 1, latest).ok());
    for (const uint64_t wrong : {latest + 1, now, uint64_t{0}, ~uint64_t{0}})
        EXPECT_TRUE(lock_up(alice, 1, wrong).refused_with(LockupInvalid{wrong})) << wrong;
    EXPECT_TRUE(lock_up(alice, 0, now + 1).refused_with(LockupInvalid{now + 1}));
    EXPECT_TRUE(
        world.send<"setLockup(address,uint256,uint64)">(alice, token, alice, u256{1u}, latest)
            .refused_as<powers::AccessControlUnauthorizedAccount>());
    use_features(test::bits({Feature::transferable}));
    EXPECT_TRUE(lock_up(alice, 1, latest)
                    .refused_with(FeatureOff{static_cast<uint32_t>(Feature::permissioned)}));
}

TEST_F(Policy, a_frozen_account_neither_sends_nor_receives) {
    const Outcome out = freeze_account(bob);
    EXPECT_EQ(out.events<AddressFrozen>(token), (std::vector{std::tuple(bob, true, freezer)}));
    EXPECT_TRUE(transfer(alice, bob, 1).refused_with(ERC7943CannotReceive{bob}));
    EXPECT_TRUE(transfer(bob, alice, 0).refused_with(ERC7943CannotSend{bob}));
    EXPECT_TRUE(world.ask<"isFrozen(address)">(token, bob).value<bool>());
    ASSERT_TRUE(freeze_account(bob, false).ok());
    expect_moves(alice, bob, 1, true);
}

TEST_F(Policy, bounds_of_the_rules) {
    const Hash unknown{{7}};
    EXPECT_TRUE(
        set_policy({.receive_domain = unknown}).refused_with(domains::UnknownDomain{unknown}));
    EXPECT_TRUE(set_policy({.send_domain = unknown}).refused_with(domains::UnknownDomain{unknown}));
    TransferRules rules{.receive_domain = domain, .country_rule = only_these};
    rules.countries = std::vector<uint16_t>(countries_max, 1);
    EXPECT_TRUE(set_policy(rules).ok());
    rules.countries.push_back(1);
    EXPECT_TRUE(set_policy(rules).refused_with(
        InvalidCountries{u256{countries_max + 1}, u256{countries_max}}));
    rules.countries = {0};
    EXPECT_TRUE(set_policy(rules).refused_as<InvalidCountries>());
    rules.countries = {domains::country_max};
    EXPECT_TRUE(set_policy(rules).ok());
    rules.countries = {domains::country_max + 1};
    EXPECT_TRUE(set_policy(rules).refused_as<InvalidCountries>());
    rules = {.country_rule = all_but_these + 1};
    EXPECT_TRUE(set_policy(rules).refused_as<InvalidCountries>());
    rules = {.country_rule = only_these};
    EXPECT_TRUE(set_policy(rules).refused_with(DomainMissing{}));
    const uint64_t latest = world.block().timestamp + lockup_span_max_seconds;
    EXPECT_TRUE(set_policy({.locked_until = latest + 1}).refused_with(LockupInvalid{latest + 1}));
    EXPECT_TRUE(set_policy({.locked_until = latest}).ok());
}

TEST_F(Policy, a_token_that_never_declared_a_rule_has_none) {
    use_features(test::bits({Feature::transferable}));
    const auto off = [](Feature feature) { return FeatureOff{static_cast<uint32_t>(feature)}; };
    EXPECT_TRUE(set_policy({.balance_max = u256{1u}}).refused_with(off(Feature::permissioned)));
    EXPECT_TRUE(freeze(alice, 1).refused_with(off(Feature::freezable)));
    EXPECT_TRUE(freeze_account(alice).refused_with(off(Feature::freezable)));
    EXPECT_TRUE(force(alice, bob, 1).refused_with(off(Feature::forcible)));
    EXPECT_TRUE(recover(alice, bob).refused_with(off(Feature::recoverable)));
    EXPECT_TRUE(mint(minter, bob, 1).refused_with(Token::MintingClosed{}));
}

// XLS-94: what may change is declared when the token is made (T-7).
TEST_F(Policy, a_feature_is_turned_on_once_if_it_was_declared) {
    const auto enable = [&](uint32_t features) {
        return world.send<"enable(uint32)">(enabler, token, features);
    };
    const uint32_t transferable = static_cast<uint32_t>(Feature::transferable);
    const uint32_t mintable = static_cast<uint32_t>(Feature::mintable);
    use_features(0, transferable);
    EXPECT_TRUE(transfer(alice, bob, 1).refused_with(NotTransferable{}));
    EXPECT_FALSE(can_transfer(alice, bob, 1));
    EXPECT_TRUE(enable(mintable).refused_with(FeatureNotDeclared{mintable}));
    EXPECT_TRUE(enable(mintable | transferable).refused_as<FeatureNotDeclared>());
    EXPECT_TRUE(enable(0).refused_with(FeatureNotDeclared{0}));
    const Outcome out = enable(transferable);
    EXPECT_EQ(out.events<FeaturesEnabled>(token), (std::vector{std::tuple(transferable)}));
    EXPECT_TRUE(transfer(alice, bob, 1).ok());
    EXPECT_TRUE(enable(transferable).refused_with(FeatureNotDeclared{transferable}));
}

TEST_F(Policy, a_feature_is_declared_as_on_or_as_later) {
    RegulatedTokenParams with = params();
    with.features = {1, 1};
    EXPECT_TRUE(create(with).refused_with(InvalidFeatures{1, 1}));
    with.features = {256, 0};
    EXPECT_TRUE(create(with).refused_with(InvalidFeatures{256, 0}));
    with.features = {0, 256};
    EXPECT_TRUE(create(with).refused_with(InvalidFeatures{0, 256}));
    with.features = {255, 0};
    EXPECT_TRUE(create(with).ok());
}

}  // namespace
}  // namespace plume
