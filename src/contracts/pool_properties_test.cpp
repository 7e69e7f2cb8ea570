// What any ERC-4626 vault has to hold, after the public property suites (crytic's and a16z's, of
// which only the properties are taken), in pools of many shapes: empty, fresh, at odd prices, with
// principal out, with a feared and with a realized loss.
#include <gtest/gtest.h>

#include <random>

#include "support/pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::PoolWorld;

const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);
const Address borrower = person(80);

/// A pool after a random past, in which alice and bob may have shares.
class Past {
public:
    explicit Past(uint64_t seed) : random(seed) {
        world.approve(alice, carol, u256_max);
        if (seed == 0) return;
        world.deposit(alice, amount(1'000));
        world.deposit(bob, amount(1'000'000));
        if (seed % 2 == 0) world.lend(borrower, amount(world.cash().low64()));
        if (seed % 3 == 0) world.repay({}, amount(5'000));
        if (seed % 4 == 0) world.impair(amount(world.number<"principalOut()">().low64()));
        if (seed % 8 == 0) world.write_off(amount(world.number<"lossUnrealized()">().low64()));
        if (seed % 5 == 0) world.redeem(bob, world.shares(bob) / 3_u256);
        if (seed % 7 == 0) world.donate(carol, amount(1'000));
    }
    u256 amount(uint64_t most) { return u256{random() % (most + 1)}; }

    template <FixedText signature>
    u256 preview(const u256& amount) {
        return world.number<signature>(amount);
    }

    std::mt19937_64 random;
    PoolWorld world;
};

/// Each property in each of these pasts.
constexpr uint64_t pasts = 49;

class PoolProperties : public testing::TestWithParam<uint64_t> {
protected:
    Past past{GetParam()};
    PoolWorld& world = past.world;
};

INSTANTIATE_TEST_SUITE_P(Pasts, PoolProperties, testing::Range(uint64_t{0}, pasts));

// asset, totalAssets and the maxima never revert; previews of nothing are nothing.
TEST_P(PoolProperties, views_answer) {
    const Address pool = world.pool();
    EXPECT_TRUE(world.ask<"asset()">(pool).ok());
    EXPECT_TRUE(world.ask<"totalAssets()">(pool).ok());
    for (const Address& who : {alice, carol, Address{}, pool}) {
        EXPECT_TRUE(world.ask<"maxDeposit(address)">(pool, who).ok());
        EXPECT_TRUE(world.ask<"maxMint(address)">(pool, who).ok());
        EXPECT_TRUE(world.ask<"maxWithdraw(address)">(pool, who).ok());
        EXPECT_TRUE(world.ask<"maxRedeem(address)">(pool, who).ok());
    }
    EXPECT_EQ(world.number<"previewDeposit(uint256)">(0_u256), 0_u256);
    EXPECT_EQ(world.number<"previewMint(uint256)">(0_u256), 0_u256);
    EXPECT_EQ(world.number<"previewWithdraw(uint256)">(0_u256), 0_u256);
    EXPECT_EQ(world.number<"previewRedeem(uint256)">(0_u256), 0_u256);
    EXPECT_EQ(world.number<"convertToShares(uint256)">(0_u256), 0_u256);
    EXPECT_EQ(world.number<"convertToAssets(uint256)">(0_u256), 0_u256);
}

// Conversions and previews are the same for every caller, and a conversion there and back gives no
// more than there was.
TEST_P(PoolProperties, conversions_round_down) {
    for (int i = 0; i < 20; ++i) {
        const u256 amount = past.amount(1'000'000'000);
        const u256 shares = world.number<"convertToShares(uint256)">(amount);
        EXPECT_LE(world.number<"convertToAssets(uint256)">(shares), amount);
        const u256 assets = world.number<"convertToAssets(uint256)">(amount);
        EXPECT_LE(world.number<"convertToShares(uint256)">(assets), amount);
        const Bytes data = PoolWorld::calldata<"convertToShares(uint256)">(amount);
        EXPECT_EQ(world.ask_data(alice, world.pool(), data).value<u256>(), shares);
        EXPECT_EQ(world.ask_data(carol, world.pool(), data).value<u256>(), shares);
    }
}

// A preview is exact, and so are the books: the caller pays the assets, the receiver gets the
// shares, and nobody else's anything changes.
TEST_P(PoolProperties, deposit_and_mint_do_what_their_previews_say) {
    for (const bool mints : {false, true}) {
        const u256 amount = past.amount(mints ? 7'000'001 : 5'000) + 2'000_u256;
        const u256 expected = mints ? world.number<"previewMint(uint256)">(amount)
                                    : world.number<"previewDeposit(uint256)">(amount);
        const u256 assets = mints ? expected : amount;
        const u256 shares = mints ? amount : expected;
        const u256 euros = world.euros(alice);
        const u256 had = world.shares(bob);
        const u256 others = world.shares(alice);
        const u256 total = world.total();
        const Outcome out =
            mints ? world.send<"mint(uint256,address)">(alice, world.pool(), amount, bob)
                  : world.send<"deposit(uint256,address)">(alice, world.pool(), amount, bob);
        ASSERT_TRUE(out.ok());
        EXPECT_EQ(out.value<u256>(), expected);
        EXPECT_EQ(euros - world.euros(alice), assets);
        EXPECT_EQ(world.shares(bob) - had, shares);
        EXPECT_EQ(world.shares(alice), others);
        EXPECT_EQ(world.total() - total, assets);
    }
}

TEST_P(PoolProperties, withdraw_and_redeem_do_what_their_previews_say) {
    for (const bool redeems : {false, true}) {
        const u256 most = redeems ? world.number<"maxRedeem(address)">(alice)
                                  : world.number<"maxWithdraw(address)">(alice);
        const u256 amount = most / 3_u256;
        const u256 expected = redeems ? world.number<"previewRedeem(uint256)">(amount)
                                      : world.number<"previewWithdraw(uint256)">(amount);
        const u256 euros = world.euros(carol);
        const u256 had = world.shares(alice);
        const Outcome out = redeems ? world.redeem_for(carol, amount, alice)
                                    : world.withdraw_for(carol, amount, alice);
        ASSERT_TRUE(out.ok());
        EXPECT_EQ(out.value<u256>(), expected);
        EXPECT_EQ(world.euros(carol) - euros, redeems ? expected : amount);
        EXPECT_EQ(had - world.shares(alice), redeems ? amount : expected);
    }
}

// Any maximum is accepted and leaves nothing more to take; one more is refused.
TEST_P(PoolProperties, maxima_are_accepted_and_no_more) {
    const u256 assets = world.number<"maxWithdraw(address)">(bob);
    EXPECT_FALSE(world.withdraw(bob, assets + 1_u256).ok());
    EXPECT_TRUE(world.withdraw(bob, assets).ok());
    EXPECT_LE(world.number<"maxWithdraw(address)">(bob), 1_u256);
    const u256 shares = world.number<"maxRedeem(address)">(alice);
    EXPECT_FALSE(world.redeem(alice, shares + 1_u256).ok());
    EXPECT_TRUE(world.redeem(alice, shares).ok());
    EXPECT_EQ(world.number<"maxWithdraw(address)">(carol), 0_u256);
    EXPECT_EQ(world.number<"maxRedeem(address)">(carol), 0_u256);
    EXPECT_FALSE(world.redeem(carol, 1_u256).ok());
}

// The eight round trips: whoever comes and goes at once, by whichever way, has gained nothing.
TEST_P(PoolProperties, a_round_trip_gains_nothing) {
    for (int i = 0; i < 10; ++i) {
        const u256 assets = past.amount(3'000) + 2'000_u256;
        const u256 euros = world.euros(carol);
        const u256 shares = world.deposit(carol, assets).value<u256>();
        EXPECT_LE(world.number<"previewRedeem(uint256)">(shares), assets);
        EXPECT_GE(world.number<"previewWithdraw(uint256)">(assets), shares);
        world.redeem(carol, shares);
        EXPECT_LE(world.euros(carol), euros) << "deposit, redeem";

        const u256 before_mint = world.euros(carol);
        const u256 paid = world.mint(carol, shares).value<u256>();
        EXPECT_GE(paid, world.number<"previewRedeem(uint256)">(shares));
        const u256 most = world.number<"maxWithdraw(address)">(carol);
        EXPECT_LE(most, paid);
        world.withdraw(carol, most);
        EXPECT_LE(world.euros(carol), before_mint) << "mint, withdraw";
        world.redeem(carol, world.shares(carol));
        EXPECT_LE(world.euros(carol), before_mint);
    }
}

// And the other way round: out and in again has no more shares.
TEST_P(PoolProperties, out_and_in_again_gains_nothing) {
    const u256 had = world.shares(bob);
    const u256 shares = world.number<"maxRedeem(address)">(bob) / 2_u256;
    const u256 assets = world.redeem(bob, shares).value<u256>();
    world.deposit(bob, assets);
    EXPECT_LE(world.shares(bob), had) << "redeem, deposit";
    const u256 some = world.number<"maxWithdraw(address)">(bob) / 2_u256;
    const u256 burned = world.withdraw(bob, some).value<u256>();
    EXPECT_LE(world.number<"previewDeposit(uint256)">(some), burned);
    EXPECT_GE(world.number<"previewMint(uint256)">(burned), some) << "withdraw, mint";
}

// Deposits and redemptions of the rich move no price to the harm of the others.
TEST_P(PoolProperties, who_stays_never_loses_by_those_who_come_and_go) {
    const u256 worth = world.number<"previewRedeem(uint256)">(world.shares(alice));
    for (int i = 0; i < 10; ++i) {
        world.deposit(carol, past.amount(100'000));
        world.withdraw(carol, past.amount(50'000));
        world.mint(carol, past.amount(1'000'000'000));
        world.redeem(carol, past.amount(1'000'000'000));
        EXPECT_GE(world.number<"previewRedeem(uint256)">(world.shares(alice)), worth);
    }
}

// A call without approval is refused, whichever it is.
TEST_P(PoolProperties, nothing_moves_without_approval) {
    const Address stranger = person(81);
    world.give(world.euro(), carol, stranger, 1'000'000_u256);
    EXPECT_FALSE(world.deposit(stranger, 2'000_u256).ok());
    EXPECT_FALSE(world.mint(stranger, 2'000_u256).ok());
    if (!world.number<"maxWithdraw(address)">(bob).is_zero()) {
        EXPECT_FALSE(world.withdraw_for(stranger, 1_u256, bob).ok());
    }
    if (!world.number<"maxRedeem(address)">(bob).is_zero()) {
        EXPECT_FALSE(world.redeem_for(stranger, 1_u256, bob).ok());
    }
}

}  // namespace
}  // namespace plume
