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

/// The first native contract, of those written to in this transaction, that finds an invariant of
/// its own broken. Reads only.
std::optional<BrokenInvariant> find_broken(Execution& execution);

/// What a transaction came to. Its effects are in the state.
struct Transacted {
    CallResult result;
    /// Paid for: after refunds, not below the floor. 0: a system transaction that could not be made
    /// at all, and has left nothing.
    uint64_t gas_used = 0;
    uint64_t gas_consumed = 0;  ///< the most that was in use: before refunds and the floor
    std::vector<Log> logs;      ///< none unless it succeeded, but for those that tell of a
                                ///< scheduled run given up
    std::optional<BrokenInvariant> broken;
    std::optional<Address> created;  ///< where a creation put its contract, or would have
};

/// Runs `transaction`, which `validate_rules` and `validate_account` have let pass. Afterwards asks
/// every native contract that was written to for its invariants: when one is broken, only the fee
/// remains and the result is a failure. A system transaction goes its own way: see
/// chain/scheduled.hpp. `tracer` is told what happens; null: nobody.
Transacted transact(State& state, const BlockEnvironment& block,
                    std::span<const NativeType> natives, const Transaction& transaction,
                    const Address& sender, Tracer* tracer = nullptr);

}  // namespace plume
