// What is due to whom when GPU nodes are let by the hour: worked out from their readings alone.
//
// Time is cut into periods that end with each UTC day of the data, and once more with the hour in
// which half of the data's time has passed, when shares are sold. A reading belongs to the period
// that it ends in: one at the very end is in.
//
//   right    one node is let for whole GPU-hours, paid in advance: half of what it is busy, at
//            least one hour. It is used up by what that node is busy, first come, first served.
//   rogue    the last node, by name, that is busy before the sale and after it, or else before it.
//            It is caught right after the sale, and nothing that it says later counts. The node
//            that is let is another, if there is one.
//   revenue  of a period: all that counts and is not covered by the right, at the price. Rounded
//            down to the unit; what is left of the division is carried to the next period.
//   parts    revenue goes to the holders by their shares when the period ends. What a holder is due
//            in all is rounded down once.
#pragma once

#include <array>

#include "app/readings.hpp"
#include "base/u256.hpp"

namespace plume {

inline constexpr unsigned dollar_decimals = 6;
/// Units of cUSD for an hour of a GPU.
inline constexpr uint64_t gpu_hour_price = 2'150'000;
inline constexpr uint64_t gpu_hour_microseconds = 3'600'000'000;

/// Shares of the nodes, all together, and those who hold them; the last one begins with none.
inline constexpr uint64_t share_supply = 1'000'000;
inline constexpr size_t share_holder_count = 5;
inline constexpr std::array<uint64_t, share_holder_count> first_shares{400'001, 299'999, 200'003,
                                                                       99'997, 0};
/// Who pledges, who sells, who buys, by their places above.
inline constexpr size_t pledger = 1;
inline constexpr size_t seller = 2;
inline constexpr size_t share_buyer = 4;
inline constexpr uint64_t pledged_shares = share_supply / 10;
inline constexpr uint64_t sold_shares = 123'457;
inline constexpr uint64_t share_price = 1'000'000;  ///< units of cUSD

struct ComputePeriod {
    uint64_t begins_at = 0;  ///< exclusive
    uint64_t ends_at = 0;    ///< inclusive
    u256 busy;               ///< microseconds of all nodes that count
    u256 used;               ///< of those, covered by the right
    u256 revenue;
};

struct ComputePlan {
    uint64_t founded_at = 0;
    uint64_t opens_at = 0;  ///< when every counter stands at zero
    uint64_t sale_at = 0;   ///< the end of a period
    size_t rogue = 0;
    size_t let = 0;
    uint64_t let_hours = 0;
    u256 let_price;  ///< revenue as well, before the first period
    std::vector<ComputePeriod> periods;

    u256 revenue() const;
    /// Of all periods together.
    u256 busy() const;
    u256 used() const;
    /// What each holder is due in the end.
    std::array<u256, share_holder_count> dues() const;
};

/// An error when a node says that it was busy for longer than the time that has passed, or when the
/// data begin in the first days of 1970.
Result<ComputePlan> plan_compute(const std::vector<MeterSeries>& nodes);

/// The readings of a node that a period has: from the first number up to, without, the second.
std::pair<size_t, size_t> readings_within(const MeterSeries& node, uint64_t after, uint64_t to);

}  // namespace plume
