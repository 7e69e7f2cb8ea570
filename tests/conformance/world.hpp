// The accounts of a public test as a state with its tries, and back.
#pragma once

#include <memory>

#include "support/json.hpp"
#include "support/memory_store.hpp"

namespace plume::conformance {

/// A state that is shared by all that start from it, and never changes.
struct World {
    test::MemoryStore store;
    Hash root;
};
using WorldPtr = std::shared_ptr<const World>;

/// The world of {address: {balance, nonce, code, storage: {slot: value}}}. Slots with 0 are as if
/// they were not there; accounts without anything are.
WorldPtr world_of(const boost::json::value& accounts);

/// The world after `changes`, which were made on `world` and have been `rooted`.
WorldPtr after(const World& world, const Rooted& rooted);

/// What differs, a line each, up to a number of lines that can be read.
std::string difference(const World& expected, const World& found);

}  // namespace plume::conformance
