#include "rpc/trace.hpp"

#include <gtest/gtest.h>

#include "support/traced_world.hpp"

namespace plume::rpc {
namespace {

using namespace opcode;
using test::Bytecode;
using test::call_to;
using test::op;
using test::push;
using test::TracedWorld;

/// The trace of a call without input, to code that calls `other_code`.
std::string trace(std::string_view config, const Bytecode& other_code,
                  uint8_t kind = opcode::CALL) {
    const Json value = boost::json::parse(config);
    Tracing tracing(Field(&value, 1));
    TracedWorld world(call_to(TracedWorld::other, kind), other_code);
    const auto made = tracing.next();
    world.run(*made->tracer());
    tracing.check_size();
    return boost::json::serialize(made->result());
}

/// Reverts with the bytes of `data`, at most 32 a turn.
Bytecode reverting_with(const Bytes& data) {
    Bytecode out;
    for (size_t at = 0; at < data.size(); at += 32) {
        Hash word;
        std::ranges::copy(BytesView{data}.subspan(at, std::min<size_t>(32, data.size() - at)),
                          word.bytes.begin());
        out = out + push(to_u256(word)) + push(at) + op(MSTORE);
    }
    return out + push(data.size()) + push(0) + op(REVERT);
}

std::string refusal(std::string_view config) {
    const Json value = boost::json::parse(config);
    try {
        Tracing(Field(&value, 1));
    } catch (const RpcError& error) {
        return error.message;
    }
    return "";
}

constexpr std::string_view calls = R"({"tracer":"callTracer"})";
const std::string self = "0x00000000000000000000000000000000000000aa";
const std::string other = "0x00000000000000000000000000000000000000bb";

TEST(Trace, a_revert_has_its_reason) {
    const Bytes reason = *from_hex(
        "08c379a0"
        "0000000000000000000000000000000000000000000000000000000000000020"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "6e6f000000000000000000000000000000000000000000000000000000000000");
    const std::string found = trace(calls, reverting_with(reason));
    EXPECT_NE(found.find(R"("output":"0x08c379a0)"), std::string::npos) << found;
    EXPECT_NE(found.find(R"("error":"execution reverted","revertReason":"no")"), std::string::npos)
        << found;
    const std::string custom = trace(calls, reverting_with({1, 2, 3, 4}));
    EXPECT_NE(custom.find(R"("output":"0x01020304","error":"execution reverted"})"),
              std::string::npos)
        << custom;
}

TEST(Trace, a_static_call_has_no_value_and_a_failed_creation_no_address) {
    const std::string looked = trace(calls, op(STOP), STATICCALL);
    EXPECT_NE(looked.find(R"("calls":[{"type":"STATICCALL","from":")" + self), std::string::npos);
    EXPECT_EQ(looked.find(R"("value")"), looked.rfind(R"("value")")) << looked;
    const std::string created = trace(calls, test::create_from(op(INVALID)));
    const size_t at = created.find(R"("type":"CREATE")");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(created.find(R"("to")", at), std::string::npos) << created;
    EXPECT_NE(created.find(R"("error":"invalid opcode")", at), std::string::npos);
}

TEST(Trace, logs_have_a_position) {
    const std::string found = trace(R"({"tracer":"callTracer","tracerConfig":{"withLog":true}})",
                                    push(5) + push(0) + push(0) + op(LOG1));
    EXPECT_NE(found.find(R"("logs":[{"address":")" + other +
                         R"(","topics":["0x0000000000000000000000000000000000000000000000000000)"
                         R"(000000000005"],"data":"0x","position":"0x0"}])"),
              std::string::npos)
        << found;
}

TEST(Trace, steps_say_why_they_failed) {
    const std::string undefined = trace("{}", op(0x0c));
    EXPECT_NE(undefined.find(R"("op":"opcode 0xc not defined")"), std::string::npos);
    EXPECT_NE(undefined.find(R"("error":"invalid opcode: opcode 0xc not defined")"),
              std::string::npos);
    EXPECT_NE(trace("{}", op(INVALID)).find(R"("error":"invalid opcode: INVALID")"),
              std::string::npos);
    const std::string refunded =
        trace("{}", push(1) + push(0) + op(SSTORE) + push(0) + push(0) + op(SSTORE, STOP));
    EXPECT_NE(refunded.find(R"("refund":19900)"), std::string::npos);
}

TEST(Trace, selectors_are_counted_with_the_size_of_what_follows) {
    // other calls native twice with five bytes, and the precompile 4 once.
    const auto call = [](const Address& to) {
        return push(0) + push(0) + push(5) + push(0) + push(0) + push(to_u256(to)) +
               op(GAS, CALL, POP);
    };
    Address identity;
    identity[19] = 4;
    EXPECT_EQ(trace(R"({"tracer":"4byteTracer"})",
                    call(TracedWorld::native) + call(TracedWorld::native) + call(identity)),
              R"({"0x00000000-1":2})");
}

TEST(Trace, the_state_before_without_what_was_empty) {
    const auto prestate = [](std::string_view options) {
        return trace(R"({"tracer":"prestateTracer","tracerConfig":)" + std::string(options) + "}",
                     push(9) + push(2) + op(SSTORE));
    };
    const std::string slot_two = R"({"0x)" + std::string(63, '0') + R"(2":"0x)";
    EXPECT_NE(prestate("{}").find("\"" + other + R"(":{"balance":"0x0","nonce":1,"code":)"),
              std::string::npos);
    EXPECT_NE(prestate("{}").find(R"("storage":)" + slot_two + std::string(64, '0')),
              std::string::npos);
    EXPECT_EQ(prestate(R"({"disableCode":true})").find("code"), std::string::npos);
    EXPECT_EQ(prestate(R"({"disableStorage":true})").find("storage"), std::string::npos);
    EXPECT_EQ(prestate(R"({"diffMode":true,"disableStorage":true})"), R"({"pre":{},"post":{}})");
    EXPECT_NE(prestate(R"({"diffMode":true})")
                  .find(R"("post":{")" + other + R"(":{"storage":)" + slot_two +
                        std::string(63, '0') + R"(9"}}})"),
              std::string::npos);
    const std::string empty = R"({"balance":"0x0"})";
    const Bytecode look = push(0xdd) + op(BALANCE);
    EXPECT_EQ(trace(R"({"tracer":"prestateTracer"})", look).find(empty), std::string::npos);
    EXPECT_NE(trace(R"({"tracer":"prestateTracer","tracerConfig":{"includeEmpty":true}})", look)
                  .find(empty),
              std::string::npos);
}

TEST(Trace, what_is_not_understood_is_refused) {
    EXPECT_EQ(refusal("null"), "");
    EXPECT_EQ(refusal(R"({"tracer":"","timeout":"5s","reexec":128})"), "");
    EXPECT_NE(refusal(R"({"tracer":"bigramTracer"})"), "");
    EXPECT_NE(refusal(R"({"enableMemory":"yes"})"), "");
    EXPECT_NE(refusal(R"({"memory":true})"), "");
    EXPECT_NE(refusal(R"({"tracer":"callTracer","tracerConfig":{"diffMode":true}})"), "");
}

}  // namespace
}  // namespace plume::rpc
