#include "chain/genesis.hpp"

#include <gtest/gtest.h>

#include "chain/system.hpp"
#include "contracts/catalog.hpp"
#include "state/root.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address someone = "0x00000000000000000000000000000000000000aa"_address;

std::string refusal(std::string_view json) {
    const auto parsed = parse_genesis(json);
    return parsed.ok() ? "" : parsed.error().what;
}

/// A file with this chain id and these further members.
std::string with(std::string_view members) {
    return R"({"config": {"chainId": 31337}, )" + std::string(members) + "}";
}

TEST(Genesis, only_the_chain_id_must_be_there) {
    const auto parsed = parse_genesis(R"({"config": {"chainId": 31337}})");
    ASSERT_TRUE(parsed.ok()) << parsed.error().what;
    EXPECT_EQ(parsed->chain_id, 31'337u);
    EXPECT_EQ(parsed->gas_limit, default_gas_limit);
    EXPECT_EQ(parsed->base_fee, u256{default_base_fee});
    EXPECT_TRUE(parsed->accounts.empty());
    EXPECT_TRUE(parsed->has_native_contracts);
}

TEST(Genesis, reads_a_file_as_geth_does) {
    const auto parsed = parse_genesis(R"({
        "config": {"chainId": 7, "homesteadBlock": 0, "shanghaiTime": 0, "blobSchedule": {}},
        "nonce": "0x42", "timestamp": "0x10", "extraData": "0xabcd", "gasLimit": "30000000",
        "difficulty": "0x1", "baseFeePerGas": 5, "number": "0x0", "gasUsed": "0x0",
        "excessBlobGas": null,
        "mixHash": "0x1100000000000000000000000000000000000000000000000000000000000000",
        "coinbase": "0x00000000000000000000000000000000000000bb",
        "alloc": {"00000000000000000000000000000000000000AA":
            {"balance": "0xde0b6b3a7640000", "nonce": "0x1",
             "storage": {"0x01": "0x02", "0x03": "0x00"}}},
        "unknown": true})");
    ASSERT_TRUE(parsed.ok()) << parsed.error().what;
    Genesis expected;
    expected.chain_id = 7;
    expected.gas_limit = 30'000'000;
    expected.base_fee = u256{5u};
    expected.timestamp = 16;
    expected.coinbase = "0x00000000000000000000000000000000000000bb"_address;
    expected.extra_data = {0xab, 0xcd};
    expected.prev_randao[0] = 0x11;
    expected.nonce[7] = 0x42;
    expected.difficulty = u256{1u};
    expected.accounts[someone] = {
        .balance = 1'000'000'000'000'000'000_u256, .nonce = 1, .storage = {{u256{1u}, u256{2u}}}};
    EXPECT_EQ(*parsed, expected);
}

TEST(Genesis, refusals_name_the_member) {
    EXPECT_TRUE(refusal("{").starts_with("genesis: not JSON"));
    EXPECT_EQ(refusal("[]"), "genesis: the file is not an object");
    EXPECT_EQ(refusal("{}"), "genesis: config.chainId is missing");
    EXPECT_EQ(refusal(R"({"config": {"chainId": 0}})"), "genesis: config.chainId is 0");
    EXPECT_EQ(refusal(R"({"config": {"chainId": "x"}})"),
              "genesis: config.chainId is not a number below 2^256");
    EXPECT_EQ(refusal(R"({"config": {"chainId": 18446744073709551616}})"),
              "genesis: config.chainId is not a number below 2^256");
    EXPECT_EQ(refusal(with(R"("alloc": 1)")), "genesis: alloc is not an object");
    EXPECT_EQ(refusal(with(R"("alloc": {"0x12": {}})")), "genesis: alloc.0x12 is not an address");
    EXPECT_EQ(refusal(with(R"("coinbase": "0x12")")),
              "genesis: coinbase is not 20 bytes in hexadecimal");
    EXPECT_EQ(refusal(with(R"("timestamp": -1)")),
              "genesis: timestamp is not a number below 2^256");
    EXPECT_EQ(refusal(with(R"("extraData": "zz")")), "genesis: extraData is not hexadecimal data");
    EXPECT_TRUE(refusal(with(R"("number": "0x1")")).starts_with("genesis: number must be 0"));
}

TEST(Genesis, refusals_name_the_account) {
    const auto account = [](std::string_view content) {
        return refusal(with(R"("alloc": {"00000000000000000000000000000000000000aa": )" +
                            std::string(content) + "}"));
    };
    const std::string name = "genesis: alloc.00000000000000000000000000000000000000aa";
    EXPECT_EQ(account(R"({"balance": "1"})"), "");
    EXPECT_EQ(account("7"), name + " is not an object");
    EXPECT_EQ(account(R"({"balance": "one"})"), name + ".balance is not a number below 2^256");
    EXPECT_EQ(account(R"({"nonce": "0x10000000000000000"})"),
              name + ".nonce is not a number below 2^64");
    EXPECT_EQ(account(R"({"code": "0x"})"), "");
    EXPECT_EQ(account(R"({"code": "0x00"})"), "");
    EXPECT_TRUE(
        account(R"({"code": "0xef5000010001"})").starts_with(name + ".code begins with 0xef"));
    EXPECT_EQ(account(R"({"code": "0xef0100)" + std::string(40, '1') + R"("})"), "");
    EXPECT_EQ(account(R"({"code": "0x)" + std::string(2 * 24'577, '0') + R"("})"),
              name + ".code has more than 24576 bytes (EIP-170)");
    EXPECT_EQ(
        account(R"({"storage": {"0x1": "0x1"}})"),
        name + ".storage needs a nonce or code: an account without them may be deleted as empty");
    EXPECT_EQ(account(R"({"nonce": 1, "storage": {"0x1": "0x1", "0x01": "0x1"}})"),
              name + ".storage.0x01 is given twice");
}

