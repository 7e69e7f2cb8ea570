// Whether what is on disk is whole: everything that can be recomputed, recomputed from nothing.
#pragma once

#include "base/result.hpp"
#include "store/store.hpp"

namespace plume {

/// What was looked at.
struct Verified {
    uint64_t blocks = 0;
    uint64_t transactions = 0;
    uint64_t accounts = 0;
    uint64_t slots = 0;
};

/// Recomputes the head's state root from the flat tables alone, storage roots and code hashes
/// included; and of every block its hash, its link to the parent, the roots of transactions and
/// receipts, the bloom and gas used, and the index entries that lead to it. The error names the
/// first thing that does not agree. Reads everything; any thread, but the snapshot is held until it
/// returns.
Result<Verified> verify(const StoreSnapshot& snapshot);

}  // namespace plume
