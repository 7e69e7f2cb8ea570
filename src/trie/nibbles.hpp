// Paths in a trie, in steps of half a byte.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace plume {

/// Half bytes from the root down: where a node stands. At most 64, as keys are hashes.
class Nibbles {
public:
    static constexpr size_t size_max = 64;

    Nibbles() = default;
    /// The 64 nibbles of a key.
    explicit Nibbles(const Hash& key);

    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    uint8_t operator[](size_t i) const { return digits_[i]; }
    /// The nibbles from `start` on, one a byte; valid as long as this path is not changed.
    std::span<const uint8_t> digits(size_t start = 0) const;

    void push(uint8_t nibble);
    void append(const Nibbles& more);
    /// The part from `start` on, of `count` nibbles at most.
    Nibbles slice(size_t start, size_t count = size_max) const;
    /// This path, one step further.
    Nibbles child(uint8_t nibble) const;

    bool starts_with(const Nibbles& prefix) const;
    /// How many leading nibbles both have in common.
    size_t common_prefix(const Nibbles& other) const;
    /// How many leading nibbles this and the path of a key have in common.
    size_t common_prefix(const Hash& key) const;

    /// By the first nibble that differs; a prefix comes before what it is a prefix of.
    friend bool operator==(const Nibbles& a, const Nibbles& b);
    friend std::strong_ordering operator<=>(const Nibbles& a, const Nibbles& b);

private:
    std::array<uint8_t, size_max> digits_{};
    uint8_t size_ = 0;
};

/// Nibble `i` of a key, without a copy of its path.
constexpr uint8_t nibble_of(const Hash& key, size_t i) {
    return i % 2 == 0 ? static_cast<uint8_t>(key[i / 2] >> 4)
                      : static_cast<uint8_t>(key[i / 2] & 0x0f);
}

}  // namespace plume
