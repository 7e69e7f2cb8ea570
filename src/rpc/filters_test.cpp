// Filters through the methods that make and ask them, on a chain whose logs are EAS timestamps:
// Timestamped(bytes32 indexed data, uint64 indexed timestamp).

#include "rpc/filters.hpp"

#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "crypto/keccak.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string not_found = "-32000 filter not found";

class FiltersTest : public testing::Test {
protected:
    TransactionPtr stamp(uint64_t number) {
        const Hash selector = keccak256("timestamp(bytes32)");
        Bytes data(selector.begin(), selector.begin() + 4);
        append(data, to_word(u256{number}));
        return world_.transaction(nonce_++, contracts::attestations, std::move(data));
    }
    std::string add(std::string_view method, std::string_view params = "[]") {
        return std::string(world_.result(method, params).as_string());
    }
    static std::string quoted(const std::string& id) { return "[\"" + id + "\"]"; }
    boost::json::array changes(const std::string& id) {
        return world_.result("eth_getFilterChanges", quoted(id)).as_array();
    }
    std::string refusal(const std::string& id) {
        return world_.error("eth_getFilterChanges", quoted(id));
    }
    static std::string text(const Hash& hash) { return to_hex(hash); }

    test::RpcWorld world_;
    uint64_t nonce_ = 0;
};

TEST_F(FiltersTest, a_block_filter_tells_each_block_once_and_in_order) {
    world_.mine();
    const std::string id = add("eth_newBlockFilter");
    EXPECT_TRUE(changes(id).empty());
    const Hash first = world_.mine()->block.hash;
    const Hash second = world_.mine()->block.hash;
    EXPECT_EQ(changes(id), (boost::json::array{text(first), text(second)}));
    EXPECT_TRUE(changes(id).empty());
    const Hash third = world_.mine()->block.hash;
    EXPECT_EQ(changes(id), (boost::json::array{text(third)}));
}

TEST_F(FiltersTest, where_blocks_come_at_once_a_block_filter_begins_with_the_newest) {
    const Hash newest = world_.mine()->block.hash;
    world_.result("evm_setAutomine", "[true]");
    const std::string id = add("eth_newBlockFilter");
    EXPECT_EQ(changes(id), (boost::json::array{text(newest)}));
    EXPECT_TRUE(changes(id).empty());
}

TEST_F(FiltersTest, a_transaction_filter_tells_hashes_as_they_come) {
    EXPECT_TRUE(world_.chain().submit(stamp(1)).ok());
    const std::string id = add("eth_newPendingTransactionFilter");
    const std::string full = add("eth_newPendingTransactionFilter", "[true]");
    const auto second = stamp(2);
    const auto third = stamp(3);
    EXPECT_TRUE(world_.chain().submit(second).ok());
    EXPECT_TRUE(world_.chain().submit(third).ok());
    EXPECT_EQ(changes(id), (boost::json::array{text(second->hash), text(third->hash)}));
    EXPECT_TRUE(changes(id).empty());
    EXPECT_EQ(changes(full).at(1).at("hash"), Json(text(third->hash)));
    world_.mine();
    EXPECT_TRUE(changes(id).empty());
}

TEST_F(FiltersTest, a_log_filter_tells_what_matches_and_getFilterLogs_all_of_its_range) {
    world_.run(stamp(1));
    const std::string topic = "[null,\"" + text(to_word(u256{2u})) + "\"]";
    const std::string all = add("eth_newFilter", R"([{"fromBlock":"0x0"}])");
    const std::string some = add("eth_newFilter", R"([{"topics":)" + topic + "}]");
    const std::string early = add("eth_newFilter", R"([{"fromBlock":"0x0","toBlock":"0x2"}])");
    world_.run(stamp(2));
    world_.run(stamp(3));
    const auto found = changes(all);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].at("blockNumber"), "0x2");
    EXPECT_EQ(found[0], world_.result("eth_getLogs", R"([{"fromBlock":"0x2"}])").at(0));
    EXPECT_EQ(changes(some).size(), 1u);
    EXPECT_EQ(changes(early).size(), 1u);
    EXPECT_TRUE(changes(all).empty());
    EXPECT_EQ(world_.result("eth_getFilterLogs", quoted(all)).as_array().size(), 3u);
    EXPECT_EQ(world_.result("eth_getFilterLogs", quoted(all)),
              world_.result("eth_getLogs", R"([{"fromBlock":"0x0"}])"));
}

