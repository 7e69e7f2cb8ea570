// Signed transactions of invented people.
#pragma once

#include "types/transaction.hpp"

namespace plume::test {

inline constexpr uint64_t chain_id = 31'337;

/// A key of its own for each number from 1 on.
PrivateKey key(uint16_t number);

/// A payment by the owner of a key: 21,000 gas, at most 2 gwei each, 1 wei of it as tip. To be
/// changed before it is signed.
Transaction payment(uint64_t nonce, const Address& to, const u256& value);

/// The same, signed.
TransactionPtr signed_payment(const PrivateKey& sender, uint64_t nonce, const Address& to,
                              const u256& value);

}  // namespace plume::test
