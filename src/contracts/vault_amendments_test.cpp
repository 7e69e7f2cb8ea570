// Amendments of a milestone vault: who has to agree, who leaves with what, and what an attacker who
// has all the payees and most of the shares gains by it.
#include <gtest/gtest.h>

#include "contracts/amendments.hpp"
#include "native/math.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;

const Address anyone = person(99);
const Address first_teacher = VaultWorld::teacher(0);
const Address second_teacher = VaultWorld::teacher(1);
const Address newcomer = person(77);
constexpr uint64_t span = 200ull * 86'400;

/// Wrong steps of a vault beside the right ones.
class Bent : public Vault {
public:
    using Vault::Vault;
    /// Puts terms in force to which nobody has agreed.
    void amend_alone(u256 id) {
        Tranche terms = tranches::terms(*this, TrancheId{id.low64()});
        terms.payees = {{person(666), terms.amount}};
        tranches::amend(*this, TrancheId{id.low64()}, terms, Hash{});
        set(plan_hash_, tranches::hash_of_all(*this, terms_of_all()));
        emit(Amended{1_u256, id, plan_hash(), tranches::hash(*this, TrancheId{id.low64()})});
    }
    /// Owes who leaves one unit more than his part.
    void leave_with_more() {
        leave();
        set(owed_, checked_u128(owed() + 1_u256));
        set(owed_to_[sender()], owed_to(sender()) + 1_u256);
        set(escrowed_, checked_u128(escrowed() - 1_u256));
        set(held_, checked_u128(held() - 1_u256));
    }
    /// Takes the share of who leaves for somebody else.
    void leave_with_less() {
        const u256 was = tranches::amount(*this, TrancheId{0});
        leave();
        const u256 part = was - tranches::amount(*this, TrancheId{0});
        tranches::set_amount(*this, TrancheId{0}, was);
        set(owed_, checked_u128(owed() - part));
        set(owed_to_[sender()], owed_to(sender()) - part);
        set(escrowed_, checked_u128(escrowed() + part));
        set(held_, checked_u128(held() + part));
    }
    void keep_shares() {
        leave();
        move({}, sender(), 1_u256);
        set(retired_, checked_u128(retired() - 1_u256));
    }
    void agree_with_more(u256 shares) { amendments::set_agreement(*this, sender(), true, shares); }
    void shrink(u256 id) {
        tranches::set_amount(*this, TrancheId{id.low64()},
                             tranches::amount(*this, TrancheId{id.low64()}) - 1_u256);
        set(escrowed_, checked_u128(escrowed() - 1_u256));
        set(held_, checked_u128(held() - 1_u256));
        set(owed_, checked_u128(owed() + 1_u256));
        set(owed_to_[sender()], owed_to(sender()) + 1_u256);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"amendAlone(uint256 id)", &Bent::amend_alone>,
                             Method<"leaveWithMore()", &Bent::leave_with_more>,
                             Method<"leaveWithLess()", &Bent::leave_with_less>,
                             Method<"keepShares()", &Bent::keep_shares>,
                             Method<"agreeWithMore(uint256 shares)", &Bent::agree_with_more>,
                             Method<"shrink(uint256 id)", &Bent::shrink>>{};

private:
    Hash terms_of_all() const {
        return keccak256(abi::encode(VaultTerms{name(), symbol(), asset(), record(), purpose(),
                                                steward(), funding_deadline()}));
    }
};

class VaultAmendmentsTest : public testing::Test {
public:
    VaultAmendmentsTest() : world({native_type<Bent>(60'084, 1, "Bent")}) {}

    /// An active vault whose tranches wait for 200 days, and whose donors gave `gifts`.
    void begin(const std::vector<uint64_t>& amounts, const std::vector<uint64_t>& gifts,
               std::string_view type = "Vault") {
        std::vector<Tranche> plan;
        for (size_t i = 0; i < amounts.size(); ++i) {
            plan.push_back(world.tranche(i, u256{amounts[i]}));
            plan.back().deadline += span;
        }
        ASSERT_TRUE(world.create_vault(world.terms(), plan, true, type).ok());
        for (size_t i = 0; i < gifts.size(); ++i)
            ASSERT_TRUE(world.contribute(donor(i), u256{gifts[i]}).ok());
        ASSERT_EQ(world.phase(), Vault::Phase::active);
    }
    static Address donor(size_t n) { return VaultWorld::donor(static_cast<uint16_t>(n)); }
    /// Tranche `id` for the newcomer, a year later, with another condition.
    Tranche other(uint64_t id) {
        Tranche out = terms(id);
        out.payees = {{newcomer, out.amount}};
        out.deadline += 365ull * 86'400;
        out.release = world.when_on(30);
        return out;
    }
    Tranche terms(uint64_t id) {
        return std::get<0>(*abi::decode<Tranche, uint8_t, uint64_t>(
            world.ask<"tranche(uint256)">(world.vault(), u256{id}).result.output));
    }
    Outcome propose(const Address& by, uint64_t id, const Tranche& tranche) {
        constexpr FixedText text =
            "proposeAmendment(uint256,(uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,"
            "(address,bytes),(address,bytes)))";
        return world.send<text>(by, world.vault(), u256{id}, tranche);
    }
    Outcome agree(const Address& by, uint64_t number = 1) {
        return world.send<"agree(uint256)">(by, world.vault(), u256{number});
    }
    Outcome accept(uint64_t number = 1) {
        return world.send<"acceptAmendment(uint256)">(anyone, world.vault(), u256{number});
    }
    Outcome enact(uint64_t number = 1) {
        return world.send<"enact(uint256)">(anyone, world.vault(), u256{number});
    }
    Outcome leave(const Address& by) { return world.send<"leave()">(by, world.vault()); }
    Outcome put_out(const Address& holder) {
        return world.send<"putOut(address)">(anyone, world.vault(), holder);
    }
    Outcome collect(const Address& who) {
        return world.send<"collect(address)">(anyone, world.vault(), who);
    }
    u256 live(uint64_t id) { return world.number<"liveAmount(uint256)">(u256{id}); }
    /// Both teachers and these donors agree, and it is accepted.
    void agree_and_accept(const std::vector<size_t>& donors) {
        ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
        for (const Address& payee : {first_teacher, second_teacher}) ASSERT_TRUE(agree(payee).ok());
        for (const size_t n : donors) ASSERT_TRUE(agree(donor(n)).ok());
        ASSERT_TRUE(accept().ok());
    }

    VaultWorld world;
};

/// One vault of several in a test.
struct Life : VaultAmendmentsTest {
    void TestBody() override {}
};

TEST_F(VaultAmendmentsTest, what_all_agree_on_takes_the_place_of_the_terms) {
    begin({90, 60}, {100, 50});
    const Hash plan = world.ask<"planHash()">(world.vault()).value<Hash>();
    agree_and_accept({0, 1});
    const Tranche agreed = other(0);
    const Outcome out = enact();
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Vault::Amended>(world.vault()).size(), 1u);
    EXPECT_EQ(terms(0), agreed);
    EXPECT_NE(world.ask<"planHash()">(world.vault()).value<Hash>(), plan);
    world.turn(0, Switchboard::on);
    EXPECT_TRUE(world.release(0).refused_as<Vault::ConditionNotMet>()) << "the old condition";
    world.turn(30, Switchboard::on);
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.money_of(newcomer), 90_u256);
}

TEST_F(VaultAmendmentsTest, until_then_the_old_terms_are_in_force) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    world.turn(0, Switchboard::on);
    ASSERT_TRUE(world.release(0).ok());
    agree(donor(1));
    EXPECT_TRUE(enact().refused_as<Vault::TrancheSettled>());
    EXPECT_EQ(world.money_of(newcomer), 0_u256);
}

TEST_F(VaultAmendmentsTest, the_way_back_stays_open_at_every_stage) {
    begin({90, 60}, {100, 50});
    ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
    world.go_to(terms(0).deadline + 1);
    ASSERT_TRUE(world.reclaim(0).ok());
    EXPECT_EQ(world.withdrawable(donor(0)), 60_u256);
    EXPECT_EQ(world.withdrawable(donor(1)), 30_u256);
}

TEST_F(VaultAmendmentsTest, only_a_payee_proposes_and_only_the_same_amount) {
    begin({90, 60}, {100, 50});
    for (const Address& who : {world.steward(), donor(0), anyone, newcomer})
        EXPECT_TRUE(propose(who, 0, other(0)).refused_with(Vault::NotPayee{0_u256, who}));
    Tranche more = other(0);
    more.amount = u128{91_u256};
    more.payees[0].amount = u128{91_u256};
    EXPECT_TRUE(
        propose(first_teacher, 0, more).refused_with(Vault::AmountAmended{91_u256, 90_u256}));
    EXPECT_TRUE(propose(first_teacher, 2, other(0)).refused_as<tranches::UnknownTranche>());
    Tranche past = other(0);
    past.opens_at = 0;
    past.deadline = world.block().timestamp;
    EXPECT_TRUE(propose(first_teacher, 0, past).refused_as<tranches::DeadlineInvalid>());
}

TEST_F(VaultAmendmentsTest, every_payee_who_waits_must_agree) {
    begin({90, 60}, {100, 50});
    ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
    agree(donor(0));
    agree(donor(1));
    agree(first_teacher);
    EXPECT_TRUE(accept().refused_with(Vault::AgreementMissing{second_teacher}));
    agree(second_teacher);
    EXPECT_TRUE(accept().ok());
}

TEST_F(VaultAmendmentsTest, more_than_half_of_the_shares_must_agree) {
    begin({90, 60}, {75, 75});
    ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
    for (const Address& party : {first_teacher, second_teacher, donor(0)}) agree(party);
    EXPECT_TRUE(accept().refused_with(Vault::TooFewAgree{75_u256, 150_u256}));
    world.give_shares(donor(1), donor(0), 1_u256);
    EXPECT_TRUE(accept().refused_with(Vault::TooFewAgree{75_u256, 150_u256}))
        << "shares that came later agree to nothing";
    agree(donor(0));
    EXPECT_TRUE(accept().ok());
}

TEST_F(VaultAmendmentsTest, all_shares_that_are_left_must_agree) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    EXPECT_TRUE(enact().refused_with(Vault::TooFewAgree{100_u256, 150_u256}));
    ASSERT_TRUE(leave(donor(1)).ok());
    EXPECT_TRUE(enact().ok());
}

