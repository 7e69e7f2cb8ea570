#include <gtest/gtest.h>

#include "base/log.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string someone = "0x00000000000000000000000000000000000000aa";

TEST(DevNode, says_what_it_is) {
    test::RpcWorld world;
    world.mine();
    const Json info = world.result("anvil_nodeInfo");
    EXPECT_EQ(info.at("currentBlockNumber"), 1);
    EXPECT_EQ(info.at("environment").at("chainId"), test::RpcWorld::chain_id);
    const Json metadata = world.result("hardhat_metadata");
    EXPECT_EQ(metadata.at("latestBlockNumber"), 1);
    EXPECT_EQ(metadata.at("clientVersion"), "plume/test");
    EXPECT_EQ(metadata, world.result("anvil_metadata"));
    EXPECT_EQ(world.result("hardhat_addCompilationResult", R"(["0.8.37",{},{}])"), true);
}

TEST(DevNode, a_dump_makes_the_same_state_on_another_chain) {
    test::RpcWorld one;
    one.result("anvil_setBalance", "[\"" + someone + "\",\"0x5\"]");
    one.result("anvil_setCode", "[\"" + someone + "\",\"0x6001\"]");
    one.result("anvil_setStorageAt", "[\"" + someone + R"(","0x3","0x7"])");
    const Json dump = one.result("anvil_dumpState");
    test::RpcWorld other;
    EXPECT_EQ(other.result("anvil_loadState", "[" + boost::json::serialize(dump) + "]"), true);
    for (const std::string what : {"eth_getBalance", "eth_getCode", "eth_getTransactionCount"})
        EXPECT_EQ(other.result(what, "[\"" + someone + "\"]"),
                  one.result(what, "[\"" + someone + "\"]"))
            << what;
    EXPECT_EQ(other.result("eth_getStorageAt", "[\"" + someone + "\",\"0x3\"]"),
              Json("0x" + std::string(63, '0') + "7"));
    EXPECT_EQ(other.chain().head()->state_root(), one.chain().head()->state_root());
}

TEST(DevNode, what_is_no_dump_is_refused) {
    const test::RpcWorld world;
    EXPECT_TRUE(world.error("anvil_loadState", R"(["0x1f8b08"])")
                    .starts_with("-32602 invalid argument 0: compressed"));
    EXPECT_TRUE(world.error("anvil_loadState", R"(["0x7b"])")
                    .starts_with("-32602 invalid argument 0: no JSON"));
    EXPECT_TRUE(world.error("anvil_loadState", R"(["0x7b7d"])").starts_with("-32602 "));
}

}  // namespace
}  // namespace plume::rpc
