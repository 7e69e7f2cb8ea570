// The vault that shares revenue: its waterfall, record dates, tax and pushes, and what breaks its
// invariants.
#include "contracts/revenue_vault.hpp"

#include <gtest/gtest.h>

#include "native/math.hpp"
#include "support/revenue.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::RevenueWorld;

const Address issuer = RevenueWorld::issuer();
const Address alice = person(2);
const Address bob = person(3);
const Address mallory = person(66);
const Address manager = person(70);
const Address senior = person(71);
const Address beneficiary = person(72);
const Address treasury = person(73);
const Address authority = person(74);
constexpr uint64_t week = 7 * 86'400;

/// A vault with wrong methods beside the right ones.
class CorruptedRevenueVault : public RevenueVault {
public:
    using RevenueVault::RevenueVault;

    /// The tax is told of and not kept.
    void untaxed(Address account, Address currency) {
        const u256 gross = claim_for(account, currency);
        erc20::try_transfer(*this, currency, account, withheld_from(account, gross));
    }
    void tell_of_a_line(Address currency) { emit(LinePaid{u256{}, currency, manager, u256{5u}}); }
    void claim_again(u256 id, Address account) {
        emit(AnnouncedClaimed{id, account, account, u256{}});
        emit(AnnouncedClaimed{id, account, account, u256{}});
    }

    static constexpr auto abi =
        RevenueVault::abi +
        Methods<
            Method<"untaxed(address account, address currency)", &CorruptedRevenueVault::untaxed>,
            Method<"tellOfALine(address currency)", &CorruptedRevenueVault::tell_of_a_line>,
            Method<"claimAgain(uint256 id, address account)",
                   &CorruptedRevenueVault::claim_again>>{};
};

