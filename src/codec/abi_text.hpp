// Values of the Solidity ABI as people type them:
//
//   integer     = [ "-" ] digits | "0x" hexdigits
//   bool        = "true" | "false"
//   address, bytesN, bytes = "0x" hexdigits
//   array       = "[" [ value { "," value } ] "]"
//   tuple       = "(" value { "," value } ")"
//   string      = '"' { character | "\" character } '"' | anything without , ] ) at its end
//
// A string that is a whole argument is taken as it is, quotes and all.
#pragma once

#include <string_view>

#include "codec/abi_value.hpp"

namespace plume::abi {

/// The value of `type` that the whole of `text` spells. An address is read in any case: its
/// checksum is not looked at, which `parse_address` of the layer crypto does.
Result<Value> from_text(const Type& type, std::string_view text);

}  // namespace plume::abi
