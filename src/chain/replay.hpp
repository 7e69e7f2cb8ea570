// A block's transactions, run again one by one: for whoever wants to watch them.
#pragma once

#include "chain/execute.hpp"
#include "chain/transact.hpp"
#include "state/overlay.hpp"

namespace plume {

/// Starts from the state that a block found, and comes to the same results as the block did. Each
/// transaction has a State of its own, which has seen what that transaction looks at and nothing
/// else. One thread, with a stack of `contract_stack_size`.
class Replay {
public:
    /// `before` is the state after the parent of the block with this `header`. Both it and `rules`
    /// must outlive the replay.
    Replay(const StateView& before, const Header& header, const Rules& rules);

    /// Runs the block's next transaction.
    Transacted run(const SignedTransaction& transaction, Tracer* tracer = nullptr);

    /// The state that the transactions so far have left.
    const StateView& view() const { return view_; }
    const BlockEnvironment& block() const { return block_; }

private:
    const Rules& rules_;
    Overlay view_;
    BlockEnvironment block_;
};

}  // namespace plume
