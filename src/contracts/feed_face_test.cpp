#include "contracts/feed_face.hpp"

#include <gtest/gtest.h>

#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;

const Address base = person(700);
const Address quote = person(701);
constexpr uint64_t hour = 3'600;

class FeedFaceTest : public testing::Test {
protected:
    FeedFaceTest() : feed(world.create_feed(world.feed_params())) {
        face = world.send<"createFace(bytes32)">(person(9), world.feeds(), feed).value<Address>();
    }
    /// 2.50 to 2.60.
    void open() {
        world.price(feed, 250'000'000, 260'000'000);
        world.advance(hour);
        world.price(feed, 250'000'000, 260'000'000);
        world.next_block();
    }

    FeedsWorld world;
    Hash feed;
    Address face;
};

TEST_F(FeedFaceTest, speaks_as_an_aggregator) {
    EXPECT_EQ(world.ask<"decimals()">(face).value<uint8_t>(), 8);
    EXPECT_EQ(world.ask<"description()">(face).value<std::string>(), "ACRE / USD");
    EXPECT_EQ(world.ask<"version()">(face).value<u256>(), 1_u256);
    EXPECT_EQ(world.ask<"feed()">(face).value<Hash>(), feed);
    EXPECT_EQ(world.ask<"feeds()">(face).value<Address>(), world.feeds());
    EXPECT_TRUE(world.ask<"latestRoundData()">(face).refused_with(PriceFeeds::NoPrice{feed}));
    open();
    const Bytes second = abi::encode(2_u256, 255'000'000_u256, world.now(), world.now(), 2_u256);
    EXPECT_EQ(world.ask<"latestRoundData()">(face).result.output, second);
    EXPECT_EQ(world.ask<"getRoundData(uint80)">(face, u80{2_u256}).result.output, second);
    EXPECT_TRUE(world.ask<"getRoundData(uint80)">(face, u80{3_u256})
                    .refused_with(PriceFeeds::UnknownRound{feed, 3_u256}));
    // The selectors that others call.
    EXPECT_TRUE(world.ask_data({}, face, Selector{{0xfe, 0xaf, 0x96, 0x8c}}).ok());
    EXPECT_TRUE(world.ask_data({}, face, Selector{{0xa0, 0x35, 0xb1, 0xfe}}).ok());
}

TEST_F(FeedFaceTest, a_doubtful_price_is_the_callers_to_judge_and_a_closed_one_nobodys) {
    open();
    world.advance(hour + 1);
    EXPECT_EQ(world.feed_status(feed), FeedStatus::iffy);
    EXPECT_TRUE(world.ask<"latestRoundData()">(face).ok());
    world.advance(hour);
    EXPECT_TRUE(
        world.ask<"latestRoundData()">(face).refused_with(PriceFeeds::FeedNotOpen{feed, 2}));
    EXPECT_TRUE(world.ask<"getRoundData(uint80)">(face, u80{1_u256}).ok()) << "history stays";
}

TEST_F(FeedFaceTest, prices_collateral_as_morpho_asks) {
    open();
    // 1e18 of the base are 2.5e6 of the quote: 2.5e-12 each, times 1e36.
    EXPECT_EQ(world.ask<"price()">(face).value<u256>(), 2'500'000'000'000'000'000'000'000_u256);
    world.advance(1);
    world.price(feed, 100'000'000);
    EXPECT_TRUE(
        world.ask<"price()">(face).refused_with(PriceFeeds::OracleUntrustedData{base, quote}));
}

TEST_F(FeedFaceTest, quotes_as_erc_7726_asks) {
    open();
    const auto ask = [&](const u256& amount, const Address& from, const Address& to) {
        return world.ask<"getQuote(uint256,address,address)">(face, amount, from, to);
    };
    EXPECT_EQ(ask(2'000'000'000'000'000'000_u256, base, quote).value<u256>(), 5'000'000_u256);
    EXPECT_EQ(ask(2'600'000_u256, quote, base).value<u256>(), 1'000'000'000'000'000'000_u256);
    EXPECT_TRUE(ask(1_u256, base, person(9))
                    .refused_with(PriceFeeds::OracleUnsupportedPair{base, person(9)}));
}

// O-3: sandwiching a report moves no face.
TEST_F(FeedFaceTest, answers_before_and_after_a_report_are_those_of_the_block_before) {
    open();
    const Bytes before = world.ask<"latestRoundData()">(face).result.output;
    world.advance(1);
    world.price(feed, 270'000'000);
    EXPECT_EQ(world.ask<"latestRoundData()">(face).result.output, before);
}

}  // namespace
}  // namespace plume