TEST_F(FiltersTest, what_is_asked_wrongly_is_refused_as_geth_does) {
    EXPECT_EQ(refusal("0x1"), not_found);
    EXPECT_EQ(world_.error("eth_getFilterLogs", R"(["0x1"])"), not_found);
    EXPECT_EQ(world_.error("eth_getFilterLogs", quoted(add("eth_newBlockFilter"))), not_found);
    EXPECT_EQ(world_.result("eth_uninstallFilter", R"(["0x1"])"), false);
    EXPECT_EQ(world_.error("eth_newFilter", R"([{"fromBlock":"0x5","toBlock":"0x4"}])"),
              "-32602 invalid block range params");
    EXPECT_TRUE(world_.error("eth_getFilterChanges", "[7]").starts_with("-32602 "));
    EXPECT_TRUE(world_.error("eth_getFilterChanges", "[]").starts_with("-32602 "));
    EXPECT_TRUE(world_.error("eth_subscribe", R"(["newHeads"])")
                    .starts_with("-32601 notifications not supported"));
    EXPECT_TRUE(world_.error("eth_unsubscribe", R"(["0x1"])")
                    .starts_with("-32601 notifications not supported"));
}

TEST_F(FiltersTest, a_filter_can_be_removed_once) {
    const std::string id = add("eth_newBlockFilter");
    EXPECT_EQ(world_.result("eth_uninstallFilter", quoted(id)), true);
    EXPECT_EQ(world_.result("eth_uninstallFilter", quoted(id)), false);
    EXPECT_EQ(refusal(id), not_found);
}

TEST_F(FiltersTest, a_filter_that_nobody_asks_is_forgotten_after_5_minutes) {
    const std::string asked = add("eth_newBlockFilter");
    const std::string idle = add("eth_newBlockFilter");
    world_.filter_time += Filters::idle_time_max;
    EXPECT_TRUE(changes(asked).empty());
    world_.filter_time += std::chrono::seconds(1);
    EXPECT_TRUE(changes(asked).empty());
    EXPECT_EQ(refusal(idle), not_found);
}

TEST_F(FiltersTest, there_are_1024_at_most_until_some_are_forgotten) {
    std::string last;
    for (size_t i = 0; i < Filters::count_max; ++i) last = add("eth_newBlockFilter");
    EXPECT_TRUE(world_.error("eth_newBlockFilter").starts_with("-32005 too many filters"));
    EXPECT_EQ(world_.result("eth_uninstallFilter", quoted(last)), true);
    add("eth_newBlockFilter");
    world_.filter_time += Filters::idle_time_max + std::chrono::seconds(1);
    add("eth_newBlockFilter");
}

TEST_F(FiltersTest, their_conditions_have_a_size_in_all) {
    LogQuery large;
    large.topics.assign(log_positions_max, std::vector<Hash>(log_topics_max));
    large.addresses.resize(log_addresses_max);
    Filters filters(world_.chain());
    size_t count = 0;
    try {
        for (; count < Filters::count_max; ++count) filters.add_logs(large, {});
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code, code::limit_exceeded);
    }
    EXPECT_EQ(count, Filters::conditions_size_max / size_of(large));
}

TEST_F(FiltersTest, many_logs_come_in_portions_of_whole_blocks) {
    const auto head = world_.chain().head();
    LogQuery query;
    query.from = 1;
    query.to = ~uint64_t{0};
    EXPECT_EQ(page_of(query, *head).next, 1u);
    world_.run(stamp(1));
    world_.mine();
    const LogPage page = page_of(query, *world_.chain().head());
    EXPECT_EQ(page.logs.size(), 1u);
    EXPECT_EQ(page.next, 3u);
}

}  // namespace
}  // namespace plume::rpc
