#include <gtest/gtest.h>

#include "rpc/format.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

const Address receiver = Address::parse(std::string(38, 'e') + "01").value();

class EthFees : public testing::Test {
protected:
    test::RpcWorld world_;
};

TEST_F(EthFees, a_price_is_the_next_base_fee_and_the_tip) {
    const u256 base_fee = next_base_fee(world_.chain().head()->header());
    EXPECT_EQ(world_.result("eth_maxPriorityFeePerGas"), "0x3b9aca00");
    EXPECT_EQ(world_.result("eth_gasPrice"), quantity(base_fee + u256{1'000'000'000u}));
    EXPECT_EQ(world_.result("eth_baseFee"), quantity(base_fee));
    EXPECT_EQ(world_.result("eth_blobBaseFee"), "0x1");
}

TEST_F(EthFees, history_has_a_fee_more_than_blocks) {
    for (int i = 0; i < 3; ++i) world_.mine();
    const Json history = world_.result("eth_feeHistory", R"(["0x2","latest",[]])");
    EXPECT_EQ(history.at("oldestBlock"), "0x2");
    EXPECT_EQ(history.at("baseFeePerGas").as_array().size(), 3u);
    EXPECT_EQ(history.at("gasUsedRatio").as_array().size(), 2u);
    EXPECT_EQ(history.at("baseFeePerBlobGas").as_array().size(), 3u);
    EXPECT_EQ(history.at("blobGasUsedRatio").as_array().size(), 2u);
    EXPECT_EQ(history.as_object().if_contains("reward"), nullptr);
    EXPECT_EQ(history.at("baseFeePerGas").at(1),
              quantity(world_.chain().head()->header(3)->base_fee));
    EXPECT_EQ(history.at("baseFeePerGas").at(2),
              quantity(next_base_fee(*world_.chain().head()->header(3))));
}

TEST_F(EthFees, history_is_asked_in_any_form_and_never_begins_before_the_genesis_block) {
    world_.mine();
    const Json all = world_.result("eth_feeHistory", R"(["0xa","latest"])");
    EXPECT_EQ(all.at("oldestBlock"), "0x0");
    EXPECT_EQ(all.at("gasUsedRatio").as_array().size(), 2u);
    EXPECT_EQ(world_.result("eth_feeHistory", R"([10,"latest",null])"), all);
    EXPECT_EQ(world_.result("eth_feeHistory", R"(["10","pending"])"), all);
    EXPECT_EQ(world_.result("eth_feeHistory", R"(["0xffffffffffffffff","0x1"])"), all);
    EXPECT_EQ(world_.result("eth_feeHistory", R"(["0x0","latest"])").at("gasUsedRatio"),
              boost::json::array{});
    EXPECT_EQ(world_.error("eth_feeHistory", R"(["0x1","0x5"])"), "-32000 header not found");
}

TEST_F(EthFees, rewards_are_the_tips_at_percentiles_of_gas) {
    const auto with_tip = [](uint64_t nonce, uint64_t tip) {
        Transaction fields = test::RpcWorld::transaction(nonce, receiver)->fields;
        fields.max_priority_fee_per_gas = u256{tip};
        return sign_transaction(fields, test::RpcWorld::key());
    };
    // Four transfers of 21,000 gas each: every quarter of the block's gas has its own tip.
    for (uint64_t i = 0; i < 4; ++i)
        ASSERT_TRUE(world_.chain().submit(with_tip(i, 400 - i * 100)).ok());
    world_.mine();
    world_.mine();
    const Json rewards =
        world_.result("eth_feeHistory", R"(["0x2","latest",[0,25,25.1,50,99.9,100]])").at("reward");
    EXPECT_EQ(rewards.at(0),
              (boost::json::array{"0x64", "0x64", "0xc8", "0xc8", "0x190", "0x190"}));
    EXPECT_EQ(rewards.at(1), (boost::json::array{"0x0", "0x0", "0x0", "0x0", "0x0", "0x0"}));
}

TEST_F(EthFees, percentiles_are_ascending_and_between_0_and_100) {
    const std::string out_of_range = "-32602 invalid argument 2: percentile out of range 0 to 100";
    EXPECT_EQ(world_.error("eth_feeHistory", R"(["0x1","latest",[-0.1]])"), out_of_range);
    EXPECT_EQ(world_.error("eth_feeHistory", R"(["0x1","latest",[100.1]])"), out_of_range);
    EXPECT_EQ(world_.error("eth_feeHistory", R"(["0x1","latest",[20,10]])"),
              "-32602 invalid argument 2: percentiles are not in ascending order");
    std::string list = "1";
    for (int i = 1; i < 100; ++i) list += ",1";
    EXPECT_TRUE(world_.result("eth_feeHistory", "[\"0x1\",\"latest\",[" + list + "]]").is_object());
    EXPECT_EQ(world_.error("eth_feeHistory", "[\"0x1\",\"latest\",[" + list + ",1]]"),
              "-32005 invalid argument 2: more than 100 items; ask in several requests");
}

}  // namespace
}  // namespace plume::rpc
