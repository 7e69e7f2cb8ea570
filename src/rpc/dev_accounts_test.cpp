#include <gtest/gtest.h>

#include "base/thread.hpp"
#include "crypto/keccak.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const std::string someone = "0x00000000000000000000000000000000000000aa";

class DevAccounts : public testing::Test {
protected:
    std::string sender() const { return to_hex(test::RpcWorld::sender()); }
    std::string send(const std::string& from, const std::string& more = "") {
        return R"([{"from":")" + from + R"(","to":")" + someone + R"(","value":"0x5")" + more +
               "}]";
    }
    Json receipt(const Json& hash) {
        return world_.result("eth_getTransactionReceipt", "[" + boost::json::serialize(hash) + "]");
    }

    test::RpcWorld world_;
};

TEST_F(DevAccounts, are_listed_and_sign_messages) {
    EXPECT_EQ(world_.result("eth_accounts"), (boost::json::array{sender()}));
    const Json by_eth = world_.result("eth_sign", "[\"" + sender() + "\",\"0x6869\"]");
    EXPECT_EQ(by_eth, world_.result("personal_sign", "[\"0x6869\",\"" + sender() + "\",\"\"]"));
    const Bytes bytes = from_hex(std::string_view(by_eth.as_string()).substr(2)).value();
    ASSERT_EQ(bytes.size(), 65u);
    const BytesView view{bytes};
    const Signature signature{to_u256(*Hash::from(view.first(32))),
                              to_u256(*Hash::from(view.subspan(32, 32))), bytes[64] == 28};
    const Hash digest =
        keccak256(view_of("\x19"
                          "Ethereum Signed Message:\n2hi"));
    EXPECT_EQ(recover(digest, signature), test::RpcWorld::sender());
    EXPECT_EQ(world_.error("eth_sign", "[\"" + someone + "\",\"0x\"]"),
              "-32602 No Signer available");
}

TEST_F(DevAccounts, typed_data_comes_as_object_or_text) {
    const std::string data = R"({"types":{"A":[{"name":"a","type":"uint8"}]},"primaryType":"A",)"
                             R"("domain":{"name":"x"},"message":{"a":1}})";
    const Json one = world_.result("eth_signTypedData_v4", "[\"" + sender() + "\"," + data + "]");
    const std::string text = boost::json::serialize(Json(data));
    EXPECT_EQ(one, world_.result("eth_signTypedData_v4", "[\"" + sender() + "\"," + text + "]"));
    EXPECT_TRUE(world_.error("eth_signTypedData_v4", "[\"" + sender() + "\",\"{\"]")
                    .starts_with("-32602 invalid argument 1: no JSON"));
}

TEST_F(DevAccounts, send_what_is_filled_in) {
    const Json hash = world_.result("eth_sendTransaction", send(sender()));
    world_.mine();
    EXPECT_EQ(receipt(hash).at("status"), "0x1");
    EXPECT_EQ(receipt(hash).at("gasUsed"), "0x5208");
    EXPECT_EQ(world_.result("eth_getBalance", "[\"" + someone + "\"]"), "0x5");
    const Json raw = world_.result("eth_signTransaction", send(sender()));
    EXPECT_TRUE(
        world_.chain().submit(from_hex(std::string_view(raw.as_string()).substr(2)).value()).ok());
}

TEST_F(DevAccounts, who_is_impersonated_sends_without_a_key) {
    world_.result("anvil_setBalance", "[\"" + someone + "\",\"0xde0b6b3a7640000\"]");
    EXPECT_EQ(world_.error("eth_sendTransaction", send(someone)), "-32602 No Signer available");
    world_.result("hardhat_impersonateAccount", "[\"" + someone + "\"]");
    // A contract, too.
    world_.result("anvil_setCode", "[\"" + someone + "\",\"0x00\"]");
    const Json hash = world_.result("eth_sendTransaction", send(someone));
    world_.mine();
    EXPECT_EQ(receipt(hash).at("from"), Json(someone));
    EXPECT_EQ(receipt(hash).at("type"), "0x2");
    const Json sent =
        world_.result("eth_getTransactionByHash", "[" + boost::json::serialize(hash) + "]");
    EXPECT_EQ(sent.at("r"), "0x1");
    world_.result("hardhat_stopImpersonatingAccount", "[\"" + someone + "\"]");
    EXPECT_EQ(world_.error("eth_sendTransaction", send(someone)), "-32602 No Signer available");
    world_.result("anvil_autoImpersonateAccount", "[true]");
    EXPECT_TRUE(world_.result("eth_sendTransaction", send(someone)).is_string());
    EXPECT_TRUE(world_.result("eth_sendUnsignedTransaction", send(someone, R"(,"nonce":"0x2")"))
                    .is_string());
}

TEST_F(DevAccounts, those_who_send_at_once_get_nonces_one_after_another) {
    constexpr size_t senders = 4;
    constexpr uint64_t each = 12;
    std::array<std::vector<Json>, senders> sent;
    {
        std::vector<std::unique_ptr<Thread>> threads;
        for (auto& mine : sent)
            threads.push_back(std::make_unique<Thread>("sender", [this, &mine] {
                for (uint64_t i = 0; i < each; ++i)
                    mine.push_back(world_.request("eth_sendTransaction", send(sender())));
            }));
    }
    for (const auto& mine : sent)
        for (const Json& answer : mine)
            EXPECT_TRUE(answer.as_object().contains("result")) << boost::json::serialize(answer);
    EXPECT_EQ(world_.chain().pending_nonce(test::RpcWorld::sender()), senders * each);
}

TEST_F(DevAccounts, a_chain_with_impersonated_transactions_is_not_for_production) {
    EXPECT_FALSE(world_.chain().head()->is_development());
    world_.result("eth_sendUnsignedTransaction", send(sender()));
    world_.mine();
    EXPECT_TRUE(world_.chain().head()->is_development());
}

}  // namespace
}  // namespace plume::rpc
