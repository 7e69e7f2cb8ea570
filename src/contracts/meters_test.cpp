#include "contracts/meters.hpp"

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

const Address owner = FeedsWorld::owner();
constexpr uint64_t hour = FeedsWorld::epoch_seconds;

class MetersTest : public testing::Test {
protected:
    MetersTest() : device(world.add_device(1)), start(world.now()) {}

    /// Goes on by `seconds` and reports the counter then.
    Outcome count(uint64_t seconds, uint64_t cumulative) {
        world.advance(seconds);
        return world.report(1, world.now(), cumulative, ++seq);
    }
    u256 delta(uint64_t from, uint64_t to) {
        return world
            .ask<"deltaBetween(uint256,uint64,uint64)">(world.feeds(), device, start + from,
                                                        start + to)
            .value<u256>();
    }
    u256 cumulative(const u256& of) {
        return world.ask<"cumulative(uint256)">(world.feeds(), of).value<u256>();
    }
    u256 cumulative() { return cumulative(device); }
    Outcome prove(const DeviceKey& key, const Reading& one, const Reading& other) {
        return world.send<test::contradiction_text>(person(98), world.feeds(), device, key, one,
                                                    other);
    }
    static DeviceKey key() { return key_of(FeedsWorld::device_key(1)); }

    FeedsWorld world;
    u256 device;
    uint64_t start;
    uint64_t seq = 0;
};

// Taking readings.