class RevenueVaultTest : public testing::Test {
protected:
    RevenueVaultTest()
        : world({native_type<CorruptedRevenueVault>(60'104, 1, "CorruptedRevenueVault")}),
          euro(world.euro()),
          dollar(world.dollar()) {
        vault = make(terms()).value<Address>();
        world.give(vault, issuer, alice, 250_u256);
        world.next_block();
    }

    /// A tenth to the manager, then half of the rest to the senior until he has had 600.
    RevenueTerms terms() const {
        return {.currencies = {euro, dollar},
                .lines = {{manager, 1'000, {}}, {senior, 5'000, {600_u256}}},
                .beneficiary = beneficiary,
                .tax_authority = authority,
                .tax_payee = treasury};
    }
    Outcome make(const RevenueTerms& terms, std::string_view type = "RevenueShare") {
        return world.create(issuer, type, world.next_salt(), world.params(1'000_u256), terms);
    }
    u256 owed_to(const Address& payee) {
        return world.ask<"owedTo(address,address)">(vault, payee, euro).value<u256>();
    }
    u256 due(const Address& account) { return world.claimable(vault, euro, account); }
    Outcome announce(const u256& amount, uint64_t record_time, uint64_t expires) {
        world.send<"approve(address,uint256)">(issuer, euro, vault, amount);
        return world.send<"announce(address,uint256,uint64,uint64)">(issuer, vault, euro, amount,
                                                                     record_time, expires);
    }
    Outcome claim_announced(const Address& account, uint64_t id = 0) {
        return world.send<"claimAnnounced(uint256,address)">(mallory, vault, u256{id}, account);
    }
    Outcome expire(uint64_t id = 0) {
        return world.send<"expire(uint256)">(mallory, vault, u256{id});
    }
    Outcome push(uint64_t count) {
        return world.send<"pushNext(address,uint256)">(mallory, vault, euro, u256{count});
    }
    uint64_t now() { return world.block().timestamp; }

    RevenueWorld world;
    Address euro;
    Address dollar;
    Address vault;
};

TEST_F(RevenueVaultTest, revenue_runs_down_the_waterfall) {
    ASSERT_TRUE(world.distribute(vault, euro, 1'000_u256).ok());
    EXPECT_EQ(owed_to(manager), 100_u256);
    EXPECT_EQ(owed_to(senior), 450_u256);
    EXPECT_EQ(world.held(vault, euro), 450_u256);
    world.distribute(vault, euro, 1'000_u256);
    EXPECT_EQ(owed_to(senior), 600_u256) << "his cap";
    EXPECT_EQ(world.held(vault, euro), 450_u256 + 750_u256);
    world.distribute(vault, dollar, 10_u256);
    EXPECT_EQ(world.ask<"owedTo(address,address)">(vault, senior, dollar).value<u256>(), 4_u256)
        << "half of 9, rounded in favour of the shares; the cap is that of another currency";
    EXPECT_EQ(world.held(vault, dollar), 5_u256);
}

TEST_F(RevenueVaultTest, what_is_collected_is_what_a_line_is_owed) {
    world.distribute(vault, euro, 1'000_u256);
    EXPECT_TRUE(world.send<"collect(address,address)">(mallory, vault, manager, euro).ok());
    EXPECT_EQ(world.money(euro, manager), 100_u256);
    EXPECT_TRUE(world.send<"collect(address,address)">(mallory, vault, manager, euro)
                    .refused_with(RevenueVault::NothingToCollect{manager, euro}));
    world.send<"block(address,bool)">(issuer, euro, senior, true);
    EXPECT_FALSE(world.send<"collect(address,address)">(mallory, vault, senior, euro).ok());
    EXPECT_TRUE(world.distribute(vault, euro, 1'000_u256).ok()) << "a blocked line stops nothing";
    EXPECT_TRUE(world.claim(vault, euro, alice).ok());
}

TEST_F(RevenueVaultTest, what_arrived_by_a_plain_transfer_is_distributed_by_anyone_once) {
    world.give(euro, issuer, vault, 1'000_u256);
    EXPECT_EQ(due(alice), 0_u256);
    const Outcome out = world.send<"distributeReceived(address)">(mallory, vault, euro);
    EXPECT_EQ(out.value<u256>(), 1'000_u256);
    EXPECT_EQ(owed_to(manager), 100_u256);
    EXPECT_EQ(due(alice), 112_u256);
    EXPECT_TRUE(world.send<"distributeReceived(address)">(mallory, vault, euro)
                    .refused_with(RevenueShares::NothingReceived{euro}));
    EXPECT_TRUE(world.send<"distributeReceived(address)">(mallory, vault, vault)
                    .refused_with(revenue::CurrencyNotListed{vault}));
}

// D-6, A-20: gross = net + tax, to the unit.
TEST_F(RevenueVaultTest, tax_is_withheld_from_the_rounded_gross) {
    EXPECT_TRUE(world.send<"setTaxRate(address,uint16)">(issuer, vault, alice, uint16_t{100})
                    .refused_with(RevenueVault::NotTaxAuthority{issuer}));
    EXPECT_TRUE(world.send<"setTaxRate(address,uint16)">(authority, vault, alice, uint16_t{5'001})
                    .refused_with(RevenueVault::TaxRateTooHigh{5'001, 5'000}));
    world.send<"setTaxRate(address,uint16)">(authority, vault, Address{}, uint16_t{1'000});
    world.send<"setTaxRate(address,uint16)">(authority, vault, alice, uint16_t{2'500});
    world.distribute(vault, euro, 1'000_u256);
    EXPECT_EQ(due(alice), 112_u256);
    EXPECT_EQ(world.claim(vault, euro, alice).value<u256>(), 112_u256);
    EXPECT_EQ(world.money(euro, alice), 84_u256);
    EXPECT_EQ(owed_to(treasury), 28_u256);
    world.send<"setTaxRate(address,uint16)">(authority, vault, alice, uint16_t{0});
    world.distribute(vault, euro, 1'000_u256);
    const u256 gross = world.claim(vault, euro, alice).value<u256>();
    EXPECT_EQ(world.money(euro, alice), 84_u256 + gross) << "an own rate of zero is one";
}

// D-3: the payout of a distribution is a function of its record date only.
TEST_F(RevenueVaultTest, an_announced_distribution_goes_to_who_held_at_the_record_date) {
    const uint64_t record_time = now() + 100;
    ASSERT_TRUE(announce(1'000_u256, record_time, record_time + week).ok());
    EXPECT_TRUE(claim_announced(alice).refused_with(RevenueVault::BeforeRecordTime{record_time}));
    world.advance(100);
    world.give(vault, alice, bob, 50_u256);
    EXPECT_FALSE(claim_announced(bob).ok()) << "the second is not over";
    world.advance(1);
    world.give(vault, alice, mallory, 200_u256);
    EXPECT_EQ(claim_announced(alice).value<u256>(), 200_u256);
    EXPECT_EQ(claim_announced(bob).value<u256>(), 50_u256);
    EXPECT_TRUE(
        claim_announced(mallory).refused_with(RevenueShares::NothingToClaim{mallory, euro}));
    EXPECT_TRUE(claim_announced(alice).refused_with(RevenueVault::AlreadyClaimed{0_u256, alice}));
    EXPECT_EQ(world.money(euro, alice), 200_u256);
}

TEST_F(RevenueVaultTest, what_is_not_claimed_in_time_is_the_beneficiarys) {
    const uint64_t record_time = now();
    announce(1'001_u256, record_time, record_time + week);
    world.advance(week);
    EXPECT_EQ(claim_announced(alice).value<u256>(), 250_u256);
    EXPECT_TRUE(expire().refused_with(RevenueVault::DistributionNotOver{0_u256}));
    world.advance(1);
    EXPECT_TRUE(claim_announced(issuer).refused_with(RevenueVault::DistributionOver{0_u256}));
    EXPECT_EQ(expire().value<u256>(), 751_u256);
    EXPECT_TRUE(expire().refused_with(RevenueVault::DistributionOver{0_u256}));
    EXPECT_EQ(owed_to(beneficiary), 751_u256);
    EXPECT_EQ(world.ask<"announced(address)">(vault, euro).value<u256>(), 0_u256);
}

TEST_F(RevenueVaultTest, an_evergreen_distribution_waits_for_ever) {
    announce(1'000_u256, now(), 0);
    world.advance(50 * 52 * week);
    EXPECT_TRUE(expire().refused_with(RevenueVault::DistributionNotOver{0_u256}));
    EXPECT_EQ(claim_announced(alice).value<u256>(), 250_u256);
}

TEST_F(RevenueVaultTest, times_that_make_no_sense_are_refused) {
    const uint64_t t = now();
    EXPECT_TRUE(announce(5_u256, t - 1, 0).refused_with(RevenueVault::TimesInvalid{t - 1, 0}));
    EXPECT_TRUE(announce(5_u256, t, t + week - 1)
                    .refused_with(RevenueVault::TimesInvalid{t, t + week - 1}));
    const uint64_t far = t + RevenueVault::record_span_max_seconds;
    EXPECT_TRUE(announce(5_u256, far, 0).ok());
    EXPECT_TRUE(announce(5_u256, far + 1, 0).refused_with(RevenueVault::TimesInvalid{far + 1, 0}));
    EXPECT_TRUE(
        claim_announced(alice, 7).refused_with(RevenueVault::UnknownDistribution{7_u256, 1_u256}));
}

// D-4: one blocked holder is passed over; D-3: nobody is paid twice, whatever moves between.
TEST_F(RevenueVaultTest, a_push_walks_the_holders_and_nobody_stops_it) {
    world.give(vault, issuer, bob, 250_u256);
    world.next_block();
    world.distribute(vault, euro, 1'000_u256);
    world.send<"block(address,bool)">(issuer, euro, alice, true);
    EXPECT_EQ(push(2).value<u256>(), 1_u256) << "the issuer; alice is blocked";
    EXPECT_EQ(due(alice), 112_u256);
    world.give(vault, issuer, mallory, 100_u256);
    EXPECT_EQ(push(2).value<u256>(), 1_u256) << "bob; mallory has nothing";
    EXPECT_EQ(world.money(euro, bob), 112_u256);
    EXPECT_EQ(world.money(euro, mallory), 0_u256);
    world.send<"block(address,bool)">(issuer, euro, alice, false);
    EXPECT_EQ(push(64).value<u256>(), 1_u256);
    EXPECT_EQ(world.money(euro, alice), 112_u256);
    EXPECT_TRUE(push(65).refused_with(RevenueVault::CountInvalid{65_u256, 64_u256}));
    EXPECT_TRUE(push(0).refused_with(RevenueVault::CountInvalid{0_u256, 64_u256}));
}

TEST_F(RevenueVaultTest, a_push_withholds_as_a_claim_does) {
    world.send<"setTaxRate(address,uint16)">(authority, vault, alice, uint16_t{2'500});
    world.distribute(vault, euro, 1'000_u256);
    EXPECT_EQ(push(2).value<u256>(), 2_u256);
    EXPECT_EQ(world.money(euro, alice), 84_u256);
    EXPECT_EQ(owed_to(treasury), 28_u256);
}

TEST_F(RevenueVaultTest, an_excluded_holder_has_no_part_in_what_is_announced) {
    world.send<"setExcluded(address,bool)">(issuer, vault, issuer, true);
    announce(1'000_u256, now(), 0);
    world.advance(1);
    EXPECT_EQ(claim_announced(alice).value<u256>(), 1'000_u256);
    EXPECT_FALSE(claim_announced(issuer).ok());
}

TEST_F(RevenueVaultTest, shares_of_one_second_have_no_part_in_what_is_announced) {
    announce(1'000_u256, now(), 0);
    world.give(vault, issuer, mallory, 750_u256);
    world.give(vault, mallory, issuer, 750_u256);
    world.advance(1);
    EXPECT_FALSE(claim_announced(mallory).ok());
    EXPECT_EQ(claim_announced(issuer).value<u256>(), 750_u256);
}

TEST_F(RevenueVaultTest, terms_that_make_no_sense_are_refused) {
    RevenueTerms wrong = terms();
    wrong.lines.assign(RevenueVault::lines_max + 1, {manager, 1, {}});
    EXPECT_TRUE(make(wrong).refused_with(RevenueVault::CountInvalid{9_u256, 8_u256}));
    wrong.lines.pop_back();
    EXPECT_TRUE(make(wrong).ok());
    wrong.lines[0].bps = 10'001;
    EXPECT_TRUE(make(wrong).refused_with(RevenueVault::TermsInvalid{"bps"}));
    wrong = terms();
    wrong.tax_payee = {};
    EXPECT_TRUE(make(wrong).refused_with(RevenueVault::TermsInvalid{"taxPayee"}));
    wrong = terms();
    wrong.currencies = {};
    EXPECT_TRUE(make(wrong).refused_with(RevenueVault::TermsInvalid{"currencies"}));
    wrong = terms();
    wrong.beneficiary = {};
    EXPECT_TRUE(make(wrong).refused_with(RevenueVault::TermsInvalid{"beneficiary"}));
    EXPECT_TRUE(world.give(vault, alice, vault, 1_u256)
                    .refused_with(AssetToken::ERC20InvalidReceiver{vault}));
}

// V-12: what came in is what went out, is held, owed or announced.
TEST_F(RevenueVaultTest, every_unit_that_comes_in_is_accounted_for) {
    world.send<"setTaxRate(address,uint16)">(authority, vault, Address{}, uint16_t{1'234});
    u256 in;
    for (unsigned i = 1; i < 40; ++i) {
        const u256 amount{i * 7'919 % 1'000 + 1};
        in += amount;
        if (i % 5 == 0) {
            announce(amount, now(), now() + week);
        } else {
            world.distribute(vault, euro, amount);
        }
        world.give(vault, alice, bob, u256{i % 3});
        world.advance(60);
        world.claim(vault, euro, i % 2 == 0 ? alice : bob);
        if (i % 10 == 0) claim_announced(alice, i / 10 - 1);
    }
    u256 out;
    for (const Address& who : {alice, bob, manager, senior, treasury, beneficiary})
        out += world.money(euro, who);
    const u256 books = world.held(vault, euro) +
                       world.ask<"owed(address)">(vault, euro).value<u256>() +
                       world.ask<"announced(address)">(vault, euro).value<u256>();
    EXPECT_EQ(world.money(euro, vault), books);
    EXPECT_EQ(in, out + books);
}

TEST_F(RevenueVaultTest, each_invariant_is_broken_once) {
    const Address wrong = make(terms(), "CorruptedRevenueVault").value<Address>();
    world.give(wrong, issuer, alice, 250_u256);
    world.send<"setTaxRate(address,uint16)">(authority, wrong, alice, uint16_t{2'500});
    world.next_block();
    world.distribute(wrong, euro, 1'000_u256);
    world.expect_broken_invariants();
    const auto expect = [&](const Outcome& out, std::string_view invariant) {
        EXPECT_TRUE(out.ok());
        EXPECT_NE(out.broken.find(invariant), std::string::npos) << out.broken;
    };
    expect(world.send<"untaxed(address,address)">(mallory, wrong, alice, euro), "V-12");
    expect(world.send<"tellOfALine(address)">(mallory, wrong, euro), "V-12");
    expect(world.send<"claimAgain(uint256,address)">(mallory, wrong, 0_u256, alice), "D-3");
}

}  // namespace
}  // namespace plume
