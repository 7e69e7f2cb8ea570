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
#include <type_traits>

#include "base/bytes.hpp"
#include "base/long_division.hpp"

namespace plume {

struct u256 {
    /// Least significant word first.
    std::array<uint64_t, 4> words{};

    constexpr u256() = default;
    constexpr u256(std::unsigned_integral auto low) : words{static_cast<uint64_t>(low), 0, 0, 0} {}
    constexpr u256(uint64_t w3, uint64_t w2, uint64_t w1, uint64_t w0) : words{w0, w1, w2, w3} {}
    /// For literals such as `x == 0`; a negative one does not compile.
    consteval u256(int low)
        : words{low < 0 ? throw "negative" : static_cast<uint64_t>(low), 0, 0, 0} {}

    constexpr bool is_zero() const { return (words[0] | words[1] | words[2] | words[3]) == 0; }
    constexpr explicit operator bool() const { return !is_zero(); }
    constexpr bool fits_uint64() const { return (words[1] | words[2] | words[3]) == 0; }
    /// The low 64 bits; ask `fits_uint64` first where that may lose something.
    constexpr uint64_t low64() const { return words[0]; }
    constexpr bool bit(unsigned i) const { return (words[i / 64] >> (i % 64) & 1) != 0; }
    /// Number of bits up to the highest one set: 0 for 0, 256 for the maximum.
    constexpr unsigned bit_length() const {
        for (unsigned i = 4; i-- > 0;)
            if (words[i] != 0)
                return 64 * i + (64 - static_cast<unsigned>(__builtin_clzll(words[i])));
        return 0;
    }
    constexpr unsigned byte_length() const { return (bit_length() + 7) / 8; }

    friend constexpr bool operator==(const u256& a, const u256& b) {
        return ((a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1]) | (a.words[2] ^ b.words[2]) |
                (a.words[3] ^ b.words[3])) == 0;
    }
    friend constexpr std::strong_ordering operator<=>(const u256& a, const u256& b) {
        if (a.words[3] != b.words[3]) return a.words[3] <=> b.words[3];
        if (a.words[2] != b.words[2]) return a.words[2] <=> b.words[2];
        if (a.words[1] != b.words[1]) return a.words[1] <=> b.words[1];
        return a.words[0] <=> b.words[0];
    }
};

static_assert(sizeof(u256) == 32);

inline constexpr u256 u256_max{~0ull, ~0ull, ~0ull, ~0ull};

/// The number of the four lowest words.
template <size_t N>
constexpr u256 from_words(const std::array<uint64_t, N>& words) {
    return {words[3], words[2], words[1], words[0]};
}

/// A result modulo 2^256 and whether the true one was out of range.
struct Overflowing {
    u256 value;
    bool overflow;
};

// Written without loops: the compiler then keeps the words in registers.

constexpr Overflowing overflowing_add(const u256& a, const u256& b) {
    using namespace detail;
    const wide s0 = static_cast<wide>(a.words[0]) + b.words[0];
    const wide s1 = static_cast<wide>(a.words[1]) + b.words[1] + high64(s0);
    const wide s2 = static_cast<wide>(a.words[2]) + b.words[2] + high64(s1);
    const wide s3 = static_cast<wide>(a.words[3]) + b.words[3] + high64(s2);
    return {u256{low64(s3), low64(s2), low64(s1), low64(s0)}, high64(s3) != 0};
}

constexpr Overflowing overflowing_sub(const u256& a, const u256& b) {
    using namespace detail;
    const wide d0 = static_cast<wide>(a.words[0]) - b.words[0];
    const wide d1 = static_cast<wide>(a.words[1]) - b.words[1] - (high64(d0) & 1);
    const wide d2 = static_cast<wide>(a.words[2]) - b.words[2] - (high64(d1) & 1);
    const wide d3 = static_cast<wide>(a.words[3]) - b.words[3] - (high64(d2) & 1);
    return {u256{low64(d3), low64(d2), low64(d1), low64(d0)}, high64(d3) != 0};
}

/// The whole product, least significant word first.
constexpr std::array<uint64_t, 8> full_product(const u256& a, const u256& b) {
    using namespace detail;
    const auto& [a0, a1, a2, a3] = a.words;
    const auto& [b0, b1, b2, b3] = b.words;
    const wide p00 = multiply_add(a0, b0, 0, 0);
    const wide p01 = multiply_add(a0, b1, 0, high64(p00));
    const wide p02 = multiply_add(a0, b2, 0, high64(p01));
    const wide p03 = multiply_add(a0, b3, 0, high64(p02));
    const wide p10 = multiply_add(a1, b0, low64(p01), 0);
    const wide p11 = multiply_add(a1, b1, low64(p02), high64(p10));
    const wide p12 = multiply_add(a1, b2, low64(p03), high64(p11));
    const wide p13 = multiply_add(a1, b3, high64(p03), high64(p12));
    const wide p20 = multiply_add(a2, b0, low64(p11), 0);
    const wide p21 = multiply_add(a2, b1, low64(p12), high64(p20));
    const wide p22 = multiply_add(a2, b2, low64(p13), high64(p21));
    const wide p23 = multiply_add(a2, b3, high64(p13), high64(p22));
    const wide p30 = multiply_add(a3, b0, low64(p21), 0);
    const wide p31 = multiply_add(a3, b1, low64(p22), high64(p30));
    const wide p32 = multiply_add(a3, b2, low64(p23), high64(p31));
    const wide p33 = multiply_add(a3, b3, high64(p23), high64(p32));
    return {low64(p00), low64(p10), low64(p20), low64(p30),
            low64(p31), low64(p32), low64(p33), high64(p33)};
}

