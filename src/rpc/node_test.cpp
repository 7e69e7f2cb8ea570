#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

class Node : public testing::Test {
protected:
    test::RpcWorld world_;
};

TEST_F(Node, tells_who_it_is) {
    EXPECT_EQ(world_.result("net_version"), "31337");
    EXPECT_EQ(world_.result("net_listening"), true);
    EXPECT_EQ(world_.result("net_peerCount"), "0x0");
    EXPECT_EQ(world_.result("web3_clientVersion"), "plume/test");
}

TEST_F(Node, lists_the_development_namespace_in_development_only) {
    EXPECT_EQ(world_.result("rpc_modules").at("eth"), "1.0");
    EXPECT_EQ(world_.result("rpc_modules").at("evm"), "1.0");
    const auto router = make_router(world_.services());
    const Json modules =
        boost::json::parse(router->answer(R"({"jsonrpc":"2.0","id":1,"method":"rpc_modules"})"));
    EXPECT_EQ(modules.at("result").as_object().if_contains("evm"), nullptr);
}

// The empty string's hash is public knowledge: Yellow Paper, section 4.1.
TEST_F(Node, hashes) {
    EXPECT_EQ(world_.result("web3_sha3", R"(["0x"])"),
              "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
}

TEST_F(Node, counts_its_pool) {
    ASSERT_TRUE(world_.chain().submit(world_.transaction(0, Address{})).ok());
    ASSERT_TRUE(world_.chain().submit(world_.transaction(2, Address{})).ok());
    EXPECT_EQ(world_.result("txpool_status"),
              (boost::json::object{{"pending", "0x1"}, {"queued", "0x1"}}));
}

}  // namespace
}  // namespace plume::rpc
