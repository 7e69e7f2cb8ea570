#include <gtest/gtest.h>

#include "codec/abi.hpp"
#include "contracts/addresses.hpp"
#include "crypto/keccak.hpp"
#include "rpc/format.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string attestations = to_hex(contracts::attestations);
const std::string conditions = to_hex(contracts::conditions);

template <class... T>
Bytes call_data(std::string_view signature, const T&... arguments) {
    const Hash hash = keccak256(signature);
    Bytes out(hash.begin(), hash.begin() + 4);
    append(out, abi::encode(arguments...));
    return out;
}

std::string call_object(const std::string& to, const Bytes& data, const std::string& more = "") {
    return "{\"to\":\"" + to + "\",\"data\":\"" + to_hex(data) + "\"" + more + "}";
}

std::string word(uint64_t number) {
    return to_hex(to_word(u256{number}));
}

class EthCalls : public testing::Test {
protected:
    /// What the native condition `after_(time)` says in the context of `block`.
    Json is_after(uint64_t time, const std::string& block) {
        return world_.result(
            "eth_call", "[" + call_object(conditions, call_data("after_(uint64)", time)) + ",\"" +
                            block + "\"]");
    }

    test::RpcWorld world_;
};

TEST_F(EthCalls, a_view_answers) {
    const Bytes data = call_data("getSchemaRegistry()");
    const Json answer = Json(to_hex(to_word(to_u256(contracts::attestations))));
    const std::string object = call_object(attestations, data);
    EXPECT_EQ(world_.result("eth_call", "[" + object + "]"), answer);
    EXPECT_EQ(world_.result("eth_call", "[" + object + ",\"latest\"]"), answer);
    EXPECT_EQ(world_.result("eth_call", "[" + object + ",{\"blockNumber\":\"0x0\"}]"), answer);
    const std::string both = call_object(
        attestations, data, ",\"input\":\"" + to_hex(data) + "\",\"chainId\":\"0x7a69\"");
    EXPECT_EQ(world_.result("eth_call", "[" + both + ",\"latest\"]"), answer);
    EXPECT_EQ(world_.error("eth_call", "[" + object + ",\"0x9\"]"), "-32000 header not found");
}

TEST_F(EthCalls, latest_is_in_the_heads_block_and_pending_in_the_next) {
    const uint64_t head_time = test::RpcWorld::genesis_time;
    world_.now = head_time + 100;
    EXPECT_EQ(is_after(head_time + 50, "latest"), Json(word(0)));
    EXPECT_EQ(is_after(head_time + 50, "pending"), Json(word(1)));
    world_.mine();
    EXPECT_EQ(is_after(head_time + 50, "latest"), Json(word(1)));
    EXPECT_EQ(is_after(head_time + 50, "0x0"), Json(word(0)));
}

TEST_F(EthCalls, a_revert_has_code_3_and_its_data) {
    const Hash data = to_word(u256{7u});
    world_.run(
        world_.transaction(0, contracts::attestations, call_data("timestamp(bytes32)", data)));
    const std::string object = call_object(attestations, call_data("timestamp(bytes32)", data));
    for (const char* method : {"eth_call", "eth_estimateGas"}) {
        const Json error = world_.request(method, "[" + object + "]").at("error");
        EXPECT_EQ(error.at("code"), 3);
        EXPECT_EQ(error.at("message"), "execution reverted");
        EXPECT_EQ(error.at("data"),
                  hex_data(BytesView{keccak256("AlreadyTimestamped()")}.first(4)));
    }
}

TEST_F(EthCalls, other_failures_are_server_errors) {
    const std::string poor =
        call_object(attestations, call_data("getSchemaRegistry()"), ",\"gas\":\"0x5300\"");
    EXPECT_TRUE(world_.error("eth_call", "[" + poor + "]").starts_with("-32000 "));
    const std::string rich = "{\"to\":\"" + attestations + "\",\"value\":\"0x1\"}";
    EXPECT_TRUE(world_.error("eth_call", "[" + rich + "]")
                    .starts_with("-32000 insufficient funds for gas * price + value"));
}

TEST_F(EthCalls, creations_run_with_or_without_a_null_recipient) {
    // PUSH1 0x2a, PUSH0, MSTORE8, PUSH1 1, PUSH0, RETURN
    const std::string data = R"("data":"0x602a5f5360015ff3")";
    for (const std::string& object : {R"([{"to":null,)" + data + "}]", "[{" + data + "}]"}) {
        EXPECT_EQ(world_.result("eth_call", object), "0x2a");
        EXPECT_EQ(world_.result("eth_estimateGas", object), "0xd062");
    }
}

