// The transaction object of eth_call and eth_estimateGas.
#pragma once

#include "chain/simulate.hpp"
#include "rpc/field.hpp"

namespace plume::rpc {

/// Reads { from, to, gas, gasPrice | maxFeePerGas, maxPriorityFeePerGas, value, input | data,
/// accessList, authorizationList }. Members that other methods use (nonce, chainId, type) are
/// ignored, as geth does where they cannot change the outcome. Refuses what would be lost: both fee
/// forms at once, `input` and `data` that differ, blobs.
CallRequest read_call(const Field& field);

}  // namespace plume::rpc
