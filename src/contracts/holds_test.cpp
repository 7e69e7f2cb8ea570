#include "contracts/holds.hpp"

#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;

class Holds : public test::RegulatedTokenTest {};

TEST_F(Holds, what_is_held_stays_with_its_owner_but_does_not_move) {
    const Outcome out = encumber(alice, bob, 600);
    EXPECT_EQ(out.events<holds::Encumber>(token),
              (std::vector{std::tuple(alice, bob, u256{600u})}));
    EXPECT_EQ(balance(alice), u256{1'000u});
    EXPECT_EQ(held(alice), u256{600u});
    EXPECT_EQ(held_by(alice, bob), u256{600u});
    EXPECT_EQ(available(alice), u256{400u});
    EXPECT_TRUE(transfer(alice, carol, 401)
                    .refused_with(holds::InsufficientAvailable{alice, u256{400u}, u256{401u}}));
    EXPECT_TRUE(burn(alice, 401).refused_as<holds::InsufficientAvailable>());
    EXPECT_TRUE(transfer(alice, carol, 400).ok());
}

TEST_F(Holds, more_than_the_balance_is_refused_as_by_erc20) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    EXPECT_TRUE(
        transfer(alice, carol, 1'001)
            .refused_with(Token::ERC20InsufficientBalance{alice, u256{1'000u}, u256{1'001u}}));
}

TEST_F(Holds, only_what_is_available_can_be_encumbered) {
    EXPECT_TRUE(encumber(alice, bob, 1'001)
                    .refused_with(holds::InsufficientAvailable{alice, u256{1'000u}, u256{1'001u}}));
    ASSERT_TRUE(encumber(alice, bob, 700).ok());
    EXPECT_TRUE(encumber(alice, carol, 301)
                    .refused_with(holds::InsufficientAvailable{alice, u256{300u}, u256{301u}}));
    ASSERT_TRUE(freeze(alice, 100).ok());
    EXPECT_TRUE(encumber(alice, carol, 201)
                    .refused_with(holds::InsufficientAvailable{alice, u256{200u}, u256{201u}}));
    EXPECT_TRUE(encumber(alice, carol, 200).ok());
}

TEST_F(Holds, a_taker_takes_what_he_holds_without_an_allowance) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    const Outcome out = transfer_from(bob, alice, carol, 250);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_EQ(out.events<holds::Release>(token), (std::vector{std::tuple(alice, bob, u256{250u})}));
    EXPECT_EQ(held_by(alice, bob), u256{350u});
    EXPECT_EQ(balance(carol), u256{250u});
    EXPECT_TRUE(transfer_from(bob, alice, carol, 351)
                    .refused_with(Token::ERC20InsufficientAllowance{bob, u256{}, u256{1u}}));
    EXPECT_TRUE(
        transfer_from(carol, alice, carol, 1).refused_as<Token::ERC20InsufficientAllowance>());
}

TEST_F(Holds, beyond_his_hold_a_taker_needs_an_allowance_and_free_units) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    ASSERT_TRUE(encumber(alice, carol, 300).ok());
    ASSERT_TRUE(approve(alice, bob, 200).ok());
    EXPECT_TRUE(transfer_from(bob, alice, bob, 701)
                    .refused_with(holds::InsufficientAvailable{alice, u256{100u}, u256{101u}}));
    EXPECT_TRUE(transfer_from(bob, alice, bob, 700).ok());
    EXPECT_EQ(held(alice), u256{300u});
    EXPECT_EQ(world.ask<"allowance(address,address)">(token, alice, bob).value<u256>(), u256{100u});
    EXPECT_TRUE(transfer_from(carol, alice, carol, 300).ok()) << "nobody else took hers";
}

TEST_F(Holds, freezing_is_senior_to_a_hold) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    ASSERT_TRUE(encumber(alice, carol, 400).ok());
    ASSERT_TRUE(freeze(alice, 500).ok());
    EXPECT_TRUE(transfer_from(bob, alice, bob, 501)
                    .refused_with(
                        policy::ERC7943InsufficientUnfrozenBalance{alice, u256{501u}, u256{500u}}));
    EXPECT_TRUE(transfer_from(bob, alice, bob, 500).ok()) << "up to balance - frozen";
    EXPECT_FALSE(transfer_from(carol, alice, carol, 1).ok());
    EXPECT_EQ(held(alice), u256{500u});
}

