#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cctype>

namespace plume::log {

namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = spdlog::stderr_color_mt("plume");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%-5l%$ %v");
        return made;
    }();
    return *instance;
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
    for (const char c : value)
        if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    return false;
}

std::string quoted(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += std::iscntrl(static_cast<unsigned char>(c)) ? '?' : c;
    }
    return out + '"';
}

}  // namespace

void set_level(Level level) {
    logger().set_level(level_of(level));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (!logger().should_log(level_of(level))) return;
    std::string line(message);
    for (const auto& [key, value] : fields) {
        line += ' ';
        line += key;
        line += '=';
        line += needs_quotes(value) ? quoted(value) : value;
    }
    logger().log(level_of(level), "{}", line);
}

void flush() {
    logger().flush();
}

}  // namespace plume::log
