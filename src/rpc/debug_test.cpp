#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "contracts/scheduler.hpp"
#include "rpc/format.hpp"
#include "support/bytecode.hpp"
#include "support/rpc_world.hpp"
#include "support/world.hpp"

namespace plume::rpc {
namespace {

using namespace plume::literals;
using namespace opcode;
using test::Bytecode;
using test::op;
using test::push;

/// A creation by the sender of RpcWorld.
TransactionPtr creation(uint64_t nonce, const Bytecode& init_code) {
    Transaction fields = test::RpcWorld::transaction(nonce, Address{}, init_code.bytes())->fields;
    fields.to.reset();
    return sign_transaction(fields, test::RpcWorld::key());
}

std::string quoted(const Hash& hash) {
    return "\"" + to_hex(hash) + "\"";
}

/// Counts in slot 0 and answers with the count.
Bytecode counting() {
    return push(0) + op(SLOAD) + push(1) + op(ADD, DUP1) + push(0) + op(SSTORE) +
           test::return_top();
}

/// Code that leaves `code`, of at most 32 bytes, as the contract.
Bytecode deploying(const Bytecode& code) {
    Hash word;
    std::ranges::copy(code.bytes(), word.bytes.begin());
    return push(to_u256(word)) + push(0) + op(MSTORE) + push(code.size()) + push(0) + op(RETURN);
}

/// A job of the sender's that is due in the block after the one that schedules it.
class DebugScheduled : public testing::Test {
protected:
    DebugScheduled() {
        const Bytes inner = test::World::calldata<"count()">();
        const Bytes data = test::World::calldata<
            "schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 period, "
            "uint8 unit, uint32 count) recurrence)">(contracts::launcher, inner, uint64_t{50'000},
                                                     world_.now + 2, Recurrence{});
        world_.run(
            test::RpcWorld::transaction(0, contracts::scheduler, data, exp(u256{10u}, u256{16u})));
        block_ = world_.mine();
    }

    test::RpcWorld world_;
    CommittedBlockPtr block_;
};

TEST_F(DebugScheduled, a_scheduled_call_is_shown_as_any_transaction) {
    ASSERT_EQ(block_->block.transactions.size(), 1u);
    const std::string hash = quoted(block_->block.transactions[0]->hash);
    const Json shown = world_.result("eth_getTransactionByHash", "[" + hash + "]");
    EXPECT_EQ(shown.at("type"), "0x70");
    EXPECT_EQ(shown.at("from"), "0xfffffffffffffffffffffffffffffffffffffffe");
    EXPECT_EQ(shown.at("to"), Json(to_hex(contracts::scheduler)));
    EXPECT_EQ(shown.at("gasPrice"), quantity(block_->block.header.base_fee));
    EXPECT_EQ(shown.at("nonce"), "0x2");
    for (const char* member : {"v", "r", "s"}) EXPECT_EQ(shown.at(member), "0x0");
    const Json receipt = world_.result("eth_getTransactionReceipt", "[" + hash + "]");
    EXPECT_EQ(receipt.at("type"), "0x70");
    EXPECT_EQ(receipt.at("status"), "0x1");
    EXPECT_EQ(receipt.at("logs").as_array().size(), 2u) << "Executed and Finished";
    EXPECT_EQ(world_.result("eth_getRawTransactionByHash", "[" + hash + "]"),
              Json(to_hex(block_->block.transactions[0]->raw)));
    const Json fees = world_.result("eth_feeHistory", R"(["0x1","latest",[50]])");
    EXPECT_EQ(fees.at("reward").at(0).at(0), "0x0");
}

TEST_F(DebugScheduled, a_trace_shows_what_it_calls) {
    const std::string hash = quoted(block_->block.transactions.at(0)->hash);
    const Json trace =
        world_.result("debug_traceTransaction", "[" + hash + R"(,{"tracer":"callTracer"}])");
    EXPECT_EQ(trace.at("from"), "0xfffffffffffffffffffffffffffffffffffffffe");
    EXPECT_EQ(trace.at("calls").at(0).at("from"), Json(to_hex(contracts::scheduler)));
    EXPECT_EQ(trace.at("calls").at(0).at("to"), Json(to_hex(contracts::launcher)));
    EXPECT_EQ(trace.at("gasUsed"), quantity(block_->receipts[0].gas_used));
    const Json block =
        world_.result("debug_traceBlockByNumber", R"(["latest",{"tracer":"callTracer"}])");
    EXPECT_EQ(block.at(0).at("result"), trace);
    const Json changes = world_.result(
        "debug_traceTransaction",
        "[" + hash + R"(,{"tracer":"prestateTracer","tracerConfig":{"diffMode":true}}])");
    EXPECT_TRUE(changes.at("post").as_object().contains(to_hex(contracts::scheduler)));
}

class Debug : public testing::Test {
protected:
    /// A contract that counts, called twice in one block, the block's second transaction being of
    /// another kind.
    Debug() {
        created_ = world_.run(creation(0, deploying(counting())));
        const Json receipt =
            world_.result("eth_getTransactionReceipt", "[" + quoted(created_) + "]");
        contract_ =
            *Address::parse(std::string_view(receipt.at("contractAddress").as_string()).substr(2));
        for (uint64_t nonce = 1; nonce < 4; ++nonce) {
            const auto transaction = nonce == 2
                                         ? test::RpcWorld::transaction(nonce, Address{}, {}, 1u)
                                         : test::RpcWorld::transaction(nonce, contract_);
            counts_.push_back(transaction->hash);
            EXPECT_TRUE(world_.chain().submit(transaction).ok());
        }
        world_.mine();
    }

