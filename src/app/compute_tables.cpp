#include "app/compute.hpp"
#include "app/text.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace {

constexpr unsigned hour_decimals = 3;

std::string money(const u256& amount) {
    return format_amount(amount, dollar_decimals);
}

/// Thousandths of an hour, cut off.
std::string hours(const u256& microseconds) {
    return format_amount(microseconds / u256{gpu_hour_microseconds / 1'000}, hour_decimals);
}

}  // namespace

std::string render(const ComputeReport& report, const ComputeCast& cast,
                   const std::vector<MeterSeries>& nodes, const ComputePlan& plan) {
    using enum TextTable::Align;
    TextTable counters({{"node"}, {"readings", right}, {"GPU-hours", right}, {"note"}});
    for (size_t i = 0; i < nodes.size(); ++i)
        counters.add(
            {nodes[i].name, std::to_string(nodes[i].readings.size()), hours(report.counted[i]),
             i == plan.rogue ? "suspended: rolled its counter back"
             : i == plan.let ? std::to_string(plan.let_hours) + " hours sold in advance, " +
                                   hours(report.used) + " used"
                             : ""});
    TextTable periods({{"up to"}, {"GPU-hours", right}, {"sold before", right}, {"cUSD", right}});
    for (const ComputePeriod& period : plan.periods)
        periods.add(
            {format_day(period.ends_at - 1) + (period.ends_at == plan.sale_at ? ", the sale" : ""),
             hours(period.busy), hours(period.used), money(period.revenue)});
    TextTable holders({{"holder"}, {"shares at first", right}, {"cUSD claimed", right}, {"note"}});
    for (size_t i = 0; i < cast.holders.size(); ++i) {
        std::string note;
        if (i == 0) note = std::to_string(report.scheduled) + " claims by the Scheduler";
        if (i == pledger) note = std::to_string(pledged_shares) + " pledged";
        if (i == seller) note = std::to_string(sold_shares) + " sold";
        if (i == share_buyer) note = std::to_string(sold_shares) + " bought";
        holders.add({cast.holders[i].name, std::to_string(first_shares[i]),
                     money(report.claimed_by[i]), note});
    }
    std::string faults;
    for (const std::string& fault : report.faults) faults += "WRONG: " + fault + "\n";
    return "\n" + std::to_string(nodes.size()) + " nodes, shares " + to_checksum(report.token) +
           "\n\n" + counters.render() + "\n" + periods.render() + "\n" + holders.render() + "\n" +
           std::to_string(report.readings) + " readings metered, " +
           std::to_string(report.skipped) + " turned away\n" + faults + "paid in " +
           money(report.paid_in) + " cUSD = claimed " + money(report.claimed) + " cUSD + held " +
           money(report.held) + " cUSD" + (report.is_balanced() ? "" : "  DOES NOT BALANCE") + "\n";
}

}  // namespace plume
