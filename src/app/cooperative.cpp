#include "app/cooperative.hpp"

#include <algorithm>

#include "base/calendar.hpp"

namespace plume {

namespace {

using calendar::day_seconds;

/// Before the first reading: when the co-op is founded.
constexpr uint64_t founding_days = 30;
/// After a month's end: when its revenue is distributed.
constexpr uint64_t due_seconds = 5 * day_seconds + day_seconds / 2;
/// Readings earlier than this leave no time to found anything.
constexpr uint64_t earliest = 365 * day_seconds;
/// And later than this, none that the calendar knows.
constexpr uint64_t latest = 253'000'000'000;
constexpr uint64_t bps_one = 10'000;

u256 part(const u256& amount, uint64_t of, uint64_t whole) {
    return amount * u256{of} / u256{whole};
}

uint64_t month_begin(uint64_t time) {
    const calendar::Date date = calendar::date_of(time);
    return calendar::time_of({date.year, date.month, 1});
}

/// The smallest time between two readings, a day at most.
uint64_t step_of(const std::vector<MeterReading>& readings) {
    uint64_t step = day_seconds;
    for (size_t i = 1; i < readings.size(); ++i)
        step = std::min(step, readings[i].time - readings[i - 1].time);
    return step;
}

void count_up(const MeterSeries& series, Cooperative& coop) {
    coop.readings.push_back({series.readings.front().time - coop.step, {}});
    for (const MeterReading& reading : series.readings) {
        const CounterReading& last = coop.readings.back();
        if (reading.time - last.at > coop.step) ++coop.gaps;
        if (reading.amount <= 0) ++coop.idle;
        const uint64_t made = reading.amount > 0 ? static_cast<uint64_t>(reading.amount) : 0;
        coop.capacity = std::max(coop.capacity, (made + coop.step - 1) / coop.step);
        coop.readings.push_back({reading.time, last.cumulative + u256{made}});
    }
    coop.capacity = std::max<uint64_t>(coop.capacity, 1);
}

/// A reading at midnight is the end of the day before: it belongs to the month that ends there. The
/// first one brings nothing and belongs to the first month.
Result<void> divide_into_months(Cooperative& coop) {
    const uint64_t first = month_begin(coop.readings[1].at - 1);
    const uint64_t last = coop.readings.back().at;
    size_t next = 0;
    for (uint64_t begin = first; begin < last;) {
        if (coop.months.size() == coop_months_max)
            return Error{.what = "the readings span more than " + std::to_string(coop_months_max) +
                                 " months"};
        CoopMonth month{.begins_at = begin, .ends_at = calendar::add_months(begin, 1)};
        month.due = month.ends_at + due_seconds;
        month.first_reading = next;
        while (next < coop.readings.size() && coop.readings[next].at <= month.ends_at) ++next;
        month.end_reading = next;
        const u256 before =
            month.first_reading == 0 ? u256{} : coop.readings[month.first_reading - 1].cumulative;
        month.energy = next == 0 ? u256{} : coop.readings[next - 1].cumulative - before;
        begin = month.ends_at;
        coop.months.push_back(month);
    }
    return {};
}

void share_out(Cooperative& coop) {
    u256 carried;
    u256 shared;
    std::array<u256, share_classes.size()> had{};
    for (CoopMonth& month : coop.months) {
        const u256 worth = month.energy * u256{coop.price} + carried;
        month.revenue = worth / u256{millijoules_per_kwh};
        carried = worth % u256{millijoules_per_kwh};
        month.reserve = part(month.revenue, reserve_bps, bps_one);
        shared += month.revenue - month.reserve;
        for (size_t i = 0; i < share_classes.size(); ++i) {
            ClassMonth& mine = month.classes[i];
            mine.gross = part(shared, shares_of_class(i), all_shares()) - had[i];
            mine.tax = part(mine.gross, share_classes[i].tax_bps, bps_one);
            mine.net = mine.gross - mine.tax;
            had[i] += mine.gross;
        }
    }
}

}  // namespace

uint64_t shares_of_class(size_t share_class) {
    uint64_t out = 0;
    for (const OwnerPlan& owner : owner_plans)
        if (owner.share_class == share_class) out += owner.shares;
    return out;
}

uint64_t all_shares() {
    uint64_t out = 0;
    for (const OwnerPlan& owner : owner_plans) out += owner.shares;
    return out;
}

u256 Cooperative::revenue() const {
    u256 out;
    for (const CoopMonth& month : months) out += month.revenue;
    return out;
}

u256 Cooperative::reserve() const {
    u256 out;
    for (const CoopMonth& month : months) out += month.reserve;
    return out;
}

ClassMonth Cooperative::due_to_class(size_t share_class) const {
    ClassMonth out;
    for (const CoopMonth& month : months) {
        out.gross += month.classes[share_class].gross;
        out.tax += month.classes[share_class].tax;
        out.net += month.classes[share_class].net;
    }
    return out;
}

u256 Cooperative::due_to_owner(size_t owner) const {
    const OwnerPlan& plan = owner_plans[owner];
    return part(due_to_class(plan.share_class).net, plan.shares, shares_of_class(plan.share_class));
}

Result<Cooperative> plan_cooperative(const MeterSeries& series, uint64_t price) {
    if (series.readings.empty()) return Error{.what = "there is no reading"};
    if (series.readings.size() > coop_readings_max)
        return Error{.what =
                         "there are more than " + std::to_string(coop_readings_max) + " readings"};
    if (series.readings.front().time < earliest)
        return Error{.what = "the readings begin before 1971"};
    if (series.readings.back().time > latest)
        return Error{.what = "the readings end after the year 9986"};
    if (price == 0 || price > energy_price_max)
        return Error{.what = "the price of a kWh is 1 to " + std::to_string(energy_price_max) +
                             " units"};
    Cooperative coop{.price = price, .repeated = series.repeated};
    coop.step = step_of(series.readings);
    count_up(series, coop);
    const uint64_t begins_at = coop.readings.front().at;
    coop.founded_at = begins_at - begins_at % day_seconds - founding_days * day_seconds;
    if (auto divided = divide_into_months(coop); !divided) return std::move(divided).error();
    coop.lost_after = (coop.months.size() - 1) / 2;
    share_out(coop);
    return coop;
}

}  // namespace plume
