#include "app/readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

namespace fs = std::filesystem;

const fs::path examples = fs::path(PLUME_SOURCE_DIR) / "examples";
const fs::path shared = fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data";

class Tables : public testing::Test {
protected:
    fs::path table(const std::string& text) {
        const fs::path out = folder_.path() / "table.csv";
        std::ofstream(out) << text;
        return out;
    }

private:
    test::TemporaryDirectory folder_;
};

TEST(Readings, numbers_are_cut_not_rounded) {
    EXPECT_EQ(parse_scaled("38.666666666666664", 4), 386'666);
    EXPECT_EQ(parse_scaled("-2.8601", 3), -2'860);
    EXPECT_EQ(parse_scaled("7", 3), 7'000);
    EXPECT_EQ(parse_scaled("-0.0", 1), 0);
    for (const char* text : {"", "-", ".5", "5.", "1e3", "1,000", "+1", "1000000000000001", "0x1"})
        EXPECT_EQ(parse_scaled(text, 0), std::nullopt) << text;
}

// `date -u -d '2016-07-01 10:15:00-07:00' +%s` and its like.
TEST(Readings, times_are_read_with_their_zone) {
    EXPECT_EQ(parse_time("1970-01-01"), 0u);
    EXPECT_EQ(parse_time("2016-07-01 10:15:00-07:00"), 1'467'393'300u);
    EXPECT_EQ(parse_time("2016-02-29T23:59:59Z"), 1'456'790'399u);
    EXPECT_EQ(parse_time("2100-03-01 00:00:00+05:30"), 4'107'522'600u);
    for (const char* text :
         {"", "2015-02-29", "2016-13-01", "2016-00-10", "2016-07-32", "1969-12-31", "2016-7-1",
          "2016-07-01 24:00:00", "2016-07-01 10:15", "2016-07-01 10:15:00-0700",
          "1970-01-01 00:00:00+01:00", "2016-07-01x10:15:00"})
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST_F(Tables, samples_count_for_their_step_gaps_for_nothing_repeats_once) {
    const auto nodes =
        load_gpu_usage(table("timestamp,node,duty_cycle_percent\n"
                             "120,b,50.0\n60,a,100.0\n180,a,0.00009\n180,a,77\n600,a,25.5\n"));
    ASSERT_TRUE(nodes.ok()) << nodes.error().what;
    ASSERT_EQ(nodes->size(), 2u);
    EXPECT_EQ(nodes->at(0).name, "a");
    const std::vector<MeterReading> expected{{60, 60'000'000}, {180, 0}, {600, 15'300'000}};
    EXPECT_EQ(nodes->at(0).readings, expected);
    EXPECT_EQ(nodes->at(0).repeated, 1u);
    EXPECT_EQ(nodes->at(0).produced(), 75'300'000u);
    EXPECT_EQ(nodes->at(1).readings, (std::vector<MeterReading>{{120, 30'000'000}}));
}

TEST_F(Tables, an_array_uses_power_at_night) {
    const auto array =
        load_solar_energy(table("measured_on,ac_power\n2016-07-01 00:00:00-07:00,-2.8601\n"
                                "2016-07-01 00:15:00-07:00,1000.0009\n"));
    ASSERT_TRUE(array.ok()) << array.error().what;
    ASSERT_EQ(array->readings.size(), 2u);
    EXPECT_EQ(array->readings[0], (MeterReading{1'467'356'400, -2'574'000}));
    EXPECT_EQ(array->readings[1].amount, 900'000'000);
    EXPECT_EQ(array->produced(), 900'000'000u);
}

TEST_F(Tables, figures_that_cannot_be_are_refused_with_their_row) {
    const auto refusal = [this](const std::string& text) {
        const auto nodes = load_gpu_usage(table(text));
        return nodes.ok() ? "none" : nodes.error().what;
    };
    const std::string head = "timestamp,node,duty_cycle_percent\n";
    EXPECT_NE(refusal(head + "60,a,1\n120,a,100.1\n").find("row 3: duty_cycle_percent '100.1'"),
              std::string::npos);
    EXPECT_NE(refusal(head + "60,a,-1\n").find("row 2"), std::string::npos);
    EXPECT_NE(refusal(head + "noon,a,1\n").find("timestamp 'noon'"), std::string::npos);
    EXPECT_NE(refusal(head).find("no node"), std::string::npos);
    EXPECT_NE(refusal("a,b\n1,2\n").find("no column"), std::string::npos);
    std::string many = head;
    for (size_t i = 0; i < series_max; ++i) many += "60," + std::to_string(i) + ",1\n";
    EXPECT_EQ(refusal(many), "none");
    EXPECT_NE(refusal(many + "60,more,1\n").find("more than 1000"), std::string::npos);
    EXPECT_FALSE(load_solar_energy(table("day,energy_wh\n")).ok());
    EXPECT_FALSE(load_solar_energy(table("day,energy_wh\n2016-07-01,x\n")).ok());
}

TEST(Readings, the_examples_have_what_they_should) {
    const auto nodes = load_gpu_usage(examples / "compute.csv");
    ASSERT_TRUE(nodes.ok()) << nodes.error().what;
    EXPECT_EQ(nodes->size(), 40u);
    const auto array = load_solar_energy(examples / "solar.csv");
    ASSERT_TRUE(array.ok()) << array.error().what;
    EXPECT_EQ(array->readings.size(), 105u);
    EXPECT_EQ(array->readings[0], (MeterReading{1'467'417'600, int64_t{16'401} * 3'600'000}));
}

// The tables of sums were worked out by others from the same samples.
TEST(Readings, raw_samples_come_to_the_sums_in_the_tables) {
    if (!fs::exists(shared)) GTEST_SKIP() << "no raw data at " << shared;
    const auto raw = load_solar_energy(shared / "solar" / "serf_east_15min_ac_power.csv");
    const auto days = load_solar_energy(examples / "solar.csv");
    ASSERT_TRUE(raw.ok() && days.ok());
    constexpr uint64_t seven_hours = 25'200;  // The array stands west of Greenwich.
    std::map<uint64_t, uint64_t> produced;
    for (const MeterReading& reading : raw->readings)
        if (reading.amount > 0)
            produced[(reading.time - seven_hours) / 86'400] +=
                static_cast<uint64_t>(reading.amount);
    for (const MeterReading& day : days->readings) {
        const uint64_t wh = (produced[day.time / 86'400 - 1] + 1'800'000) / 3'600'000;
        EXPECT_EQ(static_cast<int64_t>(wh), day.amount / 3'600'000) << day.time;
    }
    // The table counts 60 seconds a sample where they are 57 apart.
    const auto samples = load_gpu_usage(shared / "compute" / "gpu_duty_cycle.csv");
    const auto hours = load_gpu_usage(examples / "compute.csv");
    ASSERT_TRUE(samples.ok() && hours.ok());
    std::vector<uint64_t> from_samples, from_hours;
    for (const MeterSeries& node : *samples) from_samples.push_back(node.produced() / 57 * 60);
    for (const MeterSeries& node : *hours) from_hours.push_back(node.produced());
    std::ranges::sort(from_samples);
    std::ranges::sort(from_hours);
    ASSERT_EQ(from_samples.size(), from_hours.size());
    for (size_t i = 0; i < from_hours.size(); ++i)
        EXPECT_NEAR(static_cast<double>(from_samples[i]), static_cast<double>(from_hours[i]), 24e6);
}

}  // namespace
}  // namespace plume
