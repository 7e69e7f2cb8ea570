// Assertions: who may assert what, for which bond; disputes; callbacks; what an attack costs.
#include "contracts/assertions.hpp"

#include <gtest/gtest.h>

#include "support/arbitration.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;
using test::person;

/// Is told of assertions, and does with it what it is told.
class Listener : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void behave(uint8_t how) { set(how_, how); }
    void resolved(Hash, bool truth) {
        obey();
        set(heard_, truth ? 1 : 2);
    }
    void disputed(Hash) {
        obey();
        set(heard_, 3);
    }
    uint8_t heard() const { return get(heard_); }

    static constexpr auto constructor = Method<"constructor()", &Listener::construct>{};
    static constexpr auto abi =
        Methods<Method<"behave(uint8 how)", &Listener::behave>,
                Method<"assertionResolvedCallback(bytes32 id, bool truth)", &Listener::resolved>,
                Method<"assertionDisputedCallback(bytes32 id)", &Listener::disputed>,
                Method<"heard() view returns (uint8)", &Listener::heard>>{};

private:
    void obey() {
        require(get(how_) != 1, ErrorString{"no"});
        while (get(how_) == 2) charge(10'000);
    }

    static constexpr Slot<uint8_t> how_{0, 0};
    static constexpr Slot<uint8_t> heard_{0, 1};
};

