#include "contracts/dividends.hpp"

#include <gtest/gtest.h>

#include <random>

#include "contracts/token.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::World;

/// A token whose holders earn what is distributed; it pays nothing and books only.
class Share : public AssetToken {
public:
    using AssetToken::AssetToken;

    void distribute(u256 amount) { dividends::distribute(*this, amount, total_supply()); }
    u256 take(Address holder) {
        return dividends::take(*this, holder, balance_of(holder), total_supply());
    }
    u256 withdrawable(Address holder) const {
        return dividends::withdrawable(*this, holder, balance_of(holder), total_supply());
    }
    u256 distributed() const { return dividends::distributed(*this); }
    /// As somebody who holds shares for the length of one transaction only, and gives them back.
    void distribute_between(Address lender, Address borrower, u256 shares, u256 amount) {
        move(lender, borrower, shares);
        distribute(amount);
        move(borrower, lender, shares);
    }
    /// A mistake: shares move behind the back of the dividends.
    void move_silently(Address from, Address to, u256 shares) {
        is_silent_ = true;
        move(from, to, shares);
    }

    std::optional<std::string> broken_invariant() const {
        if (auto broken = AssetToken::broken_invariant()) return broken;
        return dividends::broken_by_moves(*this, gains());
    }

    static constexpr auto abi =
        AssetToken::abi +
        Methods<Method<"distribute(uint256 amount)", &Share::distribute>,
                Method<"take(address holder) returns (uint256)", &Share::take>,
                Method<"withdrawable(address holder) view returns (uint256)", &Share::withdrawable>,
                Method<"distributed() view returns (uint256)", &Share::distributed>,
                Method<"distributeBetween(address lender, address borrower, uint256 shares, "
                       "uint256 amount)",
                       &Share::distribute_between>,
                Method<"moveSilently(address from, address to, uint256 shares)",
                       &Share::move_silently>>{};

protected:
    void on_move(const Address& from, const Address& to, const u256& value) override {
        if (!is_silent_) dividends::moved(*this, from, to, value);
    }

private:
    bool is_silent_ = false;
};

const NativeType share_type = native_type<Share>(60'001, 1, "Share");

const Address issuer = person(1);
const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);

class DividendsTest : public testing::Test {
protected:
    DividendsTest() : world({&share_type, 1}) {}

