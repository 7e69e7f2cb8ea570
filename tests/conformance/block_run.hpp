// Running a block of Ethereum's networks: system calls, transactions, withdrawals, requests, roots.
#pragma once

#include "conformance/blocks.hpp"
#include "conformance/world.hpp"
#include "evm/execution.hpp"

namespace plume::conformance {

/// The world after `block`, whose header `validate_block` has let pass, on the one before. An error
/// when a transaction in it is invalid, or its header says otherwise than what comes out.
Result<WorldPtr> run_block(const World& before, const BlockEnvironment& environment,
                           const ReceivedBlock& block);

}  // namespace plume::conformance
