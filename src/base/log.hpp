// Talk for operators, on standard error. Never data: that goes to standard output. Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace plume::log {

enum class Level { debug, info, warn, error, off };

/// One `key=value` of a line; the value is quoted when it has to be.
using Field = std::pair<std::string_view, std::string>;

void set_level(Level level);

/// A line in logfmt: time, level, message, fields.
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

}  // namespace plume::log
