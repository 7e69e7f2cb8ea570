// Comma-separated tables with a head line (RFC 4180), as open data comes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plume {

/// A table in memory, at most `csv_size_max` bytes of it. Columns are known by the names in the
/// first line, in any order; columns nobody asks for are ignored.
class Csv {
public:
    static constexpr size_t size_max = size_t{64} << 20;

    /// Quoted fields may hold commas, quotes (doubled) and line ends; lines may end in CR LF. A row
    /// with another number of fields than the head is an error that names its line.
    static Result<Csv> parse(std::string_view text);
    static Result<Csv> load(const std::filesystem::path& file);

    size_t row_count() const { return rows_.size(); }
    /// Where a column stands; an error that names it when it is missing.
    Result<size_t> column(std::string_view name) const;
    const std::string& at(size_t row, size_t column) const { return rows_[row][column]; }

private:
    std::string name_;  ///< of the file, as errors begin with it
    std::vector<std::string> head_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace plume
