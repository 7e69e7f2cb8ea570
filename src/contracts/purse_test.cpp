// A purse in a contract of its own, whose owner may do what he likes with it: the books, the events
// and the refusals.
#include "contracts/purse.hpp"

#include <gtest/gtest.h>

#include "support/arbitration.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;
using test::person;

class Keeper : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void lock(Address currency, u256 amount) { purse::lock(*this, currency, sender(), amount); }
    void credit(Address currency, Address to, u256 amount) {
        purse::credit(*this, currency, to, amount);
    }
    void spend(Address currency, Address to, u256 amount) {
        purse::book_spent(*this, currency, to, amount);
        purse::send(*this, currency, to, amount);
    }
    void withdraw(Address currency, Address account, Address to) {
        purse::withdraw(*this, currency, account, to);
    }
    u256 locked(Address currency) const { return purse::locked(*this, currency); }
    u256 dues(Address currency) const { return purse::dues(*this, currency); }
    std::optional<std::string> broken_invariant() const { return purse::broken_invariant(*this); }

    static constexpr auto constructor = Method<"constructor()", &Keeper::construct>{};
    static constexpr auto abi = Methods<
        Method<"lock(address currency, uint256 amount) payable", &Keeper::lock>,
        Method<"credit(address currency, address to, uint256 amount)", &Keeper::credit>,
        Method<"spend(address currency, address to, uint256 amount)", &Keeper::spend>,
        Method<"withdraw(address currency, address account, address to)", &Keeper::withdraw>,
        Method<"locked(address currency) view returns (uint256)", &Keeper::locked>,
        Method<"dues(address currency) view returns (uint256)", &Keeper::dues>>{};
};

/// A currency that takes a unit of each transfer for itself.
class Toll : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    u256 balance_of(Address owner) const { return get(balances_[owner]); }
    bool transfer_from(Address, Address to, u256 amount) {
        set(balances_[to], balance_of(to) + amount - 1_u256);
        return true;
    }

    static constexpr auto constructor = Method<"constructor()", &Toll::construct>{};
    static constexpr auto abi =
        Methods<Method<"balanceOf(address owner) view returns (uint256)", &Toll::balance_of>,
                Method<"transferFrom(address from, address to, uint256 amount) returns (bool)",
                       &Toll::transfer_from>>{};

private:
    static constexpr Map<Address, u256> balances_{0};
};

const std::vector<NativeType>& types() {
    static const std::vector<NativeType> all{native_type<Keeper>(60'030, 1, "Keeper"),
                                             native_type<Toll>(60'031, 1, "Toll")};
    return all;
}

class PurseTest : public testing::Test {
protected:
    PurseTest() : world(types()) {
        keeper = world.create(alice, "Keeper", {}).value<Address>();
        world.give(alice, 100_u256);
        world.approve(alice, keeper);
        world.state().set_balance(alice, 100_u256);
    }

    Outcome lock(const Address& currency, uint64_t amount, uint64_t value = 0) {
        return world.send_data(alice, keeper,
                               world.calldata<"lock(address,uint256)">(currency, u256{amount}),
                               u256{value});
    }
    Outcome credit(const Address& currency, const Address& to, uint64_t amount) {
        return world.send<"credit(address,address,uint256)">(alice, keeper, currency, to,
                                                             u256{amount});
    }
    Outcome withdraw(const Address& currency, const Address& account, const Address& to) {
        return world.send<"withdraw(address,address,address)">(alice, keeper, currency, account,
                                                               to);
    }
    u256 locked(const Address& currency) {
        return world.ask<"locked(address)">(keeper, currency).value<u256>();
    }

    const Address alice = person(61);
    const Address bob = person(62);
    ArbitrationWorld world;
    Address keeper;
};

TEST_F(PurseTest, money_comes_in_is_credited_and_leaves) {
    const Address token = world.currency();
    ASSERT_TRUE(lock(token, 40).ok());
    EXPECT_EQ(locked(token), 40_u256);
    ASSERT_TRUE(credit(token, bob, 25).ok());
    EXPECT_TRUE(credit(token, bob, 16).refused_with(Panic{panic_arithmetic}));
    ASSERT_TRUE(withdraw(token, bob, bob).ok());
    EXPECT_EQ(world.money_of(bob), 25_u256);
    EXPECT_TRUE(withdraw(token, bob, bob).refused_with(purse::NothingToWithdraw{bob}));
    ASSERT_TRUE(
        (world.send<"spend(address,address,uint256)">(alice, keeper, token, bob, 15_u256).ok()));
    EXPECT_EQ(world.money_of(bob), 40_u256);
    EXPECT_EQ(locked(token), 0_u256);
    EXPECT_EQ(world.money_of(keeper), 0_u256);
}

TEST_F(PurseTest, coin_comes_along_with_the_call_to_the_unit) {
    EXPECT_TRUE(lock({}, 40, 39).refused_with(purse::ValueWrong{39_u256, 40_u256}));
    EXPECT_TRUE(lock({}, 40, 41).refused_with(purse::ValueWrong{41_u256, 40_u256}));
    EXPECT_TRUE(lock(world.currency(), 40, 1).refused_with(purse::ValueWrong{1_u256, {}}));
    ASSERT_TRUE(lock({}, 40, 40).ok());
    ASSERT_TRUE(credit({}, bob, 40).ok());
    EXPECT_TRUE(withdraw({}, bob, keeper).refused_with(purse::ReceiverInvalid{keeper}));
    EXPECT_TRUE(withdraw({}, bob, {}).refused_with(purse::ReceiverInvalid{Address{}}));
    EXPECT_TRUE(
        withdraw({}, bob, world.currency()).refused_with(purse::CoinRefused{world.currency()}))
        << "a token takes no coin, and what was due stays due";
    ASSERT_TRUE(withdraw({}, bob, bob).ok());
    EXPECT_EQ(world.state().balance(bob), 40_u256);
}

TEST_F(PurseTest, a_currency_that_does_not_deliver_is_not_booked) {
    const Address toll = world.create(alice, "Toll", {}).value<Address>();
    EXPECT_TRUE(lock(toll, 40).refused_with(purse::AssetsNotReceived{39_u256, 40_u256}));
    EXPECT_EQ(locked(toll), 0_u256);
}

TEST_F(PurseTest, a_plain_transfer_changes_no_book) {
    world.give(keeper, 7_u256);
    EXPECT_EQ(locked(world.currency()), 0_u256);
    EXPECT_EQ(world.ask<"dues(address)">(keeper, world.currency()).value<u256>(), 0_u256);
}

}  // namespace
}  // namespace plume