TEST_F(Holds, letting_go_is_the_takers_alone_and_bounded_by_his_hold) {
    ASSERT_TRUE(encumber(alice, bob, 600).ok());
    EXPECT_TRUE(release(alice, alice, 1).refused_as<holds::InsufficientHold>());
    EXPECT_TRUE(release(bob, alice, 601)
                    .refused_with(holds::InsufficientHold{alice, bob, u256{600u}, u256{601u}}));
    const Outcome out = release(bob, alice, 600);
    EXPECT_EQ(out.events<holds::Release>(token), (std::vector{std::tuple(alice, bob, u256{600u})}));
    EXPECT_EQ(held(alice), u256{});
    EXPECT_TRUE(world.ask<"takersOf(address)">(token, alice).value<std::vector<Address>>().empty());
}

TEST_F(Holds, nobody_and_oneself_are_no_takers) {
    EXPECT_TRUE(encumber(alice, {}, 1).refused_with(holds::InvalidTaker{Address{}}));
    EXPECT_TRUE(encumber(alice, alice, 1).refused_with(holds::InvalidTaker{alice}));
}

TEST_F(Holds, an_owner_has_a_bounded_number_of_takers) {
    for (uint16_t i = 0; i < holds::takers_max; ++i)
        ASSERT_TRUE(encumber(alice, person(static_cast<uint16_t>(100 + i)), 1).ok());
    EXPECT_TRUE(encumber(alice, person(999), 1)
                    .refused_with(holds::TooManyTakers{alice, u256{holds::takers_max}}));
    EXPECT_TRUE(encumber(alice, person(100), 1).ok()) << "who is a taker may hold more";
    EXPECT_TRUE(encumber(alice, person(999), 0).ok()) << "nothing makes no taker";
    ASSERT_TRUE(release(person(105), alice, 1).ok());
    EXPECT_TRUE(encumber(alice, person(999), 1).ok());
    EXPECT_EQ(held(alice), u256{holds::takers_max + 1});
}

TEST_F(Holds, who_is_allowed_may_encumber_and_uses_it_up) {
    const auto encumber_from = [&](const Address& by, const Address& taker, const u256& amount) {
        return world.send<"encumberFrom(address,address,uint256)">(by, token, alice, taker, amount);
    };
    EXPECT_TRUE(encumber_from(bob, carol, 1).refused_as<Token::ERC20InsufficientAllowance>());
    ASSERT_TRUE(approve(alice, bob, 100).ok());
    EXPECT_TRUE(encumber_from(bob, carol, 60).ok());
    EXPECT_EQ(held_by(alice, carol), u256{60u});
    EXPECT_TRUE(encumber_from(bob, carol, 41)
                    .refused_with(Token::ERC20InsufficientAllowance{bob, u256{40u}, u256{41u}}));
}

TEST_F(Holds, without_the_feature_there_are_none) {
    use_features(test::bits({Feature::transferable}));
    EXPECT_TRUE(encumber(alice, bob, 1)
                    .refused_with(policy::FeatureOff{static_cast<uint32_t>(Feature::holds)}));
    EXPECT_TRUE(release(bob, alice, 1).refused_as<holds::InsufficientHold>());
}

TEST_F(Holds, who_cannot_send_gives_no_hold) {
    ASSERT_TRUE(freeze_account(alice).ok());
    EXPECT_TRUE(encumber(alice, bob, 1).refused_with(policy::ERC7943CannotSend{alice}));
}

// Request A-2.
TEST_F(Holds, collateral_keeps_its_owners_vote) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(encumber(alice, bob, 1'000).ok());
    EXPECT_EQ(votes_of(alice), u256{1'000u});
    EXPECT_EQ(votes_of(bob), u256{});
}

}  // namespace
}  // namespace plume
