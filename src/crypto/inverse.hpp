// Inverses modulo an odd number, after D. Bernstein and B.-Y. Yang, "Fast constant-time gcd
// computation and modular inversion" (2019), without the constant time: nothing secret comes here.
// A step halves g, having made it even with f, and trades the two when f has been used for long.
// Which steps to take depends on low bits alone, so 62 of them are found on single words and then
// applied to the whole numbers as one matrix.
#pragma once

#include <algorithm>
#include <bit>

#include "crypto/words.hpp"

namespace plume::detail {

constexpr unsigned steps_at_once = 62;

/// What some steps come to: f becomes (u f + v g) / 2^62, and g becomes (q f + r g) / 2^62. In each
/// row the two absolute values sum to at most 2^62.
struct Steps {
    int64_t u = 1, v = 0, q = 0, r = 1;
};

/// 1 / f mod 2^64 for an odd f: each round doubles the number of right bits, of which f * f = 1 mod
/// 8 gives the first three.
constexpr uint64_t inverse_of_odd(uint64_t f) {
    uint64_t out = f;
    for (int i = 0; i < 5; ++i) out *= 2 - f * out;
    return out;
}

/// The next 62 steps for numbers that end in `f` (odd) and `g`. `delta` is the paper's: while it is
/// positive, an odd g trades places with f.
constexpr Steps next_steps(int64_t& delta, uint64_t f, uint64_t g) {
    // Of f and g only the bits that steps may still look at are right. The rows are kept as they
    // would be without the halving of g; the row of f is doubled instead.
    Steps s;
    unsigned left = steps_at_once;
    while (true) {
        const auto zeros = static_cast<unsigned>(std::countr_zero(g | uint64_t{1} << left));
        g >>= zeros;
        s.u *= int64_t{1} << zeros;
        s.v *= int64_t{1} << zeros;
        delta += zeros;
        left -= zeros;
        if (left == 0) return s;
        if (delta > 0) {
            delta = -delta;
            s = {s.q, s.r, -s.u, -s.v};
            const uint64_t old = f;
            f = g;
            g = 0 - old;
        }
        // Up to six of g's bits vanish at once, as long as delta stays where f is not traded.
        const auto bits = static_cast<unsigned>(std::min<int64_t>({left, 1 - delta, 6}));
        const uint64_t w = (g * f * (f * f - 2)) & ((uint64_t{1} << bits) - 1);
        g += w * f;
        s.q += static_cast<int64_t>(w) * s.u;
        s.r += static_cast<int64_t>(w) * s.v;
    }
}

/// The words from bit 62 on.
template <size_t N>
constexpr Words<N - 1> without_62_bits(const Words<N>& x) {
    Words<N - 1> out{};
    for (size_t i = 0; i + 1 < N; ++i) out[i] = x[i] >> 62 | x[i + 1] << 2;
    return out;
}

/// (a f + b g) / 2^62 for numbers in two's complement.
template <size_t N>
constexpr Words<N> combined(const Words<N>& f, const Words<N>& g, int64_t a, int64_t b) {
    Words<N + 1> sum{};
    __int128 carry = 0;
    for (size_t i = 0; i + 1 < N; ++i) {
        carry += static_cast<__int128>(a) * f[i] + static_cast<__int128>(b) * g[i];
        sum[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    carry += static_cast<__int128>(a) * static_cast<int64_t>(f[N - 1]) +
             static_cast<__int128>(b) * static_cast<int64_t>(g[N - 1]);
    sum[N - 1] = static_cast<uint64_t>(carry);
    sum[N] = static_cast<uint64_t>(carry >> 64);
    return without_62_bits(sum);
}

/// (a d + b e) / 2^62 mod m for d and e in [0, m]; `factor` is -1 / m mod 2^64.
template <size_t N>
constexpr Words<N> combined_modulo(const Words<N>& d, const Words<N>& e, int64_t a, int64_t b,
                                   const Words<N>& m, uint64_t factor) {
    const auto x = a < 0 ? difference_of(m, d).words : d;
    const auto y = b < 0 ? difference_of(m, e).words : e;
    const auto scale_x = static_cast<uint64_t>(a < 0 ? -a : a);
    const auto scale_y = static_cast<uint64_t>(b < 0 ? -b : b);
    // This many times m makes the sum divisible by 2^62.
    const uint64_t times = (scale_x * x[0] + scale_y * y[0]) * factor & (~uint64_t{0} >> 2);
    Words<N + 1> sum{};
    unsigned __int128 carry = 0;
    for (size_t i = 0; i < N; ++i) {
        carry += static_cast<unsigned __int128>(scale_x) * x[i] +
                 static_cast<unsigned __int128>(scale_y) * y[i] +
                 static_cast<unsigned __int128>(times) * m[i];
        sum[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    sum[N] = static_cast<uint64_t>(carry);
    return reduced_once(without_62_bits(sum), m);
}

/// c / x mod m for an odd m below 2^(64 N - 2) and x, c in [0, m); 0 for x = 0. If x and m have a
/// divisor in common, the result means nothing.
template <size_t N>
constexpr Words<N> modular_quotient(const Words<N>& c, const Words<N>& x, const Words<N>& m) {
    const uint64_t factor = 0 - inverse_of_odd(m[0]);
    // All along, x d = c f and x e = c g modulo m. In the end g is 0 and f is 1 or -1.
    Words<N> f = m;
    Words<N> g = x;
    Words<N> d{};
    Words<N> e = c;
    int64_t delta = 1;
    while (g != Words<N>{}) {
        const auto [u, v, q, r] = next_steps(delta, f[0], g[0]);
        const auto next_f = combined(f, g, u, v);
        g = combined(f, g, q, r);
        f = next_f;
        const auto next_d = combined_modulo(d, e, u, v, m, factor);
        e = combined_modulo(d, e, q, r, m, factor);
        d = next_d;
    }
    const bool is_negative = f[N - 1] >> 63 != 0;
    return is_negative && d != Words<N>{} ? difference_of(m, d).words : d;
}

}  // namespace plume::detail
