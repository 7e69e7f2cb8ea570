#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string someone = "0x00000000000000000000000000000000000000aa";

class DevState : public testing::Test {
protected:
    Json ask(const std::string& method, const std::string& more = "") {
        return world_.result(method, "[\"" + someone + "\"" + more + "]");
    }

    test::RpcWorld world_;
};

TEST_F(DevState, accounts_are_as_they_are_set) {
    EXPECT_TRUE(ask("anvil_setBalance", R"(,"0x5")").is_null());
    EXPECT_EQ(ask("eth_getBalance"), "0x5");
    EXPECT_TRUE(ask("anvil_addBalance", R"(,"0x2")").is_null());
    EXPECT_EQ(ask("eth_getBalance"), "0x7");
    EXPECT_TRUE(ask("hardhat_setNonce", R"(,"0x9")").is_null());
    EXPECT_EQ(ask("eth_getTransactionCount"), "0x9");
    EXPECT_EQ(ask("eth_getTransactionCount", R"(,"pending")"), "0x9");
    EXPECT_TRUE(ask("anvil_setCode", R"(,"0x6001")").is_null());
    EXPECT_EQ(ask("eth_getCode"), "0x6001");
    EXPECT_EQ(ask("hardhat_setStorageAt", R"(,"0x1","0x)" + std::string(63, '0') + R"(2")"), true);
    EXPECT_EQ(ask("eth_getStorageAt", R"(,"0x1")"), Json("0x" + std::string(63, '0') + "2"));
    EXPECT_EQ(world_.error("anvil_setBalance", R"(["0x1","0x1"])"),
              "-32602 invalid argument 0: hex string has length 1, want 40 for an address");
}

TEST_F(DevState, what_is_set_stays_when_blocks_follow_and_in_the_past) {
    world_.mine();
    ask("anvil_setBalance", R"(,"0x5")");
    world_.mine();
    ask("anvil_setBalance", R"(,"0x6")");
    world_.mine();
    EXPECT_EQ(ask("eth_getBalance", R"(,"0x0")"), "0x0");
    EXPECT_EQ(ask("eth_getBalance", R"(,"0x1")"), "0x5");
    EXPECT_EQ(ask("eth_getBalance", R"(,"0x2")"), "0x6");
    EXPECT_EQ(ask("eth_getBalance"), "0x6");
}

TEST_F(DevState, code_has_an_end) {
    const auto code = [](size_t size) { return R"(,"0x)" + std::string(2 * size, '0') + "\""; };
    EXPECT_TRUE(ask("anvil_setCode", code(24'576)).is_null());
    EXPECT_EQ(world_.error("anvil_setCode", "[\"" + someone + "\"" + code(24'577) + "]"),
              "-32602 invalid argument 1: a contract has at most 24576 bytes");
}

TEST_F(DevState, the_next_block_has_what_it_is_given) {
    world_.result("hardhat_setCoinbase", "[\"" + someone + "\"]");
    world_.result("hardhat_setNextBlockBaseFeePerGas", R"(["0x77"])");
    world_.result("hardhat_setPrevRandao", R"(["0x)" + std::string(64, '1') + "\"]");
    EXPECT_EQ(world_.result("evm_setBlockGasLimit", R"(["0x1c9c380"])"), true);
    EXPECT_EQ(world_.result("eth_baseFee"), "0x77");
    for (int i = 0; i < 2; ++i) {
        world_.mine();
        const Json block = world_.result("eth_getBlockByNumber", R"(["latest",false])");
        EXPECT_EQ(block.at("miner"), Json(someone));
        EXPECT_EQ(block.at("gasLimit"), "0x1c9c380");
        EXPECT_EQ(block.at("baseFeePerGas") == "0x77", i == 0);
        EXPECT_EQ(block.at("mixHash") == Json("0x" + std::string(64, '1')), i == 0);
    }
    EXPECT_EQ(world_.error("evm_setBlockGasLimit", "[4999]"),
              "-32602 invalid argument 0: a block's gas limit is 5000 at least");
}

TEST_F(DevState, what_a_chain_cannot_have_is_refused) {
    EXPECT_TRUE(world_.error("hardhat_setMinGasPrice", R"(["0x1"])").starts_with("-32000 "));
    EXPECT_TRUE(world_.error("anvil_setChainId", "[5]").starts_with("-32000 a chain keeps its id"));
    EXPECT_TRUE(world_.result("anvil_setChainId", "[31337]").is_null());
}

TEST_F(DevState, transactions_are_dropped) {
    const auto pending = [&] { return world_.result("txpool_status").at("pending"); };
    for (uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_TRUE(world_.chain()
                        .submit(test::RpcWorld::transaction(nonce, test::RpcWorld::sender()))
                        .ok());
    const auto last = test::RpcWorld::transaction(2, test::RpcWorld::sender());
    EXPECT_EQ(world_.result("anvil_dropTransaction", "[\"" + to_hex(last->hash) + "\"]"),
              Json(to_hex(last->hash)));
    EXPECT_EQ(world_.result("hardhat_dropTransaction", "[\"" + to_hex(last->hash) + "\"]"), false);
    EXPECT_TRUE(
        world_.result("anvil_dropTransaction", "[\"" + to_hex(last->hash) + "\"]").is_null());
    EXPECT_EQ(pending(), "0x2");
    world_.result("anvil_removePoolTransactions", "[\"" + someone + "\"]");
    EXPECT_EQ(pending(), "0x2");
    world_.result("anvil_removePoolTransactions", "[\"" + to_hex(test::RpcWorld::sender()) + "\"]");
    EXPECT_EQ(pending(), "0x0");
    ASSERT_TRUE(
        world_.chain().submit(test::RpcWorld::transaction(0, test::RpcWorld::sender())).ok());
    world_.result("anvil_dropAllTransactions");
    EXPECT_EQ(pending(), "0x0");
}

}  // namespace
}  // namespace plume::rpc
