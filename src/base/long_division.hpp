// Division of numbers of several 64-bit words: Knuth's algorithm D (TAOCP 4.3.1) with the
// quotient's digits found by multiplying with a reciprocal, after N. Möller and T. Granlund,
// "Improved division by invariant integers" (2011). The EVM's numbers stand on it; nothing else
// should need it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace plume::detail {

using wide = unsigned __int128;

constexpr wide join(uint64_t high, uint64_t low) {
    return static_cast<wide>(high) << 64 | low;
}
constexpr uint64_t high64(wide x) {
    return static_cast<uint64_t>(x >> 64);
}
constexpr uint64_t low64(wide x) {
    return static_cast<uint64_t>(x);
}

/// The high word of `high`:`low` shifted left by n < 64, and the low word of it shifted right.
constexpr uint64_t shift_left(uint64_t high, uint64_t low, unsigned n) {
    return high << n | low >> 1 >> (63 - n);
}
constexpr uint64_t shift_right(uint64_t high, uint64_t low, unsigned n) {
    return low >> n | high << 1 << (63 - n);
}

/// a * b + c + d, which always fits.
constexpr wide multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return static_cast<wide>(a) * b + c + d;
}

/// First approximations of a reciprocal, by the nine highest bits of the divisor.
inline constexpr std::array<uint16_t, 256> reciprocal_seeds = [] {
    std::array<uint16_t, 256> out{};
    for (uint32_t i = 0; i < 256; ++i)
        out[i] = static_cast<uint16_t>(((1u << 19) - 3 * (1u << 8)) / (256 + i));
    return out;
}();

/// floor((2^128 - 1) / d) - 2^64 for a `d` whose highest bit is set: algorithm 3 of the paper,
/// which doubles the correct bits with each of its steps.
constexpr uint64_t reciprocal(uint64_t d) {
    const uint64_t d40 = (d >> 24) + 1;
    const uint64_t v0 = reciprocal_seeds[(d >> 55) - 256];
    const uint64_t v1 = (v0 << 11) - (v0 * v0 * d40 >> 40) - 1;
    const uint64_t v2 = (v1 << 13) + (v1 * ((uint64_t{1} << 60) - v1 * d40) >> 47);
    const uint64_t odd = d & 1;
    const uint64_t e = ((v2 >> 1) & (0 - odd)) - v2 * ((d >> 1) + odd);
    const uint64_t v3 = (high64(static_cast<wide>(v2) * e) >> 1) + (v2 << 31);
    return v3 - high64(static_cast<wide>(v3) * d + d) - d;
}

/// floor((2^192 - 1) / d) - 2^64 for a two-word `d` whose highest bit is set: algorithm 6.
constexpr uint64_t reciprocal(wide d) {
    const uint64_t d1 = high64(d);
    const uint64_t d0 = low64(d);
    uint64_t v = reciprocal(d1);
    uint64_t p = d1 * v + d0;
    if (p < d0) {
        --v;
        if (p >= d1) {
            --v;
            p -= d1;
        }
        p -= d1;
    }
    const wide t = static_cast<wide>(v) * d0;
    p += high64(t);
    if (p < high64(t)) {
        --v;
        if (join(p, low64(t)) >= d) --v;
    }
    return v;
}

template <class Rest>
struct Digit {
    uint64_t quotient;
    Rest rest;
};

/// (rest * 2^64 + next) / d with rest < d and `v` = reciprocal(d): algorithm 4.
constexpr Digit<uint64_t> next_digit(uint64_t rest, uint64_t next, uint64_t d, uint64_t v) {
    const wide q = static_cast<wide>(v) * rest + join(rest, next);
    uint64_t digit = high64(q) + 1;
    uint64_t r = next - digit * d;
    const uint64_t too_much =
        0 - uint64_t{r > low64(q)};  // A mask: a branch would be a coin's toss.
    digit += too_much;
    r += d & too_much;
    if (r >= d) [[unlikely]] {
        ++digit;
        r -= d;
    }
    return {digit, r};
}

/// The same with two words of rest and divisor: algorithm 5.
constexpr Digit<wide> next_digit(wide rest, uint64_t next, wide d, uint64_t v) {
    const wide q = static_cast<wide>(v) * high64(rest) + rest;
    uint64_t digit = high64(q);
    const uint64_t r1 = low64(rest) - digit * high64(d);
    wide r = join(r1, next) - static_cast<wide>(digit) * low64(d) - d;
    ++digit;
    const uint64_t too_much = 0 - uint64_t{high64(r) >= low64(q)};
    digit += too_much;
    r += d & join(too_much, too_much);
    if (r >= d) [[unlikely]] {
        ++digit;
        r -= d;
    }
    return {digit, r};
}

