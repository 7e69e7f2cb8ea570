// A pool with requests: what each method does, refuses and announces.
#include "contracts/queued_pool.hpp"

#include <gtest/gtest.h>

#include "support/queued_pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::QueuedPoolWorld;

const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);
const Address borrower = person(80);
const Address operator_account = QueuedPoolWorld::operator_account();

class QueuedPoolTest : public testing::Test {
protected:
    Outcome set_operator(const Address& who, const Address& account, bool approved) {
        return world.send<"setOperator(address,bool)">(who, pool, account, approved);
    }
    bool supports(const Address& at, std::initializer_list<uint8_t> id) {
        Selector selector;
        std::ranges::copy(id, selector.bytes.begin());
        return world.ask<"supportsInterface(bytes4)">(at, selector).value<bool>();
    }

    QueuedPoolWorld world;
    const Address pool = world.pool();
};

TEST_F(QueuedPoolTest, its_interfaces_are_those_of_the_standards) {
    EXPECT_TRUE(supports(pool, {0xe3, 0xbc, 0x4e, 0x65})) << "ERC-7540, operators";
    EXPECT_TRUE(supports(pool, {0xce, 0x3b, 0xbe, 0x50})) << "ERC-7540, deposits";
    EXPECT_TRUE(supports(pool, {0x62, 0x0e, 0xe8, 0xe4})) << "ERC-7540, redemptions";
    EXPECT_TRUE(supports(pool, {0x8b, 0xf8, 0x40, 0xe3})) << "ERC-7887, deposits";
    EXPECT_TRUE(supports(pool, {0xe7, 0x6c, 0xff, 0xc7})) << "ERC-7887, redemptions";
    const Address plain = world.make(world.terms()).value<Address>();
    for (const Address& at : {pool, plain}) {
        EXPECT_TRUE(supports(at, {0x2f, 0x0a, 0x18, 0xc5})) << "ERC-7575, all of it";
        EXPECT_TRUE(supports(at, {0x50, 0xa5, 0x26, 0xd6})) << "the minimal vault";
        EXPECT_TRUE(supports(at, {0xc1, 0xf3, 0x29, 0xef})) << "deposit";
        EXPECT_TRUE(supports(at, {0xe1, 0x55, 0x03, 0x42})) << "mint";
        EXPECT_TRUE(supports(at, {0x2f, 0xd7, 0xd4, 0x2a})) << "redeem";
        EXPECT_TRUE(supports(at, {0x70, 0xde, 0xc0, 0x94})) << "withdraw";
        EXPECT_TRUE(supports(at, {0x01, 0xff, 0xc9, 0xa7})) << "ERC-165";
        EXPECT_FALSE(supports(at, {0xff, 0xff, 0xff, 0xff}));
    }
    EXPECT_FALSE(supports(plain, {0xe3, 0xbc, 0x4e, 0x65})) << "a pool without requests";
    EXPECT_FALSE(supports(plain, {0xce, 0x3b, 0xbe, 0x50}));
    EXPECT_EQ(world.ask<"share()">(pool).value<Address>(), pool);
    EXPECT_EQ(world.ask<"vault(address)">(pool, world.euro()).value<Address>(), pool);
}

TEST_F(QueuedPoolTest, its_terms_are_bounded) {
    PoolTerms terms = world.terms();
    constexpr uint64_t least = QueuedPool::patience_min_seconds;
    constexpr uint64_t most = QueuedPool::patience_max_seconds;
    for (const uint64_t patience : {uint64_t{0}, least - 1, most + 1})
        EXPECT_TRUE(world.make_queued(terms, patience)
                        .refused_with(QueuedPool::PatienceInvalid{patience, least, most}));
    EXPECT_TRUE(world.make_queued(terms, least).ok());
    EXPECT_TRUE(world.make_queued(terms, most).ok());
    terms.operator_ = {};
    terms.principal_max = {};
    EXPECT_TRUE(world.make_queued(terms, least).refused_with(Pool::TermsInvalid{"operator"}))
        << "nobody would answer";
    EXPECT_EQ(world.ask<"patience()">(pool).value<uint64_t>(), QueuedPoolWorld::patience_seconds);
}

