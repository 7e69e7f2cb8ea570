#include "app/text.hpp"

#include <algorithm>

#include "base/calendar.hpp"
#include "base/result.hpp"

namespace plume {

std::string format_amount(const u256& amount, unsigned decimals) {
    std::string digits = to_decimal(amount);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    const size_t whole = digits.size() - decimals;
    std::string out;
    for (size_t i = 0; i < whole; ++i) {
        if (i > 0 && (whole - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    if (decimals > 0) out += '.' + digits.substr(whole);
    return out;
}

std::optional<u256> parse_amount(std::string_view text, unsigned decimals) {
    std::string digits;
    std::optional<size_t> point;
    for (const char c : text) {
        if (c == '.' && !point)
            point = digits.size();
        else if (c >= '0' && c <= '9')
            digits += c;
        else if (c != ',' || point || digits.empty())
            return std::nullopt;
    }
    const size_t given = point ? digits.size() - *point : 0;
    if (digits.empty() || given > decimals || (point && (given == 0 || *point == 0)))
        return std::nullopt;
    digits.append(decimals - given, '0');
    return parse_decimal(digits);
}

std::string format_bps(uint64_t bps) {
    const std::string fraction = std::to_string(bps % 100);
    return std::to_string(bps / 100) + (fraction.size() < 2 ? ".0" : ".") + fraction + " %";
}

std::string format_day(uint64_t timestamp) {
    const auto [year, month, day] = calendar::date_of(timestamp);
    const auto two = [](uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(year) + "-" + two(month) + "-" + two(day);
}

std::string TextTable::render() const {
    std::vector<size_t> widths;
    for (const Column& column : columns_) widths.push_back(column.head.size());
    for (const auto& row : rows_) {
        check(row.size() == columns_.size(), "a row has a field for every column");
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    const auto line = [&](auto&& field_of) {
        std::string text;
        for (size_t i = 0; i < columns_.size(); ++i) {
            const std::string field = field_of(i);
            const std::string padding(widths[i] - field.size(), ' ');
            if (i > 0) text += "  ";
            text += columns_[i].align == Align::left ? field + padding : padding + field;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line([&](size_t i) { return columns_[i].head; });
    line([&](size_t i) { return std::string(widths[i], '-'); });
    for (const auto& row : rows_) line([&](size_t i) { return row[i]; });
    return out;
}

}  // namespace plume
