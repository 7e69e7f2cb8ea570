// A pool: what each method does, refuses and announces.
#include "contracts/pool.hpp"

#include <gtest/gtest.h>

#include "support/pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::PoolWorld;

const Address alice = person(2);
const Address bob = person(3);
const Address borrower = person(80);
const Address operator_account = PoolWorld::operator_account();
const Hash reference{{7}};

class PoolTest : public testing::Test {
protected:
    PoolWorld world;
    const Address pool = world.pool();
};

TEST_F(PoolTest, a_pool_says_what_it_is) {
    EXPECT_EQ(world.ask<"name()">(pool).value<std::string>(), "Euro pool");
    EXPECT_EQ(world.ask<"symbol()">(pool).value<std::string>(), "pEUR");
    EXPECT_EQ(world.ask<"decimals()">(pool).value<uint8_t>(), 24);
    EXPECT_EQ(world.ask<"record()">(pool).value<Hash>(), world.mission());
    EXPECT_EQ(world.ask<"asset()">(pool).value<Address>(), world.euro());
    EXPECT_EQ(world.ask<"share()">(pool).value<Address>(), pool);
    EXPECT_EQ(world.ask<"vault(address)">(pool, world.euro()).value<Address>(), pool);
    EXPECT_EQ(world.ask<"vault(address)">(pool, world.dollar()).value<Address>(), Address{});
    EXPECT_EQ(world.ask<"operator()">(pool).value<Address>(), operator_account);
    EXPECT_EQ(world.number<"principalMax()">(), 1'000'000_u256);
}

TEST_F(PoolTest, its_interfaces_are_those_of_the_standards) {
    for (const Selector id : {Selector{{0x2f, 0x0a, 0x18, 0xc5}},  // ERC-7575, a vault
                              Selector{{0xf8, 0x15, 0xc0, 0x3d}},  // ERC-7575, a share
                              Selector{{0x87, 0xdf, 0xe5, 0xa0}},  // ERC-4626
                              Selector{{0x01, 0xff, 0xc9, 0xa7}},  // ERC-165
                              Selector{{0x36, 0x37, 0x2b, 0x07}},  // ERC-20
                              Selector{{0x9d, 0x8f, 0xf7, 0xda}}}) {
        EXPECT_TRUE(world.ask<"supportsInterface(bytes4)">(pool, id).value<bool>()) << to_hex(id);
    }
    const Selector none{{0xff, 0xff, 0xff, 0xff}};
    EXPECT_FALSE(world.ask<"supportsInterface(bytes4)">(pool, none).value<bool>());
}

TEST_F(PoolTest, terms_that_make_no_sense_are_refused) {
    PoolTerms terms = world.terms();
    terms.record = {};
    EXPECT_TRUE(world.make(terms).refused_with(RecordNotLive{Hash{}}));
    terms = world.terms();
    terms.asset = person(90);
    EXPECT_TRUE(world.make(terms).refused_with(Pool::TermsInvalid{"asset"}));
    terms = world.terms();
    terms.operator_ = {};
    EXPECT_TRUE(world.make(terms).refused_with(Pool::TermsInvalid{"operator"}));
    terms.principal_max = {};
    EXPECT_TRUE(world.make(terms).ok()) << "nobody lends";
    TokenParams params = world.params(1_u256);
    params.decimals = 19;
    terms.asset = world.create(person(1), "AssetToken", world.next_salt(), params).value<Address>();
    EXPECT_TRUE(world.make(terms).refused_with(Pool::TermsInvalid{"decimals"}));
}

TEST_F(PoolTest, the_first_deposit_gives_a_million_shares_a_unit) {
    const Outcome out = world.deposit(alice, 100_u256);
    EXPECT_EQ(out.value<u256>(), 100'000'000_u256);
    EXPECT_EQ(out.events<Pool::Deposit>(pool),
              (std::vector{std::tuple{alice, alice, 100_u256, 100'000'000_u256}}));
    EXPECT_EQ(world.shares(alice), 100'000'000_u256);
    EXPECT_EQ(world.total(), 100_u256);
    EXPECT_EQ(world.euros(pool), 100_u256);
}

