// The stream of payments: who pays what, how it stands, what it is worth, and what breaks its
// invariants.
#include "contracts/revenue_stream.hpp"

#include <gtest/gtest.h>

#include "contracts/condition.hpp"
#include "native/math.hpp"
#include "support/revenue.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::RevenueWorld;

const Address issuer = RevenueWorld::issuer();
const Address alice = person(2);
const Address obligor = person(3);
const Address mallory = person(66);
constexpr uint64_t day = 86'400;

/// A stream with wrong methods beside the right ones.
class CorruptedStream : public RevenueStream {
public:
    using RevenueStream::RevenueStream;

    void change_obligor(Address to) { set(Slot<Address>{21, 0}, to); }
    void burn(u256 shares) { move(sender(), {}, shares); }
    /// Shared out, and booked as nothing.
    void pay_unbooked(u256 amount) {
        share_out(currency(), erc20::pull(*this, currency(), sender(), amount));
    }
    /// Booked, and not shared out.
    void book_only(u256 amount) { book_payment(amount); }
    void tell_wrong_left(u256 amount) {
        share_out(currency(), erc20::pull(*this, currency(), sender(), amount));
        const u256 total = paid() + amount;
        set(Slot<u128>{24, 0}, checked_u128(total));
        emit(Paid{sender(), amount, total, 1});
    }
    void pay_too_much(u256 amount) {
        share_out(currency(), erc20::pull(*this, currency(), sender(), amount));
        book_payment(amount);
    }
    void redeem_for(u256 price) {
        share_out(currency(), erc20::pull(*this, currency(), sender(), price));
        end_by(price);
    }
    void end_silently() { set(Slot<bool>{24, 24}, true); }
    void mark_anyway() {
        book_default(now());
        emit(DefaultMarked{sender(), 0});
    }
    void forgive() { book_default(0); }

    static constexpr auto abi =
        RevenueStream::abi +
        Methods<Method<"changeObligor(address to)", &CorruptedStream::change_obligor>,
                Method<"burn(uint256 shares)", &CorruptedStream::burn>,
                Method<"payUnbooked(uint256 amount)", &CorruptedStream::pay_unbooked>,
                Method<"bookOnly(uint256 amount)", &CorruptedStream::book_only>,
                Method<"tellWrongLeft(uint256 amount)", &CorruptedStream::tell_wrong_left>,
                Method<"payTooMuch(uint256 amount)", &CorruptedStream::pay_too_much>,
                Method<"redeemFor(uint256 price)", &CorruptedStream::redeem_for>,
                Method<"endSilently()", &CorruptedStream::end_silently>,
                Method<"markAnyway()", &CorruptedStream::mark_anyway>,
                Method<"forgive()", &CorruptedStream::forgive>>{};
};