TEST_F(MetersTest, the_first_reading_sets_the_counter_and_later_ones_count) {
    const Outcome first = count(0, 5'000);
    EXPECT_EQ(first.events<Meters::Metered>(world.feeds()),
              (std::vector{std::tuple{device, start, 5'000_u256, uint64_t{1}, 0_u256}}));
    const Outcome second = count(100, 5'600);
    EXPECT_EQ(second.events<Meters::Metered>(world.feeds()),
              (std::vector{std::tuple{device, start + 100, 5'600_u256, uint64_t{2}, 600_u256}}));
    world.next_block();
    EXPECT_EQ(cumulative(), 5'600_u256);
    EXPECT_EQ(world.ask<"deltaSince(uint256,uint64)">(world.feeds(), device, start).value<u256>(),
              600_u256);
}

TEST_F(MetersTest, each_number_is_accepted_once) {
    count(0, 0);
    const Reading good = world.reading(1, start + 10, 50, 2);
    world.advance(10);
    ASSERT_TRUE(world.report(good).ok());
    EXPECT_TRUE(world.report(good).refused_with(Meters::SequenceUsed{device, 2, 2}));
    world.advance(10);
    EXPECT_TRUE(
        world.report(1, world.now(), 60, 1).refused_with(Meters::SequenceUsed{device, 1, 2}));
    EXPECT_TRUE(world.report(1, world.now(), 60, 9).ok()) << "numbers may be left out";
}

TEST_F(MetersTest, times_increase_and_have_come) {
    count(100, 0);
    EXPECT_TRUE(world.report(1, start + 100, 0, 2)
                    .refused_with(Meters::ReadingNotLater{device, start + 100, start + 100}));
    EXPECT_TRUE(world.report(1, start + 101, 0, 2)
                    .refused_with(Meters::ReadingInFuture{device, start + 101, start + 100}));
    world.add_device(2);
    EXPECT_TRUE(world.report(2, start + 99, 0, 1)
                    .refused_with(Meters::ReadingBeforeRegistration{FeedsWorld::device(2),
                                                                    start + 99, start + 100}));
}

TEST_F(MetersTest, a_counter_neither_falls_nor_outruns_its_device) {
    count(0, 1'000);
    world.advance(10);
    const uint64_t now = world.now();
    EXPECT_TRUE(world.report(1, now, 999, 2)
                    .refused_with(Meters::CounterRolledBack{device, 999_u256, 1'000_u256}));
    EXPECT_TRUE(world.report(1, now, 1'101, 2)
                    .refused_with(Meters::Implausible{device, 101_u256, 100_u256}));
    EXPECT_TRUE(world.report(1, now, 1'100, 2).ok()) << "exactly its capacity";
    world.advance(10);
    EXPECT_TRUE(world.report(1, world.now(), 1'100, 3).ok()) << "nothing";
}

TEST_F(MetersTest, counters_have_128_bits) {
    const u256 most = (1_u256 << 128) - 1_u256;
    const PrivateKey key = FeedsWorld::device_key(1);
    EXPECT_TRUE(world.report(world.signed_reading(device, start, most + 1_u256, 1, key))
                    .refused_with(Meters::CounterTooLarge{device, most + 1_u256}));
    EXPECT_TRUE(world.report(world.signed_reading(device, start, u256_max, 1, key))
                    .refused_with(Meters::CounterTooLarge{device, u256_max}));
    EXPECT_TRUE(world.report(world.signed_reading(device, start, most, 1, key)).ok());
    world.next_block();
    EXPECT_EQ(cumulative(), most);
}

TEST_F(MetersTest, the_signature_counts_and_not_the_sender) {
    Reading good = world.reading(1, start, 10, 1);
    Reading changed = good;
    changed.cumulative = 11_u256;
    EXPECT_TRUE(world.report(changed).refused_with(Meters::ReadingUnsigned{device}));
    changed = good;
    changed.signature.clear();
    EXPECT_TRUE(world.report(changed).refused_with(Meters::ReadingUnsigned{device}));
    EXPECT_TRUE(
        world.report(world.signed_reading(device, start, 10_u256, 1, FeedsWorld::device_key(2)))
            .refused_with(Meters::ReadingUnsigned{device}));
    const u256 nobody = FeedsWorld::device(7);
    EXPECT_TRUE(
        world.report(world.signed_reading(nobody, start, 10_u256, 1, FeedsWorld::device_key(7)))
            .refused_with(DeviceRegistry::ERC721NonexistentToken{nobody}));
    EXPECT_TRUE(world.report(good).ok());
}

// Public vector: depin.json, reading0 under each kind of key, on its chain and at its contract.
TEST_F(MetersTest, takes_the_public_vector) {
    const Address place = "0x0000000000000000000000000000000000001003"_address;
    world.block().chain_id = 98'866;
    world.block().timestamp = 1'767'225'600 - 10;
    world.state().begin_transaction();
    world.state().set_nonce(place, 1);
    world.state().set_code(place, native_code(*find_native("Feeds")));
    world.state().end_transaction();
    world.stand_at(place);
    DeviceParams params = world.params(1);
    params.id = keccak256("urn:dev:mac:0024befffe804ff1:");
    params.metric = keccak256("energy|kWh");
    EXPECT_EQ(params.id, "0xeb2a5f18eba6413294b533b22ea014b8364c6d90ce488bf83da0b38954fa1269"_hash);
    EXPECT_EQ(params.metric,
              "0x93022f20790ee911785bd966fbe19c4403d1bb17d293f91796e90a049c997aa7"_hash);
    const auto key = PrivateKey::from(keccak256("plume-device-1")).value();
    params.key = key_of(key);
    EXPECT_EQ(to_hex(params.key.key), "0xc5a84e92ae981f906295fc1908a9440f85c68a5f");
    ASSERT_TRUE(world.register_device(params, key).ok());
    world.advance(10);
    const Bytes signature =
        from_hex(
            "0xb1bde927d1fceab45d2c352d6535a03356f0248e6542de429f799c89a70ac7305349f8e87300b6"
            "8304cc23308c803a2904060288e9fb17d93ebca2e914276e9f1c")
            .value();
    const u256 id = to_u256(params.id);
    EXPECT_EQ(world
                  .ask<"readingDigest(uint256,uint64,uint256,uint64)">(
                      place, id, uint64_t{1'767'225'600}, 12'500'000_u256, uint64_t{1})
                  .value<Hash>(),
              "0xf84bc2794b5f55f6d0e4913e1fa8c2467ec4bf5fb5f998316d9e4b026f0d121c"_hash);
    EXPECT_TRUE(world.report({id, 1'767'225'600, 12'500'000_u256, 1, signature}).ok());
}

TEST_F(MetersTest, many_readings_at_once_skip_what_is_wrong_with_a_reason) {
    world.add_device(2);
    world.advance(100);
    std::vector<Reading> readings{
        world.reading(1, start + 50, 0, 1),   world.reading(2, start + 50, 7, 1),
        world.reading(1, start + 60, 100, 2), world.reading(1, start + 60, 100, 2),
        world.reading(2, start + 60, 6, 2),   world.reading(2, start + 60, 8, 3)};
    readings[5].signature[3] ^= 1;
    const Outcome out = world.send<test::report_many_text>(person(99), world.feeds(), readings);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 3_u256);
    EXPECT_EQ(out.events<Meters::ReadingSkipped>(world.feeds()),
              (std::vector{std::tuple{device, 3_u256, Selector{Meters::SequenceUsed::selector}},
                           std::tuple{FeedsWorld::device(2), 4_u256,
                                      Selector{Meters::CounterRolledBack::selector}},
                           std::tuple{FeedsWorld::device(2), 5_u256,
                                      Selector{Meters::ReadingUnsigned::selector}}}));
}

TEST_F(MetersTest, many_are_bounded) {
    const auto with = [&](size_t size) {
        const std::vector<Reading> readings(size);
        return world.send_data(person(99), world.feeds(),
                               test::World::calldata<test::report_many_text>(readings), {},
                               100'000'000);
    };
    EXPECT_TRUE(with(0).ok());
    EXPECT_TRUE(with(Meters::readings_max).ok());
    EXPECT_TRUE(with(Meters::readings_max + 1)
                    .refused_with(Meters::TooManyReadings{u256{Meters::readings_max + 1},
                                                          u256{Meters::readings_max}}));
}

TEST_F(MetersTest, an_epoch_has_a_cap) {
    DeviceParams params = world.params(2);
    params.epoch_cap = {1'000_u256};
    world.register_device(params, FeedsWorld::device_key(2));
    const u256 capped = FeedsWorld::device(2);
    const auto report = [&](uint64_t at, uint64_t counter, uint64_t number) {
        world.block().number++;
        world.block().timestamp = start + at;
        return world.report(2, start + at, counter, number);
    };
    EXPECT_TRUE(report(10, 0, 1).ok());
    EXPECT_TRUE(report(200, 600, 2).ok());
    EXPECT_TRUE(report(400, 1'001, 3)
                    .refused_with(Meters::EpochCapExceeded{capped, 1'001_u256, 1'000_u256}));
    EXPECT_TRUE(report(500, 1'000, 3).ok()) << "in steps as in one";
    EXPECT_TRUE(report(hour, 1'001, 4).refused_as<Meters::EpochCapExceeded>()) << "its last second";
    EXPECT_TRUE(report(hour + 1, 1'001, 4).ok()) << "the next epoch";
    EXPECT_TRUE(report(hour + 500, 2'001, 5).refused_as<Meters::EpochCapExceeded>());
    EXPECT_TRUE(report(hour + 501, 2'000, 5).ok());
    // Epochs that were slept through bring their caps along.
    EXPECT_TRUE(report(4 * hour, 4'001, 6).refused_as<Meters::EpochCapExceeded>());
    EXPECT_TRUE(report(4 * hour, 4'000, 6).ok());
}

TEST_F(MetersTest, a_silence_beyond_the_heartbeat_is_a_gap) {
    count(0, 0);
    EXPECT_TRUE(count(FeedsWorld::heartbeat, 1).events<Meters::Gap>(world.feeds()).empty());
    const uint64_t last = world.now();
    EXPECT_EQ(count(FeedsWorld::heartbeat + 1, 2).events<Meters::Gap>(world.feeds()),
              (std::vector{std::tuple{device, last, last + FeedsWorld::heartbeat + 1}}));
}

// Readers.

TEST_F(MetersTest, what_changed_in_this_block_is_not_seen) {
    count(0, 0);
    EXPECT_TRUE(world.ask<"cumulative(uint256)">(world.feeds(), device)
                    .refused_with(Meters::MeterSilent{device}));
    count(100, 500);
    EXPECT_EQ(cumulative(), 0_u256);
    world.next_block();
    EXPECT_EQ(cumulative(), 500_u256);
    world.advance(10);
    for (uint64_t i = 1; i <= 5; ++i) world.report(1, start + 100 + i, 500 + i, ++seq);
    EXPECT_EQ(cumulative(), 500_u256) << "however often";
    EXPECT_EQ(world.ask<"lastReading(uint256)">(world.feeds(), device).result.output,
              abi::encode(505_u256, start + 105, seq));
}

TEST_F(MetersTest, periods_that_touch_share_no_unit_and_lose_none) {
    count(0, 100);
    uint64_t counter = 100;
    for (int i = 0; i < 40; ++i) {
        counter += static_cast<uint64_t>(i % 7) * 11;
        ASSERT_TRUE(count(500, counter).ok());
    }
    world.advance(2 * hour);
    u256 sum;
    for (uint64_t i = 0; i < 6; ++i) sum += delta(i * hour, (i + 1) * hour);
    EXPECT_EQ(sum, u256{counter - 100});
    EXPECT_EQ(delta(0, 6 * hour), sum);
    EXPECT_EQ(delta(2 * hour, 4 * hour), delta(2 * hour, 3 * hour) + delta(3 * hour, 4 * hour));
}

TEST_F(MetersTest, a_reading_at_an_epochs_end_belongs_to_it) {
    count(0, 0);
    count(hour, 700);
    count(1, 701);
    world.advance(hour);
    EXPECT_EQ(delta(0, hour), 700_u256);
    EXPECT_EQ(delta(hour, 2 * hour), 1_u256);
}

// Readings of many epochs, handed in late and all in one block, keep their epochs.
TEST_F(MetersTest, late_readings_in_one_block_keep_their_epochs) {
    count(0, 0);
    world.advance(5 * hour);
    for (uint64_t i = 1; i <= 9; ++i)
        ASSERT_TRUE(world.report(1, start + i * hour / 2, i * 10, ++seq).ok());
    world.next_block();
    EXPECT_EQ(delta(0, hour), 20_u256);
    EXPECT_EQ(delta(hour, 2 * hour), 20_u256);
    EXPECT_EQ(delta(2 * hour, 3 * hour), 20_u256);
    EXPECT_EQ(delta(3 * hour, 4 * hour), 20_u256);
    EXPECT_EQ(delta(4 * hour, 5 * hour), 10_u256);
}

TEST_F(MetersTest, only_whole_epochs_that_are_over_can_be_asked_for) {
    count(0, 0);
    world.advance(hour);
    const auto ask = [&](uint64_t from, uint64_t to) {
        return world.ask<"deltaBetween(uint256,uint64,uint64)">(world.feeds(), device, from, to);
    };
    EXPECT_TRUE(ask(start, start + hour).ok());
    EXPECT_TRUE(ask(start + 1, start + hour)
                    .refused_with(Meters::TimeNotAligned{start + 1, FeedsWorld::epoch_seconds}));
    EXPECT_TRUE(
        ask(start, start + 2 * hour).refused_with(Meters::PeriodInvalid{start, start + 2 * hour}));
    EXPECT_TRUE(ask(start, start).refused_with(Meters::PeriodInvalid{start, start}));
    EXPECT_TRUE(ask(start - hour, start).ok()) << "before anything was counted";
}

TEST_F(MetersTest, the_rate_is_that_of_the_last_kept_interval) {
    count(0, 0);
    world.next_block();
    EXPECT_TRUE(world.ask<"rate(uint256)">(world.feeds(), device)
                    .refused_with(Meters::MeterSilent{device}));
    count(100, 250);
    world.next_block();
    EXPECT_EQ(world.ask<"rate(uint256)">(world.feeds(), device).value<u256>(),
              2'500'000'000'000'000'000_u256);
}

TEST_F(MetersTest, uptime_is_what_readings_no_further_apart_than_the_heartbeat_cover) {
    count(0, 0);
    for (int i = 0; i < 4; ++i) count(900, 1);  // to hour: all up
    count(1'800, 2);                            // a gap
    for (int i = 0; i < 2; ++i) count(900, 3);  // to 2 hours
    world.next_block();
    const auto uptime = [&](uint64_t from, uint64_t to) {
        return world
            .ask<"uptimeBetween(uint256,uint64,uint64)">(world.feeds(), device, start + from,
                                                         start + to)
            .value<u256>();
    };
    EXPECT_EQ(uptime(0, hour), 3'600_u256);
    EXPECT_EQ(uptime(hour, 2 * hour), 1'800_u256);
    EXPECT_EQ(uptime(0, 2 * hour), 5'400_u256);
    const auto at_least = [&](uint16_t bps) {
        return world
            .ask<"uptimeAtLeast(uint256,uint64,uint64,uint16)">(world.feeds(), device, start,
                                                                start + 2 * hour, bps)
            .value<bool>();
    };
    EXPECT_TRUE(at_least(7'500));
    EXPECT_FALSE(at_least(7'501));
}

TEST_F(MetersTest, uptime_across_a_border_counts_only_what_lies_inside) {
    count(0, 0);
    for (uint64_t at = 700; at <= 2 * hour; at += 700) count(700, 1);  // 3500, 4200, ... 7000
    world.advance(hour);
    const auto uptime = world.ask<"uptimeBetween(uint256,uint64,uint64)">(
        world.feeds(), device, start + hour, start + 2 * hour);
    EXPECT_EQ(uptime.value<u256>(), 3'400_u256) << "from 3600 to 7000";
}

// Conditions.

TEST_F(MetersTest, conditions_answer_for_trusted_devices_alone) {
    count(0, 0);
    count(hour, 500);
    world.next_block();
    const auto produced = [&](uint64_t amount) {
        return world.ask<"producedAtLeast(uint256,uint64,uint64,uint256)">(
            world.feeds(), device, start, start + hour, u256{amount});
    };
    const auto fresh = [&](uint64_t age) {
        return world.ask<"meterFresh(uint256,uint64)">(world.feeds(), device, age);
    };
    EXPECT_TRUE(produced(500).value<bool>());
    EXPECT_FALSE(produced(501).value<bool>());
    world.advance(60);
    EXPECT_TRUE(fresh(60).value<bool>());
    EXPECT_FALSE(fresh(59).value<bool>());
    test::revoke(world, FeedsWorld::manufacturer(), eas::schema_uid("string mission", {}, true),
                 world.record());
    EXPECT_TRUE(produced(0).refused_with(RecordNotLive{world.record()})) << "an error, not a no";
    EXPECT_TRUE(fresh(60).refused_with(RecordNotLive{world.record()}));
}

TEST_F(MetersTest, a_condition_fits_into_its_gas_after_years) {
    count(0, 0);
    uint64_t counter = 0;
    for (int i = 0; i < 1'500; ++i) ASSERT_TRUE(count(hour, ++counter).ok());
    world.next_block();
    const Outcome out = world.ask<"producedAtLeast(uint256,uint64,uint64,uint256)">(
        world.feeds(), device, start + 300 * hour, start + 700 * hour, 400_u256);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_LT(out.gas_used, condition_gas_max / 2);
}

// Keys.

// O-8: "key rotation cannot re-count".
TEST_F(MetersTest, a_new_key_begins_no_new_count) {
    count(0, 0);
    count(100, 800);
    const PrivateKey fresh = FeedsWorld::device_key(9);
    const Bytes possession = wallet_signature(world.binding(device, owner, 1), fresh);
    ASSERT_TRUE(
        world.send<test::rotate_text>(owner, world.feeds(), device, key_of(fresh), possession)
            .ok());
    world.advance(10);
    const auto with = [&](uint64_t cumulative, uint64_t number, const PrivateKey& by) {
        return world.report(
            world.signed_reading(device, world.now(), u256{cumulative}, number, by));
    };
    EXPECT_TRUE(with(0, 1, fresh).refused_as<Meters::SequenceUsed>());
    EXPECT_TRUE(with(0, 3, fresh).refused_as<Meters::CounterRolledBack>());
    EXPECT_TRUE(with(810, 3, FeedsWorld::device_key(1)).refused_as<Meters::ReadingUnsigned>())
        << "the old key";
    EXPECT_TRUE(with(810, 3, fresh).ok());
    world.next_block();
    EXPECT_EQ(cumulative(), 810_u256);
}

// Misconduct.

TEST_F(MetersTest, two_readings_of_one_number_with_different_contents_suspend) {
    const Reading one = world.reading(1, start, 10, 5);
    const Reading other = world.reading(1, start, 11, 5);
    const Outcome out = prove(key(), one, other);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(world.status(device), static_cast<uint8_t>(DeviceStatus::suspended));
    EXPECT_EQ(out.events<Meters::Contradicted>(world.feeds()).size(), 1u);
    EXPECT_TRUE(world.report(one).refused_with(DeviceRegistry::DeviceNotActive{device, 1}));
    EXPECT_TRUE(prove(key(), one, other).refused_with(DeviceRegistry::DeviceNotActive{device, 1}));
    const auto reinstate = [&](const Address& by) {
        return world.send<"reinstateDevice(uint256)">(by, world.feeds(), device);
    };
    EXPECT_TRUE(reinstate(owner).refused_with(DeviceRegistry::NotManufacturer{device, owner}));
    ASSERT_TRUE(reinstate(FeedsWorld::manufacturer()).ok());
    EXPECT_TRUE(world.report(one).ok());
}

TEST_F(MetersTest, a_counter_that_is_lower_later_suspends) {
    EXPECT_TRUE(
        prove(key(), world.reading(1, start, 10, 5), world.reading(1, start + 9, 9, 6)).ok());
}

TEST_F(MetersTest, a_counter_that_is_lower_by_time_alone_suspends) {
    EXPECT_TRUE(
        prove(key(), world.reading(1, start, 10, 6), world.reading(1, start + 9, 9, 5)).ok());
}

TEST_F(MetersTest, honest_readings_prove_nothing) {
    const Reading one = world.reading(1, start, 10, 5);
    const Reading later = world.reading(1, start + 9, 10, 6);
    const Meters::NoContradiction nothing{device};
    EXPECT_TRUE(prove(key(), one, one).refused_with(nothing)) << "a replay is anybody's work";
    EXPECT_TRUE(prove(key(), one, later).refused_with(nothing));
    EXPECT_TRUE(prove(key(), later, one).refused_with(nothing));
    Reading forged = later;
    forged.cumulative = 1_u256;
    EXPECT_TRUE(prove(key(), one, forged).refused_with(Meters::ReadingUnsigned{device}));
    const Reading of_another =
        world.signed_reading(device, start + 9, 1_u256, 6, FeedsWorld::device_key(2));
    EXPECT_TRUE(prove(key(), one, of_another).refused_with(Meters::ReadingUnsigned{device}));
    EXPECT_TRUE(prove(key_of(FeedsWorld::device_key(2)), one, of_another)
                    .refused_with(Meters::KeyNotBound{device}));
    EXPECT_EQ(world.status(device), 0);
}

TEST_F(MetersTest, one_signed_reading_against_the_accepted_one_is_enough) {
    count(0, 500);
    const auto rollback = [&](const Reading& reading) {
        return world.send<test::rollback_text>(person(98), world.feeds(), device, key(), reading);
    };
    EXPECT_TRUE(
        rollback(world.reading(1, start, 500, 1)).refused_with(Meters::NoContradiction{device}));
    EXPECT_TRUE(rollback(world.reading(1, start - 5, 490, 0))
                    .refused_with(Meters::NoContradiction{device}));
    EXPECT_TRUE(rollback(world.reading(1, start + 60, 499, 2)).ok());
    EXPECT_EQ(world.status(device), 1);
}

// A cheat does not escape by taking a new key.
TEST_F(MetersTest, readings_of_a_former_key_still_prove) {
    const Reading one = world.reading(1, start, 10, 5);
    const Reading other = world.reading(1, start, 11, 5);
    const PrivateKey fresh = FeedsWorld::device_key(9);
    const Bytes possession = wallet_signature(world.binding(device, owner, 1), fresh);
    world.send<test::rotate_text>(owner, world.feeds(), device, key_of(fresh), possession);
    EXPECT_TRUE(prove(key(), one, other).ok());
}

// Groups.

TEST_F(MetersTest, a_group_counts_the_lower_median_of_its_members) {
    std::vector<u256> devices{device};
    for (uint16_t n = 2; n <= 4; ++n) devices.push_back(world.add_device(n));
    for (uint16_t n = 1; n <= 4; ++n) world.report(n, start, 1'000u * n, 1);
    const auto create = [&](const std::vector<u256>& of) {
        return world.send<"createMeterGroup(uint256[])">(person(1), world.feeds(), of);
    };
    EXPECT_TRUE(create(devices).refused_with(Meters::MeterSilent{device})) << "not in this block";
    world.next_block();
    const Hash group = create(devices).value<Hash>();
    EXPECT_EQ(group, keccak256(abi::encode(devices)));
    EXPECT_TRUE(create(devices).refused_as<Meters::GroupInvalid>()) << "it is there already";
    world.advance(100);
    const std::array<uint64_t, 4> counted{70, 10, 1'000, 30};
    for (uint16_t n = 1; n <= 4; ++n) world.report(n, start + 100, 1'000u * n + counted[n - 1u], 2);
    world.next_block();
    EXPECT_EQ(world.ask<"cumulativeOf(bytes32)">(world.feeds(), group).value<u256>(), 30_u256);
    EXPECT_EQ(world.ask<"medianDelta(bytes32,uint64)">(world.feeds(), group, start).value<u256>(),
              30_u256);
    EXPECT_EQ(world.ask<"groupMembers(bytes32)">(world.feeds(), group).value<std::vector<u256>>(),
              devices);
}

TEST_F(MetersTest, a_group_has_members_of_one_kind_each_once) {
    count(0, 0);
    world.add_device(2);
    DeviceParams other = world.params(3);
    other.metric = keccak256("uptime|/");
    world.register_device(other, FeedsWorld::device_key(3));
    world.report(2, start, 0, 1);
    world.report(3, start, 0, 1);
    world.next_block();
    const auto create = [&](const std::vector<u256>& of) {
        return world.send<"createMeterGroup(uint256[])">(person(1), world.feeds(), of);
    };
    const u256 max{Meters::group_size_max};
    EXPECT_TRUE(create({}).refused_with(Meters::GroupInvalid{0_u256, max}));
    EXPECT_TRUE(
        create(std::vector<u256>(17, device)).refused_with(Meters::GroupInvalid{17_u256, max}));
    EXPECT_TRUE(create({device, device}).refused_with(Meters::GroupMemberInvalid{device}));
    EXPECT_TRUE(create({device, FeedsWorld::device(3)})
                    .refused_with(Meters::GroupMemberInvalid{FeedsWorld::device(3)}));
    EXPECT_TRUE(create({device, FeedsWorld::device(2)}).ok());
    EXPECT_TRUE(world.ask<"cumulativeOf(bytes32)">(world.feeds(), Hash{})
                    .refused_with(Meters::UnknownGroup{Hash{}}));
    std::vector<u256> sixteen{device, FeedsWorld::device(2)};
    for (uint16_t n = 10; n < 24; ++n) {
        sixteen.push_back(world.add_device(n));
        world.report(n, start, 0, 1);
    }
    world.next_block();
    EXPECT_TRUE(create(sixteen).ok()) << "at the bound";
}

}  // namespace
}  // namespace plume
