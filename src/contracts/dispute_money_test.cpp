// Jurors' fees, appeals, and who gets whose stake.
#include "contracts/disputes.hpp"
#include "support/petitions.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;

class DisputeMoneyTest : public test::DisputeFixture {};

TEST_F(DisputeMoneyTest, a_majority_rules_and_shares_the_fee) {
    const u256 id = open(plain);
    EXPECT_EQ(world.status(id), 0);
    world.vote(id, {{juror(0), 2}, {juror(1), 2}, {juror(2), 1}});
    const Outcome out = world.execute(id);
    ASSERT_TRUE(out.value<bool>());
    EXPECT_EQ(out.events<Arbitrator::Ruling>(world.arbitrator()),
              (std::vector{std::tuple(petitioner, id, 2_u256)}));
    EXPECT_EQ(told(), 2_u256);
    EXPECT_EQ(world.status(id), 2);
    EXPECT_EQ(world.collect_fee(id, 0, juror(0)).value<u256>(), 15_u256);
    EXPECT_EQ(world.collect_fee(id, 0, juror(1)).value<u256>(), 15_u256);
    for (const Address& who : {juror(0), juror(2), alice})
        EXPECT_TRUE(world.collect_fee(id, 0, who).refused_with(disputes::NothingEarned{who}));
    EXPECT_EQ(world.locked(), 0_u256);
    ASSERT_TRUE((world
                     .send<"withdraw(address,address)">(alice, world.arbitrator(), world.currency(),
                                                        juror(0))
                     .ok()));
    EXPECT_EQ(world.money_of(juror(0)), 15_u256);
    EXPECT_EQ(reclaim(id).value<u256>(), 0_u256) << "what is earned does not go back";
}

TEST_F(DisputeMoneyTest, a_fee_that_does_not_divide_is_paid_to_the_last_unit) {
    Panel five = world.panel(5, 3);
    five.fee = {1_u256};
    const u256 panel = world.create_panel(five).value<u256>();
    const u256 id = world.create_dispute(alice, panel, 2_u256, 5_u256).value<u256>();
    world.vote(id, {{juror(0), 1}, {juror(1), 1}, {juror(2), 1}});
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(world.collect_fee(id, 0, juror(2)).value<u256>(), 1_u256);
    EXPECT_EQ(world.collect_fee(id, 0, juror(0)).value<u256>(), 2_u256);
    EXPECT_EQ(world.collect_fee(id, 0, juror(1)).value<u256>(), 2_u256);
    EXPECT_EQ(world.locked(), 0_u256);
}

TEST_F(DisputeMoneyTest, an_appeal_goes_to_the_panel_above_and_the_loser_pays) {
    const u256 id = open(appealable);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    const Outcome tallied = world.advance_dispute(id);
    EXPECT_EQ(tallied.events<disputes::AppealPossible>(world.arbitrator()).size(), 1u);
    EXPECT_EQ(world.status(id), 1);
    EXPECT_EQ(world.ruling(id), 1_u256);
    EXPECT_TRUE(world.execute(id).refused_as<disputes::AppealNotOver>());
    EXPECT_EQ((world
                   .ask<"appealCost(uint256,bytes)">(world.arbitrator(), id,
                                                     ArbitrationWorld::encoded(2_u256))
                   .value<u256>()),
              100_u256)
        << "twice the cost of five seniors";
    EXPECT_TRUE(world.stake(alice, id, 1, 10).refused_with(disputes::NotChallenged{}));
    ASSERT_TRUE(world.stake(alice, id, 2, 30).ok());
    EXPECT_TRUE(world.stake(bob, id, 2, 71).refused_with(disputes::StakeInvalid{71_u256, 70_u256}));
    ASSERT_TRUE(world.stake(bob, id, 2, 70).ok());
    EXPECT_TRUE(world.stake(carol, id, 0, 10).refused_with(disputes::ChallengerFound{2_u256}));
    const Outcome defended = world.stake(carol, id, 1, 100);
    EXPECT_EQ(defended.events<disputes::AppealDecision>(world.arbitrator()).size(), 1u);
    EXPECT_EQ(world.status(id), 0);
    world.vote(id, {{senior(0), 2}, {senior(1), 2}, {senior(2), 2}, {senior(3), 1}});
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(told(), 2_u256);
    // 200 staked, 50 to the seniors: 150 to the winning side in proportion.
    EXPECT_EQ(world.collect_stake(id, 0, 2, alice).value<u256>(), 45_u256);
    EXPECT_EQ(world.collect_stake(id, 0, 2, bob).value<u256>(), 105_u256);
    EXPECT_TRUE(world.collect_stake(id, 0, 1, carol).refused_as<disputes::NothingEarned>());
    EXPECT_TRUE(world.collect_stake(id, 0, 2, alice).refused_as<disputes::NothingEarned>());
    EXPECT_EQ(world.collect_fee(id, 1, senior(0)).value<u256>(), 16_u256);
    EXPECT_EQ(world.collect_fee(id, 1, senior(1)).value<u256>(), 17_u256);
    EXPECT_EQ(world.collect_fee(id, 1, senior(2)).value<u256>(), 17_u256);
    EXPECT_TRUE(world.collect_fee(id, 0, juror(0)).refused_as<disputes::NothingEarned>())
        << "the first round's jurors were wrong";
    EXPECT_EQ(reclaim(id).value<u256>(), 30_u256);
    EXPECT_EQ(world.locked(), 0_u256);
}