    Json trace(const Hash& hash, const std::string& config) {
        return world_.result("debug_traceTransaction", "[" + quoted(hash) + "," + config + "]");
    }

    test::RpcWorld world_;
    Hash created_;
    Address contract_;
    std::vector<Hash> counts_;
};

TEST_F(Debug, steps_of_a_transaction_on_what_the_earlier_ones_left) {
    const Json first = world_.result("debug_traceTransaction", "[" + quoted(counts_[0]) + "]");
    const Json last = world_.result("debug_traceTransaction", "[" + quoted(counts_[2]) + "]");
    EXPECT_EQ(first.at("failed"), Json(false));
    EXPECT_EQ(first.at("returnValue"), hex_data(to_word(u256{1u})));
    EXPECT_EQ(last.at("returnValue"), hex_data(to_word(u256{2u})));
    const Json receipt = world_.result("eth_getTransactionReceipt", "[" + quoted(counts_[2]) + "]");
    EXPECT_EQ(quantity(last.at("gas").to_number<uint64_t>()), receipt.at("gasUsed"));

    const auto& steps = last.at("structLogs").as_array();
    EXPECT_EQ(steps.size(), 12u);
    EXPECT_EQ(boost::json::serialize(steps[0]),
              R"({"pc":0,"op":"PUSH0","gas":979000,"gasCost":2,"depth":1,"stack":[]})");
    EXPECT_EQ(boost::json::serialize(steps[1]),
              R"({"pc":1,"op":"SLOAD","gas":978998,"gasCost":2100,"depth":1,"stack":["0x0"],)"
              R"("storage":{"0x)" +
                  std::string(64, '0') + R"(":"0x)" + std::string(63, '0') + R"(1"}})");
    const Json plain = trace(counts_[1], "{}");
    EXPECT_EQ(boost::json::serialize(plain),
              R"({"gas":21000,"failed":false,"returnValue":"0x","structLogs":[]})");
}

TEST_F(Debug, options_of_steps) {
    const Json bare = trace(counts_[0], R"({"disableStack":true,"disableStorage":true,"limit":2})");
    EXPECT_EQ(boost::json::serialize(bare.at("structLogs")),
              R"([{"pc":0,"op":"PUSH0","gas":979000,"gasCost":2,"depth":1},)"
              R"({"pc":1,"op":"SLOAD","gas":978998,"gasCost":2100,"depth":1}])");
    const Json full = trace(counts_[0], R"({"enableMemory":true})");
    const Json& last = full.at("structLogs").as_array().back();
    EXPECT_EQ(last.at("op"), Json("RETURN"));
    EXPECT_EQ(last.at("memory"), (Json(boost::json::array{hex_data(to_word(u256{1u}))})));
}

