#include "app/readings.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "app/csv.hpp"
#include "base/calendar.hpp"

namespace plume {

namespace {

using calendar::day_seconds;
constexpr uint64_t hour_seconds = 3'600;
constexpr int64_t micro = 1'000'000;
constexpr int64_t millijoules_per_wh = 3'600'000;

Error in_row(size_t row, std::string_view column, const std::string& text) {
    return {.what = "row " + std::to_string(row + 2) + ": " + std::string(column) + " '" + text +
                    "' is no such figure"};
}

/// Two digits of a date or time; nothing beyond `max`.
std::optional<uint64_t> two_digits(std::string_view text, size_t at, uint64_t max) {
    if (at + 2 > text.size()) return std::nullopt;
    uint64_t out = 0;
    const auto [end, failure] = std::from_chars(text.data() + at, text.data() + at + 2, out);
    if (failure != std::errc{} || end != text.data() + at + 2 || out > max) return std::nullopt;
    return out;
}

/// The first second of "2016-07-01" at the beginning of `text`.
std::optional<uint64_t> parse_day(std::string_view text) {
    const auto century = two_digits(text, 0, 99);
    const auto of_century = two_digits(text, 2, 99);
    const auto month = two_digits(text, 5, 12);
    const auto day = two_digits(text, 8, 31);
    if (!century || !of_century || !month || !day || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const uint64_t year = *century * 100 + *of_century;
    if (year < 1970 || *month == 0 || *day == 0 || *day > calendar::days_in_month(year, *month))
        return std::nullopt;
    return calendar::time_of({year, *month, *day});
}

/// Seconds east of UTC of "Z", "+hh:mm", "-hh:mm" or nothing.
std::optional<int64_t> parse_offset(std::string_view text) {
    if (text.empty() || text == "Z") return 0;
    const auto hours = two_digits(text, 1, 23);
    const auto minutes = two_digits(text, 4, 59);
    if (text.size() != 6 || text[3] != ':' || !hours || !minutes) return std::nullopt;
    if (text[0] != '+' && text[0] != '-') return std::nullopt;
    const auto seconds = static_cast<int64_t>(*hours * 3'600 + *minutes * 60);
    return text[0] == '-' ? -seconds : seconds;
}

/// Rows on their way to a series.
struct Collected {
    std::map<uint64_t, int64_t> by_time;
    size_t repeated = 0;

    void add(uint64_t time, int64_t amount) {
        if (!by_time.try_emplace(time, amount).second) ++repeated;
    }
    MeterSeries finish(std::string name) && {
        MeterSeries out{.name = std::move(name), .readings = {}, .repeated = repeated};
        for (const auto& [time, amount] : by_time) out.readings.push_back({time, amount});
        return out;
    }
};

/// The smallest time between two of `times`; 1 when there is none.
int64_t step_of(const std::set<uint64_t>& times) {
    uint64_t step = ~uint64_t{0};
    for (auto at = times.begin(); at != times.end(); ++at)
        if (const auto next = std::next(at); next != times.end())
            step = std::min(step, *next - *at);
    return step == ~uint64_t{0} ? 1 : static_cast<int64_t>(std::min(step, day_seconds));
}

/// What a table calls its columns, and how its figures are read.
struct Format {
    std::string_view time;
    std::string_view figure;
    unsigned decimals;
    int64_t figure_max;
};

struct Row {
    uint64_t time;
    int64_t figure;
};

Result<Row> read_row(const Csv& table, size_t row, const Format& format, size_t time_column,
                     size_t figure_column) {
    const std::string& time_text = table.at(row, time_column);
    const std::string& figure_text = table.at(row, figure_column);
    std::optional<uint64_t> time = parse_time(time_text);
    if (const auto seconds = parse_scaled(time_text, 0); !time && seconds && *seconds >= 0)
        time = static_cast<uint64_t>(*seconds);
    if (!time) return in_row(row, format.time, time_text);
    const auto figure = parse_scaled(figure_text, format.decimals);
    if (!figure || *figure > format.figure_max) return in_row(row, format.figure, figure_text);
    return Row{*time, *figure};
}

/// Which of two formats a table has: raw samples when their column is there.
Result<bool> is_raw(const Csv& table, const Format& raw, const Format& sums) {
    if (table.column(raw.figure)) return true;
    TRY(column, table.column(sums.figure));
    (void)column;
    return false;
}

}  // namespace

uint64_t MeterSeries::produced() const {
    uint64_t out = 0;
    for (const MeterReading& reading : readings)
        if (reading.amount > 0) out += static_cast<uint64_t>(reading.amount);
    return out;
}

std::optional<int64_t> parse_scaled(std::string_view text, unsigned decimals) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view rest = point == text.npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() || (point != text.npos && rest.empty())) return std::nullopt;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(rest, is_digit))
        return std::nullopt;
    std::string digits{whole};
    for (unsigned i = 0; i < decimals; ++i) digits += i < rest.size() ? rest[i] : '0';
    uint64_t out = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (failure != std::errc{} || out > reading_amount_max) return std::nullopt;
    return is_negative ? -static_cast<int64_t>(out) : static_cast<int64_t>(out);
}

