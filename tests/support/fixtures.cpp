#include "support/fixtures.hpp"

#include <fstream>
#include <iterator>

#include "base/result.hpp"

namespace plume::test {

std::optional<boost::json::value> fixture(std::string_view path) {
    const std::string name = std::string(PLUME_FIXTURES "/").append(path);
    std::ifstream file(name, std::ios::binary);
    if (!file) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 128;
    auto parsed = boost::json::parse(text, error, {}, options);
    check(!error, "fixture is JSON: " + name);
    return parsed;
}

std::string text_at(const boost::json::value& object, std::string_view key) {
    const boost::json::value* member = object.as_object().if_contains(key);
    check(member != nullptr, "fixture has the member " + std::string(key));
    check(member->is_string(), "fixture has a text as " + std::string(key));
    return std::string(member->as_string());
}

Bytes hex_at(const boost::json::value& object, std::string_view key) {
    const auto bytes = from_hex(text_at(object, key));
    check(bytes.has_value(), "fixture has hexadecimal digits as " + std::string(key));
    return *bytes;
}

}  // namespace plume::test
