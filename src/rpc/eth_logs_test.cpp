// eth_getLogs over a real chain, whose logs are EAS timestamps: Timestamped(bytes32 indexed data,
// uint64 indexed timestamp).

#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "crypto/keccak.hpp"
#include "rpc/logs.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string topic = to_hex(keccak256("Timestamped(bytes32,uint64)"));

Bytes timestamp_call(const Hash& data) {
    const Hash selector = keccak256("timestamp(bytes32)");
    Bytes out(selector.begin(), selector.begin() + 4);
    append(out, data);
    return out;
}

Hash word(uint64_t number) {
    return to_word(u256{number});
}
std::string quoted(const Hash& hash) {
    return "\"" + to_hex(hash) + "\"";
}

class EthLogs : public testing::Test {
protected:
    EthLogs() {
        // Blocks 1 and 3 have one log, block 2 has none, block 4 has two.
        world_.run(transaction(1));
        world_.mine();
        world_.run(transaction(2));
        EXPECT_TRUE(world_.chain().submit(transaction(3)).ok());
        world_.run(transaction(4));
    }

    TransactionPtr transaction(uint64_t number) {
        return world_.transaction(nonce_++, contracts::attestations, timestamp_call(word(number)));
    }

    /// The numbers that the logs found are about.
    std::vector<uint64_t> find(const std::string& filter) {
        std::vector<uint64_t> out;
        const Json found = world_.result("eth_getLogs", "[" + filter + "]");
        for (const Json& log : found.as_array())
            out.push_back(
                to_u256(Hash::parse(std::string_view(log.at("topics").at(1).as_string())).value())
                    .low64());
        return out;
    }

    using Numbers = std::vector<uint64_t>;
    test::RpcWorld world_;
    uint64_t nonce_ = 0;
};

TEST_F(EthLogs, ranges_include_both_ends) {
    EXPECT_EQ(find(R"({"fromBlock":"0x0","toBlock":"latest"})"), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(find(R"({"fromBlock":"0x1","toBlock":"0x3"})"), (Numbers{1, 2}));
    EXPECT_EQ(find(R"({"fromBlock":"0x2","toBlock":"0x2"})"), Numbers{});
    EXPECT_EQ(find(R"({"fromBlock":"earliest"})"), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(find("{}"), (Numbers{3, 4}));
}

TEST_F(EthLogs, a_block_hash_stands_for_a_range) {
    const std::string hash = quoted(world_.chain().head()->hash(3).value());
    EXPECT_EQ(find("{\"blockHash\":" + hash + "}"), Numbers{2});
    EXPECT_EQ(world_.error("eth_getLogs", "[{\"blockHash\":" + hash + R"(,"fromBlock":"0x1"}])"),
              "-32602 invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, "
              "choose one or the other");
    EXPECT_EQ(world_.error("eth_getLogs", "[{\"blockHash\":" + quoted(Hash{}) + "}]"),
              "-32000 unknown block");
}

TEST_F(EthLogs, addresses_are_alternatives) {
    const std::string ours = "\"" + to_hex(contracts::attestations) + "\"";
    const std::string other = "\"" + to_hex(contracts::launcher) + "\"";
    EXPECT_EQ(find(R"({"fromBlock":"0x0","address":)" + ours + "}"), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(find(R"({"fromBlock":"0x0","address":)" + other + "}"), Numbers{});
    EXPECT_EQ(find(R"({"fromBlock":"0x0","address":[)" + other + "," + ours + "]}"),
              (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(find(R"({"fromBlock":"0x0","address":[]})"), (Numbers{1, 2, 3, 4}));
}

TEST_F(EthLogs, topics_stand_at_their_positions) {
    const auto with = [](const std::string& topics) {
        return R"({"fromBlock":"0x0","topics":)" + topics + "}";
    };
    EXPECT_EQ(find(with("[\"" + topic + "\"]")), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(find(with("[null," + quoted(word(2)) + "]")), Numbers{2});
    EXPECT_EQ(find(with("[null,[" + quoted(word(2)) + "," + quoted(word(4)) + "]]")),
              (Numbers{2, 4}));
    EXPECT_EQ(find(with("[" + quoted(word(2)) + "]")), Numbers{});
    EXPECT_EQ(find(with("[null,null,null,null]")), Numbers{});
    EXPECT_EQ(find(with("[]")), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(world_.error("eth_getLogs", "[" + with("[null,null,null,null,null]") + "]"),
              "-32005 invalid argument 0: more than 4 items; ask in several requests");
}

TEST_F(EthLogs, a_log_has_its_place) {
    const Json logs = world_.result("eth_getLogs", "[{}]");
    const Json& second = logs.at(1);
    EXPECT_EQ(second.at("address"), Json(to_hex(contracts::attestations)));
    EXPECT_EQ(second.at("topics").at(0), Json(topic));
    EXPECT_EQ(second.at("blockNumber"), "0x4");
    EXPECT_EQ(second.at("transactionIndex"), "0x1");
    EXPECT_EQ(second.at("logIndex"), "0x1");
    EXPECT_EQ(second.at("removed"), false);
    const std::string hash = "[\"" + std::string(second.at("transactionHash").as_string()) + "\"]";
    EXPECT_EQ(world_.result("eth_getTransactionReceipt", hash).at("logs").at(0), second);
}

TEST_F(EthLogs, impossible_ranges_are_refused) {
    EXPECT_EQ(world_.error("eth_getLogs", R"([{"fromBlock":"0x3","toBlock":"0x2"}])"),
              "-32602 invalid block range params");
    EXPECT_EQ(world_.error("eth_getLogs", R"([{"fromBlock":"0x3","toBlock":"0x5"}])"),
              "-32602 block range extends beyond current head block");
    EXPECT_EQ(world_.error("eth_getLogs"), "-32602 missing value for required argument 0");
    EXPECT_EQ(world_.error("eth_getLogs", R"(["0x1"])"),
              "-32602 invalid argument 0: not an object");
}

TEST_F(EthLogs, addresses_and_alternatives_are_bounded) {
    const auto list = [](size_t count, size_t digits) {
        std::string out = "[";
        for (size_t i = 0; i < count; ++i)
            out.append(i == 0 ? "\"0x" : ",\"0x").append(std::string(digits, 'a')).append("\"");
        return out + "]";
    };
    EXPECT_EQ(find("{\"address\":" + list(log_addresses_max, 40) + "}"), Numbers{});
    EXPECT_EQ(
        world_.error("eth_getLogs", "[{\"address\":" + list(log_addresses_max + 1, 40) + "}]"),
        "-32005 invalid argument 0: more than 1000 items; ask in several requests");
    EXPECT_EQ(find("{\"topics\":[" + list(log_topics_max, 64) + "]}"), Numbers{});
    EXPECT_EQ(world_.error("eth_getLogs", "[{\"topics\":[" + list(log_topics_max + 1, 64) + "]}]"),
              "-32005 invalid argument 0: more than 1000 items; ask in several requests");
}

}  // namespace
}  // namespace plume::rpc
