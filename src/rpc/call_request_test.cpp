#include "rpc/call_request.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

using namespace literals;

CallRequest read(std::string_view json) {
    const Json value = boost::json::parse(json);
    return read_call(Field(&value, 0));
}

std::string refusal(std::string_view json) {
    try {
        read(json);
    } catch (const RpcError& error) {
        return error.message;
    }
    return "";
}

TEST(CallRequest, every_member_is_read) {
    const CallRequest request = read(
        R"({"from":"0x00000000000000000000000000000000000000aa",)"
        R"("to":"0x00000000000000000000000000000000000000bb","gas":"0x5208","value":"0x7",)"
        R"("maxFeePerGas":"0x9","maxPriorityFeePerGas":"0x3","input":"0x0102","nonce":"0x1",)"
        R"("chainId":"0x1","accessList":[{"address":"0x00000000000000000000000000000000000000cc",)"
        R"("storageKeys":)"
        R"(["0x00000000000000000000000000000000000000000000000000000000000000dd"]}]})");
    EXPECT_EQ(request.from[19], 0xaa);
    EXPECT_EQ(request.to.value()[19], 0xbb);
    EXPECT_EQ(request.gas_limit, 0x5208u);
    EXPECT_EQ(request.value, 7u);
    EXPECT_EQ(request.max_fee_per_gas, 9u);
    EXPECT_EQ(request.max_priority_fee_per_gas, 3u);
    EXPECT_EQ(request.data, (Bytes{1, 2}));
    ASSERT_EQ(request.access_list.size(), 1u);
    EXPECT_EQ(request.access_list[0].address[19], 0xcc);
    EXPECT_EQ(request.access_list[0].slots[0][31], 0xdd);
}

/// `count` authorizations that differ from a right one in `parity`.
std::string with_authorizations(size_t count, std::string_view parity = "0x1") {
    const std::string one =
        R"({"chainId":"0x7a69","address":"0x00000000000000000000000000000000000000aa",)"
        R"("nonce":"0x2","r":"0x3","s":"0x4","yParity":")" +
        std::string(parity) + R"("})";
    std::string out;
    for (size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + one;
    return R"({"authorizationList":[)" + out + "]}";
}

TEST(CallRequest, authorizations_are_read) {
    const Address lender = "0x00000000000000000000000000000000000000aa"_address;
    const Authorization expected{31'337_u256, lender, 2, 1, 3_u256, 4_u256};
    EXPECT_EQ(read(with_authorizations(1)).authorizations, std::vector{expected});
    EXPECT_TRUE(read(with_authorizations(0)).authorizations.empty());
    EXPECT_EQ(read(with_authorizations(1'024)).authorizations.size(), 1'024u);
    EXPECT_NE(refusal(with_authorizations(1'025)), "");
    EXPECT_EQ(refusal(with_authorizations(1, "0x2")),
              "invalid argument 0: member yParity: not 0 or 1");
    EXPECT_NE(refusal(R"({"authorizationList":[{}]})"), "");
}

TEST(CallRequest, nothing_need_be_given) {
    const CallRequest request = read(R"({"to":null,"data":null})");
    EXPECT_TRUE(request.from.is_zero());
    EXPECT_FALSE(request.to.has_value());
    EXPECT_FALSE(request.gas_limit.has_value());
    EXPECT_TRUE(request.max_fee_per_gas.is_zero());
    EXPECT_TRUE(request.data.empty());
}

TEST(CallRequest, data_and_input_may_both_be_there_when_equal) {
    EXPECT_EQ(read(R"({"data":"0x01"})").data, Bytes{1});
    EXPECT_EQ(read(R"({"input":"0x01"})").data, Bytes{1});
    EXPECT_EQ(read(R"({"input":"0x01","data":"0x01"})").data, Bytes{1});
    EXPECT_EQ(
        refusal(R"({"input":"0x01","data":"0x02"})"),
        "invalid argument 0: both \"data\" and \"input\" are set and not equal; use \"input\"");
}

TEST(CallRequest, a_gas_price_is_cap_and_tip) {
    const CallRequest request = read(R"({"gasPrice":"0x5"})");
    EXPECT_EQ(request.max_fee_per_gas, 5u);
    EXPECT_EQ(request.max_priority_fee_per_gas, 5u);
    EXPECT_EQ(refusal(R"({"gasPrice":"0x5","maxFeePerGas":"0x5"})"),
              "invalid argument 0: both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) "
              "specified");
}

TEST(CallRequest, what_would_be_lost_is_refused) {
    EXPECT_EQ(refusal(R"({"blobVersionedHashes":[]})"), "");
    EXPECT_EQ(refusal(R"({"blobVersionedHashes":["0x"]})"),
              "invalid argument 0: member blobVersionedHashes: this chain has no blobs");
    EXPECT_EQ(refusal("[]"), "invalid argument 0: not an object");
}

}  // namespace
}  // namespace plume::rpc
