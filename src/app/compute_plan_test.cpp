#include "app/compute_plan.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace plume {

namespace {

constexpr uint64_t day = 86'400;
constexpr uint64_t hour = 3'600;
constexpr uint64_t start = 19'000 * day;
constexpr int64_t whole_hour = 3'600'000'000;

MeterSeries node(std::string name, const std::vector<MeterReading>& readings) {
    return {.name = std::move(name), .readings = readings, .repeated = 0};
}

/// Busy for all of so many hours from `start` on.
MeterSeries busy(std::string name, size_t hours) {
    std::vector<MeterReading> readings;
    for (size_t i = 1; i <= hours; ++i) readings.push_back({start + i * hour, whole_hour});
    return node(std::move(name), readings);
}

ComputePlan plan_of(const std::vector<MeterSeries>& nodes) {
    return plan_compute(nodes).value();
}

}  // namespace

TEST(ComputePlan, shares_are_all_given_out) {
    EXPECT_EQ(std::accumulate(first_shares.begin(), first_shares.end(), uint64_t{0}), share_supply);
    EXPECT_LT(pledged_shares, first_shares[pledger]);
    EXPECT_LT(sold_shares, first_shares[seller]);
    EXPECT_EQ(first_shares[share_buyer], 0u);
}

TEST(ComputePlan, periods_end_with_days_and_with_the_sale) {
    const ComputePlan plan = plan_of({busy("a", 48), busy("b", 48)});
    // The middle of the hours 1 to 48, rounded up to the hour.
    EXPECT_EQ(plan.sale_at, start + 25 * hour);
    ASSERT_EQ(plan.periods.size(), 3u);
    EXPECT_EQ(plan.periods[0].ends_at, start + day);
    EXPECT_EQ(plan.periods[1].ends_at, plan.sale_at);
    EXPECT_EQ(plan.periods[2].ends_at, start + 2 * day);
    EXPECT_EQ(plan.periods[0].busy, u256{48u} * u256{gpu_hour_microseconds}) << "midnight is in";
    EXPECT_EQ(plan.rogue, 1u);
    EXPECT_EQ(plan.periods[2].busy, u256{23u} * u256{gpu_hour_microseconds}) << "without the rogue";
}

TEST(ComputePlan, hours_sold_in_advance_are_not_paid_again) {
    const ComputePlan plan = plan_of({busy("a", 48), busy("b", 48)});
    EXPECT_EQ(plan.let, 0u);
    EXPECT_EQ(plan.let_hours, 24u);
    EXPECT_EQ(plan.used(), u256{24u} * u256{gpu_hour_microseconds});
    // Every whole hour that counts is paid for once, in advance or as metered.
    EXPECT_EQ(plan.revenue(), u256{48u + 25u} * u256{gpu_hour_price});
}

TEST(ComputePlan, what_does_not_divide_is_carried_on) {
    // A microsecond costs less than a unit: 1,675 of them cost one.
    std::vector<MeterReading> readings;
    for (uint64_t i = 1; i <= 10; ++i) readings.push_back({start + i * day, 838});
    const ComputePlan plan =
        plan_of({node("let", {{start + day, 0}}), node("b", readings), node("c", {})});
    u256 metered;
    for (const ComputePeriod& period : plan.periods) {
        EXPECT_LE(period.revenue, u256{1u});
        metered += period.revenue;
    }
    EXPECT_EQ(metered, plan.busy() * u256{gpu_hour_price} / u256{gpu_hour_microseconds});
    EXPECT_GT(metered, u256{1u});
}

TEST(ComputePlan, dues_follow_the_shares_and_leave_only_fractions) {
    const ComputePlan plan = plan_of({busy("a", 31), busy("b", 17), busy("c", 40)});
    u256 sum;
    for (const u256& due : plan.dues()) sum += due;
    EXPECT_LE(sum, plan.revenue());
    EXPECT_LT(plan.revenue() - sum, u256{share_holder_count});
    EXPECT_FALSE(plan.dues()[share_buyer].is_zero());
}

TEST(ComputePlan, one_node_and_one_reading_are_enough) {
    const ComputePlan plan = plan_of({node("only", {{start + 60, 0}})});
    EXPECT_EQ(plan.rogue, 0u);
    EXPECT_EQ(plan.let, 0u);
    EXPECT_EQ(plan.let_hours, 1u);
    EXPECT_EQ(plan.sale_at, start + hour);
    EXPECT_EQ(plan.revenue(), plan.let_price);
}

TEST(ComputePlan, impossible_data_are_refused) {
    EXPECT_FALSE(plan_compute({}).ok());
    EXPECT_FALSE(plan_compute({node("a", {})}).ok());
    EXPECT_FALSE(plan_compute({node("a", {{3 * day, 1}})}).ok());
    EXPECT_FALSE(plan_compute({node("a", {{start + 1, 1}, {start + 2, 1'000'001}})}).ok());
    EXPECT_TRUE(plan_compute({node("a", {{start + 1, 1}, {start + 2, 1'000'000}})}).ok());
}

}  // namespace plume
