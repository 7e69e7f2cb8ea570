// Claims of a milestone vault before the Arbitrator: who may dispute, what a ruling does, and where
// every unit of fees and bonds goes.
#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "contracts/arbitrator.hpp"
#include "contracts/claims.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;

constexpr uint64_t period = 600;
constexpr uint64_t challenge = 500;
constexpr uint64_t fee = 30;
constexpr uint64_t bond = 40;
const Address anyone = person(99);
const Address challenger = person(51);
const Address teacher = VaultWorld::teacher(0);
const Address donor = VaultWorld::donor(0);

/// Wrong steps of a vault beside the right ones.
class Partial : public Vault {
public:
    using Vault::Vault;
    void unclaim(u256 id) { tranches::set_claimed_at(*this, TrancheId{id.low64()}, 0); }
    void forget_bond(u256 id) { claims::take_bond(*this, TrancheId{id.low64()}); }
    void forget_dispute(u256 id) { claims::begin(*this, TrancheId{id.low64()}, sender(), {}); }
    void reject_again(u256 id) {
        claims::end(*this, TrancheId{id.low64()}, claims::Stage::rejected);
    }
    void release_in_dispute(u256 id) {
        claims::end(*this, TrancheId{id.low64()}, claims::Stage::stands);
        release(id);
        claims::open(*this, TrancheId{id.low64()}, claims::status(*this, TrancheId{0}).dispute,
                     challenger);
    }
    void pay_bond_twice(Address to) { erc20::try_transfer(*this, asset(), to, 1_u256); }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"unclaim(uint256 id)", &Partial::unclaim>,
                             Method<"forgetBond(uint256 id)", &Partial::forget_bond>,
                             Method<"forgetDispute(uint256 id)", &Partial::forget_dispute>,
                             Method<"rejectAgain(uint256 id)", &Partial::reject_again>,
                             Method<"releaseInDispute(uint256 id)", &Partial::release_in_dispute>,
                             Method<"payBondTwice(address to)", &Partial::pay_bond_twice>>{};
};

