#include "evm/call_tracer.hpp"

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
using Kind = TracedCall::Kind;

const Bytecode revert_nothing = push(0) + push(0) + op(REVERT);
const Bytecode log_nothing = push(0) + push(0) + op(LOG0);

TracedCall trace(const Bytecode& self, const Bytecode& other, CallTracer::Options options = {},
                 const u256& value = {}) {
    TracedWorld world(self, other);
    TraceBudget budget;
    CallTracer tracer(options, budget);
    world.run(tracer, {}, value);
    EXPECT_FALSE(budget.is_spent());
    return tracer.outermost();
}

TEST(CallTracer, the_outermost_call_has_the_gas_of_the_transaction) {
    TracedWorld world(push(1) + test::return_top(), {});
    TraceBudget budget;
    CallTracer tracer({}, budget);
    const Bytes input{9, 8};
    world.run(tracer, input, u256{5u});
    const TracedCall& call = tracer.outermost();
    EXPECT_EQ(call.kind, Kind::call);
    EXPECT_EQ(call.from, TracedWorld::caller);
    EXPECT_EQ(call.to, TracedWorld::self);
    EXPECT_EQ(call.value, u256{5u});
    EXPECT_EQ(call.gas, 1'000'000u);
    // PUSH1, PUSH0, MSTORE and a word of memory, PUSH1, PUSH0.
    EXPECT_EQ(call.gas_used, 21'000u + 3 + 2 + 3 + 3 + 3 + 2);
    EXPECT_EQ(call.input, input);
    EXPECT_EQ(call.output, to_bytes(to_word(u256{1u})));
    EXPECT_EQ(call.status, Status::success);
    EXPECT_TRUE(call.calls.empty());
}

TEST(CallTracer, kinds_of_calls_and_who_makes_them) {
    const Bytecode self =
        call_to(TracedWorld::other, CALL, 3) + call_to(TracedWorld::other, STATICCALL) +
        call_to(TracedWorld::other, DELEGATECALL) + call_to(TracedWorld::other, CALLCODE, 2);
    const TracedCall call = trace(self, op(STOP), {}, u256{9u});
    ASSERT_EQ(call.calls.size(), 4u);
    const std::array kinds{Kind::call, Kind::static_call, Kind::delegate_call, Kind::call_code};
    const std::array<uint64_t, 4> values{3, 0, 9, 2};
    for (size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(call.calls[i].kind, kinds[i]);
        EXPECT_EQ(call.calls[i].from, TracedWorld::self);
        EXPECT_EQ(call.calls[i].to, TracedWorld::other);
        EXPECT_EQ(call.calls[i].value, u256{values[i]}) << i;
    }
    // What is inside a static call is static, but not by its own will.
    const TracedCall nested =
        trace(call_to(TracedWorld::other, STATICCALL), call_to(Address{}, CALL));
    EXPECT_EQ(nested.calls.at(0).calls.at(0).kind, Kind::call);
}

TEST(CallTracer, a_call_with_value_has_its_stipend) {
    const TracedCall call = trace(push(0) + push(0) + push(0) + push(0) + push(1) +
                                      push(to_u256(TracedWorld::other)) + push(1'000) + op(CALL),
                                  op(STOP));
    EXPECT_EQ(call.calls.at(0).gas, 1'000u + 2'300);
    EXPECT_EQ(call.calls.at(0).gas_used, 0u);
}

TEST(CallTracer, failures_say_why) {
    const TracedCall reverted = trace(call_to(TracedWorld::other, CALL), revert_nothing);
    EXPECT_EQ(reverted.status, Status::success);
    EXPECT_EQ(reverted.calls.at(0).status, Status::revert);
    EXPECT_EQ(reverted.calls.at(0).gas_used, 4u);

    const TracedCall invalid = trace(call_to(TracedWorld::other, CALL), op(INVALID));
    EXPECT_EQ(invalid.calls.at(0).status, Status::undefined_instruction);
    EXPECT_EQ(invalid.calls.at(0).gas_used, invalid.calls.at(0).gas);

    const TracedCall poor = trace(call_to(TracedWorld::other, CALL, 9'999), op(STOP));
    EXPECT_EQ(poor.calls.at(0).status, Status::insufficient_balance);
    EXPECT_EQ(poor.calls.at(0).gas_used, 0u);
}

TEST(CallTracer, creations_and_self_destruction) {
    // The created contract's code is empty; its init code destroys it.
    const Bytecode init = push(to_u256(TracedWorld::other)) + op(SELFDESTRUCT);
    const TracedCall call = trace(test::create_from(init, 5), {});
    ASSERT_EQ(call.calls.size(), 1u);
    const TracedCall& creation = call.calls[0];
    EXPECT_EQ(creation.kind, Kind::create);
    EXPECT_EQ(creation.to, created_address(TracedWorld::self, 1));
    EXPECT_EQ(creation.input, init.bytes());
    EXPECT_EQ(creation.value, u256{5u});
    ASSERT_EQ(creation.calls.size(), 1u);
    EXPECT_EQ(creation.calls[0].kind, Kind::self_destruct);
    EXPECT_EQ(creation.calls[0].from, creation.to);
    EXPECT_EQ(creation.calls[0].to, TracedWorld::other);
    EXPECT_EQ(creation.calls[0].value, u256{5u});
    EXPECT_EQ(creation.calls[0].gas, 0u);
}

TEST(CallTracer, a_creation_that_is_refused_is_seen) {
    const TracedCall call = trace(push(0) + push(0) + push(9'999) + op(CREATE), {});
    ASSERT_EQ(call.calls.size(), 1u);
    EXPECT_EQ(call.calls[0].kind, Kind::create);
    EXPECT_EQ(call.calls[0].status, Status::insufficient_balance);
    EXPECT_EQ(call.calls[0].gas_used, 0u);
    const uint64_t left = 979'000 - 2 - 2 - 3 - 32'000;
    EXPECT_EQ(call.calls[0].gas, left - left / 64);
}

TEST(CallTracer, native_frames_are_known) {
    const TracedCall call = trace(call_to(TracedWorld::native, CALL), {});
    ASSERT_EQ(call.calls.size(), 1u);
    EXPECT_EQ(call.calls[0].native, &TracedWorld::natives[0]);
    EXPECT_EQ(call.calls[0].status, Status::revert);
    EXPECT_EQ(call.calls[0].output, (Bytes{1, 2, 3}));
    EXPECT_EQ(call.native, nullptr);
}

TEST(CallTracer, logs_know_their_place_and_vanish_with_what_is_undone) {
    const Bytecode self = log_nothing + call_to(TracedWorld::other, CALL) + log_nothing;
    const TracedCall call = trace(self, log_nothing, {.with_logs = true});
    ASSERT_EQ(call.logs.size(), 2u);
    EXPECT_EQ(call.logs[0].position, 0u);
    EXPECT_EQ(call.logs[1].position, 1u);
    ASSERT_EQ(call.calls.at(0).logs.size(), 1u);
    EXPECT_EQ(call.calls[0].logs[0].log.address, TracedWorld::other);

    const TracedCall undone = trace(self, log_nothing + revert_nothing, {.with_logs = true});
    EXPECT_EQ(undone.logs.size(), 2u);
    EXPECT_TRUE(undone.calls.at(0).logs.empty());
    const TracedCall all_undone = trace(self + revert_nothing, log_nothing, {.with_logs = true});
    EXPECT_TRUE(all_undone.logs.empty());
    EXPECT_TRUE(all_undone.calls.at(0).logs.empty());
    EXPECT_TRUE(trace(self, log_nothing).logs.empty());
}

TEST(CallTracer, the_outermost_call_alone_on_demand) {
    const Bytecode self = log_nothing + call_to(TracedWorld::other, CALL) + log_nothing;
    const TracedCall call = trace(self, log_nothing, {.with_logs = true, .only_outermost = true});
    EXPECT_TRUE(call.calls.empty());
    EXPECT_EQ(call.logs.size(), 2u);
}

TEST(CallTracer, what_counts_in_the_end_is_the_result_of_the_transaction) {
    TracedWorld world(log_nothing, {});
    TraceBudget budget;
    CallTracer tracer({.with_logs = true}, budget);
    world.run(tracer);
    EXPECT_EQ(tracer.outermost().logs.size(), 1u);
    test::MemoryStore nothing;
    const State state(nothing);
    tracer.end(state, {Status::invariant_broken, 0, {}}, 1'000'000);
    EXPECT_EQ(tracer.outermost().status, Status::invariant_broken);
    EXPECT_TRUE(tracer.outermost().logs.empty());
}

TEST(CallTracer, a_spent_budget_keeps_what_was_outside) {
    const Bytecode self = call_to(TracedWorld::other, CALL) + call_to(TracedWorld::other, CALL);
    TracedWorld world(self, call_to(Address{}, CALL));
    for (size_t count = 0; count < 10; ++count) {
        TraceBudget budget(trace_size_max, count);
        CallTracer tracer({}, budget);
        EXPECT_EQ(world.run(tracer).status, Status::success);
        // Five calls, each of which is counted when it begins and when it has ended.
        EXPECT_EQ(budget.is_spent(), count < 10);
    }
    TraceBudget budget(trace_size_max, 10);
    CallTracer tracer({}, budget);
    world.run(tracer);
    EXPECT_FALSE(budget.is_spent());
    EXPECT_EQ(tracer.outermost().calls.size(), 2u);
}

}  // namespace
}  // namespace plume
