// Votes, silence, and what a round comes to.
#include "contracts/disputes.hpp"

#include "support/petitions.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;

class DisputeTest : public test::DisputeFixture {};

TEST_F(DisputeTest, silence_ends_in_a_refusal_to_rule_and_the_fee_goes_back) {
    const u256 id = open(plain);
    EXPECT_TRUE(world.execute(id).refused_as<disputes::VotingNotOver>());
    world.advance(world.period);
    EXPECT_TRUE(world.advance_dispute(id).refused_as<disputes::VotingNotOver>())
        << "the last second to commit";
    world.advance(1);
    ASSERT_TRUE(world.execute(id).ok()) << "nobody has committed, so nobody can reveal";
    EXPECT_EQ(told(), 0_u256);
    EXPECT_EQ(times(), 1_u256);
    EXPECT_EQ(reclaim(id).value<u256>(), 30_u256);
    EXPECT_EQ(reclaim(id).value<u256>(), 0_u256);
    EXPECT_EQ(world.money_of(petitioner), 1'000_u256);
    EXPECT_TRUE((world.send<"reclaimFee(uint256)">(alice, world.arbitrator(), id)
                     .refused_with(Arbitrator::NotArbitrable{id, alice})));
}

TEST_F(DisputeTest, below_the_quorum_or_in_a_tie_nobody_has_ruled) {
    const u256 lonely = open(plain);
    world.vote(lonely, {{juror(0), 2}});
    ASSERT_TRUE(world.execute(lonely).ok());
    EXPECT_EQ(world.ruling(lonely), 0_u256);
    const u256 tied = open(plain);
    world.vote(tied, {{juror(0), 2}, {juror(1), 1}});
    ASSERT_TRUE(world.execute(tied).ok());
    EXPECT_EQ(world.ruling(tied), 0_u256);
    EXPECT_EQ(reclaim(tied).value<u256>(), 30_u256);
}

TEST_F(DisputeTest, the_voting_is_over_as_soon_as_all_have_voted) {
    const u256 id = open(plain);
    for (uint16_t i = 0; i < 3; ++i) ASSERT_TRUE(world.commit(juror(i), id, 1_u256).ok());
    for (uint16_t i = 0; i < 3; ++i) ASSERT_TRUE(world.reveal(juror(i), id, 1_u256).ok());
    EXPECT_TRUE(world.ask<"isDue(uint256)">(world.arbitrator(), id).value<bool>());
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(told(), 1_u256);
}

TEST_F(DisputeTest, votes_are_bound_to_their_juror_and_refused_out_of_order) {
    const u256 id = open(plain);
    EXPECT_TRUE(world.commit(alice, id, 1_u256).refused_with(disputes::NotJuror{plain, alice}));
    ASSERT_TRUE(world.commit(juror(0), id, 1_u256).ok());
    EXPECT_TRUE(world.commit(juror(0), id, 2_u256).refused_with(disputes::AlreadyVoted{juror(0)}));
    EXPECT_TRUE(world.reveal(juror(0), id, 1_u256).refused_as<disputes::RevealNotOpen>());
    // O-7: who copies another's commitment cannot reveal it.
    const Hash copied =
        world
            .ask<"commitment(uint256,address,uint256,bytes32)">(
                world.arbitrator(), id, juror(0), 1_u256, ArbitrationWorld::salt_of(juror(0)))
            .value<Hash>();
    ASSERT_TRUE(
        (world.send<"commit(uint256,bytes32)">(juror(1), world.arbitrator(), id, copied).ok()));
    world.advance(world.period + 1);
    EXPECT_TRUE(world.commit(juror(2), id, 1_u256).refused_as<disputes::CommitOver>());
    EXPECT_TRUE(
        (world
             .send<"reveal(uint256,uint256,bytes32)">(juror(1), world.arbitrator(), id, 1_u256,
                                                      ArbitrationWorld::salt_of(juror(0)))
             .refused_with(disputes::CommitmentDiffers{copied})));
    EXPECT_TRUE(world.reveal(juror(2), id, 1_u256).refused_as<disputes::CommitmentMissing>());
    ASSERT_TRUE(world.reveal(juror(0), id, 1_u256).ok());
    EXPECT_TRUE(world.reveal(juror(0), id, 1_u256).refused_as<disputes::AlreadyVoted>());
    world.advance(world.period);
    EXPECT_TRUE(world.reveal(juror(1), id, 1_u256).refused_as<disputes::RevealOver>());
}

TEST_F(DisputeTest, a_vote_for_no_choice_is_refused) {
    const u256 id = open(plain);
    ASSERT_TRUE(world.commit(juror(0), id, 3_u256).ok()) << "nobody can know yet";
    world.advance(world.period + 1);
    EXPECT_TRUE(
        world.reveal(juror(0), id, 3_u256).refused_with(disputes::RulingInvalid{3_u256, 2_u256}));
}

}  // namespace
}  // namespace plume
