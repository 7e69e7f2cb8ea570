// Transaction tests: bytes, and who sent them, or that they are no transaction.
//
//   { txbytes, result: { fork: { sender, hash, intrinsicGas } | { exception, intrinsicGas } } }
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// A case for each fork that Plume knows; for files that end before, one for their newest, where
/// the rules for transactions are the same but for the price of init code.
Cases transaction_cases(const Entry& entry);

}  // namespace plume::conformance
