#include "rpc/overrides.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

using namespace plume::literals;

constexpr Address someone = "0x00000000000000000000000000000000000000aa"_address;

Overrides read(std::string_view json) {
    const Json value = boost::json::parse(json);
    return read_overrides(Field(&value, 2));
}

std::string refusal(std::string_view json) {
    try {
        read(json);
    } catch (const RpcError& error) {
        return error.message;
    }
    return "";
}

const std::string slot_one = "0x" + std::string(63, '0') + "1";
const std::string word_nine = "0x" + std::string(63, '0') + "9";

std::string of_someone(const std::string& members) {
    return R"({"0x00000000000000000000000000000000000000aa":{)" + members + "}}";
}

TEST(Overrides, hold_what_is_given_and_nothing_else) {
    const Overrides overrides = read(of_someone(R"("balance":"0x9","code":"0xabcd")"));
    ASSERT_EQ(overrides.size(), 1u);
    const AccountOverride& account = overrides.at(someone);
    EXPECT_EQ(account.balance, u256{9u});
    EXPECT_EQ(account.nonce, std::nullopt);
    EXPECT_EQ(account.code, from_hex("abcd"));
    EXPECT_TRUE(account.slots.empty());
    EXPECT_FALSE(account.replaces_storage);
}

TEST(Overrides, state_replaces_and_state_diff_adds) {
    const std::string slots = "{\"" + slot_one + "\":\"" + word_nine + "\"}";
    const std::map<u256, u256> nine{{u256{1u}, u256{9u}}};
    const AccountOverride diff = read(of_someone("\"stateDiff\":" + slots)).at(someone);
    EXPECT_EQ(diff.slots, nine);
    EXPECT_FALSE(diff.replaces_storage);
    const AccountOverride whole = read(of_someone("\"state\":" + slots)).at(someone);
    EXPECT_EQ(whole.slots, nine);
    EXPECT_TRUE(whole.replaces_storage);
}

TEST(Overrides, what_is_not_understood_is_refused) {
    EXPECT_EQ(refusal("null"), "");
    EXPECT_EQ(refusal(R"({"0xaa":{}})"), "invalid argument 2: member 0xaa: not an address");
    const std::string sha = R"({"0x0000000000000000000000000000000000000002":{)";
    EXPECT_EQ(refusal(of_someone(R"("movePrecompileToAddress":"0x1")")),
              "account " + to_hex(someone) + " is not a precompile");
    EXPECT_NE(refusal(sha + R"("movePrecompileToAddress":"0x1"}})"), "");
    EXPECT_NE(refusal(sha + R"("code":"0x00"}})"), "");
    EXPECT_EQ(refusal(sha + R"("balance":"0x1"}})"), "");
    EXPECT_NE(refusal(of_someone(R"("state":{},"stateDiff":{})")), "");
    EXPECT_NE(refusal(of_someone(R"("stateDiff":{"0x1":"0x1"})")), "");
}

}  // namespace
}  // namespace plume::rpc
