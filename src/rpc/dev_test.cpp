#include "rpc/dev.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

class Dev : public testing::Test {
protected:
    std::string number() const { return std::string(world_.result("eth_blockNumber").as_string()); }
    uint64_t timestamp() { return world_.chain().head()->header().timestamp; }

    test::RpcWorld world_;
};

TEST_F(Dev, the_next_timestamp_comes_as_number_or_text) {
    uint64_t time = 1'800'000'000;
    for (const char* text : {"[1800000000]", R"(["0x6b49d201"])", R"(["1800000002"])"}) {
        EXPECT_TRUE(world_.result("evm_setNextBlockTimestamp", text).is_null());
        world_.result("evm_mine");
        EXPECT_EQ(timestamp(), time++);
    }
    EXPECT_EQ(world_.error("evm_setNextBlockTimestamp", "[1]"),
              "-32000 timestamp 1 lies before the latest block's, 1800000002");
    EXPECT_EQ(world_.error("evm_setNextBlockTimestamp"),
              "-32602 missing value for required argument 0");
}

TEST_F(Dev, time_moves_by_seconds) {
    EXPECT_EQ(world_.result("evm_increaseTime", "[3600]"), 3600);
    EXPECT_EQ(world_.result("evm_increaseTime", R"(["0xe10"])"), 7200);
    world_.mine();
    EXPECT_EQ(timestamp(), world_.now + 7'200);
    EXPECT_EQ(world_.error("evm_increaseTime", "[-1]"), "-32602 invalid argument 0: not a number");
}

TEST_F(Dev, time_is_set_in_seconds_or_milliseconds) {
    EXPECT_EQ(world_.result("evm_setTime", "[1800000000]"), 100'000'000);
    EXPECT_EQ(world_.result("anvil_setTime", "[1800000001000]"), 1);
    world_.result("evm_mine");
    EXPECT_EQ(timestamp(), 1'800'000'001u);
    EXPECT_EQ(world_.error("evm_setTime", "[253402300800]"),
              "-32000 timestamp 253402300800 lies beyond the year 9999");
}

TEST_F(Dev, blocks_are_made_on_demand) {
    EXPECT_EQ(world_.result("evm_mine"), "0x0");
    EXPECT_EQ(number(), "0x1");
    EXPECT_EQ(world_.result("evm_mine", "[1800000000]"), "0x0");
    EXPECT_EQ(timestamp(), 1'800'000'000u);
    EXPECT_EQ(world_.result("evm_mine", R"([{"timestamp":1800000001,"blocks":2}])"), "0x0");
    EXPECT_EQ(world_.result("evm_mine", R"([{"blocks":"0x2"}])"), "0x0");
    EXPECT_EQ(number(), "0x6");
    EXPECT_TRUE(world_.result("anvil_mine", R"(["0x3"])").is_null());
    EXPECT_EQ(number(), "0x9");
    EXPECT_EQ(world_.result("evm_mineDetailed", R"([{"blocks":2}])").as_array().size(), 2u);
    EXPECT_EQ(world_.error("evm_mine", R"([{"blocks":100001}])"),
              "-32005 at most 100000 blocks at once");
    EXPECT_EQ(world_.error("evm_mine", R"([{"block":1}])"),
              "-32602 invalid argument 0: unknown member \"block\"");
    EXPECT_TRUE(world_.result("anvil_mine", "[0]").is_null());
    EXPECT_EQ(number(), "0xb");
}

TEST_F(Dev, blocks_keep_the_time_between_them) {
    world_.result("evm_setNextBlockTimestamp", "[1800000000]");
    world_.result("hardhat_mine", R"(["0x3","0x3c"])");
    EXPECT_EQ(timestamp(), 1'800'000'120u);
    EXPECT_TRUE(world_.result("anvil_setBlockTimestampInterval", "[7]").is_null());
    world_.result("evm_mine");
    world_.result("evm_mine");
    EXPECT_EQ(timestamp(), 1'800'000'134u);
    EXPECT_EQ(world_.result("anvil_removeBlockTimestampInterval"), true);
    EXPECT_EQ(world_.error("anvil_setBlockTimestampInterval", "[86401]"),
              "-32602 invalid argument 0: more than a day");
}

TEST_F(Dev, mining_is_switched) {
    EXPECT_EQ(world_.result("anvil_getAutomine"), false);
    world_.result("evm_setAutomine", "[true]");
    EXPECT_EQ(world_.result("hardhat_getAutomine"), true);
    EXPECT_TRUE(world_.result("anvil_getIntervalMining").is_null());
    world_.result("evm_setIntervalMining", "[3600]");
    EXPECT_EQ(world_.result("anvil_getIntervalMining"), 3600);
    world_.result("evm_setAutomine", "[false]");
    EXPECT_EQ(world_.result("anvil_getIntervalMining"), 3600);
    world_.result("evm_setIntervalMining", "[0]");
    EXPECT_EQ(world_.result("anvil_getAutomine"), false);
    EXPECT_EQ(world_.error("evm_setIntervalMining", "[86401]"),
              "-32602 invalid argument 0: more than a day of seconds");
}

TEST_F(Dev, a_snapshot_brings_the_chain_back_once) {
    const Json before = world_.result("eth_getBlockByNumber", R"(["latest",false])");
    EXPECT_EQ(world_.result("evm_snapshot"), "0x1");
    world_.run(test::RpcWorld::transaction(0, test::RpcWorld::sender()));
    world_.result("anvil_setBalance", R"(["0x00000000000000000000000000000000000000aa","0x5"])");
    EXPECT_EQ(world_.result("evm_revert", R"(["0x1"])"), true);
    EXPECT_EQ(world_.result("eth_getBlockByNumber", R"(["latest",false])"), before);
    EXPECT_EQ(world_.result("evm_revert", R"(["0x1"])"), false);
    EXPECT_EQ(world_.result("anvil_snapshot"), "0x2");
}

TEST_F(Dev, blocks_are_taken_back_and_all_of_them) {
    for (int i = 0; i < 3; ++i) world_.mine();
    EXPECT_TRUE(world_.result("anvil_rollback", "[2]").is_null());
    EXPECT_EQ(number(), "0x1");
    EXPECT_EQ(world_.error("anvil_rollback", "[2]"),
              "-32000 there are only 1 blocks behind the latest");
    EXPECT_TRUE(world_.result("hardhat_reset", "[{}]").is_null());
    EXPECT_EQ(number(), "0x0");
    EXPECT_EQ(world_.error("anvil_reset", R"([{"forking":{"jsonRpcUrl":"http://x"}}])"),
              "-32602 invalid argument 0: this chain forks no other; reset without \"forking\"");
}

TEST_F(Dev, outside_of_development_there_is_nothing_of_it) {
    const auto router = make_router(world_.services());
    for (const auto table :
         {dev_methods(), dev_state_methods(), dev_node_methods(), dev_account_methods()})
        for (const Method& method : table) {
            const Json answer = boost::json::parse(router->answer(
                R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method.name) + "\"}"));
            EXPECT_EQ(answer.at("error").at("code"), -32601) << method.name;
        }
}

}  // namespace
}  // namespace plume::rpc
