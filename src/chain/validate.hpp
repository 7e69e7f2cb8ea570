// Whether a transaction may be in a block: what can be said of it alone, and what its sender's
// account says.
//
// Errors begin with geth's words, because clients match on them.
#pragma once

#include <span>

#include "base/result.hpp"
#include "state/view.hpp"
#include "types/transaction.hpp"

namespace plume {

/// A transaction may have this many bytes: what geth's pool takes.
inline constexpr size_t transaction_size_max = size_t{128} << 10;

/// The most that `transaction` can cost its sender: gas limit times fee cap, and the value. Nothing
/// when that is more than there can be.
std::optional<u256> most_cost(const Transaction& transaction);

/// What any call must obey, signed or simulated: it has a recipient (contract creation is refused
/// by this version), the tip is not above the fee cap, and the gas limit covers the intrinsic gas
/// and the floor (EIP-7623).
Result<void> validate_call(const Transaction& transaction);

/// The fee cap is not below the base fee, and `balance` covers the most the call can cost.
Result<void> validate_funds(const Transaction& transaction, const u256& balance,
                            const u256& base_fee);

/// What can be said of a signed transaction without any state: `validate_call`, and besides refuses
/// types 3 and 4, which this version does not run; another chain's or no chain id (EIP-155); more
/// bytes than `transaction_size_max`; a gas limit above the block's or above 2^24 (EIP-7825); the
/// nonce 2^64 - 1 (EIP-2681).
Result<void> validate(const SignedTransaction& transaction, uint64_t chain_id,
                      uint64_t block_gas_limit);

/// What the sender's account and the block's base fee say: `validate_funds`, no code (EIP-3607), a
/// nonce that is not used yet. One that is too high is no fault here: the pool keeps it, a block
/// does not.
Result<void> validate_against(const SignedTransaction& transaction, const AccountFields& sender,
                              const u256& base_fee);

}  // namespace plume
