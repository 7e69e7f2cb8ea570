// Unsigned 256-bit integers with the wrapping arithmetic of the EVM (Yellow Paper, appendix H).
// Capital does not wrap: contracts use the checked functions of native/math.hpp, which stand on the
// overflowing_* functions below.
#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace plume {

struct u256 {
    /// Least significant word first.
    std::array<uint64_t, 4> words{};

    constexpr u256() = default;
    constexpr u256(std::unsigned_integral auto low) : words{static_cast<uint64_t>(low), 0, 0, 0} {}
    constexpr u256(uint64_t w3, uint64_t w2, uint64_t w1, uint64_t w0) : words{w0, w1, w2, w3} {}
    /// For literals such as `x == 0`; a negative one does not compile.
    consteval u256(int low) : words{low < 0 ? throw "negative" : static_cast<uint64_t>(low), 0, 0, 0} {}

    constexpr bool is_zero() const { return (words[0] | words[1] | words[2] | words[3]) == 0; }
    constexpr explicit operator bool() const { return !is_zero(); }
    constexpr bool fits_uint64() const { return (words[1] | words[2] | words[3]) == 0; }
    /// The low 64 bits; ask `fits_uint64` first where that may lose something.
    constexpr uint64_t low64() const { return words[0]; }
    constexpr bool bit(unsigned i) const { return (words[i / 64] >> (i % 64) & 1) != 0; }
    /// Number of bits up to the highest one set: 0 for 0, 256 for the maximum.
    constexpr unsigned bit_length() const {
        for (unsigned i = 4; i-- > 0;)
            if (words[i] != 0) return 64 * i + (64 - static_cast<unsigned>(__builtin_clzll(words[i])));
        return 0;
    }
    constexpr unsigned byte_length() const { return (bit_length() + 7) / 8; }

    friend constexpr bool operator==(const u256&, const u256&) = default;
    friend constexpr std::strong_ordering operator<=>(const u256& a, const u256& b) {
        for (unsigned i = 4; i-- > 0;)
            if (a.words[i] != b.words[i]) return a.words[i] <=> b.words[i];
        return std::strong_ordering::equal;
    }
};

static_assert(sizeof(u256) == 32);

inline constexpr u256 u256_max{~0ull, ~0ull, ~0ull, ~0ull};

/// A result modulo 2^256 and whether the true one was out of range.
struct Overflowing {
    u256 value;
    bool overflow;
};

