// Bytecode as the interpreter wants it.
#pragma once

#include <memory>

#include "evm/program.hpp"

namespace plume {

/// A contract's bytes with zeros behind them, so that a PUSH at the end reads zeros and running off
/// the end meets STOP; and the program that they are (Yellow Paper 9.4.3 on jump destinations).
class Code {
public:
    explicit Code(BytesView code);

    const uint8_t* begin() const { return bytes_.data(); }
    size_t size() const { return size_; }
    /// Without the zeros behind it.
    BytesView bytes() const { return {bytes_.data(), size_}; }
    const Program& program() const { return program_; }
    /// Bytes in memory.
    size_t footprint() const { return bytes_.capacity() + program_.footprint(); }

private:
    size_t size_;
    Bytes bytes_;
    Program program_;
};

/// Bytes of memory that the cache takes, all threads together.
inline constexpr size_t code_cache_size_max = size_t{64} << 20;

/// The analysis of the code with this hash, kept from an earlier call or made from `code`. A memo
/// of a pure function: whether it is hit changes nothing but the time. Any thread.
std::shared_ptr<const Code> analysed(const Hash& code_hash, BytesView code);

}  // namespace plume
