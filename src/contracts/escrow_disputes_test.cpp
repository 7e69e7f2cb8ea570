// An escrow vault in dispute: fees, deadlines, rulings, and arbitrators and currencies of doubtful
// character.
#include <gtest/gtest.h>

#include "contracts/escrow.hpp"
#include "support/escrows.hpp"

namespace plume {
namespace {

using namespace literals;
using test::EscrowWorld;
using test::Outcome;
using test::person;

constexpr uint64_t day = EscrowWorld::day;
const Address anyone = EscrowWorld::anyone();
const Address payer = EscrowWorld::payer();
const Address payee = EscrowWorld::payee();

/// An arbitrator that does not keep to its posted cost, or to the rules.
class Rogue : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void behave(uint8_t how, u256 cost) {
        set(how_, how);
        set(cost_, cost);
    }
    u256 arbitration_cost(Bytes, Address) const { return get(cost_); }
    u256 create_dispute(u256, Bytes, Address token, u256 amount) {
        const uint8_t how = get(how_);
        require(how != 1, ErrorString{"no"});
        // 2 takes less, 3 tries to take more, 4 gives each dispute the same number.
        const u256 taken = how == 2 ? amount - 1_u256 : how == 3 ? amount + 1_u256 : amount;
        if (!taken.is_zero()) erc20::pull(*this, token, sender(), taken);
        if (how != 4) set(count_, get(count_) + 1_u256);
        return get(count_);
    }
    void rule(Address vault, u256 id, u256 ruling) {
        using Rule = Remote<"rule(uint256 disputeID, uint256 ruling)", void, u256, u256>;
        Rule::call(*this, vault, id, ruling);
    }

