#include "contracts/vault.hpp"

#include <gtest/gtest.h>

#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;
using Phase = Vault::Phase;

constexpr uint8_t number_of(Phase phase) {
    return static_cast<uint8_t>(phase);
}

const Address anyone = person(99);
const Address teacher = VaultWorld::teacher(0);
const Address second_teacher = VaultWorld::teacher(1);
const Address donor = VaultWorld::donor(0);
const Address second_donor = VaultWorld::donor(1);
const Hash ref = keccak256("receipt 7");

class VaultTest : public testing::Test {
protected:
    /// Two tranches, 300 and 700, all paid in by two donors: 250 and 750.
    void activate() {
        world.open_vault({300, 700});
        ASSERT_TRUE(world.contribute(donor, 250_u256).ok());
        ASSERT_TRUE(world.contribute(second_donor, 750_u256).ok());
        ASSERT_EQ(world.phase(), Phase::active);
    }
    void open_with(Tranche tranche) {
        ASSERT_TRUE(world.create_vault(world.terms(), {std::move(tranche)}, true).ok());
    }
    /// A vault of this one tranche, filled.
    void activate_with(Tranche tranche) {
        const u256 amount = tranche.amount;
        open_with(std::move(tranche));
        ASSERT_TRUE(world.contribute(donor, amount).ok());
    }
    Outcome open(const Address& caller) { return world.send<"open()">(caller, world.vault()); }
    bool asks(uint64_t id, bool reclaim) {
        return (reclaim ? world.ask<"isReclaimable(uint256)">(world.vault(), u256{id})
                        : world.ask<"isReleasable(uint256)">(world.vault(), u256{id}))
            .value<bool>();
    }
    bool is_releasable(uint64_t id) { return asks(id, false); }
    bool is_reclaimable(uint64_t id) { return asks(id, true); }
    uint64_t deadline() const { return world.funding_deadline() + VaultWorld::tranche_seconds; }

    VaultWorld world;
};

// Construction.

TEST_F(VaultTest, a_new_vault_says_what_it_was_made_with) {
    VaultTerms terms = world.terms();
    terms.purpose = keccak256("education");
    ASSERT_TRUE(world.create_vault(terms, {}, false).ok());
    const Address vault = world.vault();
    EXPECT_EQ(world.ask<"name()">(vault).value<std::string>(), "School vault");
    EXPECT_EQ(world.ask<"symbol()">(vault).value<std::string>(), "SCHOOL");
    EXPECT_EQ(world.ask<"decimals()">(vault).value<uint8_t>(), 6);
    EXPECT_EQ(world.ask<"record()">(vault).value<Hash>(), world.mission());
    EXPECT_EQ(world.ask<"asset()">(vault).value<Address>(), world.currency());
    EXPECT_EQ(world.ask<"steward()">(vault).value<Address>(), world.steward());
    EXPECT_EQ(world.ask<"purpose()">(vault).value<Hash>(), terms.purpose);
    EXPECT_EQ(world.ask<"fundingDeadline()">(vault).value<uint64_t>(), world.funding_deadline());
    EXPECT_EQ(world.phase(), Phase::draft);
}

TEST_F(VaultTest, without_a_live_record_there_is_no_vault) {
    VaultTerms terms = world.terms();
    terms.record = keccak256("nothing of the kind");
    EXPECT_TRUE(world.create_vault(terms, {}, false).refused_with(RecordNotLive{terms.record}));
}

TEST_F(VaultTest, a_vault_has_a_steward_a_currency_and_an_end_of_funding) {
    VaultTerms terms = world.terms();
    terms.steward = {};
    EXPECT_TRUE(world.create_vault(terms, {}, false).refused_with(Vault::StewardMissing{}));
    terms = world.terms();
    terms.asset = person(500);
    EXPECT_TRUE(world.create_vault(terms, {}, false).refused_as<InvalidAnswer>());
    const uint64_t now = world.block().timestamp;
    for (const uint64_t end : {uint64_t{0}, now, now + Vault::funding_span_max_seconds + 1}) {
        terms = world.terms();
        terms.funding_deadline = end;
        EXPECT_TRUE(
            world.create_vault(terms, {}, false).refused_with(Vault::FundingDeadlineInvalid{end}));
    }
    for (const uint64_t end : {now + 1, now + Vault::funding_span_max_seconds}) {
        terms.funding_deadline = end;
        EXPECT_TRUE(world.create_vault(terms, {}, false).ok());
    }
}

