#include "evm/interpreter.hpp"

#include <gtest/gtest.h>

#include "evm/tracer.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"

// The public state tests run every instruction in every corner; here stands what each kind of
// instruction promises, small enough to be read.

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::Bytecode;
using test::op;
using test::push;
using test::return_top;

constexpr Address self = "0x000000000000000000000000000000000000aa00"_address;
constexpr Address caller = "0x000000000000000000000000000000000000bb00"_address;

/// Sees every step and says nothing.
class Watcher final : public Tracer {
public:
    void enter(const Message&, BytesView, const NativeType*) override {}
    void leave(const CallResult&) override {}
    bool wants_steps() const override { return true; }
};

class InterpreterTest : public testing::Test {
protected:
    InterpreterTest() {
        state.begin_transaction();
        message.gas = 1'000'000;
        message.sender = caller;
        message.recipient = message.code_address = self;
    }

    /// Runs it watched, by the bytes and by the program, which must agree on everything.
    CallResult run(const Bytecode& bytes) {
        const Code code(bytes);
        const State::Mark start = state.mark();
        const CallResult watched = run_by(code, &watcher);
        state.rollback(start);
        const CallResult plain = run_by(code, nullptr);
        state.rollback(start);
        code.make_program();
        CallResult fast = run_by(code, nullptr);
        for (const CallResult* other : {&watched, &plain}) {
            EXPECT_EQ(other->status, fast.status);
            EXPECT_EQ(other->gas_left, fast.gas_left);
            EXPECT_EQ(other->output, fast.output);
        }
        return fast;
    }
    CallResult run_by(const Code& code, Tracer* tracer) {
        execution.tracer = tracer;
        Frame frame(execution, message);
        return interpret(frame, code);
    }
    /// The word that `code` leaves on top of the stack.
    u256 top_after(const Bytecode& code) {
        const CallResult result = run(code + return_top());
        EXPECT_EQ(result.status, Status::success);
        EXPECT_EQ(result.output.size(), 32u);
        return from_big_endian(result.output);
    }
    uint64_t gas_of(const Bytecode& code) {
        const CallResult result = run(code);
        EXPECT_EQ(result.status, Status::success);
        return message.gas - result.gas_left;
    }

    test::MemoryStore nothing;
    State state{nothing};
    BlockEnvironment block;
    Execution execution{state, block, {}, caller, {}};
    Watcher watcher;
    Message message;
};

