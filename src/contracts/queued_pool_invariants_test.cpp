// A pool with requests with one wrong method for each thing that must hold: the invariant says so.
#include <gtest/gtest.h>

#include "support/queued_pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::person;
using test::QueuedPoolWorld;

const Address alice = person(2);
const Address bob = person(3);

class CorruptedQueuedPool : public QueuedPool {
public:
    using QueuedPool::QueuedPool;

    void ask_silently() { request_queue::add(*this, redeems_, sender(), u256{1u}); }
    void answer_silently() { request_queue::fulfill(*this, deposits_, u256{1u}, u256{}); }
    void give_back_silently(Address who) { request_queue::cancel(*this, deposits_, who); }
    void forget_in_the_sum() {
        const auto pending = deposits_.sums().pending();
        set(pending, u128{u256{get(pending)} - u256{1u}});
    }
    void pass_all() { set(deposits_.passed(), uint64_t{9}); }
    void grow_the_line() { push(deposits_.entries()); }
    void keep_too_many() { keep_shares({}, u256{1u}); }
    void lose_shares() { move(self(), sender(), u256{1u}); }
    void invent_assets() {
        request_queue::add(*this, deposits_, sender(), u256{5u});
        emit(DepositRequest{sender(), sender(), request_id, sender(), u256{5u}});
    }
    void sell_cheaply() {
        const u256 shares = preview_deposit(u256{1u}) + u256{1u};
        set_cash(cash() + u256{1u});
        request_queue::fulfill(*this, deposits_, u256{1u}, shares);
        keep_shares({}, shares);
        emit(DepositFulfilled{alice, u256{1u}, shares});
    }
    void ask_for_another(Address owner) {
        pull(owner, u256{1u});
        request_queue::add(*this, deposits_, sender(), u256{1u});
        emit(DepositRequest{sender(), owner, request_id, sender(), u256{1u}});
    }
    void redeem_for_another(Address owner) {
        keep_shares(owner, u256{1u});
        request_queue::add(*this, redeems_, sender(), u256{1u});
        emit(RedeemRequest{sender(), owner, request_id, sender(), u256{1u}});
    }
    void take_for_another(Address controller) {
        const u256 assets = request_queue::claim_returned(*this, deposits_, controller);
        Pool::send(sender(), assets);
        emit(CancelDepositClaim{controller, sender(), request_id, sender(), assets});
    }

    static constexpr auto abi =
        QueuedPool::abi +
        Methods<
            Method<"askSilently()", &CorruptedQueuedPool::ask_silently>,
            Method<"answerSilently()", &CorruptedQueuedPool::answer_silently>,
            Method<"giveBackSilently(address who)", &CorruptedQueuedPool::give_back_silently>,
            Method<"forgetInTheSum()", &CorruptedQueuedPool::forget_in_the_sum>,
            Method<"passAll()", &CorruptedQueuedPool::pass_all>,
            Method<"growTheLine()", &CorruptedQueuedPool::grow_the_line>,
            Method<"keepTooMany()", &CorruptedQueuedPool::keep_too_many>,
            Method<"loseShares()", &CorruptedQueuedPool::lose_shares>,
            Method<"inventAssets()", &CorruptedQueuedPool::invent_assets>,
            Method<"sellCheaply()", &CorruptedQueuedPool::sell_cheaply>,
            Method<"askForAnother(address owner)", &CorruptedQueuedPool::ask_for_another>,
            Method<"redeemForAnother(address owner)", &CorruptedQueuedPool::redeem_for_another>,
            Method<"takeForAnother(address controller)", &CorruptedQueuedPool::take_for_another>>{};
};

