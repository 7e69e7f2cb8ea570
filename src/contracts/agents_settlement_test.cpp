#include <gtest/gtest.h>

#include "contracts/agents.hpp"
#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using test::AgentsWorld;
using test::person;

/// A consumer of Infernet's that remembers the last output, or refuses.
class Consumer : public Contract {
public:
    using Contract::Contract;

    using Refused = CustomError<"Refused()">;

    void construct(bool refuses) { set(refuses_, refuses); }
    void receive(uint32_t id, uint32_t, uint16_t redundancy, Address node, Bytes, Bytes output,
                 Bytes, Hash container, u256) {
        require(!get(refuses_) && sender() == contracts::agents && node == sender(), Refused{});
        require(redundancy == 3 && container == AgentsWorld::indicator(), Refused{});
        set(last_, abi::decode_one<i256>(output).value());
        set(id_, id);
    }
    std::tuple<i256, uint32_t> last() const { return {get(last_), get(id_)}; }

    static constexpr auto constructor = Method<"constructor(bool refuses)", &Consumer::construct>{};
    static constexpr auto abi = Methods<
        Method<"rawReceiveCompute(uint32 subscriptionId, uint32 interval, uint16 redundancy, "
               "address node, bytes input, bytes output, bytes proof, bytes32 containerId, "
               "uint256 index)",
               &Consumer::receive>,
        Method<"last() view returns (int256, uint32)", &Consumer::last>>{};

private:
    static constexpr Slot<bool> refuses_{0};
    static constexpr Slot<i256> last_{1};
    static constexpr Slot<uint32_t> id_{2};
};

class AgentsSettlement : public testing::Test {
protected:
    u256 settled(const std::vector<int64_t>& values) { return world.settled(values); }
    u256 final(const std::vector<int64_t>& values) { return world.concluded(values); }
    u256 owed(uint16_t i) { return world.owed(AgentsWorld::owner(i)); }

    u256 delivered_to(const Address& consumer) {
        Question question = world.question(3, 3);
        question.consumer = consumer;
        const u256 id = world.ask_agents(question);
        for (uint16_t i = 0; i < 3; ++i) world.commit(id, i, 5);
        for (uint16_t i = 0; i < 3; ++i) world.reveal(id, i, 5);
        world.settle(id);
        world.advance(AgentsWorld::challenge_seconds + 1);
        world.finalize(id);
        return id;
    }
    test::Outcome deliver(const u256& id) {
        return world.send<"deliver(uint256)">(person(99), contracts::agents, id);
    }

