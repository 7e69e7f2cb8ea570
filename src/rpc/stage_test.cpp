#include "rpc/stage.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

using namespace plume::literals;

BlockOverrides read(std::string_view json) {
    const Json value = boost::json::parse(json);
    return read_block_overrides(Field(&value, 3));
}

std::string refusal(std::string_view json) {
    try {
        read(json);
    } catch (const RpcError& error) {
        return error.message;
    }
    return "";
}

TEST(BlockOverrides, hold_what_is_given_and_nothing_else) {
    BlockEnvironment block;
    block.number = 1;
    block.timestamp = 2;
    block.base_fee = u256{3u};
    apply(read("null"), block);
    apply(read(R"({"number":"0x5","blobBaseFee":"0x8","gasLimit":"0x9"})"), block);
    EXPECT_EQ(block.number, 5u);
    EXPECT_EQ(block.timestamp, 2u);
    EXPECT_EQ(block.base_fee, 3u);
    EXPECT_EQ(block.blob_base_fee, 8u);
    EXPECT_EQ(block.gas_limit, 9u);
}

TEST(BlockOverrides, are_known_by_the_names_of_geth_and_alloy) {
    const std::string address = R"("0x00000000000000000000000000000000000000aa")";
    const std::string hash = "\"0x" + std::string(64, '1') + "\"";
    const BlockOverrides geth = read(R"({"feeRecipient":)" + address + R"(,"prevRandao":)" + hash +
                                     R"(,"baseFeePerGas":"0x7","time":"0x6"})");
    const BlockOverrides alloy = read(R"({"coinbase":)" + address + R"(,"random":)" + hash +
                                      R"(,"baseFee":"0x7","time":"0x6","difficulty":"0x0"})");
    for (const BlockOverrides& overrides : {geth, alloy}) {
        EXPECT_EQ(overrides.coinbase, "0x00000000000000000000000000000000000000aa"_address);
        EXPECT_EQ(to_hex(*overrides.prev_randao), hash.substr(1, 66));
        EXPECT_EQ(overrides.base_fee, u256{7u});
        EXPECT_EQ(overrides.timestamp, 6u);
    }
}

TEST(BlockOverrides, what_is_not_understood_is_refused) {
    EXPECT_EQ(refusal(R"({"numbers":"0x1"})"), "invalid argument 3: unknown member \"numbers\"");
    EXPECT_EQ(refusal(R"({"baseFee":"0x1","baseFeePerGas":"0x1"})"),
              "invalid argument 3: member baseFee: is another name of baseFeePerGas");
    EXPECT_NE(refusal(R"({"difficulty":"0x1"})"), "");
    EXPECT_NE(refusal(R"({"number":"0x10000000000000000"})"), "");
    const std::string bits128 = "0x" + std::string(32, 'f');
    EXPECT_EQ(refusal("{\"baseFee\":\"" + bits128 + "\"}"), "");
    EXPECT_EQ(refusal("{\"baseFee\":\"" + bits128 + "f\"}"),
              "invalid argument 3: member baseFee: number > 128 bits");
    EXPECT_NE(refusal("{\"blobBaseFee\":\"" + bits128 + "f\"}"), "");
}

}  // namespace
}  // namespace plume::rpc
