#include "base/calendar.hpp"

#include <algorithm>
#include <array>

namespace plume::calendar {

namespace {

constexpr uint64_t epoch_year = 1970;

bool is_leap(uint64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// Days from the first of January of the year 1 to that of `year`.
uint64_t days_before(uint64_t year) {
    const uint64_t full = year - 1;
    return 365 * full + full / 4 - full / 100 + full / 400;
}

/// Days from 1970 to the first of January of `year`.
uint64_t day_number(uint64_t year) {
    return days_before(year) - days_before(epoch_year);
}

}  // namespace

uint64_t days_in_month(uint64_t year, uint64_t month) {
    constexpr std::array<uint64_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

Date date_of(uint64_t time) {
    // Days are counted from 0000-03-01, so that the leap day is a year's last (400-year eras).
    const uint64_t days = time / day_seconds + 719'468;
    const uint64_t era = days / 146'097;
    const uint64_t of_era = days % 146'097;
    const uint64_t year_of_era =
        (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint64_t march_month = (5 * of_year + 2) / 153;
    const uint64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    return {.year = 400 * era + year_of_era + (month <= 2 ? 1 : 0),
            .month = month,
            .day = of_year - (153 * march_month + 2) / 5 + 1};
}

uint64_t time_of(const Date& date) {
    uint64_t days = day_number(date.year) + date.day - 1;
    for (uint64_t month = 1; month < date.month; ++month) days += days_in_month(date.year, month);
    return days * day_seconds;
}

uint64_t add_months(uint64_t time, uint64_t months) {
    const Date from = date_of(time);
    const uint64_t count = from.year * 12 + from.month - 1 + months;
    Date to{.year = count / 12, .month = count % 12 + 1};
    to.day = std::min(from.day, days_in_month(to.year, to.month));
    return time_of(to) + time % day_seconds;
}

}  // namespace plume::calendar
