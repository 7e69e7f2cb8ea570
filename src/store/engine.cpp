#include "store/engine.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "store/disk.hpp"
#include "store/read_memory.hpp"
#include "store/watched_files.hpp"

namespace plume {

namespace {

/// The write-ahead log is read again at every start; this bounds how long that takes.
constexpr uint64_t log_bytes_max = uint64_t{64} << 20;
/// Gives one false positive in a hundred.
constexpr double filter_bits_per_key = 10;
constexpr size_t block_bytes_by_key = size_t{4} << 10;
constexpr size_t block_bytes_in_order = size_t{16} << 10;

rocksdb::Slice slice(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

BytesView view(const rocksdb::Slice& bytes) {
    return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

Error database_error(std::string_view what, const std::filesystem::path& path,
                     const rocksdb::Status& status) {
    const std::string place = "the database in " + path.string();
    if (status.IsCorruption())
        return {.what = place +
                        " is damaged; restore a backup or synchronise again: " + status.ToString()};
    return {.what = place + " cannot be " + std::string(what) + ": " + status.ToString() +
                    advice_in(status.ToString())};
}

/// What RocksDB has to say goes where the node speaks. A file of its own would be one more to write
/// on a full disk. Most of its warnings tell of nothing that a user could act upon, such as which
/// options a database was opened with; that writers wait is no such thing.
class EngineLog : public rocksdb::Logger {
public:
    EngineLog() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

    void Logv(const char* format, va_list arguments) override {
        Logv(rocksdb::InfoLogLevel::WARN_LEVEL, format, arguments);
    }
    void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
        if (level < rocksdb::InfoLogLevel::WARN_LEVEL) return;
        std::array<char, 1024> buffer{};
        std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
        const std::string text(buffer.data());
        const bool matters = level > rocksdb::InfoLogLevel::WARN_LEVEL ||
                             text.find("Stalling writes") != text.npos ||
                             text.find("Stopping writes") != text.npos;
        log::write(matters ? log::Level::warn : log::Level::debug, "database", {{"said", text}});
    }
    void LogHeader(const char*, va_list) override {}
};

/// Flushes and compactions run in the background; their failures must not wait for somebody to ask.
class FailureListener : public rocksdb::EventListener {
public:
    explicit FailureListener(std::filesystem::path path) : path_(std::move(path)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
        stop_for_disk(database_error("written in the background", path_, *status));
    }

private:
    std::filesystem::path path_;
};

rocksdb::DBOptions database_options(const std::filesystem::path& path, bool is_cut_at_damage) {
    rocksdb::DBOptions out;
    out.create_if_missing = true;
    // Creating the tables is several steps: a crash between them leaves some for the next start.
    out.create_missing_column_families = true;
    // The record that a crash cut short was never acknowledged. Damage before it is not passed
    // over: acknowledged blocks would be lost in silence.
    out.wal_recovery_mode = is_cut_at_damage
                                ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    out.paranoid_checks = true;
    out.max_bgerror_resume_count = 0;
    out.listeners.push_back(std::make_shared<FailureListener>(path));
    // A log that is gone, or shorter than it was when it was closed, is found missing.
    out.track_and_verify_wals_in_manifest = true;
    // Of whole files, for `verify_files`.
    out.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
    out.max_background_jobs = 2;
    out.max_total_wal_size = log_bytes_max;
    out.bytes_per_sync = size_t{1} << 20;
    out.avoid_flush_during_shutdown = true;
    out.skip_stats_update_on_db_open = true;
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
    out.info_log = std::make_shared<EngineLog>();
    return out;
}

rocksdb::ColumnFamilyOptions table_options(Access access, size_t write_buffer_bytes,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
    blocks.cache_index_and_filter_blocks = true;
    blocks.cache_index_and_filter_blocks_with_high_priority = true;
    blocks.pin_l0_filter_and_index_blocks_in_cache = true;
    blocks.format_version = 5;
    // CRC-32C, the default, is worth it only where the processor computes it, which Debian's build
    // does not ask it to.
    blocks.checksum = rocksdb::kXXH3;

    rocksdb::ColumnFamilyOptions out;
    out.write_buffer_size = write_buffer_bytes;
    out.level_compaction_dynamic_level_bytes = true;
    out.force_consistency_checks = true;
    // Batches come sorted, each table by itself: the place of a key is looked for from that of the
    // one before, and not from the start. One hint is enough, so all keys have the same prefix.
    out.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(0));
    if (access == Access::by_key) {
        blocks.block_size = block_bytes_by_key;
        blocks.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
        out.compression = rocksdb::kNoCompression;
        out.memtable_prefix_bloom_size_ratio = 0.05;
        out.memtable_whole_key_filtering = true;
    } else {
        blocks.block_size = block_bytes_in_order;
        out.compression = rocksdb::kLZ4Compression;
    }
    out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    return out;
}

}  // namespace

struct Database::Content {
    std::filesystem::path path;
    bool is_synced = true;
    std::unique_ptr<rocksdb::Env> files;
    std::unique_ptr<rocksdb::DB> database;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;  ///< by table
    std::atomic<uint64_t> last_version = 0;             ///< of snapshots
    ReadMemory memory;

    rocksdb::ColumnFamilyHandle* handle(Table table) const {
        return handles[static_cast<size_t>(table)];
    }

    /// After `open`, a failure is the end.
    void check_disk(const rocksdb::Status& status, std::string_view what) const {
        if (!status.ok()) [[unlikely]]
            stop_for_disk(database_error(what, path, status));
    }

