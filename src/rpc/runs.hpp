// Committed blocks, run again to see what happened inside.
#pragma once

#include "chain/replay.hpp"
#include "evm/call_tracer.hpp"
#include "rpc/method.hpp"

namespace plume::rpc {

/// A committed block and the state that it found.
struct Run {
    Block block;
    std::shared_ptr<const StateSnapshot> before;
};

/// The block with this number; -32000 for one that is not there, and for the genesis block, which
/// found no state.
Run run_of(const Chain& chain, uint64_t number);

/// The calls of a block's transactions, each as its outermost one; with `only`, of that transaction
/// alone. Throws -32005 once `budget` is spent.
std::vector<TracedCall> calls_of(const Chain& chain, const Run& run, TraceBudget& budget,
                                 std::optional<size_t> only = std::nullopt);

/// What went wrong in a call as geth calls it; empty when nothing did.
std::string_view failure_of(const TracedCall& call);

}  // namespace plume::rpc
