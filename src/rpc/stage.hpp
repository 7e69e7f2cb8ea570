// Where a call is imagined to happen: on a state, in a block.
#pragma once

#include "rpc/method.hpp"

namespace plume::rpc {

/// A state to call on, and the block that the call believes to be in.
struct Stage {
    std::shared_ptr<const StateSnapshot> state;
    BlockEnvironment block;
};

/// The stage that `id` calls. With `as_next`, the head is followed by the next block already.
Stage stage_of(const Ask& ask, const BlockId& id, bool as_next);

/// Reads { number, time, gasLimit, feeRecipient, prevRandao, baseFeePerGas, blobBaseFee }; nothing
/// when not given. The names that alloy gives some of them, coinbase, random and baseFee, are read
/// too, and a difficulty of 0; other members are refused, and fees of more than 128 bits.
BlockOverrides read_block_overrides(const Field& field);

void apply(const BlockOverrides& overrides, BlockEnvironment& block);

}  // namespace plume::rpc
