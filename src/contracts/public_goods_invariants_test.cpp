// Each invariant of a public-goods vault is broken once, by a mutation that a slip of the pen could
// make, and is seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "contracts/public_goods.hpp"
#include "native/math.hpp"
#include "support/goods.hpp"

namespace plume {
namespace {

using namespace literals;
using spend_lines::Split;
using test::GoodsWorld;
using test::Outcome;
using test::person;
using test::Switchboard;

const Address ann = GoodsWorld::donor(0);
const Address ben = GoodsWorld::donor(1);
const Address school = GoodsWorld::teacher(0);
const Address builder = person(31);

/// A vault with wrong methods beside the right ones.
class CorruptedGoods : public PublicGoods {
public:
    using PublicGoods::PublicGoods;

    static uint8_t number(Account account) { return static_cast<uint8_t>(account); }
    void post(Address asset, Account debit, Account credit, u256 amount) {
        journal::post(*this, asset, number(debit), number(credit), amount, {});
    }
    void pay_unbooked(Address asset) { erc20::try_transfer(*this, asset, person(666), 1_u256); }
    void contribute_unpaid(Address asset) {
        post(asset, Account::cash, Account::pool, 1_u256);
        set(stakes_[asset][sender()].pool(),
            checked_u128(get(stakes_[asset][sender()].pool()) + 1_u256));
        move({}, sender(), 1_u256);
        emit(Contributed{sender(), sender(), Address{}, asset, 1_u256, 1_u256, Hash{}});
    }
    void contribute_silently(Address asset) {
        erc20::pull(*this, asset, sender(), 1_u256);
        post(asset, Account::cash, Account::pool, 1_u256);
    }
    void empty_pot(Address asset) { post(asset, Account::pool, Account::payable, 1_u256); }
    void return_silently(Address asset) {
        post(asset, Account::pool, Account::pool_return, 5_u256);
        post(asset, Account::pool_return, Account::cash, 5_u256);
        erc20::try_transfer(*this, asset, person(666), 5_u256);
    }
    void refill(Address asset) { post(asset, Account::pool_return, Account::pool, 1_u256); }
    void make_receipts() { move({}, sender(), 1_u256); }
    void lower_cap() { set(hard_cap_, u128{1_u256}); }
    void give_stake(Address asset) {
        set(stakes_[asset][ann].pool(), checked_u128(get(stakes_[asset][ann].pool()) + 1_u256));
        move(ann, ann, {});
    }
    void withdraw_twice(Address asset) {
        const u256 amount = withdrawable(ann, asset);
        withdraw_returned(ann, asset);
        post(asset, Account::pool_return, Account::cash, amount);
        emit(Returned{ann, asset, 0_u256, amount});
        erc20::try_transfer(*this, asset, ann, amount);
    }
    void go_back() { set(phase_, uint8_t{1}); }
    void change_plan() { set(plan_hash_, keccak256("another")); }
    void change_weight() { set(currencies_[0].weight(), u128{9_u256}); }
    void release_again(u256 id) { emit(LineReleased{hash_of(id), asset_of_first(), {}, {}}); }
    void unrelease(u256 id) {
        set(Slot<bool>{Array<u256>{{namespace_slot("plume.spend_lines")}}[3 * id.low64()].position,
                       0},
            false);
    }
    /// Pays somebody of whom the line knows nothing.
    void pay_stranger(u256 id) {
        const Address asset = asset_of_first();
        post(asset, Account::payable, Account::cash, 1_u256);
        set(paid_[id][asset][person(666)], 1_u256);
        set(spent_[asset].epoch(), now() / GoodsWorld::epoch_seconds);
        set(spent_[asset].amount(), u128{get(spent_[asset].amount()) + 1_u256});
        emit(Disbursed{hash_of(id), person(666), asset, 1_u256, Hash{}, Hash{}});
        erc20::try_transfer(*this, asset, person(666), 1_u256);
    }
    void pay_unmarked(u256 id, Address to) {
        const Address asset = asset_of_first();
        const u256 paid = get(paid_[id][asset][to]);
        pay(id, asset, to);
        set(paid_[id][asset][to], paid);
    }
    void pay_beyond_cap(u256 id, Address to) {
        set(spent_[asset_of_first()].amount(), {});
        pay(id, asset_of_first(), to);
    }

