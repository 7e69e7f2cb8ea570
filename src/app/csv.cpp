#include "app/csv.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace plume {

namespace {

/// Reads one record from `text` on, moving `at` past its line end; nothing when a quote is never
/// closed.
std::optional<std::vector<std::string>> next_record(std::string_view text, size_t& at) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c != '"') {
                fields.back() += c;
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                fields.back() += c;
                ++at;
            } else {
                quoted = false;
            }
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r' || at + 1 >= text.size() || text[at + 1] != '\n') {
            fields.back() += c;
        }
    }
    if (quoted) return std::nullopt;
    return fields;
}

}  // namespace

Result<Csv> Csv::parse(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    Csv out;
    size_t at = 0;
    for (size_t line = 1; at < text.size(); ++line) {
        auto record = next_record(text, at);
        if (!record) return Error{.what = "a quoted field is never closed"};
        if (line == 1) {
            out.head_ = std::move(*record);
            continue;
        }
        if (record->size() == 1 && record->front().empty()) continue;
        if (record->size() != out.head_.size())
            return Error{.what = "record " + std::to_string(line) + " has " +
                                 std::to_string(record->size()) + " fields, the head has " +
                                 std::to_string(out.head_.size())};
        out.rows_.push_back(std::move(*record));
    }
    if (out.head_.empty()) return Error{.what = "the table is empty"};
    return out;
}

Result<Csv> Csv::load(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Error{.what = "cannot read " + file.string()};
    std::error_code failure;
    const auto size = std::filesystem::file_size(file, failure);
    if (failure || size > size_max)
        return Error{.what = file.string() + " is no table of at most 64 MiB"};
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto table = parse(text);
    if (!table) return Error{.what = file.string() + ": " + table.error().what};
    table->name_ = file.string() + ": ";
    return table;
}

Result<size_t> Csv::column(std::string_view name) const {
    const auto found = std::ranges::find(head_, name);
    if (found == head_.end())
        return Error{.what = name_ + "there is no column '" + std::string(name) + "'"};
    return static_cast<size_t>(found - head_.begin());
}

}  // namespace plume
