// A transaction from what its sender wrote down, with everything else filled in.
#pragma once

#include "rpc/method.hpp"
#include "types/transaction.hpp"

namespace plume::rpc {

/// What a transaction offers the block's producer unless it says so, in wei per gas. Demand moves
/// the base fee (EIP-1559), so the tip need not follow it.
inline constexpr uint64_t suggested_tip = 1'000'000'000;

/// A transaction without a signature, and who is to send it.
struct Filled {
    Transaction fields;
    Address sender;
};

/// What to do when a call fails for which no gas was given.
enum class Failing : uint8_t {
    refuse,  ///< throw its error
    send,    ///< give it all the gas that a transaction may have
};

/// Reads the transaction object at `field`, as `read_call` does, and besides nonce, chainId and
/// type; `from` must be given. Filled in: the sender's next nonce, twice the base fee and the
/// suggested tip, the gas that the call needs on the pending state. Without gasPrice it is a
/// transaction of type 2, or 4 with authorizations.
Filled fill_transaction(const Ask& ask, const Field& field, Failing failing);

}  // namespace plume::rpc
