// Sums and products of arrays of 64-bit words, least significant first: what fields of large primes
// are made of. Loops of a known length are unrolled, so that the compiler keeps words in registers;
// results are not zeroed before they are written, which would cost as much as computing them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#ifdef __x86_64__
#include <immintrin.h>  // _addcarry_u64, _subborrow_u64
#endif

namespace plume {

template <size_t N>
using Words = std::array<uint64_t, N>;

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

/// a + b + carry, where the carry is 0 or 1; and a - b - borrow. GCC finds the instructions that
/// x86 has for them only when they are named, and sums are three times as fast with them.
constexpr uint64_t add(uint64_t a, uint64_t b, unsigned char& carry) {
#ifdef __x86_64__
    if (!std::is_constant_evaluated()) {
        unsigned long long out;
        carry = _addcarry_u64(carry, a, b, &out);
        return out;
    }
#endif
    const unsigned __int128 sum = static_cast<unsigned __int128>(a) + b + carry;
    carry = static_cast<unsigned char>(sum >> 64);
    return static_cast<uint64_t>(sum);
}
constexpr uint64_t subtract(uint64_t a, uint64_t b, unsigned char& borrow) {
#ifdef __x86_64__
    if (!std::is_constant_evaluated()) {
        unsigned long long out;
        borrow = _subborrow_u64(borrow, a, b, &out);
        return out;
    }
#endif
    const unsigned __int128 difference = static_cast<unsigned __int128>(a) - b - borrow;
    borrow = static_cast<unsigned char>(difference >> 64 & 1);
    return static_cast<uint64_t>(difference);
}

/// A sum or difference, and what it carries out of (or borrows from) the word after the last.
template <size_t N>
struct Carried {
    Words<N> words;
    unsigned char carry;
};

template <size_t N>
constexpr Carried<N> sum_of(const Words<N>& a, const Words<N>& b) {
    Carried<N> out;
    out.carry = 0;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) out.words[i] = add(a[i], b[i], out.carry);
    return out;
}

template <size_t N>
constexpr Carried<N> difference_of(const Words<N>& a, const Words<N>& b) {
    Carried<N> out;
    out.carry = 0;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) out.words[i] = subtract(a[i], b[i], out.carry);
    return out;
}

/// a, or a + b, without a branch, which would be guessed wrong half of the time.
template <size_t N>
constexpr Words<N> sum_if(bool condition, const Words<N>& a, const Words<N>& b) {
    const uint64_t mask = 0 - uint64_t{condition};
    Words<N> out;
    unsigned char carry = 0;
#pragma GCC unroll 16
    for (size_t i = 0; i < N; ++i) out[i] = add(a[i], b[i] & mask, carry);
    return out;
}

/// a mod m for an a below 2 m.
template <size_t N>
constexpr Words<N> reduced_once(const Words<N>& a, const Words<N>& m) {
    const auto [difference, borrow] = difference_of(a, m);
    return sum_if(borrow != 0, difference, m);
}

template <size_t N>
constexpr bool is_below(const Words<N>& a, const Words<N>& b) {
    return difference_of(a, b).carry != 0;
}

}  // namespace plume
