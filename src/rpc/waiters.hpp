// Those who wait for a transaction's receipt (EIP-7966), without a thread for each.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/thread.hpp"
#include "chain/chain.hpp"

namespace plume::rpc {

/// Hears of committed blocks and tells each waiter when its transaction is in one, or when its time
/// is over. Any thread.
class Waiters {
public:
    /// How many may wait at once.
    static constexpr size_t count_max = 1'024;

    /// The block that holds the transaction and its index there; a null block when none came in
    /// time. Called exactly once, on the thread of this object.
    using Callback = std::function<void(const CommittedBlockPtr& block, size_t index)>;

    /// `chain` must outlive this object.
    explicit Waiters(Chain& chain);
    ~Waiters();
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    /// Calls `callback` when a block with the transaction is committed or after `patience`. To be
    /// called before the transaction is submitted. Nothing, and `callback` is dropped, when
    /// `count_max` wait already or `release` is under way; otherwise a number for `cancel`.
    std::optional<uint64_t> wait(const Hash& transaction, std::chrono::milliseconds patience,
                                 Callback callback);
    /// Ends a waiting for nothing, so that its place is free. Its callback is not called any more,
    /// unless that is under way already.
    void cancel(const Hash& transaction, uint64_t waiting);

    /// Ends all waiting now, as if its time were over; returns when every callback has returned.
    void release();

private:
    using Clock = std::chrono::steady_clock;
    struct Waiter {
        uint64_t number;
        Clock::time_point deadline;
        Callback callback;
    };
    struct Call {
        Callback callback;
        CommittedBlockPtr block;
        size_t index = 0;
    };

    void run();
    /// What is due: by the blocks in `blocks_`, and by the clock. Takes it out; `mutex_` is held.
    std::vector<Call> take_due();
    Clock::time_point next_deadline() const;

    Chain& chain_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::unordered_multimap<Hash, Waiter> waiters_;
    uint64_t last_number_ = 0;
    std::vector<CommittedBlockPtr> blocks_;  ///< committed, not looked at yet
    bool is_releasing_ = false;
    bool is_stopping_ = false;
    bool is_idle_ = true;
    std::atomic<size_t> count_ = 0;  ///< lets blocks pass without the lock when nobody waits
    Chain::Subscription subscription_;
    Thread thread_;
};

}  // namespace plume::rpc
