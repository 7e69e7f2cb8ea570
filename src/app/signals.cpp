#include "app/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/log.hpp"

namespace plume {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t out;
    sigemptyset(&out);
    for (const int signal : signals) sigaddset(&out, signal);
    return out;
}

/// The signal of `signals` that came within `patience`; -1 for none.
int wait_for(const sigset_t& signals, std::chrono::milliseconds patience) {
    const timespec limit{.tv_sec = patience.count() / 1'000,
                         .tv_nsec = (patience.count() % 1'000) * 1'000'000};
    return sigtimedwait(&signals, nullptr, &limit);
}

[[noreturn]] void end_now(int code) {
    log::flush();
    std::_Exit(code);
}

}  // namespace

void catch_stop_signals(bool catches_hangup) {
    sigset_t signals = set_of({SIGINT, SIGTERM});
    if (catches_hangup) sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void wait_for_stop_signal(const Meanwhile& meanwhile) {
    sigset_t signals = set_of({SIGINT, SIGTERM});
    if (meanwhile.on_hangup) sigaddset(&signals, SIGHUP);
    for (;;) {
        const int received = wait_for(signals, meanwhile.tick);
        if (received == SIGINT || received == SIGTERM) {
            log::info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
            return;
        }
        if (received == SIGHUP) meanwhile.on_hangup();
        if (meanwhile.on_tick) meanwhile.on_tick();
    }
}

void end_in_time(std::chrono::milliseconds patience, std::function<int()> late) {
    std::thread([patience, late = std::move(late)] {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        const sigset_t signals = set_of({SIGINT, SIGTERM});
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0) end_now(late());
            const int received = wait_for(signals, left);
            if (received <= 0) continue;
            constexpr int by_signal = 128;  // As a shell tells of a process that a signal ended.
            log::warn("a second signal: leaving at once");
            end_now(by_signal + received);
        }
    }).detach();
}

}  // namespace plume
