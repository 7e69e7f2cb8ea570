#include "evm/program.hpp"

#include <algorithm>
#include <bit>

#include "evm/interpreter.hpp"

namespace plume {

namespace {

struct Shape {
    bool is_defined = false;
    int taken = 0;
    int left = 0;
    uint32_t gas = 0;
};

constexpr std::array<Shape, 256> shapes{
#define PLUME_ROW(opcode, name, function, taken, left, gas) Shape{true, taken, left, gas},
#define PLUME_GAP(opcode) Shape{},
    PLUME_OPCODES(PLUME_ROW, PLUME_GAP)
#undef PLUME_ROW
#undef PLUME_GAP
};

/// Whether the instructions behind `opcode` are another block's.
constexpr bool ends_block(uint8_t opcode) {
    switch (opcode) {
        case opcode::STOP:
        case opcode::JUMP:
        case opcode::JUMPI:
        case opcode::RETURN:
        case opcode::REVERT:
        case opcode::INVALID:
        case opcode::SELFDESTRUCT:
        case opcode::GAS:
        case opcode::SSTORE:
        case opcode::CALL:
        case opcode::CALLCODE:
        case opcode::DELEGATECALL:
        case opcode::STATICCALL:
        case opcode::CREATE:
        case opcode::CREATE2:
            return true;
        default:
            return !shapes[opcode].is_defined;
    }
}

struct Joined {
    uint16_t constant = 0;
    uint16_t dup = 0;
    uint16_t swap = 0;
};

constexpr std::array<Joined, 256> joined = [] {
    std::array<Joined, 256> out{};
#define PLUME_ROW(name, function) \
    out[opcode::name] = {operation::CONSTANT_##name, operation::DUP_##name, operation::SWAP_##name};
    PLUME_JOINED(PLUME_ROW)
#undef PLUME_ROW
    return out;
}();

constexpr bool is_dup(uint16_t code) {
    return code >= opcode::DUP1 && code <= opcode::DUP16;
}
constexpr bool is_swap(uint16_t code) {
    return code >= opcode::SWAP1 && code <= opcode::SWAP16;
}
constexpr bool is_push(uint16_t code) {
    return code == operation::PUSH_SMALL || code == operation::PUSH_LARGE;
}
/// Operations whose word is still the place of a constant.
constexpr bool has_constant(uint16_t code) {
    if (code == operation::PUSH_LARGE) return true;
#define PLUME_ROW(name, function) \
    if (code == operation::CONSTANT_##name) return true;
    PLUME_JOINED(PLUME_ROW)
#undef PLUME_ROW
    return false;
}

}  // namespace

class Decoder {
public:
    Decoder(BytesView code, Program& program) : code_(code), out_(program) {
        out_.targets_.resize(code.size());
        out_.operations_.reserve(code.size() / 2 + 8);
        out_.operations_.push_back({.code = operation::NOWHERE});
    }

    void run() {
        begin_block();
        for (size_t i = 0; i < code_.size(); ++i) {
            position_ = static_cast<uint32_t>(i);
            const uint8_t opcode = code_[i];
            if (opcode == opcode::JUMPDEST) {
                begin_block();
                out_.targets_[i] = static_cast<uint32_t>(block_);
                count(opcode);
                continue;
            }
            if (!is_open_) begin_block();
            count(opcode);
            if (opcode >= opcode::PUSH0 && opcode <= opcode::PUSH32)
                i += push(i + 1, opcode - opcode::PUSH0);
            else
                add(opcode);
            if (ends_block(opcode)) is_open_ = false;
        }
        if (!is_open_) begin_block();
        emit(opcode::STOP);
        close_block();
        resolve();
    }

private:
    void begin_block() {
        close_block();
        block_ = out_.operations_.size();
        emit(operation::BLOCK);
        is_open_ = true;
        gas_ = 0;
        height_ = needed_ = growth_ = 0;
    }

    void close_block() {
        if (block_ == 0) return;
        constexpr int64_t most = stack_size_max + 1;
        const BlockCost cost{static_cast<uint32_t>(std::min<uint64_t>(gas_, ~uint32_t{0})),
                             static_cast<uint16_t>(std::min(needed_, most)),
                             static_cast<uint16_t>(std::min(growth_, most))};
        out_.operations_[block_].number = std::bit_cast<uint64_t>(cost);
    }

    /// Adds an instruction's price and what it does to the height of the stack.
    void count(uint8_t opcode) {
        const Shape& shape = shapes[opcode];
        gas_ += shape.gas;
        needed_ = std::max<int64_t>(needed_, shape.taken - height_);
        height_ += shape.left - shape.taken;
        growth_ = std::max(growth_, height_);
    }

    void emit(uint16_t code, uint64_t number = 0, uint16_t depth = 0) {
        out_.operations_.push_back(
            {.code = code, .depth = depth, .position = position_, .number = number});
    }

    /// The last operation, when it is of this block and no start of it.
    Operation* last() {
        return out_.operations_.size() - 1 > block_ ? &out_.operations_.back() : nullptr;
    }

    size_t push(size_t start, size_t size) {
        Hash word;
        const size_t there = std::min(size, code_.size() - start);
        std::ranges::copy(code_.subspan(start, there),
                          word.bytes.begin() + static_cast<ptrdiff_t>(32 - size));
        const u256 value = to_u256(word);
        if (value.fits_uint64())
            emit(operation::PUSH_SMALL, value.low64());
        else
            emit(operation::PUSH_LARGE, constant(value));
        return size;
    }

    uint64_t constant(const u256& value) {
        out_.constants_.push_back(value);
        return out_.constants_.size() - 1;
    }

    void add(uint8_t opcode) {
        Operation* const before = last();
        if (opcode == opcode::PC) return emit(operation::PUSH_SMALL, position_);
        if (before == nullptr || !join(*before, opcode)) emit(opcode);
    }

    /// Makes one operation of the last and `opcode`, when there is such.
    bool join(Operation& before, uint8_t opcode) {
        if (is_push(before.code)) return join_constant(before, opcode);
        if (is_dup(before.code) && joined[opcode].dup != 0) {
            before.depth = static_cast<uint16_t>(before.code - opcode::DUP1);
            before.code = joined[opcode].dup;
            return true;
        }
        if (before.code == opcode::SWAP1 && joined[opcode].swap != 0) {
            before.code = joined[opcode].swap;
            return true;
        }
        if (is_swap(before.code) && opcode == opcode::POP) {
            before.depth = static_cast<uint16_t>(before.code - opcode::SWAP1 + 1);
            before.code = operation::SWAP_POP;
            return true;
        }
        return false;
    }

    bool join_constant(Operation& before, uint8_t opcode) {
        const bool is_small = before.code == operation::PUSH_SMALL;
        const uint64_t number = before.number;
        if (joined[opcode].constant != 0) {
            if (is_small) before.number = constant(u256{number});
            before.code = joined[opcode].constant;
            return true;
        }
        if (!is_small) return false;
        switch (opcode) {
            case opcode::JUMP:
                before.code = operation::JUMP_TO;
                return true;
            case opcode::JUMPI:
                before.code = operation::JUMPI_TO;
                join_zero_test();
                return true;
            case opcode::SHL:
            case opcode::SHR:
                before.number = std::min<uint64_t>(number, 256);
                before.code =
                    opcode == opcode::SHL ? operation::SHIFT_LEFT : operation::SHIFT_RIGHT;
                return true;
            case opcode::MLOAD:
            case opcode::MSTORE:
                if (number >> 32 != 0) return false;
                before.code = opcode == opcode::MLOAD ? operation::MLOAD_AT : operation::MSTORE_AT;
                return true;
            default:
                return false;
        }
    }

    /// The last operation is a JUMPI_TO: takes an ISZERO before it along.
    void join_zero_test() {
        auto& operations = out_.operations_;
        if (operations.size() < block_ + 3) return;
        Operation& test = operations[operations.size() - 2];
        if (test.code != opcode::ISZERO) return;
        test = operations.back();
        test.code = operation::JUMPZ_TO;
        operations.pop_back();
    }

    /// Now that all blocks and constants have their places.
    void resolve() {
        for (Operation& one : out_.operations_) {
            if (has_constant(one.code)) {
                one.word = &out_.constants_[one.number];
            } else if (one.code == operation::JUMP_TO || one.code == operation::JUMPI_TO ||
                       one.code == operation::JUMPZ_TO) {
                const bool is_inside = one.number < out_.targets_.size();
                one.number = is_inside ? out_.targets_[one.number] : 0;
            }
        }
    }

    BytesView code_;
    Program& out_;
    uint32_t position_ = 0;
    size_t block_ = 0;      ///< the place of the BLOCK that is being filled
    bool is_open_ = false;  ///< whether another instruction belongs to it
    uint64_t gas_ = 0;
    int64_t height_ = 0;  ///< of the stack, against the block's start
    int64_t needed_ = 0;
    int64_t growth_ = 0;
};

Program::Program(BytesView code) {
    Decoder(code, *this).run();
}

}  // namespace plume
