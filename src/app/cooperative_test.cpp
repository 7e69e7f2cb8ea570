#include "app/cooperative.hpp"

#include <gtest/gtest.h>

namespace plume {

namespace {

constexpr int64_t kwh = 3'600'000'000;
constexpr uint64_t july = 1'467'331'200;  // 2016-07-01
constexpr uint64_t quarter = 900;

MeterSeries series_of(std::vector<MeterReading> readings) {
    return {.name = "array", .readings = std::move(readings), .repeated = 0};
}

Cooperative plan(std::vector<MeterReading> readings, uint64_t price = default_energy_price) {
    auto out = plan_cooperative(series_of(std::move(readings)), price);
    EXPECT_TRUE(out.ok()) << out.error().what;
    return std::move(*out);
}

std::string refusal(std::vector<MeterReading> readings, uint64_t price = default_energy_price) {
    const auto out = plan_cooperative(series_of(std::move(readings)), price);
    return out.ok() ? "" : out.error().what;
}

}  // namespace

TEST(Cooperative, the_counter_stands_still_at_night_and_gaps_are_counted) {
    const Cooperative coop = plan({{july + quarter, 500},
                                   {july + 2 * quarter, -70},
                                   {july + 5 * quarter, 0},
                                   {july + 6 * quarter, 900'001}});
    ASSERT_EQ(coop.readings.size(), 5u);
    EXPECT_EQ(coop.readings[0].at, july);
    EXPECT_EQ(coop.readings[0].cumulative, u256{});
    EXPECT_EQ(coop.readings[2].cumulative, u256{500u});
    EXPECT_EQ(coop.energy(), u256{900'501u});
    EXPECT_EQ(coop.idle, 2u);
    EXPECT_EQ(coop.gaps, 1u);
    EXPECT_EQ(coop.step, quarter);
    EXPECT_EQ(coop.capacity, 1'001u);  // 900,001 in 900 seconds, rounded up
}

TEST(Cooperative, a_reading_at_midnight_belongs_to_the_month_that_ends) {
    const uint64_t august = july + 31 * 86'400;
    const Cooperative coop = plan({{august, 2 * kwh}, {august + quarter, 3 * kwh}});
    ASSERT_EQ(coop.months.size(), 2u);
    EXPECT_EQ(coop.months[0].begins_at, july);
    EXPECT_EQ(coop.months[0].ends_at, august);
    EXPECT_EQ(coop.months[0].energy, u256{static_cast<uint64_t>(2 * kwh)});
    EXPECT_EQ(coop.months[1].energy, u256{static_cast<uint64_t>(3 * kwh)});
    EXPECT_EQ(coop.months[0].end_reading, 2u);
    EXPECT_EQ(coop.months[1].end_reading, 3u);
}

TEST(Cooperative, what_a_month_leaves_of_a_unit_counts_in_the_next) {
    // Two thirds of a unit a month, at a unit for a kWh.
    const uint64_t month = 31 * 86'400;
    const Cooperative coop = plan(
        {{july + month, kwh * 2 / 3}, {july + 2 * month, kwh * 2 / 3}, {july + 80 * 86'400, kwh}},
        1);
    ASSERT_EQ(coop.months.size(), 3u);
    EXPECT_EQ(coop.months[0].revenue, u256{});
    EXPECT_EQ(coop.months[1].revenue, u256{1u});
    EXPECT_EQ(coop.months[2].revenue, u256{1u});
    EXPECT_EQ(coop.revenue(), u256{2u});
}

TEST(Cooperative, months_without_a_reading_are_months_too) {
    const Cooperative coop = plan({{july + quarter, kwh}, {july + 100 * 86'400, kwh}});
    ASSERT_EQ(coop.months.size(), 4u);
    EXPECT_TRUE(coop.months[1].energy.is_zero());
    EXPECT_EQ(coop.months[1].first_reading, coop.months[1].end_reading);
    EXPECT_EQ(coop.lost_after, 1u);
}

TEST(Cooperative, every_unit_of_a_month_goes_to_somebody) {
    const Cooperative coop = plan({{july + 86'400, 12'345 * kwh}}, 1'000);
    // 12,345,000 units: 370,350 are kept, 11,974,650 shared by 747 and 253 of 1,000.
    const CoopMonth& month = coop.months.front();
    EXPECT_EQ(month.revenue, u256{12'345'000u});
    EXPECT_EQ(month.reserve, u256{370'350u});
    EXPECT_EQ(month.classes[0].gross, u256{8'945'063u});
    EXPECT_EQ(month.classes[0].tax, u256{});
    EXPECT_EQ(month.classes[1].gross, u256{3'029'586u});
    EXPECT_EQ(month.classes[1].tax, u256{454'437u});
    EXPECT_EQ(month.classes[1].net, u256{2'575'149u});
    EXPECT_EQ(coop.due_to_owner(lost_owner), u256{1'424'983u});  // 140 of 253
    EXPECT_EQ(all_shares(), 1'000u);
}

TEST(Cooperative, data_beyond_the_bounds_is_refused) {
    std::vector<MeterReading> many;
    for (size_t i = 0; i < coop_readings_max; ++i) many.push_back({july + quarter * i, 1});
    EXPECT_EQ(refusal(many), "");
    many.push_back({july + quarter * coop_readings_max, 1});
    EXPECT_EQ(refusal(many), "there are more than 120000 readings");
    const uint64_t decade = 3'652 * 86'400ull;
    EXPECT_EQ(refusal({{july + 1, 1}, {july + decade, 1}}), "");
    EXPECT_EQ(refusal({{july + 1, 1}, {july + decade + 1, 1}}),
              "the readings span more than 120 months");
    EXPECT_EQ(refusal({}), "there is no reading");
    EXPECT_EQ(refusal({{86'400, 1}}), "the readings begin before 1971");
    EXPECT_EQ(refusal({{253'000'000'001, 1}}), "the readings end after the year 9986");
    EXPECT_EQ(refusal({{july, 1}}, energy_price_max), "");
    EXPECT_EQ(refusal({{july, 1}}, 0), "the price of a kWh is 1 to 1000000000 units");
    EXPECT_NE(refusal({{july, 1}}, energy_price_max + 1), "");
}

}  // namespace plume
