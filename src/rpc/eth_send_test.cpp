#include <gtest/gtest.h>

#include <future>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const Address receiver = Address::parse(std::string(38, 'e') + "01").value();

std::string raw(const TransactionPtr& transaction) {
    return "\"" + to_hex(transaction->raw) + "\"";
}

class EthSend : public testing::Test {
protected:
    test::RpcWorld world_;
};

TEST_F(EthSend, a_transaction_is_taken_once) {
    const auto transaction = world_.transaction(0, receiver);
    EXPECT_EQ(world_.result("eth_sendRawTransaction", "[" + raw(transaction) + "]"),
              Json(to_hex(transaction->hash)));
    EXPECT_EQ(world_.error("eth_sendRawTransaction", "[" + raw(transaction) + "]"),
              "-32000 already known");
    world_.mine();
    EXPECT_TRUE(world_.error("eth_sendRawTransaction", "[" + raw(transaction) + "]")
                    .starts_with("-32000 nonce too low"));
}

TEST_F(EthSend, nobody_sends_a_transaction_of_the_chain_itself) {
    Transaction fields;
    fields.type = TransactionType::system;
    fields.chain_id = test::RpcWorld::chain_id;
    fields.nonce = 1;
    fields.gas_limit = 300'000;
    fields.to = receiver;
    EXPECT_EQ(world_.error("eth_sendRawTransaction", "[" + raw(system_transaction(fields)) + "]"),
              "-32000 transaction type not supported");
}

TEST_F(EthSend, what_is_no_transaction_is_refused) {
    EXPECT_EQ(world_.error("eth_sendRawTransaction"),
              "-32602 missing value for required argument 0");
    EXPECT_TRUE(world_.error("eth_sendRawTransaction", R"(["0x"])").starts_with("-32000 "));
    EXPECT_TRUE(world_.error("eth_sendRawTransaction", R"(["0x02c0"])").starts_with("-32000 "));
    EXPECT_EQ(world_.error("eth_sendRawTransaction", R"(["02"])"),
              "-32602 invalid argument 0: hex string without 0x prefix");
}

TEST_F(EthSend, waiting_ends_with_the_receipt) {
    const auto transaction = world_.transaction(0, receiver, {}, u256{5u});
    std::promise<std::string> answered;
    const rpc::Body body(
        R"({"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":[)" +
        raw(transaction) + ",\"0x7530\"]}");
    world_.router().answer(body, [&](std::string text) { answered.set_value(std::move(text)); });
    auto future = answered.get_future();
    EXPECT_EQ(future.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    world_.mine();
    const Json receipt = boost::json::parse(future.get()).at("result");
    EXPECT_EQ(receipt, world_.result("eth_getTransactionReceipt",
                                     "[\"" + to_hex(transaction->hash) + "\"]"));
}

TEST_F(EthSend, waiting_ends_with_code_4_and_the_hash) {
    const auto transaction = world_.transaction(0, receiver);
    const Json error =
        world_.request("eth_sendRawTransactionSync", "[" + raw(transaction) + ",20]").at("error");
    EXPECT_EQ(error.at("code"), 4);
    EXPECT_EQ(error.at("message"),
              "The transaction was added to the mempool but wasn't processed in 20 ms.");
    EXPECT_EQ(error.at("data"), Json(to_hex(transaction->hash)));
    EXPECT_NE(world_.chain().pool().find(transaction->hash), nullptr);
}

TEST_F(EthSend, a_gap_in_the_nonces_is_told_at_once) {
    const auto transaction = world_.transaction(2, receiver);
    const Json error =
        world_.request("eth_sendRawTransactionSync", "[" + raw(transaction) + "]").at("error");
    EXPECT_EQ(error.at("code"), 5);
    EXPECT_EQ(error.at("data"), Json(to_hex(transaction->hash)));
    EXPECT_EQ(error.at("message"),
              "The transaction was added to the mempool but waits for nonce 0; its own is 2.");
}

TEST_F(EthSend, a_refusal_does_not_wait) {
    const auto transaction = world_.transaction(0, receiver);
    world_.run(transaction);
    EXPECT_TRUE(world_.error("eth_sendRawTransactionSync", "[" + raw(transaction) + ",30000]")
                    .starts_with("-32000 nonce too low"));
}

// EIP-7966: an invalid time counts as none, which is 2 seconds.
TEST_F(EthSend, a_time_that_is_not_allowed_counts_as_none) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(world_
                    .error("eth_sendRawTransactionSync",
                           "[" + raw(world_.transaction(0, receiver)) + ",30001]")
                    .starts_with("4 "));
    const auto took = std::chrono::steady_clock::now() - before;
    EXPECT_GE(took, std::chrono::seconds(2));
    EXPECT_LT(took, std::chrono::seconds(10));
}

}  // namespace
}  // namespace plume::rpc
