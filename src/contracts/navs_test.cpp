#include "contracts/navs.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;

const Address configurer = FeedsWorld::manufacturer();
const Address provider = person(801);
const Address second_provider = person(802);
const Hash usd = keccak256("ERC-8330:CURRENCY:USD");
const Hash per_share = keccak256("ERC-8330:NAV_BASIS:PER_SHARE");
const Hash method = keccak256("method");
constexpr u256 original = u256_max;

class NavsTest : public testing::Test {
protected:
    NavsTest() : subject(world.record()) {
        set_basis(configurer, per_share);
        allow(provider);
        allow(second_provider);
        world.send<"setStalenessConfig(bytes32,bytes32,uint64,uint64)">(
            configurer, world.feeds(), subject, usd, uint64_t{100}, uint64_t{1'000});
        start = world.now();
    }
    Outcome set_basis(const Address& by, const Hash& basis, const Hash& currency = usd) {
        return world.send<"setNAVBasis(bytes32,bytes32,bytes32)">(by, world.feeds(), subject,
                                                                  currency, basis);
    }
    Outcome allow(const Address& who, bool allowed = true, const Address& by = configurer) {
        return world.send<"setNAVProvider(bytes32,bytes32,address,bool)">(
            by, world.feeds(), subject, usd, who, allowed);
    }
    Outcome publish(const i256& nav, uint64_t valuation, const u256& corrects = original,
                    const Address& by = provider, uint8_t decimals = 6) {
        return world
            .send<"publishNAV(bytes32,bytes32,bytes32,int256,uint8,uint64,bytes32,string,uint256)">(
                by, world.feeds(), subject, usd, per_share, nav, decimals, valuation, method,
                std::string("ipfs://method"), corrects);
    }
    Outcome publish(int64_t nav, uint64_t valuation, const u256& corrects = original,
                    const Address& by = provider) {
        return publish(i256::of(nav), valuation, corrects, by);
    }
    Outcome invalidate(uint64_t index, const Address& by = configurer) {
        return world.send<"invalidateSnapshot(bytes32,bytes32,uint256,bytes32)">(
            by, world.feeds(), subject, usd, u256{index}, keccak256("reason"));
    }
    /// The NAV that stands; nothing when none does.
    std::optional<i256> latest() {
        const Outcome out = world.ask<"latestNAV(bytes32,bytes32)">(world.feeds(), subject, usd);
        if (!out.ok()) {
            EXPECT_TRUE(out.refused_with(Navs::NoCurrentSnapshot{}));
            return std::nullopt;
        }
        return std::get<0>(
            *abi::decode<i256, uint8_t, Hash, uint64_t, uint64_t, Address>(out.result.output));
    }
    NavSnapshot snapshot(uint64_t index) {
        return world
            .ask<"getSnapshot(bytes32,bytes32,uint256)">(world.feeds(), subject, usd, u256{index})
            .value<NavSnapshot>();
    }
    Outcome current(uint64_t index) {
        return world.ask<"currentSnapshotIndex(bytes32,bytes32,uint256)">(world.feeds(), subject,
                                                                          usd, u256{index});
    }
    Outcome at_least(int64_t nav) {
        return world.ask<"navAtLeast(bytes32,bytes32,int256,uint8)">(world.feeds(), subject, usd,
                                                                     i256::of(nav), uint8_t{6});
    }

    FeedsWorld world;
    Hash subject;
    uint64_t start = 0;
};

TEST_F(NavsTest, the_records_attester_configures_a_stream_once) {
    const Hash eur = keccak256("ERC-8330:CURRENCY:EUR");
    EXPECT_TRUE(set_basis(person(9), per_share, eur).refused_with(Navs::NotConfigurer{person(9)}));
    EXPECT_TRUE(set_basis(configurer, method, eur).refused_with(Navs::BasisInvalid{method}));
    EXPECT_TRUE(set_basis(configurer, per_share).refused_with(Navs::BasisConfigured{per_share}));
    EXPECT_TRUE(set_basis(configurer, keccak256("ERC-8330:NAV_BASIS:TOTAL"), eur).ok());
    EXPECT_TRUE(allow(person(9), true, person(9)).refused_with(Navs::NotConfigurer{person(9)}));
    EXPECT_EQ(
        world.ask<"heartbeat(bytes32,bytes32)">(world.feeds(), subject, usd).value<uint64_t>(),
        100u);
    EXPECT_EQ(
        world.ask<"heartbeat(bytes32,bytes32)">(world.feeds(), subject, eur).value<uint64_t>(), 0u)
        << "streams are apart";
}

TEST_F(NavsTest, a_snapshot_is_kept_as_it_was_said) {
    const Outcome out = publish(-5'000'000, start - 10);
    EXPECT_EQ(out.value<u256>(), 0_u256);
    EXPECT_EQ(out.events<Navs::NAVPublished>(world.feeds()).size(), 1u);
    const NavSnapshot kept = snapshot(0);
    EXPECT_EQ(kept.nav, i256::of(-5'000'000));
    EXPECT_EQ(kept.valuation_timestamp, start - 10);
    EXPECT_EQ(kept.published_at, start);
    EXPECT_EQ(kept.provider, provider);
    EXPECT_EQ(kept.methodology_uri, "ipfs://method");
    EXPECT_EQ(kept.corrects_index, u256_max);
    EXPECT_EQ(kept.corrected_by_index, 0_u256);
    EXPECT_EQ(latest(), i256::of(-5'000'000));
}

TEST_F(NavsTest, what_the_standard_forbids_is_refused) {
    EXPECT_TRUE(publish(1, start, original, person(9)).refused_with(Navs::NotProvider{person(9)}));
    EXPECT_TRUE(publish(1, start + 1).refused_with(Navs::ValuationInFuture{start + 1, start}));
    EXPECT_TRUE(publish(i256::of(1), start, original, provider, 19)
                    .refused_with(Navs::NavInvalid{i256::of(1), 19}));
    const i256 least{1_u256 << 255};
    EXPECT_TRUE(
        publish(least, start, original, provider, 18).refused_with(Navs::NavInvalid{least, 18}));
    const i256 most{u256_max >> 1};
    EXPECT_TRUE(
        publish(most, start, original, provider, 17).refused_with(Navs::NavInvalid{most, 17}));
    EXPECT_TRUE(publish(most, start, original, provider, 18).ok());
    EXPECT_TRUE(publish(1, start).refused_with(Navs::ValuationOccupied{start, 0_u256}));
    EXPECT_TRUE(publish(1, start, original, second_provider).ok()) << "another provider's word";
}

TEST_F(NavsTest, the_latest_is_by_valuation_and_then_by_publication) {
    publish(10, start - 50);
    publish(20, start - 60);
    EXPECT_EQ(latest(), i256::of(10)) << "a late word on an older time";
    publish(30, start - 50, original, second_provider);
    EXPECT_EQ(latest(), i256::of(30)) << "of one time, the last word";
    publish(21, start - 60, 1_u256);
    EXPECT_EQ(latest(), i256::of(30)) << "a late correction of an older time";
    world.advance(1);
    publish(11, start - 50, 0_u256);
    EXPECT_EQ(latest(), i256::of(11));
}

TEST_F(NavsTest, corrections_form_one_chain) {
    publish(10, start);
    publish(11, start, 0_u256);
    publish(12, start, 1_u256);
    EXPECT_EQ(snapshot(0).corrected_by_index, 1_u256);
    EXPECT_EQ(snapshot(2).corrects_index, 1_u256);
    for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(current(i).value<u256>(), 2_u256);
    EXPECT_TRUE(publish(13, start, 1_u256).refused_with(Navs::CorrectionInvalid{1_u256}))
        << "no fork";
    EXPECT_TRUE(
        publish(13, start, 2_u256, second_provider).refused_with(Navs::CorrectionInvalid{2_u256}))
        << "not another's";
    EXPECT_TRUE(publish(13, start - 1, 2_u256).refused_with(Navs::CorrectionInvalid{2_u256}))
        << "not of another time";
    EXPECT_TRUE(publish(13, start, 9_u256).refused_with(Navs::CorrectionInvalid{9_u256}));
    EXPECT_FALSE(
        world.ask<"isSnapshotCurrent(bytes32,bytes32,uint256)">(world.feeds(), subject, usd, 1_u256)
            .value<bool>());
}

TEST_F(NavsTest, invalidation_restores_the_predecessor_or_frees_the_place) {
    publish(5, start - 20);
    publish(10, start - 10);
    publish(11, start - 10, 1_u256);
    EXPECT_TRUE(invalidate(2, person(9)).refused_with(Navs::NotConfigurer{person(9)}));
    EXPECT_TRUE(invalidate(1).refused_with(Navs::SnapshotNotCurrent{1_u256}));
    ASSERT_TRUE(invalidate(2).ok());
    EXPECT_EQ(latest(), i256::of(10));
    EXPECT_TRUE(current(2).refused_with(Navs::SnapshotNotCurrent{2_u256}));
    EXPECT_TRUE(invalidate(2).refused_with(Navs::SnapshotNotCurrent{2_u256}));
    EXPECT_TRUE(publish(12, start - 10, 2_u256).refused_with(Navs::CorrectionInvalid{2_u256}));
    ASSERT_TRUE(publish(12, start - 10, 1_u256).ok()) << "a replacement correction";
    EXPECT_EQ(latest(), i256::of(12));
    ASSERT_TRUE(invalidate(3).ok());
    ASSERT_TRUE(invalidate(1).ok());
    EXPECT_EQ(latest(), i256::of(5)) << "unwound to the other time";
    EXPECT_TRUE(current(1).refused_with(Navs::SnapshotNotCurrent{1_u256}));
    ASSERT_TRUE(publish(13, start - 10).ok()) << "the place is free";
    ASSERT_TRUE(invalidate(0).ok());
    ASSERT_TRUE(invalidate(4).ok());
    EXPECT_EQ(latest(), std::nullopt);
    EXPECT_EQ(
        world.ask<"snapshotCount(bytes32,bytes32)">(world.feeds(), subject, usd).value<u256>(),
        5_u256)
        << "nothing is erased";
    EXPECT_TRUE(world
                    .ask<"isSnapshotInvalidated(bytes32,bytes32,uint256)">(world.feeds(), subject,
                                                                           usd, 2_u256)
                    .value<bool>());
}

TEST_F(NavsTest, each_provider_has_a_history_and_a_latest) {
    publish(10, start - 30);
    publish(20, start - 20, original, second_provider);
    publish(30, start - 10);
    const auto of = [&](const Address& who) {
        return world
            .ask<"latestNAVByProvider(bytes32,bytes32,address)">(world.feeds(), subject, usd, who)
            .value<NavSnapshot>()
            .nav;
    };
    EXPECT_EQ(of(provider), i256::of(30));
    EXPECT_EQ(of(second_provider), i256::of(20));
    invalidate(2);
    EXPECT_EQ(of(provider), i256::of(10));
    EXPECT_EQ(latest(), i256::of(20));
    EXPECT_EQ(world
                  .ask<"providerSnapshotCount(bytes32,bytes32,address)">(world.feeds(), subject,
                                                                         usd, provider)
                  .value<u256>(),
              2_u256);
    const auto ordinal = [&](uint64_t i) {
        return world.ask<"providerSnapshotAt(bytes32,bytes32,address,uint256)">(
            world.feeds(), subject, usd, provider, u256{i});
    };
    EXPECT_EQ(ordinal(1).value<u256>(), 2_u256);
    EXPECT_TRUE(ordinal(2).refused_with(Navs::UnknownSnapshot{2_u256}));
    allow(provider, false);
    EXPECT_EQ(of(provider), i256::of(10)) << "dismissed; what he said stands";
    EXPECT_FALSE(publish(1, start).ok());
}

TEST_F(NavsTest, staleness_is_told_for_both_ages_apart) {
    publish(10, start);
    const auto stale = [&] {
        const Outcome out =
            world.ask<"latestNAVStatus(bytes32,bytes32)">(world.feeds(), subject, usd);
        const auto values =
            *abi::decode<i256, uint8_t, Hash, uint64_t, uint64_t, Address, bool, bool>(
                out.result.output);
        return std::pair{std::get<6>(values), std::get<7>(values)};
    };
    world.advance(100);
    EXPECT_EQ(stale(), (std::pair{false, false})) << "exactly at the threshold";
    world.advance(1);
    EXPECT_EQ(stale(), (std::pair{true, false}));
    world.advance(899);
    publish(11, start, 0_u256);
    EXPECT_EQ(stale(), (std::pair{false, false}));
    world.advance(1);
    EXPECT_EQ(stale(), (std::pair{false, true})) << "fresh word on an old value";
}

// O-3 and O-5: a condition asks for what stood before this block and is current and fresh.
TEST_F(NavsTest, a_condition_holds_by_settled_current_fresh_values_alone) {
    EXPECT_TRUE(at_least(0).refused_with(Navs::NoCurrentSnapshot{}));
    publish(1'000, start);
    EXPECT_TRUE(at_least(1'000).refused_with(Navs::NavUnsettled{world.block().number}));
    world.next_block();
    EXPECT_TRUE(at_least(1'000).value<bool>());
    EXPECT_FALSE(at_least(1'001).value<bool>());
    EXPECT_TRUE(world
                    .ask<"navAtLeast(bytes32,bytes32,int256,uint8)">(world.feeds(), subject, usd,
                                                                     i256::of(1), uint8_t{3})
                    .value<bool>())
        << "0.001 is 0.001000";
    publish(10, start, 0_u256);
    world.next_block();
    EXPECT_FALSE(at_least(1'000).value<bool>()) << "corrected";
    invalidate(1);
    EXPECT_TRUE(at_least(1'000).refused_as<Navs::NavUnsettled>());
    world.advance(101);
    EXPECT_TRUE(at_least(1'000).refused_with(Navs::NavStale{start, start}));
    test::revoke(world, configurer, eas::schema_uid("string mission", {}, true), subject);
    EXPECT_TRUE(at_least(0).refused_with(RecordNotLive{subject}));
    EXPECT_TRUE(publish(1, start + 1).refused_with(RecordNotLive{subject}));
}

TEST_F(NavsTest, the_backlog_is_bounded) {
    for (uint64_t i = 0; i < Navs::backlog_max; ++i) ASSERT_TRUE(publish(1, start - i).ok());
    EXPECT_TRUE(publish(1, start - 900).ok()) << "behind exactly as many";
    EXPECT_TRUE(publish(1, start - 950).refused_with(Navs::ValuationTooOld{start - 950}));
    EXPECT_TRUE(publish(2, start - 900, u256{Navs::backlog_max}).ok())
        << "a correction has its place already";
}

// Whatever is published, corrected and invalidated, the latest is what a search would find.
TEST_F(NavsTest, random_lives_agree_with_a_search) {
    std::mt19937_64 random(20'260'801);
    for (int i = 0; i < 150; ++i) {
        const uint64_t count =
            world.ask<"snapshotCount(bytes32,bytes32)">(world.feeds(), subject, usd)
                .value<u256>()
                .low64();
        const Address by = random() % 2 == 0 ? provider : second_provider;
        const uint64_t target = count == 0 ? 0 : random() % count;
        if (random() % 4 == 0) invalidate(target);
        if (random() % 2 == 0 && count > 0)
            publish(static_cast<int64_t>(random() % 1'000), snapshot(target).valuation_timestamp,
                    u256{target}, snapshot(target).provider);
        publish(static_cast<int64_t>(random() % 1'000), start - random() % 12, original, by);
        if (random() % 3 == 0) world.advance(1);
        std::optional<std::tuple<uint64_t, uint64_t, uint64_t, u256>> best;
        const uint64_t now_count =
            world.ask<"snapshotCount(bytes32,bytes32)">(world.feeds(), subject, usd)
                .value<u256>()
                .low64();
        for (uint64_t k = 0; k < now_count; ++k) {
            if (!world
                     .ask<"isSnapshotCurrent(bytes32,bytes32,uint256)">(world.feeds(), subject, usd,
                                                                        u256{k})
                     .value<bool>())
                continue;
            const NavSnapshot each = snapshot(k);
            const std::tuple rank{each.valuation_timestamp, each.published_at, k, each.nav.bits};
            if (!best || rank > *best) best = rank;
        }
        const auto found = latest();
        ASSERT_EQ(found.has_value(), best.has_value()) << i;
        if (found) {
            ASSERT_EQ(found->bits, std::get<3>(*best)) << i;
        }
    }
}

}  // namespace
}  // namespace plume
