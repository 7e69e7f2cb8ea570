// A genesis as the file that parse_genesis reads.
#pragma once

#include <string>

#include "chain/genesis.hpp"

namespace plume {

/// The file in geth's format, with accounts by address and slots by number: the same genesis gives
/// the same bytes. Has "plume": {"nativeCode": true} when an account has the code of a native
/// contract, as those do that were launched on the chain that a state was exported from.
std::string write_genesis(const Genesis& genesis);

}  // namespace plume
