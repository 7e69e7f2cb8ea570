#include <gtest/gtest.h>

#include "rpc/format.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const Address receiver = Address::parse(std::string(38, 'e') + "01").value();
const std::string unknown = "\"0x" + std::string(64, 'a') + "\"";

class EthBlocks : public testing::Test {
protected:
    EthBlocks() {
        first_ = world_.transaction(0, receiver, {}, u256{5u});
        second_ = world_.transaction(1, receiver, {1, 2, 3}, u256{6u});
        EXPECT_TRUE(world_.chain().submit(first_).ok());
        EXPECT_TRUE(world_.chain().submit(second_).ok());
        block_ = world_.mine();
        hash_ = "\"" + to_hex(block_->block.hash) + "\"";
    }

    test::RpcWorld world_;
    TransactionPtr first_;
    TransactionPtr second_;
    CommittedBlockPtr block_;
    std::string hash_;
};

TEST_F(EthBlocks, a_block_is_found_by_number_name_and_hash) {
    const Json block = world_.result("eth_getBlockByNumber", R"(["0x1",false])");
    EXPECT_EQ(block.at("hash"), Json(to_hex(block_->block.hash)));
    EXPECT_EQ(block.at("parentHash"), Json(to_hex(world_.chain().genesis_hash())));
    EXPECT_EQ(block.at("transactions").at(1), Json(to_hex(second_->hash)));
    EXPECT_EQ(world_.result("eth_getBlockByHash", "[" + hash_ + ",false]"), block);
    EXPECT_EQ(world_.result("eth_getBlockByHash", "[" + hash_ + "]"), block);
    for (const char* name : {"latest", "safe", "finalized"})
        EXPECT_EQ(world_.result("eth_getBlockByNumber", "[\"" + std::string(name) + "\",false]"),
                  block);
    EXPECT_EQ(world_.result("eth_getBlockByNumber", R"(["earliest",false])").at("number"), "0x0");
}

TEST_F(EthBlocks, a_header_is_its_block_without_the_body) {
    const Json block = world_.result("eth_getBlockByNumber", R"(["0x1",false])");
    const Json header = world_.result("eth_getHeaderByNumber", R"(["0x1"])");
    EXPECT_EQ(world_.result("eth_getHeaderByHash", "[" + hash_ + "]"), header);
    for (const auto& [name, value] : header.as_object()) EXPECT_EQ(block.at(name), value) << name;
    EXPECT_EQ(header.as_object().if_contains("transactions"), nullptr);
}

TEST_F(EthBlocks, what_is_not_there_is_null) {
    for (const std::string method :
         {"eth_getHeaderByHash", "eth_getBlockByNumber", "eth_getBlockByHash",
          "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash",
          "eth_getUncleCountByBlockHash", "eth_getBlockReceipts", "eth_getTransactionByHash",
          "eth_getTransactionReceipt"})
        EXPECT_TRUE(world_.result(method, "[" + unknown + "]").is_null()) << method;
    for (const std::string method :
         {"eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getBlockTransactionCountByNumber"})
        EXPECT_TRUE(world_.result(method, R"(["0x2"])").is_null()) << method;
    for (const std::string place :
         {R"(["0x1","0x2"])", R"(["0x2","0x0"])", R"(["0x1","0xffffffffff"])"})
        EXPECT_TRUE(world_.result("eth_getTransactionByBlockNumberAndIndex", place).is_null());
}

TEST_F(EthBlocks, a_pending_block_stands_on_the_head) {
    const auto waiting = world_.transaction(2, receiver);
    ASSERT_TRUE(world_.chain().submit(waiting).ok());
    const Json block = world_.result("eth_getBlockByNumber", R"(["pending",true])");
    EXPECT_EQ(block.at("number"), "0x2");
    EXPECT_EQ(block.at("parentHash"), Json(to_hex(block_->block.hash)));
    EXPECT_TRUE(block.at("hash").is_null());
    EXPECT_EQ(block.at("transactions").at(0).at("hash"), Json(to_hex(waiting->hash)));
    EXPECT_TRUE(block.at("transactions").at(0).at("blockHash").is_null());
    EXPECT_EQ(world_.result("eth_getBlockTransactionCountByNumber", R"(["pending"])"), "0x1");
}

