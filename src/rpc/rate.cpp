#include "rpc/rate.hpp"

#include <algorithm>

namespace plume::rpc {

double RateLimit::left_at(const Bucket& bucket, Time now) const {
    const std::chrono::duration<double> seconds = now - bucket.filled;
    return std::min(full(), bucket.left + seconds.count() * static_cast<double>(per_second_));
}

void RateLimit::forget_full(Time now) {
    // Looking through all of them for each newcomer would be work that newcomers make.
    if (now - forgotten_ < std::chrono::seconds(1)) return;
    forgotten_ = now;
    std::erase_if(buckets_,
                  [&](const auto& entry) { return left_at(entry.second, now) >= full(); });
}

bool RateLimit::take(const std::string& address, size_t count, Time now) {
    if (per_second_ == 0) return true;
    if (buckets_.size() >= addresses_max) forget_full(now);
    const bool has_room = buckets_.size() < addresses_max || buckets_.contains(address);
    Bucket& bucket =
        buckets_.try_emplace(has_room ? address : std::string(), Bucket{full(), now}).first->second;
    bucket.left = left_at(bucket, now);
    bucket.filled = now;
    if (bucket.left < 1) return false;
    bucket.left -= static_cast<double>(count);
    return true;
}

}  // namespace plume::rpc
