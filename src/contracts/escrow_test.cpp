// An escrow vault between two people who agree, and when one of them is silent.
#include "contracts/escrow.hpp"

#include <gtest/gtest.h>

#include "support/escrows.hpp"

namespace plume {
namespace {

using namespace literals;
using test::EscrowWorld;
using test::Outcome;
using test::person;
using Phase = EscrowVault::Phase;

constexpr uint64_t day = EscrowWorld::day;
const Address anyone = EscrowWorld::anyone();
const Address payer = EscrowWorld::payer();
const Address payee = EscrowWorld::payee();

class EscrowTest : public testing::Test {
protected:
    EscrowWorld world;
};

TEST_F(EscrowTest, a_payer_who_is_content_releases_at_once) {
    world.begin({700, 300});
    EXPECT_EQ(world.escrowed(), 1'000_u256);
    EXPECT_EQ(world.phase(), 1);
    const Outcome out = world.release(payer, 0);
    EXPECT_EQ(out.events<EscrowVault::Released>(world.vault()),
              (std::vector{std::tuple(0_u256, payee, 700_u256)}));
    EXPECT_EQ(world.due_in_vault(payee), 700_u256);
    EXPECT_EQ(world.escrowed(), 300_u256);
    const u256 before = world.money_of(payee);
    ASSERT_TRUE(world.withdraw(payee).ok());
    EXPECT_EQ(world.money_of(payee), before + 700_u256);
    EXPECT_TRUE(world.withdraw(payee).refused_with(purse::NothingToWithdraw{payee}));
    EXPECT_TRUE(world.release(payer, 0).refused_with(EscrowVault::TrancheSettled{0_u256, 1}));
    ASSERT_TRUE(world.reclaim(payee, 1).ok()) << "the payee may give back what he will not earn";
    EXPECT_EQ(world.due_in_vault(payer), 300_u256);
    EXPECT_EQ(world.phase(), 2);
}

// kleros-interaction #27: a payer gains nothing by not releasing.
TEST_F(EscrowTest, kleros_27_a_silent_payer_pays_after_the_challenge) {
    world.begin({500});
    EXPECT_TRUE(world.release(anyone, 0).refused_with(EscrowVault::NotClaimed{0_u256}));
    ASSERT_TRUE(world.claim(0).ok());
    const uint64_t over = world.block().timestamp + day;
    EXPECT_TRUE(world.release(anyone, 0).refused_with(EscrowVault::ChallengeOpen{0_u256, over}));
    world.advance(day - 1);
    EXPECT_TRUE(world.release(anyone, 0).refused_with(EscrowVault::ChallengeOpen{0_u256, over}));
    world.advance(1);
    EXPECT_TRUE(world.dispute(0).refused_with(EscrowVault::ChallengeOver{0_u256, over}));
    EXPECT_TRUE(world.reclaim(anyone, 0).refused_as<EscrowVault::NotReclaimable>());
    ASSERT_TRUE(world.release(anyone, 0).ok());
    EXPECT_EQ(world.due_in_vault(payee), 500_u256);
}

TEST_F(EscrowTest, a_claim_at_the_last_second_still_has_its_challenge) {
    world.begin({500});
    world.advance(10 * day);
    ASSERT_TRUE(world.claim(0).ok());
    world.advance(1);
    EXPECT_TRUE(world.reclaim(anyone, 0).refused_as<EscrowVault::NotReclaimable>());
    world.advance(day);
    ASSERT_TRUE(world.release(anyone, 0).ok());
}

TEST_F(EscrowTest, a_silent_payee_loses_it_after_the_deadline) {
    world.begin({500});
    EXPECT_TRUE(world.reclaim(anyone, 0).refused_as<EscrowVault::NotReclaimable>());
    world.advance(10 * day);
    EXPECT_TRUE(world.reclaim(anyone, 0).refused_as<EscrowVault::NotReclaimable>());
    world.advance(1);
    EXPECT_TRUE(world.claim(0).refused_as<EscrowVault::DeadlinePassed>());
    ASSERT_TRUE(world.reclaim(anyone, 0).ok());
    EXPECT_EQ(world.due_in_vault(payer), 500_u256);
}

TEST_F(EscrowTest, claims_need_the_payee_evidence_and_their_time) {
    EscrowTerms terms = world.terms();
    Tranche later = world.tranche(500);
    later.opens_at = world.block().timestamp + 2 * day;
    ASSERT_TRUE(world.create_escrow(terms, {later}).ok());
    EXPECT_TRUE(world.claim(0).refused_with(EscrowVault::WrongPhase{0, 1}));
    ASSERT_TRUE(world.fund().ok());
    const auto claim = [&](const Address& by, uint64_t id, const Hash& evidence) {
        return world.send<"claim(uint256,bytes32)">(by, world.vault(), u256{id}, evidence);
    };
    EXPECT_TRUE(claim(payer, 0, keccak256("x")).refused_with(EscrowVault::NotPayee{payer}));
    EXPECT_TRUE(claim(payee, 0, {}).refused_with(EscrowVault::EvidenceMissing{0_u256}));
    EXPECT_TRUE(
        claim(payee, 1, keccak256("x")).refused_with(tranches::UnknownTranche{1_u256, 1_u256}));
    EXPECT_TRUE(world.claim(0).refused_as<EscrowVault::NotOpenYet>());
    world.advance(2 * day);
    ASSERT_TRUE(world.claim(0).ok());
    EXPECT_TRUE(world.claim(0).refused_as<EscrowVault::AlreadyClaimed>());
}

TEST_F(EscrowTest, only_the_payer_funds_and_only_the_plan_he_has_read) {
    const std::vector plan{world.tranche(500)};
    ASSERT_TRUE(world.create_escrow(world.terms(), plan).ok());
    const Hash hash = world.plan_hash();
    const Hash other = keccak256("another plan");
    EXPECT_TRUE((world.send<"fund(bytes32)">(payer, world.vault(), other)
                     .refused_with(EscrowVault::PlanDiffers{hash, other})));
    EXPECT_TRUE((world.send<"fund(bytes32)">(payee, world.vault(), hash)
                     .refused_with(EscrowVault::NotPayer{payee})));
    EXPECT_TRUE(
        (world.send<"fail()">(anyone, world.vault())).refused_as<EscrowVault::FundingNotOver>());
    world.advance(day + 1);
    EXPECT_TRUE(world.fund().refused_as<EscrowVault::FundingOver>());
    ASSERT_TRUE((world.send<"fail()">(anyone, world.vault())).ok());
    EXPECT_EQ(world.phase(), 3);
    EXPECT_EQ(world.held(), 0_u256);
}

TEST_F(EscrowTest, both_sides_may_submit_evidence) {
    world.begin({500});
    const auto submit = [&](const Address& by, uint64_t id, const std::string& text) {
        return world.send<"submitEvidence(uint256,string)">(by, world.vault(), u256{id}, text);
    };
    EXPECT_EQ(
        submit(payee, 0, "ipfs://photos").events<EscrowVault::Evidence>(world.vault()),
        (std::vector{std::tuple(world.arbitrator(), 0_u256, payee, std::string("ipfs://photos"))}));
    EXPECT_TRUE(submit(payer, 0, std::string(EscrowVault::evidence_size_max, 'a')).ok());
    EXPECT_TRUE(submit(payer, 0, std::string(EscrowVault::evidence_size_max + 1, 'a'))
                    .refused_with(EscrowVault::TextTooLong{1'025_u256, 1'024_u256}));
    EXPECT_TRUE(submit(payer, 0, "").refused_as<EscrowVault::EvidenceMissing>());
    EXPECT_TRUE(submit(anyone, 0, "a").refused_with(EscrowVault::NotParty{anyone}));
    EXPECT_TRUE(submit(payer, 1, "a").refused_as<tranches::UnknownTranche>());
}

TEST_F(EscrowTest, terms_outside_of_their_bounds_are_refused) {
    const std::vector plan{world.tranche(500)};
    const auto refused = [&]<class E>(const E& error, auto&& change) {
        EscrowTerms wrong = world.terms();
        change(wrong);
        return world.create_escrow(wrong, plan).refused_with(error);
    };
    EXPECT_TRUE(refused(EscrowVault::PartyInvalid{Address{}},
                        [](EscrowTerms& terms) { terms.payer = {}; }));
    EXPECT_TRUE(
        refused(EscrowVault::PartyInvalid{payer}, [](EscrowTerms& terms) { terms.payee = payer; }));
    for (const Address& judge : {Address{}, payer, payee})
        EXPECT_TRUE(refused(EscrowVault::ArbitratorInvalid{judge},
                            [&](EscrowTerms& terms) { terms.arbitrator = judge; }));
    EXPECT_TRUE(refused(RecordNotLive{keccak256("no record")},
                        [](EscrowTerms& terms) { terms.record = keccak256("no record"); }));
    const uint64_t now = world.block().timestamp;
    EXPECT_TRUE(refused(EscrowVault::FundingDeadlineInvalid{now},
                        [&](EscrowTerms& terms) { terms.funding_deadline = now; }));
    for (const uint64_t step :
         {EscrowVault::step_seconds_least - 1, EscrowVault::step_seconds_max + 1})
        EXPECT_TRUE(refused(EscrowVault::PeriodInvalid{step},
                            [&](EscrowTerms& terms) { terms.fee_seconds = step; }));
    for (const uint64_t time :
         {EscrowVault::ruling_seconds_least - 1, EscrowVault::ruling_seconds_max + 1})
        EXPECT_TRUE(refused(EscrowVault::PeriodInvalid{time},
                            [&](EscrowTerms& terms) { terms.ruling_seconds = time; }));
    EXPECT_TRUE(refused(EscrowVault::TextTooLong{1'025_u256, 1'024_u256}, [](EscrowTerms& terms) {
        terms.extra_data = Bytes(EscrowVault::extra_data_size_max + 1);
    }));
    EXPECT_TRUE(refused(EscrowVault::TextTooLong{1'025_u256, 1'024_u256}, [](EscrowTerms& terms) {
        terms.meta_evidence = std::string(EscrowVault::evidence_size_max + 1, 'a');
    }));
    EXPECT_TRUE(world.create_escrow(world.terms(), {}).refused_with(EscrowVault::PlanEmpty{}));
    Tranche wrong = world.tranche(500);
    wrong.payees[0].to = anyone;
    EXPECT_TRUE(
        world.create_escrow(world.terms(), {wrong}).refused_with(tranches::PayeeInvalid{anyone}));
    wrong = world.tranche(500);
    wrong.challenge = 0;
    EXPECT_TRUE(
        world.create_escrow(world.terms(), {wrong}).refused_with(EscrowVault::PeriodInvalid{0}));
    EXPECT_TRUE(
        world.create_escrow(world.terms(), std::vector(tranches::count_max + 1, world.tranche(1)))
            .refused_as<tranches::TooManyTranches>());
}

TEST_F(EscrowTest, a_condition_releases_or_returns_without_anybodys_word) {
    const Condition holds{contracts::conditions,
                          world.calldata<"after_(uint64)">(world.block().timestamp + 2 * day)};
    Tranche released = world.tranche(300);
    released.release = holds;
    Tranche returned = world.tranche(200);
    returned.cancel = holds;
    ASSERT_TRUE(world.create_escrow(world.terms(), {released, returned}).ok());
    ASSERT_TRUE(world.fund().ok());
    EXPECT_TRUE(world.release(anyone, 0).refused_as<EscrowVault::NotClaimed>());
    EXPECT_TRUE(world.reclaim(anyone, 1).refused_as<EscrowVault::NotReclaimable>());
    world.advance(2 * day + 1);
    ASSERT_TRUE(world.release(anyone, 0).ok());
    ASSERT_TRUE(world.reclaim(anyone, 1).ok());
    EXPECT_EQ(world.due_in_vault(payee), 300_u256);
    EXPECT_EQ(world.due_in_vault(payer), 200_u256);
}

// Amendments.

class EscrowAmendmentTest : public EscrowTest {
protected:
    Outcome amend(const Address& by, const std::vector<u256>& ended,
                  const std::vector<Tranche>& added, const Consent& first, const Consent& second) {
        return world.send<EscrowWorld::amend_text>(by, world.vault(), ended, added, deadline, first,
                                                   second);
    }
    Outcome amend_signed(const std::vector<u256>& ended, const std::vector<Tranche>& added) {
        const Hash hash = world.amendment_hash(ended, added, world.number<"nonce()">(), deadline);
        return amend(anyone, ended, added, world.consent(EscrowWorld::payer_key(), hash),
                     world.consent(EscrowWorld::payee_key(), hash));
    }

    const u256 deadline{u256{1u} << 60};
};

TEST_F(EscrowAmendmentTest, both_signatures_put_other_tranches_in_place) {
    world.begin({500, 200});
    ASSERT_TRUE(amend_signed({0_u256}, {world.tranche(100), world.tranche(150)}).ok());
    EXPECT_EQ(world.escrowed(), 450_u256);
    EXPECT_EQ(world.due_in_vault(payer), 250_u256) << "what is not needed any more";
    EXPECT_EQ(world.state(0), 2);
    EXPECT_EQ(world.number<"trancheCount()">(), 4_u256);
    const u256 before = world.money_of(payer);
    ASSERT_TRUE(amend_signed({}, {world.tranche(1'000)}).ok());
    EXPECT_EQ(world.money_of(payer), before - 1'000_u256) << "what is needed more";
    EXPECT_EQ(world.escrowed(), 1'450_u256);
    ASSERT_TRUE(amend_signed({1_u256, 2_u256, 3_u256, 4_u256}, {}).ok());
    EXPECT_EQ(world.phase(), 2);
}

// who pays whom what changes with both signatures only.
TEST_F(EscrowAmendmentTest, one_signature_an_old_one_or_one_of_another_plan_changes_nothing) {
    world.begin({500});
    const std::vector<Tranche> added{world.tranche(100)};
    const Hash hash = world.amendment_hash({0_u256}, added, 0_u256, deadline);
    const Consent of_payer = world.consent(EscrowWorld::payer_key(), hash);
    const Consent of_payee = world.consent(EscrowWorld::payee_key(), hash);
    EXPECT_TRUE(
        amend(payer, {0_u256}, added, {}, {}).refused_with(EscrowVault::ConsentMissing{payee}));
    EXPECT_TRUE(amend(payee, {0_u256}, added, {}, of_payee)
                    .refused_with(EscrowVault::ConsentMissing{payer}));
    EXPECT_TRUE(amend(anyone, {0_u256}, {world.tranche(101)}, of_payer, of_payee)
                    .refused_with(EscrowVault::ConsentMissing{payer}));
    EXPECT_TRUE(amend(anyone, {}, added, of_payer, of_payee)
                    .refused_with(EscrowVault::ConsentMissing{payer}));
    ASSERT_TRUE(amend(payer, {0_u256}, added, {}, of_payee).ok()) << "a caller need not sign";
    EXPECT_TRUE(amend(anyone, {0_u256}, added, of_payer, of_payee)
                    .refused_as<EscrowVault::TrancheSettled>());
    EXPECT_TRUE(amend(anyone, {}, added, of_payer, of_payee)
                    .refused_with(EscrowVault::ConsentMissing{payer}));
    EXPECT_TRUE(
        (world
             .send<EscrowWorld::amend_text>(payer, world.vault(), std::vector<u256>{},
                                            std::vector<Tranche>{}, 1_u256, Consent{}, Consent{})
             .refused_with(EscrowVault::ConsentExpired{1_u256})));
}

TEST_F(EscrowAmendmentTest, a_tranche_in_dispute_is_not_amended) {
    world.begin({500});
    ASSERT_TRUE(world.claim(0).ok());
    ASSERT_TRUE(world.dispute(0).ok());
    EXPECT_TRUE(amend_signed({0_u256}, {}).refused_with(EscrowVault::InDispute{0_u256}));
}

TEST_F(EscrowAmendmentTest, before_funding_the_plan_is_amended_without_money) {
    ASSERT_TRUE(world.create_escrow(world.terms(), {world.tranche(500)}).ok());
    EXPECT_TRUE(amend_signed({0_u256}, {}).refused_with(EscrowVault::PlanEmpty{}));
    ASSERT_TRUE(amend_signed({0_u256}, {world.tranche(50)}).ok());
    ASSERT_TRUE(world.fund().ok());
    EXPECT_EQ(world.escrowed(), 50_u256);
}

}  // namespace
}  // namespace plume
