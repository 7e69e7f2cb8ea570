// The read model: follows the chain on a thread of its own and keeps what native contracts tell in
// index.db of the data directory.
//
// It takes committed blocks, in order, from its own last one on: those that were committed just now
// as they are, all others from the store, so that a crash, a stop or a lost file costs nothing but
// the time to catch up. In steady state it is at most one block behind. The chain never waits for
// it: what fails here is logged and counted, questions are answered with the reason, and after
// `retry_time` it begins again at its last whole block.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/thread.hpp"
#include "index/block_teller.hpp"

namespace plume {

/// How long after an error it begins again.
inline constexpr std::chrono::seconds retry_time{5};
/// How long a question waits for a block that is committed but not yet told.
inline constexpr uint64_t index_wait_max_milliseconds = 2'000;
/// Questions of files at the same time share this many connections; more are opened for a while.
inline constexpr size_t idle_readers_max = 8;
/// Blocks that were committed of late and are kept in memory until they are told.
inline constexpr size_t fresh_blocks_max = 16;

/// How far the index is.
struct IndexStatus {
    std::optional<uint64_t> block;  ///< the last one that is in; absent: none
    uint64_t head = 0;
    std::string error;    ///< why it does not go on; empty while it does
    uint64_t errors = 0;  ///< so many times since the start
};

class Indexer;

/// A connection to the file that sees one commit, for one question.
class IndexReader {
public:
    ~IndexReader();
    IndexReader(IndexReader&&) noexcept = default;
    IndexReader& operator=(IndexReader&&) = delete;

    Sqlite& database() { return *database_; }
    /// The last block that is in.
    uint64_t block() const { return block_; }
    const Hash& block_hash() const { return hash_; }
    uint64_t timestamp() const { return timestamp_; }

private:
    friend class Indexer;
    IndexReader(Indexer& indexer, std::unique_ptr<Sqlite> database);

    Indexer* indexer_;
    std::unique_ptr<Sqlite> database_;
    uint64_t block_ = 0;
    Hash hash_;
    uint64_t timestamp_ = 0;
};

class Indexer {
public:
    /// Follows `chain`, which must outlive it, in `file`. A file that cannot be used is no reason
    /// not to start: questions answer with the reason.
    Indexer(Chain& chain, std::filesystem::path file);
    ~Indexer();

    // Any thread.

    IndexStatus status() const;
    /// Waits up to `index_wait_max_milliseconds` until block `number` is in and nothing that is not
    /// of this chain: a development chain may have been set back. False when it is not so by then.
    bool wait_for(uint64_t number);
    /// To read what is in once all blocks that were committed before the call are, or the wait is
    /// over.
    Result<IndexReader> read();

private:
    friend class IndexReader;

    void run();
    /// Whether block `number` is in, and the last block that is in is one of the chain. With the
    /// lock.
    bool follows(uint64_t number) const;
    /// Opens the file if it is not open, and goes on by some blocks; how many.
    Result<uint64_t> advance(std::span<const CommittedBlockPtr> fresh);
    Result<void> open();
    /// Keeps and logs the error, and closes the file.
    void note(const Error& error);
    Result<std::unique_ptr<Sqlite>> take_reader();
    void give_back(std::unique_ptr<Sqlite> database);

    Chain& chain_;
    const std::filesystem::path file_;
    // The thread's; null: to be opened.
    std::unique_ptr<Facts> facts_;
    std::unique_ptr<BlockTeller> teller_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;   ///< there may be blocks to tell or to take away, or the end
    std::condition_variable moved_;  ///< what follows has changed
    uint64_t next_ = 0;              ///< the first block that is not in the file
    std::optional<Hash> last_hash_;  ///< of the block before it
    bool has_news_ = true;           ///< so it may be
    std::deque<CommittedBlockPtr> fresh_;  ///< some of what is to be told; the oldest first
    std::string error_;
    uint64_t errors_ = 0;
    bool is_stopping_ = false;
    std::vector<std::unique_ptr<Sqlite>> readers_;

    Chain::Subscription blocks_;
    Thread thread_;  // The last member: it uses all others.
};

/// Deletes the index in `file`.
void remove_index(const std::filesystem::path& file);

/// Deletes the index in `file` and fills it anew from `chain`, on the calling thread, which needs a
/// stack of `contract_stack_size`; the number of blocks told. `progress` hears of each commit.
Result<uint64_t> rebuild_index(Chain& chain, const std::filesystem::path& file,
                               const std::function<void(uint64_t block)>& progress);

}  // namespace plume
