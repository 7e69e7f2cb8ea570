// Sums and products of arrays of 64-bit words, least significant first: what fields of large primes
// are made of. Loops of a known length are unrolled, so that the compiler keeps words in registers;
// results are not zeroed before they are written, which would cost as much as computing them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace plume {

template <size_t N>
using Words = std::array<uint64_t, N>;

/// A sum or difference, and what it carries out of (or borrows from) the word after the last.
template <size_t N>
struct Carried {
    Words<N> words;
    uint64_t carry;
};

/// The low word of a * b + c + carry, which always fits two; the high one is the next carry. Sums
/// of single words rather than of wide ones: GCC makes half as many instructions of them.
constexpr uint64_t multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t& carry) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    auto low = static_cast<uint64_t>(product);
    auto high = static_cast<uint64_t>(product >> 64);
    low += c;
    high += low < c ? 1 : 0;
    low += carry;
    high += low < carry ? 1 : 0;
    carry = high;
    return low;
}

/// a + (b & mask)
template <size_t N>
constexpr Carried<N> sum_of(const Words<N>& a, const Words<N>& b, uint64_t mask = ~uint64_t{0}) {
    Carried<N> out;
    out.carry = 0;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) {
        const auto sum = static_cast<unsigned __int128>(a[i]) + (b[i] & mask) + out.carry;
        out.words[i] = static_cast<uint64_t>(sum);
        out.carry = static_cast<uint64_t>(sum >> 64);
    }
    return out;
}

template <size_t N>
constexpr Carried<N> difference_of(const Words<N>& a, const Words<N>& b) {
    Carried<N> out;
    out.carry = 0;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) {
        const auto difference = static_cast<unsigned __int128>(a[i]) - b[i] - out.carry;
        out.words[i] = static_cast<uint64_t>(difference);
        out.carry = static_cast<uint64_t>(difference >> 64) & 1;
    }
    return out;
}

/// a mod m for an a below 2 m.
template <size_t N>
constexpr Words<N> reduced_once(const Words<N>& a, const Words<N>& m) {
    const auto [difference, is_below] = difference_of(a, m);
    Words<N> out;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) out[i] = is_below != 0 ? a[i] : difference[i];
    return out;
}

template <size_t N>
constexpr bool is_below(const Words<N>& a, const Words<N>& b) {
    return difference_of(a, b).carry != 0;
}

}  // namespace plume