class QueuedPoolInvariants : public testing::Test {
protected:
    QueuedPoolInvariants()
        : world({native_type<CorruptedQueuedPool>(60'151, 1, "CorruptedQueuedPool")},
                "CorruptedQueuedPool") {
        world.expect_broken_invariants();
        world.come(alice, 100_u256);
        world.request_deposit(alice, 50_u256);
        world.later();
    }
    template <FixedText signature, class... T>
    std::string broken(const T&... arguments) {
        const std::string name = "CorruptedQueuedPool: ";
        const std::string said = world.send<signature>(bob, world.pool(), arguments...).broken;
        return said.starts_with(name) ? said.substr(name.size()) : said;
    }

    QueuedPoolWorld world;
};

TEST_F(QueuedPoolInvariants, all_that_is_right_holds) {
    EXPECT_EQ(world.fulfill_deposits(20_u256).broken, "");
    EXPECT_EQ(world.cancel_deposit(alice).broken, "");
    EXPECT_EQ(world.claim_cancelled_deposit(alice).broken, "");
    EXPECT_EQ(world.mint(alice, 3_u256).broken, "");
    EXPECT_EQ(world.request_redeem(alice, 100'000'003_u256).broken, "");
    world.later();
    EXPECT_EQ(world.fulfill_redeems(90'000'000_u256).broken, "");
    EXPECT_EQ(world.cancel_redeem(alice).broken, "");
    EXPECT_EQ(world.claim_cancelled_redeem(alice).broken, "");
    EXPECT_EQ(world.redeem(alice, 5_u256).broken, "");
    EXPECT_EQ(world.withdraw(alice, 5_u256).broken, "");
}

TEST_F(QueuedPoolInvariants, requests_change_as_the_events_say) {
    EXPECT_EQ(broken<"askSilently()">(),
              "Q-2: the sums of the requests are not those of their controllers");
    EXPECT_EQ(broken<"answerSilently()">(),
              "Q-2: the sums of the requests are not those of their controllers");
    EXPECT_EQ(broken<"giveBackSilently(address)">(alice),
              "Q-2: the sums of the requests are not those of their controllers");
    EXPECT_EQ(broken<"forgetInTheSum()">(),
              "Q-2: the sums of the requests are not those of their controllers");
}

TEST_F(QueuedPoolInvariants, the_line_is_gone_through_from_its_beginning) {
    EXPECT_EQ(broken<"passAll()">(),
              "Q-3: the line of requests was passed another way than from its beginning");
    EXPECT_EQ(broken<"growTheLine()">(),
              "Q-3: the line of requests did not grow by the requests that were made");
}

TEST_F(QueuedPoolInvariants, the_pool_has_what_the_requests_add_up_to) {
    EXPECT_EQ(broken<"keepTooMany()">(),
              "T-1: the supply did not change as deposits and withdrawals say");
    world.fulfill_deposits();
    EXPECT_EQ(broken<"loseShares()">(),
              "V-8: the pool does not have the shares that its requests add up to");
    EXPECT_EQ(broken<"inventAssets()">(),
              "V-12: the currency " + to_hex(world.euro()) + " does not hold what the books say");
}

TEST_F(QueuedPoolInvariants, nobody_is_answered_at_the_others_cost) {
    EXPECT_EQ(broken<"sellCheaply()">(), "V-4: the price of deposits fell without a loss");
}

TEST_F(QueuedPoolInvariants, nobody_acts_for_another_without_his_leave) {
    const std::string acted =
        "V-3: " + to_hex(bob) + " acted for " + to_hex(alice) + " without being his operator";
    EXPECT_EQ(broken<"askForAnother(address)">(alice), acted);
    world.cancel_deposit(alice);
    EXPECT_EQ(broken<"takeForAnother(address)">(alice), acted);
    EXPECT_EQ(broken<"redeemForAnother(address)">(alice),
              "V-3: shares of " + to_hex(alice) + " were withdrawn without his allowance");
    world.send<"setOperator(address,bool)">(alice, world.pool(), bob, true);
    EXPECT_EQ(broken<"askForAnother(address)">(alice), "");
    EXPECT_EQ(broken<"redeemForAnother(address)">(alice), "");
    EXPECT_EQ(broken<"takeForAnother(address)">(alice), "");
}

}  // namespace
}  // namespace plume
