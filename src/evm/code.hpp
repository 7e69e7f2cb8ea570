// Bytecode as the interpreter wants it.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.hpp"

namespace plume {

/// A contract's bytes with zeros behind them, so that a PUSH at the end reads zeros and running off
/// the end meets STOP; and which of them are jump destinations (Yellow Paper 9.4.3).
class Code {
public:
    explicit Code(BytesView code);

    const uint8_t* begin() const { return bytes_.data(); }
    size_t size() const { return size_; }
    /// Without the zeros behind it.
    BytesView bytes() const { return {bytes_.data(), size_}; }
    /// Whether `position` is a JUMPDEST that is no part of a PUSH.
    bool is_jump_destination(uint64_t position) const {
        return position < size_ && (destinations_[position / 64] >> (position % 64) & 1) != 0;
    }

private:
    size_t size_;
    Bytes bytes_;
    std::vector<uint64_t> destinations_;
};

/// Bytes of code that the cache keeps, all threads together.
inline constexpr size_t code_cache_size_max = size_t{64} << 20;

/// The analysis of the code with this hash, kept from an earlier call or made from `code`. A memo
/// of a pure function: whether it is hit changes nothing but the time. Any thread.
std::shared_ptr<const Code> analysed(const Hash& code_hash, BytesView code);

}  // namespace plume