TEST_F(QueuedPoolTest, a_requested_deposit_is_no_asset_of_the_pool) {
    const Outcome out =
        world.send<"requestDeposit(uint256,address,address)">(alice, pool, 100_u256, bob, alice);
    EXPECT_EQ(out.value<u256>(), 0_u256);
    EXPECT_EQ(out.events<QueuedPool::DepositRequest>(pool),
              (std::vector{std::tuple{bob, alice, 0_u256, alice, 100_u256}}));
    EXPECT_EQ(world.pending_deposit(bob), 100_u256);
    EXPECT_EQ(world.pending_deposit(alice), 0_u256);
    EXPECT_EQ(world.claimable_deposit(bob), 0_u256);
    EXPECT_EQ((world.number<"pendingDepositRequest(uint256,address)">(1_u256, bob)), 0_u256);
    EXPECT_EQ(world.total(), 0_u256);
    EXPECT_EQ(world.cash(), 0_u256);
    EXPECT_EQ(world.reserved(), 100_u256);
    EXPECT_EQ(world.supply(), 0_u256);
    EXPECT_EQ(world.euros(pool), 100_u256);
    EXPECT_TRUE(world.lend(borrower, 1_u256).refused_with(Pool::CashTooLow{1_u256, 0_u256}));
    EXPECT_TRUE(world.deposit(bob, 1_u256)
                    .refused_with(Pool::ERC4626ExceededMaxDeposit{bob, 1_u256, 0_u256}))
        << "it is not answered yet";
}

TEST_F(QueuedPoolTest, an_answered_deposit_is_claimed_in_parts) {
    world.request_deposit(alice, 100_u256);
    world.later();
    const Outcome answer = world.fulfill_deposits();
    EXPECT_EQ(answer.value<u256>(), 100_u256);
    EXPECT_EQ(answer.events<QueuedPool::DepositFulfilled>(pool),
              (std::vector{std::tuple{alice, 100_u256, 100'000'000_u256}}));
    EXPECT_EQ(world.pending_deposit(alice), 0_u256);
    EXPECT_EQ(world.claimable_deposit(alice), 100_u256);
    EXPECT_EQ(world.number<"maxDeposit(address)">(alice), 100_u256);
    EXPECT_EQ(world.number<"maxMint(address)">(alice), 100'000'000_u256);
    EXPECT_EQ(world.total(), 100_u256);
    EXPECT_EQ(world.shares(alice), 0_u256) << "nothing is pushed";
    EXPECT_EQ(world.number<"reservedShares()">(), 100'000'000_u256);
    const Outcome out = world.send<"deposit(uint256,address)">(alice, pool, 40_u256, bob);
    EXPECT_EQ(out.value<u256>(), 40'000'000_u256);
    EXPECT_EQ(out.events<Pool::Deposit>(pool),
              (std::vector{std::tuple{alice, bob, 40_u256, 40'000'000_u256}}));
    EXPECT_EQ(world.mint(alice, 60'000'000_u256).value<u256>(), 60_u256);
    EXPECT_EQ(world.claimable_deposit(alice), 0_u256);
    EXPECT_EQ(world.shares(alice), 60'000'000_u256);
    EXPECT_EQ(world.shares(bob), 40'000'000_u256);
    EXPECT_EQ(world.euros(alice), 999'999'900_u256);
}

