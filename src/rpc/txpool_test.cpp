#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(Txpool, lists_what_waits_by_sender_and_nonce) {
    test::RpcWorld world;
    const Address sender = test::RpcWorld::sender();
    for (const uint64_t nonce : {uint64_t{0}, uint64_t{1}, uint64_t{3}})
        ASSERT_TRUE(world.chain().submit(test::RpcWorld::transaction(nonce, sender)).ok());
    EXPECT_EQ(world.result("txpool_status"),
              (boost::json::object{{"pending", "0x2"}, {"queued", "0x1"}}));
    const Json content = world.result("txpool_content");
    const Json& row = content.at("pending").at(to_hex(sender));
    EXPECT_EQ(row.as_object().size(), 2u);
    EXPECT_EQ(row.at("1").at("nonce"), "0x1");
    EXPECT_TRUE(row.at("1").at("blockHash").is_null());
    EXPECT_EQ(content.at("queued").at(to_hex(sender)).at("3").at("from"), Json(to_hex(sender)));
    const Json own = world.result("txpool_contentFrom", "[\"" + to_hex(sender) + "\"]");
    EXPECT_EQ(own.at("pending"), row);
    const Json none =
        world.result("txpool_contentFrom", R"(["0x00000000000000000000000000000000000000aa"])");
    EXPECT_TRUE(none.at("pending").as_object().empty());
    EXPECT_EQ(world.result("txpool_inspect").at("queued").at(to_hex(sender)).at("3"),
              Json(to_hex(sender) + ": 0 wei + 1000000 gas × 10000000000 wei"));
}

}  // namespace
}  // namespace plume::rpc