TEST_F(DisputeMoneyTest, an_appeal_that_nobody_answers_takes_place_all_the_same) {
    const u256 id = open(appealable);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.stake(alice, id, 2, 100).ok());
    EXPECT_TRUE(world.advance_dispute(id).refused_as<disputes::AppealNotOver>());
    world.advance(world.period + 1);
    EXPECT_TRUE(world.stake(bob, id, 1, 1).refused_as<disputes::AppealOver>());
    EXPECT_EQ(world.status(id), 0);
    ASSERT_TRUE(world.advance_dispute(id).ok());
    world.advance(2 * world.period + 2);
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(told(), 1_u256) << "a ruling is overturned by votes only";
    // The seniors were silent: what was staked goes back whole, there being no winner to have it.
    EXPECT_EQ(world.collect_stake(id, 0, 2, alice).value<u256>(), 100_u256);
    for (uint16_t i = 0; i < 2; ++i) ASSERT_TRUE(world.collect_fee(id, 0, juror(i)).ok());
    EXPECT_EQ(world.locked(), 0_u256);
}

TEST_F(DisputeMoneyTest, stakes_that_took_no_part_go_back_whole) {
    const u256 id = open(appealable, 3);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.stake(alice, id, 2, 99).ok());
    ASSERT_TRUE(world.stake(bob, id, 3, 40).ok());
    EXPECT_TRUE(world.collect_stake(id, 0, 2, alice).refused_as<disputes::WrongStage>());
    world.advance(world.period + 1);
    ASSERT_TRUE(world.execute(id).ok()) << "no side was full: the ruling stands";
    EXPECT_EQ(told(), 1_u256);
    EXPECT_EQ(world.collect_stake(id, 0, 2, alice).value<u256>(), 99_u256);
    EXPECT_EQ(world.collect_stake(id, 0, 3, bob).value<u256>(), 40_u256);
}

TEST_F(DisputeMoneyTest, a_third_choice_gives_both_sides_what_the_jurors_leave) {
    const u256 id = open(appealable, 3);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.stake(alice, id, 2, 100).ok());
    ASSERT_TRUE(world.stake(bob, id, 1, 50).ok());
    world.advance(world.period + 1);
    ASSERT_TRUE(world.advance_dispute(id).ok());
    world.vote(id, {{senior(0), 3}, {senior(1), 3}, {senior(2), 3}});
    ASSERT_TRUE(world.advance_dispute(id).ok());
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(world.collect_stake(id, 0, 2, alice).value<u256>(), 66_u256);
    EXPECT_EQ(world.collect_stake(id, 0, 1, bob).value<u256>(), 34_u256);
}

}  // namespace
}  // namespace plume
