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
inline Hash keccak256(std::string_view text) {
    return keccak256(view_of(text));
}

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

/// Keccak-f[1600], with theta, rho and pi written out: fast at run time, and few steps for a
/// compiler that evaluates it.
constexpr void permute(KeccakState& state) {
    uint64_t a[25];
    for (unsigned i = 0; i < 25; ++i) a[i] = state[i];
    for (const uint64_t round_constant : keccak_round_constants) {
        const uint64_t c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        const uint64_t c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        const uint64_t c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        const uint64_t c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        const uint64_t c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        const uint64_t d0 = c4 ^ (c1 << 1 | c1 >> 63);
        const uint64_t d1 = c0 ^ (c2 << 1 | c2 >> 63);
        const uint64_t d2 = c1 ^ (c3 << 1 | c3 >> 63);
        const uint64_t d3 = c2 ^ (c4 << 1 | c4 >> 63);
        const uint64_t d4 = c3 ^ (c0 << 1 | c0 >> 63);
#pragma GCC unroll 5
        for (unsigned y = 0; y < 25; y += 5) {
            a[y] ^= d0;
            a[y + 1] ^= d1;
            a[y + 2] ^= d2;
            a[y + 3] ^= d3;
            a[y + 4] ^= d4;
        }
        const uint64_t b[25] = {a[0],
                                a[6] << 44 | a[6] >> 20,
                                a[12] << 43 | a[12] >> 21,
                                a[18] << 21 | a[18] >> 43,
                                a[24] << 14 | a[24] >> 50,
                                a[3] << 28 | a[3] >> 36,
                                a[9] << 20 | a[9] >> 44,
                                a[10] << 3 | a[10] >> 61,
                                a[16] << 45 | a[16] >> 19,
                                a[22] << 61 | a[22] >> 3,
                                a[1] << 1 | a[1] >> 63,
                                a[7] << 6 | a[7] >> 58,
                                a[13] << 25 | a[13] >> 39,
                                a[19] << 8 | a[19] >> 56,
                                a[20] << 18 | a[20] >> 46,
                                a[4] << 27 | a[4] >> 37,
                                a[5] << 36 | a[5] >> 28,
                                a[11] << 10 | a[11] >> 54,
                                a[17] << 15 | a[17] >> 49,
                                a[23] << 56 | a[23] >> 8,
                                a[2] << 62 | a[2] >> 2,
                                a[8] << 55 | a[8] >> 9,
                                a[14] << 39 | a[14] >> 25,
                                a[15] << 41 | a[15] >> 23,
                                a[21] << 2 | a[21] >> 62};
#pragma GCC unroll 5
        for (unsigned y = 0; y < 25; y += 5) {
            a[y] = b[y] ^ (~b[y + 1] & b[y + 2]);
            a[y + 1] = b[y + 1] ^ (~b[y + 2] & b[y + 3]);
            a[y + 2] = b[y + 2] ^ (~b[y + 3] & b[y + 4]);
            a[y + 3] = b[y + 3] ^ (~b[y + 4] & b[y]);
            a[y + 4] = b[y + 4] ^ (~b[y] & b[y + 1]);
        }
        a[0] ^= round_constant;
    }
    for (unsigned i = 0; i < 25; ++i) state[i] = a[i];
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