constexpr Overflowing overflowing_mul(const u256& a, const u256& b) {
    const auto p = full_product(a, b);
    return {u256{p[3], p[2], p[1], p[0]}, (p[4] | p[5] | p[6] | p[7]) != 0};
}

constexpr u256 operator+(const u256& a, const u256& b) {
    return overflowing_add(a, b).value;
}
constexpr u256 operator-(const u256& a, const u256& b) {
    return overflowing_sub(a, b).value;
}
constexpr u256 operator*(const u256& a, const u256& b) {
    return from_words(full_product(a, b));
}
constexpr u256 operator-(const u256& a) {
    return u256{} - a;
}
constexpr u256& operator+=(u256& a, const u256& b) {
    return a = a + b;
}
constexpr u256& operator-=(u256& a, const u256& b) {
    return a = a - b;
}
constexpr u256& operator*=(u256& a, const u256& b) {
    return a = a * b;
}

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
    using namespace detail;
    if (n >= 256) return {};
    auto [w0, w1, w2, w3] = a.words;
    if ((n & 128) != 0) w3 = w1, w2 = w0, w1 = 0, w0 = 0;
    if ((n & 64) != 0) w3 = w2, w2 = w1, w1 = w0, w0 = 0;
    n &= 63;
    return {shift_left(w3, w2, n), shift_left(w2, w1, n), shift_left(w1, w0, n), w0 << n};
}
constexpr u256 operator>>(const u256& a, unsigned n) {
    using namespace detail;
    if (n >= 256) return {};
    auto [w0, w1, w2, w3] = a.words;
    if ((n & 128) != 0) w0 = w2, w1 = w3, w2 = 0, w3 = 0;
    if ((n & 64) != 0) w0 = w1, w1 = w2, w2 = w3, w3 = 0;
    n &= 63;
    return {w3 >> n, shift_right(w3, w2, n), shift_right(w2, w1, n), shift_right(w1, w0, n)};
}

struct Division {
    u256 quotient;
    u256 remainder;
};

/// Both parts of a / b. `b` must not be 0; the operators below follow the EVM, where x / 0 = x % 0
/// = 0.
constexpr Division divide(const u256& a, const u256& b) {
    if (a < b) return {u256{}, a};
    if (a.fits_uint64()) return {u256{a.words[0] / b.words[0]}, u256{a.words[0] % b.words[0]}};
    const detail::LongDivision<4> d(a.words, b.words);
    return {from_words(d.quotient), from_words(d.remainder)};
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
    const auto& w = sum.words;
    const std::array<uint64_t, 5> whole{w[0], w[1], w[2], w[3], overflow ? 1u : 0u};
    return from_words(detail::LongDivision<5>(whole, m.words).remainder);
}

/// (a * b) mod m over the integers; 0 for m = 0.
constexpr u256 mulmod(const u256& a, const u256& b, const u256& m) {
    if (m.is_zero()) return {};
    return from_words(detail::LongDivision<8>(full_product(a, b), m.words).remainder);
}

/// a * b / d over the integers, with the remainder; nothing when d = 0 or the quotient needs more
/// than 256 bits.
constexpr std::optional<Division> mul_div(const u256& a, const u256& b, const u256& d) {
    if (d.is_zero()) return std::nullopt;
    const detail::LongDivision<8> out(full_product(a, b), d.words);
    const auto& q = out.quotient;
    if ((q[4] | q[5] | q[6] | q[7]) != 0) return std::nullopt;
    return Division{u256{q[3], q[2], q[1], q[0]}, from_words(out.remainder)};
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

namespace detail {

/// Eight bytes as a number, most significant first. At run time only.
inline uint64_t load_big_endian(const uint8_t* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    return __builtin_bswap64(word);
}
inline void store_big_endian(uint8_t* bytes, uint64_t word) {
    word = __builtin_bswap64(word);
    std::memcpy(bytes, &word, 8);
}

}  // namespace detail

/// 32 big-endian bytes: the EVM's word.
constexpr Hash to_word(const u256& value) {
    Hash out;
    if (!std::is_constant_evaluated()) {
        for (unsigned i = 0; i < 4; ++i)
            detail::store_big_endian(out.bytes.data() + 8 * i, value.words[3 - i]);
        return out;
    }
    for (unsigned i = 0; i < 32; ++i)
        out.bytes[31 - i] = static_cast<uint8_t>(value.words[i / 8] >> (8 * (i % 8)));
    return out;
}

/// The number that big-endian bytes spell; of more than 32, the last 32 count.
constexpr u256 from_big_endian(BytesView bytes) {
    u256 out;
    const size_t size = std::min<size_t>(bytes.size(), 32);
    if (!std::is_constant_evaluated() && size == 32) {
        const uint8_t* word = bytes.data() + bytes.size() - 32;
        for (unsigned i = 0; i < 4; ++i) out.words[3 - i] = detail::load_big_endian(word + 8 * i);
        return out;
    }
    for (size_t i = 0; i < size; ++i)
        out.words[i / 8] |= static_cast<uint64_t>(bytes[bytes.size() - 1 - i]) << (8 * (i % 8));
    return out;
}

constexpr u256 to_u256(const Hash& word) {
    return from_big_endian({word.bytes.data(), 32});
}
constexpr u256 to_u256(const Address& address) {
    if (!std::is_constant_evaluated())
        return {0, detail::load_big_endian(address.data()) >> 32,
                detail::load_big_endian(address.data() + 4),
                detail::load_big_endian(address.data() + 12)};
    return from_big_endian({address.bytes.data(), 20});
}

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

/// A number in decimal digits only; nothing for an empty text, another character, or more than 256
/// bits.
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
        const auto [sum, carry] =
            overflowing_add(scaled, u256{static_cast<uint64_t>(hex_digit(c))});
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
        return plume::hash_words(w[0], w[1], w[2], w[3]);
    }
};
