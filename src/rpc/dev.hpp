// What development mode may do to a chain's clock and blocks.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.hpp"

namespace plume::rpc {

/// Handed in by whoever drives the chain, as this layer does not see it. Any thread.
struct DevControls {
    /// The next block's timestamp, in seconds since 1970; later ones follow from there. An error
    /// when no block may have it.
    std::function<Result<void>(uint64_t timestamp)> set_next_timestamp;
    /// Moves the clock forward; returns by how many seconds it is ahead in all.
    std::function<Result<int64_t>(uint64_t seconds)> increase_time;
    /// Makes a block now, though nothing may be pending, and returns when it is committed.
    std::function<Result<void>()> mine;
};

}  // namespace plume::rpc
