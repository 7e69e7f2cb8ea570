#include <gtest/gtest.h>

#include "support/rpc_contract.hpp"

namespace plume::rpc {
namespace {

class ParityTrace : public testing::Test {
protected:
    static std::string quoted(BytesView bytes) { return "[\"" + to_hex(bytes) + "\"]"; }

    test::RpcWorld world_;
    const test::Forwarder forwarder_{world_};
};

TEST_F(ParityTrace, a_transaction_is_a_flat_list_of_its_calls) {
    const Json traces = world_.result("trace_transaction", quoted(forwarder_.call));
    ASSERT_EQ(traces.as_array().size(), 2u);
    const Json& outer = traces.at(0);
    EXPECT_EQ(outer.at("type"), "call");
    EXPECT_EQ(outer.at("subtraces"), 1);
    EXPECT_EQ(outer.at("action").at("to"), Json(to_hex(forwarder_.address)));
    EXPECT_EQ(outer.at("blockNumber"), 2);
    EXPECT_EQ(outer.at("transactionPosition"), 0);
    const Json& inner = traces.at(1);
    EXPECT_EQ(inner.at("traceAddress"), (boost::json::array{0}));
    EXPECT_EQ(inner.at("action").at("to"), Json(to_hex(test::Forwarder::heir)));
    EXPECT_EQ(inner.at("action").at("value"), "0x5");
    EXPECT_EQ(inner.at("result").at("output"), "0x");
    EXPECT_TRUE(world_.result("trace_transaction", quoted(Hash{})).is_null());
}

TEST_F(ParityTrace, a_creation_shows_code_and_address) {
    const Json block = world_.result("trace_block", R"(["0x1"])");
    ASSERT_EQ(block.as_array().size(), 1u);
    EXPECT_EQ(block.at(0).at("type"), "create");
    EXPECT_EQ(block.at(0).at("result").at("address"), Json(to_hex(forwarder_.address)));
    EXPECT_EQ(block.at(0).at("transactionHash"), Json(to_hex(forwarder_.creation)));
    EXPECT_TRUE(world_.result("trace_block", R"(["0x0"])").as_array().empty());
}

TEST_F(ParityTrace, a_replay_has_the_output_and_nothing_that_is_not_made) {
    const Json one = world_.result("trace_replayTransaction",
                                   "[\"" + to_hex(forwarder_.call) + R"(",["trace"]])");
    EXPECT_EQ(one.at("trace").as_array().size(), 2u);
    EXPECT_TRUE(one.at("stateDiff").is_null());
    EXPECT_FALSE(one.at("trace").at(0).as_object().contains("blockHash"));
    const Json block = world_.result("trace_replayBlockTransactions", R"(["0x2",["trace"]])");
    EXPECT_EQ(block.at(0).at("transactionHash"), Json(to_hex(forwarder_.call)));
    EXPECT_TRUE(world_.error("trace_replayBlockTransactions", R"(["0x2",["stateDiff"]])")
                    .starts_with("-32602 invalid argument 1: only \"trace\" is made"));
}

TEST_F(ParityTrace, a_filter_finds_by_address_and_counts) {
    const auto filter = [&](const std::string& more) {
        return world_.result("trace_filter", R"([{"fromBlock":"0x0","toBlock":"0x2")" + more + "}]")
            .as_array()
            .size();
    };
    EXPECT_EQ(filter(""), 3u);
    EXPECT_EQ(filter(R"(,"toAddress":[")" + to_hex(test::Forwarder::heir) + "\"]"), 1u);
    EXPECT_EQ(filter(R"(,"fromAddress":[")" + to_hex(test::RpcWorld::sender()) + "\"]"), 2u);
    EXPECT_EQ(filter(R"(,"after":1,"count":1)"), 1u);
    EXPECT_EQ(filter(R"(,"count":0)"), 0u);
    for (int i = 0; i < 1'000; ++i) world_.mine();
    EXPECT_EQ(filter(""), 3u);
    EXPECT_EQ(world_.error("trace_filter", R"([{"fromBlock":"0x1","toBlock":"0x3e9"}])"),
              "-32005 at most 1000 blocks at once");
}

}  // namespace
}  // namespace plume::rpc
