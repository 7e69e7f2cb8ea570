// Numbers that nobody can guess, from the operating system.
#pragma once

#include <cstdint>

#include "base/u256.hpp"

namespace plume {

/// 128 random bits. Any thread. A system that has none stops the process.
u256 random_128();

}  // namespace plume
