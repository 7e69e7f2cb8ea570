#include "base/hash_key.hpp"

#include <sys/random.h>

#include "base/result.hpp"

namespace plume {

namespace {

std::array<uint64_t, 4> draw() {
    std::array<uint64_t, 4> out;
    check(::getrandom(out.data(), sizeof out, 0) == sizeof out, "the system has random numbers");
    return out;
}

}  // namespace

// Before whatever else is made at the start, containers among it.
[[gnu::init_priority(101)]] const std::array<uint64_t, 4> hash_key = draw();

}  // namespace plume
