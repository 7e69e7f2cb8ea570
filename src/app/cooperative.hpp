// The plan of a solar co-op: how its shares are split, what its meter says and when, what the grid
// pays for each month, and what of that is due to whom. A pure function of what the array made, so
// that a test can work out every amount on its own.
//
// Money runs down in this order, each step rounded down, the rest staying in the books it is in:
//   revenue of a month   (energy * price + what the months before left) / energy of a kWh
//   reserve              `reserve_bps` of it
//   a class of shares    in proportion, of all that was shared out so far, less what it has had
//   tax                  the class's rate of what it gets
//   an owner             in proportion, of all that his class has had after tax
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "app/readings.hpp"
#include "base/u256.hpp"

namespace plume {

/// Of a price per kWh in millionths of cUSD, the currency's units.
inline constexpr uint64_t default_energy_price = 85'000;
inline constexpr uint64_t energy_price_max = 1'000'000'000;
inline constexpr uint64_t millijoules_per_kwh = 3'600'000'000;

/// A co-op's data: readings, and calendar months from the first to the last.
inline constexpr size_t coop_readings_max = 120'000;
inline constexpr size_t coop_months_max = 120;

inline constexpr uint16_t reserve_bps = 300;

/// Owners hold shares of a class; what is withheld differs from class to class.
struct ShareClass {
    std::string_view name;
    std::string_view symbol;
    uint16_t tax_bps = 0;
};
inline constexpr std::array<ShareClass, 2> share_classes{
    {{"resident", "SUN-R", 0}, {"non-resident", "SUN-N", 1'500}}};

/// An owner and his shares of his class.
struct OwnerPlan {
    std::string_view name;
    size_t share_class = 0;
    uint64_t shares = 0;
};
inline constexpr std::array<OwnerPlan, 9> owner_plans{{{"Ada", 0, 250},
                                                       {"Ben", 0, 175},
                                                       {"Cleo", 0, 125},
                                                       {"Dov", 0, 90},
                                                       {"Esi", 0, 107},
                                                       {"Femi", 1, 140},
                                                       {"Gus", 1, 61},
                                                       {"Hana", 1, 33},
                                                       {"Ilya", 1, 19}}};
/// Who loses his key.
inline constexpr size_t lost_owner = 5;

/// Where the counter stands at a time.
struct CounterReading {
    uint64_t at = 0;
    u256 cumulative;  ///< millijoules made
};

/// What one class gets of a month.
struct ClassMonth {
    u256 gross;
    u256 tax;
    u256 net;
};

struct CoopMonth {
    uint64_t begins_at = 0;  ///< its first second, UTC
    uint64_t ends_at = 0;    ///< the first second of the next
    uint64_t due = 0;        ///< when the scheduler distributes it
    size_t first_reading = 0;
    size_t end_reading = 0;  ///< its readings are [first, end) of the plan's
    u256 energy;             ///< millijoules
    u256 revenue;
    u256 reserve;
    std::array<ClassMonth, share_classes.size()> classes;
};

struct Cooperative {
    uint64_t founded_at = 0;
    uint64_t step = 0;                     ///< seconds between readings; more is a gap
    uint64_t price = 0;                    ///< units per kWh
    uint64_t capacity = 0;                 ///< millijoules the array makes in a second at most
    std::vector<CounterReading> readings;  ///< the first one, of zero, is where counting begins
    size_t idle = 0;                       ///< readings that made nothing, or less
    size_t gaps = 0;
    size_t repeated = 0;
    std::vector<CoopMonth> months;
    size_t lost_after = 0;  ///< the month after which `lost_owner` loses his key

    u256 energy() const { return readings.back().cumulative; }
    u256 revenue() const;
    u256 reserve() const;
    ClassMonth due_to_class(size_t share_class) const;
    /// Over all months, whoever holds the key.
    u256 due_to_owner(size_t owner) const;
};

uint64_t shares_of_class(size_t share_class);
uint64_t all_shares();

/// Refused beyond the bounds above, and for readings before 1971 or after 9986.
Result<Cooperative> plan_cooperative(const MeterSeries& series, uint64_t price);

}  // namespace plume
