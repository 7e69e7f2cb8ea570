// Where the contracts stand that every chain has from genesis on.
#pragma once

#include "base/bytes.hpp"

namespace plume::contracts {

using namespace literals;

// The last two bytes count the contracts; the prefix spells "plume" and keeps clear of precompiles
// (EIP-7587).
inline constexpr Address attestations = "0x706c756d65000000000000000000000000000001"_address;
inline constexpr Address conditions = "0x706c756d65000000000000000000000000000002"_address;
inline constexpr Address launcher = "0x706c756d65000000000000000000000000000003"_address;
inline constexpr Address scheduler = "0x706c756d65000000000000000000000000000004"_address;
inline constexpr Address feeds = "0x706c756d65000000000000000000000000000005"_address;
inline constexpr Address agents = "0x706c756d65000000000000000000000000000006"_address;
inline constexpr Address arbitrator = "0x706c756d65000000000000000000000000000007"_address;

}  // namespace plume::contracts
