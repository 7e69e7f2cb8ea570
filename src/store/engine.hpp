// The database engine: ordered tables of bytes, written in atomic batches, read from snapshots.
//
// RocksDB, and the only unit that knows so. Its checksums are verified on every read. After `open`,
// whatever goes wrong on the disk stops the process with the reason (store/disk.hpp): a failed
// write or fsync is never tried again, as nobody knows what is on the disk then.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/schema.hpp"

namespace rocksdb {
class Iterator;
class Snapshot;
class WriteBatch;
}  // namespace rocksdb

namespace plume {

class Database;
class ReadMemory;
class Snapshot;

/// Walks a table by key. Must not outlive its snapshot. One thread.
class Cursor {
public:
    ~Cursor();
    Cursor(Cursor&&) noexcept;
    Cursor& operator=(Cursor&&) = delete;

    /// Moves to the first entry whose key is not less than `key`.
    void seek(BytesView key);
    /// Moves on; only when valid.
    void next();
    /// Whether it stands on an entry, and not behind the last.
    bool valid() const;
    /// Valid until the next move.
    BytesView key() const;
    BytesView value() const;

private:
    friend class Snapshot;
    Cursor(const Database& database, std::unique_ptr<rocksdb::Iterator> iterator);

    void check_state() const;

    const Database& database_;
    std::unique_ptr<rocksdb::Iterator> iterator_;
};

/// The database as it was at one moment. Any thread. Keeps the database open and old versions of
/// its entries on disk.
class Snapshot {
public:
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    std::optional<Bytes> get(Table table, BytesView key) const;
    Cursor cursor(Table table) const;

    /// What was read of this and other snapshots, and the number by which this one's is known
    /// there: no two of a database have the same.
    ReadMemory& memory() const;
    uint64_t version() const { return version_; }

private:
    friend class Database;
    explicit Snapshot(std::shared_ptr<const Database> database);

    std::shared_ptr<const Database> database_;
    const rocksdb::Snapshot* snapshot_;
    const uint64_t version_;
};

/// Changes that become visible and durable together. Later ones to the same key win.
class WriteBatch {
public:
    explicit WriteBatch(const Database& database);
    ~WriteBatch();
    WriteBatch(const WriteBatch&) = delete;
    WriteBatch& operator=(const WriteBatch&) = delete;

    void put(Table table, BytesView key, BytesView value);
    void erase(Table table, BytesView key);
    bool empty() const;
    void clear();

private:
    friend class Database;

    const Database& database_;
    std::unique_ptr<rocksdb::WriteBatch> batch_;
};

struct EngineOptions {
    size_t cache_bytes = size_t{256} << 20;  ///< memory for what was read
    /// Fresh writes a table keeps in memory before they become a file. Inserting goes to random
    /// places of it and waits for memory, so a small one is the faster one, and is sooner filled at
    /// a start.
    size_t write_buffer_bytes = size_t{16} << 20;
    /// Takes of a log what stands before its first damage, instead of refusing it: for the end of
    /// one that a power cut left in disorder. Whoever opens so knows what must be there.
    bool is_cut_at_damage = false;
    bool is_read_only = false;  ///< nothing is written, not even what a crash left to be done
    /// Off only in the test that must show that it would be noticed.
    bool is_synced = true;
};

class Database : public std::enable_shared_from_this<Database> {
public:
    /// Opens the database in the directory `path`, or makes one. Refuses a damaged one, one that
    /// another process has open, and a place that cannot be written.
    static Result<std::shared_ptr<Database>> open(const std::filesystem::path& path,
                                                  const EngineOptions& options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    std::shared_ptr<const Snapshot> snapshot() const;
    /// When it returns, all of the batch is on disk. A crash before leaves all of it or nothing.
    void write(const WriteBatch& batch);
    /// The same without waiting for the disk: a crash may undo it, with all that is written later.
    void write_soon(const WriteBatch& batch);

    /// Rewrites the files that hold keys from `from` to `to`, so that what was erased there takes
    /// no more space; what a snapshot still sees stays. May take seconds, while other threads read
    /// and write. Ends early when `is_cancelled` becomes true.
    void compact(Table table, BytesView from, BytesView to, std::atomic<bool>& is_cancelled);

    /// Reads every byte of every file and holds it against the checksums that were noted when it
    /// was written, whether or not anything leads there. The log was read so by `open`.
    Result<void> verify_files() const;
    /// Puts the database as it is now into the directory `path`, which must not be there yet: of
    /// the same file system, so that files that never change are shared and it takes no time. Other
    /// threads may write meanwhile.
    Result<void> checkpoint(const std::filesystem::path& path) const;

private:
    friend class Cursor;
    friend class Snapshot;
    friend class WriteBatch;
    struct Content;

    explicit Database(std::unique_ptr<Content> content);

    std::unique_ptr<Content> content_;
};

}  // namespace plume
