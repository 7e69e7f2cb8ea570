// Recursive Length Prefix (Yellow Paper, appendix B), both ways and strictly.
//
//   item    byte below 0x80                      that byte alone
//         | 0x80+n, n bytes                      a string of up to 55 bytes
//         | 0xb7+k, n in k bytes, n bytes        a longer string
//         | 0xc0+n, items of n bytes             a list of up to 55 bytes
//         | 0xf7+k, n in k bytes, items          a longer list
//
// What can be encoded: unsigned integers, bool and u256 (big-endian, without leading zeros), byte
// strings, FixedBytes, std::optional of a string (empty when absent), Raw, std::vector (a list of
// its elements), std::tuple and records (a list of their fields). A record is a struct with a
// function `rlp_fields` found by its argument, which names the fields once for both directions:
//
//   template <class Entry> requires std::same_as<std::remove_const_t<Entry>, AccessListEntry>
//   auto rlp_fields(Entry& entry) { return std::tie(entry.address, entry.slots); }
#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace plume::rlp {

/// An item that is encoded already; it is written as it stands.
struct Raw {
    BytesView bytes;
};

namespace detail {

template <class T>
concept IsRecord = requires(T& value) { rlp_fields(value); };

template <class T>
concept IsString = std::convertible_to<const T&, BytesView>;

template <class T, template <class...> class Template>
inline constexpr bool is_a = false;
template <template <class...> class Template, class... T>
inline constexpr bool is_a<Template<T...>, Template> = true;

template <class T>
inline constexpr bool is_fixed = false;
template <size_t N>
inline constexpr bool is_fixed<FixedBytes<N>> = true;

size_t string_size(BytesView string);
void append_string(Bytes& out, BytesView string);
void append_integer(Bytes& out, uint64_t value);
void append_integer(Bytes& out, const u256& value);

constexpr size_t integer_size(const u256& value) {
    return value < u256{0x80u} ? 1 : 1 + value.byte_length();
}

}  // namespace detail

/// Bytes that the prefix of a list, or of a string that is not a single small byte, takes.
size_t header_size(size_t payload_size);

/// Writes the prefix of a list whose encoded items take `payload_size` bytes.
void append_list_header(Bytes& out, size_t payload_size);

/// Bytes that `item` takes once encoded.
template <class T>
size_t size_of(const T& item) {
    if constexpr (std::unsigned_integral<T> || std::same_as<T, u256>) {
        return detail::integer_size(item);
    } else if constexpr (std::same_as<T, Raw>) {
        return item.bytes.size();
    } else if constexpr (detail::IsString<T>) {
        return detail::string_size(item);
    } else if constexpr (detail::is_a<T, std::optional>) {
        static_assert(detail::IsString<typename T::value_type>);
        return item ? size_of(*item) : 1;
    } else if constexpr (detail::IsRecord<const T>) {
        return size_of(rlp_fields(item));
    } else {
        size_t payload = 0;
        if constexpr (detail::is_a<T, std::vector>)
            for (const auto& element : item) payload += size_of(element);
        else
            payload =
                std::apply([](const auto&... field) { return (size_of(field) + ... + 0); }, item);
        return header_size(payload) + payload;
    }
}

/// Appends the encoding of `item`.
template <class T>
void append(Bytes& out, const T& item) {
    if constexpr (std::unsigned_integral<T> || std::same_as<T, u256>) {
        detail::append_integer(out, item);
    } else if constexpr (std::same_as<T, Raw>) {
        plume::append(out, item.bytes);
    } else if constexpr (detail::IsString<T>) {
        detail::append_string(out, item);
    } else if constexpr (detail::is_a<T, std::optional>) {
        if (item)
            append(out, *item);
        else
            detail::append_string(out, {});
    } else if constexpr (detail::IsRecord<const T>) {
        append(out, rlp_fields(item));
    } else if constexpr (detail::is_a<T, std::vector>) {
        size_t payload = 0;
        for (const auto& element : item) payload += size_of(element);
        append_list_header(out, payload);
        for (const auto& element : item) append(out, element);
    } else {
        std::apply(
            [&out](const auto&... field) {
                append_list_header(out, (size_of(field) + ... + 0));
                (append(out, field), ...);
            },
            item);
    }
}