    AgentsWorld world{std::vector<NativeType>{native_type<Consumer>(60'106, 1, "Consumer")}};
};

TEST_F(AgentsSettlement, the_median_is_the_answer_and_who_is_near_it_is_paid) {
    const u256 id = settled({100, 103, 250});
    EXPECT_EQ(world.request_state(id), RequestState::settled);
    EXPECT_EQ(world.answer(id), i256::of(103));
    EXPECT_TRUE(world.finalize(id).refused_as<Agents::ChallengeOpen>());
    world.advance(AgentsWorld::challenge_seconds + 1);
    EXPECT_TRUE(world.finalize(id).ok());
    EXPECT_EQ(world.request_state(id), RequestState::final);
    EXPECT_EQ(owed(0), 450_u256);
    EXPECT_EQ(owed(1), 450_u256);
    EXPECT_EQ(owed(2), 0_u256) << "outside of the band";
    EXPECT_EQ(world.locked(AgentsWorld::owner(2)), 0_u256) << "but not slashed";
    EXPECT_TRUE(world.finalize(id).refused_as<Agents::WrongState>());
}

TEST_F(AgentsSettlement, of_two_middle_values_the_lower_is_the_median) {
    EXPECT_EQ(world.answer(settled({-7, 100, 3, 4})), i256::of(3));
}

TEST_F(AgentsSettlement, what_does_not_divide_goes_back_to_the_requester) {
    Question question = world.question(2, 3);
    question.bounty = {1'000_u256};
    const u256 id = world.ask_agents(question);
    for (uint16_t i = 0; i < 3; ++i) world.commit(id, i, 5);
    for (uint16_t i = 0; i < 3; ++i) world.reveal(id, i, 5);
    world.settle(id);
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_EQ(owed(0), 333_u256);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 1_u256);
}

TEST_F(AgentsSettlement, credits_are_collected_by_anyone_for_their_owner) {
    final({5, 5, 5});
    const u256 before = world.money_of(AgentsWorld::owner(0));
    EXPECT_TRUE(world.collect(AgentsWorld::owner(0)).ok());
    EXPECT_EQ(world.money_of(AgentsWorld::owner(0)), before + 300_u256);
    EXPECT_TRUE(world.collect(AgentsWorld::owner(0)).refused_as<agent_books::NothingOwed>());
}

TEST_F(AgentsSettlement, a_quorum_that_does_not_commit_returns_everything) {
    const u256 id = world.ask_agents(world.question(3, 3));
    world.commit(id, 0, 5);
    EXPECT_TRUE(world.reveal(id, 0, 5).refused_as<Agents::RevealsNotOpen>());
    EXPECT_TRUE(world.settle(id).refused_as<Agents::NotSettleable>());
    world.advance(AgentsWorld::commit_seconds + 1);
    EXPECT_TRUE(world.reveal(id, 0, 5).refused_as<Agents::RevealsNotOpen>());
    EXPECT_TRUE(world.settle(id).ok());
    EXPECT_EQ(world.request_state(id), RequestState::failed);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 900_u256);
    EXPECT_EQ(world.staked(AgentsWorld::owner(0)), AgentsWorld::endowment) << "nobody could reveal";
}

TEST_F(AgentsSettlement, missing_reveals_are_slashed_to_the_requester) {
    const u256 id = world.committed({5, 5, 5, 5});
    for (uint16_t i = 0; i < 3; ++i) world.reveal(id, i, 5);
    EXPECT_TRUE(world.settle(id).refused_as<Agents::NotSettleable>()) << "the fourth still may";
    world.advance(AgentsWorld::commit_seconds + AgentsWorld::reveal_seconds + 1);
    EXPECT_TRUE(world.reveal(id, 3, 5).refused_as<Agents::RevealsOver>());
    EXPECT_TRUE(world.settle(id).ok());
    EXPECT_EQ(world.request_state(id), RequestState::settled);
    EXPECT_EQ(world.staked(AgentsWorld::owner(3)), AgentsWorld::endowment - 20_u256);
    EXPECT_EQ(world.locked(AgentsWorld::owner(3)), 0_u256);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 20_u256);
    EXPECT_TRUE(world.score(AgentsWorld::owner(3)).is_negative());
}

TEST_F(AgentsSettlement, a_quorum_that_is_not_revealed_fails_and_slashes_who_is_missing) {
    const u256 id = world.committed({5, 5, 5});
    world.reveal(id, 0, 5);
    world.advance(AgentsWorld::commit_seconds + AgentsWorld::reveal_seconds + 1);
    EXPECT_TRUE(world.settle(id).ok());
    EXPECT_EQ(world.request_state(id), RequestState::failed);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 940_u256);
    EXPECT_EQ(world.staked(AgentsWorld::owner(0)), AgentsWorld::endowment);
    EXPECT_EQ(world.staked(AgentsWorld::owner(1)), AgentsWorld::endowment - 20_u256);
}

