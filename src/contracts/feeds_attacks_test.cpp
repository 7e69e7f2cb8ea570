// Attacks on oracles and meters as they happened, or as the design expects them, each with what the
// attacker gains here: nothing.
#include <gtest/gtest.h>

#include "contracts/condition.hpp"
#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::key_of;
using test::Outcome;
using test::person;
using test::wallet_signature;

constexpr uint64_t hour = 3'600;

class FeedsAttacksTest : public testing::Test {
protected:
    Hash open_feed(uint64_t price) {
        const Hash feed = world.create_feed(world.feed_params());
        world.price(feed, price);
        world.advance(hour);
        world.price(feed, price);
        world.next_block();
        return feed;
    }
    /// What `units` are paid at: the counter's growth since `since`.
    u256 payable(const u256& device, uint64_t since) {
        return world.ask<"deltaSince(uint256,uint64)">(world.feeds(), device, since).value<u256>();
    }
    u256 borrowable(const Hash& feed) {
        const Outcome out = world.ask<"quote(bytes32,uint256,address,address)">(
            world.feeds(), feed, 1'000'000'000'000'000'000'000_u256, person(700), person(701));
        return out.ok() ? out.value<u256>() : u256{};
    }

    FeedsWorld world;
};

// edel-xstock 2026-07, Makina 2026-01, Venus THE 2026-03: moved, used and moved back at once.
TEST_F(FeedsAttacksTest, edel_xstock_a_mark_moved_and_used_in_one_block) {
    const Hash feed = open_feed(100'000'000);
    world.advance(10);
    const u256 before = borrowable(feed);
    world.price(feed, 109'000'000);
    EXPECT_EQ(borrowable(feed), before) << "profit 0";
}

// Moonwell 2025-11 and 2026-02: a faulty mark, far off, was lent against.
TEST_F(FeedsAttacksTest, moonwell_a_faulty_mark_opens_no_loan) {
    const Hash feed = open_feed(100'000'000);
    world.advance(10);
    ASSERT_TRUE(world.price(feed, 5'800'000'000).ok()) << "recorded";
    EXPECT_EQ(borrowable(feed), 0_u256) << "at once";
    world.next_block();
    EXPECT_EQ(borrowable(feed), 0_u256) << "and after";
}

// Nest, V-7: the mark fell below the bound, the update reverted, and the old rate stayed live.
TEST_F(FeedsAttacksTest, nest_a_true_fall_below_the_bound_leaves_no_old_rate_alive) {
    const Hash feed = open_feed(100'000'000);
    world.advance(10);
    ASSERT_TRUE(world.price(feed, 40'000'000).ok());
    EXPECT_FALSE(world.ask<"isOpen(bytes32)">(world.feeds(), feed).value<bool>());
    EXPECT_FALSE(world.ask<"soundPrice(bytes32)">(world.feeds(), feed).ok());
}

// A stale mark is worth nothing to who knows the true one.
TEST_F(FeedsAttacksTest, a_silent_feed_lends_nothing) {
    const Hash feed = open_feed(100'000'000);
    world.advance(hour + 1);
    EXPECT_EQ(borrowable(feed), 0_u256);
}

// Compute scenario: "one node that replays and rolls back its counter and is caught".
TEST_F(FeedsAttacksTest, a_node_that_replays_and_rolls_back_is_paid_nothing_and_caught) {
    const u256 device = world.add_device(1);
    const uint64_t start = world.now();
    ASSERT_TRUE(world.report(1, start, 1'000, 1).ok());
    world.advance(100);
    const Reading honest = world.reading(1, world.now(), 1'900, 2);
    ASSERT_TRUE(world.report(honest).ok());
    world.next_block();
    const u256 before = payable(device, start);
    // Replayed as it is; rolled back, to count the same units again; and under a second key.
    EXPECT_TRUE(world.report(honest).refused_as<Meters::SequenceUsed>());
    world.advance(100);
    const Reading rolled = world.reading(1, world.now(), 1'000, 3);
    EXPECT_TRUE(world.report(rolled).refused_as<Meters::CounterRolledBack>());
    DeviceParams second = world.params(2);
    second.key = key_of(FeedsWorld::device_key(1));
    EXPECT_TRUE(world.register_device(second, FeedsWorld::device_key(1))
                    .refused_as<DeviceRegistry::KeyInUse>());
    EXPECT_EQ(payable(device, start), before) << "profit 0";
    ASSERT_TRUE(world
                    .send<test::rollback_text>(person(9), world.feeds(), device,
                                               key_of(FeedsWorld::device_key(1)), rolled)
                    .ok());
    EXPECT_TRUE(
        world.report(1, world.now(), 2'000, 4).refused_as<DeviceRegistry::DeviceNotActive>())
        << "caught";
}

// A device registered today that claims to have counted since 1970.
TEST_F(FeedsAttacksTest, a_past_that_never_was_makes_no_room_for_units) {
    world.add_device(1);
    EXPECT_TRUE(world.report(1, 1, 0, 1).refused_as<Meters::ReadingBeforeRegistration>());
    ASSERT_TRUE(world.report(1, world.now(), 0, 1).ok());
    world.advance(10);
    EXPECT_TRUE(world.report(1, world.now(), 101, 2).refused_as<Meters::Implausible>())
        << "10 a second for 10 seconds";
}

// D3: a mark of time that cuts an epoch in two would let units be asked for twice.
TEST_F(FeedsAttacksTest, no_cut_through_an_epoch_counts_units_twice) {
    const u256 device = world.add_device(1);
    const uint64_t start = world.now();
    world.report(1, start, 0, 1);
    world.advance(1'000);
    world.report(1, world.now(), 5'000, 2);
    world.next_block();
    EXPECT_TRUE(world.ask<"deltaSince(uint256,uint64)">(world.feeds(), device, start + 1'000)
                    .refused_as<Meters::TimeNotAligned>());
}

// TrustedVolumes 2026-05, AROS 2026-05: a signature made for one thing serves another.
TEST_F(FeedsAttacksTest, a_signature_serves_one_device_one_contract_and_one_chain) {
    world.add_device(1);
    const u256 second = world.add_device(2);
    Reading reading = world.reading(1, world.now(), 10, 1);
    Reading moved = reading;
    moved.device = second;
    EXPECT_TRUE(world.report(moved).refused_as<Meters::ReadingUnsigned>());
    world.block().chain_id = 1;
    EXPECT_TRUE(world.report(reading).refused_as<Meters::ReadingUnsigned>());
    world.block().chain_id = 31'337;
    EXPECT_TRUE(world.report(reading).ok());
}

// O-1: who breaks a condition gains no yes, by any of the ways in which it can break.
TEST_F(FeedsAttacksTest, a_broken_feed_is_neither_a_yes_nor_a_no) {
    const Hash feed = world.create_feed(world.feed_params());
    const u256 device = world.add_device(1);
    const auto eval = [&](Bytes data) {
        return world
            .ask<"eval((address,bytes))">(contracts::conditions,
                                          Condition{world.feeds(), std::move(data)})
            .value<uint8_t>();
    };
    const Bytes fresh = test::World::calldata<"fresh(bytes32,uint64)">(feed, uint64_t{100});
    const Bytes metered =
        test::World::calldata<"meterFresh(uint256,uint64)">(device, uint64_t{100});
    EXPECT_EQ(eval(fresh), 2) << "no price";
    EXPECT_EQ(eval(metered), 2) << "no reading";
    world.price(feed, 100);
    world.report(1, world.now(), 0, 1);
    EXPECT_EQ(eval(fresh), 2) << "of this block";
    EXPECT_EQ(eval(metered), 2) << "of this block";
    world.next_block();
    EXPECT_EQ(eval(fresh), 1);
    EXPECT_EQ(eval(metered), 1);
    world.advance(101);
    EXPECT_EQ(eval(fresh), 0);
    EXPECT_EQ(eval(metered), 0);
}

}  // namespace
}  // namespace plume
