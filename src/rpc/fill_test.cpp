#include "rpc/fill.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

class Fill : public testing::Test {
protected:
    std::string request(const std::string& more = "") const {
        return R"([{"from":")" + to_hex(test::RpcWorld::sender()) + "\"" + more + "}]";
    }
    Json filled(const std::string& more) {
        return world_.result("eth_fillTransaction", request(more)).at("tx");
    }

    test::RpcWorld world_;
    const std::string to = R"(,"to":"0x00000000000000000000000000000000000000aa")";
};

TEST_F(Fill, gives_what_is_missing) {
    const Json out = filled(to);
    EXPECT_EQ(out.at("type"), "0x2");
    EXPECT_EQ(out.at("nonce"), "0x0");
    EXPECT_EQ(out.at("gas"), "0x5208");
    EXPECT_EQ(out.at("chainId"), "0x7a69");
    EXPECT_EQ(out.at("maxPriorityFeePerGas"), "0x3b9aca00");
    const u256 cap = world_.chain().next_base_fee() * u256{2u} + u256{suggested_tip};
    EXPECT_EQ(out.at("maxFeePerGas"), Json(to_quantity(cap)));
}

TEST_F(Fill, keeps_what_is_given) {
    const Json out = filled(to + R"(,"nonce":"0x7","gas":"0x9999","gasPrice":"0x77359400")");
    EXPECT_EQ(out.at("type"), "0x0");
    EXPECT_EQ(out.at("nonce"), "0x7");
    EXPECT_EQ(out.at("gas"), "0x9999");
    EXPECT_EQ(out.at("gasPrice"), "0x77359400");
    EXPECT_EQ(filled(to + R"(,"type":"0x1")").at("type"), "0x1");
    EXPECT_EQ(filled(to + R"(,"gasPrice":"0x77359400","accessList":[])").at("type"), "0x1");
    EXPECT_EQ(filled(to + R"(,"maxFeePerGas":"0x35a4e900")").at("maxPriorityFeePerGas"),
              "0x35a4e900");
}

TEST_F(Fill, refuses_what_cannot_be) {
    EXPECT_EQ(world_.error("eth_fillTransaction", "[{}]"),
              "-32602 invalid argument 0: \"from\" not specified");
    EXPECT_EQ(world_.error("eth_fillTransaction", request(to + R"(,"chainId":"0x1")")),
              "-32602 invalid argument 0: member chainId: chainId does not match node's (have=1, "
              "want=31337)");
    EXPECT_EQ(world_.error("eth_fillTransaction", request(to + R"(,"type":"0x3")")),
              "-32602 invalid argument 0: member type: not 0, 1, 2 or 4");
    // 0xfe is no instruction.
    EXPECT_EQ(world_.error("eth_fillTransaction", request(R"(,"data":"0xfe")")).substr(0, 6),
              "-32000");
}

}  // namespace
}  // namespace plume::rpc
