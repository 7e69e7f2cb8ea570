#include "contracts/prices.hpp"

#include <gtest/gtest.h>

#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;

const Address owner = FeedsWorld::owner();
const Address base = person(700);
const Address quote = person(701);
constexpr uint64_t hour = 3'600;

class PricesTest : public testing::Test {
protected:
    PricesTest() : feed(world.create_feed(world.feed_params())) {}

    /// Opens the feed at a price: two that agree, a healthy interval apart.
    void open(uint64_t price = 1'000) {
        world.price(feed, price);
        world.advance(hour);
        world.price(feed, price);
        world.next_block();
    }
    FeedStatus status() { return world.feed_status(feed); }
    std::pair<u256, u256> latest() {
        const auto out = world.ask<"priceOf(bytes32)">(world.feeds(), feed);
        const auto [low, high, at, state] =
            abi::decode<u256, u256, uint64_t, uint8_t>(out.result.output).value();
        return {low, high};
    }
    Outcome rearm() { return world.send<"rearm(bytes32)">(owner, world.feeds(), feed); }

    FeedsWorld world;
    Hash feed;
};

TEST_F(PricesTest, a_feed_is_made_as_it_says) {
    const FeedParams params = world.feed_params();
    const auto kept = world.ask<"feedOf(bytes32)">(world.feeds(), feed).value<FeedParams>();
    EXPECT_EQ(abi::encode(kept), abi::encode(params));
    EXPECT_EQ(feed, keccak256(abi::encode(owner, uint64_t{0})));
    EXPECT_EQ(world.create_feed(params), keccak256(abi::encode(owner, uint64_t{1})));
    EXPECT_TRUE(world.ask<"feedOf(bytes32)">(world.feeds(), Hash{})
                    .refused_with(PriceFeeds::UnknownFeed{Hash{}}));
}