std::optional<uint64_t> parse_time(std::string_view text) {
    const auto day = parse_day(text);
    if (!day || text.size() == 10) return day;
    const auto hours = two_digits(text, 11, 23);
    const auto minutes = two_digits(text, 14, 59);
    const auto seconds = two_digits(text, 17, 59);
    if (!hours || !minutes || !seconds || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (text[10] != ' ' && text[10] != 'T') return std::nullopt;
    const auto offset = parse_offset(text.substr(19));
    if (!offset) return std::nullopt;
    const auto local = static_cast<int64_t>(*day + *hours * 3'600 + *minutes * 60 + *seconds);
    if (local < *offset) return std::nullopt;
    return static_cast<uint64_t>(local - *offset);
}

Result<std::vector<MeterSeries>> load_gpu_usage(const std::filesystem::path& file) {
    static constexpr Format raw{"timestamp", "duty_cycle_percent", 4, 100 * 10'000};
    static constexpr Format sums{"hour_start", "gpu_busy_seconds", 6, 3'600 * micro};
    TRY(table, Csv::load(file));
    TRY(samples, is_raw(table, raw, sums));
    const Format& format = samples ? raw : sums;
    TRY(time, table.column(format.time));
    TRY(node, table.column("node"));
    TRY(figure, table.column(format.figure));
    std::set<uint64_t> times;
    std::map<std::string, Collected> nodes;
    for (size_t row = 0; row < table.row_count(); ++row) {
        TRY(read, read_row(table, row, format, time, figure));
        if (read.figure < 0) return in_row(row, format.figure, table.at(row, figure));
        times.insert(read.time);
        nodes[table.at(row, node)].add(samples ? read.time : read.time + hour_seconds, read.figure);
    }
    if (nodes.empty()) return Error{.what = file.string() + ": there is no node in the table"};
    if (nodes.size() > series_max)
        return Error{.what =
                         file.string() + ": more than " + std::to_string(series_max) + " nodes"};
    const int64_t step = step_of(times);
    std::vector<MeterSeries> out;
    for (auto& [name, collected] : nodes) {
        out.push_back(std::move(collected).finish(name));
        // Percent times 10^4 is microseconds of each second.
        if (samples)
            for (MeterReading& reading : out.back().readings) reading.amount *= step;
    }
    return out;
}

Result<MeterSeries> load_solar_energy(const std::filesystem::path& file) {
    static constexpr Format raw{"measured_on", "ac_power", 3, 1'000'000'000'000};
    static constexpr Format sums{"day", "energy_wh", 0, 1'000'000'000};
    TRY(table, Csv::load(file));
    TRY(samples, is_raw(table, raw, sums));
    const Format& format = samples ? raw : sums;
    TRY(time, table.column(format.time));
    TRY(figure, table.column(format.figure));
    std::set<uint64_t> times;
    Collected collected;
    for (size_t row = 0; row < table.row_count(); ++row) {
        TRY(read, read_row(table, row, format, time, figure));
        if (read.figure < -format.figure_max)
            return in_row(row, format.figure, table.at(row, figure));
        times.insert(read.time);
        collected.add(samples ? read.time : read.time + day_seconds, read.figure);
    }
    MeterSeries out = std::move(collected).finish("array");
    if (out.readings.empty()) return Error{.what = file.string() + ": there is no reading"};
    // Milliwatts times seconds are millijoules.
    const int64_t factor = samples ? step_of(times) : millijoules_per_wh;
    for (MeterReading& reading : out.readings) reading.amount *= factor;
    return out;
}

}  // namespace plume
