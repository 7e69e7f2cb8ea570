#include "rpc/leniency.hpp"

#include <algorithm>

namespace plume::rpc {

void Leniency::charge_long(std::chrono::nanoseconds took, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (now >= window_end_) {
        window_end_ = now + window;
        used_ = {};
    }
    used_ += std::min<std::chrono::nanoseconds>(took, charge_max);
    if (used_ >= allowance_max) end(now);
}

}  // namespace plume::rpc
