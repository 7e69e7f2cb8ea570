#include "evm/step_tracer.hpp"

#include <gtest/gtest.h>

#include "support/traced_world.hpp"

namespace plume {
namespace {

using namespace opcode;
using test::Bytecode;
using test::call_to;
using test::op;
using test::push;
using test::TracedWorld;

std::vector<TracedStep> trace(const Bytecode& self, const Bytecode& other = {},
                              const StepTracer::Options& options = {}) {
    TracedWorld world(self, other);
    TraceBudget budget;
    StepTracer tracer(options, budget);
    world.run(tracer);
    EXPECT_FALSE(budget.is_spent());
    return tracer.steps();
}

const TracedStep& find(const std::vector<TracedStep>& steps, uint8_t opcode) {
    const auto found = std::ranges::find(steps, opcode, &TracedStep::opcode);
    EXPECT_NE(found, steps.end());
    return *found;
}

TEST(StepTracer, steps_say_what_they_find_and_cost) {
    const auto steps = trace(push(2) + push(3) + op(ADD) + test::return_top());
    ASSERT_EQ(steps.size(), 8u);
    const TracedStep& add = steps[2];
    EXPECT_EQ(add.pc, 4u);
    EXPECT_EQ(add.opcode, ADD);
    EXPECT_EQ(add.gas, 979'000u - 6);
    EXPECT_EQ(add.cost, 3u);
    EXPECT_EQ(add.depth, 1u);
    EXPECT_EQ(add.stack, (std::vector<u256>{u256{2u}, u256{3u}}));
    EXPECT_EQ(find(steps, MSTORE).cost, 6u);
    // The end of the code is a STOP; this code ends before.
    EXPECT_EQ(steps.back().opcode, RETURN);
    EXPECT_EQ(steps.back().cost, 0u);
}

TEST(StepTracer, memory_and_return_data_on_demand) {
    const Bytecode self =
        call_to(TracedWorld::other, CALL) + op(POP) + push(1) + push(0) + op(MSTORE, STOP);
    const Bytecode other = push(5) + test::return_top();
    const auto plain = trace(self, other);
    EXPECT_TRUE(plain.back().memory.empty());
    EXPECT_TRUE(plain.back().return_data.empty());
    const auto full = trace(self, other, {.with_memory = true, .with_return_data = true});
    EXPECT_EQ(full.back().memory, to_bytes(to_word(u256{1u})));
    EXPECT_EQ(full.back().return_data, to_bytes(to_word(u256{5u})));
    EXPECT_TRUE(trace(self, other, {.with_stack = false})[2].stack.empty());
}

TEST(StepTracer, storage_is_what_was_looked_at_so_far) {
    const Bytecode self =
        push(1) + op(SLOAD, POP) + push(8) + push(2) + op(SSTORE) + push(2) + op(SLOAD, STOP);
    std::vector<std::map<u256, u256>> seen;
    for (const TracedStep& step : trace(self))
        if (step.opcode == SLOAD || step.opcode == SSTORE) seen.push_back(step.storage);
    const std::map<u256, u256> first{{u256{1u}, u256{7u}}};
    const std::map<u256, u256> both{{u256{1u}, u256{7u}}, {u256{2u}, u256{8u}}};
    EXPECT_EQ(seen, (std::vector{first, both, both}));
    for (const TracedStep& step : trace(self, {}, {.with_storage = false}))
        EXPECT_TRUE(step.storage.empty());
}

TEST(StepTracer, a_call_costs_what_it_hands_on) {
    const auto steps = trace(push(0) + push(0) + push(0) + push(0) + push(0) +
                                 push(to_u256(TracedWorld::other)) + push(5'000) + op(CALL, STOP),
                             push(1) + op(POP, STOP));
    EXPECT_EQ(find(steps, CALL).cost, 2'600u + 5'000);
    // The callee's steps lie deeper, and what it left is back afterwards.
    const TracedStep& inside = find(steps, POP);
    EXPECT_EQ(inside.depth, 2u);
    EXPECT_EQ(inside.gas, 4'997u);
    EXPECT_EQ(steps.back().gas, find(steps, CALL).gas - 2'600 - 5);
}

TEST(StepTracer, a_creation_costs_its_own_price) {
    const auto steps = trace(push(0) + push(0) + push(0) + op(CREATE, STOP));
    EXPECT_EQ(find(steps, CREATE).cost, 32'000u);
    // And 32 bytes of code are not the price of the RETURN that ends the init code.
    const Bytecode init = push(32) + push(0) + op(RETURN);
    const auto deployed = trace(test::create_from(init) + op(STOP));
    EXPECT_EQ(find(deployed, CREATE).cost, 32'000u + 2);
    EXPECT_EQ(find(deployed, RETURN).cost, 3u);
    EXPECT_EQ(deployed.back().gas,
              find(deployed, CREATE).gas - 32'002 - (3 + 2 + 3) - 32 * gas::code_byte);
}

TEST(StepTracer, refunds_are_counted) {
    const auto steps = trace(push(0) + push(1) + op(SSTORE, STOP));
    EXPECT_EQ(steps.back().refund, gas::slot_clear_refund);
    EXPECT_EQ(find(steps, SSTORE).refund, 0u);
    EXPECT_EQ(find(steps, SSTORE).cost, 5'000u);
}

TEST(StepTracer, a_failure_is_said_where_it_happened) {
    const auto last = [](const Bytecode& code) { return trace(code).back(); };
    EXPECT_EQ(last(op(ADD)).status, Status::stack_underflow);
    EXPECT_EQ(last(op(ADD)).cost, 3u);
    EXPECT_EQ(last(op(0x0c)).status, Status::undefined_instruction);
    EXPECT_EQ(last(op(0x0c)).cost, 0u);
    EXPECT_EQ(last(push(0) + op(JUMP)).status, Status::invalid_jump);
    EXPECT_EQ(last(push(0) + push(0) + op(REVERT)).status, Status::success);
    const TracedStep starved = last(push(u256_max) + op(MLOAD));
    EXPECT_EQ(starved.status, Status::out_of_gas);
    EXPECT_EQ(starved.cost, starved.gas);

    const auto steps = trace(call_to(TracedWorld::other, CALL) + op(STOP), op(INVALID));
    EXPECT_EQ(find(steps, INVALID).status, Status::undefined_instruction);
    EXPECT_EQ(find(steps, CALL).status, Status::success);
    EXPECT_EQ(steps.back().status, Status::success);
}

TEST(StepTracer, native_frames_have_no_steps) {
    const auto steps = trace(call_to(TracedWorld::native, CALL) + op(STOP));
    for (const TracedStep& step : steps) EXPECT_EQ(step.depth, 1u);
    EXPECT_EQ(steps.back().stack, std::vector{u256{}});
}

TEST(StepTracer, no_more_steps_than_were_asked_for) {
    EXPECT_EQ(trace(push(1) + push(1) + op(STOP), {}, {.count_max = 1}).size(), 1u);
    EXPECT_EQ(trace(push(1) + push(1) + op(STOP), {}, {.count_max = 3}).size(), 3u);
    EXPECT_EQ(trace(push(1) + push(1) + op(STOP), {}, {.count_max = 4}).size(), 3u);
}

TEST(StepTracer, a_spent_budget_ends_the_trace_but_not_the_transaction) {
    TracedWorld world(call_to(TracedWorld::other, CALL) + test::return_top(),
                      push(1) + op(SLOAD) + push(2) + op(SSTORE));
    for (size_t count = 0; count < 24; ++count) {
        TraceBudget budget(trace_size_max, count);
        StepTracer tracer({}, budget);
        EXPECT_EQ(world.run(tracer).output, to_bytes(to_word(u256{1u})));
        EXPECT_LE(tracer.steps().size(), count);
        EXPECT_EQ(budget.is_spent(), count < 20) << count;
    }
}

}  // namespace
}  // namespace plume
