// State tests: one transaction on a small world, and the root it leaves.
//
//   { env, pre, transaction, post: { fork: [ { indexes, hash, logs, txbytes, expectException?,
//     state? } ] }, config? }
//
// There are no system calls and no withdrawals around the transaction, and the node's own policies
// are off.
#pragma once

#include "conformance/cases.hpp"

namespace plume {
class Tracer;
}

namespace plume::conformance {

/// A case for each member of `post`'s lists.
Cases state_cases(const Entry& entry);

/// The same, told to `tracer` as they run; it outlives them.
Cases traced_state_cases(const Entry& entry, Tracer& tracer);

}  // namespace plume::conformance
