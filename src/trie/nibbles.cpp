#include "trie/nibbles.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace plume {

Nibbles::Nibbles(const Hash& key) : size_(size_max) {
    for (size_t i = 0; i < size_max; ++i) digits_[i] = nibble_of(key, i);
}

std::span<const uint8_t> Nibbles::digits(size_t start) const {
    check(start <= size_, "a part of a path starts inside it");
    return {digits_.data() + start, size_ - start};
}

void Nibbles::push(uint8_t nibble) {
    check(size_ < size_max, "a path is not longer than a key");
    check(nibble < 16, "a nibble has four bits");
    digits_[size_++] = nibble;
}

void Nibbles::append(const Nibbles& more) {
    check(size_ + more.size_ <= size_max, "a path is not longer than a key");
    std::copy_n(more.digits_.begin(), more.size_, digits_.begin() + size_);
    size_ = static_cast<uint8_t>(size_ + more.size_);
}

Nibbles Nibbles::slice(size_t start, size_t count) const {
    const auto part = digits(start);
    Nibbles out;
    out.size_ = static_cast<uint8_t>(std::min(count, part.size()));
    std::copy_n(part.begin(), out.size_, out.digits_.begin());
    return out;
}

Nibbles Nibbles::child(uint8_t nibble) const {
    Nibbles out = *this;
    out.push(nibble);
    return out;
}

bool Nibbles::starts_with(const Nibbles& prefix) const {
    return common_prefix(prefix) == prefix.size_;
}

size_t Nibbles::common_prefix(const Nibbles& other) const {
    const auto a = digits();
    const auto b = other.digits();
    return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

size_t Nibbles::common_prefix(const Hash& key) const {
    size_t i = 0;
    while (i < size_ && digits_[i] == nibble_of(key, i)) ++i;
    return i;
}

bool operator==(const Nibbles& a, const Nibbles& b) {
    return std::ranges::equal(a.digits(), b.digits());
}

std::strong_ordering operator<=>(const Nibbles& a, const Nibbles& b) {
    const int order = std::memcmp(a.digits_.data(), b.digits_.data(), std::min(a.size_, b.size_));
    return order != 0 ? order <=> 0 : a.size_ <=> b.size_;
}

}  // namespace plume
