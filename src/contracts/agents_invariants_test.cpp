// Each invariant of agents is broken once, by a mutation that a slip of the pen could make.
#include <gtest/gtest.h>

#include "contracts/agents.hpp"
#include "native/math.hpp"
#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::agents;
using test::AgentsWorld;
using test::Outcome;
using test::person;

/// Agents with wrong methods beside the right ones.
class CorruptedAgents : public Agents {
public:
    using Agents::Agents;

    // Money.
    void pay_silently(Address currency, u256 amount) {
        erc20::try_transfer(*this, currency, sender(), amount);
    }
    void collect_twice(Address currency) {
        const u256 amount = owed_to(sender(), currency);
        agent_books::collect(*this, currency, sender());
        erc20::try_transfer(*this, currency, sender(), amount);
    }
    void say_staked(Address currency) { emit(agent_books::Staked{sender(), currency, 1_u256}); }
    void say_escrowed(u256 id) { emit(agent_books::Escrowed{id, sender(), 1_u256}); }
    void say_credited(u256 id) { emit(agent_books::Credited{id, sender(), 1_u256}); }
    void say_locked(u256 id) { emit(agent_books::StakeLocked{id, sender(), 1_u256}); }
    // Requests.
    void unlock_seat(u256 id, Address owner) { agent_books::unlock(*this, id, owner, 100_u256); }
    void slash_some(u256 id, Address owner) { agent_books::slash(*this, id, owner, 1_u256); }
    void settle_higher(u256 id) {
        settle(id);
        set(requests_[id].value(), i256::of(1'000));
    }
    void jump(u256 id, uint8_t to) {
        set_state(id, RequestState{to});
        emit(Rated{id, sender(), sender(), 0});
    }
    void change_answer(u256 id) {
        set(requests_[id].value(), i256::of(1'000));
        emit(Rated{id, sender(), sender(), 0});
    }
    void hold_back(u256 id) { emit_end(id, RequestState::failed); }
    void end_with_locks(u256 id) {
        agent_books::credit(*this, id, sender(), agent_books::escrow_of(*this, id));
        emit_end(id, RequestState::failed);
    }
    void seat_again(u256 id, Address owner) {
        const detail::AgentSeatPlace seat = push(requests_[id].seats());
        set(seat.owner(), owner);
        set(seat.state(), uint8_t{1});
        emit(Committed{id, owner, 1_u256, Hash{}});
    }
    void settle_early(u256 id) {
        set(requests_[id].value(), {});
        emit_end(id, RequestState::settled);
    }
    // Registries.
    void give_agent(u256 id) { emit(Transfer{sender(), person(9), id}); }
    void take_agent(u256 id) { emit(Transfer{person(9), sender(), id}); }
    void say_response(Hash hash) {
        emit(ValidationResponse{sender(), 1_u256, hash, 1, "", Hash{}, ""});
    }

    static constexpr auto abi =
        Agents::abi +
        Methods<
            Method<"paySilently(address currency, uint256 amount)", &CorruptedAgents::pay_silently>,
            Method<"collectTwice(address currency)", &CorruptedAgents::collect_twice>,
            Method<"sayStaked(address currency)", &CorruptedAgents::say_staked>,
            Method<"sayEscrowed(uint256 id)", &CorruptedAgents::say_escrowed>,
            Method<"sayCredited(uint256 id)", &CorruptedAgents::say_credited>,
            Method<"sayLocked(uint256 id)", &CorruptedAgents::say_locked>,
            Method<"unlockSeat(uint256 id, address owner)", &CorruptedAgents::unlock_seat>,
            Method<"slashSome(uint256 id, address owner)", &CorruptedAgents::slash_some>,
            Method<"settleHigher(uint256 id)", &CorruptedAgents::settle_higher>,
            Method<"jump(uint256 id, uint8 to)", &CorruptedAgents::jump>,
            Method<"changeAnswer(uint256 id)", &CorruptedAgents::change_answer>,
            Method<"holdBack(uint256 id)", &CorruptedAgents::hold_back>,
            Method<"endWithLocks(uint256 id)", &CorruptedAgents::end_with_locks>,
            Method<"seatAgain(uint256 id, address owner)", &CorruptedAgents::seat_again>,
            Method<"settleEarly(uint256 id)", &CorruptedAgents::settle_early>,
            Method<"giveAgent(uint256 id)", &CorruptedAgents::give_agent>,
            Method<"takeAgent(uint256 id)", &CorruptedAgents::take_agent>,
            Method<"sayResponse(bytes32 hash)", &CorruptedAgents::say_response>>{};

private:
    void emit_end(const u256& id, RequestState state) {
        set_state(id, state);
        emit(RequestFailed{id, 0});
    }
};

class AgentsInvariants : public testing::Test {
protected:
    AgentsInvariants()
        : world({native_type<CorruptedAgents>(60'103, 1, "Corrupted")}, "Corrupted") {
        world.expect_broken_invariants();
    }

    template <FixedText signature, class... T>
    void breaks(std::string_view invariant, const T&... arguments) {
        const Outcome out = world.send<signature>(AgentsWorld::owner(0), agents, arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself is not refused";
        EXPECT_NE(out.broken.find(invariant), std::string::npos)
            << invariant << " is broken, not " << out.broken;
    }

    AgentsWorld world;
};

TEST_F(AgentsInvariants, the_right_methods_break_none) {
    const u256 id = world.concluded({5, 5, 50});
    EXPECT_EQ(world.request_state(id), RequestState::final);
    EXPECT_EQ(world.owed(AgentsWorld::owner(0)), 450_u256);
    EXPECT_TRUE(world.collect(AgentsWorld::owner(0)).broken.empty());
}

TEST_F(AgentsInvariants, money_that_leaves_without_being_booked) {
    breaks<"paySilently(address,uint256)">("G-1", world.currency(), 1_u256);
    world.concluded({5, 5, 5});
    breaks<"collectTwice(address)">("G-1", world.currency());
}

TEST_F(AgentsInvariants, books_that_do_not_move_as_events_say) {
    const u256 id = world.committed({5, 5, 5});
    breaks<"sayStaked(address)">("G-2", world.currency());
    breaks<"sayEscrowed(uint256)">("G-2", id);
    breaks<"sayCredited(uint256)">("G-2", id);
    breaks<"sayLocked(uint256)">("G-2", id);
}

TEST_F(AgentsInvariants, a_lock_that_is_given_up_early_or_in_part) {
    const u256 id = world.committed({5, 5, 5});
    breaks<"unlockSeat(uint256,address)">("G-4", id, AgentsWorld::owner(1));
    breaks<"slashSome(uint256,address)">("G-4", id, AgentsWorld::owner(1));
}

TEST_F(AgentsInvariants, an_answer_that_is_no_median_or_has_no_quorum) {
    const u256 id = world.committed({5, 5, 5});
    breaks<"settleEarly(uint256)">("O-7", id);
    for (uint16_t i = 0; i < 3; ++i) world.reveal(id, i, 5);
    breaks<"settleHigher(uint256)">("O-7", id);
}

TEST_F(AgentsInvariants, a_request_that_goes_where_no_arrow_leads) {
    const u256 open = world.committed({5, 5, 5});
    breaks<"jump(uint256,uint8)">("G-4", open, uint8_t{3});
    const u256 ended = world.concluded({5, 5, 5});
    breaks<"jump(uint256,uint8)">("G-4", ended, uint8_t{2});
    breaks<"changeAnswer(uint256)">("G-4", ended);
}

TEST_F(AgentsInvariants, an_end_that_leaves_money_or_locks) {
    const u256 id = world.committed({5, 5, 5});
    breaks<"holdBack(uint256)">("G-4", id);
    breaks<"endWithLocks(uint256)">("G-4", id);
}

TEST_F(AgentsInvariants, seats_that_nobody_may_have) {
    const u256 id = world.committed({5, 5, 5});
    breaks<"seatAgain(uint256,address)">("O-7", id, AgentsWorld::owner(0));
    const u256 roomy = world.ask_agents(world.question(2, 5));
    breaks<"seatAgain(uint256,address)">("O-7", roomy, AgentsWorld::requester());
    world.commit(roomy, 0, 5);
    breaks<"seatAgain(uint256,address)">("O-7", roomy, AgentsWorld::owner(0));
}

TEST_F(AgentsInvariants, registries_that_do_not_say_what_happened) {
    breaks<"giveAgent(uint256)">("I-1", 1_u256);
    breaks<"takeAgent(uint256)">("I-1", 1_u256);
    breaks<"sayResponse(bytes32)">("I-2", keccak256("none"));
}

}  // namespace
}  // namespace plume