TEST_F(Debug, calls_of_a_transaction) {
    const Json call = trace(counts_[0], R"({"tracer":"callTracer"})");
    EXPECT_EQ(call.at("type"), Json("CALL"));
    EXPECT_EQ(call.at("from"), hex_data(test::RpcWorld::sender()));
    EXPECT_EQ(call.at("to"), hex_data(contract_));
    EXPECT_EQ(call.at("gas"), Json("0xf4240"));
    EXPECT_EQ(call.at("input"), Json("0x"));
    EXPECT_EQ(call.at("output"), hex_data(to_word(u256{1u})));
    EXPECT_EQ(call.at("value"), Json("0x0"));
    EXPECT_FALSE(call.as_object().contains("calls"));
    const Json create = trace(created_, R"({"tracer":"callTracer"})");
    EXPECT_EQ(create.at("type"), Json("CREATE"));
    EXPECT_EQ(create.at("to"), hex_data(contract_));
    EXPECT_EQ(create.at("output"), hex_data(counting()));
    EXPECT_EQ(trace(counts_[1], R"({"tracer":"noopTracer"})"), Json(boost::json::object{}));
}

TEST_F(Debug, the_frame_of_a_native_contract_has_a_method) {
    const std::string data = R"("data":"0xf10b5cc8")";  // getSchemaRegistry()
    const std::string call = R"([{"to":")" + to_hex(contracts::attestations) + "\"," + data +
                             R"(},"latest",{"tracer":"callTracer"}])";
    EXPECT_EQ(world_.result("debug_traceCall", call).at("method"), Json("getSchemaRegistry()"));
}

TEST_F(Debug, the_state_before_and_the_difference) {
    const Json before = trace(counts_[2], R"({"tracer":"prestateTracer"})");
    const Json& contract = before.at(to_hex(contract_));
    EXPECT_EQ(boost::json::serialize(contract.at("storage")),
              R"({"0x)" + std::string(64, '0') + R"(":"0x)" + std::string(63, '0') + R"(1"})");
    EXPECT_EQ(contract.at("code"), hex_data(counting()));
    EXPECT_EQ(before.at(to_hex(test::RpcWorld::sender())).at("nonce"), Json(3));

    const Json change =
        trace(counts_[2], R"({"tracer":"prestateTracer","tracerConfig":{"diffMode":true}})");
    EXPECT_EQ(boost::json::serialize(change.at("post").at(to_hex(contract_))),
              R"({"storage":{"0x)" + std::string(64, '0') + R"(":"0x)" + std::string(63, '0') +
                  R"(2"}})");
    EXPECT_EQ(change.at("post").at(to_hex(test::RpcWorld::sender())).at("nonce"), Json(4));

    const Json creation =
        trace(created_, R"({"tracer":"prestateTracer","tracerConfig":{"diffMode":true}})");
    EXPECT_FALSE(creation.at("pre").as_object().contains(to_hex(contract_)));
    EXPECT_EQ(creation.at("post").at(to_hex(contract_)),
              (Json(boost::json::object{{"nonce", 1}, {"code", hex_data(counting())}})));
}

TEST_F(Debug, blocks_by_number_and_by_hash) {
    const Json traces =
        world_.result("debug_traceBlockByNumber", R"(["latest",{"tracer":"callTracer"}])");
    ASSERT_EQ(traces.as_array().size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        const Json& each = traces.as_array()[i];
        EXPECT_EQ(each.at("txHash"), hex_data(counts_[i]));
        EXPECT_EQ(each.at("result"), trace(counts_[i], R"({"tracer":"callTracer"})"));
    }
    const std::string hash = quoted(world_.chain().head()->hash());
    EXPECT_EQ(world_.result("debug_traceBlockByHash", "[" + hash + R"(,{"tracer":"callTracer"}])"),
              traces);
}

