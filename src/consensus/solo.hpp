// One producer: the thread that makes blocks when there is something to put into them, or at fixed
// intervals.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "base/thread.hpp"
#include "chain/chain.hpp"

namespace plume {

struct SoloOptions {
    /// Absent: a block as soon as a transaction waits or a scheduled call is due. Present: a block
    /// at this interval, empty or not.
    std::optional<std::chrono::milliseconds> block_time;
    /// Seconds since 1970.
    std::function<uint64_t()> clock;
};

/// The seconds since 1970 by the system's clock.
uint64_t system_clock_seconds();

/// Calls the five verbs on a thread of its own: the chain thread. While a block is executed, the
/// one before is written, and further transactions gather for the next: load makes blocks larger,
/// not later. All functions: any thread.
class Solo {
public:
    /// `chain` must outlive it. Starts at once.
    Solo(Chain& chain, SoloOptions options);
    /// Stops, and waits for the blocks under way.
    ~Solo();
    Solo(const Solo&) = delete;
    Solo& operator=(const Solo&) = delete;

    /// Makes no more blocks; those under way are finished. Whoever waits in `mine` is let go.
    void stop();

    /// Makes a block now, empty if need be, and waits until it is committed. Null when Solo is
    /// stopping.
    CommittedBlockPtr mine();

    /// The time of the next block; the clock goes on from there. An error when it lies before the
    /// head's or after `timestamp_max`.
    Result<void> set_next_timestamp(uint64_t timestamp);
    /// Moves the clock forward for good; returns how far it is ahead of the real one now, in
    /// seconds. An error when that leads beyond `timestamp_max`.
    Result<int64_t> increase_time(uint64_t seconds);
    /// The time a block made now would have.
    uint64_t now() const;

private:
    void run();
    void make_block(std::unique_lock<std::mutex>& lock);
    /// What `make_block` does while the lock is open; false when there was nothing for a block.
    bool build(const Proposal& proposal, bool even_if_empty, bool is_due, uint64_t serving);
    /// Waits for a reason to make a block; false when it is time to stop.
    bool wait_for_reason(std::unique_lock<std::mutex>& lock);
    void note_pending();
    /// Whether a scheduled call waits to be made now.
    bool is_call_due() const { return next_due_ && *next_due_ <= next_timestamp(); }
    /// Sleeps until something happens or the next scheduled call is due.
    void wait_for_call(std::unique_lock<std::mutex>& lock);
    uint64_t next_timestamp() const;

    Chain& chain_;
    const SoloOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;   ///< of the thread: something to do
    std::condition_variable mined_;  ///< of those who wait in `mine`
    bool is_stopping_ = false;
    bool has_pending_ = true;           ///< there may be something in the pool
    std::optional<uint64_t> next_due_;  ///< of scheduled calls
    uint64_t wanted_ = 0;               ///< calls of `mine` so far
    uint64_t begun_ = 0;                ///< how many of them have their block made
    uint64_t served_ = 0;               ///< ... and on disk
    CommittedBlockPtr last_mined_;
    std::chrono::steady_clock::time_point next_block_;
    int64_t offset_seconds_ = 0;              ///< the clock against the real one
    std::optional<uint64_t> next_timestamp_;  ///< of the next block only

    Chain::Subscription pending_;
    Thread thread_;  ///< last: it uses all of the above
};

}  // namespace plume
