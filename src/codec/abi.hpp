// The Solidity ABI (contract ABI specification, "Formal Specification of the Encoding") between C++
// types and bytes.
//
//   bool, uint8 ... uint64, uint256    bool, uint8_t ... uint64_t, u256
//   uint48, uint80, uint128, uint208   u48, u80, u128, u208
//   int256                             i256
//   address, bytes1 ... bytes32        Address, FixedBytes<N>
//   bytes, string                      Bytes, std::string
//   T[]                                std::vector<T>
//   (T, U, ...)                        a struct with `static constexpr auto members =
//                                      std::tuple{&S::a, &S::b, ...}`
//
// Types that are only known at run time are the business of codec/abi_value.hpp.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {

/// A number below 2^128: Solidity's uint128, two of which share a slot. It reads as a u256, in
/// which contracts calculate; `checked_u128` of native/math.hpp makes one.
struct u128 {
    u256 number;

    constexpr operator const u256&() const { return number; }
    friend constexpr bool operator==(const u128&, const u128&) = default;
};

/// A number below 2^80, as price feeds count their rounds in: Solidity's uint80.
struct u80 {
    u256 number;

    constexpr operator const u256&() const { return number; }
    friend constexpr bool operator==(const u80&, const u80&) = default;
};

/// Solidity's uint48 and uint208, which share a slot: a time and what stood at it.
struct u48 {
    uint64_t number = 0;

    constexpr operator uint64_t() const { return number; }
    friend constexpr bool operator==(const u48&, const u48&) = default;
};
struct u208 {
    u256 number;

    constexpr operator const u256&() const { return number; }
    friend constexpr bool operator==(const u208&, const u208&) = default;
};

/// A signed 256-bit integer in two's complement: Solidity's int256.
struct i256 {
    u256 bits;

    static constexpr i256 of(int64_t value) {
        const u256 magnitude{value < 0 ? 0 - static_cast<uint64_t>(value)
                                       : static_cast<uint64_t>(value)};
        return {value < 0 ? -magnitude : magnitude};
    }
    constexpr bool is_negative() const { return bits.bit(255); }
    friend constexpr bool operator==(const i256&, const i256&) = default;
    friend constexpr std::strong_ordering operator<=>(const i256& a, const i256& b) {
        if (a.is_negative() != b.is_negative()) return b.is_negative() <=> a.is_negative();
        return a.bits <=> b.bits;
    }
};