TEST_F(EthCalls, overrides_hold_for_the_call_only) {
    const std::string poor = "0x" + std::string(40, 'c');
    const std::string object =
        "{\"from\":\"" + poor + "\",\"to\":\"" + std::string(poor) + "\",\"value\":\"0x5\"}";
    EXPECT_NE(world_.error("eth_call", "[" + object + ",\"latest\"]"), "");
    EXPECT_EQ(world_.result("eth_call",
                            "[" + object + ",\"latest\",{\"" + poor + "\":{\"balance\":\"0x5\"}}]"),
              "0x");
    EXPECT_EQ(world_.error("eth_call", "[" + object + ",\"latest\",{},{},{}]"),
              "-32602 too many arguments, want at most 4");
}

TEST_F(EthCalls, the_block_may_be_imagined_too) {
    const std::string object = call_object(
        conditions, call_data("after_(uint64)", uint64_t{test::RpcWorld::genesis_time + 9}));
    const auto answer = [&](const std::string& overrides) {
        return world_.result("eth_call", "[" + object + ",\"latest\",{}," + overrides + "]");
    };
    EXPECT_EQ(answer("null"), Json(word(0)));
    EXPECT_EQ(answer(R"({"time":"0x7fffffff"})"), Json(word(1)));
    EXPECT_NE(world_.error("eth_call", "[" + object + R"(,"latest",null,{"day":"0x1"}])"), "");
    EXPECT_TRUE(
        world_.error("eth_estimateGas", "[" + object + R"(,"latest",null,{"gasLimit":"0x5208"}])")
            .starts_with("-32000"));
}

TEST_F(EthCalls, an_access_list_names_what_a_native_contract_reads) {
    const std::string object =
        call_object(attestations, call_data("getTimestamp(bytes32)", to_word(u256{7u})));
    const Json listed = world_.result("eth_createAccessList", "[" + object + "]");
    ASSERT_EQ(listed.at("accessList").as_array().size(), 1u);
    const Json& entry = listed.at("accessList").as_array()[0];
    EXPECT_EQ(entry.at("address"), Json(attestations));
    EXPECT_EQ(entry.at("storageKeys").as_array().size(), 1u);
    EXPECT_FALSE(listed.as_object().contains("error"));
    const std::string payment = R"([{"to":"0x)" + std::string(40, 'd') + R"("}])";
    EXPECT_EQ(boost::json::serialize(world_.result("eth_createAccessList", payment)),
              R"({"accessList":[],"gasUsed":"0x5208"})");
    const std::string refused = call_object(attestations, Bytes{1, 2, 3, 4});
    EXPECT_EQ(world_.result("eth_createAccessList", "[" + refused + "]").at("error"),
              Json("execution reverted"));
}

TEST_F(EthCalls, an_estimate_is_the_least_that_works) {
    EXPECT_EQ(world_.result("eth_estimateGas", "[{\"to\":\"0x" + std::string(40, 'd') + "\"}]"),
              "0x5208");
    const Bytes data = call_data("timestamp(bytes32)", to_word(u256{7u}));
    const std::string from = ",\"from\":\"" + to_hex(test::RpcWorld::sender()) + "\"";
    const Json estimate =
        world_.result("eth_estimateGas", "[" + call_object(attestations, data, from) + "]");
    for (const char* block : {"latest", "pending", "0x0"})
        EXPECT_EQ(world_.result("eth_estimateGas", "[" + call_object(attestations, data, from) +
                                                       ",\"" + block + "\"]"),
                  estimate);
    const uint64_t gas = parse_number(std::string_view(estimate.as_string()))->low64();
    const auto outcome = [&](uint64_t limit, uint64_t nonce) {
        world_.run(world_.transaction(nonce, contracts::attestations, data, {}, limit));
        const std::string hash =
            to_hex(world_.chain().head()->block(nonce + 1)->transactions[0]->hash);
        return world_.result("eth_getTransactionReceipt", "[\"" + hash + "\"]").at("status");
    };
    EXPECT_EQ(outcome(gas - 1, 0), "0x0");
    EXPECT_EQ(outcome(gas, 1), "0x1");
}

}  // namespace
}  // namespace plume::rpc