TEST_F(Debug, what_cannot_be_traced_is_refused) {
    const std::string no_hash = R"("0x)" + std::string(63, '0') + R"(1")";
    const auto refusal = [&](std::string_view method, const std::string& params) {
        return world_.error(method, "[" + params + "]");
    };
    EXPECT_EQ(refusal("debug_traceTransaction", no_hash), "-32000 transaction not found");
    EXPECT_EQ(refusal("debug_traceBlockByHash", no_hash),
              "-32000 block 0x" + std::string(63, '0') + "1 not found");
    EXPECT_EQ(refusal("debug_traceBlockByNumber", R"("0x0")"), "-32000 genesis is not traceable");
    EXPECT_EQ(refusal("debug_traceBlockByNumber", R"("3")"),
              "-32602 invalid argument 0: hex string without 0x prefix");
    EXPECT_EQ(refusal("debug_traceBlockByNumber", R"("0x99")"), "-32000 header not found");
    EXPECT_EQ(refusal("debug_traceBlockByNumber", R"("pending")"),
              "-32000 tracing on top of pending is not supported");
    const std::string hash = quoted(counts_[0]);
    EXPECT_NE(refusal("debug_traceTransaction", hash + R"(,{"tracer":"jsTracer"})"), "");
    EXPECT_NE(refusal("debug_traceTransaction", hash + R"(,{"trace":"callTracer"})"), "");
    EXPECT_NE(refusal("debug_traceTransaction",
                      hash + R"(,{"tracer":"callTracer","tracerConfig":{"withLogs":true}})"),
              "");
    EXPECT_EQ(refusal("debug_traceTransaction", hash + R"(,{"txIndex":"0x0"})"),
              "-32602 invalid argument 1: member txIndex: is for debug_traceCall");
}

TEST_F(Debug, calls_on_imagined_states_and_blocks) {
    const std::string to = R"({"to":")" + to_hex(contract_) + "\"}";
    const auto answer = [&](const std::string& block, const std::string& config) {
        return world_.result("debug_traceCall", "[" + to + ",\"" + block + "\"," + config + "]")
            .at("returnValue");
    };
    EXPECT_EQ(answer("latest", "{}"), hex_data(to_word(u256{3u})));
    EXPECT_EQ(answer("0x1", "{}"), hex_data(to_word(u256{1u})));
    // Before the block's third transaction, and before its first.
    EXPECT_EQ(answer("latest", R"({"txIndex":"0x2"})"), hex_data(to_word(u256{2u})));
    EXPECT_EQ(answer("latest", R"({"txIndex":"0x0"})"), hex_data(to_word(u256{1u})));
    EXPECT_EQ(answer("latest", R"({"stateOverrides":{")" + to_hex(contract_) + R"(":{"code":")" +
                                   to_hex(op(NUMBER) + test::return_top()) +
                                   R"("}},"blockOverrides":{"number":"0x1234"}})"),
              hex_data(to_word(u256{0x1234u})));
    EXPECT_EQ(world_.error("debug_traceCall", "[" + to + R"(,"latest",{"txIndex":"0x3"}])"),
              "-32602 invalid argument 2: member txIndex: the block has no such transaction");
}

TEST_F(Debug, a_trace_that_is_too_large_is_refused) {
    // Each turn of the loop is one step of a gas or more, and 16 million of it are to be had.
    const Bytecode loop = op(JUMPDEST) + push(0) + op(JUMP);
    const std::string call =
        R"([{"to":")" + to_hex(contract_) +
        R"(","gas":"0x1000000"},"latest",{"disableStack":true,"stateOverrides":{")" +
        to_hex(contract_) + R"(":{"code":")" + to_hex(loop) + R"("}}}])";
    EXPECT_TRUE(world_.error("debug_traceCall", call).starts_with("-32005 trace too large"));
}

TEST_F(Debug, blocks_as_bytes) {
    const auto head = world_.chain().head();
    const Block block = head->block(2).value();
    EXPECT_EQ(world_.result("debug_getRawHeader", R"(["0x2"])"), hex_data(encode(block.header)));
    EXPECT_EQ(world_.result("debug_getRawBlock", R"(["latest"])"), hex_data(encode(block)));
    const Json size = world_.result("eth_getBlockByNumber", R"(["latest",false])").at("size");
    EXPECT_EQ(size, quantity(encode(block).size()));
    EXPECT_EQ(world_.result("debug_getRawTransaction", "[" + quoted(counts_[0]) + "]"),
              hex_data(block.transactions[0]->raw));
    const Json receipts = world_.result("debug_getRawReceipts", R"(["0x2"])");
    EXPECT_EQ(receipts.as_array().size(), 3u);
    EXPECT_EQ(receipts.as_array()[0], hex_data(encode(head->receipts(2).value()[0])));
    EXPECT_EQ(world_.result("debug_getRawReceipts", R"(["0x0"])"), Json(boost::json::array{}));
}

}  // namespace
}  // namespace plume::rpc
