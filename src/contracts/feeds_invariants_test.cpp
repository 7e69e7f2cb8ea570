// Each invariant of Feeds is broken once, by a mutation that a slip of the pen could make, and is
// seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "native/math.hpp"
#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;

/// Feeds with wrong methods beside the right ones.
class Corrupted : public Feeds {
public:
    using Feeds::Feeds;

    // Devices.
    void steal(u256 device) {
        emit(Transfer{person(9), sender(), device});
        set(devices_[device].owner(), sender());
    }
    void hand_over_silently(u256 device) {
        emit(Transfer{get(devices_[device].owner()), sender(), device});
    }
    void swap_key(u256 device) {
        set(devices_[device].key(), u256{12'345u});
        emit(KeyRotated{device, 1, 0, {}});
    }
    void bring_back(u256 device) { set_status(device, DeviceStatus::active); }

    // Meters.
    void accept_anything(u256 device, uint64_t at, u256 cumulative, uint64_t seq) {
        accept({device, at, cumulative, seq, {}}, head_from(get(meters_[device].head())));
    }
    void count_silently(u256 device, uint64_t at, u256 cumulative, uint64_t seq) {
        accept_anything(device, at, cumulative, seq);
        set(meters_[device].head(), word_of(Head{cumulative + u256{1u}, at, seq}));
    }

    // Batches.
    void change_final(Hash set_id, uint64_t epoch, u256 sum) {
        set(sets_[set_id].batches()[epoch].sum(), checked_u128(sum));
        emit(BatchSubmitted{set_id, epoch, {}, sum, 1, 0});
    }

    // Net asset values.
    void put_back(Hash subject, Hash currency, uint64_t number) {
        set(streams_[subject][currency].latest(), number);
        emit(NAVPublished{subject, currency, sender(), {}, {}, 0, {}, 0, {}, {}});
    }
    void erase(Hash subject, Hash currency) {
        set(streams_[subject][currency].snapshots().length(), u256{});
        emit(NAVPublished{subject, currency, sender(), {}, {}, 0, {}, 0, {}, {}});
    }

    // Prices.
    void record_zero(Hash feed) { emit(RoundRecorded{feed, 1_u256, {}, {}, now()}); }
    void record_future(Hash feed) {
        emit(RoundRecorded{feed, 1_u256, {1_u256}, {1_u256}, now() + 1});
    }
    void record_unjudged(Hash feed, u256 price) {
        const auto rounds = feeds_[feed].rounds();
        const detail::RoundPlace place = push(rounds);
        set(place.low(), checked_u128(price));
        set(place.high(), checked_u128(price));
        set(place.at(), now());
        set(place.block(), block_number());
        emit(RoundRecorded{feed, u256{length(rounds)}, checked_u128(price), checked_u128(price),
                           now()});
    }
    void open_silently(Hash feed) {
        set(feeds_[feed].opened(), block_number());
        const u256 anchor = get(feeds_[feed].anchor());
        record_unjudged(feed, anchor);
    }
    void open_unconfirmed(Hash feed) {
        set(feeds_[feed].opened(), block_number());
        emit(FeedOpened{feed, 1_u256, true});
    }

    static constexpr auto abi =
        Feeds::abi +
        Methods<
            Method<"steal(uint256 device)", &Corrupted::steal>,
            Method<"handOverSilently(uint256 device)", &Corrupted::hand_over_silently>,
            Method<"swapKey(uint256 device)", &Corrupted::swap_key>,
            Method<"bringBack(uint256 device)", &Corrupted::bring_back>,
            Method<"acceptAnything(uint256 device, uint64 at, uint256 cumulative, uint64 seq)",
                   &Corrupted::accept_anything>,
            Method<"countSilently(uint256 device, uint64 at, uint256 cumulative, uint64 seq)",
                   &Corrupted::count_silently>,
            Method<"changeFinal(bytes32 set, uint64 epoch, uint256 sum)", &Corrupted::change_final>,
            Method<"putBack(bytes32 subject, bytes32 currency, uint64 number)",
                   &Corrupted::put_back>,
            Method<"erase(bytes32 subject, bytes32 currency)", &Corrupted::erase>,
            Method<"recordZero(bytes32 feed)", &Corrupted::record_zero>,
            Method<"recordFuture(bytes32 feed)", &Corrupted::record_future>,
            Method<"recordUnjudged(bytes32 feed, uint256 price)", &Corrupted::record_unjudged>,
            Method<"openSilently(bytes32 feed)", &Corrupted::open_silently>,
            Method<"openUnconfirmed(bytes32 feed)", &Corrupted::open_unconfirmed>>{};
};

class FeedsInvariantsTest : public testing::Test {
protected:
    FeedsInvariantsTest() : world({native_type<Corrupted>(60'050, 1, "Corrupted")}) {
        world.stand_at(world.create(person(1), "Corrupted", {}).value<Address>());
        device = world.add_device(1);
        world.report(1, world.now(), 1'000, 5);
        feed = world.create_feed(world.feed_params());
        world.expect_broken_invariants();
        world.advance(100);
    }
    template <FixedText signature, class... T>
    void breaks(std::string_view invariant, const T&... arguments) {
        const Outcome out = world.send<signature>(person(7), world.feeds(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself is not refused";
        EXPECT_NE(out.broken.find(invariant), std::string::npos)
            << invariant << " is broken, not " << out.broken;
    }
    void breaks_meter(std::string_view what, uint64_t ago, uint64_t cumulative, uint64_t seq) {
        breaks<"acceptAnything(uint256,uint64,uint256,uint64)">(what, device, world.now() - ago,
                                                                u256{cumulative}, seq);
    }

    FeedsWorld world;
    u256 device;
    Hash feed;
};

TEST_F(FeedsInvariantsTest, the_right_methods_break_none) {
    EXPECT_TRUE(world.report(1, world.now(), 1'500, 6).broken.empty());
    EXPECT_TRUE(world.price(feed, 100).broken.empty());
    world.advance(3'600);
    EXPECT_TRUE(world.price(feed, 100).broken.empty());
    world.advance(10);
    EXPECT_TRUE(world.price(feed, 1).broken.empty());
}

TEST_F(FeedsInvariantsTest, a_device_that_changes_hands_by_nobodys_word) {
    breaks<"steal(uint256)">("I-1", device);
    breaks<"handOverSilently(uint256)">("I-1", device);
}

TEST_F(FeedsInvariantsTest, a_key_that_is_not_bound_and_a_device_that_comes_back) {
    breaks<"swapKey(uint256)">("I-2", device);
    world.send<"revokeDevice(uint256)">(FeedsWorld::owner(), world.feeds(), device);
    breaks<"bringBack(uint256)">("I-2", device);
}

TEST_F(FeedsInvariantsTest, readings_that_cannot_be) {
    breaks<"acceptAnything(uint256,uint64,uint256,uint64)">(
        "O-8: a reading of the future", device, world.now() + 1, 1'000_u256, uint64_t{6});
    breaks_meter("O-8: a number", 0, 1'000, 5);
    breaks_meter("O-8: time", 100, 1'000, 6);
    breaks_meter("O-8: a counter fell", 0, 999, 6);
    breaks_meter("O-8: a counter rose", 0, 2'001, 6);
    breaks<"countSilently(uint256,uint64,uint256,uint64)">("O-8: a counter stands", device,
                                                           world.now(), 1'100_u256, uint64_t{6});
    EXPECT_TRUE(world.report(1, world.now(), 1'500, 6).ok()) << "none of it has stayed";
}

TEST_F(FeedsInvariantsTest, an_aggregate_that_changes_when_it_is_final) {
    const PrivateKey gateway = test::key(50);
    const SetParams params{.start = world.now() - 100,
                           .period = 100,
                           .challenge = 10,
                           .capacity = {10_u256},
                           .metric = keccak256("energy|kWh"),
                           .decimals = 6,
                           .threshold = 1,
                           .gateways = {address_of(gateway)}};
    const Hash set =
        world
            .send<"createDeviceSet((uint64,uint32,uint32,uint128,bytes32,uint8,uint8,address[]))">(
                person(1), world.feeds(), params)
            .value<Hash>();
    breaks<"changeFinal(bytes32,uint64,uint256)">("O-8: a set", set, uint64_t{0}, 1'001_u256);
    const BatchAggregate batch{.device_set = set,
                               .epoch = 0,
                               .window_start = params.start,
                               .window_end = params.start + 100,
                               .count = 1,
                               .root = keccak256("root"),
                               .sum = 5_u256,
                               .min = 5_u256,
                               .max = 5_u256,
                               .uptime_bps = 0};
    const Hash digest =
        world
            .ask<
                "batchDigest((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,uint256,"
                "uint16))">(world.feeds(), batch)
            .value<Hash>();
    ASSERT_TRUE(
        world
            .send<"submitBatch((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,"
                  "uint256,uint16),bytes[])">(
                person(1), world.feeds(), batch,
                std::vector<Bytes>{test::wallet_signature(digest, gateway)})
            .ok());
    world.advance(11);
    breaks<"changeFinal(bytes32,uint64,uint256)">("O-8: an aggregate", set, uint64_t{0}, 6_u256);
}

TEST_F(FeedsInvariantsTest, net_asset_values_that_are_not_the_latest) {
    const Hash basis = keccak256("ERC-8330:NAV_BASIS:TOTAL");
    const Address by = FeedsWorld::manufacturer();
    world.send<"setNAVBasis(bytes32,bytes32,bytes32)">(by, world.feeds(), world.record(), Hash{},
                                                       basis);
    world.send<"setNAVProvider(bytes32,bytes32,address,bool)">(by, world.feeds(), world.record(),
                                                               Hash{}, by, true);
    const auto publish = [&](uint64_t ago, const u256& corrects) {
        return world
            .send<"publishNAV(bytes32,bytes32,bytes32,int256,uint8,uint64,bytes32,string,uint256)">(
                by, world.feeds(), world.record(), Hash{}, basis, i256::of(1), uint8_t{0},
                world.now() - ago, basis, std::string(), corrects);
    };
    ASSERT_TRUE(publish(9, u256_max).ok());
    ASSERT_TRUE(publish(5, u256_max).ok());
    ASSERT_TRUE(publish(5, 1_u256).ok());
    breaks<"putBack(bytes32,bytes32,uint64)">("O-5: the latest value is not current",
                                              world.record(), Hash{}, uint64_t{2});
    breaks<"putBack(bytes32,bytes32,uint64)">("O-5: the latest value is not the newest",
                                              world.record(), Hash{}, uint64_t{1});
    breaks<"erase(bytes32,bytes32)">("O-5: a snapshot was erased", world.record(), Hash{});
}

TEST_F(FeedsInvariantsTest, prices_that_are_none_and_feeds_that_open_by_themselves) {
    breaks<"recordZero(bytes32)">("O-4: a price is", feed);
    breaks<"recordFuture(bytes32)">("O-4: a price of the future", feed);
    world.price(feed, 1'000);
    world.advance(3'600);
    breaks<"openUnconfirmed(bytes32)">("O-4: a feed opened with", feed);
    breaks<"openSilently(bytes32)">("O-4: a feed opened by", feed);
    world.price(feed, 1'000);
    world.next_block();
    ASSERT_EQ(world.feed_status(feed), FeedStatus::sound);
    breaks<"recordUnjudged(bytes32,uint256)">("O-4: an open feed's", feed, 500_u256);
}

}  // namespace
}  // namespace plume