    ~Content() {
        if (!database) return;
        rocksdb::CancelAllBackgroundWork(database.get(), true);
        for (rocksdb::ColumnFamilyHandle* handle : handles)
            database->DestroyColumnFamilyHandle(handle);
    }
};

Cursor::Cursor(const Database& database, std::unique_ptr<rocksdb::Iterator> iterator)
    : database_(database), iterator_(std::move(iterator)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;

void Cursor::seek(BytesView key) {
    iterator_->Seek(slice(key));
    check_state();
}

void Cursor::next() {
    iterator_->Next();
    check_state();
}

void Cursor::check_state() const {
    if (!iterator_->Valid()) database_.content_->check_disk(iterator_->status(), "read");
}

bool Cursor::valid() const {
    return iterator_->Valid();
}

BytesView Cursor::key() const {
    return view(iterator_->key());
}

BytesView Cursor::value() const {
    return view(iterator_->value());
}

Snapshot::Snapshot(std::shared_ptr<const Database> database)
    : database_(std::move(database)),
      snapshot_(database_->content_->database->GetSnapshot()),
      version_(++database_->content_->last_version) {}

ReadMemory& Snapshot::memory() const {
    return database_->content_->memory;
}

Snapshot::~Snapshot() {
    database_->content_->database->ReleaseSnapshot(snapshot_);
}

std::optional<Bytes> Snapshot::get(Table table, BytesView key) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    rocksdb::PinnableSlice value;
    const Database::Content& content = *database_->content_;
    const auto status = content.database->Get(options, content.handle(table), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    content.check_disk(status, "read");
    return to_bytes(view(value));
}

Cursor Snapshot::cursor(Table table) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    const Database::Content& content = *database_->content_;
    return Cursor(*database_, std::unique_ptr<rocksdb::Iterator>(
                                  content.database->NewIterator(options, content.handle(table))));
}

WriteBatch::WriteBatch(const Database& database)
    : database_(database), batch_(std::make_unique<rocksdb::WriteBatch>()) {}
WriteBatch::~WriteBatch() = default;

void WriteBatch::put(Table table, BytesView key, BytesView value) {
    const Database::Content& content = *database_.content_;
    content.check_disk(batch_->Put(content.handle(table), slice(key), slice(value)), "written");
}

void WriteBatch::erase(Table table, BytesView key) {
    const Database::Content& content = *database_.content_;
    content.check_disk(batch_->Delete(content.handle(table), slice(key)), "written");
}

bool WriteBatch::empty() const {
    return batch_->Count() == 0;
}

void WriteBatch::clear() {
    batch_->Clear();
}

Database::Database(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Database::~Database() = default;

Result<std::shared_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 const EngineOptions& options) {
    const auto cache = rocksdb::NewLRUCache(options.cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const TableSpec& table : tables)
        descriptors.emplace_back(table.name,
                                 table_options(table.access, options.write_buffer_bytes, cache));

    auto content = std::make_unique<Content>();
    content->path = path;
    content->is_synced = options.is_synced;
    rocksdb::DB* opened = nullptr;
    auto how = database_options(path, options.is_cut_at_damage);
    content->files = rocksdb::NewCompositeEnv(watch_files(rocksdb::FileSystem::Default()));
    how.env = content->files.get();
    const auto status =
        options.is_read_only
            ? rocksdb::DB::OpenForReadOnly(how, path.string(), descriptors, &content->handles,
                                           &opened)
            : rocksdb::DB::Open(how, path.string(), descriptors, &content->handles, &opened);
    if (!status.ok()) return database_error("opened", path, status);
    content->database.reset(opened);
    return std::shared_ptr<Database>(new Database(std::move(content)));
}

std::shared_ptr<const Snapshot> Database::snapshot() const {
    return std::shared_ptr<const Snapshot>(new Snapshot(shared_from_this()));
}

void Database::write(const WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = content_->is_synced;
    content_->check_disk(content_->database->Write(options, batch.batch_.get()), "written");
}

void Database::write_soon(const WriteBatch& batch) {
    content_->check_disk(content_->database->Write({}, batch.batch_.get()), "written");
}

void Database::compact(Table table, BytesView from, BytesView to, std::atomic<bool>& is_cancelled) {
    rocksdb::CompactRangeOptions options;
    // What the engine has to do of its own goes on beside it.
    options.exclusive_manual_compaction = false;
    options.canceled = &is_cancelled;
    const rocksdb::Slice begin = slice(from);
    const rocksdb::Slice end = slice(to);
    const auto status =
        content_->database->CompactRange(options, content_->handle(table), &begin, &end);
    if (!status.IsIncomplete() && !status.IsManualCompactionPaused())
        content_->check_disk(status, "compacted");
}

Result<void> Database::verify_files() const {
    const auto files = content_->database->VerifyFileChecksums({});
    if (!files.ok()) return database_error("read", content_->path, files);
    const auto blocks = content_->database->VerifyChecksum();
    if (!blocks.ok()) return database_error("read", content_->path, blocks);
    return {};
}

Result<void> Database::checkpoint(const std::filesystem::path& path) const {
    rocksdb::Checkpoint* made = nullptr;
    const auto ready = rocksdb::Checkpoint::Create(content_->database.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    const auto status = ready.ok() ? checkpoint->CreateCheckpoint(path.string()) : ready;
    if (!status.ok()) return database_error("copied to " + path.string(), content_->path, status);
    return {};
}

}  // namespace plume