namespace abi {

/// A value that fills one word. `width` is its size in bytes, in storage too; `left` says that it
/// stands at the word's beginning in calldata (bytesN) rather than at its end.
template <class T>
struct Word;

template <>
struct Word<u256> {
    static constexpr std::string_view name = "uint256";
    static constexpr size_t width = 32;
    static constexpr u256 to(const u256& value) { return value; }
    static constexpr std::optional<u256> from(const u256& word) { return word; }
};

template <>
struct Word<u128> {
    static constexpr std::string_view name = "uint128";
    static constexpr size_t width = 16;
    static constexpr u256 to(const u128& value) { return value.number; }
    static constexpr std::optional<u128> from(const u256& word) {
        if (word.bit_length() > 128) return std::nullopt;
        return u128{word};
    }
};

template <>
struct Word<u80> {
    static constexpr std::string_view name = "uint80";
    static constexpr size_t width = 10;
    static constexpr u256 to(const u80& value) { return value.number; }
    static constexpr std::optional<u80> from(const u256& word) {
        if (word.bit_length() > 80) return std::nullopt;
        return u80{word};
    }
};

template <>
struct Word<u48> {
    static constexpr std::string_view name = "uint48";
    static constexpr size_t width = 6;
    static constexpr u256 to(const u48& value) { return u256{value.number}; }
    static constexpr std::optional<u48> from(const u256& word) {
        if (word.bit_length() > 48) return std::nullopt;
        return u48{word.low64()};
    }
};

template <>
struct Word<u208> {
    static constexpr std::string_view name = "uint208";
    static constexpr size_t width = 26;
    static constexpr u256 to(const u208& value) { return value.number; }
    static constexpr std::optional<u208> from(const u256& word) {
        if (word.bit_length() > 208) return std::nullopt;
        return u208{word};
    }
};

template <>
struct Word<i256> {
    static constexpr std::string_view name = "int256";
    static constexpr size_t width = 32;
    static constexpr u256 to(const i256& value) { return value.bits; }
    static constexpr std::optional<i256> from(const u256& word) { return i256{word}; }
};

template <>
struct Word<bool> {
    static constexpr std::string_view name = "bool";
    static constexpr size_t width = 1;
    static constexpr u256 to(bool value) { return u256{value ? 1u : 0u}; }
    static constexpr std::optional<bool> from(const u256& word) {
        if (word > 1) return std::nullopt;
        return !word.is_zero();
    }
};

template <class T>
    requires std::unsigned_integral<T> && (!std::same_as<T, bool>)
struct Word<T> {
    static constexpr std::string_view name = sizeof(T) == 1   ? "uint8"
                                             : sizeof(T) == 2 ? "uint16"
                                             : sizeof(T) == 4 ? "uint32"
                                                              : "uint64";
    static constexpr size_t width = sizeof(T);
    static constexpr u256 to(T value) { return u256{value}; }
    static constexpr std::optional<T> from(const u256& word) {
        if (word > u256{static_cast<T>(~T{0})}) return std::nullopt;
        return static_cast<T>(word.low64());
    }
};

template <>
struct Word<Address> {
    static constexpr std::string_view name = "address";
    static constexpr size_t width = 20;
    static constexpr u256 to(const Address& value) { return to_u256(value); }
    static constexpr std::optional<Address> from(const u256& word) {
        if (!(word >> 160).is_zero()) return std::nullopt;
        return to_address(word);
    }
};

template <size_t N>
    requires(N <= 32 && N != 20)
struct Word<FixedBytes<N>> {
    static constexpr std::string_view name = N == 32 ? "bytes32" : N == 4 ? "bytes4" : "bytes1";
    static_assert(N == 32 || N == 4 || N == 1, "add the name of this bytesN");
    static constexpr size_t width = N;
    static constexpr u256 to(const FixedBytes<N>& value) {
        return from_big_endian({value.data(), N}) << (8 * (32 - N));
    }
    static constexpr std::optional<FixedBytes<N>> from(const u256& word) {
        if (N < 32 && !(word << (8 * N)).is_zero()) return std::nullopt;
        FixedBytes<N> out;
        const Hash bytes = to_word(word);
        std::copy_n(bytes.begin(), N, out.bytes.begin());
        return out;
    }
};

template <class T>
inline constexpr bool is_bytes_n = false;
template <size_t N>
    requires(N != 20)
inline constexpr bool is_bytes_n<FixedBytes<N>> = true;

template <class T>
concept IsWord = requires { Word<T>::width; };

template <class T>
concept IsStruct = requires { T::members; };

template <class T>
struct ElementOf;
template <class T>
struct ElementOf<std::vector<T>> {
    using type = T;
};
template <class T>
concept IsBytes = std::same_as<T, Bytes> || std::same_as<T, std::string>;
template <class T>
concept IsArray = requires { typename ElementOf<T>::type; } && !IsBytes<T>;

template <class Member>
struct MemberType;
template <class S, class T>
struct MemberType<T S::*> {
    using type = T;
};

/// The types of a struct's members as a std::tuple.
template <IsStruct S>
using Members = decltype(std::apply(
    [](auto... member) { return std::tuple<typename MemberType<decltype(member)>::type...>{}; },
    S::members));

template <class T>
consteval bool is_dynamic() {
    if constexpr (IsWord<T>)
        return false;
    else if constexpr (IsStruct<T>)
        return []<class... M>(std::tuple<M...>*) {
            return (is_dynamic<M>() || ...);
        }(static_cast<Members<T>*>(nullptr));
    else
        return true;
}

template <class T>
consteval size_t head_size();

/// Bytes of the heads of all members of a struct.
template <IsStruct T>
consteval size_t member_heads_size() {
    return []<class... M>(std::tuple<M...>*) {
        return (head_size<M>() + ... + 0);
    }(static_cast<Members<T>*>(nullptr));
}

/// Bytes a value takes in the head of the tuple or array that holds it.
template <class T>
consteval size_t head_size() {
    if constexpr (!is_dynamic<T>() && IsStruct<T>)
        return member_heads_size<T>();
    else
        return 32;
}

/// A text made while compiling, where std::string of GCC 12 is of no use.
struct StaticText {
    std::array<char, 768> chars{};
    size_t size = 0;