TEST_F(AgentsSettlement, a_challenge_that_is_upheld_corrects_and_slashes) {
    const u256 id = settled({100, 101, 40});
    const Address challenger = AgentsWorld::owner(2);
    EXPECT_TRUE(world.challenge(id, challenger, 102).refused_as<Agents::NothingToChallenge>());
    EXPECT_TRUE(world.challenge(id, challenger, 40).ok());
    EXPECT_TRUE(world.finalize(id).refused_as<Agents::WrongState>());
    EXPECT_TRUE(world.rule(0, 2).ok());
    EXPECT_EQ(world.request_state(id), RequestState::final);
    EXPECT_EQ(world.answer(id), i256::of(40));
    EXPECT_EQ(world.staked(AgentsWorld::owner(0)), AgentsWorld::endowment - 100_u256);
    EXPECT_EQ(world.owed(challenger), 100_u256 + 200_u256 + 900_u256)
        << "his bond, two stakes, and the bounty";
    EXPECT_TRUE(world.rule(0, 1).refused_as<Agents::WrongState>()) << "ruled once";
}

TEST_F(AgentsSettlement, a_challenge_that_is_lost_pays_who_was_right) {
    const u256 id = settled({100, 101, 102});
    EXPECT_TRUE(world.challenge(id, person(77), 40).ok());
    EXPECT_TRUE(world.rule(0, 1).ok());
    EXPECT_EQ(world.answer(id), i256::of(101));
    EXPECT_EQ(owed(0), 333_u256);
    EXPECT_EQ(world.owed(person(77)), 0_u256);
}

TEST_F(AgentsSettlement, where_neither_is_right_both_lose_to_the_requester) {
    const u256 id = settled({100, 101, 40});
    world.challenge(id, person(77), 7);
    EXPECT_TRUE(world.rule(0, 3).ok());
    EXPECT_EQ(world.request_state(id), RequestState::voided);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 900_u256 + 100_u256 + 200_u256);
    EXPECT_EQ(world.staked(AgentsWorld::owner(2)), AgentsWorld::endowment) << "he said neither";
}

TEST_F(AgentsSettlement, a_refusal_to_rule_and_a_silent_arbitrator_return_everything) {
    for (const bool is_silent : {false, true}) {
        const u256 id = settled({100, 101, 40});
        const u256 refunded = world.owed(AgentsWorld::requester());
        const u256 bonded = world.owed(person(77));
        world.challenge(id, person(77), 7);
        EXPECT_TRUE(world.expire(id).refused_as<Agents::ArbitrationOpen>());
        if (is_silent) {
            world.advance(Agents::arbitration_max_seconds + 1);
            EXPECT_TRUE(world.expire(id).ok());
        } else {
            EXPECT_TRUE(world.rule(0, 0).ok());
        }
        EXPECT_EQ(world.request_state(id), RequestState::voided);
        EXPECT_EQ(world.owed(AgentsWorld::requester()), refunded + 900_u256);
        EXPECT_EQ(world.owed(person(77)), bonded + 100_u256);
        EXPECT_EQ(world.staked(AgentsWorld::owner(0)), AgentsWorld::endowment);
    }
}

TEST_F(AgentsSettlement, only_the_arbitrator_rules_and_only_in_numbers_it_was_given) {
    const u256 id = settled({100, 101, 40});
    world.challenge(id, person(77), 7);
    EXPECT_TRUE(world.send<"rule(uint256,uint256)">(person(77), contracts::agents, 0_u256, 2_u256)
                    .refused_as<Agents::NotArbitrator>());
    EXPECT_TRUE(world.rule(5, 1).refused_as<Agents::UnknownDispute>());
    EXPECT_TRUE(world.rule(0, 4).refused_as<Agents::RulingInvalid>());
}

TEST_F(AgentsSettlement, a_challenge_pays_the_arbitrators_fee_exactly_and_in_time) {
    const u256 id = settled({100, 101, 40});
    EXPECT_TRUE(world.challenge(id, person(77), 7, 4_u256)
                    .refused_with(Agents::ArbitrationFee{4_u256, 5_u256}));
    EXPECT_TRUE(world.challenge(id, person(77), 7, 6_u256)
                    .refused_with(Agents::ArbitrationFee{6_u256, 5_u256}));
    world.advance(AgentsWorld::challenge_seconds + 1);
    EXPECT_TRUE(world.challenge(id, person(77), 7).refused_as<Agents::ChallengeOver>());
}

