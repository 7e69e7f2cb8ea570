// What instructions have in common: words and bytes, ranges of memory, turns of the host.
#pragma once

#include <cstring>

#include "crypto/keccak.hpp"
#include "evm/machine.hpp"

namespace plume::op {

/// BLOCKHASH looks back so many blocks.
inline constexpr uint64_t ancestors_known = 256;

inline u256 as_word(bool condition) {
    return u256{static_cast<uint64_t>(condition)};
}

inline unsigned shift_of(const u256& n) {
    return n < u256{256u} ? static_cast<unsigned>(n.low64()) : 256;
}

/// The number spelled by `size` big-endian bytes.
template <size_t size>
u256 load_bytes(const uint8_t* bytes) {
    u256 out;
    for (size_t i = 0; i < size / 8; ++i) {
        uint64_t word;
        std::memcpy(&word, bytes + size - 8 * (i + 1), 8);
        out.words[i] = __builtin_bswap64(word);
    }
    if constexpr (constexpr size_t rest = size % 8; rest != 0) {
        uint64_t word = 0;
        for (size_t i = 0; i < rest; ++i) word = word << 8 | bytes[i];
        out.words[size / 8] = word;
    }
    return out;
}

inline u256 load_word(const uint8_t* bytes) {
    return load_bytes<32>(bytes);
}

inline void store_word(uint8_t* bytes, const u256& value) {
    for (size_t i = 0; i < 4; ++i) {
        const uint64_t word = __builtin_bswap64(value.words[3 - i]);
        std::memcpy(bytes + 8 * i, &word, 8);
    }
}

/// Ends the frame: to be returned by an instruction.
inline int64_t ends(Machine& m, Status status) {
    m.status = status;
    return -1;
}

/// A piece of memory. Offset and size are below 2^40 when it is addressable, 0 when it is empty.
struct Range {
    uint64_t offset;
    uint64_t size;
    bool is_addressable;  ///< if not, no gas pays for it
};

inline Range range_of(const u256& offset, const u256& size) {
    constexpr uint64_t most = uint64_t{1} << 40;
    if (size.is_zero()) return {0, 0, true};
    const bool fits =
        size.fits_uint64() && size.low64() < most && offset.fits_uint64() && offset.low64() < most;
    return {offset.low64(), size.low64(), fits};
}

inline Range word_at(const u256& offset) {
    return range_of(offset, u256{32u});
}

/// Grows the memory over `range` and returns the gas left, negative when there is not enough.
inline int64_t grow(Machine& m, const Range& range, int64_t gas) {
    if (gas < 0 || !range.is_addressable) [[unlikely]]
        return -1;
    return range.size == 0 ? gas : m.memory.grow(range.offset, range.size, gas);
}

inline BytesView view(const Machine& m, const Range& range) {
    return m.memory.view(range.offset, range.size);
}

/// Takes `price` for each word of `range`.
inline int64_t charge_words(const Range& range, uint64_t price, int64_t gas) {
    if (!range.is_addressable) return -1;
    return gas - static_cast<int64_t>(price * words_of(range.size));
}

/// Lets the host do something, with the gas counted there in between. `act` answers with a Status.
template <class Act>
int64_t hosted(Machine& m, int64_t gas, Act act) {
    m.frame.set_gas_left(static_cast<uint64_t>(gas));
    const Status status = act(m.frame);
    if (status != Status::success) [[unlikely]]
        return ends(m, status);
    return static_cast<int64_t>(m.frame.gas_left());
}

inline Status paid(bool enough) {
    return enough ? Status::success : Status::out_of_gas;
}

/// Copies `size` bytes of `source` from `offset` on into memory, zeros where it has no more.
int64_t copy_in(Machine& m, const u256& to, BytesView source, const u256& offset, const u256& size,
                int64_t gas);

/// CALL and its kin. `ranges` points at the words input offset, input size, output offset, output
/// size, downwards; the result goes to `result`.
int64_t call_contract(Machine& m, Call& call, const u256& gas_asked, const u256* ranges,
                      u256& result, int64_t gas);

/// CREATE, and CREATE2 when there is a `salt`.
int64_t create_contract(Machine& m, const u256& value, const u256& offset, const u256& size,
                        const u256* salt, u256& result, int64_t gas);

/// RETURN and REVERT.
int64_t end_with_output(Machine& m, Status status, const Range& range, int64_t gas);

}  // namespace plume::op
