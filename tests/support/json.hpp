// Reading the JSON of public vectors. What is not as a format says is told by an exception, which
// fails the test at hand and no other.
#pragma once

#include <boost/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume::test {

/// A vector that is not what its format says.
class Malformed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Member `key`; null when it is absent or null, or `value` is no object.
const boost::json::value* find(const boost::json::value& value, std::string_view key);
/// Member `key`, which must be there.
const boost::json::value& at(const boost::json::value& value, std::string_view key);

const boost::json::object& object_of(const boost::json::value& value);
const boost::json::array& array_of(const boost::json::value& value);
std::string_view string_of(const boost::json::value& value);
/// The bytes that a text spells in hexadecimal, with or without 0x.
Bytes bytes_of(const boost::json::value& value);
/// A number of up to 256 bits: a JSON one, or a text in decimal or after 0x, where "0x" is 0.
u256 number_of(const boost::json::value& value);
uint64_t uint64_of(const boost::json::value& value);

/// The value of exactly `T::size` bytes that a text spells in hexadecimal.
template <class T>
T fixed_of(const boost::json::value& value) {
    const auto out = T::parse(string_of(value));
    if (!out)
        throw Malformed("not " + std::to_string(T::size) +
                        " bytes: " + std::string(string_of(value)));
    return *out;
}

/// The text of member `key`.
std::string text_at(const boost::json::value& object, std::string_view key);
/// The bytes that member `key` spells in hexadecimal.
Bytes hex_at(const boost::json::value& object, std::string_view key);

}  // namespace plume::test
