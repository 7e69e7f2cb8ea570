// A pool with one wrong method for each thing that must hold: the invariant says so.
#include <gtest/gtest.h>

#include "support/pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::person;
using test::PoolWorld;

const Address alice = person(2);
const Address bob = person(3);

class CorruptedPool : public Pool {
public:
    using Pool::Pool;

    void lose_cash() { set(cash_, u128{cash() - u256{1u}}); }
    void lend_silently() {
        set(cash_, u128{cash() - u256{1u}});
        set(principal_out_, u128{principal_out() + u256{1u}});
        emit(Withdraw{sender(), sender(), sender(), u256{1u}, u256{}});
    }
    void fear_silently() { set(loss_, u128{loss_unrealized() + u256{1u}}); }
    void fear_too_much() {
        set(loss_, u128{principal_out() + u256{1u}});
        emit(Impaired{loss_unrealized()});
    }
    void invent_shares() { AssetToken::move({}, sender(), u256{1u}); }
    void invent_cash() {
        set(cash_, u128{cash() + u256{5u}});
        emit(Repaid{u256{}, u256{5u}});
    }
    void sell_cheaply(u256 assets) { bring(assets, preview_deposit(assets) + u256{1u}, sender()); }
    void pay_well(u256 shares) {
        take(preview_redeem(shares) + u256{1u}, shares, sender(), sender());
    }
    void rob(Address owner, u256 shares) { take(preview_redeem(shares), shares, sender(), owner); }
    void move_unseen() { set(Slot<u256>{2}, total_supply() + u256{1u}); }

    static constexpr auto abi =
        Pool::abi + Methods<Method<"loseCash()", &CorruptedPool::lose_cash>,
                            Method<"lendSilently()", &CorruptedPool::lend_silently>,
                            Method<"fearSilently()", &CorruptedPool::fear_silently>,
                            Method<"fearTooMuch()", &CorruptedPool::fear_too_much>,
                            Method<"inventShares()", &CorruptedPool::invent_shares>,
                            Method<"inventCash()", &CorruptedPool::invent_cash>,
                            Method<"sellCheaply(uint256 assets)", &CorruptedPool::sell_cheaply>,
                            Method<"payWell(uint256 shares)", &CorruptedPool::pay_well>,
                            Method<"rob(address owner, uint256 shares)", &CorruptedPool::rob>,
                            Method<"moveUnseen()", &CorruptedPool::move_unseen>>{};
};

class PoolInvariants : public testing::Test {
protected:
    PoolInvariants()
        : world({native_type<CorruptedPool>(60'140, 1, "CorruptedPool")}, "CorruptedPool") {
        world.expect_broken_invariants();
        world.deposit(alice, 100_u256);
        world.lend(bob, 40_u256);
    }
    template <FixedText signature, class... T>
    std::string broken(const T&... arguments) {
        const std::string name = "CorruptedPool: ";
        const std::string said = world.send<signature>(bob, world.pool(), arguments...).broken;
        return said.starts_with(name) ? said.substr(name.size()) : said;
    }

    PoolWorld world;
};

TEST_F(PoolInvariants, all_that_is_right_holds) {
    EXPECT_EQ(world.withdraw(alice, 10_u256).broken, "");
    EXPECT_EQ(world.impair(10_u256).broken, "");
    EXPECT_EQ(world.deposit(bob, 10_u256).broken, "");
    EXPECT_EQ(world.write_off(5_u256).broken, "");
    EXPECT_EQ(world.repay(35_u256, 5_u256).broken, "");
}

TEST_F(PoolInvariants, books_move_as_the_events_say) {
    EXPECT_EQ(broken<"loseCash()">(), "V-12: cash did not move as the events say");
    EXPECT_EQ(broken<"lendSilently()">(), "V-12: principalOut did not move as the events say");
    EXPECT_EQ(broken<"fearSilently()">(), "V-12: lossUnrealized did not move as the events say");
}

TEST_F(PoolInvariants, the_asset_covers_the_cash) {
    EXPECT_EQ(broken<"inventCash()">(),
              "V-12: the currency " + to_hex(world.euro()) + " does not hold what the books say");
}

TEST_F(PoolInvariants, the_supply_changes_by_deposits_and_withdrawals) {
    EXPECT_EQ(broken<"inventShares()">(),
              "T-1: the supply did not change as deposits and withdrawals say");
    EXPECT_EQ(broken<"moveUnseen()">(), "T-1: the supply did not change as its transfers say");
}

TEST_F(PoolInvariants, a_loss_is_of_what_is_out) {
    EXPECT_EQ(broken<"fearTooMuch()">(), "V-6: more is feared lost than is out");
}

TEST_F(PoolInvariants, prices_fall_by_losses_only) {
    EXPECT_EQ(broken<"sellCheaply(uint256)">(5_u256),
              "V-4: the price of deposits fell without a loss");
    world.give(world.pool(), alice, bob, 5'000'000_u256);
    EXPECT_EQ(broken<"payWell(uint256)">(5'000'000_u256),
              "V-4: the price of deposits fell without a loss");
    world.impair(40_u256);
    EXPECT_EQ(broken<"payWell(uint256)">(5'000'000_u256),
              "V-4: the price of redemptions fell without a loss");
}

TEST_F(PoolInvariants, nobody_withdraws_for_another_without_allowance) {
    const std::string expected =
        "V-3: shares of " + to_hex(alice) + " were withdrawn without his allowance";
    EXPECT_EQ((broken<"rob(address,uint256)">(alice, 1'000'000_u256)), expected);
    world.approve(alice, bob, 5_u256);
    EXPECT_EQ((broken<"rob(address,uint256)">(alice, 1'000'000_u256)), expected);
    world.approve(alice, bob, u256_max);
    EXPECT_EQ((broken<"rob(address,uint256)">(alice, 1'000'000_u256)), "") << "without limit";
}

}  // namespace
}  // namespace plume
