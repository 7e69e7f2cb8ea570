#include "rpc/submit.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

std::string raw(uint64_t nonce) {
    const auto made = test::RpcWorld::transaction(nonce, test::RpcWorld::sender());
    return "[\"" + to_hex(BytesView{made->raw}) + "\"]";
}

TEST(Submit, the_answer_comes_when_the_block_is_there) {
    test::RpcWorld world;
    world.solo().set_mining(Mining::automatic);
    for (uint64_t nonce = 0; nonce < 5; ++nonce) {
        const Json hash = world.result("eth_sendRawTransaction", raw(nonce));
        const Json receipt =
            world.result("eth_getTransactionReceipt", "[" + boost::json::serialize(hash) + "]");
        EXPECT_TRUE(receipt.is_object()) << nonce;
    }
}

TEST(Submit, what_waits_for_another_nonce_is_answered_at_once) {
    test::RpcWorld world;
    world.solo().set_mining(Mining::automatic);
    const Json hash = world.result("eth_sendRawTransaction", raw(1));
    EXPECT_TRUE(world.result("eth_getTransactionReceipt", "[" + boost::json::serialize(hash) + "]")
                    .is_null());
    EXPECT_TRUE(world.result("eth_sendRawTransaction", raw(0)).is_string());
    EXPECT_EQ(world.error("eth_sendRawTransaction", raw(0)).substr(0, 20), "-32000 nonce too low");
}

TEST(Submit, without_blocks_by_themselves_nobody_waits) {
    test::RpcWorld world;
    EXPECT_TRUE(world.result("eth_sendRawTransaction", raw(0)).is_string());
    EXPECT_EQ(world.result("eth_blockNumber"), "0x0");
}

}  // namespace
}  // namespace plume::rpc
