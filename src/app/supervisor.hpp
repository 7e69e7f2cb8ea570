// Telling systemd how the node is, as sd_notify(3) describes: one datagram for each message to the
// socket that NOTIFY_SOCKET names. Without that variable nothing is said.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace plume {

class Supervisor {
public:
    /// `socket`: a path, or an abstract name that begins with '@'; empty for none.
    Supervisor(std::string socket, std::optional<std::chrono::microseconds> watchdog)
        : socket_(std::move(socket)), watchdog_(watchdog) {}
    /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, which are then taken out of the
    /// environment so that no child speaks for us.
    static Supervisor from_environment();

    /// Sends "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=...". False when nobody listens; a
    /// node goes on all the same.
    bool notify(std::string_view state) const;
    /// After how long a silence we are taken for dead; absent when nobody watches.
    std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

private:
    std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace plume
