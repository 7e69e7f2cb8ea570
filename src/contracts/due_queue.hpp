// What is due when: a heap in a contract's storage, whose first entry is the next.
//
// A part of the Scheduler: free functions over its storage, in a namespace of their own (ERC-7201).
// Entries are in order of (time, id), and ids are unique. An entry takes half a slot, and each node
// has four children that fill two slots, so that going down a level reads two slots; the place of
// an id stands in an index with eight places a slot.
//
// Invariants:
//   S-4  no entry comes before its parent, and the index says where each entry stands.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "native/contract.hpp"

namespace plume::due_queue {

/// Entries that wait at one time. Then the heap is eight levels deep.
inline constexpr uint64_t entries_max = 65'536;

struct Entry {
    uint64_t time = 0;
    uint64_t id = 0;

    friend auto operator<=>(const Entry&, const Entry&) = default;
};

using QueueFull = CustomError<"QueueFull(uint256 max)", u256>;

uint64_t size(const Contract& contract);
/// The entry that comes before all others; nothing when there is none.
std::optional<Entry> first(const Contract& contract);
/// The time at which `id` is due; nothing when it does not wait.
std::optional<uint64_t> time_of(const Contract& contract, uint64_t id);
/// Up to `count` entries from the `start`-th on, in the order in which they are stored.
std::vector<Entry> list(const Contract& contract, uint64_t start, uint64_t count);

/// Enters an id that does not wait yet.
void add(Contract& contract, const Entry& entry);
/// Both are for an id that waits.
void move(Contract& contract, const Entry& entry);
void remove(Contract& contract, uint64_t id);

/// Whether S-4 holds around the entry of `id`, and around the first.
std::optional<std::string> broken_around(const Contract& contract, uint64_t id);
/// By how many entries the queue grew in this transaction, modulo 2^256.
u256 growth(const Contract& contract);

}  // namespace plume::due_queue