TEST_F(QueuedPoolTest, an_answered_redemption_is_claimed_in_parts) {
    world.come(alice, 100_u256);
    const Outcome asked = world.send<"requestRedeem(uint256,address,address)">(
        alice, pool, 50'000'000_u256, bob, alice);
    EXPECT_EQ(asked.events<QueuedPool::RedeemRequest>(pool),
              (std::vector{std::tuple{bob, alice, 0_u256, alice, 50'000'000_u256}}));
    EXPECT_EQ(world.shares(alice), 50'000'000_u256) << "they have left the owner";
    EXPECT_EQ(world.pending_redeem(bob), 50'000'000_u256);
    EXPECT_EQ(world.supply(), 100'000'000_u256) << "and bear profit and loss";
    world.later();
    const Outcome answer = world.fulfill_redeems();
    EXPECT_EQ(answer.value<u256>(), 50'000'000_u256);
    EXPECT_EQ(answer.events<QueuedPool::RedeemFulfilled>(pool),
              (std::vector{std::tuple{bob, 50'000'000_u256, 50_u256}}));
    EXPECT_EQ(world.supply(), 50'000'000_u256);
    EXPECT_EQ(world.total(), 50_u256);
    EXPECT_EQ(world.reserved(), 50_u256);
    EXPECT_EQ(world.number<"maxWithdraw(address)">(bob), 50_u256);
    EXPECT_EQ(world.number<"maxRedeem(address)">(bob), 50'000'000_u256);
    EXPECT_EQ(world.claimable_redeem(bob), 50'000'000_u256);
    const Outcome out =
        world.send<"withdraw(uint256,address,address)">(bob, pool, 20_u256, carol, bob);
    EXPECT_EQ(out.value<u256>(), 20'000'000_u256);
    EXPECT_EQ(out.events<Pool::Withdraw>(pool),
              (std::vector{std::tuple{bob, carol, bob, 20_u256, 20'000'000_u256}}));
    EXPECT_TRUE(
        world.redeem(bob, 30'000'001_u256)
            .refused_with(Pool::ERC4626ExceededMaxRedeem{bob, 30'000'001_u256, 30'000'000_u256}));
    EXPECT_TRUE(world.withdraw(bob, 31_u256)
                    .refused_with(Pool::ERC4626ExceededMaxWithdraw{bob, 31_u256, 30_u256}));
    EXPECT_EQ(world.redeem(bob, 30'000'000_u256).value<u256>(), 30_u256);
    EXPECT_EQ(world.euros(bob), 1'000'000'030_u256);
    EXPECT_EQ(world.euros(carol), 1'000'000'020_u256);
    EXPECT_EQ(world.reserved(), 0_u256);
}

TEST_F(QueuedPoolTest, previews_are_refused_whoever_asks_and_whatever) {
    world.come(alice, 100_u256);
    for (const Address& who : {alice, operator_account, Address{}}) {
        for (const u256& amount : {u256{}, 1_u256, u256_max}) {
            for (const Bytes& data : {QueuedPoolWorld::calldata<"previewDeposit(uint256)">(amount),
                                      QueuedPoolWorld::calldata<"previewMint(uint256)">(amount),
                                      QueuedPoolWorld::calldata<"previewWithdraw(uint256)">(amount),
                                      QueuedPoolWorld::calldata<"previewRedeem(uint256)">(amount)})
                EXPECT_TRUE(
                    world.ask_data(who, pool, data).refused_with(QueuedPool::PreviewUnavailable{}));
        }
    }
    EXPECT_EQ(world.number<"convertToShares(uint256)">(1_u256), 1'000'000_u256);
    EXPECT_EQ(world.number<"convertToAssets(uint256)">(1'000'000_u256), 1_u256);
}

TEST_F(QueuedPoolTest, requests_that_make_no_sense_are_refused) {
    world.come(alice, 100_u256);
    EXPECT_TRUE(world.request_deposit(alice, 0_u256).refused_with(QueuedPool::NothingRequested{}));
    EXPECT_TRUE(world.request_redeem(alice, 0_u256).refused_with(QueuedPool::NothingRequested{}));
    for (const Address& nobody : {Address{}, pool}) {
        EXPECT_TRUE(
            world
                .send<"requestDeposit(uint256,address,address)">(alice, pool, 1_u256, nobody, alice)
                .refused_with(QueuedPool::InvalidController{nobody}));
        EXPECT_TRUE(
            world.send<"requestRedeem(uint256,address,address)">(alice, pool, 1_u256, nobody, alice)
                .refused_with(QueuedPool::InvalidController{nobody}));
    }
    EXPECT_TRUE(world.request_redeem(bob, 1_u256)
                    .refused_with(AssetToken::ERC20InsufficientBalance{bob, 0_u256, 1_u256}));
    EXPECT_FALSE(world.request_deposit(person(81), 1_u256).ok()) << "nothing approved";
    EXPECT_FALSE(world.give(pool, alice, pool, 1_u256).ok()) << "shares come by requests only";
}

TEST_F(QueuedPoolTest, an_operator_may_do_what_the_controller_may) {
    EXPECT_TRUE(
        world.send<"requestDeposit(uint256,address,address)">(bob, pool, 10_u256, bob, alice)
            .refused_with(QueuedPool::NotAuthorized{alice, bob}));
    const Outcome out = set_operator(alice, bob, true);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_EQ(out.events<QueuedPool::OperatorSet>(pool),
              (std::vector{std::tuple{alice, bob, true}}));
    EXPECT_TRUE((world.ask<"isOperator(address,address)">(pool, alice, bob).value<bool>()));
    EXPECT_FALSE((world.ask<"isOperator(address,address)">(pool, bob, alice).value<bool>()));
    EXPECT_EQ(
        (world.send<"requestDeposit(uint256,address,address)">(bob, pool, 100_u256, alice, alice)
             .events<QueuedPool::DepositRequest>(pool)),
        (std::vector{std::tuple{alice, alice, 0_u256, bob, 100_u256}}));
    world.later();
    world.fulfill_deposits(90_u256);
    const Outcome claim =
        world.send<"deposit(uint256,address,address)">(bob, pool, 40_u256, alice, alice);
    EXPECT_EQ(claim.events<Pool::Deposit>(pool),
              (std::vector{std::tuple{alice, alice, 40_u256, 40'000'000_u256}}));
    EXPECT_TRUE(
        (world.send<"mint(uint256,address,address)">(bob, pool, 50'000'000_u256, alice, alice)
             .ok()));
    EXPECT_TRUE(
        (world.send<"cancelDepositRequest(uint256,address)">(bob, pool, u256{}, alice).ok()));
    EXPECT_TRUE((world
                     .send<"claimCancelDepositRequest(uint256,address,address)">(bob, pool, u256{},
                                                                                 bob, alice)
                     .ok()));
    EXPECT_TRUE((world
                     .send<"requestRedeem(uint256,address,address)">(bob, pool, 30'000'000_u256,
                                                                     alice, alice)
                     .ok()))
        << "without an allowance";
    world.later();
    world.fulfill_redeems(20'000'000_u256);
    EXPECT_TRUE(
        (world.send<"withdraw(uint256,address,address)">(bob, pool, 5_u256, bob, alice).ok()));
    EXPECT_TRUE(world.redeem_for(bob, 15'000'000_u256, alice).ok());
    EXPECT_TRUE(
        (world.send<"cancelRedeemRequest(uint256,address)">(bob, pool, u256{}, alice).ok()));
    EXPECT_TRUE((world
                     .send<"claimCancelRedeemRequest(uint256,address,address)">(bob, pool, u256{},
                                                                                bob, alice)
                     .ok()));
    EXPECT_EQ(world.euros(bob), 1'000'000'030_u256);
    EXPECT_EQ(world.shares(bob), 10'000'000_u256);
    set_operator(alice, bob, false);
    EXPECT_FALSE((world.ask<"isOperator(address,address)">(pool, alice, bob).value<bool>()));
    EXPECT_TRUE(
        world.send<"requestDeposit(uint256,address,address)">(bob, pool, 1_u256, alice, alice)
            .refused_with(QueuedPool::NotAuthorized{alice, bob}));
}

TEST_F(QueuedPoolTest, nobody_else_may) {
    world.come(alice, 100_u256);
    world.request_deposit(alice, 10_u256);
    world.later();
    world.fulfill_deposits(5_u256);
    world.request_redeem(alice, 10'000'000_u256);
    world.later();
    world.fulfill_redeems(5'000'000_u256);
    const auto refused = [&](const Outcome& out) {
        return out.refused_with(QueuedPool::NotAuthorized{alice, bob});
    };
    EXPECT_TRUE(
        refused(world.send<"deposit(uint256,address,address)">(bob, pool, 1_u256, bob, alice)));
    EXPECT_TRUE(
        refused(world.send<"mint(uint256,address,address)">(bob, pool, 1_u256, bob, alice)));
    EXPECT_TRUE(refused(world.withdraw_for(bob, 1_u256, alice)));
    EXPECT_TRUE(refused(world.redeem_for(bob, 1_u256, alice)));
    EXPECT_TRUE(
        refused(world.send<"cancelDepositRequest(uint256,address)">(bob, pool, u256{}, alice)));
    EXPECT_TRUE(
        refused(world.send<"cancelRedeemRequest(uint256,address)">(bob, pool, u256{}, alice)));
    world.cancel_deposit(alice);
    world.cancel_redeem(alice);
    EXPECT_TRUE(refused(world.send<"claimCancelDepositRequest(uint256,address,address)">(
        bob, pool, u256{}, bob, alice)));
    EXPECT_TRUE(refused(world.send<"claimCancelRedeemRequest(uint256,address,address)">(
        bob, pool, u256{}, bob, alice)));
    world.approve(alice, bob, u256_max);
    EXPECT_TRUE(refused(world.redeem_for(bob, 1_u256, alice))) << "an allowance is of shares";
}

TEST_F(QueuedPoolTest, an_allowance_serves_to_ask_for_money) {
    world.come(alice, 100_u256);
    const auto ask = [&](const u256& shares) {
        return world.send<"requestRedeem(uint256,address,address)">(bob, pool, shares, bob, alice);
    };
    EXPECT_TRUE(
        ask(1_u256).refused_with(AssetToken::ERC20InsufficientAllowance{bob, 0_u256, 1_u256}));
    world.approve(alice, bob, 30_u256);
    EXPECT_TRUE(ask(20_u256).ok());
    EXPECT_EQ((world.number<"allowance(address,address)">(alice, bob)), 10_u256);
    EXPECT_FALSE(ask(11_u256).ok());
    world.approve(alice, bob, u256_max);
    EXPECT_TRUE(ask(11_u256).ok());
    EXPECT_EQ((world.number<"allowance(address,address)">(alice, bob)), u256_max);
    EXPECT_EQ(world.pending_redeem(bob), 31_u256);
    world.approve(alice, carol, 5_u256);
    set_operator(alice, carol, true);
    EXPECT_TRUE(
        (world.send<"requestRedeem(uint256,address,address)">(carol, pool, 5_u256, carol, alice)
             .ok()));
    EXPECT_EQ((world.number<"allowance(address,address)">(alice, carol)), 5_u256)
        << "an operator needs none";
}

TEST_F(QueuedPoolTest, what_is_pending_can_be_taken_back_and_nothing_else) {
    world.request_deposit(alice, 100_u256);
    world.later();
    world.fulfill_deposits(30_u256);
    const Outcome out = world.cancel_deposit(alice);
    EXPECT_EQ(out.events<QueuedPool::CancelDepositRequest>(pool),
              (std::vector{std::tuple{alice, 0_u256, alice}}));
    EXPECT_EQ(world.pending_deposit(alice), 0_u256);
    EXPECT_EQ(world.claimable_deposit(alice), 30_u256) << "what is answered stays";
    EXPECT_EQ(world.cancelled_deposit(alice), 70_u256);
    EXPECT_FALSE((world.ask<"pendingCancelDepositRequest(uint256,address)">(pool, u256{}, alice)
                      .value<bool>()));
    EXPECT_EQ(world.euros(alice), 999'999'900_u256) << "nothing is pushed";
    EXPECT_TRUE(
        world.cancel_deposit(alice).refused_with(QueuedPool::NothingPending{0_u256, alice}));
    EXPECT_TRUE((world.send<"cancelDepositRequest(uint256,address)">(alice, pool, 1_u256, alice)
                     .refused_with(QueuedPool::NothingPending{1_u256, alice})));
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 0_u256);
    EXPECT_EQ(world.claim_cancelled_deposit(alice).events<QueuedPool::CancelDepositClaim>(pool),
              (std::vector{std::tuple{alice, alice, 0_u256, alice, 70_u256}}));
    EXPECT_EQ(world.euros(alice), 999'999'970_u256);
    EXPECT_TRUE(world.claim_cancelled_deposit(alice).refused_with(
        QueuedPool::NothingToClaim{0_u256, alice}));

    world.claim_deposit(alice, 30_u256);
    world.request_redeem(alice, 30'000'000_u256);
    world.later();
    world.fulfill_redeems(10'000'000_u256);
    EXPECT_EQ(world.cancel_redeem(alice).events<QueuedPool::CancelRedeemRequest>(pool),
              (std::vector{std::tuple{alice, 0_u256, alice}}));
    EXPECT_EQ(world.cancelled_redeem(alice), 20'000'000_u256);
    EXPECT_FALSE((world.ask<"pendingCancelRedeemRequest(uint256,address)">(pool, u256{}, alice)
                      .value<bool>()));
    EXPECT_EQ(world.claim_cancelled_redeem(alice).events<QueuedPool::CancelRedeemClaim>(pool),
              (std::vector{std::tuple{alice, alice, 0_u256, alice, 20'000'000_u256}}));
    EXPECT_EQ(world.shares(alice), 20'000'000_u256);
    EXPECT_TRUE(world.claim_cancelled_redeem(alice).refused_with(
        QueuedPool::NothingToClaim{0_u256, alice}));
    EXPECT_TRUE(world.cancel_redeem(alice).refused_with(QueuedPool::NothingPending{0_u256, alice}));
    EXPECT_EQ(world.claimable_redeem(alice), 10'000'000_u256);
}

TEST_F(QueuedPoolTest, requests_are_answered_in_their_order) {
    world.request_deposit(alice, 10_u256);
    world.request_deposit(bob, 10_u256);
    world.request_deposit(alice, 10_u256);
    world.request_deposit(carol, 10_u256);
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 0_u256) << "not in the second they are of";
    world.later();
    EXPECT_TRUE((world.send<"fulfillDeposits(uint256)">(alice, pool, 1_u256)
                     .refused_with(Pool::NotOperator{alice})));
    EXPECT_EQ(world.fulfill_deposits(15_u256).value<u256>(), 15_u256);
    EXPECT_EQ(world.claimable_deposit(alice), 10_u256);
    EXPECT_EQ(world.pending_deposit(alice), 10_u256);
    EXPECT_EQ(world.claimable_deposit(bob), 5_u256);
    world.cancel_deposit(bob);
    world.request_deposit(bob, 7_u256);
    world.later();
    EXPECT_EQ(world.fulfill_deposits(11_u256).value<u256>(), 11_u256);
    EXPECT_EQ(world.claimable_deposit(alice), 20_u256);
    EXPECT_EQ(world.claimable_deposit(carol), 1_u256) << "whoever cancels is out of the line";
    EXPECT_EQ(world.claimable_deposit(bob), 5_u256);
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 16_u256);
    EXPECT_EQ(world.claimable_deposit(bob), 12_u256);
}

