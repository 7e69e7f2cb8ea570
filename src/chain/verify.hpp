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
    uint64_t history = 0;  ///< entries of earlier values
};

/// Recomputes the head's state and, going back by the history, that after every block before
/// (chain/verify_state.hpp); and of every block its hash, its link to the parent, the roots of
/// transactions and receipts, what is stored beside them, the bloom and gas used, and the index
/// entries that lead to it. Nothing may be missing, and nothing may be there besides. The error
/// names the first thing that does not agree. Reads everything; any thread, but the snapshot is
/// held until it returns.
Result<Verified> verify(const StoreSnapshot& snapshot);

}  // namespace plume
