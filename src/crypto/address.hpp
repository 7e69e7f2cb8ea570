// Addresses as people read them: the letters' case is a checksum (EIP-55).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace plume {

/// 0x and 40 digits whose case carries the checksum.
std::string to_checksum(const Address& address);

/// The address spelled by 40 digits, with or without 0x. Letters all of one case are taken as they
/// are; mixed case must be the checksum's, so that a mistyped address is noticed.
std::optional<Address> parse_address(std::string_view text);

}  // namespace plume