TEST_F(AgentsSettlement, attack_sybil_majority_is_worth_less_than_its_stakes) {
    // Three keys of one person outvote the honest agent; anyone may challenge.
    const u256 id = settled({9'000, 9'000, 9'000, 10});
    world.challenge(id, AgentsWorld::owner(3), 10);
    world.rule(0, 2);
    u256 stakes;
    for (uint16_t i = 0; i < 3; ++i) {
        EXPECT_EQ(owed(i), 0_u256);
        stakes += AgentsWorld::endowment - world.staked(AgentsWorld::owner(i));
    }
    EXPECT_EQ(stakes, 300_u256) << "the attackers' profit is -300";
}

TEST_F(AgentsSettlement, attack_bogus_challenge_to_shield_a_wrong_answer) {
    // The wrong majority challenges itself so that nobody else can; the arbitrator says neither.
    const u256 id = settled({9'000, 9'000, 9'000});
    world.challenge(id, person(77), 8'000);
    world.rule(0, 3);
    EXPECT_EQ(world.owed(AgentsWorld::requester()), 900_u256 + 300_u256 + 100_u256);
    EXPECT_EQ(world.owed(person(77)), 0_u256);
}

TEST_F(AgentsSettlement, a_result_is_delivered_as_infernet_would_and_once) {
    const Address consumer = world.create(person(1), "Consumer", {}, false).value<Address>();
    const u256 id = delivered_to(consumer);
    EXPECT_TRUE(deliver(id).ok());
    EXPECT_EQ((*abi::decode<i256, uint32_t>(world.ask<"last()">(consumer).result.output)),
              (std::tuple{i256::of(5), uint32_t{1}}));
    EXPECT_TRUE(deliver(id).refused_as<Agents::AlreadyDone>());
    EXPECT_TRUE(deliver(delivered_to({})).refused_as<Agents::NoConsumer>());
    EXPECT_TRUE(deliver(delivered_to(person(9))).refused_as<Agents::DeliveryFailed>());
}

TEST_F(AgentsSettlement, a_consumer_that_refuses_holds_up_nobody) {
    const u256 id = delivered_to(world.create(person(1), "Consumer", {}, true).value<Address>());
    EXPECT_TRUE(deliver(id).refused_as<Agents::DeliveryFailed>());
    EXPECT_EQ(world.request_state(id), RequestState::final);
    EXPECT_TRUE(world.collect(AgentsWorld::owner(0)).ok());
}

TEST_F(AgentsSettlement, official_results_make_the_history_of_their_subject) {
    const Hash root = keccak256("memory");
    world.send<"setLastMemoryHash(bytes32)">(AgentsWorld::requester(), contracts::agents, root);
    for (int round = 0; round < 3; ++round) final({5, 5, 5});
    world.endow(person(88));
    const u256 foreign = world.ask_agents(world.question(3, 3), person(88));
    for (uint16_t i = 0; i < 3; ++i) world.commit(foreign, i, 5);
    for (uint16_t i = 0; i < 3; ++i) world.reveal(foreign, i, 5);
    world.settle(foreign);
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(foreign);
    const auto all = world.ask<"fundingHistory(bytes32)">(contracts::agents, world.mission())
                         .value<std::vector<FundingEntry>>();
    ASSERT_EQ(all.size(), 3u) << "but not what others asked about it";
    EXPECT_EQ(all[0].request, 1_u256);
    EXPECT_EQ(all[0].value, i256::of(5));
    EXPECT_EQ(all[0].memory, root);
    const auto page = world
                          .ask<"fundingHistory(bytes32,uint256,uint256)">(
                              contracts::agents, world.mission(), 2_u256, u256_max)
                          .value<std::vector<FundingEntry>>();
    ASSERT_EQ(page.size(), 1u);
    EXPECT_EQ(page[0].request, 3_u256);
}

}  // namespace
}  // namespace plume