TEST_F(VaultTest, currencies_have_at_most_18_decimals) {
    for (const uint8_t decimals : {uint8_t{18}, uint8_t{19}}) {
        TokenParams params;
        params.decimals = decimals;
        params.record = world.mission();
        VaultTerms terms = world.terms();
        terms.asset =
            world.create(anyone, "AssetToken", keccak256(to_decimal(u256{decimals})), params)
                .value<Address>();
        const Outcome out = world.create_vault(terms, {}, false);
        if (decimals == 18)
            EXPECT_TRUE(out.ok());
        else
            EXPECT_TRUE(out.refused_with(Vault::AssetDecimals{19, 18}));
    }
}

TEST_F(VaultTest, a_constructor_says_when_it_does_not_understand) {
    EXPECT_TRUE(
        world.create_data(anyone, "Vault", {}, Bytes(100)).refused_with(InvalidArguments{}));
}

// Draft.

TEST_F(VaultTest, the_steward_alone_plans_and_opens) {
    world.create_vault(world.terms(), {}, false);
    constexpr FixedText add =
        "addTranche((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
        "(address,bytes)))";
    const Tranche tranche = world.tranche(0, 300_u256);
    EXPECT_TRUE(
        world.send<add>(anyone, world.vault(), tranche).refused_with(Vault::NotSteward{anyone}));
    EXPECT_TRUE(open(anyone).refused_with(Vault::NotSteward{anyone}));
    EXPECT_TRUE(open(world.steward()).refused_with(Vault::PlanEmpty{}));
    ASSERT_TRUE(world.send<add>(world.steward(), world.vault(), tranche).ok());
    const Outcome opened = open(world.steward());
    ASSERT_TRUE(opened.ok());
    const Hash plan_hash = world.ask<"planHash()">(world.vault()).value<Hash>();
    const auto events = opened.events<Vault::Opened>(world.vault());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], (std::tuple{plan_hash, 300_u256}));
    EXPECT_TRUE(world.send<add>(world.steward(), world.vault(), tranche)
                    .refused_with(Vault::WrongPhase{1, 0}));
    EXPECT_TRUE(open(world.steward()).refused_with(Vault::WrongPhase{1, 0}));
}

TEST_F(VaultTest, it_refuses_to_open_when_its_record_was_revoked) {
    world.create_vault(world.terms(), {world.tranche(0, 300_u256)}, false);
    test::revoke(world, world.steward(), eas::schema_uid("string mission", {}, true),
                 world.mission());
    EXPECT_TRUE(open(world.steward()).refused_with(RecordNotLive{world.mission()}));
}

TEST_F(VaultTest, it_refuses_to_open_after_the_end_of_funding) {
    world.create_vault(world.terms(), {world.tranche(0, 300_u256)}, false);
    world.go_to(world.funding_deadline() + 1);
    EXPECT_TRUE(open(world.steward()).refused_with(Vault::FundingOver{world.funding_deadline()}));
    EXPECT_TRUE(world.fail().ok());
    EXPECT_EQ(world.phase(), Phase::failed);
}

TEST_F(VaultTest, no_money_comes_before_the_plan_is_fixed) {
    world.create_vault(world.terms(), {world.tranche(0, 300_u256)}, false);
    EXPECT_TRUE(world.contribute(donor, 1_u256).refused_with(Vault::WrongPhase{0, 1}));
}

TEST_F(VaultTest, one_call_makes_and_opens_a_vault) {
    EXPECT_TRUE(world.create_vault(world.terms(), {}, true).refused_with(Vault::PlanEmpty{}));
    ASSERT_TRUE(world.create_vault(world.terms(), {world.tranche(0, 5_u256)}, true).ok());
    EXPECT_EQ(world.phase(), Phase::funding);
}

// Funding.

TEST_F(VaultTest, contributions_become_shares_one_for_one) {
    world.open_vault({300, 700});
    world.endow(donor, 250_u256, world.currency());
    const Outcome out = world.send<"contribute(uint256,address,bytes32)">(
        donor, world.vault(), 250_u256, second_donor, ref);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 250_u256);
    const auto events = out.events<Vault::Contributed>(world.vault());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], (std::tuple{donor, second_donor, 250_u256, 250_u256, ref}));
    EXPECT_EQ(world.shares_of(second_donor), 250_u256);
    EXPECT_EQ(world.shares_of(donor), 0_u256);
    EXPECT_EQ(world.raised(), 250_u256);
    EXPECT_EQ(world.held(), 250_u256);
    EXPECT_EQ(world.escrowed(), 0_u256);
    EXPECT_EQ(world.money_of(world.vault()), 250_u256);
    EXPECT_EQ(world.phase(), Phase::funding);
}