constexpr Overflowing overflowing_add(const u256& a, const u256& b) {
    u256 sum;
    unsigned __int128 carry = 0;
    for (unsigned i = 0; i < 4; ++i) {
        carry += static_cast<unsigned __int128>(a.words[i]) + b.words[i];
        sum.words[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    return {sum, carry != 0};
}

constexpr Overflowing overflowing_sub(const u256& a, const u256& b) {
    u256 difference;
    bool borrow = false;
    for (unsigned i = 0; i < 4; ++i) {
        const auto wide = static_cast<unsigned __int128>(a.words[i]) - b.words[i] - (borrow ? 1 : 0);
        difference.words[i] = static_cast<uint64_t>(wide);
        borrow = (wide >> 64) != 0;
    }
    return {difference, borrow};
}

/// The whole product, least significant word first.
constexpr std::array<uint64_t, 8> full_product(const u256& a, const u256& b) {
    std::array<uint64_t, 8> out{};
    for (unsigned i = 0; i < 4; ++i) {
        uint64_t carry = 0;
        for (unsigned j = 0; j < 4; ++j) {
            const auto wide =
                static_cast<unsigned __int128>(a.words[i]) * b.words[j] + out[i + j] + carry;
            out[i + j] = static_cast<uint64_t>(wide);
            carry = static_cast<uint64_t>(wide >> 64);
        }
        out[i + 4] = carry;
    }
    return out;
}

constexpr Overflowing overflowing_mul(const u256& a, const u256& b) {
    const auto p = full_product(a, b);
    return {u256{p[3], p[2], p[1], p[0]}, (p[4] | p[5] | p[6] | p[7]) != 0};
}

constexpr u256 operator+(const u256& a, const u256& b) { return overflowing_add(a, b).value; }
constexpr u256 operator-(const u256& a, const u256& b) { return overflowing_sub(a, b).value; }
constexpr u256 operator*(const u256& a, const u256& b) { return overflowing_mul(a, b).value; }
constexpr u256 operator-(const u256& a) { return u256{} - a; }
constexpr u256& operator+=(u256& a, const u256& b) { return a = a + b; }
constexpr u256& operator-=(u256& a, const u256& b) { return a = a - b; }
constexpr u256& operator*=(u256& a, const u256& b) { return a = a * b; }

constexpr u256 operator&(const u256& a, const u256& b) {
    return {a.words[3] & b.words[3], a.words[2] & b.words[2], a.words[1] & b.words[1],
            a.words[0] & b.words[0]};
}
constexpr u256 operator|(const u256& a, const u256& b) {
    return {a.words[3] | b.words[3], a.words[2] | b.words[2], a.words[1] | b.words[1],
            a.words[0] | b.words[0]};
}
constexpr u256 operator^(const u256& a, const u256& b) {
    return {a.words[3] ^ b.words[3], a.words[2] ^ b.words[2], a.words[1] ^ b.words[1],
            a.words[0] ^ b.words[0]};
}
constexpr u256 operator~(const u256& a) {
    return {~a.words[3], ~a.words[2], ~a.words[1], ~a.words[0]};
}

/// Shifts of 256 and more give 0, as in the EVM.
constexpr u256 operator<<(const u256& a, unsigned n) {
    if (n >= 256) return {};
    u256 out;
    for (unsigned i = 4; i-- > n / 64;) {
        out.words[i] = a.words[i - n / 64] << (n % 64);
        if (n % 64 != 0 && i > n / 64) out.words[i] |= a.words[i - n / 64 - 1] >> (64 - n % 64);
    }
    return out;
}
constexpr u256 operator>>(const u256& a, unsigned n) {
    if (n >= 256) return {};
    u256 out;
    for (unsigned i = 0; i + n / 64 < 4; ++i) {
        out.words[i] = a.words[i + n / 64] >> (n % 64);
        if (n % 64 != 0 && i + n / 64 + 1 < 4) out.words[i] |= a.words[i + n / 64 + 1] << (64 - n % 64);
    }
    return out;
}

struct Division {
    u256 quotient;
    u256 remainder;
};

namespace detail {

/// Knuth's algorithm D (TAOCP 4.3.1) on 64-bit digits: `number` of `N` digits by `divisor` > 0.
/// `number` must not be less than one digit longer than it needs to be: its top digit is scratch space.
template <size_t N>
struct LongDivision {
    std::array<uint64_t, N> quotient{};
    u256 remainder{};

    constexpr LongDivision(std::array<uint64_t, N> number, const u256& divisor) {
        const unsigned n = (divisor.bit_length() + 63) / 64;
        if (n == 1) {
            by_one_digit(number, divisor.words[0]);
            return;
        }
        const unsigned shift = static_cast<unsigned>(__builtin_clzll(divisor.words[n - 1]));
        const u256 v = divisor << shift;
        std::array<uint64_t, N + 1> u{};
        for (unsigned i = 0; i < N; ++i) {
            u[i] |= number[i] << shift;
            if (shift != 0) u[i + 1] = number[i] >> (64 - shift);
        }
        for (unsigned j = static_cast<unsigned>(N) + 1 - n; j-- > 0;) quotient[j] = digit(u, v, n, j);
        u256 scaled;
        for (unsigned i = 0; i < n; ++i) scaled.words[i] = u[i];
        remainder = scaled >> shift;
    }

private:
    constexpr void by_one_digit(const std::array<uint64_t, N>& number, uint64_t divisor) {
        unsigned __int128 rest = 0;
        for (unsigned i = N; i-- > 0;) {
            rest = rest << 64 | number[i];
            quotient[i] = static_cast<uint64_t>(rest / divisor);
            rest %= divisor;
        }
        remainder = u256{static_cast<uint64_t>(rest)};
    }

    /// Steps D3 to D6: estimates one digit, subtracts, and adds back when the estimate was one too high.
    static constexpr uint64_t digit(std::array<uint64_t, N + 1>& u, const u256& v, unsigned n,
                                    unsigned j) {
        using wide = unsigned __int128;
        const wide top = static_cast<wide>(u[j + n]) << 64 | u[j + n - 1];
        wide guess = u[j + n] >= v.words[n - 1] ? ~0ull : top / v.words[n - 1];
        wide rest = top - guess * v.words[n - 1];
        while (rest >> 64 == 0 && guess * v.words[n - 2] > (rest << 64 | u[j + n - 2])) {
            --guess;
            rest += v.words[n - 1];
        }
        uint64_t borrow = 0;
        uint64_t carry = 0;
        for (unsigned i = 0; i < n; ++i) {
            const wide product = guess * v.words[i] + carry;
            carry = static_cast<uint64_t>(product >> 64);
            const wide difference = static_cast<wide>(u[j + i]) - static_cast<uint64_t>(product) - borrow;
            u[j + i] = static_cast<uint64_t>(difference);
            borrow = (difference >> 64) != 0 ? 1 : 0;
        }
        const wide difference = static_cast<wide>(u[j + n]) - carry - borrow;
        u[j + n] = static_cast<uint64_t>(difference);
        if ((difference >> 64) != 0) {
            --guess;
            wide sum = 0;
            for (unsigned i = 0; i < n; ++i) {
                sum += static_cast<wide>(u[j + i]) + v.words[i];
                u[j + i] = static_cast<uint64_t>(sum);
                sum >>= 64;
            }
            u[j + n] += static_cast<uint64_t>(sum);
        }
        return static_cast<uint64_t>(guess);
    }
};

}  // namespace detail

/// Both parts of a / b. `b` must not be 0; the operators below follow the EVM, where x / 0 = x % 0 = 0.
constexpr Division divide(const u256& a, const u256& b) {
    if (a < b) return {u256{}, a};
    if (a.fits_uint64()) return {u256{a.words[0] / b.words[0]}, u256{a.words[0] % b.words[0]}};
    const detail::LongDivision<4> d(a.words, b);
    return {u256{d.quotient[3], d.quotient[2], d.quotient[1], d.quotient[0]}, d.remainder};
}

constexpr u256 operator/(const u256& a, const u256& b) {
    return b.is_zero() ? u256{} : divide(a, b).quotient;
}
constexpr u256 operator%(const u256& a, const u256& b) {
    return b.is_zero() ? u256{} : divide(a, b).remainder;
}

/// (a + b) mod m over the integers; 0 for m = 0.
constexpr u256 addmod(const u256& a, const u256& b, const u256& m) {
    if (m.is_zero()) return {};
    const auto [sum, overflow] = overflowing_add(a, b);
    return detail::LongDivision<5>({sum.words[0], sum.words[1], sum.words[2], sum.words[3], overflow ? 1ull : 0ull}, m)
        .remainder;
}

/// (a * b) mod m over the integers; 0 for m = 0.
constexpr u256 mulmod(const u256& a, const u256& b, const u256& m) {
    if (m.is_zero()) return {};
    return detail::LongDivision<8>(full_product(a, b), m).remainder;
}

/// a * b / d over the integers, with the remainder; nothing when d = 0 or the quotient needs more than 256 bits.
constexpr std::optional<Division> mul_div(const u256& a, const u256& b, const u256& d) {
    if (d.is_zero()) return std::nullopt;
    const detail::LongDivision<8> out(full_product(a, b), d);
    const auto& q = out.quotient;
    if ((q[4] | q[5] | q[6] | q[7]) != 0) return std::nullopt;
    return Division{u256{q[3], q[2], q[1], q[0]}, out.remainder};
}

/// base^exponent modulo 2^256.
constexpr u256 exp(u256 base, const u256& exponent) {
    u256 out{1u};
    const unsigned bits = exponent.bit_length();
    for (unsigned i = 0; i < bits; ++i) {
        if (exponent.bit(i)) out *= base;
        base *= base;
    }
    return out;
}

/// 32 big-endian bytes: the EVM's word.
constexpr Hash to_word(const u256& value) {
    Hash out;
    for (unsigned i = 0; i < 32; ++i)
        out.bytes[31 - i] = static_cast<uint8_t>(value.words[i / 8] >> (8 * (i % 8)));
    return out;
}

/// The number that big-endian bytes spell; of more than 32, the last 32 count.
constexpr u256 from_big_endian(BytesView bytes) {
    u256 out;
    const size_t size = std::min<size_t>(bytes.size(), 32);
    for (size_t i = 0; i < size; ++i)
        out.words[i / 8] |= static_cast<uint64_t>(bytes[bytes.size() - 1 - i]) << (8 * (i % 8));
    return out;
}

constexpr u256 to_u256(const Hash& word) { return from_big_endian({word.bytes.data(), 32}); }
constexpr u256 to_u256(const Address& address) { return from_big_endian({address.bytes.data(), 20}); }

/// The address in the low 20 bytes of a word.
constexpr Address to_address(const u256& word) {
    const Hash bytes = to_word(word);
    Address out;
    for (unsigned i = 0; i < 20; ++i) out.bytes[i] = bytes.bytes[12 + i];
    return out;
}

/// Decimal digits without a sign or leading zeros.
std::string to_decimal(u256 value);

/// The form of JSON-RPC "QUANTITY": 0x and digits without leading zeros, "0x0" for zero.
std::string to_quantity(const u256& value);

/// A number in decimal digits only; nothing for an empty text, another character, or more than 256 bits.
std::optional<u256> parse_decimal(std::string_view text);

/// A number written as "0x..." or in decimal; leading zeros are accepted.
std::optional<u256> parse_number(std::string_view text);

namespace literals {

/// Decimal or 0x literals of any size up to 256 bits: 1000000000000000000_u256.
consteval u256 operator""_u256(const char* text) {
    std::string_view digits(text);
    const unsigned base = digits.starts_with("0x") ? 16 : 10;
    if (base == 16) digits.remove_prefix(2);
    u256 out;
    for (const char c : digits) {
        if (c == '\'') continue;
        const auto [scaled, high] = overflowing_mul(out, u256{base});
        const auto [sum, carry] = overflowing_add(scaled, u256{static_cast<uint64_t>(hex_digit(c))});
        if (high || carry) throw "out of range";
        out = sum;
    }
    return out;
}

}  // namespace literals

}  // namespace plume

template <>
struct std::hash<plume::u256> {
    size_t operator()(const plume::u256& value) const noexcept {
        const auto& w = value.words;
        const auto product = static_cast<unsigned __int128>(w[0] ^ w[2] ^ 0x9e3779b97f4a7c15) *
                             (w[1] ^ w[3] ^ 0xd6e8feb86659fd93);
        return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    }
};
