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

/// What is different about a block. Absent members are as they are.
struct BlockOverrides {
    std::optional<uint64_t> number;
    std::optional<uint64_t> timestamp;
    std::optional<uint64_t> gas_limit;
    std::optional<Address> coinbase;
    std::optional<Hash> prev_randao;
    std::optional<u256> base_fee;
    std::optional<u256> blob_base_fee;
};

/// Reads { number, time, gasLimit, feeRecipient, prevRandao, baseFeePerGas, blobBaseFee }; nothing
/// when not given. The names that alloy gives some of them, coinbase, random and baseFee, are read
/// too, and a difficulty of 0; other members are refused.
BlockOverrides read_block_overrides(const Field& field);

void apply(const BlockOverrides& overrides, BlockEnvironment& block);

}  // namespace plume::rpc