TEST_F(VaultTest, the_last_unit_makes_it_active) {
    world.open_vault({300, 700});
    world.contribute(donor, 999_u256);
    EXPECT_EQ(world.phase(), Phase::funding);
    const Outcome out = world.contribute(second_donor, 1_u256);
    EXPECT_EQ(world.phase(), Phase::active);
    EXPECT_EQ(world.escrowed(), 1'000_u256);
    const auto events = out.events<Vault::PhaseChanged>(world.vault());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], std::tuple{number_of(Phase::active)});
    EXPECT_TRUE(world.contribute(donor, 1_u256).refused_with(Vault::WrongPhase{2, 1}));
}

TEST_F(VaultTest, more_than_is_needed_is_refused_and_the_need_named) {
    world.open_vault({300, 700});
    world.contribute(donor, 900_u256);
    EXPECT_TRUE(
        world.contribute(donor, 101_u256).refused_with(Vault::ExceedsNeed{101_u256, 100_u256}));
    EXPECT_TRUE(world.contribute_only(donor, u256_max)
                    .refused_with(Vault::ExceedsNeed{u256_max, 100_u256}));
    EXPECT_TRUE(world.contribute(donor, 100_u256).ok());
}

TEST_F(VaultTest, a_contribution_is_something_for_somebody) {
    world.open_vault({300});
    EXPECT_TRUE(world.contribute(donor, {}).refused_with(Vault::AmountZero{}));
    for (const Address& receiver : {Address{}, world.vault()}) {
        world.endow(donor, 10_u256, world.currency());
        EXPECT_TRUE((world
                         .send<"contribute(uint256,address,bytes32)">(donor, world.vault(), 10_u256,
                                                                      receiver, ref)
                         .refused_with(AssetToken::ERC20InvalidReceiver{receiver})));
    }
}

TEST_F(VaultTest, only_approved_money_is_taken) {
    world.open_vault({300});
    world.send<"transfer(address,uint256)">(world.steward(), world.currency(), donor, 300_u256);
    EXPECT_TRUE(
        world.contribute_only(donor, 100_u256)
            .refused_with(AssetToken::ERC20InsufficientAllowance{world.vault(), 0_u256, 100_u256}));
    EXPECT_EQ(world.money_of(donor), 300_u256);
}

TEST_F(VaultTest, funding_ends_with_its_last_second) {
    world.open_vault({300});
    world.go_to(world.funding_deadline());
    EXPECT_TRUE(world.contribute(donor, 10_u256).ok());
    EXPECT_TRUE(world.fail().refused_with(Vault::FundingNotOver{world.funding_deadline()}));
    world.advance(1);
    EXPECT_TRUE(world.contribute(donor, 10_u256)
                    .refused_with(Vault::FundingOver{world.funding_deadline()}));
    EXPECT_TRUE(world.fail().ok());
}

// P-2: nothing more is raised on a record that is no longer live.
TEST_F(VaultTest, a_revoked_record_stops_contributions_but_not_the_way_back) {
    world.open_vault({300});
    world.contribute(donor, 10_u256);
    test::revoke(world, world.steward(), eas::schema_uid("string mission", {}, true),
                 world.mission());
    EXPECT_TRUE(world.contribute(donor, 10_u256).refused_with(RecordNotLive{world.mission()}));
    world.go_to(world.funding_deadline() + 1);
    EXPECT_TRUE(world.fail().ok());
    EXPECT_TRUE(world.withdraw(donor).ok());
    EXPECT_EQ(world.money_of(donor), 20_u256);
}

