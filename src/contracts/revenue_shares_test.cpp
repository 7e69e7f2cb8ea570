// What holders of a token see of its revenue, and the incidents of the past, each with what the
// attacker gets out of it.
#include "contracts/revenue_shares.hpp"

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
const Address carol = person(4);
const Address mallory = person(66);

/// A token with wrong methods beside the right ones.
class CorruptedShares : public AssetToken {
public:
    using AssetToken::AssetToken;

    void pay_twice(Address account, Address currency) {
        const u256 amount = claim_for(account, currency);
        erc20::try_transfer(*this, currency, account, amount);
    }
    void share_out_of_nothing(Address currency, u256 amount) { share_out(currency, amount); }
    void share_unbooked(Address currency, u256 amount) {
        revenue::distribute(*this, revenue::id_of(*this, currency), amount, total_supply());
    }
    void take_silently(Address account, Address currency) {
        revenue::take(*this, revenue::id_of(*this, currency), account, balance_of(account),
                      total_supply());
        emit(RevenueClaimed{account, currency, account, u256{}});
    }

    static constexpr auto abi =
        AssetToken::abi +
        Methods<Method<"payTwice(address account, address currency)", &CorruptedShares::pay_twice>,
                Method<"shareOutOfNothing(address currency, uint256 amount)",
                       &CorruptedShares::share_out_of_nothing>,
                Method<"shareUnbooked(address currency, uint256 amount)",
                       &CorruptedShares::share_unbooked>,
                Method<"takeSilently(address account, address currency)",
                       &CorruptedShares::take_silently>>{};
};

/// A pool that holds shares for others; nothing can be claimed from it.
class Pond : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    void claim(Address token, Address currency) {
        Remote<"claimFor(address account, address currency) returns (uint256 amount)", u256,
               Address, Address>::call(*this, token, self(), currency);
    }
    /// As a distributor: takes one unit less than it is told.
    void distribute(Address currency, u256 amount) {
        erc20::pull(*this, currency, sender(), amount - u256{1u});
    }
    static constexpr auto constructor = Method<"constructor()", &Pond::construct>{};
    static constexpr auto abi =
        Methods<Method<"claim(address token, address currency)", &Pond::claim>,
                Method<"distribute(address currency, uint256 amount)", &Pond::distribute>>{};
};

