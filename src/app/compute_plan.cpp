#include "app/compute_plan.hpp"

#include <algorithm>
#include <set>

namespace plume {

namespace {

constexpr uint64_t day_seconds = 86'400;
constexpr uint64_t hour_seconds = 3'600;
constexpr uint64_t microseconds = 1'000'000;

uint64_t round_up(uint64_t time, uint64_t step) {
    return (time + step - 1) / step * step;
}

u256 busy_within(const MeterSeries& node, uint64_t after, uint64_t to) {
    const auto [begin, end] = readings_within(node, after, to);
    u256 out;
    for (size_t i = begin; i < end; ++i)
        out += u256{static_cast<uint64_t>(node.readings[i].amount)};
    return out;
}

Result<void> require_possible(const MeterSeries& node, uint64_t opens_at) {
    uint64_t before = opens_at;
    for (const auto& [time, amount] : node.readings) {
        const u256 possible = u256{time - before} * u256{microseconds};
        if (amount < 0 || u256{static_cast<uint64_t>(amount)} > possible)
            return Error{.what = "node " + node.name + " is busy for " + std::to_string(amount) +
                                 " microseconds in the " + std::to_string(time - before) +
                                 " seconds up to " + std::to_string(time)};
        before = time;
    }
    return {};
}

/// The node that is caught, and the one that is let.
void choose_nodes(const std::vector<MeterSeries>& nodes, ComputePlan& plan) {
    plan.rogue = nodes.size() - 1;
    int best = 0;
    for (size_t i = 0; i < nodes.size(); ++i) {
        const bool before = !busy_within(nodes[i], plan.opens_at, plan.sale_at).is_zero();
        const bool after = !busy_within(nodes[i], plan.sale_at, ~uint64_t{0}).is_zero();
        const int fitness = before ? (after ? 2 : 1) : 0;
        if (fitness < best) continue;
        best = fitness;
        plan.rogue = i;
    }
    plan.let = plan.rogue == 0 && nodes.size() > 1 ? 1 : 0;
    const u256 half = busy_within(nodes[plan.let], plan.opens_at,
                                  plan.let == plan.rogue ? plan.sale_at : ~uint64_t{0}) /
                      u256{2u};
    plan.let_hours = std::max<uint64_t>(1, (half / u256{gpu_hour_microseconds}).low64());
    plan.let_price = u256{plan.let_hours} * u256{gpu_hour_price};
}

void fill_periods(const std::vector<MeterSeries>& nodes, ComputePlan& plan) {
    u256 left = u256{plan.let_hours} * u256{gpu_hour_microseconds};
    u256 carried;
    for (ComputePeriod& period : plan.periods) {
        for (size_t i = 0; i < nodes.size(); ++i) {
            if (i == plan.rogue && period.begins_at >= plan.sale_at) continue;
            const u256 busy = busy_within(nodes[i], period.begins_at, period.ends_at);
            period.busy += busy;
            if (i == plan.let) period.used = std::min(busy, left);
        }
        left -= period.used;
        const u256 due = (period.busy - period.used) * u256{gpu_hour_price} + carried;
        period.revenue = due / u256{gpu_hour_microseconds};
        carried = due - period.revenue * u256{gpu_hour_microseconds};
    }
}

}  // namespace

std::pair<size_t, size_t> readings_within(const MeterSeries& node, uint64_t after, uint64_t to) {
    const auto begin = std::ranges::upper_bound(node.readings, after, {}, &MeterReading::time);
    const auto end = std::ranges::upper_bound(node.readings, to, {}, &MeterReading::time);
    return {static_cast<size_t>(begin - node.readings.begin()),
            static_cast<size_t>(end - node.readings.begin())};
}

Result<ComputePlan> plan_compute(const std::vector<MeterSeries>& nodes) {
    uint64_t first = ~uint64_t{0};
    uint64_t last = 0;
    std::set<uint64_t> ends;
    for (const MeterSeries& node : nodes)
        for (const MeterReading& reading : node.readings) {
            first = std::min(first, reading.time);
            last = std::max(last, reading.time);
            ends.insert(round_up(reading.time, day_seconds));
        }
    if (ends.empty()) return Error{.what = "there is no reading"};
    if (first <= 3 * day_seconds)
        return Error{.what = "the first reading is of " + std::to_string(first) +
                             " seconds after 1970: before any such node"};
    ComputePlan plan;
    // A day before that of the first reading, so that it too can have lasted for as long.
    plan.opens_at = round_up(first, day_seconds) - 2 * day_seconds;
    plan.founded_at = plan.opens_at - day_seconds;
    plan.sale_at = round_up(first + (last - first) / 2, hour_seconds);
    ends.insert(plan.sale_at);
    for (const MeterSeries& node : nodes)
        if (auto possible = require_possible(node, plan.opens_at); !possible)
            return std::move(possible).error();
    uint64_t before = plan.opens_at;
    for (const uint64_t end : ends) {
        plan.periods.push_back(
            {.begins_at = before, .ends_at = end, .busy = {}, .used = {}, .revenue = {}});
        before = end;
    }
    choose_nodes(nodes, plan);
    fill_periods(nodes, plan);
    return plan;
}

u256 ComputePlan::revenue() const {
    u256 out = let_price;
    for (const ComputePeriod& period : periods) out += period.revenue;
    return out;
}

u256 ComputePlan::busy() const {
    u256 out;
    for (const ComputePeriod& period : periods) out += period.busy;
    return out;
}

u256 ComputePlan::used() const {
    u256 out;
    for (const ComputePeriod& period : periods) out += period.used;
    return out;
}

std::array<u256, share_holder_count> ComputePlan::dues() const {
    u256 earlier = let_price;
    u256 later;
    for (const ComputePeriod& period : periods)
        (period.ends_at <= sale_at ? earlier : later) += period.revenue;
    std::array<u256, share_holder_count> out;
    for (size_t i = 0; i < share_holder_count; ++i) {
        uint64_t after = first_shares[i];
        if (i == seller) after -= sold_shares;
        if (i == share_buyer) after += sold_shares;
        out[i] = (earlier * u256{first_shares[i]} + later * u256{after}) / u256{share_supply};
    }
    return out;
}

}  // namespace plume
