// Keccak-256 as Ethereum uses it: the original padding of 2011, not that of SHA-3 (FIPS 202).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace plume {

/// The hash of any bytes. Any thread.
Hash keccak256(BytesView data);

/// The hash of a text's bytes.
inline Hash keccak256(std::string_view text) { return keccak256(view_of(text)); }

/// The hash of no bytes: the code hash of an account without code.
inline constexpr Hash keccak256_empty = [] {
    using namespace literals;
    return "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"_hash;
}();

namespace detail {

/// The 1,600 bits between two blocks: lane (x, y) at x + 5y, bytes of a lane from the low end.
using KeccakState = std::array<uint64_t, 25>;

/// Bytes of input that one permutation takes up.
inline constexpr size_t keccak_rate = 136;

inline constexpr std::array<uint64_t, 24> keccak_round_constants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Keccak-f[1600] with plain loops: what the compiler evaluates for constants.
constexpr void permute(KeccakState& a) {
    // Lane i of the rotated state comes from lane `source[i]`, turned by `turn[i]` bits (rho and pi together).
    constexpr uint8_t source[25] = {0,  6, 12, 18, 24, 3,  9,  10, 16, 22, 1,  7, 13,
                                    19, 20, 4, 5,  11, 17, 23, 2,  8,  14, 15, 21};
    constexpr uint8_t turn[25] = {0,  44, 43, 21, 14, 28, 20, 3, 45, 61, 1,  6, 25,
                                  8,  18, 27, 36, 10, 15, 56, 62, 55, 39, 41, 2};
    for (const uint64_t round_constant : keccak_round_constants) {
        uint64_t column[5] = {};
        for (unsigned x = 0; x < 5; ++x)
            column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        uint64_t mix[5] = {};
        for (unsigned x = 0; x < 5; ++x) {
            const uint64_t next = column[(x + 1) % 5];
            mix[x] = column[(x + 4) % 5] ^ (next << 1 | next >> 63);
        }
        uint64_t b[25] = {};
        for (unsigned i = 0; i < 25; ++i) {
            const uint64_t lane = a[source[i]] ^ mix[source[i] % 5];
            b[i] = lane << turn[i] | lane >> (-turn[i] & 63);
        }
        for (unsigned y = 0; y < 25; y += 5)
            for (unsigned x = 0; x < 5; ++x)
                a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
        a[0] ^= round_constant;
    }
}

}  // namespace detail

/// The hash of a literal, made by the compiler: selectors, event topics, storage bases.
constexpr Hash keccak256_constexpr(std::string_view text) {
    detail::KeccakState state{};
    const size_t last = text.size() / detail::keccak_rate * detail::keccak_rate;
    for (size_t i = 0; i < text.size(); ++i) {
        const size_t at = i % detail::keccak_rate;
        state[at / 8] ^= static_cast<uint64_t>(static_cast<uint8_t>(text[i])) << (8 * (at % 8));
        if (at == detail::keccak_rate - 1) detail::permute(state);
    }
    const size_t end = text.size() - last;
    state[end / 8] ^= uint64_t{1} << (8 * (end % 8));
    state[detail::keccak_rate / 8 - 1] ^= uint64_t{1} << 63;
    detail::permute(state);
    Hash out;
    for (size_t i = 0; i < Hash::size; ++i)
        out.bytes[i] = static_cast<uint8_t>(state[i / 8] >> (8 * (i % 8)));
    return out;
}

}  // namespace plume