// V-1, V-2.
TEST_F(VaultTest, a_donation_changes_no_book_and_no_share) {
    world.open_vault({300, 700});
    world.send<"transfer(address,uint256)">(world.steward(), world.currency(), world.vault(),
                                            5'000_u256);
    EXPECT_EQ(world.raised(), 0_u256);
    EXPECT_EQ(world.held(), 0_u256);
    world.contribute(donor, 1'000_u256);
    EXPECT_EQ(world.shares_of(donor), 1'000_u256);
    world.go_to(deadline() + 1);
    world.reclaim(0);
    world.reclaim(1);
    world.withdraw(donor);
    EXPECT_EQ(world.money_of(donor), 1'000_u256);
    EXPECT_EQ(world.money_of(world.vault()), 5'000_u256);
}

TEST_F(VaultTest, contributions_and_goal_reach_two_to_the_128th) {
    const u256 most = (u256{1u} << 128) - 1_u256;
    activate_with(world.tranche(0, most));
    EXPECT_EQ(world.phase(), Phase::active);
    EXPECT_EQ(world.raised(), most);
    EXPECT_EQ(world.shares_of(donor), most);
    world.go_to(deadline() + 1);
    ASSERT_TRUE(world.reclaim(0).ok());
    ASSERT_TRUE(world.withdraw(donor).ok());
    EXPECT_EQ(world.money_of(donor), most);
    EXPECT_EQ(world.held(), 0_u256);
}

// Failing.

TEST_F(VaultTest, without_the_goal_all_goes_back_in_proportion) {
    world.open_vault({300, 700});
    world.contribute(donor, 100_u256);
    world.contribute(second_donor, 300_u256);
    world.go_to(world.funding_deadline() + 1);
    const Outcome out = world.fail();
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(world.phase(), Phase::failed);
    EXPECT_EQ(out.events<Vault::FundsDistributed>(world.vault())[0],
              (std::tuple{anyone, 400_u256}));
    EXPECT_EQ(world.withdrawable(donor), 100_u256);
    EXPECT_TRUE(world.withdraw(donor).ok());
    EXPECT_TRUE(world.withdraw(second_donor).ok());
    EXPECT_EQ(world.money_of(donor), 100_u256);
    EXPECT_EQ(world.money_of(second_donor), 300_u256);
    EXPECT_EQ(world.held(), 0_u256);
    EXPECT_TRUE(world.fail().refused_with(Vault::WrongPhase{4, 1}));
    EXPECT_TRUE(world.release(0).refused_with(Vault::WrongPhase{4, 2}));
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::WrongPhase{4, 2}));
}

TEST_F(VaultTest, an_active_vault_does_not_fail) {
    activate();
    world.go_to(world.funding_deadline() + 1);
    EXPECT_TRUE(world.fail().refused_with(Vault::WrongPhase{2, 1}));
}

// Release.

TEST_F(VaultTest, release_pays_every_payee_when_the_condition_is_true) {
    activate();
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::ConditionNotMet{0_u256}));
    world.turn(0, Switchboard::on);
    EXPECT_TRUE(is_releasable(0));
    const Outcome out = world.release(0);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Vault::Released>(world.vault()),
              (std::vector{std::tuple{0_u256, teacher, 200_u256},
                           std::tuple{0_u256, second_teacher, 100_u256}}));
    EXPECT_EQ(world.money_of(teacher), 200_u256);
    EXPECT_EQ(world.money_of(second_teacher), 100_u256);
    EXPECT_EQ(world.paid(), 300_u256);
    EXPECT_EQ(world.escrowed(), 700_u256);
    EXPECT_EQ(world.held(), 700_u256);
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::TrancheSettled{0_u256, 1}));
    world.go_to(deadline() + 1);
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::TrancheSettled{0_u256, 1}));
}

TEST_F(VaultTest, no_answer_is_not_a_yes) {
    activate();
    world.turn(0, Switchboard::broken);
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::ConditionFailed{0_u256}));
}

TEST_F(VaultTest, nothing_is_released_before_the_goal_is_reached) {
    world.open_vault({300, 700});
    world.contribute(donor, 999_u256);
    world.turn(0, Switchboard::on);
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::WrongPhase{1, 2}));
}

