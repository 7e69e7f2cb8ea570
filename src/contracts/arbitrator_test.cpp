// The Arbitrator's disputes: votes, silence, appeals, fees, and arbitrables that misbehave.
#include "contracts/arbitrator.hpp"

#include <gtest/gtest.h>

#include "support/arbitration.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;
using test::person;

/// An arbitrable that does with rulings as it is told.
class Petitioner : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void behave(uint8_t how) { set(how_, how); }
    u256 open(Address arbitrator, u256 choices, Bytes extra_data, Address token, u256 fee) {
        using Create = Remote<
            "createDispute(uint256 choices, bytes extraData, address feeToken, uint256 feeAmount) "
            "returns (uint256)",
            u256, u256, Bytes, Address, u256>;
        erc20::try_approve(*this, token, arbitrator, fee);
        return Create::call(*this, arbitrator, choices, extra_data, token, fee);
    }
    u256 reclaim(Address arbitrator, u256 id) {
        using Reclaim = Remote<"reclaimFee(uint256 disputeID) returns (uint256)", u256, u256>;
        return Reclaim::call(*this, arbitrator, id);
    }
    void rule(u256 id, u256 ruling) {
        const uint8_t how = get(how_);
        require(how != 1, ErrorString{"no"});
        while (how == 2) charge(10'000);  // Uses up all it is given.
        if (how == 3) {
            using Execute = Remote<"executeRuling(uint256 disputeID) returns (bool)", bool, u256>;
            Execute::call(*this, sender(), id);
        }
        set(ruling_, ruling);
        set(times_, get(times_) + 1_u256);
    }
    u256 ruling() const { return get(ruling_); }
    u256 times() const { return get(times_); }

    static constexpr auto constructor = Method<"constructor()", &Petitioner::construct>{};
    static constexpr auto abi = Methods<
        Method<"behave(uint8 how)", &Petitioner::behave>,
        Method<"open(address arbitrator, uint256 choices, bytes extraData, address token, uint256 "
               "fee) returns (uint256)",
               &Petitioner::open>,
        Method<"reclaim(address arbitrator, uint256 id) returns (uint256)", &Petitioner::reclaim>,
        Method<"rule(uint256 id, uint256 ruling)", &Petitioner::rule>,
        Method<"ruling() view returns (uint256)", &Petitioner::ruling>,
        Method<"times() view returns (uint256)", &Petitioner::times>>{};

private:
    static constexpr Slot<u256> ruling_{0};
    static constexpr Slot<u256> times_{1};
    static constexpr Slot<uint8_t> how_{2};
};

