// What meters in open data counted: GPU nodes and solar arrays, from raw samples or from tables of
// sums. Figures are read as text into integers, never by way of a float.
//
// A raw sample stands for the `step` before it, the smallest time between two samples of the file;
// a gap is time in which nothing was counted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plume {

/// What was counted up to `time` since the reading before.
struct MeterReading {
    uint64_t time = 0;   ///< seconds since 1970
    int64_t amount = 0;  ///< in the series' unit; negative: used, not made

    friend bool operator==(const MeterReading&, const MeterReading&) = default;
};

struct MeterSeries {
    std::string name;
    std::vector<MeterReading> readings;  ///< by time, each time once
    size_t repeated = 0;                 ///< rows left out because their time had been read already

    /// Of all readings that are positive.
    uint64_t produced() const;
};

/// Names in a table, and what one row may say.
inline constexpr size_t series_max = 1'000;
inline constexpr uint64_t reading_amount_max = 1'000'000'000'000'000;

/// GPU nodes by name, in microseconds busy. Columns timestamp (seconds since 1970), node,
/// duty_cycle_percent (0 to 100); or hour_start, node, gpu_busy_seconds (at most 3,600).
Result<std::vector<MeterSeries>> load_gpu_usage(const std::filesystem::path& table);

/// A solar array, in millijoules. Columns measured_on (2016-07-01 10:15:00-07:00), ac_power (W); or
/// day (2016-07-01), energy_wh, which is read as counted at the end of the UTC day.
Result<MeterSeries> load_solar_energy(const std::filesystem::path& table);

/// A decimal number as a whole one of 10^-decimals, further digits cut off; nothing when it is none
/// or beyond `reading_amount_max`.
std::optional<int64_t> parse_scaled(std::string_view text, unsigned decimals);

/// Seconds since 1970 of "2016-07-01", "2016-07-01 10:15:00", with "T" for the space and with
/// "Z", "+hh:mm" or "-hh:mm" at the end; UTC without.
std::optional<uint64_t> parse_time(std::string_view text);

}  // namespace plume
