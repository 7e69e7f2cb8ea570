// The civil calendar in integers: proleptic Gregorian, UTC, no leap seconds, no locale.
//
// Times are seconds since 1970, from then on up to the end of the year 9999.
#pragma once

#include <cstdint>

namespace plume::calendar {

inline constexpr uint64_t day_seconds = 86'400;

struct Date {
    uint64_t year = 1970;
    uint64_t month = 1;  ///< 1 to 12
    uint64_t day = 1;    ///< 1 to 31

    friend bool operator==(const Date&, const Date&) = default;
};

/// The day on which `time` lies; of any time, and in constant time.
Date date_of(uint64_t time);
/// The first second of a day.
uint64_t time_of(const Date& date);
uint64_t days_in_month(uint64_t year, uint64_t month);

/// `months` later, at the same time of day and on the same day of the month; on the month's last
/// day where it has no such day. Always to be counted from the first time: the 31st of January
/// comes to the 28th of February and to the 31st of March.
uint64_t add_months(uint64_t time, uint64_t months);

}  // namespace plume::calendar