TEST_F(QueuedPoolTest, one_call_goes_through_so_many_requests) {
    constexpr uint64_t most = QueuedPool::fulfill_max;
    for (uint64_t i = 0; i <= most; ++i) world.request_deposit(i % 2 == 0 ? alice : bob, 1_u256);
    world.cancel_deposit(bob);
    world.later();
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), u256{most / 2}) << "the cancelled count";
    EXPECT_EQ(world.pending_deposit(alice), 1_u256);
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 1_u256);
    EXPECT_EQ(world.fulfill_deposits().value<u256>(), 0_u256);
}

// V-10: nobody is kept in by an operator who does not answer.
TEST_F(QueuedPoolTest, a_redemption_that_waited_anyone_may_have_answered) {
    world.come(alice, 100_u256);
    world.come(bob, 100_u256);
    world.request_redeem(alice, 100'000'000_u256);
    const uint64_t since = world.block().timestamp;
    world.advance(QueuedPoolWorld::patience_seconds - 1);
    world.request_redeem(bob, 100'000'000_u256);
    EXPECT_TRUE(world.lend(borrower, 50_u256).ok());
    const auto answer = [&] {
        return world.send<"fulfillRedeems(uint256)">(carol, pool, u256_max).value<u256>();
    };
    EXPECT_EQ(answer(), 0_u256);
    world.later();
    EXPECT_TRUE(world.lend(borrower, 50_u256).refused_with(QueuedPool::RedemptionsFirst{since}));
    EXPECT_EQ(answer(), 100'000'000_u256);
    EXPECT_EQ(world.number<"maxWithdraw(address)">(alice), 100_u256);
    EXPECT_EQ(world.claimable_redeem(bob), 0_u256) << "it has not waited as long";
    EXPECT_TRUE(world.lend(borrower, 20_u256).ok());
    world.advance(QueuedPoolWorld::patience_seconds);
    EXPECT_EQ(answer(), 30'000'000_u256) << "as far as there is cash, and no share more";
    EXPECT_EQ(world.cash(), 0_u256);
    EXPECT_TRUE(world.redeem(bob, 30'000'000_u256).ok());
    EXPECT_EQ(world.euros(bob), 999'999'930_u256);
}