TEST_F(VaultAmendmentsTest, who_leaves_has_his_part_of_all_that_is_open) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    const Outcome out = leave(donor(1));
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 50_u256);
    EXPECT_EQ(live(0), 60_u256);
    EXPECT_EQ(live(1), 40_u256);
    EXPECT_EQ(world.shares_of(donor(1)), 0_u256);
    EXPECT_EQ(world.number<"retired()">(), 50_u256);
    ASSERT_TRUE(collect(donor(1)).ok());
    EXPECT_EQ(world.money_of(donor(1)), 50_u256);
    EXPECT_TRUE(leave(donor(1)).refused_as<Vault::NothingToWithdraw>());
}

TEST_F(VaultAmendmentsTest, what_came_back_before_stays_the_leavers) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    world.go_to(terms(1).deadline + 1);
    // Both are over, and the acceptance as well: only the other way is open.
    ASSERT_TRUE(world.reclaim(1).ok());
    EXPECT_TRUE(leave(donor(1)).refused_as<Vault::WrongAmendmentStage>());
    EXPECT_EQ(world.withdrawable(donor(1)), 20_u256);
}

TEST_F(VaultAmendmentsTest, payees_share_what_is_left_and_fractions_go_back) {
    begin({100}, {67, 33});
    ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
    for (const Address& party : {first_teacher, second_teacher, donor(0)}) agree(party);
    ASSERT_TRUE(accept().ok());
    ASSERT_TRUE(leave(donor(1)).ok());
    world.turn(0, Switchboard::on);
    ASSERT_TRUE(world.release(0).ok());
    // 67 units at 67 : 33 are 44.89 and 22.11.
    EXPECT_EQ(world.money_of(first_teacher), 44_u256);
    EXPECT_EQ(world.money_of(second_teacher), 22_u256);
    world.next_block();  // Shares ended in this one: what came back goes to who holds some later.
    EXPECT_EQ(world.withdrawable(donor(0)), 1_u256);
    EXPECT_EQ(world.phase(), Vault::Phase::closed);
}