TEST_F(VaultTest, release_is_open_from_opens_at_to_the_deadline) {
    Tranche tranche = world.tranche(0, 300_u256);
    tranche.opens_at = world.funding_deadline() + 10;
    const uint64_t opens_at = tranche.opens_at;
    for (const uint64_t time : {opens_at, deadline()}) {
        VaultTest::world.create_vault(world.terms(), {tranche}, true);
        world.contribute(donor, 300_u256);
        world.turn(0, Switchboard::on);
        EXPECT_TRUE(world.release(0).refused_with(Vault::NotOpenYet{0_u256, opens_at}));
        world.go_to(opens_at - 1);
        EXPECT_TRUE(world.release(0).refused_with(Vault::NotOpenYet{0_u256, opens_at}));
        world.go_to(time);
        EXPECT_FALSE(is_reclaimable(0));
        EXPECT_TRUE(world.reclaim(0).refused_with(Vault::NotReclaimable{0_u256, deadline()}));
        EXPECT_TRUE(world.release(0).ok());
        world.block().timestamp = world.funding_deadline() - VaultWorld::funding_seconds;
    }
}

TEST_F(VaultTest, after_the_deadline_release_is_over) {
    activate();
    world.turn(0, Switchboard::on);
    world.go_to(deadline() + 1);
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::DeadlinePassed{0_u256, deadline()}));
}

TEST_F(VaultTest, the_last_settlement_closes_the_vault) {
    activate();
    world.turn(0, Switchboard::on);
    world.turn(1, Switchboard::on);
    world.release(1);
    EXPECT_EQ(world.phase(), Phase::active);
    const Outcome out = world.release(0);
    EXPECT_EQ(world.phase(), Phase::closed);
    EXPECT_EQ(out.events<Vault::PhaseChanged>(world.vault()).size(), 1u);
    EXPECT_EQ(world.paid(), 1'000_u256);
    EXPECT_EQ(world.held(), 0_u256);
    EXPECT_TRUE(world.release(0).refused_with(Vault::WrongPhase{3, 2}));
}

// A condition gets all it may use or is not asked; too little gas is no "no".
TEST_F(VaultTest, release_brings_the_gas_its_condition_may_use) {
    activate();
    world.turn(0, Switchboard::on);
    const Bytes data = world.calldata<"release(uint256)">(0_u256);
    const Outcome out = world.send_data(anyone, world.vault(), data, {}, 200'000);
    EXPECT_TRUE(out.refused_as<InsufficientGas>());
    EXPECT_TRUE(world.release(0).ok());
}

// Claims.

// Whoever presses the button has no say in who is paid now and who has to collect later.
TEST_F(VaultTest, release_brings_the_gas_that_its_payments_may_use) {
    activate();
    world.turn(0, Switchboard::on);
    const Bytes data = world.calldata<"release(uint256)">(0_u256);
    uint64_t gas = 100'000;
    while (!world.send_data(anyone, world.vault(), data, {}, gas).ok()) {
        gas += 500;
        ASSERT_LT(gas, 1'000'000u);
    }
    EXPECT_EQ(world.owed(), 0_u256);
    EXPECT_EQ(world.paid(), 300_u256);
}

TEST_F(VaultTest, a_claim_starts_the_challenge_window) {
    Tranche tranche = world.tranche(0, 300_u256);
    tranche.challenge = 100;
    activate_with(tranche);
    world.turn(0, Switchboard::on);
    EXPECT_TRUE(world.release(0).refused_with(Vault::NotClaimed{0_u256}));
    const Outcome out = world.claim(second_teacher, 0);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Vault::Claimed>(world.vault())[0],
              (std::tuple{0_u256, second_teacher, keccak256("report")}));
    const uint64_t over = world.block().timestamp + 100;
    world.go_to(over - 1);
    EXPECT_FALSE(is_releasable(0));
    EXPECT_TRUE(world.release(0).refused_with(Vault::ChallengeOpen{0_u256, over}));
    world.go_to(over);
    EXPECT_TRUE(is_releasable(0));
    EXPECT_TRUE(world.release(0).ok());
    EXPECT_TRUE(world.claim(teacher, 0).refused_with(Vault::WrongPhase{3, 2}));
}

//
TEST_F(VaultTest, a_claim_is_made_once_by_a_payee_with_evidence) {
    activate();
    EXPECT_TRUE(world.claim(donor, 0).refused_with(Vault::NotPayee{0_u256, donor}));
    EXPECT_TRUE(world.claim(teacher, 0, Hash{}).refused_with(Vault::EvidenceMissing{0_u256}));
    const uint64_t claimed = world.block().timestamp;
    EXPECT_TRUE(world.claim(teacher, 0).ok());
    world.advance(5);
    EXPECT_TRUE(
        world.claim(second_teacher, 0).refused_with(Vault::AlreadyClaimed{0_u256, claimed}));
    world.turn(0, Switchboard::on);
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_TRUE(world.claim(teacher, 0).refused_with(Vault::TrancheSettled{0_u256, 1}));
}

TEST_F(VaultTest, there_is_no_claim_before_the_money_is_there) {
    world.open_vault({300});
    EXPECT_TRUE(world.claim(teacher, 0).refused_with(Vault::WrongPhase{1, 2}));
}

TEST_F(VaultTest, a_claim_leaves_time_for_its_challenge) {
    Tranche tranche = world.tranche(0, 300_u256);
    tranche.challenge = 100;
    activate_with(tranche);
    world.turn(0, Switchboard::on);
    const uint64_t latest = deadline() - 100;
    world.go_to(latest + 1);
    EXPECT_TRUE(world.claim(teacher, 0).refused_with(Vault::ClaimTooLate{0_u256, latest}));
    world.block().timestamp = latest;
    EXPECT_TRUE(world.claim(teacher, 0).ok());
    world.go_to(deadline());
    EXPECT_TRUE(world.release(0).ok());
}

// Reclaim.

TEST_F(VaultTest, reclaim_after_the_deadline_returns_every_unit) {
    activate();
    world.turn(0, Switchboard::on);
    world.release(0);
    world.go_to(deadline());
    EXPECT_TRUE(world.reclaim(1).refused_with(Vault::NotReclaimable{1_u256, deadline()}));
    world.advance(1);
    EXPECT_TRUE(is_reclaimable(1));
    const Outcome out = world.reclaim(1);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Vault::Reclaimed>(world.vault())[0], (std::tuple{1_u256, 700_u256}));
    EXPECT_EQ(world.phase(), Phase::closed);
    EXPECT_EQ(world.returned(), 700_u256);
    EXPECT_EQ(world.held(), 700_u256) << "until they take it";
    EXPECT_EQ(world.withdrawable(donor), 175_u256);
    EXPECT_EQ(world.withdrawable(second_donor), 525_u256);
    world.withdraw(donor);
    world.withdraw(second_donor);
    EXPECT_EQ(world.held(), 0_u256);
    EXPECT_EQ(world.withdrawn(), 700_u256);
    EXPECT_EQ(world.money_of(donor) + world.money_of(second_donor), 700_u256);
}

