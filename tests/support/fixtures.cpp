#include "support/fixtures.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/result.hpp"

namespace plume::test {

namespace {

std::string full_path(std::string_view path) {
    return std::string(PLUME_FIXTURES "/").append(path);
}

}  // namespace

std::optional<Bytes> fixture_bytes(std::string_view path) {
    std::ifstream file(full_path(path), std::ios::binary);
    if (!file) return std::nullopt;
    return Bytes{std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> fixtures_below(std::string_view folder) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(full_path(folder), error))
        if (entry.path().extension() == ".json")
            out.push_back(std::filesystem::relative(entry.path(), PLUME_FIXTURES).generic_string());
    std::ranges::sort(out);
    return out;
}

std::optional<boost::json::value> fixture(std::string_view path) {
    const auto text = fixture_bytes(path);
    if (!text) return std::nullopt;
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 128;
    auto parsed = boost::json::parse(text_of(*text), error, {}, options);
    check(!error, "fixture is JSON: " + full_path(path));
    return parsed;
}

}  // namespace plume::test