    static constexpr auto abi =
        PublicGoods::abi +
        Methods<Method<"payUnbooked(address asset)", &CorruptedGoods::pay_unbooked>,
                Method<"contributeUnpaid(address asset)", &CorruptedGoods::contribute_unpaid>,
                Method<"contributeSilently(address asset)", &CorruptedGoods::contribute_silently>,
                Method<"emptyPot(address asset)", &CorruptedGoods::empty_pot>,
                Method<"returnSilently(address asset)", &CorruptedGoods::return_silently>,
                Method<"refill(address asset)", &CorruptedGoods::refill>,
                Method<"makeReceipts()", &CorruptedGoods::make_receipts>,
                Method<"lowerCap()", &CorruptedGoods::lower_cap>,
                Method<"giveStake(address asset)", &CorruptedGoods::give_stake>,
                Method<"withdrawTwice(address asset)", &CorruptedGoods::withdraw_twice>,
                Method<"goBack()", &CorruptedGoods::go_back>,
                Method<"changePlan()", &CorruptedGoods::change_plan>,
                Method<"changeWeight()", &CorruptedGoods::change_weight>,
                Method<"releaseAgain(uint256 id)", &CorruptedGoods::release_again>,
                Method<"unrelease(uint256 id)", &CorruptedGoods::unrelease>,
                Method<"payStranger(uint256 id)", &CorruptedGoods::pay_stranger>,
                Method<"payUnmarked(uint256 id, address to)", &CorruptedGoods::pay_unmarked>,
                Method<"payBeyondCap(uint256 id, address to)", &CorruptedGoods::pay_beyond_cap>>{};

private:
    Hash hash_of(const u256& id) const { return spend_lines::hash(*this, LineId{id.low64()}); }
    Address asset_of_first() const { return get(currencies_[0].asset()); }
};

/// A pool of 1,000, half of it in a fixed line; what the tests break is undone.
class GoodsInvariantsTest : public testing::Test {
protected:
    GoodsInvariantsTest()
        : world({native_type<CorruptedGoods>(60'040, 1, "CorruptedGoods")}), usd(world.currency()) {
        world.expect_broken_invariants();
        auto currencies = world.two_currencies();
        currencies[0].epoch_cap = {100_u256};
        world.create_goods(world.goods_terms(), currencies, {world.line(0, 5'000, Split::fixed)},
                           true, "CorruptedGoods");
        world.give(ann, usd, 1'000_u256);
        world.turn(0, Switchboard::on);
    }
    template <FixedText signature, class... T>
    void breaks(std::string_view invariant, const T&... arguments) {
        const u256 before = world.money_of(world.goods(), usd);
        const Outcome out = world.send<signature>(ann, world.goods(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself is not refused";
        EXPECT_NE(out.broken.find(invariant), std::string::npos)
            << invariant << " is broken, not " << out.broken;
        EXPECT_EQ(world.money_of(world.goods(), usd), before);
    }
    void release() {
        world.end_funding_in_time();
        ASSERT_TRUE(world.release_line(0).broken.empty());
    }
    void finish() {
        release();
        ASSERT_TRUE(world.close_goods().broken.empty());
    }

    GoodsWorld world;
    Address usd;
};

TEST_F(GoodsInvariantsTest, the_right_methods_break_none) {
    finish();
    EXPECT_TRUE(world.pay(0, usd, builder).broken.empty());
    EXPECT_TRUE(world.take_back(ann, usd).broken.empty());
    EXPECT_EQ(world.money_of(builder, usd), 100_u256);
    EXPECT_EQ(world.money_of(ann, usd), 501_u256) << "the unit that did not divide included";
}

TEST_F(GoodsInvariantsTest, money_that_moves_behind_the_books) {
    breaks<"payUnbooked(address)">("V-12", usd);
    breaks<"contributeUnpaid(address)">("V-12", usd);
    world.supply(ann, usd, 1_u256);
    breaks<"contributeSilently(address)">("V-13", usd);
    breaks<"emptyPot(address)">("V-13", usd);
    breaks<"returnSilently(address)">("V-13", usd);
    finish();
    breaks<"refill(address)">("V-12", usd);
}

TEST_F(GoodsInvariantsTest, receipts_and_stakes_out_of_nothing) {
    breaks<"makeReceipts()">("V-14");
    breaks<"lowerCap()">("V-14");
    breaks<"giveStake(address)">("V-15", usd);
    finish();
    breaks<"withdrawTwice(address)">("V-15", usd);
}

TEST_F(GoodsInvariantsTest, a_plan_or_a_phase_that_changes) {
    breaks<"changePlan()">("X-3");
    breaks<"changeWeight()">("X-3");
    release();
    breaks<"goBack()">("X-1");
    breaks<"releaseAgain(uint256)">("X-1", 0_u256);
    breaks<"unrelease(uint256)">("X-1", 0_u256);
}

TEST_F(GoodsInvariantsTest, payments_that_no_line_makes) {
    release();
    breaks<"payStranger(uint256)">("X-3", 0_u256);
    breaks<"payUnmarked(uint256,address)">("X-3", 0_u256, builder);
    world.pay(0, usd, builder);
    breaks<"payBeyondCap(uint256,address)">("A-21", 0_u256, builder);
}

}  // namespace
}  // namespace plume