class RevenueSharesTest : public testing::Test {
protected:
    RevenueSharesTest()
        : world({native_type<CorruptedShares>(60'101, 1, "CorruptedShares"),
                 native_type<Pond>(60'102, 1, "Pond")}),
          euro(world.euro()),
          dollar(world.dollar()),
          token(world.make_shares()) {}

    Address make_pond() { return world.create(issuer, "Pond", {}).value<Address>(); }
    u256 due(const Address& account) { return world.claimable(token, euro, account); }

    RevenueWorld world;
    Address euro;
    Address dollar;
    Address token;
};

TEST_F(RevenueSharesTest, what_is_distributed_is_claimed_by_anyone_for_the_holder) {
    world.give(token, issuer, alice, 250_u256);
    world.next_block();
    const Outcome out = world.distribute(token, euro, 300_u256);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 300_u256);
    EXPECT_EQ(out.events<RevenueShares::RevenueDistributed>(token).size(), 1u);
    EXPECT_EQ(out.events<RevenueShares::FundsDistributed>(token).size(), 1u);
    EXPECT_EQ(due(alice), 75_u256);
    const Outcome claim = world.claim(token, euro, alice);
    EXPECT_EQ(claim.value<u256>(), 75_u256);
    EXPECT_EQ(claim.events<RevenueShares::FundsWithdrawn>(token).size(), 1u);
    EXPECT_EQ(world.money(euro, alice), 75_u256);
    EXPECT_EQ(world.held(token, euro), 225_u256);
    EXPECT_TRUE(
        world.claim(token, euro, alice).refused_with(RevenueShares::NothingToClaim{alice, euro}));
}

TEST_F(RevenueSharesTest, the_words_of_erc2222_speak_of_the_first_currency) {
    world.distribute(token, euro, 10_u256);
    const Outcome other = world.distribute(token, dollar, 20_u256);
    EXPECT_TRUE(other.events<RevenueShares::FundsDistributed>(token).empty());
    EXPECT_EQ(world.ask<"withdrawableFundsOf(address)">(token, issuer).value<u256>(), 10_u256);
    const u256 earlier = world.money(euro, issuer);
    ASSERT_TRUE(world.send<"withdrawFunds()">(issuer, token).ok());
    EXPECT_EQ(world.money(euro, issuer) - earlier, 10_u256);
    EXPECT_EQ(world.claimable(token, dollar, issuer), 20_u256);
    EXPECT_TRUE(
        world.claim(token, dollar, issuer).events<RevenueShares::FundsWithdrawn>(token).empty());
    const Address bare = world.make_token("AssetToken", 5_u256);
    EXPECT_EQ(world.ask<"withdrawableFundsOf(address)">(bare, issuer).value<u256>(), 0_u256);
}

TEST_F(RevenueSharesTest, only_the_issuer_lists_and_only_what_can_be_a_currency) {
    EXPECT_TRUE(world.send<"listCurrency(address)">(alice, token, euro)
                    .refused_with(RevenueShares::OwnableUnauthorizedAccount{alice}));
    EXPECT_TRUE(world.list(token, euro).refused_with(revenue::CurrencyAlreadyListed{euro}));
    EXPECT_TRUE(world.list(token, token).refused_with(RevenueShares::CurrencyInvalid{token}));
    EXPECT_TRUE(world.list(token, alice).refused_with(RevenueShares::CurrencyInvalid{alice}));
    TokenParams fine = world.params(1_u256);
    fine.decimals = 19;
    const Address currency =
        world.create(issuer, "AssetToken", world.next_salt(), fine).value<Address>();
    EXPECT_TRUE(world.list(token, currency).refused_with(RevenueShares::CurrencyInvalid{currency}));
    const Address other = world.make_token("AssetToken", 1_u256);
    EXPECT_TRUE(
        world.distribute(token, other, 1_u256).refused_with(revenue::CurrencyNotListed{other}));
    EXPECT_EQ(world.ask<"currencies()">(token).value<std::vector<Address>>(),
              (std::vector{euro, dollar}));
}

TEST_F(RevenueSharesTest, a_list_that_is_closed_stays_so) {
    const Address bare = world.make_token("AssetToken", 5_u256);
    EXPECT_TRUE(world.ask<"distributes()">(bare).value<bool>());
    EXPECT_TRUE(world.send<"closeCurrencies()">(alice, bare)
                    .refused_with(RevenueShares::OwnableUnauthorizedAccount{alice}));
    ASSERT_TRUE(world.send<"closeCurrencies()">(issuer, bare).ok());
    EXPECT_FALSE(world.ask<"distributes()">(bare).value<bool>());
    EXPECT_TRUE(world.list(bare, euro).refused_with(RevenueShares::CurrencyListClosed{}));
    EXPECT_TRUE(world.send<"closeCurrencies()">(issuer, bare)
                    .refused_with(RevenueShares::CurrencyListClosed{}));
}

// D-8, V-11: a currency that keeps a fee is booked for what it delivers.
TEST_F(RevenueSharesTest, revenue_is_what_arrived_in_the_same_call) {
    world.send<"takeFee(uint256)">(issuer, euro, 3_u256);
    world.give(euro, issuer, alice, 106_u256);
    const Outcome out = world.distribute(token, euro, 100_u256, alice);
    EXPECT_EQ(out.value<u256>(), 97_u256);
    EXPECT_EQ(world.held(token, euro), 97_u256);
    EXPECT_EQ(world.money(euro, token), 97_u256);
    EXPECT_TRUE(world.distribute(token, dollar, 0_u256)
                    .refused_with(RevenueShares::NothingReceived{dollar}));
    world.give(dollar, issuer, token, 50_u256);
    EXPECT_EQ(world.claimable(token, dollar, issuer), 0_u256) << "a donation is no revenue";
}

// D-4 (ArcToken pushed to all, and one blocked payee stopped them): his part waits.
TEST_F(RevenueSharesTest, a_blocked_payee_delays_nobody_else) {
    world.give(token, issuer, alice, 400_u256);
    world.next_block();
    world.distribute(token, euro, 1'000_u256);
    world.send<"block(address,bool)">(issuer, euro, alice, true);
    EXPECT_TRUE(
        world.claim(token, euro, alice).refused_with(erc20::SafeERC20FailedOperation{euro}));
    EXPECT_TRUE(world.claim(token, euro, issuer).ok());
    EXPECT_EQ(due(alice), 400_u256);
    world.send<"setPayee(address)">(alice, token, bob);
    EXPECT_TRUE(world.claim(token, euro, alice).ok());
    EXPECT_EQ(world.money(euro, bob), 400_u256);
}

TEST_F(RevenueSharesTest, a_holder_names_his_payee_and_nobody_elses) {
    world.give(token, issuer, alice, 500_u256);
    world.next_block();
    world.distribute(token, euro, 10_u256);
    EXPECT_TRUE(world.send<"setPayee(address)">(mallory, token, mallory).ok());
    EXPECT_EQ(world.ask<"payeeOf(address)">(token, alice).value<Address>(), Address{});
    EXPECT_TRUE(world.send<"setPayee(address)">(alice, token, token)
                    .refused_with(RevenueShares::PayeeInvalid{token}));
    world.send<"setPayee(address)">(alice, token, carol);
    world.send<"setPayee(address)">(alice, token, Address{});
    EXPECT_TRUE(world.claim(token, euro, alice, mallory).ok());
    EXPECT_EQ(world.money(euro, alice), 5_u256);
}

// What a stranger pushes into a pool, a stranger could skim.
TEST_F(RevenueSharesTest, a_contract_is_paid_at_its_own_call_or_to_its_payee) {
    const Address pond = make_pond();
    world.give(token, issuer, pond, 500_u256);
    world.next_block();
    world.distribute(token, euro, 10_u256);
    EXPECT_TRUE(
        world.claim(token, euro, pond, mallory).refused_with(RevenueShares::PayeeMissing{pond}));
    EXPECT_EQ(due(pond), 5_u256);
    EXPECT_TRUE(world.send<"claim(address,address)">(mallory, pond, token, euro).ok());
    EXPECT_EQ(world.money(euro, pond), 5_u256);
}

// A-1 (plumenetwork/contracts #29): half of the supply lies in a pool that cannot claim. Its part
// goes to those who own the pool, and nothing is lost: 1,000 in, 1,000 to people.
TEST_F(RevenueSharesTest, the_part_of_a_pool_goes_to_those_who_own_the_pool) {
    const Address pond = make_pond();
    world.give(token, issuer, pond, 500_u256);
    world.give(token, issuer, alice, 300_u256);
    const Address owners = world.make_shares();
    world.give(owners, issuer, bob, 700_u256);
    world.give(owners, issuer, carol, 300_u256);
    world.next_block();
    EXPECT_TRUE(world.send<"passThrough(address,address)">(alice, token, pond, alice)
                    .refused_with(RevenueShares::OwnableUnauthorizedAccount{alice}));
    EXPECT_TRUE(world.send<"passThrough(address,address)">(issuer, token, alice, owners)
                    .refused_with(RevenueShares::PassThroughInvalid{alice, owners}));
    EXPECT_TRUE(world.send<"passThrough(address,address)">(issuer, token, pond, owners).ok());
    world.distribute(token, euro, 1'000_u256);
    ASSERT_TRUE(world.claim(token, euro, pond, mallory).ok());
    EXPECT_EQ(world.money(euro, pond), 0_u256);
    EXPECT_EQ(due(alice) + due(issuer), 500_u256);
    const u256 through_pool =
        world.claimable(owners, euro, bob) + world.claimable(owners, euro, carol);
    EXPECT_EQ(world.claimable(owners, euro, bob), 350_u256);
    EXPECT_EQ(due(alice) + due(issuer) + through_pool, 1'000_u256);
    EXPECT_EQ(due(pond), 0_u256);
}

TEST_F(RevenueSharesTest, a_distributor_that_does_not_take_all_gets_nothing) {
    const Address pond = make_pond();
    world.give(token, issuer, pond, 500_u256);
    world.next_block();
    world.distribute(token, euro, 10_u256);
    world.send<"passThrough(address,address)">(issuer, token, pond, pond);
    EXPECT_TRUE(world.claim(token, euro, pond)
                    .refused_with(RevenueShares::DistributorTookOther{pond, 4_u256, 5_u256}));
    world.send<"passThrough(address,address)">(issuer, token, pond, alice);
    EXPECT_FALSE(world.claim(token, euro, pond).ok());
    EXPECT_EQ(due(pond), 5_u256);
}

// EquilibriaEPendle 2025-08: the shares were passed from account to account, each of which was paid
// for the past. Fresh accounts are owed nothing, however often.
TEST_F(RevenueSharesTest, equilibria_passing_shares_on_earns_nothing) {
    world.give(token, issuer, mallory, 100_u256);
    world.next_block();
    world.distribute(token, euro, 1'000_u256);
    u256 profit = world.claim(token, euro, mallory).value<u256>();
    EXPECT_EQ(profit, 100_u256) << "what is his";
    Address from = mallory;
    for (uint16_t n = 200; n < 210; ++n) {
        world.give(token, from, person(n), 100_u256);
        EXPECT_TRUE(world.claim(token, euro, person(n))
                        .refused_with(RevenueShares::NothingToClaim{person(n), euro}));
        from = person(n);
    }
    EXPECT_EQ(profit - 100_u256, 0_u256);
}

// NovaBox 2026-06: who joined after years of distributions had a checkpoint of zero.
TEST_F(RevenueSharesTest, novabox_a_new_holder_has_no_past) {
    for (int i = 0; i < 20; ++i) {
        world.distribute(token, euro, 56'700_u256);
        world.next_block();
    }
    world.send<"mint(address,uint256)">(issuer, token, mallory, 1'000_u256);
    EXPECT_EQ(due(mallory), 0_u256);
    world.send<"burn(uint256)">(mallory, token, 1'000_u256);
    world.next_block();
    EXPECT_EQ(due(mallory), 0_u256);
    EXPECT_EQ(due(issuer), 20_u256 * 56'700_u256);
}

// Projekt, LULA 2026-07: whoever can trigger a reward with his own money must not get out more.
TEST_F(RevenueSharesTest, projekt_a_trigger_by_oneself_pays_for_itself) {
    world.give(token, issuer, mallory, 600_u256);
    world.give(euro, issuer, mallory, 1'000_u256);
    world.next_block();
    for (unsigned i = 0; i < 10; ++i) {
        world.distribute(token, euro, 100_u256, mallory);
        world.claim(token, euro, mallory);
    }
    EXPECT_EQ(world.money(euro, mallory), 600_u256) << "1,000 before: a loss of 400";
    EXPECT_EQ(due(issuer), 400_u256);
}

// D-2: B waited in YieldDistributionToken and was shown ten times what there was.
TEST_F(RevenueSharesTest, yield_distribution_token_what_is_due_stands_still_between_deposits) {
    world.give(token, issuer, bob, 500_u256);
    world.next_block();
    world.distribute(token, euro, 1'000_u256);
    world.claim(token, euro, issuer);
    world.advance(900);
    EXPECT_EQ(due(bob), 500_u256);
    world.distribute(token, euro, 1'000_u256);
    EXPECT_EQ(due(bob), 1'000_u256);
    EXPECT_EQ(due(issuer), 500_u256);
    EXPECT_EQ(world.held(token, euro), 1'500_u256);
}

// D-3: [A, B]; A sold to C between two batches of the push, and A and C got everything.
TEST_F(RevenueSharesTest, arc_token_a_sale_during_the_payout_takes_nothing_from_others) {
    world.give(token, issuer, alice, 500_u256);
    world.next_block();
    world.distribute(token, euro, 1'000_u256);
    EXPECT_EQ(world.claim(token, euro, alice).value<u256>(), 500_u256);
    world.give(token, alice, carol, 500_u256);
    EXPECT_EQ(due(carol), 0_u256);
    EXPECT_EQ(world.claim(token, euro, issuer).value<u256>(), 500_u256);
}

// a holder of the smallest part is entitled to it.
TEST_F(RevenueSharesTest, the_smallest_holder_gets_his_part) {
    world.give(token, issuer, alice, 1_u256);
    world.next_block();
    for (unsigned i = 1; i <= 2'000; ++i) {
        world.distribute(token, euro, 1_u256);
        ASSERT_EQ(due(alice), u256{i / 1'000});
    }
}

TEST_F(RevenueSharesTest, each_invariant_is_broken_once) {
    const Address wrong = world.make_shares("CorruptedShares");
    world.give(wrong, issuer, alice, 500_u256);
    world.next_block();
    world.distribute(wrong, euro, 1'000_u256);
    world.expect_broken_invariants();
    const auto expect = [&](const Outcome& out, std::string_view invariant) {
        EXPECT_TRUE(out.ok());
        EXPECT_NE(out.broken.find(invariant), std::string::npos) << out.broken;
    };
    expect(world.send<"payTwice(address,address)">(mallory, wrong, alice, euro), "V-12");
    expect(world.send<"shareOutOfNothing(address,uint256)">(mallory, wrong, euro, 5_u256), "V-12");
    expect(world.send<"shareUnbooked(address,uint256)">(mallory, wrong, euro, 5_u256), "V-12");
    expect(world.send<"takeSilently(address,address)">(mallory, wrong, alice, euro), "D-2");
    EXPECT_EQ(world.claimable(wrong, euro, alice), 500_u256);
}

TEST_F(RevenueSharesTest, a_plain_transfer_pays_one_slot_for_what_it_does_not_use) {
    const Address bare = world.make_token("AssetToken", 1'000_u256);
    world.give(bare, issuer, alice, 1_u256);
    world.next_block();
    const uint64_t without = world.give(bare, issuer, alice, 1_u256).gas_used;
    world.distribute(token, euro, 1'000_u256);
    world.distribute(token, dollar, 1'000_u256);
    world.next_block();
    world.give(token, issuer, alice, 1_u256);
    world.next_block();
    const uint64_t with = world.give(token, issuer, alice, 1_u256).gas_used;
    RecordProperty("gas_without_currency", std::to_string(without));
    RecordProperty("gas_with_two_currencies", std::to_string(with));
    EXPECT_LT(without, 20'000u);
    EXPECT_LT(with, without + 2 * 16'000 + 8'000);
}

}  // namespace
}  // namespace plume
