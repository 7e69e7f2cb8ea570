// One producer: the thread that makes blocks when there is something to put into them, or at fixed
// intervals.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "base/thread.hpp"
#include "chain/chain.hpp"
#include "evm/tracer.hpp"

namespace plume {

/// A block that was made, how long it took, and what was not right about it.
struct BlockReport {
    CommittedBlockPtr block;
    std::chrono::nanoseconds propose{0};
    std::chrono::nanoseconds execute{0};  ///< with the state's root
    std::chrono::nanoseconds commit{0};   ///< from then until it was on disk and told
    size_t alarms = 0;                    ///< transactions undone as they broke an invariant
    size_t refused = 0;                   ///< transactions that turned out invalid
};

/// When blocks are made without being asked for.
enum class Mining : uint8_t {
    automatic,    ///< as soon as a transaction waits or a scheduled call is due
    at_interval,  ///< empty or not
    manual,       ///< never
};

/// Under load transactions gather for a while before the next block, as each block has a price of
/// its own: the tops of the tries, which are hashed and written once, and a sync of the disk. The
/// wait ends when no more have come for `step`, or `time_max` after the last block began.
struct Gathering {
    /// Load is when the last block held so many transactions or more.
    size_t count_min = 16;
    std::chrono::microseconds step{2'000};
    std::chrono::microseconds time_max{40'000};
};

struct SoloOptions {
    /// Absent: a block as soon as a transaction waits or a scheduled call is due. Present: a block
    /// at this interval, empty or not.
    std::optional<std::chrono::milliseconds> block_time;
    /// Seconds since 1970.
    std::function<uint64_t()> clock;
    /// Hears of each block once it is on disk, in order, as the chain's subscribers do; may be
    /// empty.
    std::function<void(const BlockReport&)> on_block{};
    /// Makes no blocks but those asked for; `block_time` is absent then.
    bool is_manual = false;
    /// Each block is later than its parent, by a second at least: for development chains, as their
    /// users know it from others. Blocks that come faster than that lead the clock.
    bool is_strict = false;
    /// Lets blocks be watched while they run; null: nobody.
    std::function<std::unique_ptr<Tracer>()> tracer{};
    /// Of automatic blocks.
    Gathering gathering{};
};

/// The seconds since 1970 by the system's clock.
uint64_t system_clock_seconds();

/// Calls the five verbs on a thread of its own: the chain thread. While a block is executed, the
/// one before is written, and further transactions gather for the next: load makes blocks larger.
/// All functions: any thread.
class Solo {
public:
    /// `chain` must outlive it. Starts at once.
    Solo(Chain& chain, SoloOptions options);
    /// Stops, and waits for the blocks under way.
    ~Solo();
    Solo(const Solo&) = delete;
    Solo& operator=(const Solo&) = delete;

    /// Makes no more blocks; those under way are finished. Whoever waits in `mine` or
    /// `between_blocks` is let go.
    void stop();

    /// Makes a block now, empty if need be, and waits until it is committed. Null when Solo is
    /// stopping.
    CommittedBlockPtr mine();

    /// Runs `work` on the chain thread while no block is under way, and waits for it. False, and
    /// nothing was done, when Solo is stopping. Not to be called from within `work`.
    bool between_blocks(const std::function<void()>& work);

    Mining mining() const;
    /// The time between blocks while they come at intervals.
    std::chrono::milliseconds interval() const;
    void set_mining(Mining mining);
    /// Blocks at this interval from now on.
    void set_interval(std::chrono::milliseconds interval);

    /// Each block is to be this many seconds after its parent, whatever the clock says; absent: the
    /// clock counts.
    void set_timestamp_interval(std::optional<uint64_t> seconds);

    /// How far the clock is ahead, to come back to by `resume_clock`.
    struct ClockMark {
        int64_t time = 0;  ///< as the clock showed it then, in seconds since 1970
        std::optional<uint64_t> next_timestamp;
    };
    ClockMark mark_clock() const;
    /// Lets the clock go on from where it was at `mark`.
    void resume_clock(const ClockMark& mark);
    /// Goes by the real clock again.
    void reset_clock();

    /// The time of the next block; the clock goes on from there. An error when it lies before the
    /// head's or after `timestamp_max`.
    Result<void> set_next_timestamp(uint64_t timestamp);
    /// Sets the clock; returns how many seconds that moves it by against the real one. It may lie
    /// before the head, whose time then holds until the clock has come there.
    Result<int64_t> set_time(uint64_t timestamp);
    /// Moves the clock forward for good; returns how far it is ahead of the real one now, in
    /// seconds. An error when that leads beyond `timestamp_max`.
    Result<int64_t> increase_time(uint64_t seconds);
    /// The time a block made now would have.
    uint64_t now() const;

    /// When the chain thread last went round its loop. It does so after each block and when it is
    /// nudged, so one that neither works nor waits is found by its silence. Takes no lock.
    std::chrono::steady_clock::time_point last_beat() const { return last_beat_; }
    void nudge() { wake_.notify_one(); }
    /// Whether the chain thread has made its last block. Takes no lock.
    bool is_finished() const { return is_finished_; }

private:
    /// A visitor of the chain thread; belongs to the one who waits for it.
    struct Work {
        const std::function<void()>& run;
        bool is_taken = false;
        bool is_done = false;
    };

    void run();
    void do_work(std::unique_lock<std::mutex>& lock);
    void make_block(std::unique_lock<std::mutex>& lock);
    /// What `make_block` does while the lock is open; false when there was nothing for a block.
    bool build(const Proposal& proposal, bool even_if_empty, bool is_due, uint64_t serving,
               BlockReport report);
    /// Waits for a reason to make a block; false when it is time to stop.
    bool wait_for_reason(std::unique_lock<std::mutex>& lock);
    void note_pending();
    /// Until when it is worth waiting for more transactions than wait already; nothing when it is
    /// not.
    std::optional<std::chrono::steady_clock::time_point> gathers_until();
    /// Whether a scheduled call waits to be made now.
    bool is_call_due() const { return next_due_ && *next_due_ <= next_timestamp(); }
    /// Sleeps until something happens or the next scheduled call is due.
    void wait_for_call(std::unique_lock<std::mutex>& lock);
    uint64_t next_timestamp() const;
    int64_t shifted_clock() const;

    Chain& chain_;
    const SoloOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;   ///< of the thread: something to do
    std::condition_variable mined_;  ///< of those who wait in `mine` or `between_blocks`
    bool is_stopping_ = false;
    Mining mining_;
    std::chrono::milliseconds interval_;
    std::deque<Work*> works_;
    bool has_pending_ = true;           ///< there may be something in the pool
    uint64_t arrived_ = 0;              ///< transactions that came, counted round
    std::optional<uint64_t> gathered_;  ///< how many had when gathering was last looked at
    size_t last_size_ = 0;              ///< transactions in the last block
    std::chrono::steady_clock::time_point last_begun_;  ///< when the last block was
    std::optional<uint64_t> next_due_;                  ///< of scheduled calls
    uint64_t wanted_ = 0;                               ///< calls of `mine` so far
    uint64_t begun_ = 0;                                ///< how many of them have their block made
    uint64_t served_ = 0;                               ///< ... and on disk
    std::map<uint64_t, CommittedBlockPtr> mined_for_;   ///< by number of the call that waits
    std::chrono::steady_clock::time_point next_block_;
    int64_t offset_seconds_ = 0;              ///< the clock against the real one
    std::optional<uint64_t> next_timestamp_;  ///< of the next block only
    std::optional<uint64_t> timestamp_interval_;

    std::atomic<std::chrono::steady_clock::time_point> last_beat_;
    std::atomic<bool> is_finished_ = false;

    Chain::Subscription pending_;
    Thread thread_;  ///< last: it uses all of the above
};

}  // namespace plume
