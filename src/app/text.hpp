// Amounts, dates and tables as people read them. Integers all the way: no float touches money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/u256.hpp"

namespace plume {

/// An amount of units of 10^-decimals, with thousands marked and all decimals shown: 12,345.600000.
std::string format_amount(const u256& amount, unsigned decimals);

/// The amount that a text like "12345.6" or "12,345.60" says, in units of 10^-decimals; nothing
/// when it is no number, has more decimals than that, or needs more than 256 bits.
std::optional<u256> parse_amount(std::string_view text, unsigned decimals);

/// Basis points as a percentage: 4532 is "45.32 %".
std::string format_bps(uint64_t bps);

/// The UTC day of a time in seconds since 1970: 2013-10-01.
std::string format_day(uint64_t timestamp);

/// Rows under a head line, in columns as wide as they need to be. Columns of numbers are set to the
/// right.
class TextTable {
public:
    enum class Align : uint8_t { left, right };
    struct Column {
        std::string head;
        Align align = Align::left;
    };

    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
    /// As many fields as there are columns.
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// All lines, each with its line end.
    std::string render() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace plume