/// The encoding of `item`, in one allocation.
template <class T>
Bytes encode(const T& item) {
    Bytes out;
    out.reserve(size_of(item));
    append(out, item);
    return out;
}

/// The encoding of a list of these items: encode_list(nonce, balance, storage_root, code_hash).
template <class... T>
Bytes encode_list(const T&... items) {
    return encode(std::tie(items...));
}

/// Reads items one after the other from bytes that must outlive it. Everything but the one
/// canonical encoding is refused: lengths that are not the shortest, a prefix before a small byte,
/// integers with leading zeros, sizes beyond the end, bytes left over. After a refusal the
/// decoder's position means nothing.
class Decoder {
public:
    /// Lists may be nested this deep; no format of Ethereum comes near.
    static constexpr size_t depth_max = 64;

    explicit Decoder(BytesView input) : rest_(input) {}

    /// Whether all items have been read.
    bool empty() const { return rest_.empty(); }
    /// Whether the next item is there and claims to be a list.
    bool at_list() const { return !rest_.empty() && rest_[0] >= 0xc0; }

    /// The content of the next item, a string.
    Result<BytesView> string();
    /// The items of the next item, a list.
    Result<Decoder> list();
    /// The next item with its prefix, string or list; what is inside a list is not looked at.
    Result<BytesView> item();
    /// Refuses bytes left over.
    Result<void> finish() const;

    /// The next item as a `T`: a number that fits it, bytes of exactly its size, a list of its
    /// elements or fields.
    template <class T>
    Result<T> read();

    /// The next item as a list of exactly these fields, which it fills.
    template <class... T>
    Result<void> read_fields(std::tuple<T&...> fields);

private:
    struct Item {
        bool is_list;
        BytesView payload;
    };

    Result<Item> next();
    Result<u256> integer();

    BytesView rest_;
    size_t depth_ = 0;
};

/// The one item that `input` encodes.
template <class T>
Result<T> decode(BytesView input) {
    Decoder decoder(input);
    TRY(value, decoder.read<T>());
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    return value;
}

template <class... T>
Result<void> Decoder::read_fields(std::tuple<T&...> fields) {
    TRY(items, list());
    Result<void> outcome;
    const auto fill = [&items, &outcome]<class Field>(Field& field) {
        auto value = items.template read<Field>();
        if (value)
            field = std::move(value).value();
        else
            outcome = std::move(value).error();
        return outcome.ok();
    };
    const bool filled = std::apply([&fill](T&... field) { return (fill(field) && ...); }, fields);
    return filled ? items.finish() : outcome;
}

template <class T>
Result<T> Decoder::read() {
    if constexpr (std::same_as<T, u256>) {
        return integer();
    } else if constexpr (std::unsigned_integral<T>) {
        TRY(value, integer());
        if (value > u256{std::numeric_limits<T>::max()})
            return Error{.what = "rlp: number out of range"};
        return static_cast<T>(value.low64());
    } else if constexpr (std::same_as<T, Bytes>) {
        TRY(content, string());
        return to_bytes(content);
    } else if constexpr (detail::is_fixed<T>) {
        TRY(content, string());
        const auto value = T::from(content);
        if (!value) return Error{.what = "rlp: string of the wrong size"};
        return *value;
    } else if constexpr (detail::is_a<T, std::optional>) {
        if (!rest_.empty() && rest_[0] == 0x80) {
            rest_ = rest_.subspan(1);
            return T{};
        }
        TRY(value, read<typename T::value_type>());
        return T{std::move(value)};
    } else if constexpr (detail::is_a<T, std::vector>) {
        TRY(items, list());
        T out;
        while (!items.empty()) {
            TRY(element, items.template read<typename T::value_type>());
            out.push_back(std::move(element));
        }
        return out;
    } else {
        T out;
        if (auto filled = read_fields(rlp_fields(out)); !filled) return std::move(filled).error();
        return out;
    }
}

}  // namespace plume::rlp
