#include "rpc/overrides.hpp"

#include <gtest/gtest.h>

#include "crypto/keccak.hpp"

namespace plume::rpc {
namespace {

using namespace plume::literals;

constexpr Address someone = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address another = "0x00000000000000000000000000000000000000bb"_address;

/// Everybody has balance 5 and nonce 6, and 7 in every slot.
class Sevens : public StateView {
public:
    std::optional<AccountFields> account(const Address&) const override {
        AccountFields out;
        out.balance = u256{5u};
        out.nonce = 6;
        return out;
    }
    u256 storage(const Address&, const u256&) const override { return u256{7u}; }
    Bytes code(const Hash&) const override { return {0x07}; }
};

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

TEST(Overrides, replace_what_is_given_and_nothing_else) {
    const Sevens under;
    const OverriddenView view(under, read(of_someone(R"("balance":"0x9","code":"0xabcd")")));
    const AccountFields account = view.account(someone).value();
    EXPECT_EQ(account.balance, 9u);
    EXPECT_EQ(account.nonce, 6u);
    EXPECT_EQ(account.code_hash, keccak256(*from_hex("abcd")));
    EXPECT_EQ(view.code(account.code_hash), *from_hex("abcd"));
    EXPECT_EQ(view.code(Hash{}), Bytes{0x07});
    EXPECT_EQ(view.storage(someone, u256{1u}), 7u);
    EXPECT_EQ(view.account(another)->balance, 5u);
}

TEST(Overrides, state_diff_leaves_other_slots_and_state_clears_them) {
    const Sevens under;
    const std::string slots = "{\"" + slot_one + "\":\"" + word_nine + "\"}";
    const OverriddenView diff(under, read(of_someone("\"stateDiff\":" + slots)));
    EXPECT_EQ(diff.storage(someone, u256{1u}), 9u);
    EXPECT_EQ(diff.storage(someone, u256{2u}), 7u);
    const OverriddenView whole(under, read(of_someone("\"state\":" + slots)));
    EXPECT_EQ(whole.storage(someone, u256{1u}), 9u);
    EXPECT_EQ(whole.storage(someone, u256{2u}), 0u);
    EXPECT_EQ(whole.storage(another, u256{2u}), 7u);
}

TEST(Overrides, what_is_not_understood_is_refused) {
    EXPECT_EQ(refusal("null"), "");
    EXPECT_EQ(refusal(R"({"0xaa":{}})"), "invalid argument 2: member 0xaa: not an address");
    EXPECT_NE(refusal(of_someone(R"("movePrecompileToAddress":"0x1")")), "");
    EXPECT_NE(refusal(of_someone(R"("state":{},"stateDiff":{})")), "");
    EXPECT_NE(refusal(of_someone(R"("stateDiff":{"0x1":"0x1"})")), "");
}

}  // namespace
}  // namespace plume::rpc
