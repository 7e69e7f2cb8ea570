// The state overrides of eth_call: accounts as the caller imagines them.
#pragma once

#include "rpc/field.hpp"
#include "state/overlay.hpp"

namespace plume::rpc {

/// Reads { "<address>": { balance, nonce, code, state | stateDiff } }; nothing when not given.
/// Unknown members are refused, and whatever concerns the code of a precompiled contract.
Overrides read_overrides(const Field& field);

}  // namespace plume::rpc