TEST_F(QueuedPoolTest, what_is_not_worth_a_unit_is_given_back) {
    world.come(alice, 1_u256);
    world.repay(0_u256, 10'000'000_u256);
    world.request_deposit(bob, 5_u256);
    world.request_deposit(carol, 6_u256);
    world.later();
    EXPECT_EQ(world.fulfill_deposits(3_u256).value<u256>(), 0_u256) << "all of it may be worth one";
    const Outcome out = world.fulfill_deposits();
    EXPECT_EQ(out.value<u256>(), 6_u256);
    EXPECT_EQ(out.events<QueuedPool::DepositReturned>(pool),
              (std::vector{std::tuple{bob, 5_u256}}));
    EXPECT_EQ(world.cancelled_deposit(bob), 5_u256);
    EXPECT_TRUE(world.claim_cancelled_deposit(bob).ok());
    EXPECT_EQ(world.euros(bob), 1'000'000'000_u256);

    QueuedPoolWorld other;
    other.come(alice, 10_u256);
    other.request_redeem(alice, 999'999_u256);
    other.later();
    EXPECT_EQ(other.fulfill_redeems().events<QueuedPool::RedeemReturned>(other.pool()),
              (std::vector{std::tuple{alice, 999'999_u256}}));
    EXPECT_TRUE(other.claim_cancelled_redeem(alice).ok());
    EXPECT_EQ(other.shares(alice), 10'000'000_u256);
}

TEST_F(QueuedPoolTest, the_price_is_that_of_the_answer) {
    world.come(alice, 100_u256);
    world.request_deposit(bob, 100_u256);
    world.request_redeem(alice, 50'000'000_u256);
    world.repay(0_u256, 100_u256);
    world.later();
    const u256 at_price = world.number<"convertToShares(uint256)">(100_u256);
    world.fulfill_deposits();
    EXPECT_EQ(world.number<"maxMint(address)">(bob), at_price);
    EXPECT_LT(at_price, 51'000'000_u256) << "the interest was not his";
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"maxWithdraw(address)">(alice), 99_u256) << "but hers, while she waited";
    world.repay(0_u256, 1'000_u256);
    EXPECT_EQ(world.number<"maxWithdraw(address)">(alice), 99_u256) << "and not after";
    EXPECT_EQ(world.number<"maxMint(address)">(bob), at_price);
}

TEST_F(QueuedPoolTest, who_waits_bears_a_loss_that_is_told_of) {
    world.come(alice, 100_u256);
    world.lend(borrower, 60_u256);
    world.request_redeem(alice, 10'000'000_u256);
    world.impair(50_u256);
    EXPECT_EQ(world.number<"answersFrom()">(),
              u256{world.block().timestamp + QueuedPool::notice_seconds});
    world.advance(QueuedPool::notice_seconds);
    world.fulfill_redeems();
    EXPECT_EQ(world.number<"maxWithdraw(address)">(alice), 5_u256);
}

// P-2 and V-10.
TEST_F(QueuedPoolTest, without_a_live_record_one_can_only_leave) {
    world.come(alice, 100_u256);
    world.request_deposit(bob, 10_u256);
    world.later();
    world.fulfill_deposits(4_u256);
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, person(1), schema, world.mission()).ok());
    EXPECT_TRUE(world.request_deposit(bob, 1_u256).refused_with(RecordNotLive{world.mission()}));
    EXPECT_TRUE(world.fulfill_deposits().refused_with(RecordNotLive{world.mission()}));
    EXPECT_TRUE(world.lend(borrower, 1_u256).refused_with(RecordNotLive{world.mission()}));
    EXPECT_TRUE(world.claim_deposit(bob, 4_u256).ok());
    EXPECT_TRUE(world.cancel_deposit(bob).ok());
    EXPECT_TRUE(world.claim_cancelled_deposit(bob).ok());
    EXPECT_EQ(world.go(bob, world.shares(bob)), 4_u256);
    EXPECT_EQ(world.go(alice, world.shares(alice)), 100_u256);
    EXPECT_EQ(world.euros(alice), 1'000'000'000_u256);
    EXPECT_EQ(world.euros(bob), 1'000'000'000_u256);
}

// V-11, V-10.
TEST_F(QueuedPoolTest, an_asset_that_keeps_a_fee_or_blocks_somebody) {
    world.come(alice, 100_u256);
    world.send<"takeFee(uint256)">(person(1), world.euro(), 2_u256);
    EXPECT_TRUE(
        world.request_deposit(alice, 10_u256).refused_with(Pool::AmountDiffers{10_u256, 8_u256}));
    world.send<"takeFee(uint256)">(person(1), world.euro(), 0_u256);
    world.request_deposit(alice, 10_u256);
    world.cancel_deposit(alice);
    world.request_redeem(alice, 50'000'000_u256);
    world.later();
    world.fulfill_redeems();
    world.send<"block(address,bool)">(person(1), world.euro(), alice, true);
    EXPECT_FALSE(world.withdraw(alice, 50_u256).ok());
    EXPECT_FALSE(world.claim_cancelled_deposit(alice).ok());
    EXPECT_TRUE(
        (world.send<"withdraw(uint256,address,address)">(alice, pool, 50_u256, bob, alice).ok()));
    EXPECT_TRUE((world
                     .send<"claimCancelDepositRequest(uint256,address,address)">(alice, pool,
                                                                                 u256{}, bob, alice)
                     .ok()));
    EXPECT_EQ(world.euros(bob), 1'000'000'060_u256);
    for (const Address& nobody : {Address{}, pool}) {
        EXPECT_FALSE(
            (world.send<"withdraw(uint256,address,address)">(alice, pool, 0_u256, nobody, alice)
                 .ok()));
        EXPECT_FALSE(world.send<"deposit(uint256,address)">(alice, pool, 0_u256, nobody).ok());
    }
}

TEST_F(QueuedPoolTest, the_greatest_request_is_answered_as_far_as_there_is_room) {
    const Address rich = world.make_token("AssetToken", u256_max);
    PoolTerms terms = world.terms();
    terms.asset = rich;
    const Address other =
        world.make_queued(terms, QueuedPoolWorld::patience_seconds).value<Address>();
    world.send<"approve(address,uint256)">(person(1), rich, other, u256_max);
    const u256 most = (1_u256 << 128) - 1_u256;
    const auto ask = [&](const u256& assets) {
        return world.send<"requestDeposit(uint256,address,address)">(person(1), other, assets,
                                                                     alice, person(1));
    };
    EXPECT_FALSE(ask(most + 1_u256).ok());
    EXPECT_TRUE(ask(most).ok());
    EXPECT_FALSE(ask(1_u256).ok()) << "more than 128 bits are pending";
    world.later();
    EXPECT_TRUE(world.send<"fulfillDeposits(uint256)">(operator_account, other, u256_max).ok());
    const u256 shares = world.ask<"maxMint(address)">(other, alice).value<u256>();
    EXPECT_GT(shares, most - 1'000'001_u256);
    EXPECT_LE(shares, most);
    EXPECT_EQ(
        (world.send<"fulfillDeposits(uint256)">(operator_account, other, u256_max).value<u256>()),
        0_u256);
    EXPECT_TRUE(
        (world.send<"cancelDepositRequest(uint256,address)">(alice, other, u256{}, alice).ok()));
    EXPECT_TRUE((world.send<"mint(uint256,address)">(alice, other, shares, alice).ok()));
}

// V-8: dust in another's name gives him more and keeps him from nothing.
TEST_F(QueuedPoolTest, what_is_asked_in_anothers_name_is_his) {
    world.request_deposit(alice, 100_u256);
    world.send<"requestDeposit(uint256,address,address)">(bob, pool, 1_u256, alice, bob);
    EXPECT_EQ(world.pending_deposit(alice), 101_u256);
    EXPECT_TRUE(world.cancel_deposit(alice).ok());
    world.claim_cancelled_deposit(alice);
    EXPECT_EQ(world.euros(alice), 1'000'000'001_u256);
}

}  // namespace
}  // namespace plume
