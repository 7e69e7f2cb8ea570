// Bytecode made ready to run fast: decoded once, checked by blocks, common pairs joined.
//
// A block is a row of instructions that run one after the other or not at all. What they need of
// the stack and their flat prices are known, so one operation at its start checks and charges for
// all of them. That is not to be told from checking each: a block that cannot be paid for fails
// later or sooner, and a failure leaves nothing. Where code can see how much gas is left (GAS,
// calls and creations, SSTORE with its sentry), a block ends, so that what follows is not paid for
// yet (docs/decisions/0010).
#pragma once

#include <vector>

#include "base/u256.hpp"
#include "evm/opcodes.hpp"

namespace plume {

/// What the decoder makes of pairs, beside the opcodes themselves. The second word of a name is the
/// instruction that works, the first where its upper operand comes from: a constant, a copy of a
/// deeper word, or the word below, after SWAP1.
// clang-format off
#define PLUME_OWN(ROW) \
    /* number: what the block costs */            ROW(BLOCK) \
    /* the place of every jump that leads to none */ ROW(NOWHERE) \
    /* number: a value of 64 bits */              ROW(PUSH_SMALL) \
    /* word: a larger one */                      ROW(PUSH_LARGE) \
    /* number: the place to go on */              ROW(JUMP_TO) ROW(JUMPI_TO) \
    /* ISZERO before a JUMPI */                   ROW(JUMPZ_TO) \
    /* depth: a word goes to where a deeper one was */ ROW(SWAP_POP) \
    /* number: of bits */                         ROW(SHIFT_LEFT) ROW(SHIFT_RIGHT) \
    /* number: the offset, below 2^32 */          ROW(MLOAD_AT) ROW(MSTORE_AT)
#define PLUME_JOINED(ROW) \
    ROW(ADD, add) ROW(SUB, sub) ROW(MUL, mul) ROW(DIV, div) ROW(MOD, mod) ROW(AND, bit_and) \
    ROW(OR, bit_or) ROW(XOR, bit_xor) ROW(EQ, eq) ROW(LT, lt) ROW(GT, gt) ROW(SLT, slt) \
    ROW(SGT, sgt)
// clang-format on

namespace operation {

enum : uint16_t {
    BEFORE_OWN = 255,
#define PLUME_ROW(name) name,
    PLUME_OWN(PLUME_ROW)
#undef PLUME_ROW
#define PLUME_ROW(name, function) CONSTANT_##name, DUP_##name, SWAP_##name,
        PLUME_JOINED(PLUME_ROW)
#undef PLUME_ROW
            COUNT
};

}  // namespace operation

struct Operation {
    uint16_t code = 0;
    uint16_t depth = 0;     ///< of a DUP or SWAP that was joined
    uint32_t position = 0;  ///< in the bytecode
    union {
        uint64_t number = 0;
        const u256* word;
    };
};

/// What a BLOCK checks, packed into its number.
struct BlockCost {
    uint32_t gas = 0;
    uint16_t needed = 0;  ///< words on the stack when it begins; 1,025 stands for more than fit
    uint16_t growth = 0;  ///< words on top of those, at its highest
};

class Program {
public:
    explicit Program(BytesView code);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    const Operation* begin() const { return operations_.data() + first; }
    /// Where a jump to `position` goes on: at its block, or NOWHERE.
    const Operation* target(const u256& position) const {
        const bool is_inside = position.fits_uint64() && position.low64() < targets_.size();
        return operations_.data() + (is_inside ? targets_[position.low64()] : 0);
    }
    const Operation* at(uint64_t place) const { return operations_.data() + place; }

private:
    friend class Decoder;

    static constexpr size_t first = 1;  ///< behind NOWHERE

    std::vector<Operation> operations_;
    std::vector<u256> constants_;
    std::vector<uint32_t> targets_;  ///< by position in the code; 0 where no JUMPDEST is
};

}  // namespace plume