TEST_F(VaultTest, a_cancel_condition_returns_the_money_early) {
    Tranche tranche = world.tranche(0, 300_u256);
    tranche.cancel = world.when_on(9);
    activate_with(tranche);
    EXPECT_FALSE(is_reclaimable(0));
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::NotReclaimable{0_u256, deadline()}));
    world.turn(9, Switchboard::broken);
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::NotReclaimable{0_u256, deadline()}));
    world.turn(9, Switchboard::on);
    EXPECT_TRUE(is_reclaimable(0));
    EXPECT_TRUE(world.reclaim(0).ok());
    EXPECT_EQ(world.withdrawable(donor), 0_u256) << "the shares were made in this block";
    world.next_block();
    EXPECT_EQ(world.withdrawable(donor), 300_u256);
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::WrongPhase{3, 2}));
}

// X-6, V-10: after the deadline a cancel condition that breaks or burns gas is not even asked.
TEST_F(VaultTest, no_condition_stands_in_the_way_back) {
    Tranche tranche = world.tranche(0, 300_u256);
    tranche.cancel = world.when_on(9);
    activate_with(tranche);
    world.turn(0, Switchboard::broken);
    world.turn(9, Switchboard::broken);
    test::revoke(world, world.steward(), eas::schema_uid("string mission", {}, true),
                 world.mission());
    world.go_to(deadline() + 1);
    const Bytes data = world.calldata<"reclaim(uint256)">(0_u256);
    EXPECT_TRUE(world.send_data(anyone, world.vault(), data, {}, 200'000).ok());
    EXPECT_TRUE(world.withdraw(donor).ok());
}

TEST_F(VaultTest, a_reclaimed_tranche_stays_so) {
    activate();
    world.go_to(deadline() + 1);
    world.reclaim(0);
    EXPECT_FALSE(is_reclaimable(0));
    EXPECT_TRUE(world.reclaim(0).refused_with(Vault::TrancheSettled{0_u256, 2}));
    world.turn(0, Switchboard::on);
    EXPECT_TRUE(world.release(0).refused_with(Vault::TrancheSettled{0_u256, 2}));
}

// Taking out.

TEST_F(VaultTest, anyone_may_withdraw_for_a_holder_and_a_holder_for_himself) {
    activate();
    world.go_to(deadline() + 1);
    world.reclaim(0);
    const Outcome out = world.withdraw(donor);
    EXPECT_EQ(out.events<Vault::FundsWithdrawn>(world.vault())[0], (std::tuple{donor, 75_u256}));
    EXPECT_EQ(world.money_of(donor), 75_u256);
    EXPECT_EQ(world.money_of(anyone), 0_u256);
    EXPECT_TRUE(world.withdraw(donor).refused_with(Vault::NothingToWithdraw{donor}));
    EXPECT_TRUE(world.send<"withdrawFunds()">(second_donor, world.vault()).ok());
    EXPECT_EQ(world.money_of(second_donor), 225_u256);
    EXPECT_EQ(world.number<"withdrawnFundsOf(address)">(second_donor), 225_u256);
    EXPECT_TRUE(world.withdraw(anyone).refused_with(Vault::NothingToWithdraw{anyone}));
}

// D-5: 700 units on three equal shares.
TEST_F(VaultTest, what_does_not_divide_stays_booked) {
    world.open_vault({3, 700, 2});
    for (uint16_t n = 0; n < 3; ++n) world.contribute(VaultWorld::donor(n), 235_u256);
    world.go_to(deadline() + 1);
    world.reclaim(1);
    for (uint16_t n = 0; n < 3; ++n) {
        world.withdraw(VaultWorld::donor(n));
        EXPECT_EQ(world.money_of(VaultWorld::donor(n)), 233_u256);
    }
    EXPECT_EQ(world.number<"returnable()">(), 1_u256);
    EXPECT_EQ(world.held(), 6_u256);
    world.reclaim(2);
    for (uint16_t n = 0; n < 3; ++n) {
        world.withdraw(VaultWorld::donor(n));
        EXPECT_EQ(world.money_of(VaultWorld::donor(n)), 234_u256) << "702 in all";
    }
    EXPECT_EQ(world.number<"returnable()">(), 0_u256);
}

TEST_F(VaultTest, nothing_is_collected_that_is_not_owed) {
    activate();
    EXPECT_TRUE(world.send<"collect(address)">(anyone, world.vault(), teacher)
                    .refused_with(Vault::NothingToWithdraw{teacher}));
}

// Shares.

TEST_F(VaultTest, shares_carry_what_comes_back_later_but_not_what_came_before) {
    activate();
    world.go_to(deadline() + 1);
    world.reclaim(0);
    ASSERT_TRUE(world.give_shares(donor, anyone, 250_u256).ok());
    EXPECT_EQ(world.withdrawable(donor), 75_u256);
    EXPECT_EQ(world.withdrawable(anyone), 0_u256);
    world.next_block();
    world.reclaim(1);
    EXPECT_EQ(world.withdrawable(donor), 75_u256);
    EXPECT_EQ(world.withdrawable(anyone), 175_u256);
}

TEST_F(VaultTest, shares_are_neither_minted_nor_burnt_nor_given_to_the_vault) {
    activate();
    for (const Outcome& out :
         {world.send<"mint(address,uint256)">(world.steward(), world.vault(), donor, 1_u256),
          world.send<"burn(uint256)">(donor, world.vault(), 1_u256)}) {
        EXPECT_EQ(out.result.status, Status::revert);
        EXPECT_TRUE(out.result.output.empty()) << "there is no such method";
    }
    EXPECT_TRUE(world.give_shares(donor, world.vault(), 1_u256)
                    .refused_with(AssetToken::ERC20InvalidReceiver{world.vault()}));
    EXPECT_TRUE(world.give_shares(donor, Address{}, 1_u256)
                    .refused_with(AssetToken::ERC20InvalidReceiver{Address{}}));
}

TEST_F(VaultTest, wei_are_refused) {
    activate();
    world.state().begin_transaction();
    world.state().set_balance(donor, 10_u256);
    world.state().end_transaction();
    const Bytes data = world.calldata<"release(uint256)">(0_u256);
    EXPECT_EQ(world.send_data(donor, world.vault(), data, 1_u256).result.status, Status::revert);
    EXPECT_EQ(world.send_data(donor, world.vault(), {}, 1_u256).result.status, Status::revert);
}

}  // namespace
}  // namespace plume
