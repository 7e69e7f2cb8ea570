// Whether a transaction may be in a block: what can be said of it alone, and what its sender's
// account says.
//
// Errors begin with geth's words, because clients match on them.
#pragma once

#include <span>

#include "base/result.hpp"
#include "evm/execution.hpp"
#include "types/transaction.hpp"

namespace plume {

/// A transaction may have this many bytes: what geth's pool takes.
inline constexpr size_t transaction_size_max = size_t{128} << 10;

/// The most that `transaction` can cost its sender: gas limit times fee cap, blobs times theirs,
/// and the value. Nothing when that is more than there can be.
std::optional<u256> most_cost(const Transaction& transaction);

/// What any call must obey, signed or simulated: a type that the block's revision has, with what
/// belongs to it; a tip that is not above the fee cap; init code of at most 49,152 bytes
/// (EIP-3860); a gas limit that covers the intrinsic gas and the floor (EIP-7623).
Result<void> validate_call(const Transaction& transaction, const BlockEnvironment& block);

/// The fee caps are not below the block's fees, and `balance` covers the most the call can cost.
Result<void> validate_funds(const Transaction& transaction, const u256& balance,
                            const BlockEnvironment& block);

/// What the protocol says of a transaction alone: `validate_call`, and besides refuses another
/// chain's id, a gas limit above the block's or, from Osaka on, above 2^24 (EIP-7825), and the
/// nonce 2^64 - 1 (EIP-2681).
Result<void> validate_rules(const Transaction& transaction, const BlockEnvironment& block);

/// What the sender's account says: `validate_funds`, no code but a delegation (EIP-3607, EIP-7702),
/// a nonce that is not used yet. One that is too high is no fault here: the pool keeps it, a block
/// does not.
Result<void> validate_account(const Transaction& transaction, const Address& sender,
                              const AccountFields& account, BytesView code,
                              const BlockEnvironment& block);

/// What this node's blocks and pool take, beyond `validate_rules`: no more bytes than
/// `transaction_size_max`, a chain id (EIP-155), no blobs, which it would have nowhere to keep, and
/// a signature unless it is a development chain.
Result<void> validate_policy(const SignedTransaction& transaction, bool is_development = false);

}  // namespace plume
