// The chain on disk: blocks, and the state after each of them.
//
// One thread commits. Any number of threads read, each from a snapshot that never changes and never
// waits. A disk that fails after `open` stops the process with the reason: nothing is retried,
// nothing is answered from a guess.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "state/view.hpp"
#include "store/log_index.hpp"
#include "trie/trie.hpp"
#include "types/block.hpp"

namespace plume {

class DataDirectory;
class Database;
class Snapshot;
class WriteBatch;
enum class Table : uint8_t;

/// Which chain a data directory belongs to. Stamped with block 0, compared at every later start.
struct StoreIdentity {
    uint64_t chain_id = 0;
    Hash genesis_hash;  ///< of block 0

    friend bool operator==(const StoreIdentity&, const StoreIdentity&) = default;
};

struct StoreOptions {
    /// The chain that is wanted. Absent: whatever is there, for tools that only look; block 0
    /// cannot be committed.
    std::optional<StoreIdentity> identity;
    /// Memory for blocks of the database that were read, in bytes. Beside it, some 100 MiB of
    /// fresh writes.
    size_t cache_bytes = size_t{256} << 20;
    /// Keeps the addresses and slots whose hashes are the keys of the state, so that all of it can
    /// be listed by name.
    bool keeps_names = false;
    /// Fresh writes a table keeps in memory before they become a file, in bytes.
    size_t write_buffer_bytes = size_t{16} << 20;
    /// How many states are kept: those after the newest blocks. Absent: all. What is older is not
    /// answered any more from now on, and removed by `prune`.
    std::optional<uint64_t> history{};
    /// Looks only: nothing in the directory is changed, so it may be on a disk that cannot be
    /// written, and nothing can be committed.
    bool is_read_only = false;
    /// Whether a commit waits for the disk. Off only in the test that must show that it would be
    /// noticed.
    bool is_synced = true;
};

/// All that a block leaves behind. The referents must live until `commit` returns.
struct BlockCommit {
    const Block& block;
    const std::vector<Receipt>& receipts;  ///< one a transaction
    const Changes& changes;                ///< as `update_root` fills them in
    const std::vector<NodeChange>&
        nodes;  ///< of all tries; those of a deleted account may be left out
};

/// A change of the state without a block, as only a development chain has it.
struct StateEdit {
    const Changes& changes;  ///< with storage roots filled in
    const std::vector<NodeChange>& nodes;
    Hash root;  ///< the state root that follows
};

struct TransactionLocation {
    uint64_t block_number = 0;
    uint32_t index = 0;  ///< in the block

    friend bool operator==(const TransactionLocation&, const TransactionLocation&) = default;
};

/// A receipt and how many logs the block's earlier transactions emitted: "logIndex" starts there.
struct StoredReceipt {
    Receipt receipt;
    uint64_t first_log_index = 0;
};

/// The state after one block, with the nodes of its tries. Any thread. Keeps old versions of the
/// database alive and the database itself open, so let go of it within seconds, and before opening
/// its directory again.
class StateSnapshot : public StateView, public NodeSource {
public:
    /// The block after which this is the state.
    const Header& header() const { return header_; }
    const Hash& hash() const { return hash_; }
    uint64_t number() const { return header_.number; }
    /// The root of this state: the header's, or that of the edits that followed the block.
    Hash state_root() const;

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;
    /// Whether there is a code with this hash, as there is of every account.
    bool has_code(const Hash& code_hash) const;

    std::optional<Bytes> node(const TrieOwner& owner, const Nibbles& path) const override;
    std::optional<Leaf> first_leaf(const TrieOwner& owner, const Nibbles& prefix) const override;

protected:
    StateSnapshot(std::shared_ptr<const Snapshot> snapshot, Header header, const Hash& hash,
                  bool is_head);

    const Snapshot& snapshot() const { return *snapshot_; }

private:
    friend class StoreSnapshot;

    std::optional<Bytes> read(Table table, BytesView key) const;

    std::shared_ptr<const Snapshot> snapshot_;
    Header header_;
    Hash hash_;
    bool is_head_;  ///< the tables hold this very state, so history need not be asked
};

/// Everything as it was when its head block had been committed. Any thread; the queries answer for
/// blocks 0 to `number()` and give nothing for any other.
class StoreSnapshot final : public StateSnapshot {
public:
    std::optional<Header> header(uint64_t block_number) const;
    using StateSnapshot::header;
    std::optional<Hash> hash(uint64_t block_number) const;
    using StateSnapshot::hash;
    std::optional<uint64_t> number_of(const Hash& block_hash) const;

    /// The block with its transactions; senders are stored, not recovered again.
    std::optional<Block> block(uint64_t block_number) const;
    /// How many transactions a block has, without reading them.
    std::optional<uint32_t> transaction_count(uint64_t block_number) const;
    std::optional<TransactionLocation> locate(const Hash& transaction_hash) const;
    /// The transaction at `location`; null when there is none.
    TransactionPtr transaction(const TransactionLocation& location) const;
    std::optional<StoredReceipt> receipt(const TransactionLocation& location) const;
    std::optional<std::vector<Receipt>> receipts(uint64_t block_number) const;

    /// The blocks in the query's range that may hold a match, ascending: see `find_logs`.
    std::vector<uint64_t> blocks_with_logs(const LogQuery& query) const;

    /// The state after an earlier block, or after the head; null for a block that does not exist,
    /// and for one before `kept_from()`. Reads cost two to three times those of the head.
    std::shared_ptr<const StateSnapshot> at(uint64_t block_number) const;
    /// The lowest block whose state can be read; earlier ones were pruned. Of blocks, transactions,
    /// receipts and logs all are kept.
    uint64_t kept_from() const { return kept_from_; }
    /// No entry of the history is of this block or an earlier one.
    uint64_t swept() const;

