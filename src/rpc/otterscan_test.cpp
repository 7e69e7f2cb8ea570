#include <gtest/gtest.h>

#include "support/rpc_contract.hpp"

namespace plume::rpc {
namespace {

class Otterscan : public testing::Test {
protected:
    static std::string quoted(BytesView bytes) { return "\"" + to_hex(bytes) + "\""; }
    Json ask(const std::string& method, const std::string& params) {
        return world_.result(method, "[" + params + "]");
    }

    test::RpcWorld world_;
    const test::Forwarder forwarder_{world_};
    const std::string sender_ = quoted(test::RpcWorld::sender());
};

TEST_F(Otterscan, says_its_level_and_what_has_code) {
    EXPECT_EQ(world_.result("ots_getApiLevel"), 8);
    EXPECT_EQ(ask("ots_hasCode", quoted(forwarder_.address)), true);
    EXPECT_EQ(ask("ots_hasCode", quoted(forwarder_.address) + R"(,"0x0")"), false);
}

TEST_F(Otterscan, shows_what_happened_inside) {
    const Json trace = ask("ots_traceTransaction", quoted(forwarder_.call));
    ASSERT_EQ(trace.as_array().size(), 2u);
    EXPECT_EQ(trace.at(1).at("depth"), 1);
    EXPECT_EQ(trace.at(1).at("type"), "CALL");
    const Json operations = ask("ots_getInternalOperations", quoted(forwarder_.call));
    ASSERT_EQ(operations.as_array().size(), 1u);
    EXPECT_EQ(operations.at(0).at("type"), 0);
    EXPECT_EQ(operations.at(0).at("value"), "0x5");
    EXPECT_EQ(ask("ots_getTransactionError", quoted(forwarder_.call)), "0x");
    EXPECT_TRUE(ask("ots_traceTransaction", quoted(Hash{})).is_null());
}

TEST_F(Otterscan, shows_blocks_in_short_and_by_pages) {
    const Json details = ask("ots_getBlockDetails", "\"0x2\"");
    EXPECT_EQ(details.at("block").at("transactionCount"), 1);
    EXPECT_NE(details.at("totalFees"), "0x0");
    const std::string hash = boost::json::serialize(details.at("block").at("hash"));
    EXPECT_EQ(ask("ots_getBlockDetailsByHash", hash), details);
    EXPECT_TRUE(ask("ots_getBlockDetails", "\"0x9\"").is_null());
    const Json page = ask("ots_getBlockTransactions", R"("0x1",0,10)");
    ASSERT_EQ(page.at("receipts").as_array().size(), 1u);
    EXPECT_TRUE(page.at("receipts").at(0).at("logs").is_null());
    EXPECT_EQ(page.at("fullblock").at("transactions").at(0).at("input").as_string().size(), 10u);
    EXPECT_TRUE(ask("ots_getBlockTransactions", R"("0x1",1,10)").at("receipts").as_array().empty());
    EXPECT_TRUE(ask("ots_getBlockTransactions", R"("0x1",0,1000)").is_object());
    EXPECT_EQ(world_.error("ots_getBlockTransactions", R"(["0x1",0,1001])"),
              "-32005 at most 1000 transactions on a page");
}

TEST_F(Otterscan, finds_transactions_by_address_and_nonce) {
    const Json newest = ask("ots_searchTransactionsBefore", sender_ + ",0,1");
    ASSERT_EQ(newest.at("txs").as_array().size(), 1u);
    EXPECT_EQ(newest.at("txs").at(0).at("hash"), Json(to_hex(forwarder_.call)));
    EXPECT_EQ(newest.at("firstPage"), true);
    const Json older = ask("ots_searchTransactionsBefore", sender_ + ",2,25");
    EXPECT_EQ(older.at("txs").at(0).at("hash"), Json(to_hex(forwarder_.creation)));
    EXPECT_EQ(older.at("lastPage"), true);
    const Json oldest = ask("ots_searchTransactionsAfter", sender_ + ",0,1");
    EXPECT_EQ(oldest.at("txs").at(0).at("hash"), Json(to_hex(forwarder_.creation)));
    EXPECT_EQ(ask("ots_searchTransactionsAfter", sender_ + ",2,1").at("firstPage"), true);
    EXPECT_EQ(ask("ots_getTransactionBySenderAndNonce", sender_ + ",1"),
              Json(to_hex(forwarder_.call)));
    EXPECT_TRUE(ask("ots_getTransactionBySenderAndNonce", sender_ + ",2").is_null());
    EXPECT_EQ(ask("eth_getTransactionBySenderAndNonce", sender_ + R"(,"0x0")").at("hash"),
              Json(to_hex(forwarder_.creation)));
}

TEST_F(Otterscan, finds_who_made_a_contract) {
    const Json found = ask("ots_getContractCreator", quoted(forwarder_.address));
    EXPECT_EQ(found.at("hash"), Json(to_hex(forwarder_.creation)));
    EXPECT_EQ(found.at("creator"), Json(to_hex(test::RpcWorld::sender())));
    EXPECT_TRUE(ask("ots_getContractCreator", sender_).is_null());
    EXPECT_EQ(ask("erigon_getHeaderByNumber", "\"0x1\"").at("number"), "0x1");
}

}  // namespace
}  // namespace plume::rpc
