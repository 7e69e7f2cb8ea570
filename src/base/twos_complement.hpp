// 256-bit numbers read as signed ones, in two's complement: what SDIV, SMOD, SLT, SGT, SAR and
// SIGNEXTEND compute (Yellow Paper, appendix H).
#pragma once

#include "base/u256.hpp"

namespace plume {

constexpr bool is_negative(const u256& x) {
    return x.words[3] >> 63 != 0;
}

constexpr u256 magnitude(const u256& x) {
    return is_negative(x) ? -x : x;
}

/// a / b rounded towards 0; 0 for b = 0. The least number divided by -1 is itself.
constexpr u256 signed_quotient(const u256& a, const u256& b) {
    const u256 quotient = magnitude(a) / magnitude(b);
    return is_negative(a) != is_negative(b) ? -quotient : quotient;
}

/// What that division leaves, with the sign of `a`; 0 for b = 0.
constexpr u256 signed_remainder(const u256& a, const u256& b) {
    const u256 remainder = magnitude(a) % magnitude(b);
    return is_negative(a) ? -remainder : remainder;
}

constexpr bool signed_less(const u256& a, const u256& b) {
    return is_negative(a) != is_negative(b) ? is_negative(a) : a < b;
}

/// `x` shifted right by `n` bits that are filled with its sign.
constexpr u256 arithmetic_shift(const u256& x, unsigned n) {
    if (!is_negative(x)) return x >> n;
    return n >= 256 ? u256_max : ~(~x >> n);
}

/// The number whose lowest `byte` + 1 bytes are those of `x`, and whose higher bits repeat their
/// sign.
constexpr u256 sign_extend(const u256& x, const u256& byte) {
    if (byte >= u256{31u}) return x;
    const unsigned shift = 8 * (31 - static_cast<unsigned>(byte.low64()));
    return arithmetic_shift(x << shift, shift);
}

}  // namespace plume
