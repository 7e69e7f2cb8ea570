#include "store/engine.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <string>
#include <vector>

namespace plume {

namespace {

/// Fresh writes a table keeps in memory before they become a file. Inserting goes to random places
/// of it and waits for memory, so a small one is the faster one, and is sooner filled at a start.
constexpr size_t write_buffer_bytes = size_t{16} << 20;
/// The write-ahead log is read again at every start; this bounds how long that takes.
constexpr uint64_t log_bytes_max = uint64_t{64} << 20;
/// Gives one false positive in a hundred.
constexpr double filter_bits_per_key = 10;
constexpr size_t block_bytes_by_key = size_t{4} << 10;
constexpr size_t block_bytes_in_order = size_t{16} << 10;
/// RocksDB's own notes about itself: two files of at most this size.
constexpr size_t notes_bytes_max = size_t{1} << 20;

rocksdb::Slice slice(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

BytesView view(const rocksdb::Slice& bytes) {
    return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

void check_disk(const rocksdb::Status& status, std::string_view doing) {
    if (!status.ok()) [[unlikely]]
        fail("the disk failed while " + std::string(doing) + ": " + status.ToString());
}

/// Flushes and compactions run in the background; their failures must not wait for somebody to ask.
class FailureListener : public rocksdb::EventListener {
public:
    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
        check_disk(*status, "storing in the background");
    }
};

rocksdb::DBOptions database_options() {
    rocksdb::DBOptions out;
    out.create_if_missing = true;
    // Creating the tables is several steps: a crash between them leaves some for the next start.
    out.create_missing_column_families = true;
    // The record that a crash cut short was never acknowledged. Damage before it is not passed
    // over: acknowledged blocks would be lost in silence.
    out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    out.paranoid_checks = true;
    out.max_bgerror_resume_count = 0;
    out.listeners.push_back(std::make_shared<FailureListener>());
    out.max_background_jobs = 2;
    out.max_total_wal_size = log_bytes_max;
    out.bytes_per_sync = size_t{1} << 20;
    out.avoid_flush_during_shutdown = true;
    out.skip_stats_update_on_db_open = true;
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
    out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    out.max_log_file_size = notes_bytes_max;
    out.keep_log_file_num = 2;
    return out;
}

rocksdb::ColumnFamilyOptions table_options(Access access,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
    blocks.cache_index_and_filter_blocks = true;
    blocks.cache_index_and_filter_blocks_with_high_priority = true;
    blocks.pin_l0_filter_and_index_blocks_in_cache = true;
    blocks.format_version = 5;

    rocksdb::ColumnFamilyOptions out;
    out.write_buffer_size = write_buffer_bytes;
    out.level_compaction_dynamic_level_bytes = true;
    out.force_consistency_checks = true;
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

Error open_error(const std::filesystem::path& path, const rocksdb::Status& status) {
    const std::string place = "the database in " + path.string();
    if (status.IsCorruption())
        return {.what = place +
                        " is damaged; restore a backup or synchronise again: " + status.ToString()};
    return {.what = place + " cannot be opened: " + status.ToString()};
}

}  // namespace

struct Database::Content {
    std::unique_ptr<rocksdb::DB> database;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;  ///< by table

    rocksdb::ColumnFamilyHandle* handle(Table table) const {
        return handles[static_cast<size_t>(table)];
    }

    ~Content() {
        if (!database) return;
        rocksdb::CancelAllBackgroundWork(database.get(), true);
        for (rocksdb::ColumnFamilyHandle* handle : handles)
            database->DestroyColumnFamilyHandle(handle);
    }
};

Cursor::Cursor(std::unique_ptr<rocksdb::Iterator> iterator) : iterator_(std::move(iterator)) {}
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
    if (!iterator_->Valid()) check_disk(iterator_->status(), "reading");
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
    : database_(std::move(database)), snapshot_(database_->content_->database->GetSnapshot()) {}

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
    check_disk(status, "reading");
    return to_bytes(view(value));
}

Cursor Snapshot::cursor(Table table) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    const Database::Content& content = *database_->content_;
    return Cursor(std::unique_ptr<rocksdb::Iterator>(
        content.database->NewIterator(options, content.handle(table))));
}

WriteBatch::WriteBatch(const Database& database)
    : database_(database), batch_(std::make_unique<rocksdb::WriteBatch>()) {}
WriteBatch::~WriteBatch() = default;

void WriteBatch::put(Table table, BytesView key, BytesView value) {
    check_disk(batch_->Put(database_.content_->handle(table), slice(key), slice(value)), "writing");
}

void WriteBatch::erase(Table table, BytesView key) {
    check_disk(batch_->Delete(database_.content_->handle(table), slice(key)), "writing");
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
                                                 size_t cache_bytes) {
    const auto cache = rocksdb::NewLRUCache(cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const TableSpec& table : tables)
        descriptors.emplace_back(table.name, table_options(table.access, cache));

    auto content = std::make_unique<Content>();
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open(database_options(), path.string(), descriptors,
                                          &content->handles, &opened);
    if (!status.ok()) return open_error(path, status);
    content->database.reset(opened);
    return std::shared_ptr<Database>(new Database(std::move(content)));
}

std::shared_ptr<const Snapshot> Database::snapshot() const {
    return std::shared_ptr<const Snapshot>(new Snapshot(shared_from_this()));
}

void Database::write(const WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    check_disk(content_->database->Write(options, batch.batch_.get()), "writing");
}

}  // namespace plume
