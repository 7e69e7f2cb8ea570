#include "support/json.hpp"

namespace plume::test {

namespace json = boost::json;

const json::value* find(const json::value& value, std::string_view key) {
    const json::object* object = value.if_object();
    const json::value* member = object == nullptr ? nullptr : object->if_contains(key);
    return member == nullptr || member->is_null() ? nullptr : member;
}

const json::value& at(const json::value& value, std::string_view key) {
    const json::value* member = find(value, key);
    if (member == nullptr) throw Malformed("no member \"" + std::string(key) + "\"");
    return *member;
}

const json::object& object_of(const json::value& value) {
    if (const json::object* object = value.if_object()) return *object;
    throw Malformed("not an object: " + json::serialize(value));
}

const json::array& array_of(const json::value& value) {
    if (const json::array* array = value.if_array()) return *array;
    throw Malformed("not an array: " + json::serialize(value));
}

std::string_view string_of(const json::value& value) {
    if (const json::string* text = value.if_string()) return *text;
    throw Malformed("not a text: " + json::serialize(value));
}

Bytes bytes_of(const json::value& value) {
    auto bytes = from_hex(string_of(value));
    if (!bytes) throw Malformed("not hexadecimal digits: " + std::string(string_of(value)));
    return std::move(*bytes);
}

u256 number_of(const json::value& value) {
    if (const int64_t* number = value.if_int64(); number != nullptr && *number >= 0)
        return u256{static_cast<uint64_t>(*number)};
    if (const uint64_t* number = value.if_uint64()) return u256{*number};
    if (string_of(value) == "0x") return {};
    const auto number = parse_number(string_of(value));
    if (!number) throw Malformed("not a number below 2^256: " + std::string(string_of(value)));
    return *number;
}

uint64_t uint64_of(const json::value& value) {
    const u256 number = number_of(value);
    if (!number.fits_uint64()) throw Malformed("not a number below 2^64: " + to_decimal(number));
    return number.low64();
}

std::string text_at(const json::value& object, std::string_view key) {
    return std::string(string_of(at(object, key)));
}

Bytes hex_at(const json::value& object, std::string_view key) {
    return bytes_of(at(object, key));
}

}  // namespace plume::test