TEST_F(PricesTest, terms_outside_their_bounds_are_refused) {
    const auto creates = [&](auto change) {
        FeedParams params = world.feed_params();
        change(params);
        const Outcome out = world.send<test::create_feed_text>(owner, world.feeds(), params);
        EXPECT_TRUE(out.ok() || out.refused_as<PriceFeeds::FeedParameterInvalid>() ||
                    out.refused_as<PriceFeeds::ReporterInvalid>() ||
                    out.refused_as<PriceFeeds::TooManyReporters>() ||
                    out.refused_as<RecordNotLive>());
        return out.ok();
    };
    EXPECT_FALSE(creates([](FeedParams& p) { p.description = std::string(129, 'x'); }));
    EXPECT_TRUE(creates([](FeedParams& p) { p.description = std::string(128, 'x'); }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.decimals = 37; }));
    EXPECT_TRUE(creates([](FeedParams& p) { p.decimals = 36; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.quorum = 0; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.heartbeat = 0; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.age_max = p.heartbeat - 1; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.healthy = p.heartbeat - 1; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.healthy = 366 * 86'400 + 1; }));
    EXPECT_TRUE(creates([](FeedParams& p) { p.healthy = 366 * 86'400; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.sampling = 59; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.lower_bps = 0; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.lower_bps = 10'001; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.record = keccak256("no"); }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.reporters = {person(1), person(1)}; }));
    EXPECT_FALSE(creates([](FeedParams& p) { p.reporters = {Address{}}; }));
    std::vector<Address> many;
    for (uint16_t n = 0; n < 17; ++n) many.push_back(person(n));
    EXPECT_FALSE(creates([&](FeedParams& p) { p.reporters = many; }));
    many.pop_back();
    EXPECT_TRUE(creates([&](FeedParams& p) { p.reporters = many; })) << "at the bound";
    EXPECT_TRUE(creates([&](FeedParams& p) { p.reporters = {}; }));
}

// O-4: "first price of a new feed is inactive for one heartbeat and must agree with a second".
TEST_F(PricesTest, a_first_price_opens_nothing) {
    EXPECT_EQ(status(), FeedStatus::closed);
    EXPECT_TRUE(world.price(feed, 1'000).ok());
    world.advance(hour - 1);
    EXPECT_EQ(status(), FeedStatus::closed);
    EXPECT_TRUE(world.price(feed, 1'010).ok());
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::closed) << "agrees, but too early";
    world.advance(1);
    const Outcome opening = world.price(feed, 1'020);
    EXPECT_EQ(opening.events<PriceFeeds::FeedOpened>(world.feeds()),
              (std::vector{std::tuple{feed, 3_u256, false}}));
    EXPECT_EQ(status(), FeedStatus::closed) << "open from the next block on";
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    EXPECT_EQ(latest(), (std::pair{1'020_u256, 1'020_u256}));
}

TEST_F(PricesTest, a_second_price_that_disagrees_begins_anew) {
    world.price(feed, 1'000);
    world.advance(hour);
    world.price(feed, 2'000);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::closed);
    world.advance(hour);
    world.price(feed, 2'050);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
}

// V-7: the true mark is recorded, and closes.
TEST_F(PricesTest, a_price_outside_the_band_is_recorded_and_closes_at_once) {
    open();
    world.advance(1);
    const Outcome fall = world.price(feed, 500);
    ASSERT_TRUE(fall.ok());
    EXPECT_EQ(fall.events<PriceFeeds::FeedClosed>(world.feeds()),
              (std::vector{std::tuple{feed, 3_u256, 1'000_u256, 500_u256}}));
    EXPECT_EQ(status(), FeedStatus::closed) << "in the same block";
    world.next_block();
    EXPECT_EQ(latest(), (std::pair{500_u256, 500_u256})) << "the true mark is there";
    EXPECT_EQ(status(), FeedStatus::closed);
    EXPECT_TRUE(world.ask<"soundPrice(bytes32)">(world.feeds(), feed)
                    .refused_with(PriceFeeds::FeedNotOpen{feed, 2}));
    world.advance(hour - 1);
    world.price(feed, 510);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::closed);
    world.advance(1);
    world.price(feed, 505);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound) << "a healthy interval has passed";
}

TEST_F(PricesTest, the_band_ends_where_it_says) {
    open();
    world.advance(1);
    world.price(feed, 900);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(1);
    world.price(feed, 1'100);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(1);
    world.price(feed, 1'101);
    EXPECT_EQ(status(), FeedStatus::closed);
}

// "EMA breakers can be walked by many small moves"; the window is cumulative.
TEST_F(PricesTest, many_small_steps_are_as_far_as_one) {
    open();
    uint64_t price = 1'000;
    for (int i = 0; i < 10; ++i) {
        world.advance(60);
        world.price(feed, price += 10);
        EXPECT_EQ(status(), FeedStatus::sound) << i;
    }
    world.advance(60);
    world.price(feed, price + 10);
    EXPECT_EQ(status(), FeedStatus::closed) << "1 % at a time, 11 % in the window";
}

TEST_F(PricesTest, the_next_window_has_a_band_of_its_own) {
    open();
    world.advance(60);
    world.price(feed, 1'090);
    world.advance(hour);
    world.price(feed, 1'180);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
}

// "enabling a breaker leaves a gap until next report": it looks at once.
TEST_F(PricesTest, a_narrower_band_is_judged_at_once) {
    open();
    world.advance(60);
    world.price(feed, 1'050);
    world.next_block();
    const auto band = [&](uint16_t bps, const Address& by) {
        return world.send<"setBand(bytes32,uint16,uint16,uint32,uint32)">(
            by, world.feeds(), feed, bps, bps, uint32_t{3'600}, uint32_t{3'600});
    };
    EXPECT_TRUE(band(400, person(9)).refused_with(PriceFeeds::NotFeedOwner{feed, person(9)}));
    EXPECT_TRUE(band(600, owner).ok());
    EXPECT_EQ(status(), FeedStatus::sound);
    EXPECT_TRUE(band(400, owner).ok());
    EXPECT_EQ(status(), FeedStatus::closed);
}

TEST_F(PricesTest, the_owner_rearms_what_is_confirmed_and_young) {
    EXPECT_TRUE(rearm().refused_with(PriceFeeds::FeedUnproven{feed}));
    world.price(feed, 1'000);
    world.next_block();
    EXPECT_TRUE(rearm().refused_with(PriceFeeds::FeedUnproven{feed})) << "nothing confirms it";
    world.advance(10);
    world.price(feed, 1'001);
    world.next_block();
    EXPECT_TRUE(world.send<"rearm(bytes32)">(person(9), world.feeds(), feed)
                    .refused_with(PriceFeeds::NotFeedOwner{feed, person(9)}));
    ASSERT_TRUE(rearm().ok());
    EXPECT_EQ(status(), FeedStatus::closed) << "not in the same block";
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(10);
    world.price(feed, 100);
    world.advance(10);
    world.price(feed, 101);
    world.advance(hour + 1);
    EXPECT_TRUE(rearm().refused_with(PriceFeeds::FeedUnproven{feed})) << "too old";
}

TEST_F(PricesTest, what_the_owner_holds_stays_closed) {
    open();
    ASSERT_TRUE(world.send<"hold(bytes32)">(owner, world.feeds(), feed).ok());
    EXPECT_EQ(status(), FeedStatus::closed);
    world.advance(hour);
    world.price(feed, 1'000);
    world.advance(hour);
    world.price(feed, 1'000);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::closed);
    ASSERT_TRUE(rearm().ok());
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
}

// O-4: the heartbeat is the last second of a price.
TEST_F(PricesTest, a_price_grows_doubtful_and_then_worthless) {
    open();
    world.advance(hour);
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(1);
    EXPECT_EQ(status(), FeedStatus::iffy);
    EXPECT_FALSE(world.ask<"isOpen(bytes32)">(world.feeds(), feed).value<bool>());
    world.advance(hour - 1);
    EXPECT_EQ(status(), FeedStatus::iffy);
    world.advance(1);
    EXPECT_EQ(status(), FeedStatus::closed);
}

TEST_F(PricesTest, a_price_whose_sides_are_far_apart_is_doubtful) {
    open();
    world.advance(1);
    world.price(feed, 900, 1'080);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(1);
    world.price(feed, 900, 1'081);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::iffy);
}

TEST_F(PricesTest, nonsense_is_refused_by_name) {
    const auto say = [&](uint64_t low, uint64_t high, uint64_t at) {
        return world.send<"reportPrice(bytes32,uint128,uint128,uint64)">(
            FeedsWorld::reporter(0), world.feeds(), feed, u128{u256{low}}, u128{u256{high}}, at);
    };
    const uint64_t now = world.now();
    EXPECT_TRUE(say(0, 5, now).refused_with(PriceFeeds::PriceInvalid{0_u256, 5_u256}));
    EXPECT_TRUE(say(6, 5, now).refused_with(PriceFeeds::PriceInvalid{6_u256, 5_u256}));
    EXPECT_TRUE(say(5, 5, now + 1).refused_with(PriceFeeds::PriceTimeInvalid{now + 1, 0, now}));
    EXPECT_TRUE(
        say(5, 5, now - 7'201).refused_with(PriceFeeds::PriceTimeInvalid{now - 7'201, 0, now}));
    EXPECT_TRUE(say(5, 5, now).ok());
    EXPECT_TRUE(say(5, 5, now).refused_with(PriceFeeds::PriceTimeInvalid{now, now, now}));
    EXPECT_TRUE(world.price(feed, 5, 5, 3)
                    .refused_with(PriceFeeds::NotReporter{feed, FeedsWorld::reporter(3)}));
}

// O-3: edel-xstock, Makina, Venus THE: moved and used in one transaction or block.
TEST_F(PricesTest, what_was_reported_in_this_block_is_not_read) {
    world.price(feed, 1'000);
    EXPECT_TRUE(
        world.ask<"priceOf(bytes32)">(world.feeds(), feed).refused_with(PriceFeeds::NoPrice{feed}));
    world.advance(hour);
    world.price(feed, 1'000);
    world.advance(1);
    world.price(feed, 1'090);
    EXPECT_EQ(latest().first, 1'000_u256);
    EXPECT_EQ(world
                  .ask<"quote(bytes32,uint256,address,address)">(
                      world.feeds(), feed, 100'000'000'000'000'000'000_u256, base, quote)
                  .value<u256>(),
              1'000_u256);
    world.next_block();
    EXPECT_EQ(latest().first, 1'090_u256);
}

// Several reporters.

TEST_F(PricesTest, a_round_is_the_median_of_young_reports) {
    FeedParams params = world.feed_params();
    params.quorum = 2;
    params.reporters = {FeedsWorld::reporter(0), FeedsWorld::reporter(1), FeedsWorld::reporter(2),
                        FeedsWorld::reporter(3)};
    feed = world.create_feed(params);
    EXPECT_TRUE(
        world.price(feed, 100, 110, 0).events<PriceFeeds::RoundRecorded>(world.feeds()).empty())
        << "below the quorum";
    EXPECT_EQ(world.price(feed, 90, 120, 1).events<PriceFeeds::RoundRecorded>(world.feeds()).size(),
              1u);
    world.price(feed, 1, 1'000'000, 2);
    world.price(feed, 104, 108, 3);
    world.next_block();
    // Lows 1 90 100 104, highs 108 110 120 1000000.
    EXPECT_EQ(latest(), (std::pair{90_u256, 120_u256}));
    EXPECT_EQ(world.ask<"latestRound(bytes32)">(world.feeds(), feed).result.output,
              abi::encode(1_u256, 90_u256, 120_u256, world.now()))
        << "one round a block";
    world.advance(hour + 1);
    world.price(feed, 50, 60, 0);
    world.next_block();
    EXPECT_EQ(latest(), (std::pair{90_u256, 120_u256})) << "the others' are too old for a quorum";
}

TEST_F(PricesTest, a_dismissed_reporter_counts_no_more) {
    FeedParams params = world.feed_params();
    params.reporters = {FeedsWorld::reporter(0), FeedsWorld::reporter(1), FeedsWorld::reporter(2)};
    feed = world.create_feed(params);
    const auto set_reporter = [&](uint16_t n, bool allowed, const Address& by = owner) {
        return world.send<"setReporter(bytes32,address,bool)">(by, world.feeds(), feed,
                                                               FeedsWorld::reporter(n), allowed);
    };
    for (uint16_t n = 0; n < 3; ++n) world.price(feed, 100 + n, 100 + n, n);
    EXPECT_FALSE(set_reporter(1, false, person(9)).ok());
    EXPECT_TRUE(set_reporter(1, false).ok());
    EXPECT_TRUE(set_reporter(1, false).refused_with(
        PriceFeeds::ReporterInvalid{feed, FeedsWorld::reporter(1)}));
    EXPECT_FALSE(world.price(feed, 1, 1, 1).ok());
    world.advance(1);
    world.price(feed, 100, 100, 0);
    world.next_block();
    EXPECT_EQ(latest(), (std::pair{100_u256, 102_u256})) << "of 100 and 102";
    EXPECT_TRUE(set_reporter(1, true).ok());
    EXPECT_TRUE(set_reporter(1, true).refused_with(
        PriceFeeds::ReporterInvalid{feed, FeedsWorld::reporter(1)}));
}

// Quotes.

TEST_F(PricesTest, quotes_are_amounts_rounded_down_on_the_worse_side) {
    // 2.50 to 2.60 of a quote with 6 decimals for one base with 18; the feed has 8.
    world.price(feed, 250'000'000, 260'000'000);
    world.advance(hour);
    world.price(feed, 250'000'000, 260'000'000);
    world.next_block();
    const auto ask = [&](const u256& amount, const Address& from, const Address& to) {
        return world.ask<"quote(bytes32,uint256,address,address)">(world.feeds(), feed, amount,
                                                                   from, to);
    };
    EXPECT_EQ(ask(3'000'000'000'000'000'000_u256, base, quote).value<u256>(), 7'500'000_u256);
    EXPECT_EQ(ask(399'999'999'999_u256, base, quote).value<u256>(), 0_u256) << "down";
    EXPECT_EQ(ask(400'000'000'000_u256, base, quote).value<u256>(), 1_u256);
    EXPECT_EQ(ask(2'600'000_u256, quote, base).value<u256>(), 1'000'000'000'000'000'000_u256);
    EXPECT_TRUE(
        ask(1_u256, base, base).refused_with(PriceFeeds::OracleUnsupportedPair{base, base}));
    EXPECT_TRUE(ask(u256_max, quote, base).refused_with(Panic{panic_arithmetic}));
    world.advance(hour + 1);
    EXPECT_TRUE(
        ask(1_u256, base, quote).refused_with(PriceFeeds::OracleUntrustedData{base, quote}));
}

TEST_F(PricesTest, rounds_can_be_looked_up) {
    open(1'000);
    world.advance(5);
    world.price(feed, 1'005);
    const auto at = [&](uint64_t round) {
        return world.ask<"roundAt(bytes32,uint256)">(world.feeds(), feed, u256{round});
    };
    EXPECT_EQ(at(2).result.output, abi::encode(1'000_u256, 1'000_u256, world.now() - 5));
    EXPECT_TRUE(at(3).refused_with(PriceFeeds::UnknownRound{feed, 3_u256})) << "of this block";
    EXPECT_TRUE(at(0).refused_with(PriceFeeds::UnknownRound{feed, 0_u256}));
}

// Volatility and freshness.

TEST_F(PricesTest, a_steady_price_has_no_volatility) {
    world.price(feed, 1'000);
    for (int i = 0; i < 12; ++i) {
        world.advance(600);
        world.price(feed, 1'000);
    }
    world.next_block();
    EXPECT_EQ(world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, uint32_t{31'557'600})
                  .value<u256>(),
              0_u256);
}

// One return of 1 % in the last sample: var = 0.06 * 0.01^2, sigma of one interval its root.
TEST_F(PricesTest, volatility_is_the_formulas_of_the_records) {
    world.price(feed, 1'000'000);
    for (int i = 0; i < 2; ++i) {
        world.advance(600);
        world.price(feed, 1'000'000);
    }
    world.advance(300);
    world.price(feed, 1'010'000);
    EXPECT_EQ(
        world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, uint32_t{600}).value<u256>(),
        0_u256)
        << "not in its own block";
    world.next_block();
    // r = 1e16; r^2 / WAD = 1e14; * 0.06 = 6e12; sqrt(6e12 * 1e18) = 2449489742783178.1.
    const u256 sigma = 2'449'489'742'783'179_u256;
    const auto volatility = [&](uint32_t window) {
        return world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, window).value<u256>();
    };
    EXPECT_EQ(volatility(600), sigma) << "as if sampled now";
    world.advance(300);
    world.price(feed, 1'010'000);
    world.next_block();
    EXPECT_EQ(volatility(600), sigma);
    EXPECT_EQ(volatility(2'400), 4'898'979'485'566'357_u256) << "twice the root";
    const auto at_most = [&](const u256& wad) {
        return world.ask<"volatilityAtMost(bytes32,uint32,uint256)">(world.feeds(), feed,
                                                                     uint32_t{600}, wad);
    };
    EXPECT_TRUE(at_most(sigma).refused_with(PriceFeeds::FeedNotOpen{feed, 2}));
    world.advance(2'400);
    world.price(feed, 1'010'000);
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    // Four more samples: 6e12 * 0.94^4, rounded up each time.
    const u256 faded = volatility(600);
    EXPECT_LT(faded, sigma);
    EXPECT_TRUE(at_most(faded).value<bool>());
    EXPECT_FALSE(at_most(faded - 1_u256).value<bool>());
}

TEST_F(PricesTest, too_few_samples_are_an_error) {
    open();
    EXPECT_TRUE(world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, uint32_t{600}).ok());
    feed = world.create_feed(world.feed_params());
    world.price(feed, 10);
    world.next_block();
    EXPECT_TRUE(world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, uint32_t{600})
                    .refused_with(PriceFeeds::TooFewSamples{feed, 0}));
}

TEST_F(PricesTest, a_long_silence_is_caught_up_within_a_bound) {
    open();
    world.advance(366ull * 86'400);
    const Outcome out = world.price(feed, 1'000);
    EXPECT_TRUE(out.ok());
    EXPECT_LT(out.gas_used, 300'000u);
}

TEST_F(PricesTest, freshness_is_the_age_of_what_was_seen) {
    EXPECT_TRUE(world.ask<"fresh(bytes32,uint64)">(world.feeds(), feed, uint64_t{1})
                    .refused_with(PriceFeeds::NoPrice{feed}));
    open();
    world.advance(60);
    const auto fresh = [&](uint64_t age) {
        return world.ask<"fresh(bytes32,uint64)">(world.feeds(), feed, age).value<bool>();
    };
    EXPECT_TRUE(fresh(60));
    EXPECT_FALSE(fresh(59));
}

TEST_F(PricesTest, a_feed_changes_hands) {
    const auto give = [&](const Address& by, const Address& to) {
        return world.send<"transferFeed(bytes32,address)">(by, world.feeds(), feed, to);
    };
    EXPECT_TRUE(give(person(9), person(9)).refused_with(PriceFeeds::NotFeedOwner{feed, person(9)}));
    EXPECT_FALSE(give(owner, {}).ok());
    EXPECT_TRUE(give(owner, person(9)).ok());
    EXPECT_EQ(world.ask<"feedOwner(bytes32)">(world.feeds(), feed).value<Address>(), person(9));
    EXPECT_TRUE(rearm().refused_with(PriceFeeds::NotFeedOwner{feed, owner}));
}

// Numbers at the edge of their types.
TEST_F(PricesTest, the_largest_prices_are_calculated_with) {
    const u128 most{(1_u256 << 128) - 1_u256};
    const auto say = [&] {
        return world.send<"reportPrice(bytes32,uint128,uint128,uint64)">(
            FeedsWorld::reporter(0), world.feeds(), feed, most, most, world.now());
    };
    ASSERT_TRUE(say().ok());
    world.advance(hour);
    ASSERT_TRUE(say().ok());
    world.next_block();
    EXPECT_EQ(status(), FeedStatus::sound);
    world.advance(1'200);
    world.price(feed, 1);
    world.advance(1'200);
    EXPECT_TRUE(say().ok()) << "from one to the most";
    world.advance(1'200);
    EXPECT_TRUE(say().ok());
    world.next_block();
    EXPECT_TRUE(world.ask<"volatility(bytes32,uint32)">(world.feeds(), feed, ~uint32_t{0}).ok());
}

}  // namespace
}  // namespace plume
