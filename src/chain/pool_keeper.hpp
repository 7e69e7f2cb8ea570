// Keeps the pool while a chain is served: drops what has been queued for too long, and with a
// journal (store/journal.hpp) gives the pool back after a restart.
//
// The journal holds the bytes of each transaction that entered the pool, in that order, and is made
// anew from the pool when most of it is no longer there. What has been dropped from the pool may
// still be in it, and is tried again at the next start like everything else.
//
//   after an orderly stop   all that waited is back
//   after a kill            all that had been acknowledged and waited is back
//   after a power cut       the same but for what came in the last second or two
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/thread.hpp"
#include "chain/chain.hpp"
#include "store/journal.hpp"

namespace plume {

struct PoolKeeperOptions {
    /// The journal's file; absent: nothing outlives the process.
    std::optional<std::filesystem::path> journal{};
    std::chrono::milliseconds interval{1'000};  ///< between two rounds
    /// Bytes that a journal may hold beyond twice those of the pool before it is made anew.
    uint64_t slack = uint64_t{8} << 20;
};

class PoolKeeper {
public:
    /// What a journal gave back.
    struct Restored {
        size_t taken = 0;     ///< in the pool again
        size_t included = 0;  ///< in a block already
        size_t refused = 0;   ///< as at the door: stale, replaced, no longer paid for
        uint64_t lost = 0;    ///< bytes at the journal's end that a crash cut short
    };

    /// Puts what the journal has into the pool by `Chain::submit`, and goes on from there. `chain`
    /// must outlive it. Nobody else may submit before this returns.
    static Result<std::unique_ptr<PoolKeeper>> start(Chain& chain, PoolKeeperOptions options);
    /// Leaves a journal of all that waits. Nobody may submit any more, no block be made.
    ~PoolKeeper();
    PoolKeeper(const PoolKeeper&) = delete;
    PoolKeeper& operator=(const PoolKeeper&) = delete;

    const Restored& restored() const { return restored_; }
    /// The bytes of the journal; 0 without one.
    uint64_t journal_size() const { return journal_ ? journal_->size() : 0; }

private:
    PoolKeeper(Chain& chain, PoolKeeperOptions options);

    Result<void> restore();
    void take_back(std::vector<Bytes> raws);
    void keep(const TransactionPtr& transaction);
    void run();
    void tend_journal();
    void rewrite();

    Chain& chain_;
    const PoolKeeperOptions options_;
    std::unique_ptr<Journal> journal_;
    Restored restored_;
    uint64_t synced_ = 0;  ///< how large the journal was at the last sync
    std::atomic<bool> is_full_ = false;
    std::optional<Chain::Subscription> pending_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::optional<Thread> thread_;  ///< last: it uses all of the above
};

}  // namespace plume
