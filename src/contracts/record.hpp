// Records as other contracts see them: whatever refers to one asks whether it is live, and nothing
// else.
#pragma once

#include "contracts/addresses.hpp"
#include "native/remote.hpp"

namespace plume {

/// The record does not exist, was revoked, has expired, or its attester may no longer make it.
using RecordNotLive = CustomError<"RecordNotLive(bytes32 uid)", Hash>;

namespace record {

using IsLive = Remote<"isLive(bytes32 uid) view returns (bool)", bool, Hash>;

inline void require_live(const Contract& contract, const Hash& uid) {
    contract.require(IsLive::read(contract, contracts::attestations, uid), RecordNotLive{uid});
}

}  // namespace record

}  // namespace plume
