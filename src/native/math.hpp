// Arithmetic for capital: what does not fit is refused with Solidity's Panic, and every division
// says where its remainder goes.
#pragma once

#include "native/contract.hpp"

namespace plume {

inline u256 checked_add(const u256& a, const u256& b) {
    const auto [sum, overflow] = overflowing_add(a, b);
    if (overflow) throw Revert{Panic{panic_arithmetic}.data()};
    return sum;
}

inline u256 checked_sub(const u256& a, const u256& b) {
    const auto [difference, overflow] = overflowing_sub(a, b);
    if (overflow) throw Revert{Panic{panic_arithmetic}.data()};
    return difference;
}

inline u256 checked_mul(const u256& a, const u256& b) {
    const auto [product, overflow] = overflowing_mul(a, b);
    if (overflow) throw Revert{Panic{panic_arithmetic}.data()};
    return product;
}

/// floor(a * b / d), with a 512-bit product.
inline u256 mul_div_down(const u256& a, const u256& b, const u256& d) {
    if (d.is_zero()) throw Revert{Panic{panic_division_by_zero}.data()};
    const std::optional<Division> out = mul_div(a, b, d);
    if (!out) throw Revert{Panic{panic_arithmetic}.data()};
    return out->quotient;
}

/// ceil(a * b / d), with a 512-bit product.
inline u256 mul_div_up(const u256& a, const u256& b, const u256& d) {
    if (d.is_zero()) throw Revert{Panic{panic_division_by_zero}.data()};
    const std::optional<Division> out = mul_div(a, b, d);
    if (!out) throw Revert{Panic{panic_arithmetic}.data()};
    return out->remainder.is_zero() ? out->quotient : checked_add(out->quotient, u256{1u});
}

/// floor(a * b / d), or the greatest number where it is beyond that: for maxima, which must not be
/// refused.
inline u256 saturating_mul_div(const u256& a, const u256& b, const u256& d) {
    if (d.is_zero()) throw Revert{Panic{panic_division_by_zero}.data()};
    const std::optional<Division> out = mul_div(a, b, d);
    return out ? out->quotient : u256_max;
}

/// The largest root whose square is not more than `value`. By Newton's method from above, which
/// falls until it is there: at most 9 steps for the last bits of 256.
inline u256 square_root_down(const u256& value) {
    if (value.is_zero()) return {};
    u256 root = u256{1u} << ((value.bit_length() + 1) / 2);
    for (;;) {
        const u256 next = (root + value / root) >> 1;
        if (next >= root) return root;
        root = next;
    }
}

/// The same number in a narrower type, or a Panic: never a truncation.
template <std::unsigned_integral T>
T checked_narrow(const u256& value) {
    if (value > u256{static_cast<T>(~T{0})}) throw Revert{Panic{panic_arithmetic}.data()};
    return static_cast<T>(value.low64());
}

/// a + b, or the greatest number where that would be beyond it.
inline u256 saturating_add(const u256& a, const u256& b) {
    const auto [sum, overflow] = overflowing_add(a, b);
    return overflow ? u256_max : sum;
}

/// a - b, or zero where that would be negative.
inline u256 saturating_sub(const u256& a, const u256& b) {
    return a > b ? a - b : u256{};
}

/// The same number as a uint128, or a Panic.
inline u128 checked_u128(const u256& value) {
    if (value.bit_length() > 128) throw Revert{Panic{panic_arithmetic}.data()};
    return {value};
}

}  // namespace plume
