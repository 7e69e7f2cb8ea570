#include "contracts/revenue.hpp"

#include <gtest/gtest.h>

#include "contracts/token.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::World;

constexpr revenue::CurrencyId euros{0};
constexpr revenue::CurrencyId dollars{1};

/// A token whose holders earn what is distributed; it pays nothing and books only.
class Share : public AssetToken {
public:
    using AssetToken::AssetToken;

    void list(Address currency) { revenue::list(*this, currency, total_supply()); }
    void distribute(u256 amount) { revenue::distribute(*this, euros, amount, total_supply()); }
    void distribute_dollars(u256 amount) {
        revenue::distribute(*this, dollars, amount, total_supply());
    }
    u256 take(Address holder) {
        return revenue::take(*this, euros, holder, balance_of(holder), total_supply());
    }
    u256 withdrawable(Address holder) const {
        return revenue::withdrawable(*this, euros, holder, balance_of(holder), total_supply());
    }
    u256 withdrawable_dollars(Address holder) const {
        return revenue::withdrawable(*this, dollars, holder, balance_of(holder), total_supply());
    }
    u256 distributed() const { return revenue::distributed(*this, euros); }
    /// As somebody who holds shares for the length of one transaction only, and gives them back.
    void distribute_between(Address lender, Address borrower, u256 shares, u256 amount) {
        move(lender, borrower, shares);
        distribute(amount);
        move(borrower, lender, shares);
    }
    void recover(Address lost, Address heir) {
        recover_revenue(lost, heir);
        move(lost, heir, balance_of(lost));
    }
    /// A mistake: shares move behind the back of the revenue.
    void move_silently(Address from, Address to, u256 shares) {
        is_silent_ = true;
        move(from, to, shares);
    }
    /// A mistake: shares are made behind its back.
    void mint_silently(Address to, u256 shares) {
        is_silent_ = true;
        move({}, to, shares);
    }

    static constexpr auto abi =
        AssetToken::abi +
        Methods<
            Method<"list(address currency)", &Share::list>,
            Method<"distribute(uint256 amount)", &Share::distribute>,
            Method<"distributeDollars(uint256 amount)", &Share::distribute_dollars>,
            Method<"take(address holder) returns (uint256)", &Share::take>,
            Method<"withdrawable(address holder) view returns (uint256)", &Share::withdrawable>,
            Method<"withdrawableDollars(address holder) view returns (uint256)",
                   &Share::withdrawable_dollars>,
            Method<"distributed() view returns (uint256)", &Share::distributed>,
            Method<"distributeBetween(address lender, address borrower, uint256 shares, "
                   "uint256 amount)",
                   &Share::distribute_between>,
            Method<"recover(address lost, address heir)", &Share::recover>,
            Method<"moveSilently(address from, address to, uint256 shares)", &Share::move_silently>,
            Method<"mintSilently(address to, uint256 shares)", &Share::mint_silently>>{};

protected:
    void follow_shares(const Address& from, const Address& to, const u256& shares) override {
        if (!is_silent_) AssetToken::follow_shares(from, to, shares);
    }
    std::optional<std::string> broken_revenue_books() const override { return std::nullopt; }

private:
    bool is_silent_ = false;
};

const NativeType share_type = native_type<Share>(60'001, 1, "Share");

const Address issuer = person(1);
const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);

class RevenueTest : public testing::Test {
protected:
    RevenueTest() : world({&share_type, 1}) {}

    void issue(const u256& supply) {
        TokenParams params;
        params.name = "Share";
        params.symbol = "S";
        params.mintable = true;
        params.record = test::found_mission(world, issuer);
        params.issuer = issuer;
        params.initial_supply = supply;
        share = world.create(issuer, "Share", {}, params).value<Address>();
        world.send<"list(address)">(issuer, share, person(100));
        world.send<"list(address)">(issuer, share, person(101));
        world.next_block();
    }
    Outcome give(const Address& from, const Address& to, const u256& shares) {
        return world.send<"transfer(address,uint256)">(from, share, to, shares);
    }
    Outcome distribute(const u256& amount) {
        return world.send<"distribute(uint256)">(issuer, share, amount);
    }
    u256 take(const Address& holder) {
        return world.send<"take(address)">(holder, share, holder).value<u256>();
    }
    u256 due(const Address& holder) {
        return world.ask<"withdrawable(address)">(share, holder).value<u256>();
    }

