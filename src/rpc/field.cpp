#include "rpc/field.hpp"

#include <algorithm>
#include <charconv>

namespace plume::rpc {

namespace {

bool is_hex(std::string_view digits) {
    return std::ranges::all_of(digits, [](char c) { return hex_digit(c) >= 0; });
}

template <size_t N>
FixedBytes<N> fixed(const Field& field, std::string_view digits, std::string_view what) {
    if (digits.size() != 2 * N)
        field.refuse("hex string has length " + std::to_string(digits.size()) + ", want " +
                     std::to_string(2 * N) + " for " + std::string(what));
    const auto value = FixedBytes<N>::parse(digits);
    if (!value) field.refuse("invalid hex string");
    return *value;
}

u256 from_digits(std::string_view digits) {
    u256 out;
    for (const char c : digits) out = out << 4 | u256{static_cast<uint64_t>(hex_digit(c))};
    return out;
}

std::string quoted(std::string_view text) {
    constexpr size_t shown_max = 100;
    return boost::json::serialize(boost::json::string(text.substr(0, shown_max)));
}

}  // namespace

void Field::refuse(std::string_view why) const {
    std::string message = "invalid argument " + std::to_string(argument_) + ": ";
    if (!member_.empty()) message.append("member ").append(member_).append(": ");
    throw RpcError{code::invalid_params, message.append(why)};
}

const Json& Field::value() const {
    if (given()) return *value_;
    if (!member_.empty()) refuse("missing value");
    throw RpcError{code::invalid_params,
                   "missing value for required argument " + std::to_string(argument_)};
}

std::string_view Field::text() const {
    const Json& given_value = value();
    if (!given_value.is_string()) refuse("not a string");
    return given_value.get_string();
}

std::string_view Field::digits() const {
    std::string_view all = text();
    if (all.empty()) refuse("empty hex string");
    if (!all.starts_with("0x") && !all.starts_with("0X")) refuse("hex string without 0x prefix");
    all.remove_prefix(2);
    return all;
}

Address Field::address() const {
    return fixed<20>(*this, digits(), "an address");
}

Hash Field::hash() const {
    return fixed<32>(*this, digits(), "a hash");
}

u256 Field::quantity() const {
    const std::string_view number_digits = digits();
    if (number_digits.empty()) refuse("hex string \"0x\" has no digits");
    if (!is_hex(number_digits)) refuse("invalid hex string");
    if (number_digits.size() > 1 && number_digits[0] == '0')
        refuse("hex number with leading zero digits");
    if (number_digits.size() > 64) refuse("hex number > 256 bits");
    return from_digits(number_digits);
}

uint64_t Field::number() const {
    const u256 value = quantity();
    if (!value.fits_uint64()) refuse("hex number > 64 bits");
    return value.low64();
}

uint64_t Field::lenient_number() const {
    const Json& given_value = value();
    if (given_value.is_uint64()) return given_value.get_uint64();
    if (given_value.is_int64() && given_value.get_int64() >= 0)
        return static_cast<uint64_t>(given_value.get_int64());
    if (!given_value.is_string()) refuse("not a number");
    const std::string_view all = given_value.get_string();
    const auto parsed = parse_number(all);
    if (!parsed) refuse("not a number");
    if (!parsed->fits_uint64()) refuse("number > 64 bits");
    return parsed->low64();
}

Bytes Field::data() const {
    const std::string_view all = digits();
    if (all.size() % 2 != 0) refuse("hex string of odd length");
    auto bytes = from_hex(all);
    if (!bytes) refuse("invalid hex string");
    return std::move(*bytes);
}

bool Field::boolean() const {
    const Json& given_value = value();
    if (!given_value.is_bool()) refuse("not true or false");
    return given_value.get_bool();
}

double Field::real() const {
    const Json& given_value = value();
    if (!given_value.is_number()) refuse("not a number");
    return given_value.to_number<double>();
}

u256 Field::slot() const {
    const std::string_view all = text();
    std::string_view key = all;
    if (key.starts_with("0x") || key.starts_with("0X")) key.remove_prefix(2);
    if (key.size() > 64)
        throw RpcError{code::invalid_params,
                       "storage key too long (want at most 32 bytes): " + quoted(all)};
    if (!is_hex(key))
        throw RpcError{code::invalid_params, "invalid hex in storage key: " + quoted(all)};
    return from_digits(key);
}

BlockId Field::block() const {
    if (is_object()) {
        only_members({"blockNumber", "blockHash", "requireCanonical"});
        const Field number_member = (*this)["blockNumber"];
        const Field hash_member = (*this)["blockHash"];
        if (number_member.given() && hash_member.given())
            refuse("cannot specify both blockHash and blockNumber, choose one or the other");
        if (hash_member.given()) return hash_member.hash();
        if (number_member.given()) return number_member.block();
        refuse("blockNumber or blockHash is missing");
    }
    const std::string_view name = text();
    if (name == "latest") return BlockTag::latest;
    if (name == "pending") return BlockTag::pending;
    if (name == "safe") return BlockTag::safe;
    if (name == "finalized") return BlockTag::finalized;
    if (name == "earliest") return BlockTag::earliest;
    if (name.size() == 66) return hash();
    return number();
}

Field Field::operator[](std::string_view member) const {
    const Json& given_value = value();
    if (!given_value.is_object()) refuse("not an object");
    return {given_value.get_object().if_contains(member), argument_, member};
}

void Field::limit(size_t count, size_t count_max) const {
    if (count <= count_max) return;
    throw RpcError{code::limit_exceeded, "invalid argument " + std::to_string(argument_) +
                                             ": more than " + std::to_string(count_max) +
                                             " items; ask in several requests"};
}

std::vector<Field> Field::items(size_t count_max) const {
    const Json& given_value = value();
    if (!given_value.is_array()) refuse("not an array");
    const auto& array = given_value.get_array();
    limit(array.size(), count_max);
    std::vector<Field> out;
    out.reserve(array.size());
    for (const Json& item : array) out.emplace_back(&item, argument_, member_);
    return out;
}

std::vector<Field> Field::members(size_t count_max) const {
    const Json& given_value = value();
    if (!given_value.is_object()) refuse("not an object");
    const auto& object = given_value.get_object();
    limit(object.size(), count_max);
    std::vector<Field> out;
    out.reserve(object.size());
    for (const auto& member : object) out.emplace_back(&member.value(), argument_, member.key());
    return out;
}

void Field::only_members(std::initializer_list<std::string_view> members) const {
    const Json& given_value = value();
    if (!given_value.is_object()) refuse("not an object");
    for (const auto& [key, member_value] : given_value.get_object()) {
        const std::string_view name = key;
        if (std::ranges::find(members, name) == members.end())
            refuse("unknown member " + quoted(name));
    }
}

}  // namespace plume::rpc
