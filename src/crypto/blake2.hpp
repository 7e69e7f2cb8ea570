// The compression function of BLAKE2b (RFC 7693), which precompile 9 offers (EIP-152).
#pragma once

#include <array>
#include <cstdint>

namespace plume {

/// One block's worth of input, and what has been hashed before it.
struct Blake2bBlock {
    std::array<uint64_t, 8> state;
    std::array<uint64_t, 16> message;
    std::array<uint64_t, 2> byte_count;  ///< so far with this block, low word first
    bool is_last = false;
};

/// The state after `block`: function F of RFC 7693, section 3.2, with any number of rounds. BLAKE2b
/// itself has 12. Takes some 10 nanoseconds a round. May be called from any thread.
std::array<uint64_t, 8> blake2b_compress(const Blake2bBlock& block, uint32_t rounds);

}  // namespace plume
