// SQLite, and nothing of it outside: a database file, prepared statements.
//
// Every value reaches SQL by binding; texts of statements are constants of ours. Whatever fails
// (a full disk, a damaged file, a query that takes too long) fails the database: the first reason
// is kept in `error`, what follows does nothing and gives no rows, and whoever commits or hands on
// rows asks `error` first. One thread at a time for each database.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace plume {

class Sqlite;

/// A prepared statement. `reset` before it is used again; it must not outlive its database.
class Statement {
public:
    Statement(Sqlite& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Binds the next parameters, from ?1 on after `reset`. Amounts are bound as 32 big-endian
    /// bytes, so that they compare as numbers do.
    template <class... T>
    Statement& bind(const T&... values) {
        (bind_one(values), ...);
        return *this;
    }

    /// Goes on to the next row; false when there is none, or the database has failed.
    bool step();
    /// Runs a statement that gives no rows, and makes it ready to be used again.
    void run();
    void reset();

    bool is_null(int column) const;
    /// Integers are not negative anywhere in our tables.
    uint64_t number(int column) const;
    /// Both look into the row: they are good until the next `step` or `reset`.
    BytesView blob(int column) const;
    std::string_view text(int column) const;
    Address address(int column) const;
    Hash hash(int column) const;
    u256 amount(int column) const { return to_u256(hash(column)); }

private:
    void bind_one(uint64_t number);
    void bind_one(std::string_view text);
    void bind_one(BytesView blob);
    void bind_one(const Address& address) { bind_one(BytesView(address)); }
    void bind_one(const Hash& hash) { bind_one(BytesView(hash)); }
    void bind_one(const u256& amount) { bind_one(BytesView(to_word(amount))); }

    Sqlite& database_;
    sqlite3_stmt* statement_ = nullptr;
    int next_ = 1;
};

/// An open database file.
class Sqlite {
public:
    enum class Mode { write, read };
    /// Opens `file`; made when it is not there and `mode` is write. Write-ahead: readers see the
    /// last commit and wait for nobody; a crash loses whole transactions at the end, at most.
    static Result<std::unique_ptr<Sqlite>> open(const std::filesystem::path& file, Mode mode);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    /// Runs statements without parameters, separated by semicolons.
    void run(std::string_view sql);

    /// From now on, at most so many steps of SQLite's machine until `limit_steps` is called again;
    /// beyond them the database fails with "the query takes too long".
    void limit_steps(uint64_t steps);

    /// Why it has failed; empty while all is well.
    const std::string& error() const { return error_; }
    /// Fails it, unless it has failed already.
    void fail(std::string_view why);
    /// Success, or the error for whoever asked.
    Result<void> outcome() const;

private:
    friend class Statement;
    Sqlite() = default;
    void note();
    static int count_steps(void* self);

    sqlite3* handle_ = nullptr;
    std::string error_;
    uint64_t periods_left_ = ~uint64_t{0};
};

}  // namespace plume