TEST_F(VaultAmendmentsTest, who_is_silent_is_put_out_after_the_notice_with_the_same_part) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    world.advance(amendments::notice_seconds - 1);
    EXPECT_TRUE(put_out(donor(1)).refused_as<Vault::NoticeNotOver>());
    world.advance(1);
    EXPECT_TRUE(put_out(donor(0)).refused_with(Vault::NothingToWithdraw{donor(0)}))
        << "who agrees stays";
    ASSERT_TRUE(put_out(donor(1)).ok());
    ASSERT_TRUE(collect(donor(1)).ok());
    EXPECT_EQ(world.money_of(donor(1)), 50_u256);
    EXPECT_TRUE(enact().ok());
}

TEST_F(VaultAmendmentsTest, the_last_shares_stay) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    ASSERT_TRUE(leave(donor(1)).ok());
    EXPECT_TRUE(leave(donor(0)).refused_with(Vault::LastShares{donor(0)}));
}

TEST_F(VaultAmendmentsTest, shares_given_away_agree_no_more) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    agree(donor(1));
    world.give_shares(donor(0), newcomer, 30_u256);
    EXPECT_TRUE(enact().refused_with(Vault::TooFewAgree{120_u256, 150_u256}));
    EXPECT_EQ(world.number<"agreedSharesOf(address)">(donor(0)), 70_u256);
    world.advance(amendments::notice_seconds);
    ASSERT_TRUE(put_out(newcomer).ok());
    EXPECT_EQ(world.number<"owedTo(address)">(newcomer), 30_u256);
}

