// ABI values of the public vectors.
#pragma once

#include "codec/abi_type.hpp"
#include "codec/abi_value.hpp"
#include "support/json.hpp"

namespace plume::test {

abi::Type abi_type_of(const boost::json::value& name);

/// The value of `type` that a vector writes. Integers are hexadecimal also where they are negative.
abi::Value abi_value_of(const abi::Type& type, const boost::json::value& value);

/// Values as some vectors write them, {"type": ..., "value": ...} around each, without that.
boost::json::value unwrapped(const boost::json::value& value);

/// The declaration called `name` in the JSON text `interface`.
abi::Declaration declaration_of(std::string_view interface, std::string_view name);

/// abi.encodePacked of one value (Solidity documentation, "Non-standard Packed Mode"): without
/// padding but in arrays.
void append_packed(Bytes& out, const abi::Type& type, const abi::Value& value,
                   bool is_padded = false);

/// The topic of an indexed value: the word itself, or a hash of what does not fit into one.
Hash topic_of(const abi::Type& type, const abi::Value& value);

}  // namespace plume::test
