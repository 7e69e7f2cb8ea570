#include "base/calendar.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace plume::calendar {
namespace {

uint64_t at(uint64_t year, uint64_t month, uint64_t day, uint64_t second = 0) {
    return time_of({year, month, day}) + second;
}

// The numbers are those of `date -u -d ... +%s`.
TEST(Calendar, known_days) {
    EXPECT_EQ(time_of({1970, 1, 1}), 0u);
    EXPECT_EQ(time_of({2000, 2, 29}), 951'782'400u);
    EXPECT_EQ(time_of({2024, 2, 29}), 1'709'164'800u);
    EXPECT_EQ(time_of({2100, 3, 1}), 4'107'542'400u);
    EXPECT_EQ(time_of({9999, 12, 31}), 253'402'214'400u);
    EXPECT_EQ(date_of(1'709'164'799), (Date{2024, 2, 28}));
    EXPECT_EQ(date_of(1'709'164'800), (Date{2024, 2, 29}));
    EXPECT_EQ(date_of(253'402'300'799), (Date{9999, 12, 31}));
}

TEST(Calendar, every_day_until_the_year_9999_is_that_of_the_standard_library) {
    using namespace std::chrono;
    for (uint64_t day = 0; day * day_seconds <= 253'402'300'799; ++day) {
        const year_month_day expected{sys_days{days{static_cast<int>(day)}}};
        const Date date = date_of(day * day_seconds + day % day_seconds);
        ASSERT_EQ(date.year, static_cast<uint64_t>(static_cast<int>(expected.year()))) << day;
        ASSERT_EQ(date.month, static_cast<unsigned>(expected.month())) << day;
        ASSERT_EQ(date.day, static_cast<unsigned>(expected.day())) << day;
        ASSERT_EQ(time_of(date), day * day_seconds);
    }
}

TEST(Calendar, a_month_later_is_the_same_day_or_the_last) {
    constexpr uint64_t noon = 43'200;
    const uint64_t first = at(2024, 1, 31, noon);
    EXPECT_EQ(add_months(first, 0), first);
    EXPECT_EQ(add_months(first, 1), at(2024, 2, 29, noon)) << "a leap year";
    EXPECT_EQ(add_months(first, 2), at(2024, 3, 31, noon)) << "counted from the first";
    EXPECT_EQ(add_months(first, 3), at(2024, 4, 30, noon));
    EXPECT_EQ(add_months(first, 13), at(2025, 2, 28, noon));
    EXPECT_EQ(add_months(at(2024, 2, 29), 12), at(2025, 2, 28));
    EXPECT_EQ(add_months(at(2024, 2, 29), 48), at(2028, 2, 29));
    EXPECT_EQ(add_months(at(2000, 2, 29), 1'200), at(2100, 2, 28)) << "a century is no leap year";
    EXPECT_EQ(add_months(at(2000, 2, 29), 4'800), at(2400, 2, 29)) << "but the fourth is";
    EXPECT_EQ(add_months(at(2023, 12, 15, 86'399), 1), at(2024, 1, 15, 86'399));
}

TEST(Calendar, months_are_those_of_the_standard_library) {
    using namespace std::chrono;
    for (uint64_t day = 0; day < 1'500; ++day)
        for (int count = 0; count < 60; ++count) {
            const year_month_day from{sys_days{days{static_cast<int>(day)}}};
            year_month_day to = from + months{count};
            if (!to.ok()) to = to.year() / to.month() / last;
            const auto expected = static_cast<uint64_t>(sys_days{to}.time_since_epoch().count());
            ASSERT_EQ(add_months(day * day_seconds, static_cast<uint64_t>(count)),
                      expected * day_seconds)
                << day << " " << count;
        }
}

}  // namespace
}  // namespace plume::calendar