TEST_F(VaultAmendmentsTest, a_word_can_be_taken_back) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0, 1});
    ASSERT_TRUE(world.send<"disagree(uint256)">(donor(1), world.vault(), 1_u256).ok());
    EXPECT_TRUE(enact().refused_as<Vault::TooFewAgree>());
}

TEST_F(VaultAmendmentsTest, a_claim_is_judged_by_the_terms_it_was_made_under) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0, 1});
    ASSERT_TRUE(world.claim(first_teacher, 0).ok());
    EXPECT_TRUE(enact().refused_as<Vault::AlreadyClaimed>());
    EXPECT_TRUE(propose(first_teacher, 0, other(0)).refused_as<Vault::AlreadyClaimed>());
}

TEST_F(VaultAmendmentsTest, an_accepted_one_is_replaced_only_when_it_is_void) {
    begin({90, 60}, {100, 50});
    agree_and_accept({0});
    EXPECT_TRUE(propose(second_teacher, 0, other(0)).refused_with(Vault::AmendmentPending{1_u256}));
    world.advance(amendments::acceptance_seconds + 1);
    EXPECT_TRUE(enact().refused_as<Vault::WrongAmendmentStage>());
    EXPECT_EQ(propose(second_teacher, 0, other(0)).value<u256>(), 2_u256);
    EXPECT_TRUE(agree(donor(0), 1).refused_with(Vault::UnknownAmendment{1_u256}));
    EXPECT_TRUE(agree(donor(0), 0).refused_with(Vault::UnknownAmendment{0_u256}));
}

