// Typed places in a contract's storage, in Solidity's layout ("Layout of State Variables in
// Storage"), so that eth_getStorageAt, proofs and Solidity tools read them.
//
// A place is a number and a type: it holds no value and touches nothing. Contract::get and
// Contract::set do.
#pragma once

#include <array>
#include <concepts>
#include <string_view>

#include "codec/abi.hpp"
#include "crypto/keccak.hpp"

namespace plume {

/// Base class of what stands for more than one word: it is made from the number where it begins.
struct Place {
    u256 position;
};

/// A value type, in a slot of its own or packed into one: `offset` counts bytes from the low end.
template <class T>
struct Slot {
    using Value = T;
    u256 position;
    uint8_t offset = 0;
};

namespace detail {

template <class T>
auto place_at(const u256& position) {
    if constexpr (std::derived_from<T, Place>)
        return T{{position}};
    else
        return Slot<T>{position};
}

/// How many slots an array's element takes: 1, unless a record says otherwise.
template <class T>
consteval uint64_t slots_of() {
    if constexpr (requires { T::slots; })
        return T::slots;
    else
        return 1;
}

/// Where a dynamic array's or long text's contents begin: keccak256(position).
u256 contents_of(const u256& position);
/// Where an entry of a mapping stands: keccak256(key . position).
///
/// Both remember what they have hashed of late, in each thread for itself. A hash takes as long as
/// a dozen reads of what is in memory, and a contract asks for the same few entries again and
/// again. A memo of a pure function: whether it is hit changes nothing but the time.
u256 entry_of(const u256& key, const u256& position);

}  // namespace detail

/// mapping(K => V): entry k stands at keccak256(k . position).
template <class K, class V>
struct Map : Place {
    auto operator[](const K& key) const {
        return detail::place_at<V>(detail::entry_of(abi::Word<K>::to(key), position));
    }
};

/// T[]: the length at the position, elements one after another from keccak256(position) on.
/// Elements are not packed.
template <class T>
struct Array : Place {
    Slot<u256> length() const { return {position}; }
    auto operator[](uint64_t index) const {
        return detail::place_at<T>(detail::contents_of(position) +
                                   u256{index * detail::slots_of<T>()});
    }
};

/// string and bytes: up to 31 bytes in the slot itself, more from keccak256(position) on.
struct Text : Place {};

/// ERC-7201: the first slot of a namespace, keccak256(keccak256(id) - 1) with the last byte
/// cleared. Parts of contracts keep their state there, so that adding one moves nothing.
consteval u256 namespace_slot(std::string_view id) {
    const Hash inner = to_word(to_u256(keccak256_constexpr(id)) - u256{1u});
    std::array<char, 32> chars{};
    for (size_t i = 0; i < 32; ++i) chars[i] = static_cast<char>(inner.bytes[i]);
    return to_u256(keccak256_constexpr({chars.data(), chars.size()})) & ~u256{0xffu};
}

}  // namespace plume