    void issue(const u256& supply) {
        TokenParams params;
        params.name = "Share";
        params.symbol = "S";
        params.mintable = true;
        params.record = test::found_mission(world, issuer);
        params.issuer = issuer;
        params.initial_supply = supply;
        share = world.create(issuer, "Share", {}, params).value<Address>();
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

TEST_F(DividendsTest, a_distribution_goes_to_the_holders_in_proportion) {
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
TEST_F(DividendsTest, moving_shares_changes_no_ones_earnings) {
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

TEST_F(DividendsTest, a_transfer_to_oneself_or_of_nothing_changes_nothing) {
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

TEST_F(DividendsTest, shares_held_within_one_transaction_earn_nothing) {
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

TEST_F(DividendsTest, after_movements_in_the_same_block_those_earn_who_hold_at_its_end) {
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

TEST_F(DividendsTest, a_distribution_that_waits_is_joined_by_a_later_one_in_order) {
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
TEST_F(DividendsTest, what_does_not_divide_is_earned_later) {
    issue(3_u256);
    give(issuer, alice, 1_u256);
    give(issuer, bob, 1_u256);
    world.next_block();
    for (unsigned i = 1; i <= 30; ++i) {
        distribute(1_u256);
        for (const Address& holder : {alice, bob, issuer}) EXPECT_EQ(due(holder), u256{i / 3});
    }
}

TEST_F(DividendsTest, what_divides_is_shared_out_to_the_unit) {
    issue(1'000_u256);
    give(issuer, alice, 250_u256);
    world.next_block();
    distribute(300_u256);
    EXPECT_EQ(due(alice), 75_u256);
    EXPECT_EQ(due(issuer), 225_u256);
}

TEST_F(DividendsTest, no_share_is_made_or_destroyed_after_a_distribution) {
    issue(10_u256);
    ASSERT_TRUE(world.send<"burn(uint256)">(issuer, share, 1_u256).ok());
    ASSERT_TRUE(world.send<"mint(address,uint256)">(issuer, share, alice, 1_u256).ok());
    distribute(1_u256);
    EXPECT_TRUE(
        world.send<"burn(uint256)">(issuer, share, 1_u256).refused_with(dividends::SupplyFixed{}));
    EXPECT_TRUE(world.send<"mint(address,uint256)">(issuer, share, alice, 1_u256)
                    .refused_with(dividends::SupplyFixed{}));
}

// V-5: nobody gains by splitting his shares, or by withdrawing often.
TEST_F(DividendsTest, splitting_gains_nothing) {
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

TEST_F(DividendsTest, all_that_is_distributed_fits_a_uint128) {
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

TEST_F(DividendsTest, one_share_earns_all_up_to_the_bound) {
    issue(1_u256);
    const u256 most = (1_u256 << 128) - 1_u256;
    ASSERT_TRUE(distribute(most).ok());
    EXPECT_EQ(take(issuer), most);
}

TEST_F(DividendsTest, nothing_is_distributed_among_no_shares) {
    issue({});
    EXPECT_TRUE(distribute(1_u256).refused_with(dividends::NoShares{}));
}

TEST_F(DividendsTest, a_movement_that_goes_unnoticed_breaks_an_invariant) {
    issue(10_u256);
    world.next_block();
    distribute(100_u256);
    world.expect_broken_invariants();
    const Outcome out =
        world.send<"moveSilently(address,address,uint256)">(issuer, share, issuer, alice, 5_u256);
    EXPECT_NE(out.broken.find("D-1"), std::string::npos) << out.broken;
}

/// What each holder has earned, in exact fractions: numerators over the constant supply.
struct Model {
    std::map<Address, u256> balances;
    std::map<Address, u256> earned;  // times supply
    std::map<Address, u256> taken;
    u256 waiting;
    bool moved = false;

    void end_block() {
        for (auto& [holder, balance] : balances) earned[holder] += balance * waiting;
        waiting = {};
        moved = false;
    }
    void distribute(const u256& amount) {
        if (moved) {
            waiting += amount;
        } else {
            for (auto& [holder, balance] : balances) earned[holder] += balance * amount;
        }
    }
};

TEST_F(DividendsTest, random_sequences_follow_exact_fractions) {
    constexpr uint32_t seed = 20'260;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const u256 supply{997u};
    issue(supply);
    Model model;
    model.balances[issuer] = supply;
    const std::array people{issuer, alice, bob, carol};
    u256 total;
    u256 taken;
    for (int step = 0; step < 5'000; ++step) {
        const Address who = people[random() % 4];
        switch (random() % 4) {
            case 0: {
                const Address to = people[random() % 4];
                const u256 shares = u256{random()} % (model.balances[who] + 1_u256);
                ASSERT_TRUE(give(who, to, shares).ok());
                if (who == to || shares.is_zero()) break;
                model.balances[who] -= shares;
                model.balances[to] += shares;
                model.moved = true;
                break;
            }
            case 1: {
                const u256 amount{random() % 1'000};
                ASSERT_TRUE(distribute(amount).ok());
                model.distribute(amount);
                total += amount;
                break;
            }
            case 2: {
                const u256 amount = take(who);
                model.taken[who] += amount;
                taken += amount;
                break;
            }
            default:
                world.next_block();
                model.end_block();
        }
        u256 all = taken;
        for (const Address& holder : people) {
            const u256 whole = model.earned[holder] / supply;
            const u256 said = model.taken[holder] + due(holder);
            ASSERT_EQ(said, whole) << step;
            all += due(holder);
        }
        ASSERT_LE(all, total) << step;
        ASSERT_LT(total, all + u256{people.size()} + model.waiting) << step;
    }
}

}  // namespace
}  // namespace plume