class RevenueStreamTest : public testing::Test {
protected:
    RevenueStreamTest()
        : world({native_type<CorruptedStream>(60'117, 1, "CorruptedStream")}), euro(world.euro()) {
        world.give(euro, issuer, obligor, 1'000'000_u256);
        world.give(euro, issuer, mallory, 1'000'000_u256);
        begin = now();
        token = make(terms()).value<Address>();
        approve(token);
        world.give(token, issuer, alice, 250_u256);
        world.next_block();
    }

    /// Three payments of 600, every thirty days, and 10'000 with the last.
    StreamTerms terms() {
        return {.currency = euro,
                .obligor = obligor,
                .schedule = {.first_due = begin + 30 * day,
                             .period_seconds = 30 * day,
                             .count = 3,
                             .payment = {600_u256},
                             .principal = {10'000_u256},
                             .grace_seconds = 5 * day,
                             .default_seconds = 20 * day},
                .payment_bps = 5'000,
                .principal_bps = 10'200};
    }
    TokenParams params() const {
        TokenParams out = world.params(1'000_u256);
        out.mintable = false;
        return out;
    }
    Outcome make(const StreamTerms& terms, std::string_view type = "RevenueStream") {
        return world.create(issuer, type, world.next_salt(), params(), terms);
    }
    void approve(const Address& stream) {
        for (const Address& who : {obligor, mallory})
            world.send<"approve(address,uint256)">(who, euro, stream, u256_max);
    }
    Outcome pay(const u256& amount, const Address& by = obligor) {
        return world.send<"pay(uint256)">(by, token, amount);
    }
    Outcome redeem(const u256& at_most, const Address& by = obligor) {
        return world.send<"redeem(uint256)">(by, token, at_most);
    }
    Outcome mark() { return world.send<"markDefault()">(mallory, token); }
    template <FixedText text>
    u256 number() {
        return world.ask<text>(token).template value<u256>();
    }
    int status() { return world.ask<"status()">(token).value<uint8_t>(); }
    u256 due(const Address& account) { return world.claimable(token, euro, account); }
    using Next = std::tuple<uint64_t, u128, uint32_t, uint32_t>;
    Next schedule() {
        const Outcome out = world.ask<"schedule()">(token);
        return abi::decode<uint64_t, u128, uint32_t, uint32_t>(out.result.output).value();
    }
    Next next(uint64_t days, const u256& amount, uint32_t left) const {
        return {begin + days * day, {amount}, 30 * day, left};
    }
    uint64_t now() { return world.block().timestamp; }
    void wait_days(uint64_t days) { world.advance(days * day); }

    RevenueWorld world;
    Address euro;
    Address token;
    uint64_t begin = 0;
};

TEST_F(RevenueStreamTest, what_arrives_is_shared_out_and_settles_the_oldest_first) {
    EXPECT_EQ(schedule(), next(30, 600_u256, 3));
    const Outcome out = pay(1'000_u256);
    EXPECT_EQ(out.value<u256>(), 1'000_u256);
    EXPECT_EQ(out.events<RevenueStream::Paid>(token),
              (std::vector{std::tuple{obligor, 1'000_u256, 1'000_u256, 2u}}));
    EXPECT_EQ(schedule(), next(60, 200_u256, 2)) << "400 count for the second";
    EXPECT_EQ(due(alice), 250_u256);
    EXPECT_EQ(due(issuer), 750_u256);
    EXPECT_EQ(number<"paid()">(), 1'000_u256);
    EXPECT_EQ(number<"amountLeft()">(), 10'800_u256);
    EXPECT_TRUE(world.claim(token, euro, alice).ok());
    EXPECT_EQ(world.money(euro, alice), 250_u256);
}

TEST_F(RevenueStreamTest, anyone_pays_and_a_distribution_is_a_payment) {
    EXPECT_TRUE(pay(100_u256, mallory).ok());
    const Outcome out = world.distribute(token, euro, 500_u256, mallory);
    EXPECT_EQ(out.events<RevenueStream::Paid>(token),
              (std::vector{std::tuple{mallory, 500_u256, 600_u256, 2u}}));
    world.give(euro, mallory, token, 50_u256);
    EXPECT_EQ(schedule(), next(60, 600_u256, 2)) << "what is merely sent is no payment";
    EXPECT_TRUE(pay(0_u256).refused_with(RevenueShares::NothingReceived{euro}));
}

TEST_F(RevenueStreamTest, nobody_pays_more_than_what_is_left) {
    ASSERT_TRUE(pay(11'799_u256).ok());
    world.send<"approve(address,uint256)">(mallory, euro, token, u256_max);
    EXPECT_TRUE(world.send<"distribute(address,uint256)">(mallory, token, euro, 2_u256)
                    .refused_with(RevenueStream::MoreThanLeft{2_u256, 1_u256}));
    EXPECT_EQ(pay(600_u256).value<u256>(), 1_u256) << "the last payment is made whoever was first";
    EXPECT_EQ(status(), 3);
    EXPECT_EQ(schedule(), (Next{0, {}, 30 * day, 0}));
    EXPECT_TRUE(pay(1_u256).refused_with(RevenueStream::StreamEnded{11'800_u256}));
    EXPECT_TRUE(world.send<"distribute(address,uint256)">(mallory, token, euro, 2_u256)
                    .refused_with(RevenueStream::StreamEnded{11'800_u256}));
    EXPECT_TRUE(redeem(u256_max).refused_with(RevenueStream::StreamEnded{11'800_u256}));
}

TEST_F(RevenueStreamTest, only_what_arrives_counts) {
    world.send<"takeFee(uint256)">(issuer, euro, 10_u256);
    EXPECT_EQ(pay(600_u256).value<u256>(), 590_u256);
    EXPECT_EQ(schedule(), next(30, 10_u256, 3));
    EXPECT_TRUE(redeem(u256_max).refused_with(RevenueStream::PriceNotReceived{
        number<"redemptionPrice()">(), number<"redemptionPrice()">() - 10_u256}));
}

TEST_F(RevenueStreamTest, status_follows_the_time_and_the_money) {
    const auto is = [this](std::string_view what) {
        const Outcome out =
            world.ask_data({}, token,
                           what == "current" ? RevenueWorld::calldata<"isCurrent()">()
                                             : RevenueWorld::calldata<"isDefaulted()">());
        return out.value<bool>();
    };
    wait_days(35);
    EXPECT_EQ(status(), 0) << "the last second of its grace";
    world.advance(1);
    EXPECT_EQ(status(), 1);
    EXPECT_FALSE(is("current"));
    EXPECT_FALSE(is("defaulted"));
    wait_days(15);
    EXPECT_EQ(status(), 2);
    EXPECT_TRUE(is("defaulted"));
    EXPECT_TRUE(pay(600_u256).ok());
    EXPECT_EQ(status(), 0) << "nobody had marked it";
    EXPECT_TRUE(is("current"));
    EXPECT_TRUE(pay(u256_max).ok());
    EXPECT_TRUE(is("current")) << "fulfilled";
}

TEST_F(RevenueStreamTest, a_marked_default_lasts_until_everything_is_paid) {
    wait_days(50);
    EXPECT_TRUE(mark().refused_with(RevenueStream::NotInDefault{1}));
    world.advance(1);
    const Outcome out = mark();
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<RevenueStream::DefaultMarked>(token),
              (std::vector{std::tuple{mallory, begin + 30 * day}}));
    const uint64_t at = now();
    EXPECT_TRUE(mark().refused_with(RevenueStream::DefaultAlreadyMarked{at}));
    pay(600_u256);
    EXPECT_EQ(status(), 2);
    EXPECT_TRUE(pay(u256_max).ok());
    EXPECT_EQ(status(), 3);
    EXPECT_EQ(world.ask<"defaultedAt()">(token).value<uint64_t>(), at);
}

TEST_F(RevenueStreamTest, interest_accrues_for_who_holds_shares) {
    wait_days(10);
    EXPECT_EQ(number<"accrued()">(), 200_u256);
    EXPECT_EQ(world.ask<"accruedOf(uint256)">(token, 251_u256).value<u256>(), 50_u256)
        << "50.2 rounded down";
    pay(150_u256);
    EXPECT_EQ(number<"accrued()">(), 50_u256) << "the rest was paid ahead";
    wait_days(20);
    EXPECT_EQ(number<"accrued()">(), 0_u256);
    EXPECT_EQ(number<"arrears()">(), 450_u256);
}

TEST_F(RevenueStreamTest, a_dirty_price_is_clean_and_accrued_exactly) {
    wait_days(10);
    const u256 one_unit = RevenueStream::price_scale;
    // 200 for 1'000 shares of 10^-18 tokens: a token has 2 * 10^17.
    const u256 accrual = one_unit / 5_u256 * one_unit;
    EXPECT_EQ(number<"accruedPrice()">(), accrual);
    const auto clean = [this](const u256& price) {
        return world.ask<"cleanPrice(uint256)">(token, price);
    };
    EXPECT_EQ(clean(accrual + 7_u256).value<u256>(), 7_u256);
    EXPECT_EQ(world.ask<"dirtyPrice(uint256)">(token, 7_u256).value<u256>(), accrual + 7_u256);
    EXPECT_TRUE(clean(accrual - 1_u256)
                    .refused_with(RevenueStream::PriceBelowAccrued{accrual - 1_u256, accrual}));
    EXPECT_TRUE(
        world.ask<"dirtyPrice(uint256)">(token, u256_max).refused_with(Panic{panic_arithmetic}));
}

TEST_F(RevenueStreamTest, the_obligor_redeems_at_the_price_of_the_terms) {
    wait_days(45);
    // 600 due, 300 accrued, half of the 900 to come, 102 % of the principal.
    const u256 price = 11'550_u256;
    EXPECT_EQ(number<"redemptionPrice()">(), price);
    EXPECT_TRUE(redeem(price, mallory).refused_with(RevenueStream::NotObligor{mallory}));
    EXPECT_TRUE(
        redeem(price - 1_u256).refused_with(RevenueStream::PriceTooHigh{price, price - 1_u256}));
    const Outcome out = redeem(price);
    EXPECT_EQ(out.events<RevenueStream::Redeemed>(token),
              (std::vector{std::tuple{obligor, price, 11'800_u256}}));
    EXPECT_EQ(status(), 3);
    EXPECT_EQ(number<"amountLeft()">(), 0_u256);
    EXPECT_EQ(number<"arrears()">(), 0_u256);
    EXPECT_EQ(number<"accrued()">(), 0_u256);
    EXPECT_EQ(number<"redemptionPrice()">(), 0_u256);
    EXPECT_EQ(number<"paid()">(), price);
    EXPECT_EQ(due(alice), 2'887_u256) << "a quarter of it";
    EXPECT_TRUE(redeem(price).refused_with(RevenueStream::StreamEnded{price}));
}

TEST_F(RevenueStreamTest, a_stream_without_a_price_is_not_redeemed) {
    StreamTerms rigid = terms();
    rigid.payment_bps = 0;
    rigid.principal_bps = 0;
    token = make(rigid).value<Address>();
    EXPECT_TRUE(redeem(u256_max).refused_with(RevenueStream::NotRedeemable{}));
}

/// Free to leave before interest begins, if the terms say so: nothing is shared out then.
TEST_F(RevenueStreamTest, a_redemption_may_be_for_nothing) {
    StreamTerms option = terms();
    option.schedule.principal = {};
    option.payment_bps = 0;
    option.schedule.first_due = now() + 30 * day;
    token = make(option).value<Address>();
    EXPECT_EQ(redeem(0_u256).value<u256>(), 0_u256);
    EXPECT_EQ(status(), 3);
}

TEST_F(RevenueStreamTest, supply_currency_and_holders_are_fixed) {
    EXPECT_FALSE(world.send<"mint(address,uint256)">(issuer, token, alice, 1_u256).ok());
    EXPECT_FALSE(world.send<"burn(uint256)">(alice, token, 1_u256).ok());
    EXPECT_TRUE(
        world.list(token, world.dollar()).refused_with(RevenueShares::CurrencyListClosed{}));
    EXPECT_TRUE(world.send<"setExcluded(address,bool)">(issuer, token, alice, true)
                    .refused_with(RevenueStream::NobodyIsExcluded{alice}));
    EXPECT_TRUE(world.give(token, alice, token, 1_u256)
                    .refused_with(AssetToken::ERC20InvalidReceiver{token}));
}

TEST_F(RevenueStreamTest, terms_are_told_as_they_were_made) {
    const auto told = world.ask<"terms()">(token).value<StreamTerms>();
    EXPECT_EQ(abi::encode(told), abi::encode(terms()));
}

TEST_F(RevenueStreamTest, conditions_ask_how_it_stands) {
    const Outcome out = world.send<"all((address,bytes)[])">(
        mallory, contracts::conditions,
        std::vector{Condition{token, RevenueWorld::calldata<"isCurrent()">()}});
    EXPECT_TRUE(out.value<bool>());
    wait_days(36);
    const Outcome later = world.send<"all((address,bytes)[])">(
        mallory, contracts::conditions,
        std::vector{Condition{token, RevenueWorld::calldata<"isCurrent()">()}});
    EXPECT_FALSE(later.value<bool>());
}

TEST_F(RevenueStreamTest, terms_have_bounds) {
    const auto refused = [this](auto change, std::string_view what, const u256& value,
                                const u256& least, const u256& most) {
        StreamTerms wrong = terms();
        change(wrong);
        EXPECT_TRUE(make(wrong).refused_with(
            RevenueStream::TermInvalid{std::string(what), value, least, most}))
            << what;
    };
    const auto taken = [this](auto change) {
        StreamTerms good = terms();
        change(good);
        EXPECT_TRUE(make(good).ok());
    };
    refused([](StreamTerms& t) { t.schedule.count = 0; }, "count", {}, 1_u256, 36'525_u256);
    taken([](StreamTerms& t) { t.schedule.count = 36'525; });
    refused([](StreamTerms& t) { t.schedule.count = 36'526; }, "count", 36'526_u256, 1_u256,
            36'525_u256);
    const u256 decade{RevenueStream::period_max_seconds};
    refused([](StreamTerms& t) { t.schedule.period_seconds = 0; }, "period", {}, 1_u256, decade);
    taken([](StreamTerms& t) { t.schedule.period_seconds = RevenueStream::period_max_seconds; });
    refused([](StreamTerms& t) { t.schedule.period_seconds = 315'360'001; }, "period",
            decade + 1_u256, 1_u256, decade);
    const u256 most = RevenueStream::total_most;
    refused([](StreamTerms& t) { t.schedule.payment = {}; }, "payment", {}, 1_u256, most);
    const auto pay_all = [](StreamTerms& t) {
        t.schedule.count = 1;
        t.schedule.payment = {RevenueStream::total_most - 10'000_u256};
    };
    taken(pay_all);
    refused(
        [&](StreamTerms& t) {
            pay_all(t);
            t.schedule.principal = {10'001_u256};
        },
        "total", most + 1_u256, 1_u256, most);
    const uint64_t t0 = now();
    const uint64_t last = t0 + RevenueStream::first_due_span_max_seconds;
    refused([&](StreamTerms& t) { t.schedule.first_due = t0; }, "firstDue", u256{t0}, u256{t0 + 1},
            u256{last});
    taken([&](StreamTerms& t) { t.schedule.first_due = t0 + 1; });
    taken([&](StreamTerms& t) { t.schedule.first_due = last; });
    refused([&](StreamTerms& t) { t.schedule.first_due = last + 1; }, "firstDue", u256{last + 1},
            u256{t0 + 1}, u256{last});
    const u256 years{RevenueStream::default_max_seconds};
    taken([](StreamTerms& t) {
        t.schedule.default_seconds = RevenueStream::default_max_seconds;
        t.schedule.grace_seconds = RevenueStream::default_max_seconds;
    });
    refused([](StreamTerms& t) { t.schedule.default_seconds = 63'072'001; }, "defaultAfter",
            years + 1_u256, {}, years);
    refused([](StreamTerms& t) { t.schedule.grace_seconds = 20 * day + 1; }, "grace",
            u256{20 * day + 1}, {}, u256{20 * day});
    taken([](StreamTerms& t) { t.payment_bps = t.principal_bps = 20'000; });
    refused([](StreamTerms& t) { t.payment_bps = 20'001; }, "paymentBps", 20'001_u256, {},
            20'000_u256);
    refused([](StreamTerms& t) { t.principal_bps = 20'001; }, "principalBps", 20'001_u256, {},
            20'000_u256);
}

TEST_F(RevenueStreamTest, tokens_that_are_no_stream_are_refused) {
    const auto make_with = [this](const TokenParams& wrong) {
        return world.create(issuer, "RevenueStream", world.next_salt(), wrong, terms());
    };
    using TermInvalid = RevenueStream::TermInvalid;
    TokenParams wrong = params();
    wrong.mintable = true;
    EXPECT_TRUE(make_with(wrong).refused_with(TermInvalid{"mintable", 1_u256, {}, {}}));
    wrong = params();
    wrong.decimals = 19;
    EXPECT_TRUE(make_with(wrong).refused_with(TermInvalid{"decimals", 19_u256, {}, 18_u256}));
    wrong = params();
    wrong.initial_supply = {};
    EXPECT_TRUE(make_with(wrong).refused_as<TermInvalid>());
    wrong.initial_supply = 1_u256 << 128;
    EXPECT_TRUE(make_with(wrong).refused_as<TermInvalid>());
    wrong.initial_supply = (1_u256 << 128) - 1_u256;
    EXPECT_TRUE(make_with(wrong).ok());
    StreamTerms nobody = terms();
    nobody.obligor = {};
    EXPECT_TRUE(make(nobody).refused_with(RevenueStream::ObligorInvalid{Address{}}));
    nobody = terms();
    nobody.currency = person(77);
    EXPECT_TRUE(make(nobody).refused_with(RevenueShares::CurrencyInvalid{person(77)}));
}

/// The dearest redemption of the greatest stream still fits into the books.
TEST_F(RevenueStreamTest, the_greatest_stream_is_redeemed_at_the_highest_price) {
    StreamTerms greatest = terms();
    greatest.currency = world.make_token("Moody", (1_u256 << 128) - 1_u256);
    greatest.schedule.count = 1;
    greatest.schedule.payment = {RevenueStream::total_most - 10'000_u256};
    greatest.payment_bps = greatest.principal_bps = RevenueStream::price_max_bps;
    token = make(greatest).value<Address>();
    world.give(greatest.currency, issuer, obligor, (1_u256 << 128) - 1_u256);
    world.send<"approve(address,uint256)">(obligor, greatest.currency, token, u256_max);
    ASSERT_TRUE(redeem(u256_max).ok());
    EXPECT_EQ(number<"paid()">(), RevenueStream::total_most * 2_u256);
}

TEST_F(RevenueStreamTest, each_invariant_is_broken_once) {
    token = make(terms(), "CorruptedStream").value<Address>();
    approve(token);
    world.next_block();
    pay(100_u256);
    world.expect_broken_invariants();
    const auto expect = [&](const Outcome& out, std::string_view invariant) {
        EXPECT_TRUE(out.ok());
        EXPECT_NE(out.broken.find(invariant), std::string::npos) << out.broken;
    };
    const auto send = [&]<FixedText text>(const auto&... arguments) {
        return world.send<text>(obligor, token, arguments...);
    };
    expect(send.operator()<"changeObligor(address)">(mallory), "I-1: the terms");
    expect(world.send<"burn(uint256)">(issuer, token, 5_u256), "I-1: shares");
    expect(send.operator()<"payUnbooked(uint256)">(50_u256), "I-2: what was paid was not");
    expect(send.operator()<"bookOnly(uint256)">(50_u256), "I-2: what was paid was not");
    expect(send.operator()<"tellWrongLeft(uint256)">(50_u256), "I-2: a payment tells another num");
    expect(send.operator()<"payTooMuch(uint256)">(11'701_u256), "I-2: more was paid");
    expect(send.operator()<"redeemFor(uint256)">(9_u256), "I-2: a redemption below");
    expect(send.operator()<"endSilently()">(), "I-3: a stream ended");
    expect(send.operator()<"markAnyway()">(), "I-3: a default was marked where");
    wait_days(51);
    ASSERT_TRUE(mark().broken.empty());
    expect(send.operator()<"forgive()">(), "I-3: a mark of default");
    expect(send.operator()<"markAnyway()">(), "I-3: a default was marked twice");
}

}  // namespace
}  // namespace plume
