#include "app/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>

namespace plume {

namespace {

/// The variable's value, which it loses.
std::string taken(const char* name) {
    const char* value = std::getenv(name);
    std::string out = value == nullptr ? "" : value;
    unsetenv(name);
    return out;
}

}  // namespace

Supervisor Supervisor::from_environment() {
    const std::string socket = taken("NOTIFY_SOCKET");
    const std::string microseconds = taken("WATCHDOG_USEC");
    const std::string process = taken("WATCHDOG_PID");
    const unsigned long long count = std::strtoull(microseconds.c_str(), nullptr, 10);
    const bool is_for_us = process.empty() || process == std::to_string(getpid());
    if (count == 0 || !is_for_us) return {socket, std::nullopt};
    return {socket, std::chrono::microseconds(count)};
}

bool Supervisor::notify(std::string_view state) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path) return false;
    if (socket_[0] != '/' && socket_[0] != '@') return false;
    socket_.copy(address.sun_path, socket_.size());
    if (socket_[0] == '@') address.sun_path[0] = '\0';
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    const ssize_t sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&address), size);
    ::close(descriptor);
    return sent == static_cast<ssize_t>(state.size());
}

}  // namespace plume
