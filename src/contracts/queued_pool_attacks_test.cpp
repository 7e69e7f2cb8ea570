// Robberies of a pool with requests, each with what the attacker has in the end less what he had:
// never more than nothing, and nothing of the victim's.
#include <gtest/gtest.h>

#include "support/queued_pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::person;
using test::QueuedPoolWorld;

const Address victim = person(2);
const Address attacker = person(3);
const Address other = person(4);
const Address borrower = person(80);

class QueuedPoolAttacks : public testing::Test {
protected:
    /// Below zero is a loss.
    static int64_t profit(QueuedPoolWorld& in, const Address& who) {
        constexpr uint64_t had = 1'000'000'000;
        return static_cast<int64_t>(in.euros(who).low64()) - static_cast<int64_t>(had);
    }
    int64_t profit(const Address& who) { return profit(world, who); }

    QueuedPoolWorld world;
};

// V-1 through the queue: a unit in, much given, so that the victim's request comes to nothing.
TEST_F(QueuedPoolAttacks, inflation_through_the_queue) {
    for (const uint64_t donation : {1ull, 999ull, 1'000'000ull, 500'000'000ull}) {
        QueuedPoolWorld fresh;
        fresh.come(attacker, 1_u256);
        fresh.request_deposit(victim, 1'000_u256);
        fresh.donate(attacker, u256{donation});
        fresh.request_deposit(attacker, 1'000_u256);
        fresh.cancel_deposit(attacker);  // Requests are in no price either.
        fresh.claim_cancelled_deposit(attacker);
        fresh.later();
        fresh.fulfill_deposits();
        fresh.mint(victim, fresh.number<"maxMint(address)">(victim));
        fresh.go(attacker, fresh.shares(attacker));
        fresh.go(victim, fresh.shares(victim));
        EXPECT_EQ(profit(fresh, attacker), -static_cast<int64_t>(donation));
        EXPECT_EQ(profit(fresh, victim), 0);
    }
}

// The operator himself pays interest to drive the price up: whom he makes come in for nothing has
// all of it back.
TEST_F(QueuedPoolAttacks, inflation_by_interest) {
    world.come(attacker, 1_u256);
    world.request_deposit(victim, 1'000_u256);
    world.repay(0_u256, 500'000'000_u256);
    world.later();
    world.fulfill_deposits();
    EXPECT_EQ(world.cancelled_deposit(victim) + world.claimable_deposit(victim), 1'000_u256);
    world.mint(victim, world.number<"maxMint(address)">(victim));
    world.claim_cancelled_deposit(victim);
    world.go(victim, world.shares(victim));
    EXPECT_GE(profit(victim), -1);
}

// Around an answer at a price that is about to rise: in before the interest, out after it.
TEST_F(QueuedPoolAttacks, sandwich_of_interest) {
    world.come(victim, 1'000_u256);
    world.lend(borrower, 500_u256);
    world.request_deposit(attacker, 1'000'000_u256);
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 0_u256)
        << "not even the operator answers a request of this second";
    world.repay(500_u256, 100_u256);
    world.later();
    world.fulfill_deposits();
    world.mint(attacker, world.number<"maxMint(address)">(attacker));
    world.go(attacker, world.shares(attacker));
    EXPECT_LE(profit(attacker), 0);
    world.go(victim, world.shares(victim));
    EXPECT_GE(profit(victim), 99);
}

// Around a price that is about to fall: whoever has asked to leave bears the loss that is told of
// before he is answered, and cannot have himself answered.
TEST_F(QueuedPoolAttacks, leaving_before_the_loss) {
    world.come(victim, 1'000_u256);
    world.come(attacker, 1'000_u256);
    world.lend(borrower, 800_u256);
    world.request_redeem(attacker, world.shares(attacker));
    EXPECT_EQ(
        (world.send<"fulfillRedeems(uint256)">(attacker, world.pool(), u256_max).value<u256>()),
        0_u256);
    world.impair(800_u256);
    world.advance(QueuedPool::notice_seconds);
    world.fulfill_redeems();
    world.withdraw(attacker, world.number<"maxWithdraw(address)">(attacker));
    EXPECT_EQ(profit(attacker), -400);
    world.write_off(800_u256);
    world.go(victim, world.shares(victim));
    EXPECT_EQ(profit(victim), -400);
}

// A loss that the operator, who holds most of the shares, fears for the sake of one answer.
TEST_F(QueuedPoolAttacks, fearing_a_loss_for_one_answer) {
    world.come(victim, 100_u256);
    world.come(attacker, 900_u256);
    world.lend(borrower, 900_u256);
    const u256 shares = world.shares(victim);
    world.request_redeem(victim, shares);
    world.later();
    world.impair(900_u256);
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"maxRedeem(address)">(victim), 0_u256);
    world.advance(QueuedPool::notice_seconds - 1);
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"maxRedeem(address)">(victim), 0_u256) << "a day to cancel";
    world.advance(1);
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"maxRedeem(address)">(victim), shares);
}

// A line of redemptions that the operator would send away, and so let wait anew, by a total loss.
TEST_F(QueuedPoolAttacks, sending_the_line_away) {
    world.come(victim, 100_u256);
    world.lend(borrower, 100_u256);
    const u256 shares = world.shares(victim);
    world.request_redeem(victim, shares);
    world.impair(100_u256);
    world.advance(QueuedPool::notice_seconds);
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"pendingRedeemRequest(uint256,address)">(u256{}, victim), shares);
}

// A free option: asking both ways and cancelling what turns out worse.
TEST_F(QueuedPoolAttacks, cancelling_what_turned_out_worse) {
    world.come(victim, 1'000'000_u256);
    world.come(attacker, 1'000_u256);
    for (int i = 0; i < 20; ++i) {
        world.request_deposit(attacker, 1'000_u256);
        world.request_redeem(attacker, world.shares(attacker));
        world.later();
        world.fulfill_deposits(u256{static_cast<uint64_t>(i * 50)});
        world.fulfill_redeems(u256{static_cast<uint64_t>(i * 50'000)});
        world.cancel_deposit(attacker);
        world.cancel_redeem(attacker);
        world.claim_cancelled_deposit(attacker);
        world.claim_cancelled_redeem(attacker);
        world.mint(attacker, world.number<"maxMint(address)">(attacker));
        world.withdraw(attacker, world.number<"maxWithdraw(address)">(attacker));
    }
    world.go(attacker, world.shares(attacker));
    EXPECT_LE(profit(attacker), 0);
    world.go(victim, world.shares(victim));
    EXPECT_GE(profit(victim), 0);
}

TEST_F(QueuedPoolAttacks, claiming_what_another_asked_for) {
    world.request_deposit(victim, 1'000_u256);
    world.later();
    world.fulfill_deposits();
    EXPECT_FALSE(world.mint(attacker, 1_u256).ok());
    EXPECT_FALSE((world
                      .send<"mint(uint256,address,address)">(attacker, world.pool(),
                                                             1'000'000'000_u256, attacker, victim)
                      .ok()));
    EXPECT_FALSE((world
                      .send<"deposit(uint256,address,address)">(attacker, world.pool(), 0_u256,
                                                                attacker, victim)
                      .ok()))
        << "not even nothing";
    world.mint(victim, 1'000'000'000_u256);
    world.request_redeem(victim, 1'000'000'000_u256);
    world.later();
    world.fulfill_redeems();
    EXPECT_FALSE(world.redeem_for(attacker, 1'000'000'000_u256, victim).ok());
    EXPECT_FALSE(world.withdraw_for(attacker, 1'000_u256, victim).ok());
    EXPECT_FALSE(world.give(world.pool(), world.pool(), attacker, 1_u256).ok())
        << "nobody sends the pool's own";
    world.withdraw(victim, 1'000_u256);
    EXPECT_EQ(profit(attacker), 0);
    EXPECT_EQ(profit(victim), 0);
}

// Taking back what is answered already, or twice.
TEST_F(QueuedPoolAttacks, cancelling_after_the_answer) {
    world.come(victim, 1'000_u256);
    world.request_deposit(attacker, 1'000_u256);
    world.later();
    world.fulfill_deposits();
    EXPECT_FALSE(world.cancel_deposit(attacker).ok());
    EXPECT_FALSE(world.claim_cancelled_deposit(attacker).ok());
    world.request_deposit(attacker, 500_u256);
    world.cancel_deposit(attacker);
    EXPECT_FALSE(world.cancel_deposit(attacker).ok());
    world.later();
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 0_u256);
    EXPECT_TRUE(world.claim_cancelled_deposit(attacker).ok());
    EXPECT_FALSE(world.claim_cancelled_deposit(attacker).ok());
    world.mint(attacker, world.number<"maxMint(address)">(attacker));
    world.request_redeem(attacker, world.shares(attacker));
    world.cancel_redeem(attacker);
    world.claim_cancelled_redeem(attacker);
    EXPECT_FALSE(world.claim_cancelled_redeem(attacker).ok());
    world.go(attacker, world.shares(attacker));
    EXPECT_EQ(profit(attacker), 0);
    world.go(victim, world.shares(victim));
    EXPECT_EQ(profit(victim), 0);
}

// An operator who was dismissed, and one of somebody else's.
TEST_F(QueuedPoolAttacks, acting_without_being_an_operator) {
    world.come(victim, 1'000_u256);
    world.send<"setOperator(address,bool)">(victim, world.pool(), attacker, true);
    world.send<"setOperator(address,bool)">(victim, world.pool(), attacker, false);
    world.send<"setOperator(address,bool)">(attacker, world.pool(), victim, true);
    world.send<"setOperator(address,bool)">(other, world.pool(), attacker, true);
    const auto ask = [&](const auto& money, const Address& controller) {
        return world.send<"requestDeposit(uint256,address,address)">(attacker, world.pool(), money,
                                                                     controller, victim);
    };
    EXPECT_FALSE(ask(1_u256, attacker).ok()) << "the victim has approved the pool, not him";
    EXPECT_FALSE((world
                      .send<"requestRedeem(uint256,address,address)">(
                          attacker, world.pool(), world.shares(victim), attacker, victim)
                      .ok()));
    world.go(victim, world.shares(victim));
    EXPECT_EQ(profit(attacker), 0);
    EXPECT_EQ(profit(victim), 0);
}

// Claims in the smallest parts, to gain by their rounding.
TEST_F(QueuedPoolAttacks, rounding_grind) {
    world.come(victim, 1'000'003_u256);
    world.repay({}, 777'777_u256);
    world.request_deposit(attacker, 1'000_u256);
    world.later();
    world.fulfill_deposits();
    for (int i = 0; i < 100; ++i) {
        world.deposit(attacker, 1_u256);
        world.mint(attacker, 1'234'567_u256);
    }
    world.mint(attacker, world.number<"maxMint(address)">(attacker));
    for (int i = 0; i < 50; ++i) {
        world.request_redeem(attacker, u256{static_cast<uint64_t>(1'000'000 + i * 7'919)});
        world.later();
        world.fulfill_redeems();
        world.redeem(attacker, 1_u256);
        world.withdraw(attacker, 1_u256);
    }
    world.withdraw(attacker, world.number<"maxWithdraw(address)">(attacker));
    world.cancel_redeem(attacker);
    world.claim_cancelled_redeem(attacker);
    world.go(attacker, world.shares(attacker));
    EXPECT_LE(profit(attacker), 0);
    world.go(victim, world.shares(victim));
    EXPECT_GE(profit(victim), 777'776);
}

// The operator answers in the smallest parts, to keep for those who stay what is rounded away.
TEST_F(QueuedPoolAttacks, grinding_who_leaves) {
    world.come(attacker, 1'000_u256);
    world.come(victim, 1'000_u256);
    world.request_redeem(victim, world.shares(victim));
    world.later();
    for (int i = 0; i < 100; ++i) world.fulfill_redeems(1'999'999_u256);
    world.fulfill_redeems();
    world.withdraw(victim, world.number<"maxWithdraw(address)">(victim));
    EXPECT_EQ(profit(victim), 0);
    world.go(attacker, world.shares(attacker));
    EXPECT_EQ(profit(attacker), 0);
}

// V-8: dust before and beside a request keeps nobody from anything.
TEST_F(QueuedPoolAttacks, dust_in_the_line) {
    world.come(attacker, 1_u256);
    for (int i = 0; i < 200; ++i) world.request_redeem(attacker, 1_u256);
    world.come(victim, 1'000_u256);
    for (int i = 0; i < 10; ++i)
        world.send<"requestRedeem(uint256,address,address)">(attacker, world.pool(), 1_u256, victim,
                                                             attacker);
    world.request_redeem(victim, world.shares(victim));
    world.advance(QueuedPoolWorld::patience_seconds);
    for (int i = 0; i < 4; ++i)
        world.send<"fulfillRedeems(uint256)">(other, world.pool(), u256_max);
    world.withdraw(victim, world.number<"maxWithdraw(address)">(victim));
    EXPECT_EQ(profit(victim), 0) << "without the operator";
}

}  // namespace
}  // namespace plume
