#include "chain/transfer_tracer.hpp"

#include <gtest/gtest.h>

#include "support/traced_world.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::call_to;
using test::op;
using test::push;
using test::TracedWorld;

std::vector<Log> logs(const test::Bytecode& self, const test::Bytecode& other, uint64_t value = 0) {
    TracedWorld world(self, other);
    TransferTracer tracer;
    world.run(tracer, {}, u256{value});
    return tracer.logs();
}

/// "0xc0 0xaa 5": who pays whom how much.
std::string text_of_transfer(const Log& log) {
    if (log.address != "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"_address) return "log";
    EXPECT_EQ(to_hex(log.topics.at(0)),
              "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    return to_quantity(to_u256(log.topics.at(1))) + " " + to_quantity(to_u256(log.topics.at(2))) +
           " " + to_quantity(to_u256(*Hash::from(log.data)));
}

std::vector<std::string> texts(const std::vector<Log>& logs) {
    std::vector<std::string> out;
    for (const Log& log : logs) out.push_back(text_of_transfer(log));
    return out;
}

using Texts = std::vector<std::string>;

TEST(TransferTracer, shows_payments_between_the_logs_they_lie_between) {
    const auto log = push(0) + push(0) + op(LOG0);
    EXPECT_EQ(texts(logs(log + call_to(TracedWorld::other, CALL, 3) + log, log, 5)),
              (Texts{"0xc0 0xaa 0x5", "log", "0xaa 0xbb 0x3", "log", "log"}));
    EXPECT_EQ(texts(logs(call_to(TracedWorld::other, CALL), op(STOP))), Texts{});
}

TEST(TransferTracer, forgets_what_is_undone) {
    const auto fail = push(0) + push(0) + op(REVERT);
    EXPECT_EQ(texts(logs(call_to(TracedWorld::other, CALL, 3), fail, 5)), Texts{"0xc0 0xaa 0x5"});
    EXPECT_EQ(texts(logs(call_to(TracedWorld::other, CALL, 3) + fail, op(STOP), 5)), Texts{});
}

TEST(TransferTracer, knows_what_moves_wei_and_what_does_not) {
    EXPECT_EQ(texts(logs(call_to(TracedWorld::other, DELEGATECALL) +
                             call_to(TracedWorld::other, CALLCODE, 2),
                         op(STOP), 5)),
              Texts{"0xc0 0xaa 0x5"});
    const auto init = push(to_u256(TracedWorld::other)) + op(SELFDESTRUCT);
    const std::string created = to_quantity(to_u256(created_address(TracedWorld::self, 1)));
    EXPECT_EQ(texts(logs(test::create_from(init, 4), {})),
              (Texts{"0xaa " + created + " 0x4", created + " 0xbb 0x4"}));
}

TEST(TransferTracer, a_transaction_that_fails_in_the_end_leaves_nothing) {
    TracedWorld world(op(STOP), {});
    TransferTracer tracer;
    world.run(tracer, {}, u256{1u});
    EXPECT_EQ(tracer.logs().size(), 1u);
    test::MemoryStore nothing;
    tracer.end(State(nothing), {Status::invariant_broken, 0, {}}, 0);
    EXPECT_TRUE(tracer.logs().empty());
}

}  // namespace
}  // namespace plume
