// One transaction on a state: from buying gas to paying the coinbase.
#pragma once

#include <optional>
#include <string>

#include "evm/frame.hpp"

namespace plume {

/// A native contract and what it found broken.
struct BrokenInvariant {
    Address contract;
    std::string invariant;
};

/// What a transaction came to. Its effects are in the state.
struct Transacted {
    CallResult result;
    uint64_t gas_used = 0;      ///< paid for: after refunds, not below the floor
    uint64_t gas_consumed = 0;  ///< the most that was in use: before refunds and the floor
    std::vector<Log> logs;      ///< none unless it succeeded
    std::optional<BrokenInvariant> broken;
    std::optional<Address> created;  ///< where a creation put its contract, or would have
};

/// Runs `transaction`, which `validate_rules` and `validate_account` have let pass. Afterwards asks
/// every native contract that was written to for its invariants: when one is broken, only the fee
/// remains and the result is a failure. `tracer` is told what happens; null: nobody.
Transacted transact(State& state, const BlockEnvironment& block,
                    std::span<const NativeType> natives, const Transaction& transaction,
                    const Address& sender, Tracer* tracer = nullptr);

}  // namespace plume