TEST_F(VaultAmendmentsTest, nobody_is_put_out_while_a_payout_may_still_come_back) {
    constexpr FixedText add_text =
        "addTranche((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
        "(address,bytes)),((uint8,uint32,uint64,uint64),(address,bytes,uint256)))";
    ASSERT_TRUE(world.create_vault(world.terms(), {}, false).ok());
    Tranche first = world.tranche(0, 90_u256);
    Tranche second = world.tranche(1, 60_u256);
    first.deadline += span;
    second.deadline += span;
    second.cancel = world.when_on(40);
    const PayoutRules rules{
        .schedule = {static_cast<uint8_t>(payouts::Pace::stream), 0, 100ull * 86'400, 0},
        .payout = {}};
    for (const auto& [tranche, paid_by] :
         {std::pair{first, PayoutRules{}}, std::pair{second, rules}})
        ASSERT_TRUE(world.send<add_text>(world.steward(), world.vault(), tranche, paid_by).ok());
    ASSERT_TRUE(world.send<"open()">(world.steward(), world.vault()).ok());
    world.contribute(donor(0), 100_u256);
    world.contribute(donor(1), 50_u256);
    world.turn(1, Switchboard::on);
    ASSERT_TRUE(world.release(1).ok());
    agree_and_accept({0});
    world.advance(amendments::notice_seconds);
    EXPECT_TRUE(put_out(donor(1)).refused_with(Vault::StillPaying{1_u256}));
    EXPECT_TRUE(leave(donor(1)).ok()) << "who wants to go may";
}

/// The attackers are all payees and own all shares but the victim's.
TEST_F(VaultAmendmentsTest, attack_by_a_majority_with_all_payees_gains_nothing) {
    for (const uint64_t gift : {1u, 7u, 33u, 74u}) {
        for (const bool is_silent : {true, false}) {
            Life life;
            VaultWorld& w = life.world;
            life.begin({91, 59}, {150 - gift, gift});
            life.agree_and_accept({0});
            w.advance(amendments::notice_seconds);
            ASSERT_TRUE((is_silent ? life.put_out(donor(1)) : life.leave(donor(1))).ok());
            ASSERT_TRUE(life.enact().ok());
            w.turn(1, Switchboard::on);
            w.turn(30, Switchboard::on);
            ASSERT_TRUE(w.release(0).ok());
            ASSERT_TRUE(w.release(1).ok());
            ASSERT_TRUE(life.collect(donor(1)).ok());
            if (!w.withdrawable(donor(0)).is_zero()) {
                ASSERT_TRUE(w.withdraw(donor(0)).ok());
            }
            u256 taken;
            for (const Address& attacker : {first_teacher, second_teacher, newcomer, donor(0)})
                taken += w.money_of(attacker);
            EXPECT_LE(taken, u256{150 - gift}) << "profit with a victim of " << gift;
            EXPECT_EQ(w.money_of(donor(1)), u256{gift});
        }
    }
}

TEST_F(VaultAmendmentsTest, attack_by_agreeing_twice_with_the_same_shares_counts_once) {
    begin({90, 60}, {40, 110});
    ASSERT_TRUE(propose(first_teacher, 0, other(0)).ok());
    for (const Address& party : {first_teacher, second_teacher, donor(0)}) agree(party);
    for (uint16_t i = 200; i < 210; ++i) {
        const Address from = i == 200 ? donor(0) : person(static_cast<uint16_t>(i - 1));
        world.give_shares(from, person(i), 40_u256);
        agree(person(i));
    }
    EXPECT_TRUE(accept().refused_with(Vault::TooFewAgree{40_u256, 150_u256}));
}

template <FixedText signature, class... T>
std::string broken_by(const Address& by, const T&... arguments) {
    Life life;
    life.world.expect_broken_invariants();
    life.begin({90, 60}, {100, 50}, "Bent");
    life.agree_and_accept({0});
    return life.world.send<signature>(by, life.world.vault(), arguments...).broken;
}

void expect_in(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(VaultAmendmentsTest, each_fault_breaks_its_invariant) {
    expect_in(broken_by<"amendAlone(uint256)">(anyone, 0_u256), "X-3: the plan changed");
    expect_in(broken_by<"leaveWithMore()">(donor(1)), "X-1: escrowed");
    expect_in(broken_by<"leaveWithLess()">(donor(1)), "V-13: ");
    expect_in(broken_by<"keepShares()">(donor(1)), "V-15: the shares");
    expect_in(broken_by<"agreeWithMore(uint256)">(donor(1), 151_u256), "X-9: more shares agree");
    expect_in(broken_by<"shrink(uint256)">(anyone, 0_u256), "X-3: tranche 0");
}

}  // namespace
}  // namespace plume
