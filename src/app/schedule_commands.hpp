// `plume schedule`: calls that the chain makes when they are due, by contracts/scheduler.hpp.
#pragma once

#include "app/calls.hpp"

namespace plume {

struct ScheduleOptions {
    ClientOptions client;
    SignerOptions signer;
    uint64_t id = 0;    ///< of a job; show and cancel only
    bool mine = false;  ///< list those of the signer only
    std::string to;     ///< what is called, as by `plume send`
    std::string function;
    std::vector<std::string> arguments;
    std::string at;          ///< when first: seconds since 1970, or "+" and seconds from now
    std::string every;       ///< "30", "30s", "12h", "7d" or "1month"; empty: once
    uint32_t count = 1;      ///< how many times
    uint64_t gas = 300'000;  ///< what a call may use
};

int run_schedule_list(const ScheduleOptions& options);
int run_schedule_show(const ScheduleOptions& options);
/// Prices the runs at twice the newest base fee, so that they are made when it rises.
int run_schedule_add(const ScheduleOptions& options);
int run_schedule_cancel(const ScheduleOptions& options);

/// A period as it is typed; nothing for what is none. A number of seconds, or one of "s", "m", "h",
/// "d", "month", "months" behind it.
struct Period {
    uint32_t length = 0;
    bool in_months = false;
};
std::optional<Period> parse_period(std::string_view text);

/// "once on 2026-01-31", "every month from 2026-01-31 on, 12 times".
std::string recurrence_text(uint64_t first_due, const Period& period, uint32_t count);

}  // namespace plume