    constexpr void append(std::string_view more) {
        for (const char c : more) chars[size++] = c;
    }
    constexpr std::string_view view() const { return {chars.data(), size}; }
};

template <class... T>
constexpr void append_tuple_name(StaticText& out);

/// Appends the canonical name that selectors are hashed from: "uint256", "(address,bytes)[]".
template <class T>
constexpr void append_name(StaticText& out) {
    if constexpr (IsWord<T>) {
        out.append(Word<T>::name);
    } else if constexpr (IsBytes<T>) {
        out.append(std::same_as<T, Bytes> ? "bytes" : "string");
    } else if constexpr (IsArray<T>) {
        append_name<typename ElementOf<T>::type>(out);
        out.append("[]");
    } else {
        [&out]<class... M>(std::tuple<M...>*) {
            append_tuple_name<M...>(out);
        }(static_cast<Members<T>*>(nullptr));
    }
}

template <class... T>
constexpr void append_tuple_name(StaticText& out) {
    out.append("(");
    size_t left = sizeof...(T);
    ((append_name<T>(out), out.append(--left == 0 ? "" : ",")), ...);
    out.append(")");
}

namespace detail {

inline void put_word(Bytes& out, size_t at, const u256& word) {
    const Hash bytes = to_word(word);
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<ptrdiff_t>(at));
}

inline void push_word(Bytes& out, const u256& word) {
    const Hash bytes = to_word(word);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class T>
void put_tail(Bytes& out, const T& value);

/// Writes a value whose head stands at `at`, in the tuple or array that begins at `start`.
template <class T>
void put(Bytes& out, size_t start, size_t at, const T& value) {
    if constexpr (IsWord<T>) {
        put_word(out, at, Word<T>::to(value));
    } else if constexpr (is_dynamic<T>()) {
        put_word(out, at, u256{out.size() - start});
        put_tail(out, value);
    } else {
        std::apply(
            [&](auto... member) {
                ((put(out, start, at, value.*member),
                  at += head_size<typename MemberType<decltype(member)>::type>()),
                 ...);
            },
            T::members);
    }
}

template <class... T>
void put_tuple(Bytes& out, const T&... values) {
    const size_t start = out.size();
    [[maybe_unused]] size_t at = start;
    out.resize(start + (head_size<T>() + ... + 0));
    ((put(out, start, at, values), at += head_size<T>()), ...);
}

template <class T>
void put_tail(Bytes& out, const T& value) {
    if constexpr (IsBytes<T>) {
        push_word(out, u256{value.size()});
        out.insert(out.end(), value.begin(), value.end());
        out.resize(out.size() + (32 - value.size() % 32) % 32);
    } else if constexpr (IsArray<T>) {
        using Element = typename ElementOf<T>::type;
        push_word(out, u256{value.size()});
        const size_t start = out.size();
        out.resize(start + value.size() * head_size<Element>());
        for (size_t i = 0; i < value.size(); ++i)
            put<Element>(out, start, start + i * head_size<Element>(), value[i]);
    } else {
        std::apply([&](auto... member) { put_tuple(out, value.*member...); }, T::members);
    }
}

/// Reads values out of calldata. Strict as Solidity's own decoder: padding of words must be clean
/// and every offset must lie inside. Beyond that, no byte is read twice as part of a dynamic value
/// (honest encoders never share tails), so that what is decoded is never larger than what was sent.
class Reader {
public:
    explicit Reader(BytesView data) : data_(data), budget_(data.size()) {}

    bool ok() const { return ok_; }

    template <class T>
    T read(size_t start, size_t at) {
        if constexpr (IsWord<T>) {
            const std::optional<T> value = Word<T>::from(word(at));
            if (!value) ok_ = false;
            return value.value_or(T{});
        } else if constexpr (is_dynamic<T>()) {
            const u256 offset = word(at);
            if (!offset.fits_uint64() || offset.low64() > data_.size()) ok_ = false;
            return ok_ ? tail<T>(start + offset.low64()) : T{};
        } else {
            return structure<T>(start, at);
        }
    }

    template <class... T>
    std::tuple<T...> tuple(size_t start) {
        [[maybe_unused]] size_t at = start;
        [[maybe_unused]] const auto next = [&at](size_t size) {
            return std::exchange(at, at + size);
        };
        return std::tuple<T...>{read<T>(start, next(head_size<T>()))...};
    }

private:
    u256 word(size_t at) {
        if (at > data_.size() || data_.size() - at < 32) ok_ = false;
        return ok_ ? from_big_endian(data_.subspan(at, 32)) : u256{};
    }

    /// Takes bytes that are read as part of a dynamic value from the budget.
    void spend(size_t size) {
        if (size > budget_) ok_ = false;
        budget_ -= ok_ ? size : 0;
    }

    /// A length read at `at` whose items take `item_size` bytes each, paid for from the budget.
    size_t length(size_t at, size_t item_size) {
        const u256 count = word(at);
        const size_t left = ok_ ? data_.size() - at - 32 : 0;
        if (!count.fits_uint64() || count.low64() > left / item_size) ok_ = false;
        if (ok_) spend(count.low64() * item_size);
        return ok_ ? count.low64() : 0;
    }

    template <class T>
    T tail(size_t at) {
        if constexpr (IsBytes<T>) {
            const size_t size = length(at, 1);
            if (!ok_) return {};
            const BytesView content = data_.subspan(at + 32, size);
            return T(content.begin(), content.end());
        } else if constexpr (IsArray<T>) {
            using Element = typename ElementOf<T>::type;
            T out;
            const size_t count = length(at, head_size<Element>());
            out.reserve(count);
            for (size_t i = 0; i < count && ok_; ++i)
                out.push_back(read<Element>(at + 32, at + 32 + i * head_size<Element>()));
            return out;
        } else {
            spend(member_heads_size<T>());
            return structure<T>(at, at);
        }
    }

    template <class T>
    T structure(size_t start, size_t at) {
        T out{};
        std::apply(
            [&](auto... member) {
                ((out.*member = read<typename MemberType<decltype(member)>::type>(start, at),
                  at += head_size<typename MemberType<decltype(member)>::type>()),
                 ...);
            },
            T::members);
        return out;
    }

    BytesView data_;
    size_t budget_;
    bool ok_ = true;
};

}  // namespace detail

/// The encoding of a row of values, as in arguments and return data: abi.encode(...).
template <class... T>
Bytes encode(const T&... values) {
    Bytes out;
    detail::put_tuple(out, values...);
    return out;
}

/// The same behind `selector`: calldata, and the data of a custom error.
template <class... T>
Bytes encode_call(const Selector& selector, const T&... values) {
    Bytes out;
    out.reserve(selector.size + (head_size<T>() + ... + 0));
    out.assign(selector.begin(), selector.end());
    detail::put_tuple(out, values...);
    return out;
}

/// The values that `data` encodes; nothing when it is not an encoding of them. Bytes after the last
/// are ignored, as Solidity ignores them.
template <class... T>
std::optional<std::tuple<T...>> decode(BytesView data) {
    detail::Reader reader(data);
    auto values = reader.tuple<T...>(0);
    if (!reader.ok()) return std::nullopt;
    return values;
}

/// The single value that `data` encodes.
template <class T>
std::optional<T> decode_one(BytesView data) {
    auto values = decode<T>(data);
    if (!values) return std::nullopt;
    return std::get<0>(std::move(*values));
}

}  // namespace abi

}  // namespace plume