TEST_F(InterpreterTest, operands_are_taken_from_the_top_down) {
    EXPECT_EQ(top_after(push(3) + push(10) + op(SUB)), u256{7u});
    EXPECT_EQ(top_after(push(3) + push(10) + op(DIV)), u256{3u});
    EXPECT_EQ(top_after(push(3) + push(10) + op(MOD)), u256{1u});
    EXPECT_EQ(top_after(push(10) + push(2) + op(EXP)), u256{1'024u});
    EXPECT_EQ(top_after(push(7) + push(5) + push(4) + op(ADDMOD)), u256{2u});
    EXPECT_EQ(top_after(push(7) + push(5) + push(4) + op(MULMOD)), u256{6u});
    EXPECT_EQ(top_after(push(10) + push(3) + op(LT)), u256{1u});
    EXPECT_EQ(top_after(push(10) + push(3) + op(GT)), u256{});
    EXPECT_EQ(top_after(push(1) + push(4) + op(SHL)), u256{16u});
    EXPECT_EQ(top_after(push(0x1234) + push(30) + op(BYTE)), u256{0x12u});
    EXPECT_EQ(top_after(push(0x1234) + push(32) + op(BYTE)), u256{});
}

TEST_F(InterpreterTest, words_are_duplicated_and_swapped_by_depth) {
    EXPECT_EQ(top_after(push(1) + push(2) + push(3) + op(DUP3)), u256{1u});
    EXPECT_EQ(top_after(push(1) + push(2) + push(3) + op(SWAP2)), u256{1u});
    EXPECT_EQ(top_after(push(1) + push(2) + push(3) + op(SWAP2, POP, POP)), u256{3u});
}

TEST_F(InterpreterTest, a_push_cut_short_by_the_end_reads_zeros) {
    EXPECT_EQ(run(op(PUSH32, 0xff)).status, Status::success);
    EXPECT_EQ(gas_of(op(PUSH32, 0xff)), 3u);
}

TEST_F(InterpreterTest, the_stack_holds_1024_words_and_no_more) {
    EXPECT_EQ(run(test::repeat(push(1), 1'024)).status, Status::success);
    EXPECT_EQ(run(test::repeat(push(1), 1'025)).status, Status::stack_overflow);
    EXPECT_EQ(run(test::repeat(push(1), 1'024) + op(DUP1)).status, Status::stack_overflow);
    EXPECT_EQ(run(op(POP)).status, Status::stack_underflow);
    EXPECT_EQ(run(push(1) + op(SWAP1)).status, Status::stack_underflow);
}

TEST_F(InterpreterTest, gas_that_is_gone_takes_everything) {
    message.gas = 5;
    EXPECT_EQ(run(push(1) + push(1)).status, Status::out_of_gas);
    message.gas = 6;
    const CallResult result = run(push(1) + push(1));
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(result.gas_left, 0u);
}

TEST_F(InterpreterTest, jumps_go_to_jump_destinations_only) {
    EXPECT_EQ(run(push(3) + op(JUMP, JUMPDEST)).status, Status::success);
    EXPECT_EQ(run(push(4) + op(JUMP, PUSH1, JUMPDEST)).status, Status::invalid_jump)
        << "data of a PUSH";
    EXPECT_EQ(run(push(0) + op(JUMP)).status, Status::invalid_jump);
    EXPECT_EQ(run(push(u256_max) + op(JUMP)).status, Status::invalid_jump);
    EXPECT_EQ(run(push(1) + push(5) + op(JUMPI, JUMPDEST)).status, Status::success);
    EXPECT_EQ(run(push(0) + push(99) + op(JUMPI)).status, Status::success) << "not taken";
    EXPECT_EQ(run(push(1) + push(99) + op(JUMPI)).gas_left, 0u);
}

TEST_F(InterpreterTest, a_loop_changes_over_to_the_program_in_the_middle) {
    // Counts down from 1,000: more gas than the few bytes have patience for.
    const Bytecode count = push(1'000) + op(JUMPDEST) + push(1) + op(SWAP1, SUB, DUP1) + push(3) +
                           op(JUMPI) + return_top();
    const Code code(count);
    EXPECT_EQ(code.program(), nullptr);
    const CallResult changed = run_by(code, nullptr);
    EXPECT_NE(code.program(), nullptr);
    const CallResult watched = run_by(code, &watcher);
    EXPECT_EQ(changed.status, Status::success);
    EXPECT_EQ(changed.gas_left, watched.gas_left);
    EXPECT_EQ(changed.output, watched.output);
}

TEST_F(InterpreterTest, memory_costs_linearly_and_with_its_square) {
    // PUSH1, PUSH0, MSTORE and one word; then 32,768 bytes: 3 * 1,024 + 1,024^2 / 512.
    EXPECT_EQ(gas_of(push(1) + push(0) + op(MSTORE)), 3u + 2 + 3 + 3);
    EXPECT_EQ(gas_of(push(1) + push(32'736) + op(MSTORE)), 3u + 3 + 3 + 3 * 1'024 + 2'048);
    EXPECT_EQ(top_after(push(1) + push(1) + op(MSTORE, MSIZE)), u256{64u});
    EXPECT_EQ(run(push(1) + push(u256_max) + op(MSTORE)).status, Status::out_of_gas);
    EXPECT_EQ(gas_of(push(0) + push(u256_max) + op(RETURN)), 2u + 3) << "nothing from anywhere";
}

TEST_F(InterpreterTest, copies_read_zeros_behind_the_end) {
    const Bytes input{1, 2, 3};
    message.input = input;
    EXPECT_EQ(top_after(push(1) + op(CALLDATALOAD)), u256{0x0203u} << 240);
    EXPECT_EQ(top_after(push(3) + op(CALLDATALOAD)), u256{});
    EXPECT_EQ(top_after(push(u256_max) + op(CALLDATALOAD)), u256{});
    const Bytecode copy = push(32) + push(2) + push(0) + op(CALLDATACOPY) + push(0) + op(MLOAD);
    EXPECT_EQ(top_after(copy), u256{3u} << 248);
    EXPECT_EQ(run(push(1) + push(0) + push(0) + op(RETURNDATACOPY)).status,
              Status::return_data_out_of_range);
    EXPECT_EQ(run(push(0) + push(0) + push(0) + op(RETURNDATACOPY)).status, Status::success);
    EXPECT_EQ(run(push(0) + push(1) + push(0) + op(RETURNDATACOPY)).status,
              Status::return_data_out_of_range);
}

TEST_F(InterpreterTest, ranges_that_overlap_are_moved_whole) {
    const Bytecode fill = push(u256{0x0102030405060708u} << 192) + push(0) + op(MSTORE);
    const Bytecode forward = fill + push(7) + push(0) + push(1) + op(MCOPY) + push(0) + op(MLOAD);
    EXPECT_EQ(top_after(forward) >> 192, u256{0x0101020304050607u});
}

TEST_F(InterpreterTest, revert_keeps_gas_and_hands_out_its_reason) {
    const CallResult result =
        run(push(0xab) + push(0) + op(MSTORE8) + push(1) + push(0) + op(REVERT));
    EXPECT_EQ(result.status, Status::revert);
    EXPECT_EQ(result.output, Bytes{0xab});
    EXPECT_GT(result.gas_left, 0u);
}

TEST_F(InterpreterTest, undefined_instructions_take_all_gas) {
    for (const uint8_t opcode : {uint8_t{0x0c}, uint8_t{0xef}, uint8_t{INVALID}}) {
        const CallResult result = run(op(opcode));
        EXPECT_EQ(result.status, Status::undefined_instruction);
        EXPECT_EQ(result.gas_left, 0u);
    }
}

TEST_F(InterpreterTest, leading_zeros_are_counted_since_osaka) {
    // EIP-7939.
    EXPECT_EQ(top_after(push(0) + op(CLZ)), u256{256u});
    EXPECT_EQ(top_after(push(1) + op(CLZ)), u256{255u});
    EXPECT_EQ(top_after(push(u256{1u} << 255) + op(CLZ)), u256{});
    EXPECT_EQ(top_after(push(u256_max) + op(CLZ)), u256{});
    EXPECT_EQ(top_after(push(u256{1u} << 254) + op(CLZ)), u256{1u});
    EXPECT_EQ(top_after(push((u256{1u} << 255) - u256{1u}) + op(CLZ)), u256{1u});
    for (unsigned zeros = 0; zeros < 256; ++zeros)
        EXPECT_EQ(top_after(push(u256_max >> zeros) + op(CLZ)), u256{zeros});
    EXPECT_EQ(gas_of(push(1) + op(CLZ)), 3u + 5);
    block.revision = Revision::prague;
    EXPECT_EQ(run(push(1) + op(CLZ)).status, Status::undefined_instruction);
}

TEST_F(InterpreterTest, a_static_frame_only_looks) {
    message.is_static = true;
    const Bytecode three = push(0) + push(0) + push(0);
    EXPECT_EQ(run(three + op(SSTORE)).status, Status::static_write);
    EXPECT_EQ(run(three + op(TSTORE)).status, Status::static_write);
    EXPECT_EQ(run(three + op(LOG0)).status, Status::static_write);
    EXPECT_EQ(run(three + op(CREATE)).status, Status::static_write);
    EXPECT_EQ(run(three + op(SELFDESTRUCT)).status, Status::static_write);
    const Bytecode call = test::repeat(push(0), 4) + push(1) + push(9) + op(GAS, CALL);
    EXPECT_EQ(run(call).status, Status::static_write) << "sends value";
    EXPECT_EQ(run(three + op(SLOAD)).status, Status::success);
}

TEST_F(InterpreterTest, blockhash_knows_256_ancestors) {
    block.number = 1'000;
    block.ancestor_hash = [](uint64_t number) { return to_word(u256{number}); };
    EXPECT_EQ(top_after(push(999) + op(BLOCKHASH)), u256{999u});
    EXPECT_EQ(top_after(push(744) + op(BLOCKHASH)), u256{744u});
    for (const uint64_t number : {743u, 1'000u, 1'001u})
        EXPECT_EQ(top_after(push(number) + op(BLOCKHASH)), u256{}) << number;
    EXPECT_EQ(top_after(push((u256{1u} << 64) + u256{999u}) + op(BLOCKHASH)), u256{});
}

TEST_F(InterpreterTest, transient_storage_is_read_back_at_100_gas) {
    EXPECT_EQ(top_after(push(7) + push(1) + op(TSTORE) + push(1) + op(TLOAD)), u256{7u});
    EXPECT_EQ(gas_of(push(7) + push(1) + op(TSTORE)), 3u + 3 + 100);
}

TEST_F(InterpreterTest, calls_hand_over_memory_and_take_back_return_data) {
    // The identity precompile, asked for 3 bytes of which 2 have a place.
    const Bytecode fill = push(u256{0x010203u} << 232) + push(0) + op(MSTORE);
    const Bytecode call = push(2) + push(64) + push(3) + push(0) + push(4) + op(GAS, STATICCALL);
    EXPECT_EQ(top_after(fill + call), u256{1u});
    EXPECT_EQ(top_after(fill + call + op(RETURNDATASIZE)), u256{3u});
    EXPECT_EQ(top_after(fill + call + push(64) + op(MLOAD)), u256{0x0102u} << 240);
}

TEST_F(InterpreterTest, a_contract_destroys_itself_only_in_the_transaction_that_made_it) {
    state.set_balance(self, u256{9u});
    EXPECT_EQ(run(push(to_u256(caller)) + op(SELFDESTRUCT)).status, Status::success);
    EXPECT_EQ(state.balance(caller), u256{9u});
    state.set_nonce(self, 1);
    state.end_transaction();
    EXPECT_TRUE(state.exists(self)) << "EIP-6780";
    state.begin_transaction();
    state.create(self);
    EXPECT_EQ(run(push(to_u256(caller)) + op(SELFDESTRUCT)).status, Status::success);
    EXPECT_TRUE(state.exists(self)) << "until the transaction ends";
    state.end_transaction();
    EXPECT_FALSE(state.exists(self));
}

}  // namespace
}  // namespace plume
