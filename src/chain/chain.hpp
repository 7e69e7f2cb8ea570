// The chain: five verbs over a pure function and a store.
//
//   submit(raw)        any thread     decode, recover, validate, into the pool
//   propose(time)      chain thread   what the next block should hold
//   execute(proposal)  chain thread   run it: a value, nothing is written
//   commit(executed)   chain thread   one atomic synced batch, then the new head, then the
//                                     subscribers; or `commit_later`, which lets the chain thread
//                                     go on while a thread of the chain's own does that
//   at(block)          any thread     a snapshot to read from; never waits for the writer
//
// With `commit_later` there are two newest blocks: the *head*, which is on disk and is what others
// see, and the *tip*, on which the next block is proposed and executed. The tip is at most
// Committer::under_way_max blocks ahead. When a commit fails the process stops, and what was ahead
// of the head has never been.
//
// The chain thread is whichever thread consensus runs on: it calls the chain, the chain never calls
// it. Threads that run contracts (execute, simulate) need a stack of `contract_stack_size`:
// base/thread.hpp.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <variant>
#include <vector>

#include "chain/committer.hpp"
#include "chain/edit.hpp"
#include "chain/execute.hpp"
#include "chain/genesis.hpp"
#include "chain/mempool.hpp"
#include "chain/pruner.hpp"
#include "chain/scheduled.hpp"
#include "chain/simulate.hpp"
#include "chain/tip.hpp"
#include "store/store.hpp"

namespace plume {

/// Names of blocks. With one producer a block is final once it is committed: latest, safe and
/// finalized are the head. `pending` is the head's state with the environment of the next block.
enum class BlockTag : uint8_t { latest, safe, finalized, pending, earliest };

/// A block by number, by hash or by name.
using BlockId = std::variant<uint64_t, Hash, BlockTag>;

/// What a development chain's next block has instead of what follows from its parent. Later blocks
/// inherit coinbase and gas limit.
struct NextBlock {
    std::optional<u256> base_fee;
    std::optional<Hash> prev_randao;
    std::optional<Address> coinbase;
    std::optional<uint64_t> gas_limit;
};

struct ChainOptions {
    bool is_development = false;
    /// How many states are kept, at least one: those after the newest blocks (chain/pruner.hpp).
    /// Absent: all. Nothing is pruned for development.
    std::optional<uint64_t> history{};
    PoolOptions pool{};
};

class Chain {
public:
    /// Opens the chain in `directory`, or founds it from `genesis` when there is none. An existing
    /// chain refuses another genesis; without one it just goes on. `natives` must outlive the
    /// chain. Errors are sentences for the operator: no genesis, another genesis, the directory in
    /// use by another process, another format; a chain that was edited, or has impersonated
    /// transactions, unless it is opened for development.
    static Result<std::unique_ptr<Chain>> open(const std::filesystem::path& directory,
                                               const std::optional<Genesis>& genesis,
                                               std::span<const NativeType> natives,
                                               const ChainOptions& options = {});
    ~Chain();
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    // Any thread.

    /// Takes a raw transaction into the pool and tells the pending subscribers. Errors have geth's
    /// words (see chain/validate.hpp and chain/mempool.hpp): "already known", "nonce too low: ...",
    /// ... Recovering the sender, some 35 microseconds, happens on the calling thread before any
    /// lock. Whoever waits for the receipt registers the hash, keccak256(raw), before submitting:
    /// the block may be committed before this returns.
    Result<Hash> submit(Bytes raw);
    /// The same for a transaction whose sender is known.
    Result<Hash> submit(TransactionPtr transaction);

    const Rules& rules() const { return rules_; }
    const Hash& genesis_hash() const { return store_->identity()->genesis_hash; }
    /// The snapshot of the newest committed block. Do not keep it for longer than a request takes.
    std::shared_ptr<const StoreSnapshot> head() const { return store_->head(); }
    /// The state after a block, with its header; an error with geth's words, "header not found"
    /// when there is none, "historical state ... is not available" when it has been pruned.
    Result<std::shared_ptr<const StateSnapshot>> at(const BlockId& block) const;
    /// The header of a block, whether its state is kept or not; errors as above.
    Result<Header> header_of(const BlockId& block) const;
    /// What transactions of the block after the head will see: number + 1, next base fee. Its
    /// timestamp is `now` or the head's, whichever is later.
    BlockEnvironment next_environment(uint64_t now) const;
    /// What the transactions of the block called `block` see; for `pending`, the next one's.
    Result<BlockEnvironment> environment_at(const BlockId& block, uint64_t now) const;

    /// Since when the oldest block that is executed waits to be on disk: see Committer::busy_since.
    std::optional<std::chrono::steady_clock::time_point> committing_since() const {
        return committer_.busy_since();
    }

