// Vectors of Recursive Length Prefix encodings.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// {in, out}: a tree and its encoding; or VALID or INVALID, and what is to be read or refused.
Outcome run_rlp(const boost::json::value& entry);

/// {decoded, encoded}: a tree whose texts are hexadecimal.
Outcome run_ethers_rlp(const boost::json::value& entry);

}  // namespace plume::conformance
