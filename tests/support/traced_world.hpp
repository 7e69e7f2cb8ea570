// Two contracts to be watched: what the tests of tracers run.
#pragma once

#include "evm/call.hpp"
#include "evm/tracer.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"

namespace plume::test {

/// Answers three bytes and stores 1 in slot 0; without input it reverts with them.
inline CallResult store_and_answer(Frame& frame) {
    const Status stored = frame.store({}, u256{1u});
    if (stored != Status::success) return {stored, 0, {}};
    const Status status = frame.message().input.empty() ? Status::revert : Status::success;
    return {status, frame.gas_left(), {1, 2, 3}};
}

class TracedWorld {
public:
    static constexpr Address caller =
        literals::operator""_address("0x00000000000000000000000000000000000000c0", 42);
    static constexpr Address self =
        literals::operator""_address("0x00000000000000000000000000000000000000aa", 42);
    static constexpr Address other =
        literals::operator""_address("0x00000000000000000000000000000000000000bb", 42);
    static constexpr Address native =
        literals::operator""_address("0x00000000000000000000000000000000000000cc", 42);
    static constexpr uint64_t gas = 1'000'000;

    /// `self` has 1,000 wei and 7 in slot 1.
    TracedWorld(const Bytecode& self_code, const Bytecode& other_code) {
        State first(nothing_);
        first.begin_transaction();
        first.set_balance(caller, u256{5'000u});
        for (const Address& address : {self, other, native}) first.set_nonce(address, 1);
        first.set_balance(self, u256{1'000u});
        first.store(self, u256{1u}, u256{7u});
        first.set_code(self, self_code.bytes());
        first.set_code(other, other_code.bytes());
        first.set_code(native, native_code(natives[0]));
        first.end_transaction();
        before_.apply(first.take(), {});
    }

    /// A transaction that calls `self`, without its fees.
    CallResult run(Tracer& tracer, BytesView input = {}, const u256& value = {}) {
        State state(before_);
        state.begin_transaction();
        tracer.begin(state, gas);
        Execution execution{state, block_, natives, caller, {}, {}, &tracer};
        CallResult result = call(execution, {.gas = gas - 21'000,
                                             .sender = caller,
                                             .recipient = self,
                                             .code_address = self,
                                             .value = value,
                                             .input = input});
        state.end_transaction();
        tracer.end(state, result, gas - result.gas_left);
        return result;
    }

    inline static const std::array natives{
        NativeType{.id = 1, .version = 1, .name = "Answer", .entry = store_and_answer}};

private:
    MemoryStore nothing_;
    MemoryStore before_;
    BlockEnvironment block_;
};

/// CALL or its kin: no input, no output, all the gas there is.
inline Bytecode call_to(const Address& to, uint8_t opcode, uint64_t value = 0) {
    const bool has_value = opcode == opcode::CALL || opcode == opcode::CALLCODE;
    return push(0) + push(0) + push(0) + push(0) + (has_value ? push(value) : Bytecode()) +
           push(to_u256(to)) + op(opcode::GAS, opcode);
}

/// CREATE with up to 32 bytes of init code.
inline Bytecode create_from(const Bytecode& init_code, uint64_t value = 0) {
    const BytesView bytes = init_code;
    u256 word;
    for (const uint8_t byte : bytes) word = word << 8 | u256{byte};
    return push(word) + push(0) + op(opcode::MSTORE) + push(bytes.size()) +
           push(32 - bytes.size()) + push(value) + op(opcode::CREATE);
}

}  // namespace plume::test