    static constexpr auto constructor = Method<"constructor()", &Rogue::construct>{};
    static constexpr auto abi = Methods<
        Method<"behave(uint8 how, uint256 cost)", &Rogue::behave>,
        Method<"arbitrationCost(bytes extraData, address token) view returns (uint256)",
               &Rogue::arbitration_cost>,
        Method<"createDispute(uint256 choices, bytes extraData, address token, uint256 amount) "
               "returns (uint256)",
               &Rogue::create_dispute>,
        Method<"rule(address vault, uint256 id, uint256 ruling)", &Rogue::rule>>{};

private:
    static constexpr Slot<uint8_t> how_{0};
    static constexpr Slot<u256> cost_{1};
    static constexpr Slot<u256> count_{2};
};

const NativeType& rogue_type() {
    static const NativeType type = native_type<Rogue>(60'004, 1, "Rogue");
    return type;
}

class EscrowDisputeTest : public testing::Test {
protected:
    EscrowDisputeTest() : world(std::span(&rogue_type(), 1)) {}

    /// Before an arbitrator that asks for `cost`.
    void begin_with_rogue(uint8_t how, uint64_t cost, const std::vector<uint64_t>& amounts) {
        rogue = world.create(world.founder(), "Rogue", keccak256(std::to_string(cost)))
                    .value<Address>();
        behave(how, cost);
        EscrowTerms terms = world.terms();
        terms.arbitrator = rogue;
        std::vector<Tranche> plan;
        for (const uint64_t amount : amounts) plan.push_back(world.tranche(amount));
        ASSERT_TRUE(world.create_escrow(terms, plan).ok());
        ASSERT_TRUE(world.fund().ok());
        start_payer = world.money_of(payer);
        start_payee = world.money_of(payee);
    }
    void begin(const std::vector<uint64_t>& amounts) {
        world.begin(amounts);
        start_payer = world.money_of(payer);
        start_payee = world.money_of(payee);
    }
    void behave(uint8_t how, uint64_t cost) {
        world.send<"behave(uint8,uint256)">(anyone, rogue, how, u256{cost});
    }
    /// What somebody has gained since the escrow was funded, with what is due to him.
    u256 gain(const Address& who) {
        return world.money_of(who) + world.due_in_vault(who) -
               (who == payer ? start_payer : start_payee);
    }
    Outcome rule(const Address& by, const u256& number, uint64_t ruling) {
        return world.send<"rule(uint256,uint256)">(by, world.vault(), number, u256{ruling});
    }

    EscrowWorld world;
    Address rogue;
    u256 start_payer, start_payee;
};

TEST_F(EscrowDisputeTest, the_winner_has_his_deposit_back_to_the_unit) {
    for (const uint64_t ruling : {1, 2}) {
        begin({501});
        const u256 number = world.open_dispute(0);
        EXPECT_EQ(world.deposits(), u256{EscrowWorld::fee});
        ASSERT_TRUE(world.decide(number, ruling).value<bool>());
        EXPECT_EQ(gain(payer), ruling == 1 ? 501_u256 : -u256{EscrowWorld::fee});
        EXPECT_EQ(gain(payee), ruling == 2 ? 501_u256 : -u256{EscrowWorld::fee});
        EXPECT_EQ(world.state(0), ruling == 1 ? 2 : 1);
        EXPECT_EQ(world.deposits(), 0_u256);
        EXPECT_TRUE(world.recover(0).refused_with(EscrowVault::NothingToRecover{0_u256}));
        for (const Address& side : {payer, payee}) world.withdraw(side);
        EXPECT_EQ(world.held(), 0_u256);
        EXPECT_EQ(world.money_of(world.vault()), 0_u256) << "nothing stays behind";
    }
}

TEST_F(EscrowDisputeTest, silent_jurors_split_and_both_get_their_deposits_back) {
    begin({501});
    const u256 number = world.open_dispute(0);
    world.advance(world.period + 1);
    ASSERT_TRUE(world.execute(number).value<bool>());
    EXPECT_EQ(world.state(0), 3);
    EXPECT_EQ(gain(payer), 251_u256 - 15_u256) << "the odd unit is the payer's";
    EXPECT_EQ(gain(payee), 250_u256 - 15_u256);
    ASSERT_TRUE(world.recover(0).ok());
    EXPECT_EQ(gain(payer), 251_u256);
    EXPECT_EQ(gain(payee), 250_u256);
    EXPECT_TRUE(world.recover(0).refused_with(EscrowVault::NothingToRecover{0_u256}));
}

// X-4, kleros/erc-792 #28: the payee could fund a dispute after the payer had reclaimed.
TEST_F(EscrowDisputeTest, kleros_792_28_nobody_pays_in_after_the_time_for_it) {
    begin({500});
    ASSERT_TRUE(world.claim(0).ok());
    ASSERT_TRUE(world.dispute(0).ok());
    EXPECT_TRUE(world.expire(0).refused_as<EscrowVault::StepNotOver>());
    world.advance(day);
    EXPECT_TRUE(world.expire(0).refused_as<EscrowVault::StepNotOver>()) << "the last second to pay";
    world.advance(1);
    EXPECT_TRUE(world.deposit(0).refused_as<EscrowVault::StepOver>());
    ASSERT_TRUE(world.expire(0).ok());
    EXPECT_TRUE(world.deposit(0).refused_with(EscrowVault::WrongDisputeStage{0_u256, 4, 1}));
    EXPECT_TRUE(world.open(0).refused_with(EscrowVault::WrongDisputeStage{0_u256, 4, 2}));
    EXPECT_EQ(gain(payer), 500_u256) << "the deposit of an unfunded dispute comes back";
    EXPECT_EQ(gain(payee), 0_u256);
}

// kleros-interaction #214: the cost went up after one side had paid, and went to and fro.
TEST_F(EscrowDisputeTest, kleros_214_a_fee_is_fixed_when_the_dispute_begins) {
    begin_with_rogue(0, 40, {500});
    ASSERT_TRUE(world.claim(0).ok());
    ASSERT_TRUE(world.dispute(0).ok());
    behave(0, 90);
    ASSERT_TRUE(world.deposit(0).ok());
    EXPECT_EQ(world.deposits(), 80_u256);
    ASSERT_TRUE(world.open(0).ok()) << "the arbitrator is offered what it had posted";
    EXPECT_EQ(world.money_of(rogue), 40_u256);
}

// kleros-interaction #223: an arbitrator whose cost differs between the sides drained the escrow.
TEST_F(EscrowDisputeTest, kleros_223_an_arbitrator_takes_what_it_has_posted_and_no_more) {
    for (const uint8_t how : {2, 3}) {
        begin_with_rogue(how, 40 + how, {500, 1'000});
        ASSERT_TRUE(world.claim(0).ok());
        ASSERT_TRUE(world.dispute(0).ok());
        ASSERT_TRUE(world.deposit(0).ok());
        EXPECT_FALSE(world.open(0).ok());
        EXPECT_EQ(world.money_of(rogue), 0_u256);
        world.advance(day + 1);
        ASSERT_TRUE(world.expire(0).ok());
        EXPECT_EQ(world.state(0), 3);
        EXPECT_EQ(gain(payer), 250_u256) << "both deposits come back whole";
        EXPECT_EQ(gain(payee), 250_u256);
    }
}

// kleros-interaction #151: no fee is kept for a dispute that never was.
TEST_F(EscrowDisputeTest, kleros_151_an_arbitrator_that_refuses_keeps_no_fee_and_no_money) {
    begin_with_rogue(1, 40, {501});
    ASSERT_TRUE(world.claim(0).ok());
    ASSERT_TRUE(world.dispute(0).ok());
    ASSERT_TRUE(world.deposit(0).ok()) << "the payee's deposit does not depend on the arbitrator";
    EXPECT_FALSE(world.open(0).ok());
    EXPECT_TRUE(world.expire(0).refused_as<EscrowVault::StepNotOver>());
    behave(0, 40);
    ASSERT_TRUE(world.open(0).ok()) << "it may come to its senses in time";
    world.advance(30 * day);
    EXPECT_TRUE(world.expire(0).refused_as<EscrowVault::StepNotOver>());
    world.advance(1);
    ASSERT_TRUE(world.expire(0).ok()) << "a silent arbitrator";
    EXPECT_EQ(gain(payer), 251_u256 - 20_u256);
    EXPECT_EQ(gain(payee), 250_u256 - 20_u256);
    const auto late =
        world.send<"rule(address,uint256,uint256)">(anyone, rogue, world.vault(), 1_u256, 1_u256);
    EXPECT_TRUE(late.refused_with(EscrowVault::WrongDisputeStage{0_u256, 4, 3}));
}

TEST_F(EscrowDisputeTest, only_the_disputes_arbitrator_rules_once_and_within_the_choices) {
    begin_with_rogue(0, 40, {500, 500});
    ASSERT_TRUE(world.open_dispute(0) == 1_u256);
    EXPECT_TRUE(rule(anyone, 1_u256, 1).refused_with(EscrowVault::UnknownDispute{anyone, 1_u256}));
    const auto through = [&](const u256& number, uint64_t ruling) {
        return world.send<"rule(address,uint256,uint256)">(anyone, rogue, world.vault(), number,
                                                           u256{ruling});
    };
    EXPECT_TRUE(through(2_u256, 1).refused_with(EscrowVault::UnknownDispute{rogue, 2_u256}));
    EXPECT_TRUE(through(1_u256, 3).refused_with(EscrowVault::RulingInvalid{3_u256}));
    ASSERT_TRUE(through(1_u256, 2).ok());
    EXPECT_TRUE(through(1_u256, 1).refused_with(EscrowVault::WrongDisputeStage{0_u256, 4, 3}));
    EXPECT_EQ(gain(payee), 500_u256);
    behave(4, 40);
    ASSERT_TRUE(world.claim(1).ok());
    ASSERT_TRUE(world.dispute(1).ok());
    ASSERT_TRUE(world.deposit(1).ok());
    EXPECT_TRUE(world.open(1).refused_with(EscrowVault::DisputeNotOpened{1_u256}))
        << "a number that is another dispute's";
}

TEST_F(EscrowDisputeTest, a_fee_above_what_both_have_agreed_to_is_refused) {
    begin_with_rogue(0, 101, {500});
    ASSERT_TRUE(world.claim(0).ok());
    EXPECT_TRUE(world.dispute(0).refused_with(EscrowVault::FeeTooHigh{101_u256, 100_u256}));
    behave(0, 100);
    EXPECT_TRUE(world.dispute(0).ok());
}

TEST_F(EscrowDisputeTest, disputes_need_the_payer_and_a_claim_and_come_once) {
    begin({500});
    EXPECT_TRUE(world.dispute(0).refused_with(EscrowVault::NotClaimed{0_u256}));
    ASSERT_TRUE(world.claim(0).ok());
    EXPECT_TRUE((world.send<"dispute(uint256)">(payee, world.vault(), 0_u256)
                     .refused_with(EscrowVault::NotPayer{payee})));
    ASSERT_TRUE(world.dispute(0).ok());
    EXPECT_TRUE(world.dispute(0).refused_with(EscrowVault::InDispute{0_u256}));
    EXPECT_TRUE(world.release(payer, 0).refused_with(EscrowVault::InDispute{0_u256}));
    EXPECT_TRUE(world.reclaim(payee, 0).refused_with(EscrowVault::InDispute{0_u256}));
    EXPECT_TRUE((world.send<"depositFee(uint256)">(payer, world.vault(), 0_u256)
                     .refused_with(EscrowVault::NotPayee{payer})));
}

TEST_F(EscrowDisputeTest, another_arbitrator_judges_future_disputes_only) {
    begin({500, 300});
    const u256 number = world.open_dispute(0);
    const Address judge = world.create(world.founder(), "Rogue", {}).value<Address>();
    const u256 deadline{u256{1u} << 60};
    const Hash hash = keccak256(abi::encode(
        keccak256("ArbitratorChange(uint256 nonce,address arbitrator,bytes extraData,uint256 "
                  "feeMax,uint256 deadline)"),
        0_u256, judge, keccak256(Bytes{1}), 5_u256, deadline));
    const auto change = [&](const Consent& first, const Consent& second) {
        return world.send<
            "setArbitrator(address,bytes,uint256,uint256,(uint8,bytes32,bytes32),"
            "(uint8,bytes32,bytes32))">(anyone, world.vault(), judge, Bytes{1}, 5_u256, deadline,
                                        first, second);
    };
    const Consent of_payer = world.consent(EscrowWorld::payer_key(), hash);
    const Consent of_payee = world.consent(EscrowWorld::payee_key(), hash);
    EXPECT_TRUE(change(of_payer, of_payer).refused_with(EscrowVault::ConsentMissing{payee}));
    ASSERT_TRUE(change(of_payer, of_payee).ok());
    EXPECT_TRUE(change(of_payer, of_payee).refused_with(EscrowVault::ConsentMissing{payer}));
    EXPECT_TRUE(world.decide(number, 2).value<bool>()) << "the old one's ruling counts";
    EXPECT_EQ(world.state(0), 1);
    ASSERT_TRUE(world.claim(1).ok());
    ASSERT_TRUE(world.dispute(1).ok());
    EXPECT_EQ(world.deposits(), 0_u256) << "the new one is free";
    ASSERT_TRUE(world.deposit(1).ok());
    EXPECT_TRUE(world.open(1).ok());
}

// V-10: whoever cannot be paid where he is has himself paid elsewhere, and keeps nobody waiting.
TEST_F(EscrowDisputeTest, a_party_is_paid_where_it_wants) {
    begin({500});
    ASSERT_TRUE(world.release(payer, 0).ok());
    EXPECT_TRUE((world.send<"withdrawTo(address)">(payee, world.vault(), Address{})
                     .refused_as<purse::ReceiverInvalid>()));
    ASSERT_TRUE((world.send<"withdrawTo(address)">(payee, world.vault(), person(70)).ok()));
    EXPECT_EQ(world.money_of(person(70)), 500_u256);
}

}  // namespace
}  // namespace plume
