// How many requests an address may make: a bucket for each, filled at a steady rate.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

namespace plume::rpc {

/// One thread. Times must not go back.
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Addresses that are remembered. Beyond it, those not yet known share one bucket.
    static constexpr size_t addresses_max = 65'536;
    /// A bucket holds what comes in in so many seconds: how long a burst at twice the rate may
    /// last.
    static constexpr uint64_t burst_seconds = 2;

    /// `per_second` requests; 0: as many as anybody likes.
    explicit RateLimit(uint64_t per_second) : per_second_(per_second) {}

    /// Whether there is a limit at all. Any thread.
    bool is_on() const { return per_second_ != 0; }
    /// Whether `address` may make `count` requests now. A count that is larger than what is left
    /// is let pass when there is anything left at all, and has to be waited for afterwards.
    bool take(const std::string& address, size_t count, Time now);

private:
    struct Bucket {
        double left = 0;  ///< below 0 after a large count
        Time filled{};
    };

    double full() const { return static_cast<double>(per_second_ * burst_seconds); }
    double left_at(const Bucket& bucket, Time now) const;
    /// Drops the buckets that are full again, and so as good as unknown.
    void forget_full(Time now);

    const uint64_t per_second_;
    std::unordered_map<std::string, Bucket> buckets_;
    Time forgotten_{};  ///< when that was last done
};

}  // namespace plume::rpc
