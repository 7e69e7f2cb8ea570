// Keeps the history of a chain as long as it was asked to be, and no longer.
//
// The store refuses the states before the newest `history` at once; what they take on disk is
// removed now and then, in small steps with pauses between, beside blocks that are committed. A
// sweep reads all of the history, so it waits until a quarter as many blocks have come as are kept:
// a data directory has at most the history of 5/4 of them, and some. A process that ends in the
// middle of one goes on when it is started again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/thread.hpp"
#include "store/store.hpp"

namespace plume {

/// Blocks between two sweeps at least.
inline constexpr uint64_t prune_stride_min = 64;

/// Removes on a thread of its own what is older than `history` states, at least one. Not for a
/// development chain, which is rewound. `store` has a head and must outlive it.
class Pruner {
public:
    Pruner(Store& store, uint64_t history);
    /// Ends the step that is under way.
    ~Pruner();
    Pruner(const Pruner&) = delete;
    Pruner& operator=(const Pruner&) = delete;

    /// Tells of a new head. Never waits. Any thread.
    void on_head(uint64_t number);

private:
    void run();
    /// The newest head, when it is not `seen`; nothing when it is to stop.
    std::optional<uint64_t> wait(std::optional<uint64_t> seen);
    bool is_due(uint64_t head) const;
    /// False when it was stopped.
    bool sweep();
    void reclaim();
    /// False when it is to stop.
    bool pause();

    Store& store_;
    const uint64_t history_;
    std::mutex mutex_;
    std::condition_variable changed_;
    uint64_t head_;
    std::atomic<bool> is_stopping_ = false;
    Thread thread_;  ///< last: it uses all of the above
};

}  // namespace plume
