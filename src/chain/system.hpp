// What a block does before its first transaction: system contracts learn where the chain has come
// to.
#pragma once

#include "evm/execution.hpp"
#include "types/block.hpp"

namespace plume {

/// EIP-4788: learns the roots of the beacon chain, if it stands there.
extern const Address beacon_roots_address;
/// EIP-2935: keeps the hashes of the last 8,191 blocks in its storage, for contracts and for
/// BLOCKHASH.
extern const Address history_address;
/// The code that stands there, from the text of the EIP.
Bytes history_code();

/// Calls `contract` as the protocol itself does, outside of any transaction and of the block's gas
/// (EIP-4788, EIP-2935). Nothing when there is no contract.
std::optional<CallResult> system_call(State& state, const BlockEnvironment& block,
                                      std::span<const NativeType> natives, const Address& contract,
                                      BytesView input);

/// The calls at the start of the block with this header: the beacon root to its contract
/// (EIP-4788), the parent's hash to the history. A contract that is not there is not called.
void begin_block(State& state, const BlockEnvironment& block, std::span<const NativeType> natives,
                 const Header& header);

/// Lets BLOCKHASH in `block` find the parent, whose hash `block` has, and older blocks in the
/// history of `view`, which must outlive it. 0 for those the history does not hold.
void know_ancestors(BlockEnvironment& block, const StateView& view);

}  // namespace plume
