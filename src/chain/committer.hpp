// The last step of the pipeline: blocks that have been executed go to the disk in their order, on a
// thread of their own, while the next ones are executed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/thread.hpp"
#include "chain/tip.hpp"

namespace plume {

/// Hands blocks to a function that makes them durable. Those that come while it works are given to
/// it together the next time, so that one sync serves them all.
class Committer {
public:
    /// Blocks that have been executed and are not durable: one that is being written, and those
    /// that gather meanwhile. It bounds what a crash undoes, and memory.
    static constexpr size_t under_way_max = 3;

    struct Job {
        BlockUnderWayPtr block;
        /// Called on this object's thread once the block is durable.
        std::function<void(const CommittedBlockPtr&)> done;
    };
    /// Makes blocks durable that follow one another; when it returns, they are. It does not fail: a
    /// disk that does stops the process.
    using Write = std::function<void(std::span<const Job>)>;

    explicit Committer(Write write);
    /// Returns when all that was handed over is durable.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Takes a block, the child of the one before, and returns when there is room for another:
    /// fewer than `under_way_max` under way. One thread.
    void add(Job job);
    /// Returns when nothing is under way. Any thread.
    void settle();
    /// When the oldest block under way was handed over; nothing when none is. A disk that hangs
    /// shows here. Any thread; never waits for the disk.
    std::optional<std::chrono::steady_clock::time_point> busy_since() const;

private:
    void run();

    const Write write_;
    using Clock = std::chrono::steady_clock;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Job> waiting_;
    size_t writing_ = 0;
    Clock::time_point waiting_since_;  ///< of the first of `waiting_`
    Clock::time_point writing_since_;  ///< the same, of those that are being written
    bool is_stopping_ = false;
    Thread thread_;  ///< last: it uses all of the above
};

}  // namespace plume
