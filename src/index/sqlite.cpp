#include "index/sqlite.hpp"

#include <sqlite3.h>

namespace plume {

namespace {

/// How many steps of its machine SQLite makes between two looks at the limit.
constexpr int steps_per_period = 1'000;
/// How long a statement waits for another process's lock.
constexpr int busy_milliseconds = 5'000;

}  // namespace

Statement::Statement(Sqlite& database, std::string_view sql) : database_(database) {
    if (!database_.error_.empty()) return;
    if (sqlite3_prepare_v3(database_.handle_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
        database_.note();
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

bool Statement::step() {
    if (!database_.error_.empty() || statement_ == nullptr) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.note();
    return false;
}

void Statement::run() {
    step();
    reset();
}

void Statement::reset() {
    // The error of the last step has been noted; reset only repeats it.
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    next_ = 1;
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

uint64_t Statement::number(int column) const {
    return static_cast<uint64_t>(sqlite3_column_int64(statement_, column));
}

BytesView Statement::blob(int column) const {
    const auto* data = static_cast<const uint8_t*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::text(int column) const {
    return text_of(blob(column));
}

Address Statement::address(int column) const {
    return Address::from(blob(column)).value_or(Address{});
}

Hash Statement::hash(int column) const {
    return Hash::from(blob(column)).value_or(Hash{});
}

void Statement::bind_one(uint64_t number) {
    if (number >> 63 != 0) return database_.fail("a number beyond 63 bits");
    if (statement_ != nullptr)
        sqlite3_bind_int64(statement_, next_++, static_cast<sqlite3_int64>(number));
}

void Statement::bind_one(std::string_view text) {
    if (statement_ != nullptr)
        sqlite3_bind_text(statement_, next_++, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
}

void Statement::bind_one(BytesView blob) {
    // An empty blob is not null: both pointer and size would say so.
    static constexpr uint8_t nothing = 0;
    if (statement_ != nullptr)
        sqlite3_bind_blob(statement_, next_++, blob.empty() ? &nothing : blob.data(),
                          static_cast<int>(blob.size()), SQLITE_TRANSIENT);
}

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::filesystem::path& file, Mode mode) {
    std::unique_ptr<Sqlite> out(new Sqlite);
    const int flags =
        mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(file.c_str(), &out->handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr) !=
        SQLITE_OK)
        out->note();
    else
        sqlite3_busy_timeout(out->handle_, busy_milliseconds);
    if (mode == Mode::write)
        out->run(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "PRAGMA cache_size = -65536");
    else
        out->run("PRAGMA query_only = ON");
    if (!out->error_.empty()) return Error{.what = file.string() + ": " + out->error_};
    return out;
}

Sqlite::~Sqlite() {
    sqlite3_close_v2(handle_);
}

void Sqlite::run(std::string_view sql) {
    if (!error_.empty()) return;
    if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        note();
}

int Sqlite::count_steps(void* self) {
    auto& database = *static_cast<Sqlite*>(self);
    if (database.periods_left_ > 0) {
        --database.periods_left_;
        return 0;
    }
    database.fail("the query takes too long: ask for fewer blocks, or for one contract");
    return 1;
}

void Sqlite::limit_steps(uint64_t steps) {
    periods_left_ = steps / steps_per_period;
    sqlite3_progress_handler(handle_, steps_per_period, count_steps, this);
}

void Sqlite::fail(std::string_view why) {
    if (error_.empty()) error_ = why;
}

Result<void> Sqlite::outcome() const {
    if (!error_.empty()) return Error{.what = error_};
    return {};
}

void Sqlite::note() {
    fail(handle_ == nullptr ? "out of memory" : sqlite3_errmsg(handle_));
}

}  // namespace plume
