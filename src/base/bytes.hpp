// Byte strings and the fixed-size values a chain is made of, with hexadecimal both ways.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash_key.hpp"

namespace plume {

/// Bytes that are owned. `BytesView` looks at somebody else's; whoever keeps them copies.
using Bytes = std::vector<uint8_t>;
using BytesView = std::span<const uint8_t>;

/// The bytes of a text, without a copy.
inline BytesView view_of(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Bytes as a text, without a copy and without a judgement on their encoding.
inline std::string_view text_of(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(BytesView view) {
    return {view.begin(), view.end()};
}

inline bool equal(BytesView a, BytesView b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

inline void append(Bytes& to, BytesView more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// The value of one hexadecimal digit of either case, or -1.
constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Lower-case digits with the prefix 0x, two a byte: the form of JSON-RPC "DATA".
std::string to_hex(BytesView bytes);

/// The bytes that `text` spells, with or without 0x; nothing for an odd count or another character.
std::optional<Bytes> from_hex(std::string_view text);

/// Exactly `N` bytes, ordered as big-endian numbers are. Structural, so that it can be a template
/// argument.
template <size_t N>
struct FixedBytes {
    static constexpr size_t size = N;
    std::array<uint8_t, N> bytes{};

    /// The value spelled by `text` (with or without 0x), which must have exactly 2N digits.
    static constexpr std::optional<FixedBytes> parse(std::string_view text) {
        if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
        if (text.size() != 2 * N) return std::nullopt;
        FixedBytes out;
        for (size_t i = 0; i < N; ++i) {
            const int high = hex_digit(text[2 * i]);
            const int low = hex_digit(text[2 * i + 1]);
            if (high < 0 || low < 0) return std::nullopt;
            out.bytes[i] = static_cast<uint8_t>(high << 4 | low);
        }
        return out;
    }

    /// The value with these bytes; nothing when the length is not `N`.
    static std::optional<FixedBytes> from(BytesView view) {
        if (view.size() != N) return std::nullopt;
        FixedBytes out;
        std::memcpy(out.bytes.data(), view.data(), N);
        return out;
    }

    constexpr uint8_t* data() { return bytes.data(); }
    constexpr const uint8_t* data() const { return bytes.data(); }
    constexpr auto begin() const { return bytes.begin(); }
    constexpr auto end() const { return bytes.end(); }
    constexpr uint8_t& operator[](size_t i) { return bytes[i]; }
    constexpr uint8_t operator[](size_t i) const { return bytes[i]; }
    operator BytesView() const { return {bytes.data(), N}; }

    constexpr bool is_zero() const {
        return std::ranges::all_of(bytes, [](uint8_t b) { return b == 0; });
    }

    friend constexpr bool operator==(const FixedBytes& a, const FixedBytes& b) {
        if constexpr (N >= 8 && N <= 32)
            if (!std::is_constant_evaluated()) return a.difference(b) == 0;
        return a.bytes == b.bytes;
    }
    friend constexpr auto operator<=>(const FixedBytes&, const FixedBytes&) = default;

private:
    /// The bits in which they differ, folded: in registers, where a library call would take as
    /// long as all else that a lookup does. The last word overlaps the one before it.
    uint64_t difference(const FixedBytes& other) const {
        uint64_t out = 0;
        for (size_t i = 0; i < N; i += 8) {
            const size_t at = std::min(i, N - 8);
            uint64_t mine;
            uint64_t its;
            std::memcpy(&mine, bytes.data() + at, 8);
            std::memcpy(&its, other.bytes.data() + at, 8);
            out |= mine ^ its;
        }
        return out;
    }
};

using Selector = FixedBytes<4>;
using Address = FixedBytes<20>;
using Hash = FixedBytes<32>;
using Bloom = FixedBytes<256>;

template <size_t N>
std::string to_hex(const FixedBytes<N>& value) {
    return to_hex(BytesView{value});
}

namespace literals {

consteval Address operator""_address(const char* text, size_t size) {
    return Address::parse({text, size}).value();
}

consteval Hash operator""_hash(const char* text, size_t size) {
    return Hash::parse({text, size}).value();
}

}  // namespace literals

}  // namespace plume

/// Lookup only: nothing may depend on the order of a hashed container. No two processes share it.
template <size_t N>
struct std::hash<plume::FixedBytes<N>> {
    static_assert(N >= 8 && N <= 32);
    size_t operator()(const plume::FixedBytes<N>& value) const noexcept {
        // Words overlap where N is no multiple of eight, so that all bytes are in.
        uint64_t words[4] = {};
        for (size_t i = 0; i < (N + 7) / 8; ++i)
            std::memcpy(&words[i], value.bytes.data() + std::min(8 * i, N - 8), 8);
        return plume::hash_words(words[0], words[1], words[2], words[3]);
    }
};
