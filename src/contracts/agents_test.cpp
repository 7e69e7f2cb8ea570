#include "contracts/agents.hpp"

#include <gtest/gtest.h>

#include "contracts/condition.hpp"
#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using test::AgentsWorld;
using test::Outcome;
using test::person;

constexpr uint8_t at_least = static_cast<uint8_t>(Comparison::greater_or_equal);

class AgentsTest : public testing::Test {
protected:
    u256 settled(const std::vector<int64_t>& values) { return world.settled(values); }
    u256 final(const std::vector<int64_t>& values) { return world.concluded(values); }
    u256 owed(uint16_t i) { return world.owed(AgentsWorld::owner(i)); }

    AgentsWorld world;
};

TEST_F(AgentsTest, nobody_commits_once_seats_are_full_or_time_is_over) {
    const u256 id = world.committed({5, 5, 5});
    EXPECT_TRUE(world.commit(id, 3, 5).refused_with(Agents::CommitsOver{id}));
    const u256 other = world.ask_agents(world.question(3, 4));
    world.advance(AgentsWorld::commit_seconds);
    EXPECT_TRUE(world.commit(other, 0, 5).ok()) << "the last second";
    world.advance(1);
    EXPECT_TRUE(world.commit(other, 1, 5).refused_with(Agents::CommitsOver{other}));
}

TEST_F(AgentsTest, only_the_right_opening_of_a_commitment_is_taken_and_once) {
    const u256 id = world.committed({5, 6, 7});
    EXPECT_TRUE(world.reveal(id, 0, 6).refused_as<Agents::CommitmentWrong>());
    EXPECT_TRUE(world.reveal(id, 3, 6).refused_as<Agents::NotSeated>());
    EXPECT_TRUE(world.reveal(id, 0, 5).ok());
    EXPECT_TRUE(world.reveal(id, 0, 5).refused_as<Agents::AlreadyRevealed>());
}

TEST_F(AgentsTest, a_result_is_a_condition_from_the_block_after_it_is_final) {
    const u256 id = settled({100, 101, 102});
    const auto holds = [&](int64_t value, uint8_t op = at_least) {
        return world.ask<"resultAtLeast(uint256,uint8,int256)">(contracts::agents, id, op,
                                                                i256::of(value));
    };
    EXPECT_TRUE(holds(1).refused_as<Agents::ResultNotFinal>());
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_TRUE(holds(1).refused_as<Agents::ResultNotFinal>()) << "in the block that made it";
    world.next_block();
    EXPECT_TRUE(holds(101).value<bool>());
    EXPECT_FALSE(holds(102).value<bool>());
    EXPECT_TRUE(holds(101, 9).refused_as<UnknownComparison>());
}

TEST_F(AgentsTest, an_official_result_is_published_and_counts_for_kpi) {
    test::appoint(world, AgentsWorld::requester(), world.mission(), contracts::agents);
    const u256 id = final({80, 81, 82});
    const Outcome out = world.publish(id);
    EXPECT_TRUE(out.ok());
    world.next_block();
    EXPECT_TRUE((world
                     .ask<"kpi(bytes32,bytes32,uint64,uint64,uint8,int256,uint8)">(
                         contracts::attestations, world.mission(), AgentsWorld::indicator(),
                         uint64_t{10}, uint64_t{20}, at_least, i256::of(81), uint8_t{1})
                     .value<bool>()));
    EXPECT_TRUE(world.publish(id).refused_as<Agents::AlreadyDone>());
}

TEST_F(AgentsTest, nobody_but_the_missions_attester_makes_an_official_request) {
    world.endow(person(88));
    const u256 id = world.ask_agents(world.question(3, 3), person(88));
    for (uint16_t i = 0; i < 3; ++i) world.commit(id, i, 5);
    for (uint16_t i = 0; i < 3; ++i) world.reveal(id, i, 5);
    world.settle(id);
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_TRUE(world.publish(id).refused_with(Agents::NotOfficial{id}));
}

