// Scheduled calls: what the Scheduler (contracts/scheduler.hpp) has been paid to do when it is due.
//
// After its users' transactions a block makes the calls that are due, in the Scheduler's order, for
// as long as the next one fits into the block's gas and into their share of it, a
// `Scheduler::block_share`-th; what does not fit comes first in the next block. While any call is
// due, users' transactions leave that share free, so that a full block holds up none.
//
// Each run is a system transaction: to the Scheduler, from `system_sender`, with the calldata
// run(id, run). It follows from the state: `execute` derives it, and takes none from a proposal.
// Its gas is paid from what the job's owner has paid in, at the base fee, and burnt. When a run
// breaks an invariant, or the Scheduler itself cannot bring it to its end, all of it is undone and
// `abandon` books it as failed: such a transaction has the status of a failure and a log that tells
// of it. So a run is never tried twice, and none holds up the next.
//
// A chain without the Scheduler has no scheduled calls.
#pragma once

#include "chain/transact.hpp"

namespace plume {

/// The system transaction that `block` has to make next; nothing when no run is due.
std::optional<Transaction> due_call(State& state, const BlockEnvironment& block,
                                    std::span<const NativeType> natives);

/// Makes the run that `transaction` names.
Transacted run_scheduled(State& state, const BlockEnvironment& block,
                         std::span<const NativeType> natives, const Transaction& transaction,
                         Tracer* tracer);

/// The time from which on a block has scheduled calls to make, the state being that of `view`;
/// nothing when none wait.
std::optional<uint64_t> next_due(const StateView& view, std::span<const NativeType> natives);

/// The gas that scheduled calls have in a block of so much.
uint64_t scheduled_gas_max(uint64_t block_gas_limit);

}  // namespace plume
