#include "chain/simulate_blocks.hpp"

#include <gtest/gtest.h>

#include "chain/system.hpp"
#include "state/state.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::op;
using test::push;

const Address alice = address_of(test::key(1));
const Address bob = "0x00000000000000000000000000000000000000bb"_address;

class SimulateBlocks : public testing::Test {
protected:
    SimulateBlocks() {
        test::MemoryStore nothing;
        State state(nothing);
        state.set_balance(alice, 1'000'000'000'000'000'000_u256);
        state.set_nonce(alice, 3);
        state.set_nonce(history_address, 1);
        state.set_code(history_address, history_code());
        store.apply(state.take(), {});
        head.number = 10;
        head.timestamp = 1'000;
        head.gas_limit = 30'000'000;
        head.base_fee = u256{100u};
    }

    Result<std::vector<SimulatedBlock>> run(const std::vector<BlockRequest>& blocks) {
        return simulate_blocks({store, head, hash_of(head)}, rules, blocks, options);
    }
    Error refusal(const std::vector<BlockRequest>& blocks) {
        const auto done = run(blocks);
        EXPECT_FALSE(done.ok());
        return done ? Error{} : done.error();
    }

    static BlockCall call(const Address& to, const u256& value = {}) {
        BlockCall out;
        out.request.from = alice;
        out.request.to = to;
        out.request.value = value;
        return out;
    }
    static BlockRequest block(const BlockOverrides& overrides) { return {overrides, {}, {}}; }
    /// A block in which bob's code answers with the word it leaves on the stack.
    static BlockRequest asking(const test::Bytecode& code) {
        BlockRequest out;
        out.accounts[bob].code = (code + test::return_top()).bytes();
        out.calls.push_back(call(bob));
        return out;
    }

    test::MemoryStore store;
    Header head;
    const Rules rules{test::chain_id, {}};
    SimulationOptions options;
};

