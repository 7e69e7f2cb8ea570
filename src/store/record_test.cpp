#include "store/record.hpp"

#include <gtest/gtest.h>

#include "state/root.hpp"
#include "store/schema.hpp"
#include "support/model_chain.hpp"

namespace plume {
namespace {

using namespace literals;

Receipt busy_receipt() {
    Receipt out;
    out.type = TransactionType::set_code;
    out.success = true;
    out.cumulative_gas_used = ~0ull;
    out.gas_used = 21000;
    out.effective_gas_price = u256_max;
    out.contract_address = "2222222222222222222222222222222222222222"_address;
    const Address emitter = "3333333333333333333333333333333333333333"_address;
    out.logs = {{emitter, {}, {}}, {emitter, {Hash{}, Hash{}, Hash{}, Hash{}}, Bytes(1000, 7)}};
    out.logs_bloom = bloom_of(out.logs);
    return out;
}

TEST(Record, receipts_are_read_as_written) {
    for (const Receipt& receipt : {busy_receipt(), Receipt{}}) {
        const StoredReceipt read = record::read_receipt(record::encode_receipt(receipt, 5));
        EXPECT_EQ(read.receipt, receipt);
        EXPECT_EQ(read.first_log_index, 5u);
    }
}

TEST(Record, blocks_are_read_as_written) {
    test::ModelChain chain(1);
    chain.extend(10);
    for (const test::ModelBlock& each : chain.blocks()) {
        const auto row = record::read_header(record::encode_header(each.block));
        EXPECT_EQ(row.header, each.block.header);
        EXPECT_EQ(row.hash, each.block.hash);
        EXPECT_EQ(row.transaction_count, each.block.transactions.size());
        for (const TransactionPtr& transaction : each.block.transactions) {
            const auto read = record::read_transaction(record::encode_transaction(*transaction));
            EXPECT_EQ(read->fields, transaction->fields);
            EXPECT_EQ(read->raw, transaction->raw);
            EXPECT_EQ(read->hash, transaction->hash);
            EXPECT_EQ(read->sender, transaction->sender);
        }
    }
}

TEST(Record, leaves_of_the_trie_are_read_as_written) {
    AccountFields fields;
    EXPECT_EQ(record::read_account(encode(fields)), fields);
    fields.nonce = ~0ull;
    fields.balance = u256_max;
    fields.storage_root = fields.code_hash;
    EXPECT_EQ(record::read_account(encode(fields)), fields);
    for (const u256& value : {u256{1}, u256{0x80}, u256_max})
        EXPECT_EQ(record::read_slot(encode_slot(value)), value);
}

TEST(Record, an_identity_is_read_as_written_and_any_other_format_only_named) {
    const StoreIdentity identity{31337, busy_receipt().logs[1].topics[0]};
    Bytes row = record::encode_identity(identity);
    ASSERT_TRUE(record::decode_identity(row).ok());
    EXPECT_EQ(record::decode_identity(row)->identity, identity);
    row[1] = format_version + 1;
    ASSERT_TRUE(record::decode_identity(row).ok());
    EXPECT_EQ(record::decode_identity(row)->format, format_version + 1);
    EXPECT_FALSE(record::decode_identity(Bytes{0x80}).ok());
}

TEST(RecordDeathTest, a_row_that_is_not_ours_stops_the_node) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Bytes receipt = record::encode_receipt(busy_receipt(), 0);
    receipt.pop_back();
    EXPECT_DEATH(record::read_receipt(receipt), "damaged");
    Bytes account = encode(AccountFields{});
    account.push_back(0);
    EXPECT_DEATH(record::read_account(account), "damaged");
    EXPECT_DEATH(record::read_slot(Bytes{0x80}), "damaged");
    EXPECT_DEATH(record::read_header(Bytes{0xc0}), "damaged");
    EXPECT_DEATH(record::read_transaction(Bytes{0xc1, 0x80}), "damaged");
}

}  // namespace
}  // namespace plume
