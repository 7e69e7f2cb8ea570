// Values and declarations of the Solidity ABI as JSON (contract ABI specification, "JSON").
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "codec/abi_type.hpp"
#include "codec/abi_value.hpp"

namespace plume::abi {

/// Integers in decimal digits as strings, which no reader of JSON rounds; addresses and bytes in
/// hexadecimal; a tuple as an object when its parts have names, different ones, and else as an
/// array. The value must be of the type. A string from a contract may be no UTF-8: clean the text
/// that this is written as.
boost::json::value to_json(const Type& type, const Value& value);

/// The value of `type` that `json` says: integers as numbers or strings (decimal or 0x), tuples as
/// arrays or as objects with exactly their parts' names, everything else as `to_json` writes it.
Result<Value> from_json(const Type& type, const boost::json::value& json);

/// A signed integer in decimal digits, with its sign.
std::string to_signed_decimal(const u256& value);

/// The functions, events, errors and the constructor of a contract, as compilers describe them.
/// Receive and fallback functions have no signature and are left out.
Result<std::vector<Declaration>> declarations_from_json(const boost::json::value& json);

}  // namespace plume::abi
