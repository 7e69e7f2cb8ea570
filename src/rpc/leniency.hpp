// How long an address may keep the others of a loop waiting.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace plume::rpc {

/// Requests are answered where they are read as long as they are brief. Whose are not loses that
/// for a while, and has them answered by workers, who take addresses in turn. Any thread.
class Leniency {
public:
    using Clock = std::chrono::steady_clock;

    /// What takes less is brief and costs nothing.
    static constexpr std::chrono::microseconds brief_max{200};
    /// What takes longer counts as no more: a loop waits for no longer, and it may have had no
    /// processor.
    static constexpr std::chrono::microseconds charge_max{8'000};
    /// How much of that an address may use up in any one window.
    static constexpr std::chrono::microseconds allowance_max{10'000};
    static constexpr std::chrono::milliseconds window{100};
    /// For how long it is over then.
    static constexpr std::chrono::seconds pause{1};

    bool is_over() const {
        const auto until = until_.load();
        return until != Clock::time_point() && until > Clock::now();
    }
    /// Whether nothing is held against an address: all of it may be forgotten.
    bool is_clean(Clock::time_point now) {
        const std::lock_guard lock(mutex_);
        return !is_over() && window_end_ <= now;
    }
    /// A request took so long, until `now`.
    void charge(std::chrono::nanoseconds took, Clock::time_point now) {
        if (took >= brief_max) charge_long(took, now);
    }
    /// A request took too long by any measure.
    void end(Clock::time_point now) { until_ = now + pause; }

private:
    void charge_long(std::chrono::nanoseconds took, Clock::time_point now);

    std::atomic<Clock::time_point> until_{};
    std::mutex mutex_;  ///< of what follows
    Clock::time_point window_end_{};
    std::chrono::nanoseconds used_{};
};

}  // namespace plume::rpc
