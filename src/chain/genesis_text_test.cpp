#include "chain/genesis_text.hpp"

#include <gtest/gtest.h>

#include "contracts/catalog.hpp"
#include "evm/execution.hpp"

namespace plume {
namespace {

using namespace literals;

const Address someone = "0x00000000000000000000000000000000000000aa"_address;
const Address contract = "0x00000000000000000000000000000000000000bb"_address;

Genesis sample() {
    Genesis out;
    out.chain_id = 7;
    out.gas_limit = 12'345'678;
    out.base_fee = u256{5u};
    out.timestamp = 99;
    out.coinbase = someone;
    out.extra_data = Bytes{1, 2};
    out.prev_randao[0] = 1;
    out.nonce[7] = 3;
    out.difficulty = u256{4u};
    out.accounts[someone].balance = ~u256{} >> 8;
    out.accounts[contract] = {.balance = {},
                              .nonce = 1,
                              .code = Bytes{0x60, 0x00},
                              .storage = {{u256{0u}, u256{1u}}, {~u256{}, ~u256{}}}};
    return out;
}

TEST(GenesisText, is_read_as_it_was) {
    const Genesis genesis = sample();
    const auto parsed = parse_genesis(write_genesis(genesis));
    ASSERT_TRUE(parsed.ok()) << parsed.error().what;
    EXPECT_EQ(*parsed, genesis);
    EXPECT_EQ(parse_genesis(write_genesis(Genesis{.chain_id = 1}))->chain_id, 1u);
}

TEST(GenesisText, of_an_exported_state_may_hold_native_contracts) {
    Genesis genesis = sample();
    genesis.has_native_contracts = false;
    EXPECT_EQ(write_genesis(genesis).find("nativeCode"), std::string::npos);
    genesis.accounts[contract].code = native_code(native_types().front());
    const std::string text = write_genesis(genesis);
    const auto parsed = parse_genesis(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().what;
    EXPECT_EQ(*parsed, genesis);
    std::string other = text;
    other.replace(other.find("\"nativeCode\":true"), 17, "\"nativeCode\":false");
    EXPECT_NE(parse_genesis(other).error().what.find("begins with 0xef"), std::string::npos);
    genesis.accounts[contract].code = Bytes{0xef, 0x00};
    EXPECT_FALSE(parse_genesis(write_genesis(genesis)).ok()) << "no native contract has it";
}

}  // namespace
}  // namespace plume