const NativeType& petitioner_type() {
    static const NativeType type = native_type<Petitioner>(60'001, 1, "Petitioner");
    return type;
}

class ArbitratorTest : public testing::Test {
protected:
    ArbitratorTest() : world(std::span(&petitioner_type(), 1)) {
        petitioner = world.create(world.founder(), "Petitioner", {}).value<Address>();
        above = world.create_panel(world.senior_panel()).value<u256>();
        plain = world.create_panel(world.panel()).value<u256>();
        appealable = world.create_panel(world.appealable_panel(above)).value<u256>();
        world.give(petitioner, 1'000_u256);
        for (const Address& who : {alice, bob, carol}) world.give(who, 1'000_u256);
    }

    u256 open(const u256& panel, uint64_t choices = 2) {
        const Outcome out = world.send<"open(address,uint256,bytes,address,uint256)">(
            world.anyone(), petitioner, world.arbitrator(), u256{choices},
            ArbitrationWorld::encoded(panel), world.currency(), 30_u256);
        return out.value<u256>();
    }
    void behave(uint8_t how) { world.send<"behave(uint8)">(world.anyone(), petitioner, how); }
    u256 told() { return world.ask<"ruling()">(petitioner).value<u256>(); }
    u256 times() { return world.ask<"times()">(petitioner).value<u256>(); }
    Outcome reclaim(const u256& id) {
        return world.send<"reclaim(address,uint256)">(world.anyone(), petitioner,
                                                      world.arbitrator(), id);
    }
    static Address juror(uint16_t n) { return ArbitrationWorld::juror(n); }
    static Address senior(uint16_t n) { return ArbitrationWorld::senior(n); }

    const Address alice = person(61);
    const Address bob = person(62);
    const Address carol = person(63);
    ArbitrationWorld world;
    Address petitioner;
    u256 above, plain, appealable;
};

TEST_F(ArbitratorTest, interface_ids_are_those_of_erc792) {
    const auto id_of = [](std::initializer_list<std::string_view> signatures) {
        Selector out;
        for (const auto signature : signatures)
            for (size_t i = 0; i < 4; ++i) out.bytes[i] ^= keccak256(signature).bytes[i];
        return out;
    };
    const Selector arbitrator =
        id_of({"createDispute(uint256,bytes)", "arbitrationCost(bytes)", "appeal(uint256,bytes)",
               "appealCost(uint256,bytes)", "appealPeriod(uint256)", "disputeStatus(uint256)",
               "currentRuling(uint256)"});
    EXPECT_EQ(to_hex(arbitrator), "0x2ef5e458");
    EXPECT_EQ(to_hex(id_of({"rule(uint256,uint256)"})), "0x311a6c56");
    EXPECT_TRUE(
        world.ask<"supportsInterface(bytes4)">(world.arbitrator(), arbitrator).value<bool>());
    EXPECT_FALSE(world
                     .ask<"supportsInterface(bytes4)">(world.arbitrator(),
                                                       Selector{{0xff, 0xff, 0xff, 0xff}})
                     .value<bool>());
}

TEST_F(ArbitratorTest, a_majority_rules_and_shares_the_fee) {
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

TEST_F(ArbitratorTest, a_fee_that_does_not_divide_is_paid_to_the_last_unit) {
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

TEST_F(ArbitratorTest, silence_ends_in_a_refusal_to_rule_and_the_fee_goes_back) {
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

TEST_F(ArbitratorTest, below_the_quorum_or_in_a_tie_nobody_has_ruled) {
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

TEST_F(ArbitratorTest, the_voting_is_over_as_soon_as_all_have_voted) {
    const u256 id = open(plain);
    for (uint16_t i = 0; i < 3; ++i) ASSERT_TRUE(world.commit(juror(i), id, 1_u256).ok());
    for (uint16_t i = 0; i < 3; ++i) ASSERT_TRUE(world.reveal(juror(i), id, 1_u256).ok());
    EXPECT_TRUE(world.ask<"isDue(uint256)">(world.arbitrator(), id).value<bool>());
    ASSERT_TRUE(world.execute(id).ok());
    EXPECT_EQ(told(), 1_u256);
}

TEST_F(ArbitratorTest, votes_are_bound_to_their_juror_and_refused_out_of_order) {
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

TEST_F(ArbitratorTest, a_vote_for_no_choice_is_refused) {
    const u256 id = open(plain);
    ASSERT_TRUE(world.commit(juror(0), id, 3_u256).ok()) << "nobody can know yet";
    world.advance(world.period + 1);
    EXPECT_TRUE(
        world.reveal(juror(0), id, 3_u256).refused_with(disputes::RulingInvalid{3_u256, 2_u256}));
}

// the ruling and the jurors' fees do not depend on the arbitrable.
TEST_F(ArbitratorTest, an_arbitrable_that_refuses_blocks_nobody) {
    for (const uint8_t how : {1, 2, 3}) {
        behave(how);
        const u256 before = times();
        const u256 id = open(plain);
        world.vote(id, {{juror(0), 1}, {juror(1), 1}});
        const Outcome out = world.execute(id);
        ASSERT_TRUE(out.ok());
        EXPECT_FALSE(out.value<bool>());
        EXPECT_EQ(out.events<Arbitrator::RulingUndelivered>(world.arbitrator()).size(), 1u);
        EXPECT_EQ(world.status(id), 2);
        EXPECT_TRUE(world.collect_fee(id, 0, juror(0)).ok()) << "the jurors are paid regardless";
        EXPECT_EQ(times(), before);
        behave(0);
        const Outcome again = world.execute(id);
        EXPECT_TRUE(again.value<bool>());
        EXPECT_TRUE(again.events<Arbitrator::Ruling>(world.arbitrator()).empty()) << "told once";
        EXPECT_EQ(times(), before + 1_u256);
        EXPECT_TRUE(world.execute(id).refused_with(Arbitrator::AlreadyDelivered{id}));
        EXPECT_EQ(times(), before + 1_u256) << "ruled once";
    }
}

TEST_F(ArbitratorTest, nobody_makes_a_ruling_fail_by_sparing_gas) {
    const u256 id = open(plain);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    const Outcome out = world.send_data(alice, world.arbitrator(),
                                        world.calldata<"executeRuling(uint256)">(id), {}, 900'000);
    EXPECT_TRUE(out.refused_as<InsufficientGas>());
    EXPECT_TRUE(world.execute(id).value<bool>());
}

TEST_F(ArbitratorTest, exactly_the_posted_cost_is_taken) {
    EXPECT_EQ((world
                   .ask<"arbitrationCost(bytes,address)">(
                       world.arbitrator(), ArbitrationWorld::encoded(plain), world.currency())
                   .value<u256>()),
              30_u256);
    for (const u256& fee : {29_u256, 31_u256, 0_u256})
        EXPECT_TRUE(world.create_dispute(alice, plain, 2_u256, fee)
                        .refused_with(Arbitrator::FeeWrong{fee, 30_u256}));
    EXPECT_TRUE(world.create_dispute(alice, plain, 1_u256, 30_u256)
                    .refused_with(disputes::ChoicesInvalid{1_u256}));
    EXPECT_TRUE(
        world.create_dispute(alice, 9_u256, 2_u256, 30_u256).refused_as<panels::UnknownPanel>());
    EXPECT_TRUE(
        (world.ask<"arbitrationCost(bytes)">(world.arbitrator(), ArbitrationWorld::encoded(plain))
             .refused_as<Arbitrator::FeeTokenDiffers>()));
    EXPECT_TRUE((world.ask<"arbitrationCost(bytes)">(world.arbitrator(), Bytes{1, 2})
                     .refused_with(Arbitrator::ExtraDataInvalid{})));
    EXPECT_EQ(world.money_of(alice), 1'000_u256);
}

TEST_F(ArbitratorTest, a_panel_may_be_paid_in_coin) {
    Panel in_coin = world.panel();
    in_coin.currency = {};
    const u256 panel = world.create_panel(in_coin).value<u256>();
    world.state().set_balance(alice, 100_u256);
    const Bytes call =
        world.calldata<"createDispute(uint256,bytes)">(2_u256, ArbitrationWorld::encoded(panel));
    EXPECT_TRUE(world.send_data(alice, world.arbitrator(), call, 31_u256)
                    .refused_with(Arbitrator::FeeWrong{31_u256, 30_u256}));
    const u256 id = world.send_data(alice, world.arbitrator(), call, 30_u256).value<u256>();
    EXPECT_TRUE(world.create_dispute(alice, panel, 2_u256, 30_u256)
                    .refused_as<Arbitrator::FeeTokenDiffers>());
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    EXPECT_FALSE(world.execute(id).value<bool>()) << "nobody to be told lives at an account";
    ASSERT_TRUE(world.collect_fee(id, 0, juror(0)).ok());
    ASSERT_TRUE(
        (world.send<"withdraw(address,address)">(alice, world.arbitrator(), Address{}, juror(0))
             .ok()));
    EXPECT_EQ(world.state().balance(juror(0)), 15_u256);
}

// Appeals.

TEST_F(ArbitratorTest, an_appeal_goes_to_the_panel_above_and_the_loser_pays) {
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

TEST_F(ArbitratorTest, an_appeal_that_nobody_answers_takes_place_all_the_same) {
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

TEST_F(ArbitratorTest, stakes_that_took_no_part_go_back_whole) {
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

TEST_F(ArbitratorTest, a_third_choice_gives_both_sides_what_the_jurors_leave) {
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
