#include "native/slot.hpp"

namespace plume::detail {

namespace {

/// A hash that was made: of `key` and `position`, or of `position` alone.
struct Known {
    u256 key;
    u256 position;
    u256 hash;  ///< zero: nothing is known here
};

constexpr size_t known_entries = 1'024;
constexpr size_t known_contents = 64;

/// Direct: a new hash takes the place of an older one with the same number.
size_t number_of(const u256& key, const u256& position, size_t count) {
    const uint64_t mixed = (key.words[0] ^ key.words[2] ^ position.words[0]) * 0x9e3779b97f4a7c15;
    return (mixed >> 32) % count;
}

}  // namespace

u256 contents_of(const u256& position) {
    static thread_local std::array<Known, known_contents> memo;
    Known& known = memo[number_of({}, position, known_contents)];
    if (known.position != position || known.hash.is_zero())
        known = {{}, position, to_u256(keccak256(to_word(position)))};
    return known.hash;
}

u256 entry_of(const u256& key, const u256& position) {
    static thread_local std::array<Known, known_entries> memo;
    Known& known = memo[number_of(key, position, known_entries)];
    if (known.key != key || known.position != position || known.hash.is_zero()) {
        std::array<Hash, 2> image{to_word(key), to_word(position)};
        known = {key, position, to_u256(keccak256({image[0].data(), sizeof image}))};
    }
    return known.hash;
}

}  // namespace plume::detail
