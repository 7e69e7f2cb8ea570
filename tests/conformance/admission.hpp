// What the protocol, without any node's policies, lets into a block.
#pragma once

#include "evm/execution.hpp"

namespace plume::conformance {

/// Whether `transaction` may run next in a block like this.
Result<void> validate(State& state, const BlockEnvironment& block,
                      const SignedTransaction& transaction);

}  // namespace plume::conformance
