#include "rpc/revert.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

// Outputs and messages of execution-apis' eth_call and eth_estimateGas cases.
TEST(Revert, a_reason_is_said) {
    EXPECT_EQ(revert_message(
                  *from_hex("0x08c379a0"
                            "0000000000000000000000000000000000000000000000000000000000000020"
                            "000000000000000000000000000000000000000000000000000000000000000a"
                            "75736572206572726f7200000000000000000000000000000000000000000000")),
              "execution reverted: user error");
}

TEST(Revert, a_panic_is_named) {
    const auto panic = [](std::string_view last_byte) {
        return revert_message(
            *from_hex("0x4e487b71" + std::string(62, '0') + std::string(last_byte)));
    };
    EXPECT_EQ(panic("01"), "execution reverted: assert(false)");
    EXPECT_EQ(panic("11"), "execution reverted: arithmetic underflow or overflow");
    EXPECT_EQ(panic("99"), "execution reverted: unknown panic code: 0x99");
}

TEST(Revert, other_data_has_no_text) {
    EXPECT_EQ(revert_message({}), "execution reverted");
    EXPECT_EQ(revert_message(*from_hex("0x77726f6e672d63616c6c6461746173697a65")),
              "execution reverted");
    EXPECT_EQ(revert_message(*from_hex("0x08c379a0")), "execution reverted");
    EXPECT_EQ(revert_message(*from_hex("0x08c379")), "execution reverted");
    EXPECT_EQ(revert_message(*from_hex("0x4e487b7101")), "execution reverted");
}

TEST(Revert, only_a_revert_has_code_3_and_data) {
    const RpcError reverted = error_of({Status::revert, 7, {0x12, 0x34}});
    EXPECT_EQ(reverted.code, 3);
    EXPECT_EQ(reverted.data, Json("0x1234"));
    const RpcError out_of_gas = error_of({Status::out_of_gas, 0, {}});
    EXPECT_EQ(out_of_gas.code, -32000);
    EXPECT_EQ(out_of_gas.message, "out of gas");
    EXPECT_FALSE(out_of_gas.data.has_value());
}

}  // namespace
}  // namespace plume::rpc