TEST_F(AgentsTest, a_question_has_to_be_answerable) {
    const auto refused = [&](auto change) {
        Question question = world.question(3, 3);
        change(question);
        return world.ask_outcome(question);
    };
    using Q = Question;
    EXPECT_TRUE(refused([](Q& q) { q.quorum = 1; }).template refused_as<Agents::QuorumInvalid>());
    EXPECT_TRUE(refused([](Q& q) { q.quorum = 4; }).template refused_as<Agents::QuorumInvalid>());
    EXPECT_TRUE(refused([](Q& q) { q.seats = Agents::seats_max; }).ok());
    EXPECT_TRUE(refused([](Q& q) {
                    q.seats = Agents::seats_max + 1;
                }).template refused_as<Agents::QuorumInvalid>());
    EXPECT_TRUE(refused([&](Q& q) {
                    q.commit_until = world.block().timestamp;
                }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(refused([&](Q& q) {
                    q.commit_until = world.block().timestamp + Agents::window_max_seconds + 1;
                    q.reveal_until = q.commit_until + 1'000;
                }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(refused([](Q& q) {
                    q.reveal_until = q.commit_until + 599;
                }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(
        refused([](Q& q) { q.reveal_until = q.commit_until + Agents::window_max_seconds; }).ok());
    EXPECT_TRUE(refused([](Q& q) {
                    q.reveal_until = q.commit_until + Agents::window_max_seconds + 1;
                }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(
        refused([](Q& q) { q.challenge = 3'599; }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(
        refused([](Q& q) { q.from = q.to + 1; }).template refused_as<Agents::TimesInvalid>());
    EXPECT_TRUE(refused([](Q& q) { q.stake = {}; }).template refused_as<agent_books::AmountZero>());
    EXPECT_TRUE(
        refused([](Q& q) { q.bounty = {}; }).template refused_as<agent_books::AmountZero>());
    EXPECT_TRUE(
        refused([](Q& q) { q.subject = keccak256("none"); }).template refused_as<RecordNotLive>());
    EXPECT_TRUE(refused([](Q& q) {
                    q.currency = person(5);
                }).template refused_as<agent_books::CurrencyInvalid>());
    EXPECT_TRUE(refused([](Q& q) { q.arbitration.resize(Agents::arbitration_size_max); }).ok());
    EXPECT_TRUE(refused([](Q& q) {
                    q.arbitration.resize(Agents::arbitration_size_max + 1);
                }).template refused_as<AgentIdentity::TextTooLong>());
}

TEST_F(AgentsTest, a_stake_cools_down_before_it_leaves) {
    const Address owner = AgentsWorld::owner(0);
    const u256 id = world.ask_agents(world.question(3, 3));
    world.commit(id, 0, 5);
    EXPECT_TRUE(world.begin_unstake(owner, AgentsWorld::endowment)
                    .refused_with(agent_books::StakeTooLow{owner, AgentsWorld::endowment - 100_u256,
                                                           AgentsWorld::endowment}));
    EXPECT_TRUE(world.begin_unstake(owner, 300_u256).ok());
    EXPECT_TRUE(world.finish_unstake(owner).refused_as<agent_books::StillCooling>());
    world.advance(agent_books::cooldown_seconds);
    const u256 before = world.money_of(owner);
    EXPECT_TRUE(world.finish_unstake(owner).ok());
    EXPECT_EQ(world.money_of(owner), before + 300_u256);
    EXPECT_TRUE(world.finish_unstake(owner).refused_as<agent_books::NothingCooling>());
    EXPECT_TRUE(world.begin_unstake(owner, 0_u256).refused_as<agent_books::AmountZero>());
}

TEST_F(AgentsTest, who_has_too_little_stake_or_reputation_has_no_seat) {
    Question question = world.question(2, 3);
    question.stake = {AgentsWorld::endowment + 1_u256};
    const u256 dear = world.ask_agents(question);
    EXPECT_TRUE(world.commit(dear, 0, 5).refused_as<agent_books::StakeTooLow>());
    question = world.question(2, 3);
    question.min_reputation = i256::of(100);
    const u256 id = world.ask_agents(question);
    EXPECT_TRUE(
        world.commit(id, 0, 5).refused_with(Agents::ReputationTooLow{i256::of(0), i256::of(100)}));
    final({5, 5, 5});
    question = world.question(2, 3);
    question.min_reputation = i256::of(100);
    EXPECT_TRUE(world.commit(world.ask_agents(question), 0, 5).ok()) << "one right answer is 100";
}

TEST_F(AgentsTest, reputation_is_what_settled_outcomes_come_to_and_halves) {
    final({100, 101, 250});
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(100));
    EXPECT_EQ(world.score(AgentsWorld::owner(2)), i256::of(-100));
    EXPECT_EQ(world.outcomes(AgentsWorld::owner(2)), 1u);
    world.advance(reputation::halving_seconds);
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(50));
    EXPECT_EQ(world.score(AgentsWorld::owner(2)), i256::of(-50));
    world.advance(10 * reputation::halving_seconds);
    EXPECT_EQ(world.score(AgentsWorld::owner(2)), i256::of(0)) << "towards zero";
    EXPECT_EQ(world.outcomes(AgentsWorld::owner(2)), 1u);
}

TEST_F(AgentsTest, a_score_is_worth_at_most_the_stake_behind_it) {
    final({100, 101, 102});
    final({100, 101, 102});
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(200));
    world.begin_unstake(AgentsWorld::owner(0), AgentsWorld::endowment - 50_u256);
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(50));
}

TEST_F(AgentsTest, the_requester_rates_once_who_was_paid) {
    const u256 id = settled({100, 101, 250});
    EXPECT_TRUE(world.rate(id, 0, 100).refused_as<Agents::WrongState>());
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_TRUE(world.rate(id, 0, 100).ok());
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(200));
    EXPECT_TRUE(world.rate(id, 0, 0).refused_as<Agents::AlreadyRated>());
    EXPECT_TRUE(world.rate(id, 2, 0).refused_as<Agents::NotPaid>());
    EXPECT_TRUE(world.rate(id, 1, 101).refused_as<Agents::RatingInvalid>());
    EXPECT_TRUE(world.rate(id, 1, 0, person(88)).refused_as<Agents::NotRequester>());
    EXPECT_TRUE(world.rate(id, 1, 25).ok());
    EXPECT_EQ(world.score(AgentsWorld::owner(1)), i256::of(50));
}

TEST_F(AgentsTest, attack_copied_answer) {
    // The copyist takes the commitment of another as his own; he cannot open it.
    const u256 id = world.ask_agents(world.question(2, 3));
    world.commit(id, 0, 5);
    world.commit(id, 1, 5);
    const Hash copied = world.commitment(id, AgentsWorld::owner(0), 5);
    EXPECT_TRUE(world.commit_hash(id, 2, copied).ok());
    world.reveal(id, 0, 5);
    EXPECT_TRUE(world.reveal_with(id, AgentsWorld::owner(2), 5, world.salt(AgentsWorld::owner(0)))
                    .refused_as<Agents::CommitmentWrong>());
    world.reveal(id, 1, 5);
    world.advance(AgentsWorld::commit_seconds + AgentsWorld::reveal_seconds + 1);
    world.settle(id);
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_EQ(owed(2), 0_u256);
    EXPECT_EQ(world.staked(AgentsWorld::owner(2)), AgentsWorld::endowment - 20_u256);
}

TEST_F(AgentsTest, attack_late_commit_after_seeing_a_reveal) {
    const u256 id = world.ask_agents(world.question(2, 4));
    world.commit(id, 0, 5);
    world.commit(id, 1, 5);
    EXPECT_TRUE(world.reveal(id, 0, 5).refused_as<Agents::RevealsNotOpen>())
        << "nothing is shown while somebody may still commit";
    world.advance(AgentsWorld::commit_seconds + 1);
    EXPECT_TRUE(world.reveal(id, 0, 5).ok());
    EXPECT_TRUE(world.commit(id, 2, 5).refused_as<Agents::CommitsOver>());
}

TEST_F(AgentsTest, attack_many_agents_of_one_owner) {
    const u256 id = world.ask_agents(world.question(3, 3));
    const u256 second = world.register_agent(AgentsWorld::owner(0));
    EXPECT_TRUE(world.commit(id, 0, 5).ok());
    EXPECT_TRUE(world.commit_as(AgentsWorld::owner(0), id, second, keccak256("x"))
                    .refused_with(Agents::AlreadySeated{AgentsWorld::owner(0)}));
    // Nor by handing the agent to a friend's key: each key has to lock a stake of its own.
    world.send<"transferFrom(address,address,uint256)">(AgentsWorld::owner(0), contracts::agents,
                                                        AgentsWorld::owner(0), person(66), second);
    EXPECT_TRUE(world.commit_as(person(66), id, second, keccak256("x"))
                    .refused_as<agent_books::StakeTooLow>());
}

TEST_F(AgentsTest, attack_request_answered_by_its_own_author) {
    const u256 mine = world.register_agent(AgentsWorld::requester());
    world.stake(AgentsWorld::requester(), 500_u256);
    const u256 id = world.ask_agents(world.question(2, 3));
    EXPECT_TRUE(world.commit_as(AgentsWorld::requester(), id, mine, keccak256("x"))
                    .refused_with(Agents::SelfDealing{AgentsWorld::requester()}));
    // With keys that nobody knows to be his: the score he makes is no more than what he can lose.
    for (int round = 0; round < 10; ++round) final({5, 5, 5});
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(1'000)) << "ten outcomes of 100";
    world.begin_unstake(AgentsWorld::owner(0), AgentsWorld::endowment);
    EXPECT_EQ(world.score(AgentsWorld::owner(0)), i256::of(0));
}

}  // namespace
}  // namespace plume
