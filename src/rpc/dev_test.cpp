#include "rpc/dev.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using Controls = std::vector<std::string>;

class Dev : public testing::Test {
protected:
    test::RpcWorld world_;
};

TEST_F(Dev, the_next_timestamp_comes_as_number_or_text) {
    EXPECT_TRUE(world_.result("evm_setNextBlockTimestamp", "[1800000000]").is_null());
    EXPECT_TRUE(world_.result("evm_setNextBlockTimestamp", R"(["0x6b49d200"])").is_null());
    EXPECT_TRUE(world_.result("evm_setNextBlockTimestamp", R"(["1800000000"])").is_null());
    EXPECT_EQ(world_.controls, (Controls{"set 1800000000", "set 1800000000", "set 1800000000"}));
    EXPECT_EQ(world_.error("evm_setNextBlockTimestamp", "[1]"), "-32000 too early");
    EXPECT_EQ(world_.error("evm_setNextBlockTimestamp"),
              "-32602 missing value for required argument 0");
}

TEST_F(Dev, time_moves_by_seconds) {
    EXPECT_EQ(world_.result("evm_increaseTime", "[3600]"), 3600);
    EXPECT_EQ(world_.result("evm_increaseTime", R"(["0xe10"])"), 3600);
    EXPECT_EQ(world_.error("evm_increaseTime", "[-1]"), "-32602 invalid argument 0: not a number");
}

TEST_F(Dev, blocks_are_made_on_demand) {
    EXPECT_EQ(world_.result("evm_mine"), "0x0");
    EXPECT_EQ(world_.result("eth_blockNumber"), "0x1");
    EXPECT_EQ(world_.result("evm_mine", "[1800000000]"), "0x0");
    EXPECT_EQ(world_.result("evm_mine", R"([{"timestamp":1800000001,"blocks":2}])"), "0x0");
    EXPECT_EQ(world_.result("evm_mine", R"([{"blocks":"0x2"}])"), "0x0");
    EXPECT_EQ(world_.controls, (Controls{"mine", "set 1800000000", "mine", "set 1800000001", "mine",
                                         "mine", "mine", "mine"}));
    EXPECT_EQ(world_.error("evm_mine", R"([{"blocks":1001}])"),
              "-32005 at most 1000 blocks at once");
    EXPECT_EQ(world_.error("evm_mine", R"([{"block":1}])"),
              "-32602 invalid argument 0: unknown member \"block\"");
}

TEST_F(Dev, outside_of_development_there_is_nothing_of_it) {
    const auto router = make_router(world_.services());
    for (const char* method : {"evm_mine", "evm_increaseTime", "evm_setNextBlockTimestamp"}) {
        const Json answer = boost::json::parse(
            router->answer(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + "\"}"));
        EXPECT_EQ(answer.at("error").at("code"), -32601) << method;
    }
}

}  // namespace
}  // namespace plume::rpc