template <size_t N>
constexpr unsigned word_count(const std::array<uint64_t, N>& x) {
    unsigned n = N;
    while (n > 0 && x[n - 1] == 0) --n;
    return n;
}

/// `number` / `divisor` for a `divisor` above 0; words stand least significant first.
template <size_t N>
class LongDivision {
public:
    std::array<uint64_t, N> quotient{};
    std::array<uint64_t, 4> remainder{};

    constexpr LongDivision(const std::array<uint64_t, N>& number,
                           const std::array<uint64_t, 4>& divisor)
        : number_words_(word_count(number)), divisor_words_(word_count(divisor)) {
        if (number_words_ < divisor_words_) {
            for (unsigned i = 0; i < number_words_; ++i) remainder[i] = number[i];
            return;
        }
        normalize(number, divisor);
        if (divisor_words_ == 1)
            by_one_word();
        else if (divisor_words_ == 2)
            by_two_words();
        else
            by_more_words();
        const unsigned last = divisor_words_ - 1;
        for (unsigned i = 0; i < last; ++i) remainder[i] = shift_right(u_[i + 1], u_[i], shift_);
        remainder[last] = u_[last] >> shift_;
    }

private:
    /// Step D1: shifts both by as much as sets the divisor's highest bit.
    constexpr void normalize(const std::array<uint64_t, N>& number,
                             const std::array<uint64_t, 4>& divisor) {
        shift_ = static_cast<unsigned>(__builtin_clzll(divisor[divisor_words_ - 1]));
        uint64_t below = 0;
        for (unsigned i = 0; i < number_words_; ++i) {
            u_[i] = shift_left(number[i], below, shift_);
            below = number[i];
        }
        u_[number_words_] = shift_left(0, below, shift_);
        v_[0] = divisor[0] << shift_;
        for (unsigned i = 1; i < divisor_words_; ++i)
            v_[i] = shift_left(divisor[i], divisor[i - 1], shift_);
    }

    constexpr void by_one_word() {
        const uint64_t v = reciprocal(v_[0]);
        uint64_t rest = u_[number_words_];
        for (unsigned j = number_words_; j-- > 0;) {
            const auto digit = next_digit(rest, u_[j], v_[0], v);
            quotient[j] = digit.quotient;
            rest = digit.rest;
        }
        u_[0] = rest;
    }

    constexpr void by_two_words() {
        const wide d = join(v_[1], v_[0]);
        const uint64_t v = reciprocal(d);
        wide rest = join(u_[number_words_], u_[number_words_ - 1]);
        for (unsigned j = number_words_ - 1; j-- > 0;) {
            const auto digit = next_digit(rest, u_[j], d, v);
            quotient[j] = digit.quotient;
            rest = digit.rest;
        }
        u_[0] = low64(rest);
        u_[1] = high64(rest);
    }

    constexpr void by_more_words() {
        const unsigned n = divisor_words_;
        const wide d = join(v_[n - 1], v_[n - 2]);
        const uint64_t v = reciprocal(d);
        for (unsigned j = number_words_ - n + 1; j-- > 0;) {
            const wide top = join(u_[j + n], u_[j + n - 1]);
            // A digit estimated from three words of the number and two of the divisor is right or
            // one too high.
            uint64_t digit = ~uint64_t{0};
            if (top < d) digit = next_digit(top, u_[j + n - 2], d, v).quotient;
            if (subtract(digit, j)) {
                --digit;
                add_back(j);
            }
            quotient[j] = digit;
        }
    }

    /// Step D4: takes `digit` times the divisor from the number at word `j`; says whether that was
    /// too much.
    constexpr bool subtract(uint64_t digit, unsigned j) {
        uint64_t carry = 0;
        for (unsigned i = 0; i < divisor_words_; ++i) {
            const wide product = static_cast<wide>(digit) * v_[i] + carry;
            carry = high64(product) + (u_[j + i] < low64(product) ? 1 : 0);
            u_[j + i] -= low64(product);
        }
        const bool too_much = u_[j + divisor_words_] < carry;
        u_[j + divisor_words_] -= carry;
        return too_much;
    }

    /// Step D6.
    constexpr void add_back(unsigned j) {
        uint64_t carry = 0;
        for (unsigned i = 0; i < divisor_words_; ++i) {
            const wide sum = static_cast<wide>(u_[j + i]) + v_[i] + carry;
            u_[j + i] = low64(sum);
            carry = high64(sum);
        }
        u_[j + divisor_words_] += carry;
    }

    unsigned number_words_;
    unsigned divisor_words_;
    unsigned shift_ = 0;
    std::array<uint64_t, N + 1> u_{};
    std::array<uint64_t, 4> v_{};
};

}  // namespace plume::detail
