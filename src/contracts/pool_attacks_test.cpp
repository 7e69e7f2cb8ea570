// Known robberies of pooled vaults, each with what the attacker has in the end less what he had:
// never more than nothing.
#include <gtest/gtest.h>

#include "support/pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::PoolWorld;

const Address victim = person(2);
const Address attacker = person(3);
const Address other = person(4);
const Address borrower = person(80);

class PoolAttacks : public testing::Test {
protected:
    void leave(const Address& who) { world.redeem(who, world.number<"maxRedeem(address)">(who)); }
    /// Below zero is a loss.
    int64_t profit(const Address& who) {
        constexpr uint64_t had = 1'000'000'000;
        return static_cast<int64_t>(world.euros(who).low64()) - static_cast<int64_t>(had);
    }

    PoolWorld world;
};

// V-1: a unit in, much donated, so that the victim's deposit is worth less than a share.
TEST_F(PoolAttacks, inflation_by_donation) {
    for (const uint64_t donation : {1ull, 999ull, 1'000'000ull, 500'000'000ull}) {
        PoolWorld fresh;
        fresh.deposit(attacker, 1_u256);
        fresh.donate(attacker, u256{donation});
        EXPECT_EQ(fresh.total(), 1_u256) << "V-2: a transfer is in no book";
        ASSERT_TRUE(fresh.deposit(victim, 1'000_u256).ok());
        fresh.redeem(attacker, fresh.shares(attacker));
        fresh.redeem(victim, fresh.shares(victim));
        EXPECT_EQ(fresh.euros(victim), 1'000'000'000_u256) << "the victim lost nothing";
        EXPECT_EQ(fresh.euros(attacker), u256{1'000'000'000 - donation});
    }
}

// The same by a donation that counts: interest, which only the operator can pay.
TEST_F(PoolAttacks, inflation_by_an_operator_who_pays_interest) {
    const Address operator_account = PoolWorld::operator_account();
    world.deposit(operator_account, 1_u256);
    world.repay({}, 1'000'000_u256);
    ASSERT_TRUE(world.deposit(victim, 1'000_u256).ok());
    world.redeem(operator_account, world.shares(operator_account));
    leave(victim);
    EXPECT_LE(profit(operator_account), 0);
    EXPECT_GE(profit(victim), -1) << "at most a share's worth";
}

// V-4: each step rounds, and the attacker takes as many as he likes.
TEST_F(PoolAttacks, rounding_grind) {
    world.deposit(victim, 1'000'003_u256);
    world.repay({}, 777'777_u256);
    for (int i = 0; i < 200; ++i) {
        world.deposit(attacker, u256{static_cast<uint64_t>(1 + i % 7)});
        world.mint(attacker, u256{static_cast<uint64_t>(1 + i % 11)});
        world.withdraw(attacker, 1_u256);
        world.redeem(attacker, u256{static_cast<uint64_t>(1 + i % 13)});
    }
    leave(attacker);
    EXPECT_LE(profit(attacker), 0);
    leave(victim);
    EXPECT_GE(profit(victim), 777'776);
}

// V-5: many small redemptions are worth no more than one, and less by at most a unit each.
TEST_F(PoolAttacks, splitting_a_redemption) {
    for (const uint64_t parts : {1u, 2u, 3u, 7u, 50u, 199u}) {
        PoolWorld fresh;
        fresh.deposit(victim, 54'321_u256);
        fresh.deposit(attacker, 12'345_u256);
        fresh.repay({}, 9'999_u256);
        const u256 shares = fresh.shares(attacker);
        const u256 at_once = fresh.number<"previewRedeem(uint256)">(shares);
        u256 in_parts;
        for (uint64_t i = 0; i < parts; ++i) {
            const u256 part = i + 1 == parts ? fresh.shares(attacker) : shares / u256{parts};
            in_parts += fresh.redeem(attacker, part).value<u256>();
        }
        EXPECT_LE(in_parts, at_once + 1_u256) << "what was rounded away is the stayers', his too";
        EXPECT_GE(in_parts + u256{parts}, at_once);
        EXPECT_LE(in_parts, 12'345_u256 + 9'999_u256 * 12'345_u256 / 66'666_u256 + 1_u256);
    }
}

// V-6: once a loss is feared, who leaves bears his part of it, and no less than who stays.
TEST_F(PoolAttacks, leaving_before_the_loss) {
    world.deposit(victim, 1'000_u256);
    world.deposit(attacker, 1'000_u256);
    world.lend(borrower, 800_u256);
    world.impair(800_u256);
    world.redeem(attacker, world.shares(attacker));
    EXPECT_EQ(profit(attacker), -400);
    world.write_off(800_u256);
    leave(victim);
    EXPECT_EQ(profit(victim), -400) << "the loss is shared as it was held";
}

// V-6: a feared loss is no sale: who comes in while it is feared gains nothing when it is not.
TEST_F(PoolAttacks, buying_the_dip) {
    world.deposit(victim, 1'000_u256);
    world.lend(borrower, 800_u256);
    world.impair(800_u256);
    world.deposit(attacker, 1'000_u256);
    world.unimpair(800_u256);
    leave(attacker);
    EXPECT_LE(profit(attacker), 0);
    world.repay(800_u256, {});
    leave(victim);
    EXPECT_EQ(profit(victim), 0);
}

// RWAVault, 2026-04-28: a withdrawal for another that asks for no allowance.
TEST_F(PoolAttacks, withdrawing_what_is_anothers) {
    world.deposit(victim, 398'655_u256);
    EXPECT_FALSE(world.withdraw_for(attacker, 398'655_u256, victim).ok());
    EXPECT_FALSE(world.redeem_for(attacker, world.shares(victim), victim).ok());
    world.approve(victim, other, u256_max);
    EXPECT_FALSE(world.withdraw_for(attacker, 1_u256, victim).ok()) << "that was for another";
    EXPECT_EQ(profit(attacker), 0);
    EXPECT_EQ(world.number<"maxWithdraw(address)">(victim), 398'655_u256);
}

// V-2: a price that is read is none that a transfer has moved.
TEST_F(PoolAttacks, moving_the_price_that_another_reads) {
    world.deposit(victim, 1'000_u256);
    const u256 price = world.number<"convertToAssets(uint256)">(1'000'000'000'000_u256);
    world.donate(attacker, 500'000'000_u256);
    EXPECT_EQ(world.number<"convertToAssets(uint256)">(1'000'000'000'000_u256), price);
    EXPECT_LE(world.number<"maxWithdraw(address)">(victim), world.total());
}

}  // namespace
}  // namespace plume
