// How a running node hears that it is to stop, or to read its configuration anew.
//
// SIGINT and SIGTERM ask it to stop, which it does within `stop_time_max`. A second one ends the
// process at once, with the exit code 130 or 143: what was acknowledged is on disk all the same.
#pragma once

#include <chrono>
#include <functional>

namespace plume {

/// The longest that an orderly end may take.
inline constexpr std::chrono::milliseconds stop_time_max{4'500};

/// To be called before any other thread is made. With `catches_hangup`, SIGHUP does not end the
/// process either.
void catch_stop_signals(bool catches_hangup = false);

struct Meanwhile {
    std::chrono::milliseconds tick{1'000};
    std::function<void()> on_tick{};    ///< about once a tick; may be empty
    std::function<void()> on_hangup{};  ///< for each SIGHUP that is caught
};

/// Blocks until the process is told to stop. To be called by the first thread of the program, after
/// `catch_stop_signals`.
void wait_for_stop_signal(const Meanwhile& meanwhile = {});

/// From now on a second signal ends the process at once, and so does `patience`: then with the exit
/// code that `late` gives, which is called on another thread. For the end of the program only.
void end_in_time(std::chrono::milliseconds patience, std::function<int()> late);

}  // namespace plume