    /// The timestamp of the tip: no later block has an earlier one.
    uint64_t newest_timestamp() const { return newest_timestamp_.load(); }

    /// Puts the database as it is now into the directory `path`: see Store::checkpoint.
    Result<void> checkpoint(const std::filesystem::path& path) const {
        return store_->checkpoint(path);
    }

    const Mempool& pool() const { return pool_; }
    /// Drops what has been queued for too long; how many that were. To be called now and then.
    size_t expire_pool() { return pool_.expire(); }
    /// The nonce of the next transaction of `sender`, counting those in the pool that can run.
    uint64_t pending_nonce(const Address& sender) const;

    /// Of development chains: what the next block has, until it is made. Members that are not given
    /// stay as they were set before.
    void set_next(const NextBlock& next);
    /// The base fee of the next block.
    u256 next_base_fee() const;

    /// Called after each commit, in the order of blocks and one at a time, on a thread of the
    /// chain's own, once the block is readable: it must hand the work on at once, and must not wait
    /// for the chain thread. The head may be some blocks further already.
    using BlockSubscriber = std::function<void(const CommittedBlockPtr&)>;
    /// Called for each transaction that entered the pool, on the thread that submitted it.
    using PendingSubscriber = std::function<void(const TransactionPtr&)>;
    /// Hears of blocks or transactions until `unsubscribe`, which waits until no call of it is
    /// under way. A subscriber must not subscribe or unsubscribe from within its call.
    using Subscription = uint64_t;
    Subscription on_block(BlockSubscriber subscriber);
    Subscription on_pending(PendingSubscriber subscriber);
    void unsubscribe(Subscription subscription);

    // The chain thread only.

    /// From when on a block has scheduled calls to make (chain/scheduled.hpp), as the tip has it;
    /// nothing when none wait.
    std::optional<uint64_t> next_due() const { return plume::next_due(tip_, rules_.natives); }

    /// The next block: pool order without what is in blocks under way, the tip's gas limit, next
    /// base fee, and `timestamp` or the tip's if that is later.
    Proposal propose(uint64_t timestamp) const;
    /// Runs `proposal` on the tip. `tracer` is told what transactions do; null: nobody.
    Executed execute(const Proposal& proposal, Tracer* tracer = nullptr) const;
    /// Makes `executed` the new head: on disk before anyone can see it. It stands on the tip. A
    /// disk that fails stops the process.
    CommittedBlockPtr commit(Executed executed);

    /// Makes `executed`, which stands on the tip, the new tip, and lets it become the head a little
    /// later. Returns when another block may be executed. `done` is called, as subscribers are,
    /// after them.
    void commit_later(Executed executed, std::function<void(const CommittedBlockPtr&)> done = {});
    /// Returns when the tip is the head.
    void settle() { committer_.settle(); }

    // The same, and of development chains only.

    /// Changes the state after the head; returns what takes it back. The head stays the same block,
    /// whose state root then is that of the state before.
    Edits edit(const Edits& edits);
    /// Goes back to the state after block `number` and what was edited there. The pool is emptied.
    void rewind(uint64_t number);
    /// Drops all that waits.
    void clear_pool() { pool_.clear(); }
    /// Drops one transaction from the pool.
    void drop(const Hash& transaction) { pool_.remove(transaction); }

private:
    Chain(std::unique_ptr<Store> store, const Rules& rules, const ChainOptions& options);

    /// Tells the pool of accounts as they are now that were read after block `seen`.
    void catch_up(std::span<const Address> accounts, uint64_t seen);
    NextBlock next() const;
    uint64_t next_gas_limit(const Header& parent) const;
    /// A header on a block with everything that is known before its own block runs.
    Header next_header(const Header& parent, const Hash& parent_hash, uint64_t timestamp) const;
    /// On the thread of `committer_`.
    void write(std::span<const Committer::Job> jobs);
    void tell(const BlockUnderWay& block);
    /// Makes the head the tip again, after what was done to it without a block.
    void take_head();

    /// Subscribers of one kind. Calls share the lock, so that unsubscribing waits for them.
    template <class Subscriber>
    struct Subscribers {
        mutable std::shared_mutex mutex;
        std::map<Subscription, Subscriber> list;
    };

    std::unique_ptr<Store> store_;
    Rules rules_;
    mutable std::mutex next_mutex_;
    NextBlock next_;
    Mempool pool_;
    std::atomic<Subscription> last_subscription_{0};
    Subscribers<BlockSubscriber> block_subscribers_;
    Subscribers<PendingSubscriber> pending_subscribers_;
    Tip tip_;
    std::atomic<uint64_t> newest_timestamp_;
    std::unique_ptr<Pruner> pruner_;  ///< null when all is kept
    Committer committer_;             ///< last: it uses all of the above
};

}  // namespace plume