TEST_F(PoolTest, interest_belongs_to_those_who_are_in) {
    world.deposit(alice, 100_u256);
    world.lend(borrower, 60_u256);
    EXPECT_EQ(world.total(), 100_u256) << "lending changes no price";
    EXPECT_EQ(world.cash(), 40_u256);
    EXPECT_EQ(world.euros(borrower), 60_u256);
    world.repay(60_u256, 100_u256);
    EXPECT_EQ(world.total(), 200_u256);
    EXPECT_EQ(world.number<"previewDeposit(uint256)">(201_u256), 101'000'000_u256);
    EXPECT_EQ(world.redeem(alice, 100'000'000_u256).value<u256>(), 199_u256)
        << "the virtual shares have earned one";
    EXPECT_EQ(world.total(), 1_u256);
}

TEST_F(PoolTest, a_withdrawal_takes_shares_rounded_up_and_says_so) {
    world.deposit(alice, 100_u256);
    world.lend(borrower, 1_u256);
    world.repay(1_u256, 50_u256);
    const Outcome out =
        world.send<"withdraw(uint256,address,address)">(alice, pool, 10_u256, bob, alice);
    const u256 shares = out.value<u256>();
    EXPECT_EQ(shares, 6'688'742_u256) << "10 * 101,000,000 / 151, rounded up";
    EXPECT_EQ(out.events<Pool::Withdraw>(pool),
              (std::vector{std::tuple{alice, bob, alice, 10_u256, shares}}));
    EXPECT_EQ(world.euros(bob), 1'000'000'010_u256);
    EXPECT_EQ(world.shares(alice), 100'000'000_u256 - shares);
}

// V-3: the allowance is spent by exactly the shares, or the call is refused.
TEST_F(PoolTest, who_takes_out_anothers_shares_needs_his_allowance) {
    world.deposit(alice, 100_u256);
    EXPECT_TRUE(
        world.withdraw_for(bob, 10_u256, alice)
            .refused_with(AssetToken::ERC20InsufficientAllowance{bob, 0_u256, 10'000'000_u256}));
    EXPECT_TRUE(world.redeem_for(bob, 1_u256, alice)
                    .refused_with(AssetToken::ERC20InsufficientAllowance{bob, 0_u256, 1_u256}));
    world.approve(alice, bob, 30'000'000_u256);
    EXPECT_TRUE(world.withdraw_for(bob, 10_u256, alice).ok());
    EXPECT_TRUE(world.redeem_for(bob, 15'000'000_u256, alice).ok());
    EXPECT_EQ((world.number<"allowance(address,address)">(alice, bob)), 5'000'000_u256);
    EXPECT_EQ(world.euros(bob), 1'000'000'025_u256);
    EXPECT_FALSE(world.redeem_for(bob, 5'000'001_u256, alice).ok());
}

TEST_F(PoolTest, what_is_beyond_a_maximum_is_refused_with_it) {
    world.deposit(alice, 100_u256);
    world.lend(borrower, 60_u256);
    EXPECT_TRUE(world.withdraw(alice, 41_u256)
                    .refused_with(Pool::ERC4626ExceededMaxWithdraw{alice, 41_u256, 40_u256}));
    EXPECT_EQ(world.number<"maxRedeem(address)">(alice), 40'999'999_u256);
    EXPECT_TRUE(
        world.redeem(alice, 41'000'000_u256)
            .refused_with(Pool::ERC4626ExceededMaxRedeem{alice, 41'000'000_u256, 40'999'999_u256}));
    EXPECT_TRUE(world.redeem(alice, 40'999'999_u256).ok());
    const u256 most = u256{1u} << 128;
    const u256 room = world.number<"maxDeposit(address)">(alice);
    EXPECT_LT(room, most);
    EXPECT_TRUE(world.deposit(alice, room + 1_u256)
                    .refused_with(Pool::ERC4626ExceededMaxDeposit{alice, room + 1_u256, room}));
    const u256 shares = world.number<"maxMint(address)">(alice);
    EXPECT_TRUE(world.mint(alice, shares + 1_u256)
                    .refused_with(Pool::ERC4626ExceededMaxMint{alice, shares + 1_u256, shares}));
}

TEST_F(PoolTest, the_greatest_deposit_is_taken) {
    const Address rich = world.make_token("AssetToken", u256_max);
    PoolTerms terms = world.terms();
    terms.asset = rich;
    for (const bool mints : {false, true}) {
        const Address other = world.make(terms).value<Address>();
        world.send<"approve(address,uint256)">(person(1), rich, other, u256_max);
        const u256 assets = world.ask<"maxDeposit(address)">(other, alice).value<u256>();
        const u256 shares = world.ask<"maxMint(address)">(other, alice).value<u256>();
        const Outcome out =
            mints ? world.send<"mint(uint256,address)">(person(1), other, shares, alice)
                  : world.send<"deposit(uint256,address)">(person(1), other, assets, alice);
        EXPECT_TRUE(out.ok());
        const u256 left = world.ask<"maxMint(address)">(other, alice).value<u256>();
        EXPECT_LT(left, 1'000'000_u256);
        EXPECT_EQ(world.ask<"maxDeposit(address)">(other, alice).value<u256>(), 0_u256);
    }
}

TEST_F(PoolTest, nobody_but_people_is_given_shares) {
    for (const Address& nobody : {Address{}, pool}) {
        EXPECT_EQ(world.number<"maxDeposit(address)">(nobody), 0_u256);
        EXPECT_EQ(world.number<"maxMint(address)">(nobody), 0_u256);
        EXPECT_FALSE(world.send<"deposit(uint256,address)">(alice, pool, 1_u256, nobody).ok());
        world.deposit(alice, 5_u256);
        EXPECT_TRUE(
            world.send<"redeem(uint256,address,address)">(alice, pool, 1_u256, nobody, alice)
                .refused_with(AssetToken::ERC20InvalidReceiver{nobody}));
    }
    EXPECT_FALSE(world.give(pool, alice, pool, 1_u256).ok());
}

// P-2 and V-10.
TEST_F(PoolTest, without_a_live_record_one_can_only_leave) {
    PoolTerms terms = world.terms();
    world.deposit(alice, 100_u256);
    world.lend(borrower, 10_u256);
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, person(1), schema, world.mission()).ok());
    EXPECT_TRUE(world.deposit(alice, 1_u256).refused_with(RecordNotLive{world.mission()}));
    EXPECT_TRUE(world.mint(alice, 1_u256).refused_with(RecordNotLive{world.mission()}));
    EXPECT_TRUE(world.lend(borrower, 1_u256).refused_with(RecordNotLive{world.mission()}));
    EXPECT_EQ(world.number<"maxDeposit(address)">(alice), 0_u256);
    EXPECT_EQ(world.number<"maxMint(address)">(alice), 0_u256);
    EXPECT_EQ(world.number<"previewDeposit(uint256)">(1_u256), 1'000'000_u256);
    EXPECT_TRUE(world.withdraw(alice, 90_u256).ok());
    EXPECT_TRUE(world.repay(10_u256, 0_u256).ok());
    EXPECT_TRUE(world.redeem(alice, world.shares(alice)).ok());
    EXPECT_EQ(world.euros(alice), 1'000'000'000_u256);
}

TEST_F(PoolTest, only_the_operator_lends_and_within_the_terms) {
    world.deposit(alice, 2'000'000_u256);
    for (const Address& other : {alice, person(1)}) {
        EXPECT_TRUE(world.send<"fund(address,uint256,bytes32)">(other, pool, other, 1_u256, Hash{})
                        .refused_with(Pool::NotOperator{other}));
        EXPECT_TRUE(world.send<"repay(uint256,uint256)">(other, pool, 0_u256, 1_u256)
                        .refused_with(Pool::NotOperator{other}));
        EXPECT_TRUE(world.send<"impair(uint256)">(other, pool, 0_u256)
                        .refused_with(Pool::NotOperator{other}));
        EXPECT_TRUE(world.send<"unimpair(uint256)">(other, pool, 0_u256)
                        .refused_with(Pool::NotOperator{other}));
        EXPECT_TRUE(world.send<"writeOff(uint256)">(other, pool, 0_u256)
                        .refused_with(Pool::NotOperator{other}));
    }
    EXPECT_TRUE(world.lend(borrower, 1'000'001_u256)
                    .refused_with(Pool::PrincipalTooHigh{1'000'001_u256, 1'000'000_u256}));
    EXPECT_TRUE(world.lend(borrower, 2'000'001_u256)
                    .refused_with(Pool::CashTooLow{2'000'001_u256, 2'000'000_u256}));
    const Outcome out = world.send<"fund(address,uint256,bytes32)">(
        operator_account, pool, borrower, 1'000'000_u256, reference);
    EXPECT_EQ(out.events<Pool::Funded>(pool),
              (std::vector{std::tuple{borrower, 1'000'000_u256, reference}}));
    EXPECT_FALSE(world.lend(borrower, 1_u256).ok());
    EXPECT_FALSE(world.lend(pool, 0_u256).ok());
    EXPECT_TRUE(world.repay(1'000'001_u256, 0_u256)
                    .refused_with(Pool::ExceedsPrincipal{1'000'001_u256, 1'000'000_u256}));
}

// V-6.
TEST_F(PoolTest, a_loss_is_first_feared_and_then_taken) {
    world.deposit(alice, 100_u256);
    world.lend(borrower, 60_u256);
    EXPECT_TRUE(world.write_off(1_u256).refused_with(Pool::ExceedsLoss{1_u256, 0_u256}));
    EXPECT_TRUE(world.impair(61_u256).refused_with(Pool::ExceedsPrincipal{61_u256, 60_u256}));
    world.impair(50_u256);
    EXPECT_TRUE(world.impair(11_u256).refused_with(Pool::ExceedsPrincipal{11_u256, 10_u256}));
    EXPECT_EQ(world.total(), 100_u256);
    EXPECT_EQ(world.number<"previewDeposit(uint256)">(1_u256), 1'000'000_u256);
    EXPECT_EQ(world.number<"previewRedeem(uint256)">(100'000'000_u256), 50_u256);
    EXPECT_TRUE(world.unimpair(51_u256).refused_with(Pool::ExceedsLoss{51_u256, 50_u256}));
    world.unimpair(10_u256);
    world.write_off(30_u256);
    EXPECT_EQ(world.total(), 70_u256);
    EXPECT_EQ(world.number<"lossUnrealized()">(), 10_u256);
    EXPECT_EQ(world.number<"principalOut()">(), 30_u256);
    const Outcome out = world.repay(25_u256, 0_u256);
    EXPECT_EQ(out.events<Pool::Unimpaired>(pool), (std::vector{std::tuple{5_u256}}))
        << "more came back than was hoped for";
    EXPECT_EQ(world.number<"lossUnrealized()">(), 5_u256);
}

TEST_F(PoolTest, interest_for_nobody_is_refused) {
    EXPECT_TRUE(world.repay(0_u256, 1_u256).refused_with(Pool::NoShares{}));
}

TEST_F(PoolTest, a_deposit_that_is_not_worth_a_share_is_refused) {
    world.deposit(alice, 1_u256);
    world.repay(0_u256, 10'000'000_u256);
    EXPECT_TRUE(world.deposit(bob, 5_u256).refused_with(Pool::DepositTooSmall{5_u256}));
    EXPECT_EQ(world.deposit(bob, 6_u256).value<u256>(), 1_u256);
    EXPECT_TRUE(world.deposit(bob, 0_u256).ok()) << "nothing for nothing";
}

// V-11.
TEST_F(PoolTest, an_asset_that_keeps_a_fee_is_refused_either_way) {
    world.deposit(alice, 100_u256);
    world.send<"takeFee(uint256)">(person(1), world.euro(), 2_u256);
    EXPECT_TRUE(world.deposit(alice, 10_u256).refused_with(Pool::AmountDiffers{10_u256, 8_u256}));
    EXPECT_EQ(world.total(), 100_u256);
    EXPECT_TRUE(world.withdraw(alice, 10_u256).ok()) << "the fee is the receiver's business";
    world.send<"takeFee(uint256)">(person(1), world.euro(), 0_u256);
    world.send<"block(address,bool)">(person(1), world.euro(), alice, true);
    EXPECT_FALSE(world.withdraw(alice, 10_u256).ok());
    EXPECT_TRUE(
        (world.send<"withdraw(uint256,address,address)">(alice, pool, 10_u256, bob, alice).ok()))
        << "who is blocked names another (V-10)";
}

TEST_F(PoolTest, shares_are_a_token) {
    world.deposit(alice, 100_u256);
    EXPECT_TRUE(world.give(pool, alice, bob, 40'000'000_u256).ok());
    EXPECT_EQ(world.redeem(bob, 40'000'000_u256).value<u256>(), 40_u256);
}

}  // namespace
}  // namespace plume
