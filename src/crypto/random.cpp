#include "crypto/random.hpp"

#include <sys/random.h>

#include <array>

#include "base/result.hpp"

namespace plume {

u256 random_128() {
    std::array<uint64_t, 2> words{};
    check(getrandom(words.data(), sizeof words, 0) == static_cast<ssize_t>(sizeof words),
          "the system has random numbers");
    return (u256{words[0]} << 64) | u256{words[1]};
}

}  // namespace plume
