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

std::optional<Bytes> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return Bytes{std::istreambuf_iterator<char>(file), {}};
}

boost::json::value parsed(BytesView text, std::string_view name) {
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 128;
    auto out = boost::json::parse(text_of(text), error, {}, options);
    check(!error, "is JSON: " + std::string(name));
    return out;
}

}  // namespace

std::optional<Bytes> fixture_bytes(std::string_view path) {
    return read(full_path(path));
}

std::vector<std::string> fixtures_below(std::string_view folder, std::string_view extension) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(full_path(folder), error))
        if (entry.path().extension() == extension)
            out.push_back(std::filesystem::relative(entry.path(), PLUME_FIXTURES).generic_string());
    std::ranges::sort(out);
    return out;
}

std::optional<boost::json::value> fixture(std::string_view path) {
    const auto text = fixture_bytes(path);
    if (!text) return std::nullopt;
    return parsed(*text, path);
}

boost::json::value vectors(std::string_view name) {
    const auto text = read(std::string(PLUME_SOURCE_DIR "/tests/vectors/").append(name));
    check(text.has_value(), "the sources have the vectors " + std::string(name));
    return parsed(*text, name);
}

}  // namespace plume::test
