// Bytecode as an expression: push(1) + push(2) + op(ADD) is 1 + 2.
#pragma once

#include "base/u256.hpp"
#include "evm/opcodes.hpp"

namespace plume::test {

class Bytecode {
public:
    Bytecode() = default;
    explicit Bytecode(Bytes bytes) : bytes_(std::move(bytes)) {}

    friend Bytecode operator+(Bytecode a, const Bytecode& b) {
        append(a.bytes_, b.bytes_);
        return a;
    }
    operator BytesView() const { return bytes_; }
    const Bytes& bytes() const { return bytes_; }
    size_t size() const { return bytes_.size(); }

private:
    Bytes bytes_;
};

template <class... Opcodes>
Bytecode op(Opcodes... opcodes) {
    return Bytecode(Bytes{static_cast<uint8_t>(opcodes)...});
}

/// The shortest PUSH of `value`.
inline Bytecode push(const u256& value) {
    const Hash word = to_word(value);
    const unsigned size = value.byte_length();
    Bytes out{static_cast<uint8_t>(opcode::PUSH0 + size)};
    append(out, BytesView{word}.last(size));
    return Bytecode(out);
}
inline Bytecode push(uint64_t value) {
    return push(u256{value});
}

/// Returns the word on top of the stack.
inline Bytecode return_top() {
    return push(0) + op(opcode::MSTORE) + push(32) + push(0) + op(opcode::RETURN);
}

/// The same program `count` times.
inline Bytecode repeat(const Bytecode& code, size_t count) {
    Bytecode out;
    for (size_t i = 0; i < count; ++i) out = std::move(out) + code;
    return out;
}

}  // namespace plume::test
