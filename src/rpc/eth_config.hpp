// What eth_config says of the rules of the chain (EIP-7910).
#pragma once

#include "base/bytes.hpp"

namespace plume::rpc {

/// FORK_HASH (EIP-6122) of a chain that has never changed its rules since block 0, whose hash is
/// `genesis`: what tells it from chains that a node must not be joined to.
FixedBytes<4> fork_hash(const Hash& genesis);

}  // namespace plume::rpc