class VaultDisputesTest : public testing::Test {
protected:
    VaultDisputesTest() : world({native_type<Partial>(60'081, 1, "Partial")}) {
        constexpr FixedText panel_text =
            "createPanel((string,address,uint128,uint8,uint64,uint64,uint64,uint256,address[]))";
        const Panel panel{.name = "Guild",
                          .currency = world.currency(),
                          .fee = {10_u256},
                          .quorum = 2,
                          .commit_seconds = period,
                          .reveal_seconds = period,
                          .appeal_seconds = 0,
                          .appeal_panel = {},
                          .jurors = {person(31), person(32), person(33)}};
        extra_data = abi::encode(
            world.send<panel_text>(world.steward(), contracts::arbitrator, panel).value<u256>());
    }

    Outcome set_panel(const Bytes& data, const u256& amount) {
        return world.send<"setPanel(bytes,uint128)">(world.steward(), world.vault(), data,
                                                     u128{amount});
    }
    void draft(std::string_view type = "Vault") {
        Tranche tranche = world.tranche(0, 900_u256);
        tranche.challenge = challenge;
        tranche.deadline += 5'000;
        tranche.cancel = world.when_on(50);
        ASSERT_TRUE(world.create_vault(world.terms(), {tranche}, false, type).ok());
    }
    /// An active vault of 900 whose switch is on, and whose tranche is claimed.
    void begin(std::string_view type = "Vault") {
        draft(type);
        ASSERT_TRUE(set_panel(extra_data, u256{bond}).ok());
        ASSERT_TRUE(world.send<"open()">(world.steward(), world.vault()).ok());
        ASSERT_TRUE(world.contribute(donor, 900_u256).ok());
        world.turn(0, Switchboard::on);
        world.endow(challenger, 1'000_u256, world.currency());
        world.endow(teacher, 1'000_u256, world.currency());
        ASSERT_TRUE(world.claim(teacher, 0).ok());
    }
    Outcome dispute(const Address& by = challenger) {
        return world.send<"dispute(uint256)">(by, world.vault(), 0_u256);
    }
    Outcome decide(const u256& number, uint64_t ruling) {
        for (uint16_t juror = 31; juror < 34; ++juror) {
            const Hash commitment = world
                                        .ask<"commitment(uint256,address,uint256,bytes32)">(
                                            contracts::arbitrator, number, person(juror),
                                            u256{ruling}, keccak256("salt"))
                                        .value<Hash>();
            world.send<"commit(uint256,bytes32)">(person(juror), contracts::arbitrator, number,
                                                  commitment);
        }
        world.advance(period + 1);
        for (uint16_t juror = 31; juror < 34; ++juror)
            world.send<"reveal(uint256,uint256,bytes32)">(person(juror), contracts::arbitrator,
                                                          number, u256{ruling}, keccak256("salt"));
        world.advance(period + 1);
        return world.send<"executeRuling(uint256)">(anyone, contracts::arbitrator, number);
    }
    /// The claim is disputed and rejected.
    u256 reject() {
        const u256 number = dispute().value<u256>();
        EXPECT_TRUE(decide(number, 2).value<bool>());
        return number;
    }
    Outcome return_bond() {
        return world.send<"returnBond(uint256)">(anyone, world.vault(), 0_u256);
    }
    u256 due(const Address& account) { return world.number<"due(address)">(account); }
    u256 bonds() { return world.number<"bonds()">(); }
    uint8_t stage() {
        return std::get<1>(
            *abi::decode<u256, uint8_t, Address, uint64_t, uint64_t, uint32_t, Address, u128>(
                world.ask<"disputeOf(uint256)">(world.vault(), 0_u256).result.output));
    }

    VaultWorld world;
    Bytes extra_data;
};

TEST_F(VaultDisputesTest, the_panel_is_part_of_the_plan_and_named_in_draft_only) {
    draft();
    const Hash before = world.ask<"planHash()">(world.vault()).value<Hash>();
    EXPECT_TRUE(set_panel(extra_data, 0_u256).refused_as<Vault::AmountZero>());
    EXPECT_TRUE(set_panel(Bytes(claims::extra_data_max + 1), 1_u256)
                    .refused_as<claims::ExtraDataTooLong>());
    EXPECT_FALSE(set_panel(Bytes(claims::extra_data_max), 1_u256).ok()) << "no such panel";
    EXPECT_TRUE(
        (world.send<"setPanel(bytes,uint128)">(donor, world.vault(), extra_data, u128{1_u256})
             .refused_with(Vault::NotSteward{donor})));
    ASSERT_TRUE(set_panel(extra_data, 1_u256).ok());
    EXPECT_NE(world.ask<"planHash()">(world.vault()).value<Hash>(), before);
    world.send<"open()">(world.steward(), world.vault());
    EXPECT_TRUE(set_panel(extra_data, 1_u256).refused_with(Vault::WrongPhase{1, 0}));
}

TEST_F(VaultDisputesTest, without_a_panel_no_claim_is_disputed) {
    draft();
    world.send<"open()">(world.steward(), world.vault());
    world.contribute(donor, 900_u256);
    world.claim(teacher, 0);
    EXPECT_TRUE(dispute().refused_with(Vault::PanelMissing{}));
}

TEST_F(VaultDisputesTest, only_a_claim_is_disputed_once_and_within_its_window) {
    begin();
    const uint64_t over = world.block().timestamp + challenge;
    world.advance(challenge - 1);
    ASSERT_TRUE(dispute().ok());
    EXPECT_TRUE(dispute().refused_as<Vault::AlreadyDisputed>());
    EXPECT_EQ(world.money_of(challenger), u256{1'000 - fee});
    EXPECT_TRUE(world.release(0).refused_as<Vault::InDispute>());
    begin();
    world.advance(challenge);
    EXPECT_TRUE(dispute().refused_as<Vault::ChallengeOver>());
    EXPECT_GT(world.block().timestamp, over);
}

TEST_F(VaultDisputesTest, a_claim_that_stands_is_released_at_once) {
    for (const uint64_t ruling : {0, 1}) {
        world.block().timestamp = world.funding_deadline() - VaultWorld::funding_seconds;
        begin();
        const u256 number = dispute().value<u256>();
        ASSERT_TRUE(decide(number, ruling).value<bool>());
        EXPECT_EQ(stage(), 2);
        EXPECT_TRUE(dispute().refused_as<Vault::AlreadyDisputed>());
        ASSERT_TRUE(world.release(0).ok());
        EXPECT_EQ(bonds(), 0_u256);
        EXPECT_EQ(due(challenger), 0_u256);
    }
}

TEST_F(VaultDisputesTest, a_rejected_claim_is_void_and_the_next_costs_a_bond) {
    begin();
    reject();
    EXPECT_EQ(stage(), 3);
    EXPECT_TRUE(world.release(0).refused_with(Vault::NotClaimed{0_u256}));
    EXPECT_EQ(world.number<"bondOf(uint256)">(0_u256), u256{bond});
    const u256 before = world.money_of(teacher);
    ASSERT_TRUE(world.claim(teacher, 0, keccak256("better")).ok());
    EXPECT_EQ(before - world.money_of(teacher), u256{bond});
    EXPECT_EQ(bonds(), u256{bond});
    EXPECT_TRUE(return_bond().refused_with(Vault::BondNeeded{0_u256}));
    world.advance(challenge);
    ASSERT_TRUE(world.release(0).ok());
    ASSERT_TRUE(return_bond().ok());
    EXPECT_EQ(due(teacher), u256{bond});
    EXPECT_TRUE(return_bond().refused_as<Vault::NothingToWithdraw>());
    ASSERT_TRUE(world.send<"withdrawDue(address)">(anyone, world.vault(), teacher).ok());
    EXPECT_EQ(world.money_of(world.vault()), 0_u256) << "nothing stays behind";
}

TEST_F(VaultDisputesTest, a_claim_rejected_again_loses_its_bond_to_the_challenger) {
    begin();
    reject();
    ASSERT_TRUE(world.claim(teacher, 0).ok());
    reject();
    EXPECT_EQ(due(challenger), u256{bond});
    EXPECT_EQ(bonds(), 0_u256);
    world.go_to(world.funding_deadline() + VaultWorld::tranche_seconds + 5'001);
    ASSERT_TRUE(world.reclaim(0).ok()) << "no dispute is open";
    EXPECT_EQ(world.withdrawable(donor), 900_u256);
}

TEST_F(VaultDisputesTest, silence_ends_and_gives_the_time_back) {
    begin();
    ASSERT_TRUE(dispute().ok());
    const uint64_t until = world.block().timestamp + claims::arbitration_max_seconds;
    world.go_to(until);
    EXPECT_TRUE(world.release(0).refused_with(Vault::InDispute{0_u256, until}));
    EXPECT_TRUE(world.reclaim(0).refused_as<Vault::NotReclaimable>());
    world.advance(1);
    EXPECT_EQ(stage(), 2);
    EXPECT_TRUE(world.ask<"isReleasable(uint256)">(world.vault(), 0_u256).value<bool>());
    world.go_to(until + claims::grace_seconds);
    EXPECT_TRUE(world.reclaim(0).refused_as<Vault::NotReclaimable>());
    world.advance(1);
    EXPECT_TRUE(world.release(0).refused_as<Vault::DeadlinePassed>());
    EXPECT_TRUE(world.reclaim(0).ok());
}

TEST_F(VaultDisputesTest, a_ruling_after_the_silence_comes_too_late) {
    begin();
    const u256 number = dispute().value<u256>();
    world.advance(claims::arbitration_max_seconds + 1);
    EXPECT_TRUE(
        (world.send<"rule(uint256,uint256)">(contracts::arbitrator, world.vault(), number, 2_u256)
             .refused_with(Vault::DisputeOver{number})));
}

TEST_F(VaultDisputesTest, only_the_arbitrator_rules_and_once) {
    begin();
    const u256 number = dispute().value<u256>();
    const auto rule = [&](const Address& by, const u256& which, uint64_t ruling) {
        return world.send<"rule(uint256,uint256)">(by, world.vault(), which, u256{ruling});
    };
    EXPECT_TRUE(rule(challenger, number, 2).refused_with(Vault::NotArbitrator{challenger}));
    EXPECT_TRUE(
        rule(contracts::arbitrator, 77_u256, 2).refused_with(Vault::UnknownDispute{77_u256}));
    EXPECT_TRUE(rule(contracts::arbitrator, number, 3).refused_with(Vault::RulingInvalid{3_u256}));
    ASSERT_TRUE(rule(contracts::arbitrator, number, 2).ok());
    EXPECT_TRUE(rule(contracts::arbitrator, number, 1).refused_with(Vault::DisputeOver{number}));
}

TEST_F(VaultDisputesTest, a_cancelled_tranche_goes_back_in_the_middle_of_a_dispute) {
    begin();
    reject();
    ASSERT_TRUE(world.claim(teacher, 0).ok());
    const u256 number = dispute().value<u256>();
    world.turn(50, Switchboard::on);
    ASSERT_TRUE(world.reclaim(0).ok());
    EXPECT_TRUE(return_bond().refused_with(Vault::BondNeeded{0_u256})) << "the ruling decides";
    ASSERT_TRUE(decide(number, 2).value<bool>());
    EXPECT_EQ(due(challenger), u256{bond});
}

TEST_F(VaultDisputesTest, what_jurors_do_not_earn_is_the_challengers) {
    begin();
    const u256 number = dispute().value<u256>();
    world.advance(period + 1);
    ASSERT_TRUE(
        world.send<"executeRuling(uint256)">(anyone, contracts::arbitrator, number).value<bool>());
    const auto recover = [&] {
        return world.send<"recoverFee(uint256)">(anyone, world.vault(), number);
    };
    ASSERT_TRUE(recover().ok());
    EXPECT_EQ(due(challenger), u256{fee});
    EXPECT_TRUE(recover().refused_as<Vault::NothingToWithdraw>());
    ASSERT_TRUE(world.send<"withdrawDue(address)">(anyone, world.vault(), challenger).ok());
    EXPECT_EQ(world.money_of(challenger), 1'000_u256);
}

TEST_F(VaultDisputesTest, each_invariant_is_seen_when_broken) {
    begin("Partial");
    reject();
    ASSERT_TRUE(world.claim(teacher, 0).ok());
    world.expect_broken_invariants();
    const auto broken = [&]<FixedText signature>(const auto& argument) {
        return world.send<signature>(anyone, world.vault(), argument).broken;
    };
    const auto names = [](const std::string& text, std::string_view id) {
        return text.find(id) != std::string::npos;
    };
    EXPECT_TRUE(names(broken.operator()<"unclaim(uint256)">(0_u256), "X-2"));
    EXPECT_TRUE(names(broken.operator()<"forgetBond(uint256)">(0_u256), "X-2"));
    EXPECT_TRUE(names(broken.operator()<"payBondTwice(address)">(anyone), "V-12"));
    ASSERT_TRUE(dispute().ok());
    EXPECT_TRUE(names(broken.operator()<"forgetDispute(uint256)">(0_u256), "X-2"));
    EXPECT_TRUE(names(broken.operator()<"releaseInDispute(uint256)">(0_u256), "X-2"));
    const u256 number = std::get<0>(
        *abi::decode<u256, uint8_t, Address, uint64_t, uint64_t, uint32_t, Address, u128>(
            world.ask<"disputeOf(uint256)">(world.vault(), 0_u256).result.output));
    ASSERT_TRUE(decide(number, 1).value<bool>());
    EXPECT_TRUE(names(broken.operator()<"rejectAgain(uint256)">(0_u256), "X-2"));
}

}  // namespace
}  // namespace plume
