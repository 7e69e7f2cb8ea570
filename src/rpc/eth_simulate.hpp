// eth_simulateV1 (ethereum/execution-apis): blocks of calls that nobody signed.
#pragma once

#include "chain/simulate_blocks.hpp"
#include "rpc/field.hpp"

namespace plume::rpc {

/// The simulated blocks with the results of their calls, for { blockStateCalls, validation?,
/// traceTransfers?, returnFullTransactions? }.
Json simulate(const SimulationBase& base, const Rules& rules, const Field& options);

}  // namespace plume::rpc
