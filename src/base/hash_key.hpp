// The key of hashed containers: numbers that are drawn when the process starts.
//
// Outsiders choose addresses and storage slots. Who knew how these are hashed could choose some
// that all fall into one bucket of a container, and make each look into it a walk through all.
#pragma once

#include <array>
#include <cstdint>

namespace plume {

/// Never changes after the start. It must reach nothing but the places of things in containers.
extern const std::array<uint64_t, 4> hash_key;

/// A hash of four words: NH (Black and others, UMAC, 1999), where two different inputs meet with a
/// probability of 2^-64 for whoever does not know the key, folded.
inline uint64_t hash_words(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    const auto product = [](uint64_t x, uint64_t y) {
        return static_cast<unsigned __int128>(x) * y;
    };
    const unsigned __int128 sum =
        product(a + hash_key[0], b + hash_key[1]) + product(c + hash_key[2], d + hash_key[3]);
    return static_cast<uint64_t>(sum) ^ static_cast<uint64_t>(sum >> 64);
}

}  // namespace plume
