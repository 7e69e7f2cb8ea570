// State tests: one transaction on a small world, and the root it leaves.
//
//   { env, pre, transaction, post: { fork: [ { indexes, hash, logs, txbytes, expectException?,
//     state? } ] }, config? }
//
// There are no system calls and no withdrawals around the transaction, and the node's own policies
// are off.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

class LineTracer;

/// Whether an entry is one.
bool is_state_test(const Entry& entry);

/// A case for each member of `post`'s lists.
Cases state_cases(const Entry& entry);

/// The same, told to `tracer`, which outlives them, as they run.
Cases traced_state_cases(const Entry& entry, LineTracer& tracer);

}  // namespace plume::conformance