TEST_F(EthBlocks, transactions_are_found_by_hash_and_place) {
    const std::string hash = "[\"" + to_hex(second_->hash) + "\"]";
    const Json transaction = world_.result("eth_getTransactionByHash", hash);
    EXPECT_EQ(transaction.at("from"), Json(to_hex(test::RpcWorld::sender())));
    EXPECT_EQ(transaction.at("input"), "0x010203");
    EXPECT_EQ(transaction.at("transactionIndex"), "0x1");
    EXPECT_EQ(transaction.at("blockNumber"), "0x1");
    EXPECT_EQ(world_.result("eth_getTransactionByBlockNumberAndIndex", R"(["0x1","0x1"])"),
              transaction);
    EXPECT_EQ(world_.result("eth_getTransactionByBlockHashAndIndex", "[" + hash_ + ",\"0x1\"]"),
              transaction);
    EXPECT_EQ(world_.result("eth_getBlockByNumber", R"(["0x1",true])").at("transactions").at(1),
              transaction);
    const Json raw(to_hex(second_->raw));
    EXPECT_EQ(world_.result("eth_getRawTransactionByHash", hash), raw);
    EXPECT_EQ(world_.result("eth_getRawTransactionByBlockNumberAndIndex", R"(["0x1","0x1"])"), raw);
    EXPECT_EQ(world_.result("eth_getRawTransactionByBlockHashAndIndex", "[" + hash_ + R"(,"0x1"])"),
              raw);
    for (const std::string place :
         {R"(["0x1","0x2"])", R"(["0x2","0x0"])", R"(["0x1","0xffffffffff"])"})
        EXPECT_TRUE(world_.result("eth_getRawTransactionByBlockNumberAndIndex", place).is_null());
    EXPECT_EQ(world_.result("eth_getBlockTransactionCountByHash", "[" + hash_ + "]"), "0x2");
    EXPECT_EQ(world_.result("eth_getUncleCountByBlockHash", "[" + hash_ + "]"), "0x0");
    EXPECT_TRUE(
        world_.result("eth_getUncleByBlockHashAndIndex", "[" + hash_ + ",\"0x0\"]").is_null());
}

TEST_F(EthBlocks, a_transaction_in_the_pool_is_found) {
    const auto waiting = world_.transaction(2, receiver);
    ASSERT_TRUE(world_.chain().submit(waiting).ok());
    const std::string hash = "[\"" + to_hex(waiting->hash) + "\"]";
    const Json found = world_.result("eth_getTransactionByHash", hash);
    EXPECT_TRUE(found.at("blockHash").is_null());
    EXPECT_TRUE(found.at("blockNumber").is_null());
    EXPECT_TRUE(found.at("transactionIndex").is_null());
    EXPECT_EQ(found.at("gasPrice"), found.at("maxFeePerGas"));
    EXPECT_TRUE(world_.result("eth_getTransactionReceipt", hash).is_null());
}

TEST_F(EthBlocks, receipts_add_up) {
    const Json receipts = world_.result("eth_getBlockReceipts", "[" + hash_ + "]");
    ASSERT_EQ(receipts.as_array().size(), 2u);
    const Json second =
        world_.result("eth_getTransactionReceipt", "[\"" + to_hex(second_->hash) + "\"]");
    EXPECT_EQ(receipts.at(1), second);
    EXPECT_EQ(receipts.at(0).at("gasUsed"), "0x5208");
    EXPECT_EQ(second.at("status"), "0x1");
    EXPECT_EQ(second.at("to"), Json(to_hex(receiver)));
    EXPECT_TRUE(second.at("contractAddress").is_null());
    EXPECT_EQ(second.at("cumulativeGasUsed"), quantity(block_->block.header.gas_used));
    // EIP-1559: base fee and tip, as the cap is higher.
    EXPECT_EQ(second.at("effectiveGasPrice"),
              quantity(block_->block.header.base_fee + u256{1'000'000'000u}));
}

}  // namespace
}  // namespace plume::rpc
