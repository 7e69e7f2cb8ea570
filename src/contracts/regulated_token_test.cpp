#include "contracts/regulated_token.hpp"

#include "native/math.hpp"
#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;

class RegulatedTokens : public test::RegulatedTokenTest {
protected:
    Outcome supersede(const Hash& next, const std::string& uri) {
        return world.send<"supersede(bytes32,string)">(registrar, token, next, uri);
    }
    std::vector<Hash> provenance() {
        return world.ask<"provenance()">(token).value<std::vector<Hash>>();
    }
    Hash next_record() {
        world.advance(1);
        return test::found_mission(world, founder);
    }
    bool supports(const Selector& id) {
        return world.ask<"supportsInterface(bytes4)">(token, id).value<bool>();
    }
};

TEST_F(RegulatedTokens, one_is_what_it_was_made_with) {
    EXPECT_EQ(world.ask<"name()">(token).value<std::string>(), "Solar share");
    EXPECT_EQ(world.ask<"contractURI()">(token).value<std::string>(), "ipfs://one");
    EXPECT_EQ(world.ask<"record()">(token).value<Hash>(), record);
    EXPECT_EQ(provenance(), std::vector{record});
    EXPECT_EQ(world.ask<"issuer()">(token).value<Address>(), minter);
    EXPECT_TRUE(world.ask<"mintable()">(token).value<bool>());
    EXPECT_EQ(supply(), u256{1'000u});
    EXPECT_EQ(balance(alice), u256{1'000u});
    const auto features =
        abi::decode<uint32_t, uint32_t>(world.ask<"features()">(token).result.output);
    EXPECT_EQ(features, (std::tuple{255u, 0u}));
}

TEST_F(RegulatedTokens, rules_hold_for_the_initial_supply_too) {
    RegulatedTokenParams with = params();
    with.rules.balance_max = 999;
    EXPECT_TRUE(create(with).refused_as<policy::BalanceCapExceeded>());
    with.rules.balance_max = 0;
    with.rules.supply_max = 999;
    EXPECT_TRUE(create(with).refused_as<policy::SupplyCapExceeded>());
    with.rules.supply_max = 1'000;
    EXPECT_TRUE(create(with).ok());
    with.rules.receive_domain = residents();
    EXPECT_TRUE(create(with).refused_with(policy::ERC7943CannotReceive{alice}));
    with.initial_supply = {};
    EXPECT_TRUE(create(with).ok());
    with.initial_supply = 1;
    with.holder = {};
    EXPECT_TRUE(create(with).refused_with(Token::ERC20InvalidReceiver{Address{}}));
}

// P-2: nothing new without a live record, but everybody can leave.
TEST_F(RegulatedTokens, nothing_is_minted_without_a_live_record_and_all_else_goes_on) {
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(encumber(alice, bob, 100).ok());
    ASSERT_TRUE(test::revoke(world, founder, schema, record).ok());
    EXPECT_TRUE(mint(minter, alice, 1).refused_with(RecordNotLive{record}));
    EXPECT_TRUE(create(params()).refused_with(RecordNotLive{record}));
    EXPECT_TRUE(transfer(alice, carol, 1).ok());
    EXPECT_TRUE(transfer_from(bob, alice, bob, 50).ok());
    EXPECT_TRUE(release(bob, alice, 50).ok());
    EXPECT_TRUE(burn(alice, 1).ok());
    EXPECT_TRUE(recover(carol, person(5)).ok());
    const Hash next = next_record();
    ASSERT_TRUE(supersede(next, "").ok());
    EXPECT_TRUE(mint(minter, alice, 1).ok());
}

TEST_F(RegulatedTokens, a_record_is_superseded_by_a_live_one) {
    const Hash next = next_record();
    const Outcome out = supersede(next, "ipfs://two");
    EXPECT_EQ(out.events<Token::RecordSuperseded>(token), (std::vector{std::tuple(record, next)}));
    EXPECT_EQ(out.events<Token::ContractURIUpdated>(token).size(), 1u);
    EXPECT_EQ(world.ask<"record()">(token).value<Hash>(), next);
    EXPECT_EQ(world.ask<"contractURI()">(token).value<std::string>(), "ipfs://two");
    EXPECT_EQ(provenance(), (std::vector{record, next}));
    const Hash dead{{9}};
    EXPECT_TRUE(supersede(dead, "").refused_with(RecordNotLive{dead}));
    EXPECT_TRUE(supersede(next, "ipfs://three").ok()) << "only what describes it";
    EXPECT_EQ(provenance(), (std::vector{record, next}));
    const size_t most = Token::contract_uri_size_max;
    EXPECT_TRUE(supersede(next, std::string(most, 'u')).ok());
    EXPECT_TRUE(supersede(next, std::string(most + 1, 'u'))
                    .refused_with(Token::TextTooLong{u256{most + 1}, u256{most}}));
}

TEST_F(RegulatedTokens, a_token_stands_for_a_bounded_number_of_records) {
    const Hash other = next_record();
    for (uint64_t i = 1; i < Token::records_max; ++i)
        ASSERT_TRUE(supersede(i % 2 == 1 ? other : record, "").ok());
    EXPECT_EQ(provenance().size(), Token::records_max);
    EXPECT_TRUE(
        supersede(record, "").refused_with(Token::TooManyRecords{u256{Token::records_max}}));
}

TEST_F(RegulatedTokens, burning_for_another_uses_up_an_allowance) {
    const auto burn_from = [&](const u256& value) {
        return world.send<"burnFrom(address,uint256)">(bob, token, alice, value);
    };
    EXPECT_TRUE(
        burn_from(1).refused_with(Token::ERC20InsufficientAllowance{bob, u256{}, u256{1u}}));
    ASSERT_TRUE(approve(alice, bob, 10).ok());
    EXPECT_TRUE(burn_from(10).ok());
    EXPECT_EQ(supply(), u256{990u});
    ASSERT_TRUE(encumber(alice, bob, 500).ok());
    EXPECT_FALSE(burn_from(1).ok()) << "a hold is no right to destroy";
}

TEST_F(RegulatedTokens, a_forced_transfer_moves_what_its_owner_cannot) {
    ASSERT_TRUE(freeze(alice, 400).ok());
    ASSERT_TRUE(freeze_account(alice).ok());
    const Outcome out = force(alice, bob, 700);
    EXPECT_TRUE(out.value<bool>());
    ASSERT_EQ(out.logs.size(), 3u);
    EXPECT_EQ(policy::Frozen::decode(out.logs[0]), std::tuple(alice, u256{300u}))
        << "before the transfer";
    EXPECT_EQ(Token::Transfer::decode(out.logs[1]), std::tuple(alice, bob, u256{700u}));
    EXPECT_EQ(policy::ForcedTransfer::decode(out.logs[2]), std::tuple(alice, bob, u256{700u}));
    EXPECT_EQ(balance(bob), u256{700u});
    EXPECT_EQ(frozen(alice), u256{300u});
}

TEST_F(RegulatedTokens, a_forced_transfer_of_what_is_free_unfreezes_nothing) {
    ASSERT_TRUE(freeze(alice, 400).ok());
    EXPECT_TRUE(force(alice, bob, 600).events<policy::Frozen>(token).empty());
    EXPECT_EQ(frozen(alice), u256{400u});
    ASSERT_TRUE(freeze(alice, 1'000).ok()) << "more than there is";
    EXPECT_TRUE(force(alice, bob, 100).ok());
    EXPECT_EQ(frozen(alice), u256{900u});
}

// OpenZeppelin community-contracts 254: a forced transfer to oneself unfroze silently.
TEST_F(RegulatedTokens, a_forced_transfer_to_oneself_is_refused) {
    ASSERT_TRUE(freeze(alice, 1'000).ok());
    EXPECT_TRUE(force(alice, alice, 500)
                    .refused_with(policy::ERC7943CannotTransfer{alice, alice, u256{500u}}));
    EXPECT_EQ(frozen(alice), u256{1'000u});
}

TEST_F(RegulatedTokens, a_forced_transfer_has_limits) {
    EXPECT_TRUE(
        force(alice, bob, 1'001)
            .refused_with(Token::ERC20InsufficientBalance{alice, u256{1'000u}, u256{1'001u}}));
    EXPECT_TRUE(force(alice, {}, 1).refused_with(Token::ERC20InvalidReceiver{Address{}}));
    EXPECT_TRUE(force({}, bob, 0).refused_with(Token::ERC20InvalidSender{Address{}}));
    ASSERT_TRUE(freeze_account(bob).ok());
    EXPECT_TRUE(force(alice, bob, 1).refused_with(policy::ERC7943CannotReceive{bob}));
}

TEST_F(RegulatedTokens, a_forced_transfer_is_senior_to_holds_and_says_which_it_ends) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    ASSERT_TRUE(encumber(alice, carol, 300).ok());
    EXPECT_TRUE(force(alice, person(5), 100).events<holds::Release>(token).empty());
    const Outcome out = force(alice, person(5), 400);
    EXPECT_EQ(out.events<holds::Release>(token), (std::vector{std::tuple(alice, carol, u256{300u}),
                                                              std::tuple(alice, bob, u256{100u})}));
    EXPECT_EQ(held(alice), u256{500u});
    EXPECT_EQ(balance(alice), u256{500u});
    EXPECT_TRUE(transfer_from(bob, alice, bob, 500).ok());
}

// D-7, T-REX recoveryAddress: everything moves, and totals stay.
TEST_F(RegulatedTokens, recovery_moves_all_that_is_the_lost_accounts) {
    const Address heir = person(30);
    ASSERT_TRUE(delegate(alice, bob).ok());
    ASSERT_TRUE(encumber(alice, bob, 300).ok());
    ASSERT_TRUE(encumber(alice, carol, 200).ok());
    ASSERT_TRUE(freeze(alice, 100).ok());
    ASSERT_TRUE(freeze_account(alice).ok());
    const Outcome out = recover(alice, heir);
    EXPECT_EQ(out.events<Token::Recovered>(token),
              (std::vector{std::tuple(alice, heir, u256{1'000u})}));
    EXPECT_EQ(balance(alice), u256{});
    EXPECT_EQ(balance(heir), u256{1'000u});
    EXPECT_EQ(supply(), u256{1'000u});
    EXPECT_EQ(frozen(alice), u256{});
    EXPECT_EQ(frozen(heir), u256{100u});
    EXPECT_TRUE(world.ask<"isFrozen(address)">(token, heir).value<bool>());
    EXPECT_EQ(held(alice), u256{});
    EXPECT_EQ(held_by(heir, bob), u256{300u});
    EXPECT_EQ(held_by(heir, carol), u256{200u});
    EXPECT_EQ(votes_of(bob), u256{1'000u});
    EXPECT_EQ(world.ask<"delegates(address)">(token, heir).value<Address>(), bob);
    EXPECT_EQ(world.ask<"successorOf(address)">(token, alice).value<Address>(), heir);
    ASSERT_TRUE(freeze_account(heir, false).ok());
    EXPECT_TRUE(transfer_from(bob, heir, bob, 300).ok());
}

TEST_F(RegulatedTokens, who_spoke_for_himself_does_so_again) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(recover(alice, bob).ok());
    EXPECT_EQ(votes_of(bob), u256{1'000u});
    EXPECT_EQ(votes_of(alice), u256{});
}

TEST_F(RegulatedTokens, a_delegate_that_the_heir_has_named_stays) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(delegate(bob, carol).ok());
    ASSERT_TRUE(recover(alice, bob).ok());
    EXPECT_EQ(votes_of(carol), u256{1'000u});
}

TEST_F(RegulatedTokens, recovery_of_an_empty_account_moves_the_rest) {
    ASSERT_TRUE(freeze(bob, 50).ok());
    ASSERT_TRUE(delegate(bob, carol).ok());
    const Outcome out = recover(bob, person(30));
    ASSERT_TRUE(out.ok());
    EXPECT_TRUE(out.events<Token::Transfer>(token).empty());
    EXPECT_EQ(frozen(person(30)), u256{50u});
}

TEST_F(RegulatedTokens, an_heir_is_no_taker_of_his_own) {
    ASSERT_TRUE(encumber(alice, bob, 300).ok());
    ASSERT_TRUE(recover(alice, bob).ok());
    EXPECT_EQ(held(bob), u256{});
    EXPECT_EQ(balance(bob), u256{1'000u});
}

TEST_F(RegulatedTokens, recovery_needs_two_accounts) {
    EXPECT_TRUE(recover(alice, alice).refused_with(Token::InvalidRecovery{alice, alice}));
    EXPECT_TRUE(recover({}, alice).refused_with(Token::InvalidRecovery{Address{}, alice}));
    EXPECT_TRUE(recover(alice, {}).refused_with(Token::InvalidRecovery{alice, Address{}}));
}

TEST_F(RegulatedTokens, frozen_sums_do_not_wrap_at_a_recovery) {
    ASSERT_TRUE(freeze(alice, u256_max).ok());
    ASSERT_TRUE(freeze(bob, 1).ok());
    ASSERT_TRUE(recover(alice, bob).ok());
    EXPECT_EQ(frozen(bob), u256_max);
}

TEST_F(RegulatedTokens, every_interface_offered_is_named) {
    const std::vector<Selector> offered{
        {{0x01, 0xff, 0xc9, 0xa7}},  // ERC-165
        {{0x36, 0x37, 0x2b, 0x07}},  // ERC-20
        {{0xa2, 0x19, 0xa0, 0x25}},  // its name, symbol and decimals
        {{0x9d, 0x8f, 0xf7, 0xda}},  // ERC-2612
        {{0x84, 0xb0, 0x19, 0x6e}},  // ERC-5267
        {{0x3e, 0xdb, 0xb4, 0xc4}},  // ERC-7943
        {{0x33, 0x27, 0xc9, 0xeb}},  // ERC-5805
        {{0xe9, 0x0f, 0xb3, 0xf6}},  // OpenZeppelin's IVotes
        {{0xda, 0x28, 0x7a, 0x1d}},  // ERC-6372
        {{0x7f, 0x92, 0xc5, 0x51}},  // ERC-7246
        {{0xe8, 0xa3, 0xd4, 0x85}},  // ERC-7572
    };
    for (const Selector& id : offered) EXPECT_TRUE(supports(id)) << to_hex(id);
    EXPECT_FALSE(supports({{0xff, 0xff, 0xff, 0xff}}));
    use_features(0);
    EXPECT_FALSE(supports({{0x33, 0x27, 0xc9, 0xeb}})) << "no votes";
    EXPECT_FALSE(supports({{0x7f, 0x92, 0xc5, 0x51}})) << "no holds";
    EXPECT_TRUE(supports({{0x3e, 0xdb, 0xb4, 0xc4}}));
    EXPECT_LT(world.ask<"supportsInterface(bytes4)">(token, Selector{}).gas_used, 30'000u);
}

// T-6, CompoundProvider 2026-07: nobody moves what is not his, was not allowed him, and is not held
// for him.
TEST_F(RegulatedTokens, a_stranger_moves_nothing) {
    const Address thief = person(66);
    EXPECT_FALSE(transfer_from(thief, alice, thief, 1).ok());
    EXPECT_FALSE(world.send<"burnFrom(address,uint256)">(thief, token, alice, u256{1u}).ok());
    EXPECT_FALSE(
        world.send<"encumberFrom(address,address,uint256)">(thief, token, alice, thief, u256{1u})
            .ok());
    EXPECT_FALSE(
        world.send<"forcedTransfer(address,address,uint256)">(thief, token, alice, thief, u256{1u})
            .ok());
    EXPECT_FALSE(world.send<"recover(address,address)">(thief, token, alice, thief).ok());
    EXPECT_EQ(balance(alice), u256{1'000u});
    EXPECT_EQ(balance(thief), u256{});
}

TEST_F(RegulatedTokens, a_token_without_features_costs_one_load_more_than_a_plain_one) {
    use_features(test::bits({Feature::transferable}));
    const Address plain =
        world
            .create(founder, "AssetToken", salt,
                    TokenParams{"Plain", "PLN", 0, record, alice, u256{1'000u}, false})
            .value<Address>();
    const auto cost = [&](const Address& of) {
        return world.send<"transfer(address,uint256)">(alice, of, bob, u256{1u}).gas_used;
    };
    EXPECT_LE(cost(token) - cost(plain), gas::cold_slot_access + 2 * gas::warm_access);
}

}  // namespace
}  // namespace plume
