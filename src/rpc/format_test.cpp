// Formats held against execution-apis: the blocks of its test chain and what a node answers about
// them.

#include "rpc/format.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/rlp.hpp"
#include "support/fixtures.hpp"

namespace plume::rpc {
namespace {

/// The result in the answer that a case of execution-apis expects.
std::optional<Json> expected(const std::string& name) {
    const auto file = test::fixture_bytes("rpc/" + name + ".io");
    if (!file) return std::nullopt;
    const std::string_view text = text_of(*file);
    const size_t begin = text.find("\n<< ") + 4;
    return boost::json::parse(text.substr(begin, text.find('\n', begin) - begin)).at("result");
}

/// What the formatter needs of the chain's blocks, by number. Headers are decoded where they have
/// Prague's form.
struct FixtureBlock {
    std::optional<Header> header;
    Bytes header_rlp;
    std::vector<TransactionPtr> transactions;
};

TransactionPtr read_transaction(rlp::Decoder& list) {
    const bool is_legacy = list.at_list();
    const BytesView item = is_legacy ? list.item().value() : list.string().value();
    auto transaction = recover_transaction(to_bytes(item));
    check(transaction.ok(), "the fixture's transactions are valid");
    return transaction.value();
}

std::map<uint64_t, FixtureBlock> read_chain() {
    std::map<uint64_t, FixtureBlock> out;
    const auto file = test::fixture_bytes("rpc/chain.rlp");
    if (!file) return out;
    rlp::Decoder chain(*file);
    for (uint64_t number = 1; !chain.empty(); ++number) {
        rlp::Decoder block = chain.list().value();
        FixtureBlock& read = out[number];
        read.header_rlp = to_bytes(block.item().value());
        if (auto header = decode_header(read.header_rlp)) read.header = header.value();
        rlp::Decoder transactions = block.list().value();
        while (!transactions.empty()) read.transactions.push_back(read_transaction(transactions));
    }
    return out;
}

/// Every member of `expected` is in `actual` with the same value.
void expect_members(const Json& actual, const Json& wanted) {
    for (const auto& member : wanted.as_object()) {
        const Json* found = actual.as_object().if_contains(member.key());
        ASSERT_NE(found, nullptr) << member.key();
        EXPECT_EQ(*found, member.value()) << member.key();
    }
}

class Format : public testing::Test {
protected:
    void SetUp() override {
        chain_ = read_chain();
        if (chain_.empty()) GTEST_SKIP() << test::no_fixtures;
    }
    std::map<uint64_t, FixtureBlock> chain_;
};

TEST_F(Format, prague_blocks_have_every_member_of_the_public_cases) {
    for (const auto& [name, full] : {std::pair{"eth_getBlockByNumber/get-block-prague-fork", false},
                                     std::pair{"eth_getBlockByNumber/get-safe", true}}) {
        const Json wanted = expected(name).value();
        const uint64_t number =
            parse_number(std::string_view(wanted.at("number").as_string()))->low64();
        const FixtureBlock& read = chain_.at(number);
        ASSERT_TRUE(read.header.has_value());
        const Block block{*read.header, read.transactions, hash_of(*read.header)};
        expect_members(to_json(block, u256{}, full), wanted);
    }
}

TEST_F(Format, transactions_of_every_type_are_as_in_the_public_cases) {
    for (const char* name : {"get-legacy-tx", "get-legacy-input", "get-dynamic-fee", "get-blob-tx",
                             "get-setcode-tx"}) {
        const Json wanted = expected("eth_getTransactionByHash/" + std::string(name)).value();
        const auto number_at = [&](const char* key) {
            return parse_number(std::string_view(wanted.at(key).as_string()))->low64();
        };
        Header header;
        header.number = number_at("blockNumber");
        header.timestamp = number_at("blockTimestamp");
        // The chain's prices all reach their cap, so any base fee below it will do.
        const SignedTransaction& transaction =
            *chain_.at(header.number).transactions.at(number_at("transactionIndex"));
        header.base_fee = transaction.fields.max_fee_per_gas;
        const Hash block_hash =
            Hash::parse(std::string_view(wanted.at("blockHash").as_string())).value();
        const Place place{header, block_hash, number_at("transactionIndex")};
        const Json actual = to_json(transaction, &place);
        expect_members(actual, wanted);
        EXPECT_EQ(actual.as_object().size(), wanted.as_object().size()) << name;
    }
}

TEST_F(Format, receipts_and_logs_are_as_in_the_public_case) {
    const Json wanted = expected("eth_getTransactionReceipt/get-access-list").value();
    const Json& wanted_log = wanted.at("logs").at(0);
    const auto hash_at = [](const Json& object, const char* key) {
        return Hash::parse(std::string_view(object.at(key).as_string())).value();
    };
    Header header;
    header.number = 0x18;
    header.timestamp = 0xf0;
    Receipt receipt;
    receipt.type = TransactionType::access_list;
    receipt.success = true;
    receipt.cumulative_gas_used = receipt.gas_used = 0xca9c;
    receipt.effective_gas_price = u256{1u};
    receipt.logs.push_back(
        {Address::parse(std::string_view(wanted_log.at("address").as_string())).value(),
         {Hash::parse(std::string_view(wanted_log.at("topics").at(0).as_string())).value(),
          Hash::parse(std::string_view(wanted_log.at("topics").at(1).as_string())).value()},
         test::hex_at(wanted_log, "data")});
    receipt.logs_bloom = bloom_of(receipt.logs);
    const Place place{header, hash_at(wanted, "blockHash"), 0};
    const Json actual = to_json(receipt, *chain_.at(0x18).transactions.at(0), place, 0);
    expect_members(actual, wanted);
    EXPECT_EQ(actual.as_object().size(), wanted.as_object().size());
    EXPECT_EQ(actual.at("logs").at(0).as_object().size(), wanted_log.as_object().size());
}

TEST(FormatValues, quantities_have_no_leading_zeros) {
    EXPECT_EQ(quantity(0), "0x0");
    EXPECT_EQ(quantity(255), "0xff");
    EXPECT_EQ(quantity(~uint64_t{0}), "0xffffffffffffffff");
    EXPECT_EQ(quantity(u256{}), "0x0");
    EXPECT_EQ(quantity(u256{1u} << 64), "0x10000000000000000");
    EXPECT_EQ(quantity(u256_max), Json("0x" + std::string(64, 'f')));
}

TEST(FormatValues, data_has_two_digits_a_byte) {
    EXPECT_EQ(hex_data({}), "0x");
    EXPECT_EQ(hex_data(Bytes{0x00, 0x0f, 0xf0}), "0x000ff0");
}

// What viem, ethers and alloy read, taken together.
TEST(FormatValues, a_block_has_the_whole_set_of_members) {
    const Json block = to_json(Block{}, u256{}, false);
    for (const char* key : {"hash",          "parentHash",
                            "sha3Uncles",    "miner",
                            "stateRoot",     "transactionsRoot",
                            "receiptsRoot",  "logsBloom",
                            "difficulty",    "number",
                            "gasLimit",      "gasUsed",
                            "timestamp",     "extraData",
                            "mixHash",       "nonce",
                            "baseFeePerGas", "withdrawalsRoot",
                            "withdrawals",   "blobGasUsed",
                            "excessBlobGas", "parentBeaconBlockRoot",
                            "requestsHash",  "totalDifficulty",
                            "size",          "uncles",
                            "transactions"})
        EXPECT_NE(block.as_object().if_contains(key), nullptr) << key;
}

TEST(FormatValues, log_indices_count_through_the_block) {
    Block block;
    std::vector<Receipt> receipts(2);
    for (Receipt& receipt : receipts) {
        block.transactions.push_back(std::make_shared<SignedTransaction>());
        receipt.logs.resize(2);
    }
    const Json json = to_json(block, receipts);
    EXPECT_EQ(json.at(0).at("logs").at(1).at("logIndex"), "0x1");
    EXPECT_EQ(json.at(1).at("logs").at(0).at("logIndex"), "0x2");
    EXPECT_EQ(json.at(1).at("transactionIndex"), "0x1");
}

}  // namespace
}  // namespace plume::rpc