TEST(Genesis, the_same_account_twice_is_refused) {
    EXPECT_EQ(refusal(with(R"("alloc": {"00000000000000000000000000000000000000aa": {},
                                        "0x00000000000000000000000000000000000000AA": {}})")),
              "genesis: alloc.0x00000000000000000000000000000000000000AA is given twice");
}

TEST(Genesis, all_balances_together_fit_in_256_bits) {
    const std::string half =
        "\"0x8000000000000000000000000000000000000000000000000000000000000000\"";
    const auto two = [&](const std::string& other) {
        return refusal(
            with(R"("alloc": {"00000000000000000000000000000000000000aa": {"balance": )" + half +
                 R"(}, "00000000000000000000000000000000000000ab": {"balance": )" + other + "}}"));
    };
    EXPECT_EQ(two("\"0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\""), "");
    EXPECT_NE(two(half).find("2^256 or more"), std::string::npos);
}

TEST(Genesis, header_fields_are_bounded) {
    EXPECT_EQ(refusal(with(R"("gasLimit": 5000)")), "");
    EXPECT_EQ(refusal(with(R"("gasLimit": 4999)")), "genesis: gasLimit is below 5000");
    EXPECT_EQ(refusal(with(R"("timestamp": 253402300799)")), "");
    EXPECT_EQ(refusal(with(R"("timestamp": 253402300800)")),
              "genesis: timestamp lies beyond the year 9999");
    EXPECT_EQ(refusal(with(R"("baseFeePerGas": "0xffffffffffffffffffffffffffffffff")")), "");
    EXPECT_EQ(refusal(with(R"("baseFeePerGas": "0x100000000000000000000000000000000")")),
              "genesis: baseFeePerGas is 2^128 or more");
    EXPECT_EQ(refusal(with("\"extraData\": \"0x" + std::string(64, '1') + '"')), "");
    EXPECT_EQ(refusal(with("\"extraData\": \"0x" + std::string(66, '1') + '"')),
              "genesis: extraData has more than 32 bytes");
}

TEST(Genesis, depth_and_size_are_bounded) {
    EXPECT_TRUE(refusal(std::string(100'000, '[')).starts_with("genesis: not JSON"));
    EXPECT_EQ(refusal(std::string(genesis_size_max + 1, ' ')),
              "genesis: the file is larger than 64 MiB");
}

TEST(Genesis, native_contracts_can_be_left_out_and_unknown_wishes_are_refused) {
    EXPECT_FALSE(
        parse_genesis(with(R"("plume": {"nativeContracts": false})"))->has_native_contracts);
    EXPECT_EQ(refusal(with(R"("plume": {"nativeContracts": 1})")),
              "genesis: plume.nativeContracts is neither true nor false");
    EXPECT_EQ(refusal(with(R"("plume": {"typo": 1})")),
              "genesis: plume.typo is not known to this version");
}

TEST(Genesis, block_zero_has_the_native_contracts_at_their_places) {
    Genesis genesis;
    genesis.chain_id = 1;
    const Executed executed = build_genesis(genesis, native_types());
    std::vector<Address> places{history_address};
    for (const GenesisContract& contract : genesis_contracts()) places.push_back(contract.address);
    ASSERT_EQ(executed.changes.accounts.size(), places.size());
    for (const Address& place : places) {
        const auto change =
            std::ranges::find(executed.changes.accounts, place, &AccountChange::address);
        ASSERT_NE(change, executed.changes.accounts.end());
        EXPECT_EQ(change->after->nonce, 1u);
        EXPECT_TRUE(change->after->has_code());
    }
    genesis.has_native_contracts = false;
    const Executed bare = build_genesis(genesis, native_types());
    EXPECT_TRUE(bare.changes.accounts.empty());
    EXPECT_EQ(bare.block.header.state_root, empty_trie_root);
    EXPECT_NE(bare.block.hash, executed.block.hash);
}

TEST(Genesis, the_place_of_a_native_contract_takes_a_balance_and_nothing_else) {
    const auto alloc = [](std::string_view content) {
        return refusal(with(R"("alloc": {")" + to_hex(genesis_contracts()[0].address) + R"(": )" +
                            std::string(content) + "}"));
    };
    EXPECT_EQ(alloc(R"({"balance": 5})"), "");
    EXPECT_NE(alloc(R"({"nonce": 5})").find("is the place of a native contract"),
              std::string::npos);
}

TEST(Genesis, every_field_enters_the_hash) {
    const auto hash = [](auto change) {
        Genesis genesis;
        genesis.chain_id = 1;
        change(genesis);
        return build_genesis(genesis, native_types()).block.hash;
    };
    const Hash plain = hash([](Genesis&) {});
    EXPECT_EQ(hash([](Genesis&) {}), plain);
    EXPECT_NE(hash([](Genesis& g) { g.gas_limit += 1; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.base_fee = {}; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.timestamp = 1; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.coinbase = someone; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.extra_data = {1}; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.prev_randao[0] = 1; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.nonce[0] = 1; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.difficulty = u256{1u}; }), plain);
    EXPECT_NE(hash([](Genesis& g) { g.accounts[someone].balance = u256{1u}; }), plain);
    EXPECT_EQ(hash([](Genesis& g) { g.chain_id = 2; }), plain)
        << "the chain id is no part of a header";
}

}  // namespace
}  // namespace plume
