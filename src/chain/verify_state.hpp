// Whether the state on disk is whole, now and at every block before: recomputed from the leaves.
#pragma once

#include "base/result.hpp"
#include "store/store.hpp"

namespace plume {

/// How many of each there are.
struct StateCount {
    uint64_t accounts = 0;
    uint64_t slots = 0;
};

/// Recomputes the tries of the head from the flat tables alone: the state root, every storage root,
/// and every branch that is stored, none of which may be missing, other or too many. Keeps one path
/// of one trie in memory. The error names the first thing that does not agree.
Result<StateCount> verify_state(const StoreSnapshot& snapshot);

/// Entries of the history that are in memory at once; it is read once for each so many.
inline constexpr uint64_t history_rows_max = 2'000'000;

/// Goes back from the head to the first state that is kept, by the history: each block's entries
/// must turn the state after it into one with the state root of the block before, and with exactly
/// the branches they name. The state after the head must have been verified. Entries that pruning
/// has not removed yet are passed over. Returns how many of the others there are. `rows_max` is for
/// tests.
Result<uint64_t> verify_history(const StoreSnapshot& snapshot,
                                uint64_t rows_max = history_rows_max);

}  // namespace plume