    /// Whether the chain was ever edited, or has impersonated transactions.
    bool is_development() const;
    /// The address or slot whose hash is `key`; nothing unless it was kept.
    std::optional<Bytes> name_of(const Hash& key) const;

    /// The leaf of a trie with the smallest key that is not less than `floor`.
    std::optional<Leaf> leaf_from(const TrieOwner& owner, const Hash& floor) const;
    /// Calls `visit` with every leaf of a trie, by key: to recompute its root from nothing.
    void for_each_leaf(const TrieOwner& owner,
                       const std::function<void(const Hash& key, BytesView value)>& visit) const;
    /// Calls `visit` with every row of a table (store/schema.hpp), by key: to hold it against what
    /// should be there.
    void for_each_row(Table table,
                      const std::function<void(BytesView key, BytesView value)>& visit) const;

private:
    friend class Store;

    StoreSnapshot(std::shared_ptr<const Snapshot> snapshot, Header header, const Hash& hash,
                  uint64_t kept_from);

    uint64_t kept_from_;
};

/// How far a step of pruning has come.
struct PruneStep {
    Bytes next{};          ///< where to go on; empty: the sweep is through
    uint64_t up_to = 0;    ///< the last block whose entries the sweep removes
    uint64_t removed = 0;  ///< entries, by this step
};
/// Entries of the history that a step of pruning looks at: a block waits no longer for one than
/// their removal takes, a few milliseconds.
inline constexpr size_t prune_rows_max = 4'096;

/// A data directory, open. At most one process has it open, and one object in it.
class Store {
public:
    /// Opens the data directory `dir`, or makes one. Refused, with a sentence that says why: a
    /// directory that another process uses (which one, since when), cannot be written, holds
    /// another chain, was written by another version, is damaged, or has lost blocks that were
    /// acknowledged.
    static Result<std::unique_ptr<Store>> open(const std::filesystem::path& dir,
                                               const StoreOptions& options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// What the directory is stamped with; nothing before block 0 is committed.
    const std::optional<StoreIdentity>& identity() const { return identity_; }

    /// Writes blocks that follow the head and one another, the first of an empty store being block
    /// 0. When it returns, they are on disk for good and `head` is the last of them. A crash in
    /// between leaves a row of whole blocks from the first one on, usually none or all of them. One
    /// thread at a time.
    void commit(std::span<const BlockCommit> blocks);
    void commit(const BlockCommit& block) { commit(std::span(&block, 1)); }

    /// Changes the state after the head, which stays the same block. Marks the chain as one for
    /// development. The thread that commits.
    void edit(const StateEdit& edit);
    /// Goes back to the state after block `number` and the edits that followed it; the blocks after
    /// it are gone, in one atomic step. Takes time that grows with the history of the chain. The
    /// thread that commits.
    void rewind(uint64_t number);

    /// The last committed block and its state; null before block 0. Any thread; never waits for a
    /// commit.
    std::shared_ptr<const StoreSnapshot> head() const;

    // Pruning. One thread at a time, which need not be the one that commits; not beside `edit` and
    // `rewind`. Whatever a crash leaves can be gone on with: what is kept is noted first, and
    // readers of earlier snapshots go on to see what they saw.

    /// Lets go of the states before that after block `number`, which is at most the head, for good.
    /// It is on disk when this returns. They are removed by `prune`.
    void keep_from(uint64_t number);
    /// What `keep_from` has noted; what `history` says comes on top.
    uint64_t noted_kept_from() const;
    /// Begins a sweep through the history, or goes on with one after the step `before`: removes
    /// what only the states before `noted_kept_from()`, as it was when the sweep began, need from
    /// the next `prune_rows_max` entries.
    PruneStep prune(const PruneStep& before = {});
    /// Gives the space of what was removed back to the file system, in one of
    /// schema::history_parts parts. What a snapshot from before its removal sees stays. Ends early
    /// when `is_cancelled` becomes true.
    void reclaim(unsigned part, std::atomic<bool>& is_cancelled);

    /// Reads every byte of the database and holds it against the checksums noted when it was
    /// written. Any thread.
    Result<void> verify_files() const;
    /// Puts the database as it is now into the directory `path` of the same file system, which must
    /// not be there yet. Any thread; commits go on meanwhile.
    Result<void> checkpoint(const std::filesystem::path& path) const;

private:
    Store(std::unique_ptr<DataDirectory> directory, std::shared_ptr<Database> database,
          const StoreOptions& options);

    Result<void> load(const std::filesystem::path& dir);
    /// Refuses a database that ends before what was acknowledged.
    Result<void> check_acknowledged(const std::string& place) const;
    void stamp(WriteBatch& batch, const Hash& genesis_hash);
    /// Makes what the database holds now the head.
    void publish(Header header, const Hash& hash);
    /// Takes a newer snapshot for the same head, which lets go of what was removed.
    void refresh();
    uint64_t kept_from(const Snapshot& snapshot, uint64_t head) const;

    std::unique_ptr<DataDirectory> directory_;
    std::shared_ptr<Database> database_;
    std::unique_ptr<WriteBatch> batch_;    ///< used again, as its memory is dear to come by
    std::optional<StoreIdentity> wanted_;  ///< what block 0 is stamped with
    bool keeps_names_;
    std::optional<uint64_t> history_;
    bool is_read_only_;
    std::optional<StoreIdentity> identity_;

    mutable std::mutex head_mutex_;  ///< held for the copy of a pointer, seldom for a read
    std::shared_ptr<const StoreSnapshot> head_;
};

}  // namespace plume
