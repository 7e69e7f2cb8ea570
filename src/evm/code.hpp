// Bytecode as the interpreter wants it.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "evm/program.hpp"

namespace plume {

/// A contract's bytes with zeros behind them, so that a PUSH at the end reads zeros and running off
/// the end meets STOP; and which of them are jump destinations (Yellow Paper 9.4.3). Any thread.
///
/// Making a program of it takes longer than most calls run, so that happens once it has burnt as
/// much gas as makes it worth while. Otherwise somebody could have large contracts decoded at the
/// price of a call that returns at once. It changes nothing but the time.
class Code {
public:
    explicit Code(BytesView code);
    ~Code();
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;

    const uint8_t* begin() const { return bytes_.data(); }
    size_t size() const { return size_; }
    /// Without the zeros behind it.
    BytesView bytes() const { return {bytes_.data(), size_}; }
    /// Whether a JUMPDEST stands at `position` that is no part of a PUSH.
    bool is_jump_destination(uint64_t position) const {
        return position < size_ && (destinations_[position / 64] >> (position % 64) & 1) != 0;
    }

    /// The program of these bytes; null as long as it has not been made.
    const Program* program() const { return program_.load(std::memory_order_acquire); }
    /// Makes it, unless somebody else has.
    const Program& make_program() const;
    /// Gas that may still be burnt by the bytes before a program is worth its making.
    uint64_t patience() const;
    /// Notes that the bytes have burnt so much.
    void burnt(uint64_t gas) const { burnt_.fetch_add(gas, std::memory_order_relaxed); }

    /// Bytes in memory before there is a program.
    size_t footprint() const { return bytes_.capacity() + destinations_.capacity() * 8; }

private:
    /// Decoding a byte takes as long as so much gas of plain instructions.
    static constexpr uint64_t gas_per_byte = 8;

    size_t size_;
    Bytes bytes_;
    std::vector<uint64_t> destinations_;
    mutable std::atomic<uint64_t> burnt_{0};
    mutable std::atomic<const Program*> program_{nullptr};  ///< owned
};

/// Bytes of code that the cache keeps, all threads together; programs come on top, of what burns
/// gas in earnest.
inline constexpr size_t code_cache_size_max = size_t{64} << 20;

/// The analysis of the code with this hash, kept from an earlier call or made from `code`. A memo
/// of a pure function: whether it is hit changes nothing but the time. Any thread.
std::shared_ptr<const Code> analysed(const Hash& code_hash, BytesView code);

}  // namespace plume
