#include "evm/program.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "support/bytecode.hpp"

namespace plume {
namespace {

using namespace opcode;
using test::Bytecode;
using test::op;
using test::push;

/// The codes of all operations but NOWHERE and the last STOP.
std::vector<uint16_t> operations_of(const Bytecode& code) {
    const Program program(code);
    std::vector<uint16_t> out;
    const Operation* one = program.begin();
    // The decoder's own STOP ends every program, and nothing else has a position like it.
    for (size_t stops = 0; stops == 0 || one->code != STOP; ++one) {
        out.push_back(one->code);
        stops = 1;
    }
    return out;
}

BlockCost cost_of(const Bytecode& code) {
    const Program program(code);
    return std::bit_cast<BlockCost>(program.begin()->number);
}

TEST(Program, a_block_knows_what_it_costs_and_needs) {
    const BlockCost cost = cost_of(op(ADD, DUP1, DUP1));
    EXPECT_EQ(cost.gas, 9u);
    EXPECT_EQ(cost.needed, 2u);
    EXPECT_EQ(cost.growth, 1u) << "one more than the two words it began with, less the one of ADD";
    EXPECT_EQ(cost_of(test::repeat(op(POP), 2'000)).needed, 1'025u) << "more than fit";
    EXPECT_EQ(cost_of(test::repeat(push(1), 2'000)).growth, 1'025u);
}

TEST(Program, blocks_end_where_code_can_see_the_gas_that_is_left) {
    for (const uint8_t seer : {uint8_t{GAS}, uint8_t{SSTORE}, uint8_t{CALL}, uint8_t{CREATE2}})
        EXPECT_EQ(operations_of(op(seer, ADD)),
                  (std::vector<uint16_t>{operation::BLOCK, seer, operation::BLOCK, ADD}));
    EXPECT_EQ(operations_of(op(SLOAD, ADD)), (std::vector<uint16_t>{operation::BLOCK, SLOAD, ADD}));
}

TEST(Program, a_jump_destination_begins_a_block_and_costs_one_gas) {
    const Bytecode code = op(POP, JUMPDEST, POP);
    EXPECT_EQ(operations_of(code),
              (std::vector<uint16_t>{operation::BLOCK, POP, operation::BLOCK, POP}));
    const Program program(code);
    EXPECT_EQ(program.target(u256{1u}), program.begin() + 2);
    EXPECT_EQ(std::bit_cast<BlockCost>(program.begin()[2].number).gas, 3u);
    for (const u256& nowhere : {u256{}, u256{2u}, u256{3u}, u256_max})
        EXPECT_EQ(program.target(nowhere)->code, operation::NOWHERE);
}

TEST(Program, pairs_are_joined) {
    const auto joined = [](const Bytecode& code) {
        const std::vector<uint16_t> found = operations_of(code);
        EXPECT_EQ(found.size(), 2u);
        return found.back();
    };
    EXPECT_EQ(joined(push(1) + op(ADD)), operation::CONSTANT_ADD);
    EXPECT_EQ(joined(push(u256_max) + op(AND)), operation::CONSTANT_AND);
    EXPECT_EQ(joined(op(DUP3, XOR)), operation::DUP_XOR);
    EXPECT_EQ(joined(op(SWAP1, SUB)), operation::SWAP_SUB);
    EXPECT_EQ(joined(op(SWAP5, POP)), operation::SWAP_POP);
    EXPECT_EQ(joined(push(8) + op(SHR)), operation::SHIFT_RIGHT);
    EXPECT_EQ(joined(push(64) + op(MLOAD)), operation::MLOAD_AT);
    EXPECT_EQ(joined(op(PC)), operation::PUSH_SMALL);
    EXPECT_EQ(operations_of(op(SWAP2, SUB)).size(), 3u);
    EXPECT_EQ(operations_of(push(u256{1u} << 40) + op(MLOAD)).size(), 3u);
    EXPECT_EQ(operations_of(op(DUP1, JUMPDEST, ADD)).size(), 4u) << "never across blocks";
}

TEST(Program, a_jump_to_a_constant_knows_its_place) {
    const Bytecode code = push(4) + op(JUMP, STOP, JUMPDEST);
    const Program program(code);
    EXPECT_EQ(program.begin()[1].code, operation::JUMP_TO);
    EXPECT_EQ(program.at(program.begin()[1].number), program.target(u256{4u}));
    const Program astray(push(3) + op(JUMP, STOP, JUMPDEST));
    EXPECT_EQ(astray.at(astray.begin()[1].number)->code, operation::NOWHERE);
    EXPECT_EQ(operations_of(op(ISZERO) + push(0) + op(JUMPI))[1], operation::JUMPZ_TO);
    EXPECT_EQ(operations_of(op(NOT) + push(0) + op(JUMPI))[2], operation::JUMPI_TO);
}

}  // namespace
}  // namespace plume
