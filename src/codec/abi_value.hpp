// Values of the Solidity ABI whose types are only known at run time, to bytes and back (contract
// ABI specification, "Formal Specification of the Encoding"). For the command line and tests;
// contracts use codec/abi.hpp.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"
#include "codec/abi_type.hpp"

namespace plume::abi {

/// A value of a type that stands beside it: integers (signed ones in two's complement of 256 bits),
/// bool, address, bytes and bytesN, string, and the parts of arrays and tuples.
struct Value {
    std::variant<u256, bool, Address, Bytes, std::string, std::vector<Value>> content;

    friend bool operator==(const Value&, const Value&) = default;
};

/// Whether an integer, in two's complement when its type is signed, is in the range of its type.
bool in_range(const Type& integer, const u256& value);

/// abi.encode(...): an error when the values are not as many as the parameters, or not of their
/// types.
Result<Bytes> encode_values(const std::vector<Parameter>& parameters,
                            const std::vector<Value>& values);

/// The values that `data` encodes. Strict as Solidity's own decoder: words must be in their type's
/// range and every offset must lie inside. Beyond that, no more bytes are read than there are
/// (honest encoders never share tails), so that what is decoded is never larger than what was sent.
/// Bytes after the last are ignored, as Solidity does.
Result<std::vector<Value>> decode_values(const std::vector<Parameter>& parameters, BytesView data);

}  // namespace plume::abi
