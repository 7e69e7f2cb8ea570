#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <ctime>
#include <mutex>

namespace plume::log {

namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warn", "error", "off"};

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = spdlog::stderr_logger_mt("plume");
        made->set_pattern("%v");
        return made;
    }();
    return *instance;
}

std::atomic<Format>& chosen_format() {
    static std::atomic<Format> format{Format::logfmt};
    return format;
}

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::off:
            return spdlog::level::off;
    }
    return spdlog::level::info;
}

bool needs_quotes(std::string_view value) {
    if (value.empty()) return true;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7f || c == '"' || c == '=' || c == '\\') return true;
    }
    return false;
}

/// How many bytes the UTF-8 character at the beginning of `text` has; 0 when there is none, or one
/// that stands for a control (U+0080 to U+009F) or is spelled too long.
size_t character_size(std::string_view text) {
    const auto at = [text](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](size_t i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return follows(1) && !(first == 0xc2 && at(1) < 0xa0) ? 2 : 0;
    if ((first & 0xf0) == 0xe0) {
        const bool is_overlong = first == 0xe0 && at(1) < 0xa0;
        const bool is_surrogate = first == 0xed && at(1) >= 0xa0;
        return follows(1) && follows(2) && !is_overlong && !is_surrogate ? 3 : 0;
    }
    if (first < 0xf0 || first > 0xf4) return 0;
    const bool is_outside = (first == 0xf0 && at(1) < 0x90) || (first == 0xf4 && at(1) >= 0x90);
    return follows(1) && follows(2) && follows(3) && !is_outside ? 4 : 0;
}

void append_escaped(std::string& out, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
    }
}

/// In quotes, as JSON has them; logfmt's readers take the same.
std::string quoted(std::string_view value) {
    std::string out = "\"";
    while (!value.empty()) {
        const size_t size = character_size(value);
        const auto byte = static_cast<unsigned char>(value.front());
        if (size == 0)
            out += "\xef\xbf\xbd";
        else if (size == 1 && (byte < ' ' || byte == 0x7f || byte == '"' || byte == '\\'))
            append_escaped(out, byte);
        else
            out += value.substr(0, size);
        value.remove_prefix(std::max<size_t>(size, 1));
    }
    return out + '"';
}

/// "2026-08-01T12:00:00.000Z"
std::string now_text() {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    const auto seconds = static_cast<std::time_t>(now / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text;
    const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const std::string milli = std::to_string(1000 + now % 1000).substr(1);
    return std::string(text.data(), size) + '.' + milli + 'Z';
}

template <size_t N>
std::optional<size_t> index_of(const std::array<std::string_view, N>& names,
                               std::string_view name) {
    for (size_t i = 0; i < N; ++i)
        if (names[i] == name) return i;
    return std::nullopt;
}

}  // namespace

void set_level(Level level) {
    logger().set_level(level_of(level));
}

void set_format(Format format) {
    chosen_format() = format;
}

std::optional<Level> level_named(std::string_view name) {
    const auto index = index_of(level_names, name);
    return index ? std::optional(static_cast<Level>(*index)) : std::nullopt;
}

std::optional<Format> format_named(std::string_view name) {
    const auto index = index_of<2>({"logfmt", "json"}, name);
    return index ? std::optional(static_cast<Format>(*index)) : std::nullopt;
}

std::string line_of(Format format, std::string_view time, Level level, std::string_view message,
                    std::initializer_list<Field> fields, uint64_t left_out) {
    const bool is_json = format == Format::json;
    std::string line = is_json ? "{" : "";
    const auto add = [&](std::string_view key, std::string_view value) {
        if (line.size() > (is_json ? 1u : 0u)) line += is_json ? ',' : ' ';
        line += is_json ? quoted(key) + ':' : std::string(key) + '=';
        line += is_json || needs_quotes(value) ? quoted(value) : std::string(value);
    };
    add("time", time);
    add("level", level_names[static_cast<size_t>(level)]);
    add("msg", message);
    for (const auto& [key, value] : fields) add(key, value);
    if (left_out > 0) add("left_out", std::to_string(left_out));
    if (is_json) line += '}';
    return line;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (!logger().should_log(level_of(level))) return;
    uint64_t left_out = 0;
    if (level == Level::warn || level == Level::error) {
        static std::mutex mutex;
        static Repeats repeats;
        const std::lock_guard lock(mutex);
        const auto passed = repeats.pass(message, Repeats::Clock::now());
        if (!passed) return;
        left_out = *passed;
    }
    logger().log(level_of(level), "{}",
                 line_of(chosen_format(), now_text(), level, message, fields, left_out));
}

void flush() {
    logger().flush();
}

std::optional<uint64_t> Repeats::pass(std::string_view message, Clock::time_point now) {
    auto found = counts_.find(message);
    if (found == counts_.end()) {
        if (counts_.size() >= messages_max) counts_.clear();
        found = counts_.emplace(std::string(message), Count{.begin = now}).first;
    }
    Count& count = found->second;
    if (now - count.begin >= window) {
        count.begin = now;
        count.lines = 0;
    }
    if (count.lines >= same_lines_max) {
        ++count.left_out;
        return std::nullopt;
    }
    ++count.lines;
    return std::exchange(count.left_out, 0);
}

}  // namespace plume::log
