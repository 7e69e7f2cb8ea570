// Talk for operators, on standard error. Never data: that goes to standard output. Any thread.
//
// One line each, as logfmt or as JSON:
//   time=2026-08-01T12:00:00.000Z level=info msg=block height=7 txs=3
//   {"time":"2026-08-01T12:00:00.000Z","level":"info","msg":"block","height":"7","txs":"3"}
// Values may come from strangers: control characters are escaped, and what is no UTF-8 is replaced,
// so that a value can neither begin a line nor speak to a terminal. Keys and passwords are never
// handed in.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace plume::log {

enum class Level { debug, info, warn, error, off };
enum class Format { logfmt, json };

/// One `key=value` of a line; the value is quoted when it has to be.
using Field = std::pair<std::string_view, std::string>;

void set_level(Level level);
void set_format(Format format);
/// "debug", "info", "warn", "error" or "off"; nothing for other words.
std::optional<Level> level_named(std::string_view name);
/// "logfmt" or "json".
std::optional<Format> format_named(std::string_view name);

/// Writes a line. Warnings and errors that repeat are thinned out (see `Repeats`).
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warn, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}

void flush();

/// The line without its end, as `write` writes it.
std::string line_of(Format format, std::string_view time, Level level, std::string_view message,
                    std::initializer_list<Field> fields, uint64_t left_out = 0);

/// Counts warnings and errors by message, so that a fault that comes a thousand times a second does
/// not fill the disk. One thread at a time.
class Repeats {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds window{10};
    /// Lines with the same message in a window.
    static constexpr uint64_t same_lines_max = 20;
    /// Messages that are told apart; beyond it the counts begin anew.
    static constexpr size_t messages_max = 256;

    /// Whether a line with this message is to be written `now`; if so, how many have been left out
    /// since the last one.
    std::optional<uint64_t> pass(std::string_view message, Clock::time_point now);

private:
    struct Count {
        Clock::time_point begin;
        uint64_t lines = 0;
        uint64_t left_out = 0;
    };
    std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace plume::log
