// Transactions as the vectors of ethers write them.
#pragma once

#include "support/json.hpp"
#include "types/transaction.hpp"

namespace plume::test {

/// Member `key`: zero when it is absent, null or "0x".
u256 ethers_number(const boost::json::value& fields, std::string_view key);

/// A transaction of any type, legacy when none is named; unsigned. Gas limits of 2^64 and more,
/// which some of the vectors have, lose their upper bits.
Transaction from_ethers(const boost::json::value& fields);

}  // namespace plume::test