    World world;
    Address share;
};

TEST_F(RevenueTest, a_distribution_goes_to_the_holders_in_proportion) {
    issue(10_u256);
    give(issuer, alice, 6_u256);
    give(issuer, bob, 4_u256);
    world.next_block();
    ASSERT_TRUE(distribute(1'000_u256).ok());
    EXPECT_EQ(due(alice), 600_u256);
    EXPECT_EQ(due(bob), 400_u256);
    EXPECT_EQ(take(alice), 600_u256);
    EXPECT_EQ(take(alice), 0_u256);
    EXPECT_EQ(due(bob), 400_u256);
}

// D-1: the new holder earns nothing of the past, the old one keeps it.
TEST_F(RevenueTest, moving_shares_changes_no_ones_earnings) {
    issue(10_u256);
    give(issuer, alice, 7_u256);
    world.next_block();
    distribute(100_u256);
    for (const auto& [from, to, shares] :
         {std::tuple{alice, carol, 7u}, {carol, bob, 3u}, {issuer, bob, 1u}}) {
        give(from, to, u256{shares});
        EXPECT_EQ(due(alice), 70_u256);
        EXPECT_EQ(due(issuer), 30_u256);
        EXPECT_EQ(due(bob), 0_u256);
        EXPECT_EQ(due(carol), 0_u256);
        world.next_block();
        EXPECT_EQ(due(alice), 70_u256) << "nor does the next block";
    }
    distribute(100_u256);
    EXPECT_EQ(due(alice), 70_u256);
    EXPECT_EQ(due(carol), 40_u256);
    EXPECT_EQ(due(bob), 40_u256);
    EXPECT_EQ(due(issuer), 50_u256);
}

TEST_F(RevenueTest, a_transfer_to_oneself_or_of_nothing_changes_nothing) {
    issue(10_u256);
    give(issuer, alice, 5_u256);
    world.next_block();
    distribute(30_u256);
    give(alice, alice, 5_u256);
    give(alice, bob, {});
    EXPECT_EQ(due(alice), 15_u256);
    EXPECT_EQ(due(bob), 0_u256);
    distribute(30_u256);
    EXPECT_EQ(due(alice), 30_u256) << "and does not make the next distribution wait";
}

TEST_F(RevenueTest, shares_held_within_one_transaction_earn_nothing) {
    issue(10_u256);
    give(issuer, alice, 5_u256);
    world.next_block();
    ASSERT_TRUE((world.send<"distributeBetween(address,address,uint256,uint256)">(
                     bob, share, alice, bob, 5_u256, 100_u256))
                    .ok());
    EXPECT_EQ(due(bob), 0_u256);
    world.next_block();
    EXPECT_EQ(due(bob), 0_u256);
    EXPECT_EQ(due(alice), 50_u256);
    EXPECT_EQ(due(issuer), 50_u256);
}

TEST_F(RevenueTest, after_movements_in_the_same_block_those_earn_who_hold_at_its_end) {
    issue(10_u256);
    world.next_block();
    give(issuer, alice, 4_u256);
    distribute(100_u256);
    distribute(50_u256);
    EXPECT_EQ(due(issuer), 0_u256);
    EXPECT_EQ(take(issuer), 0_u256);
    give(alice, bob, 4_u256);
    world.next_block();
    EXPECT_EQ(due(issuer), 90_u256);
    EXPECT_EQ(due(alice), 0_u256);
    EXPECT_EQ(due(bob), 60_u256);
    give(bob, carol, 4_u256);
    EXPECT_EQ(take(bob), 60_u256);
    EXPECT_EQ(take(carol), 0_u256);
    EXPECT_EQ(take(issuer), 90_u256);
}

TEST_F(RevenueTest, a_distribution_that_waits_is_joined_by_a_later_one_in_order) {
    issue(3_u256);
    world.next_block();
    give(issuer, alice, 1_u256);
    distribute(10_u256);
    world.next_block();
    give(alice, bob, 1_u256);
    distribute(10_u256);
    world.next_block();
    EXPECT_EQ(due(alice), 3_u256) << "a third of the first";
    EXPECT_EQ(due(bob), 3_u256) << "a third of the second";
    EXPECT_EQ(due(issuer), 13_u256) << "two thirds of both, 13 1/3";
}

// D-5: 1 unit among 3, three times: nobody gets anything until the fractions complete.
TEST_F(RevenueTest, what_does_not_divide_is_earned_later) {
    issue(3_u256);
    give(issuer, alice, 1_u256);
    give(issuer, bob, 1_u256);
    world.next_block();
    for (unsigned i = 1; i <= 30; ++i) {
        distribute(1_u256);
        for (const Address& holder : {alice, bob, issuer}) EXPECT_EQ(due(holder), u256{i / 3});
    }
}

TEST_F(RevenueTest, what_divides_is_shared_out_to_the_unit) {
    issue(1'000_u256);
    give(issuer, alice, 250_u256);
    world.next_block();
    distribute(300_u256);
    EXPECT_EQ(due(alice), 75_u256);
    EXPECT_EQ(due(issuer), 225_u256);
}

// Shares that are made earn nothing of the past; shares that are destroyed leave what they earned.
TEST_F(RevenueTest, shares_may_be_made_and_destroyed_at_any_time) {
    issue(10_u256);
    give(issuer, alice, 5_u256);
    world.next_block();
    distribute(100_u256);
    ASSERT_TRUE(world.send<"mint(address,uint256)">(issuer, share, bob, 10_u256).ok());
    EXPECT_EQ(due(bob), 0_u256);
    EXPECT_EQ(due(alice), 50_u256);
    world.next_block();
    distribute(100_u256);
    EXPECT_EQ(due(bob), 50_u256);
    EXPECT_EQ(due(alice), 75_u256);
    ASSERT_TRUE(world.send<"burn(uint256)">(alice, share, 5_u256).ok());
    EXPECT_EQ(due(alice), 75_u256);
    world.next_block();
    distribute(300_u256);
    EXPECT_EQ(due(alice), 75_u256);
    EXPECT_EQ(take(alice), 75_u256);
    EXPECT_EQ(due(bob), 250_u256);
    EXPECT_EQ(due(issuer), 175_u256);
}

// The supply is an odd number, so that no power of two is a multiple of it.
TEST_F(RevenueTest, as_long_as_the_supply_stands_still_no_fraction_is_missing) {
    issue(9'999'999'967_u256);
    give(issuer, alice, 3'333'333_u256);
    world.next_block();
    distribute(9'999'999'967_u256 * 7_u256);
    give(alice, bob, 1'111_u256);
    world.next_block();
    distribute(9'999'999'967_u256 * 5_u256);
    EXPECT_EQ(due(alice), 3'333'333_u256 * 12_u256 - 1'111_u256 * 5_u256);
    EXPECT_EQ(due(bob), 1'111_u256 * 5_u256);
}

TEST_F(RevenueTest, currencies_do_not_touch_one_another) {
    issue(10_u256);
    give(issuer, alice, 4_u256);
    world.next_block();
    distribute(100_u256);
    give(alice, bob, 4_u256);
    world.next_block();
    world.send<"distributeDollars(uint256)">(issuer, share, 1'000_u256);
    const auto dollars_due = [&](const Address& holder) {
        return world.ask<"withdrawableDollars(address)">(share, holder).value<u256>();
    };
    EXPECT_EQ(due(alice), 40_u256);
    EXPECT_EQ(due(bob), 0_u256);
    EXPECT_EQ(dollars_due(alice), 0_u256);
    EXPECT_EQ(dollars_due(bob), 400_u256);
    EXPECT_EQ(take(alice), 40_u256);
    EXPECT_EQ(dollars_due(bob), 400_u256);
}

TEST_F(RevenueTest, as_many_currencies_as_the_bound) {
    issue(10_u256);
    const auto list = [&](uint16_t n) {
        return world.send<"list(address)">(issuer, share, person(n));
    };
    EXPECT_TRUE(list(100).refused_with(revenue::CurrencyAlreadyListed{person(100)}));
    for (uint16_t n = 2; n < revenue::currencies_max; ++n)
        ASSERT_TRUE(list(static_cast<uint16_t>(100 + n)).ok());
    EXPECT_TRUE(list(200).refused_with(revenue::TooManyCurrencies{u256{8u}}));
}

TEST_F(RevenueTest, a_listed_token_stays_below_the_bound_of_the_supply) {
    const u256 most = (1_u256 << 128) - 1_u256;
    issue(most - 1_u256);
    ASSERT_TRUE(world.send<"mint(address,uint256)">(issuer, share, alice, 1_u256).ok());
    EXPECT_TRUE(world.send<"mint(address,uint256)">(issuer, share, alice, 1_u256)
                    .refused_with(Panic{panic_arithmetic}));
}

// The whole supply is burnt in the block of a distribution: it waits for the next holders.
TEST_F(RevenueTest, what_nobody_holds_shares_for_waits_for_who_does) {
    issue(10_u256);
    give(issuer, alice, 1_u256);
    distribute(100_u256);
    world.send<"burn(uint256)">(issuer, share, 9_u256);
    world.send<"burn(uint256)">(alice, share, 1_u256);
    world.next_block();
    EXPECT_EQ(due(alice), 0_u256);
    EXPECT_TRUE(distribute(1_u256).refused_with(revenue::NoShares{}));
    world.send<"mint(address,uint256)">(issuer, share, bob, 3_u256);
    EXPECT_EQ(due(bob), 0_u256);
    world.send<"mint(address,uint256)">(issuer, share, carol, 1_u256);
    world.next_block();
    EXPECT_EQ(due(bob), 75_u256);
    EXPECT_EQ(due(carol), 25_u256);
    EXPECT_EQ(take(carol), 25_u256);
}

// D-6: who is excluded keeps what he has; the others get his part in proportion.
TEST_F(RevenueTest, an_excluded_holder_raises_the_part_of_the_others) {
    issue(10_u256);
    give(issuer, alice, 4_u256);
    give(issuer, bob, 2_u256);
    world.next_block();
    distribute(100_u256);
    const auto exclude = [&](const Address& who, bool is) {
        return world.send<"setExcluded(address,bool)">(issuer, share, who, is);
    };
    ASSERT_TRUE(exclude(issuer, true).ok());
    EXPECT_EQ(due(issuer), 40_u256);
    world.next_block();
    distribute(60_u256);
    EXPECT_EQ(due(issuer), 40_u256);
    EXPECT_EQ(due(alice), 80_u256);
    EXPECT_EQ(due(bob), 40_u256);
    give(issuer, bob, 2_u256);
    give(alice, issuer, 1_u256);
    world.next_block();
    distribute(7'000_u256);
    EXPECT_EQ(due(issuer), 40_u256);
    EXPECT_NEAR(due(alice).low64(), 3'080, 1);
    EXPECT_NEAR(due(bob).low64(), 4'040, 1);
    ASSERT_TRUE(exclude(issuer, false).ok());
    EXPECT_EQ(due(issuer), 40_u256);
    world.next_block();
    distribute(100_u256);
    EXPECT_EQ(due(issuer), 70_u256) << "3 of 10 shares";
    EXPECT_TRUE(world.send<"setExcluded(address,bool)">(alice, share, alice, true)
                    .refused_with(AssetToken::OwnableUnauthorizedAccount{alice}));
}

TEST_F(RevenueTest, to_exclude_all_leaves_nobody_to_distribute_to) {
    issue(10_u256);
    world.send<"setExcluded(address,bool)">(issuer, share, issuer, true);
    world.next_block();
    EXPECT_TRUE(distribute(1_u256).refused_with(revenue::NoShares{}));
}

// D-7, with fractions: 1 unit among 3 is a third for each.
TEST_F(RevenueTest, a_recovery_moves_all_that_was_earned_fractions_too) {
    issue(3_u256);
    give(issuer, alice, 1_u256);
    world.next_block();
    distribute(10_u256);
    EXPECT_EQ(take(alice), 3_u256);
    distribute(10_u256);
    ASSERT_TRUE(world.send<"recover(address,address)">(issuer, share, alice, bob).ok());
    EXPECT_EQ(due(alice), 0_u256);
    EXPECT_EQ(due(bob), 3_u256) << "20 / 3 - 3";
    EXPECT_EQ(due(issuer), 13_u256);
    world.next_block();
    distribute(1_u256);
    EXPECT_EQ(due(bob), 4_u256) << "21 / 3 - 3";
    EXPECT_EQ(due(issuer), 14_u256);
    EXPECT_EQ(take(alice), 0_u256);
}

// V-5: nobody gains by splitting his shares, or by withdrawing often.
TEST_F(RevenueTest, splitting_gains_nothing) {
    issue(1'000_u256);
    give(issuer, alice, 100_u256);
    for (uint16_t n = 0; n < 10; ++n) give(issuer, person(static_cast<uint16_t>(50 + n)), 10_u256);
    world.next_block();
    u256 often;
    for (unsigned amount : {7u, 99u, 1u, 1'003u, 12'345u, 17u}) {
        distribute(u256{amount});
        often += take(alice);
    }
    u256 split;
    for (uint16_t n = 0; n < 10; ++n) split += take(person(static_cast<uint16_t>(50 + n)));
    const u256 exact{(7u + 99 + 1 + 1'003 + 12'345 + 17) / 10};
    EXPECT_EQ(often, exact);
    EXPECT_LE(split, exact);
    EXPECT_GT(split + 10_u256, exact);
}

TEST_F(RevenueTest, all_that_is_distributed_fits_a_uint128) {
    const u256 most = (1_u256 << 128) - 1_u256;
    issue(most);
    give(issuer, alice, 1_u256);
    world.next_block();
    ASSERT_TRUE(distribute(most).ok());
    EXPECT_EQ(due(issuer), most - 1_u256);
    EXPECT_EQ(due(alice), 1_u256);
    EXPECT_TRUE(distribute(1_u256).refused_with(Panic{panic_arithmetic}));
    EXPECT_TRUE(distribute(u256_max).refused_with(Panic{panic_arithmetic}));
}

TEST_F(RevenueTest, shares_that_are_made_unnoticed_break_an_invariant) {
    issue(10_u256);
    distribute(100_u256);
    world.expect_broken_invariants();
    const Outcome out = world.send<"mintSilently(address,uint256)">(issuer, share, alice, 5_u256);
    EXPECT_NE(out.broken.find("D-5"), std::string::npos) << out.broken;
}

TEST_F(RevenueTest, one_share_earns_all_up_to_the_bound) {
    issue(1_u256);
    const u256 most = (1_u256 << 128) - 1_u256;
    ASSERT_TRUE(distribute(most).ok());
    EXPECT_EQ(take(issuer), most);
}

TEST_F(RevenueTest, nothing_is_distributed_among_no_shares) {
    issue({});
    EXPECT_TRUE(distribute(1_u256).refused_with(revenue::NoShares{}));
}

TEST_F(RevenueTest, a_movement_that_goes_unnoticed_breaks_an_invariant) {
    issue(10_u256);
    world.next_block();
    distribute(100_u256);
    world.expect_broken_invariants();
    const Outcome out =
        world.send<"moveSilently(address,address,uint256)">(issuer, share, issuer, alice, 5_u256);
    EXPECT_NE(out.broken.find("D-1"), std::string::npos) << out.broken;
}

}  // namespace
}  // namespace plume
