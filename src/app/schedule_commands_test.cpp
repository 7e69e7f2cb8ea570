#include "app/schedule_commands.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

TEST(ScheduleCommands, periods_are_read_as_they_are_typed) {
    const auto read = [](std::string_view text) {
        const auto period = parse_period(text);
        return period ? std::to_string(period->length) + (period->in_months ? " months" : "")
                      : "none";
    };
    EXPECT_EQ(read("90"), "90");
    EXPECT_EQ(read("90s"), "90");
    EXPECT_EQ(read("5m"), "300");
    EXPECT_EQ(read("12h"), "43200");
    EXPECT_EQ(read("7d"), "604800");
    EXPECT_EQ(read("1month"), "1 months");
    EXPECT_EQ(read("3months"), "3 months");
    EXPECT_EQ(read("49710d"), "4294944000");
    for (const auto* wrong : {"", "0", "0d", "d", "7 d", "7w", "-7d", "49711d", "4294967296"})
        EXPECT_EQ(read(wrong), "none") << wrong;
}

TEST(ScheduleCommands, recurrences_are_told_in_the_largest_unit) {
    constexpr uint64_t day = 1'769'817'600;  // 2026-01-31
    EXPECT_EQ(recurrence_text(day, {}, 1), "once on 2026-01-31");
    EXPECT_EQ(recurrence_text(day, {1, true}, 12), "every month from 2026-01-31 on, 12 times");
    EXPECT_EQ(recurrence_text(day, {604'800, false}, 2),
              "every 7 days from 2026-01-31 on, 2 times");
    EXPECT_EQ(recurrence_text(day, {90, false}, 3), "every 90 seconds from 2026-01-31 on, 3 times");
}

}  // namespace
}  // namespace plume