const NativeType& listener_type() {
    static const NativeType type = native_type<Listener>(60'002, 1, "Listener");
    return type;
}

class AssertionTest : public testing::Test {
protected:
    static constexpr uint64_t day = 86'400;

    AssertionTest() : world(std::span(&listener_type(), 1)) {
        listener = world.create(world.founder(), "Listener", {}).value<Address>();
        panel = world.create_panel(world.panel()).value<u256>();
        for (const Address& who : {alice, bob, mallory}) {
            world.give(who, u256{start});
            world.approve(who, world.arbitrator());
        }
        domain = open(terms()).value<Hash>();
    }

    /// 10,000 units are at stake, mallory would have them; a bond is 5 % of it.
    AssertionDomain terms() {
        return {.panel = panel,
                .value = {10'000_u256},
                .floor = {100_u256},
                .bond_share = 500,
                .beneficiary = mallory,
                .liveness = 0,
                .closes_at = world.block().timestamp + 30 * day};
    }
    static constexpr FixedText open_text =
        "openDomain((uint256,uint128,uint128,uint32,address,uint64,uint64))";
    Outcome open(const AssertionDomain& terms) {
        return world.send<open_text>(world.founder(), world.arbitrator(), terms);
    }
    static constexpr FixedText assert_text =
        "assertTruth(bytes,address,address,address,uint64,address,uint256,bytes32,bytes32)";
    Outcome make(const Address& by, uint64_t bond, uint64_t liveness = 3 * day,
                 std::string_view claim = "the school has opened", const Address& told = {}) {
        return world.send<assert_text>(by, world.arbitrator(), to_bytes(view_of(claim)), by, told,
                                       Address{}, liveness, world.currency(), u256{bond}, Hash{},
                                       domain);
    }
    Outcome dispute(const Address& by, const Hash& id) {
        return world.send<"disputeAssertion(bytes32,address)">(by, world.arbitrator(), id, by);
    }
    Outcome settle(const Hash& id) {
        return world.send<"settleAssertion(bytes32)">(world.anyone(), world.arbitrator(), id);
    }
    Outcome result(const Hash& id) {
        return world.ask<"getAssertionResult(bytes32)">(world.arbitrator(), id);
    }
    Outcome is_asserted(std::string_view claim = "the school has opened") {
        return world.ask<"isAsserted(bytes32,bytes32)">(world.arbitrator(), domain,
                                                        keccak256(claim));
    }
    Assertion stands(const Hash& id) {
        return world.ask<"getAssertion(bytes32)">(world.arbitrator(), id).value<Assertion>();
    }
    /// What somebody has gained, with what is due to him.
    i256 profit(const Address& who) { return {world.money_of(who) + world.due(who) - u256{start}}; }

    static constexpr uint64_t start = 100'000;
    const Address alice = person(61);
    const Address bob = person(62);
    const Address mallory = person(66);
    ArbitrationWorld world;
    Address listener;
    u256 panel;
    Hash domain;
};

TEST_F(AssertionTest, what_nobody_disputes_is_true_and_the_bond_comes_back) {
    const Outcome made = make(alice, 500, 3 * day, "the school has opened", listener);
    const Hash id = made.value<Hash>();
    EXPECT_EQ(made.events<assertions::AssertionMade>(world.arbitrator()).size(), 1u);
    EXPECT_TRUE(result(id).refused_with(assertions::AssertionNotSettled{id}));
    EXPECT_TRUE(is_asserted().refused_with(assertions::AssertionNotSettled{id}));
    world.advance(3 * day - 1);
    EXPECT_TRUE(settle(id).refused_as<assertions::AssertionNotExpired>());
    world.advance(1);
    EXPECT_TRUE(dispute(bob, id).refused_as<assertions::AssertionExpired>());
    ASSERT_TRUE(settle(id).ok());
    EXPECT_TRUE(result(id).value<bool>());
    EXPECT_TRUE(is_asserted().value<bool>());
    EXPECT_EQ(profit(alice), i256::of(0));
    EXPECT_EQ(world.locked(), 0_u256);
    EXPECT_EQ(world.ask<"heard()">(listener).value<uint8_t>(), 1);
    EXPECT_TRUE(settle(id).refused_with(assertions::AlreadySettled{id}));
    EXPECT_TRUE(make(alice, 500).refused_with(assertions::AlreadyAsserted{id}));
}

TEST_F(AssertionTest, the_winner_of_a_dispute_has_both_bonds_but_the_panels_fee) {
    for (const uint64_t ruling : {1, 2}) {
        const std::string claim = "claim " + std::to_string(ruling);
        const i256 alice_before = profit(alice);
        const i256 bob_before = profit(bob);
        const Hash id = make(alice, 500, 3 * day, claim, listener).value<Hash>();
        ASSERT_TRUE(dispute(bob, id).ok());
        EXPECT_EQ(world.ask<"heard()">(listener).value<uint8_t>(), 3);
        EXPECT_TRUE(dispute(bob, id).refused_with(assertions::AlreadyDisputed{id}));
        EXPECT_TRUE(settle(id).refused_as<disputes::VotingNotOver>());
        world.vote(stands(id).dispute, {{world.juror(0), ruling}, {world.juror(1), ruling}});
        ASSERT_TRUE(settle(id).ok());
        EXPECT_EQ(result(id).value<bool>(), ruling == 1);
        const u256 gain = 500_u256 - 30_u256;
        EXPECT_EQ(profit(alice).bits - alice_before.bits, ruling == 1 ? gain : -500_u256);
        EXPECT_EQ(profit(bob).bits - bob_before.bits, ruling == 1 ? -500_u256 : gain);
        for (uint16_t i = 0; i < 2; ++i)
            ASSERT_TRUE(world.collect_fee(stands(id).dispute, 0, world.juror(i)).ok());
        EXPECT_EQ(world.locked(), 0_u256);
    }
}

TEST_F(AssertionTest, what_a_silent_panel_leaves_open_is_an_error_and_everybody_has_his_bond_back) {
    const Hash id = make(alice, 501).value<Hash>();
    ASSERT_TRUE(dispute(bob, id).ok());
    world.advance(world.period + 1);
    ASSERT_TRUE(settle(id).ok());
    EXPECT_TRUE(result(id).refused_with(assertions::AssertionUnresolved{id}));
    EXPECT_TRUE(is_asserted().refused_with(assertions::AssertionUnresolved{id}));
    EXPECT_EQ(profit(alice), i256::of(0));
    EXPECT_EQ(profit(bob), i256::of(0));
    EXPECT_EQ(world.locked(), 0_u256);
    EXPECT_TRUE(make(alice, 500).ok()) << "it may be asserted again";
}

TEST_F(AssertionTest, a_refusal_that_was_voted_for_halves_what_the_fee_leaves) {
    const Hash id = make(alice, 501).value<Hash>();
    ASSERT_TRUE(dispute(bob, id).ok());
    world.vote(stands(id).dispute, {{world.juror(0), 0}, {world.juror(1), 0}});
    ASSERT_TRUE(settle(id).ok());
    EXPECT_EQ(profit(alice), i256::of(-15));
    EXPECT_EQ(profit(bob), i256::of(-15));
}

// UMA: a callback's recipient must not be able to block the settlement.
TEST_F(AssertionTest, a_callback_that_fails_blocks_nothing) {
    for (const uint8_t how : {1, 2}) {
        world.send<"behave(uint8)">(alice, listener, how);
        const std::string claim = "claim " + std::to_string(how);
        const Hash id = make(alice, 500, 3 * day, claim, listener).value<Hash>();
        const Outcome out = dispute(bob, id);
        ASSERT_TRUE(out.ok());
        EXPECT_EQ(out.events<Arbitrator::CallbackFailed>(world.arbitrator()).size(), 1u);
        world.vote(stands(id).dispute, {{world.juror(0), 2}, {world.juror(1), 2}});
        ASSERT_TRUE(settle(id).ok());
        EXPECT_FALSE(result(id).value<bool>());
    }
    const Hash to_nobody = make(alice, 500, 3 * day, "other", person(77)).value<Hash>();
    world.advance(3 * day);
    EXPECT_TRUE(settle(to_nobody).ok()) << "a recipient without code";
}

// O-6, PantherBase 2026-08: a question of the attacker's own, answered by himself with a small
// bond, unopposed for less than a day, moved everything. Each step of it is refused.
TEST_F(AssertionTest, pantherbase_a_cheap_unopposed_answer_is_not_taken) {
    const auto as_mallory = [&](uint64_t bond, uint64_t liveness, const Hash& in) {
        return world.send<assert_text>(mallory, world.arbitrator(), Bytes{1}, person(67), Address{},
                                       Address{}, liveness, world.currency(), u256{bond}, Hash{},
                                       in);
    };
    EXPECT_TRUE(as_mallory(500, 3 * day, keccak256("mine"))
                    .refused_with(assertions::UnknownDomain{keccak256("mine")}))
        << "nobody has asked";
    EXPECT_TRUE(make(alice, 499).refused_with(assertions::BondTooLow{499_u256, 500_u256}));
    EXPECT_TRUE(make(alice, 500, day).refused_with(assertions::LivenessInvalid{day, 3 * day}));
    EXPECT_TRUE(as_mallory(10'000, 3 * day, domain)
                    .refused_with(assertions::BeneficiaryUnbonded{mallory, 10'001_u256}))
        << "not for another either";
    world.advance(30 * day + 1);
    EXPECT_TRUE(make(alice, 500).refused_as<assertions::DomainClosed>());
    EXPECT_EQ(profit(mallory), i256::of(0));
}

// What is left is to lie through somebody else's name, openly for three days.
TEST_F(AssertionTest, pantherbase_a_lie_that_one_reader_disputes_costs_its_bond) {
    const Hash id = make(person(61), 500).value<Hash>();
    world.advance(3 * day - 1);
    ASSERT_TRUE(dispute(bob, id).ok());
    world.vote(stands(id).dispute, {{world.juror(0), 2}, {world.juror(1), 2}});
    ASSERT_TRUE(settle(id).ok());
    EXPECT_FALSE(is_asserted().value<bool>());
    EXPECT_EQ(profit(alice), i256::of(-500)) << "what the attacker has gained";
    EXPECT_EQ(profit(bob), i256::of(470)) << "what reading has earned";
}

TEST_F(AssertionTest, with_all_of_the_value_bonded_an_hour_is_enough) {
    EXPECT_TRUE(make(alice, 10'000, 3'599).refused_as<assertions::LivenessInvalid>());
    EXPECT_TRUE(make(alice, 9'999, 3'600).refused_as<assertions::LivenessInvalid>());
    EXPECT_TRUE(make(alice, 10'000, 3'600).ok());
    EXPECT_TRUE(make(mallory, 10'001, 3'600, "mine").ok()) << "the beneficiary, above the value";
}

TEST_F(AssertionTest, domains_and_claims_outside_of_their_bounds_are_refused) {
    const auto refused = [&]<class E>(const E& error, auto&& change) {
        AssertionDomain wrong = terms();
        change(wrong);
        return open(wrong).refused_with(error);
    };
    EXPECT_TRUE(open(terms()).refused_with(assertions::DomainExists{domain}));
    EXPECT_TRUE(refused(assertions::BondShareInvalid{499, 500},
                        [](AssertionDomain& d) { d.bond_share = 499; }));
    EXPECT_TRUE(refused(assertions::BondShareInvalid{10'001, 500},
                        [](AssertionDomain& d) { d.bond_share = 10'001; }));
    EXPECT_TRUE(refused(assertions::ValueZero{}, [](AssertionDomain& d) { d.value = {}; }));
    EXPECT_TRUE(refused(panels::UnknownPanel{7_u256, 1_u256},
                        [](AssertionDomain& d) { d.panel = 7_u256; }));
    const uint64_t now = world.block().timestamp;
    EXPECT_TRUE(refused(assertions::DomainTimeInvalid{now},
                        [&](AssertionDomain& d) { d.closes_at = now; }));
    const uint64_t latest = now + assertions::domain_span_max_seconds;
    EXPECT_TRUE(refused(assertions::DomainTimeInvalid{latest + 1},
                        [&](AssertionDomain& d) { d.closes_at = latest + 1; }));
    EXPECT_TRUE(
        refused(assertions::LivenessInvalid{assertions::liveness_max_seconds + 1, 3'600},
                [](AssertionDomain& d) { d.liveness = assertions::liveness_max_seconds + 1; }));
    AssertionDomain longest = terms();
    longest.closes_at = latest;
    longest.liveness = assertions::liveness_max_seconds;
    EXPECT_TRUE(open(longest).ok());
    EXPECT_TRUE(make(alice, 500, assertions::liveness_max_seconds + 1)
                    .refused_as<assertions::LivenessInvalid>());
    EXPECT_TRUE(make(alice, 500, 3 * day, "").refused_as<assertions::ClaimSizeInvalid>());
    const std::string longest_claim(assertions::claim_size_max, 'a');
    EXPECT_TRUE(
        make(alice, 500, 3 * day, longest_claim + "a").refused_as<assertions::ClaimSizeInvalid>());
    EXPECT_TRUE(make(alice, 500, 3 * day, longest_claim).ok());
}

TEST_F(AssertionTest, the_panels_cost_is_a_floor_of_the_bond) {
    Panel dear = world.panel();
    dear.fee = {400_u256};
    AssertionDomain in_dear = terms();
    in_dear.panel = world.create_panel(dear).value<u256>();
    const Hash id = open(in_dear).value<Hash>();
    EXPECT_EQ(world.ask<"leastBond(bytes32)">(world.arbitrator(), id).value<u256>(), 1'200_u256);
}

}  // namespace
}  // namespace plume