TEST_F(SimulateBlocks, gaps_are_filled_and_time_goes_on) {
    const auto blocks = run({block({}), block({.number = 14}), block({.timestamp = 2'000})});
    ASSERT_TRUE(blocks.ok());
    std::vector<std::pair<uint64_t, uint64_t>> found;
    Hash parent = hash_of(head);
    for (const SimulatedBlock& each : *blocks) {
        found.emplace_back(each.block.header.number, each.block.header.timestamp);
        EXPECT_EQ(each.block.header.parent_hash, parent);
        EXPECT_EQ(each.block.hash, hash_of(each.block.header));
        parent = each.block.hash;
    }
    EXPECT_EQ(found,
              (decltype(found){{11, 1'012}, {12, 1'024}, {13, 1'036}, {14, 1'048}, {15, 2'000}}));
}

TEST_F(SimulateBlocks, blocks_out_of_order_are_refused) {
    EXPECT_EQ(refusal({block({.number = 10})}),
              (Error{-38020, "block numbers must be in order: 10 <= 10"}));
    EXPECT_EQ(refusal({block({.number = 12}), block({.number = 12})}),
              (Error{-38020, "block numbers must be in order: 12 <= 12"}));
    EXPECT_EQ(refusal({block({.timestamp = 1'000})}),
              (Error{-38021, "block timestamps must be in order: 1000 <= 1000"}));
    EXPECT_EQ(refusal({block({.timestamp = ~uint64_t{0}}), block({})}).code, -38021);
    EXPECT_EQ(refusal({block({.timestamp = ~uint64_t{0}}), block({.number = 20})}).code, -38021);
    EXPECT_EQ(refusal({block({.number = ~uint64_t{0}})}).code, -38026);
    EXPECT_EQ(run({block({.number = 10 + simulated_blocks_max})})->size(), simulated_blocks_max);
    EXPECT_EQ(refusal({block({.number = 11 + simulated_blocks_max})}),
              (Error{-38026, "too many blocks"}));
    EXPECT_TRUE(run({})->empty());
}

TEST_F(SimulateBlocks, what_one_block_leaves_the_next_one_finds) {
    BlockRequest first;
    first.calls = {call(bob, u256{7u}), call(bob, u256{1u})};
    const auto blocks = run({first, asking(op(SELFBALANCE))});
    ASSERT_TRUE(blocks.ok());
    EXPECT_EQ(blocks->at(0).block.header.gas_used, 42'000u);
    EXPECT_EQ(blocks->at(0).block.transactions[1]->fields.nonce, 4u);
    EXPECT_EQ(blocks->at(1).calls[0].result.output, to_bytes(to_word(u256{8u})));
    EXPECT_EQ(blocks->at(1).block.transactions[0]->fields.nonce, 5u);
}

TEST_F(SimulateBlocks, code_knows_the_block_and_the_hashes_before_it) {
    BlockRequest number = asking(op(NUMBER));
    number.block.number = 12;
    const auto blocks = run({number, asking(push(1) + op(NUMBER, SUB, BLOCKHASH)),
                             asking(push(3) + op(NUMBER, SUB, BLOCKHASH))});
    ASSERT_TRUE(blocks.ok());
    ASSERT_EQ(blocks->size(), 4u);
    EXPECT_EQ(blocks->at(1).calls[0].result.output, to_bytes(to_word(u256{12u})));
    EXPECT_EQ(blocks->at(2).calls[0].result.output, to_bytes(blocks->at(1).block.hash));
    EXPECT_EQ(blocks->at(3).calls[0].result.output, to_bytes(blocks->at(0).block.hash));
}

TEST_F(SimulateBlocks, gas_is_shared_by_all_calls) {
    BlockRequest one = asking(op(GAS));
    one.calls.push_back(call(bob));
    const auto blocks = run({one, one});
    ASSERT_TRUE(blocks.ok());
    // The block's limit bounds the first call of each, what is left of 50 million all of them.
    EXPECT_EQ(blocks->at(0).block.transactions[0]->fields.gas_limit, 30'000'000u);
    EXPECT_EQ(blocks->at(0).block.transactions[1]->fields.gas_limit,
              30'000'000u - blocks->at(0).calls[0].gas_used);
    head.gas_limit = 100'000'000;
    const auto wide = run({one});
    EXPECT_EQ(wide->at(0).block.transactions[0]->fields.gas_limit, simulation_gas_max);
    EXPECT_EQ(wide->at(0).block.transactions[1]->fields.gas_limit,
              simulation_gas_max - wide->at(0).calls[0].gas_used);
    one.calls[0].request.gas_limit = 100'000'001;
    EXPECT_EQ(refusal({one}).code, -38015);
    one.calls[0].request.gas_limit = 20'999;
    EXPECT_EQ(refusal({one}).code, -38013);
}

TEST_F(SimulateBlocks, calls_are_held_to_the_rules_on_demand) {
    BlockRequest request;
    request.calls = {call(bob)};
    request.calls[0].nonce = 1;
    EXPECT_TRUE(run({request}).ok());
    options.validates = true;
    const u256 fee = next_base_fee(head);
    request.calls[0].request.max_fee_per_gas = fee;
    EXPECT_EQ(refusal({request}).code, -38010);
    request.calls[0].nonce = 4;
    EXPECT_EQ(refusal({request}).code, -38011);
    request.calls[0].nonce.reset();
    const auto paid = run({request});
    ASSERT_TRUE(paid.ok()) << paid.error().what;
    EXPECT_EQ(paid->at(0).block.header.base_fee, fee);
    request.calls[0].request.max_fee_per_gas = fee - u256{1u};
    EXPECT_EQ(refusal({request}).code, -38012);
    request.calls[0].request.max_fee_per_gas = fee;
    request.calls[0].request.value = 1'000'000'000'000'000'000_u256;
    EXPECT_EQ(refusal({request}).code, -38014);
    request.calls[0].request = {};
    request.calls[0].request.max_fee_per_gas = fee;
    request.calls[0].request.data.assign(49'153, 0);
    EXPECT_EQ(refusal({request}).code, -38025);
}

TEST_F(SimulateBlocks, a_block_without_room_for_gas_keeps_the_fee) {
    options.validates = true;
    for (const uint64_t limit : {0u, 1u, 2u}) {
        const auto blocks = run({block({.gas_limit = limit}), block({})});
        ASSERT_TRUE(blocks.ok());
        EXPECT_EQ(blocks->at(1).block.header.gas_limit, limit);
    }
}

TEST_F(SimulateBlocks, results_have_a_size) {
    // Each call answers with 100,000 bytes, for some 50,000 gas.
    BlockRequest request;
    request.accounts[bob].code = (push(100'000) + push(0) + op(RETURN)).bytes();
    request.calls.assign(330, call(bob));
    const auto blocks = run({request});
    ASSERT_TRUE(blocks.ok()) << blocks.error().what;
    EXPECT_EQ(blocks->at(0).calls.back().result.output.size(), 100'000u);
    request.calls.assign(336, call(bob));
    EXPECT_EQ(refusal({request}).code, -38026);
}

TEST_F(SimulateBlocks, failures_are_results) {
    BlockRequest request = asking(push(0) + push(0) + op(REVERT));
    request.calls.push_back(call(alice));
    const auto blocks = run({request});
    ASSERT_TRUE(blocks.ok());
    EXPECT_EQ(blocks->at(0).calls[0].result.status, Status::revert);
    EXPECT_EQ(blocks->at(0).calls[1].result.status, Status::success);
}

}  // namespace
}  // namespace plume
