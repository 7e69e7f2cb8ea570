#include "app/watch.hpp"

#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "base/log.hpp"
#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

class WatchTest : public testing::Test {
protected:
    WatchTest() {
        Genesis genesis;
        genesis.chain_id = 77;
        genesis.timestamp = 1'000;
        genesis.has_native_contracts = false;
        genesis.accounts[address_of(test::key(1))].balance = 1'000'000'000'000'000'000_u256;
        chain = Chain::open(directory.path(), genesis, {}).value();
    }

    WatchOptions options(std::optional<std::chrono::seconds> block_time = {}) {
        return {.data = directory.path(), .block_time = block_time, .version = "1.2.3"};
    }
    /// Makes a block and tells `watch` of it; what is logged meanwhile.
    std::string log_of_block(Watch& watch) {
        testing::internal::CaptureStderr();
        {
            Solo solo(*chain, {.block_time = {},
                               .clock = [] { return uint64_t{2'000}; },
                               .on_block = [&](const BlockReport& r) { watch.on_block(r); }});
            solo.mine();
        }
        log::flush();
        return testing::internal::GetCapturedStderr();
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<Chain> chain;
};

TEST_F(WatchTest, writes_a_line_for_each_block) {
    Watch watch(*chain, options());
    const std::string line = log_of_block(watch);
    const std::string root = to_hex(chain->head()->header().state_root);
    EXPECT_NE(line.find("msg=block height=1 txs=0 gas=0 ms="), std::string::npos) << line;
    EXPECT_NE(line.find(" root=" + root + " "), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST_F(WatchTest, a_block_that_does_not_get_to_the_disk_ends_the_life) {
    WatchOptions impatient = options();
    impatient.commit_limit = std::chrono::milliseconds(1);
    Watch watch(*chain, impatient);
    EXPECT_EQ(watch.page("/livez")->status, 200u);
    std::binary_semaphore goes_on{0};
    // Stands for the disk: it is called where the block is written.
    const auto hung = chain->on_block([&](const CommittedBlockPtr&) { goes_on.acquire(); });
    chain->commit_later(chain->execute(chain->propose(2'000)));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto page = watch.page("/livez");
    EXPECT_EQ(page->status, 503u);
    EXPECT_NE(page->body.find("commit_stuck"), std::string::npos) << page->body;
    goes_on.release();
    chain->settle();
    EXPECT_EQ(watch.page("/livez")->status, 200u);
    chain->unsubscribe(hung);
}

TEST_F(WatchTest, has_pages_for_those_who_watch) {
    Watch watch(*chain, options());
    log_of_block(watch);
    const auto metrics = watch.page("/metrics");
    ASSERT_TRUE(metrics);
    EXPECT_NE(metrics->body.find("\nethereum_blockchain_height 1\n"), std::string::npos);
    EXPECT_NE(metrics->body.find("\nplume_ready 1\n"), std::string::npos);
    EXPECT_EQ(watch.page("/livez")->status, 200u);
    EXPECT_EQ(watch.page("/readyz")->body, "{\"ready\":true,\"alive\":true,\"reasons\":[]}\n");
    EXPECT_FALSE(watch.page("/"));
    EXPECT_FALSE(watch.health_page("/metrics"));
}

TEST_F(WatchTest, says_503_and_why_while_it_stops) {
    Watch watch(*chain, options());
    watch.note_stopping();
    EXPECT_EQ(watch.page("/livez")->status, 200u);
    EXPECT_EQ(watch.page("/readyz")->status, 503u);
    EXPECT_NE(watch.page("/readyz")->body.find("\"stopping\""), std::string::npos);
}

TEST_F(WatchTest, says_503_when_the_directory_is_gone) {
    Watch watch(*chain, {.data = directory.path() / "none", .block_time = {}, .version = "1"});
    EXPECT_NE(watch.page("/readyz")->body.find("store_not_writable"), std::string::npos);
}

TEST_F(WatchTest, counts_answers_and_why_transactions_were_refused) {
    Watch watch(*chain, options());
    watch.on_answer("eth_chainId", rpc::Json("0x1"), std::chrono::microseconds(5));
    watch.on_answer("eth_sendRawTransaction", rpc::RpcError{-32'000, "nonce too low"},
                    std::chrono::microseconds(5));
    const std::string page = watch.page("/metrics")->body;
    EXPECT_NE(page.find("plume_rpc_requests_total{code=\"0\",method=\"eth_chainId\"} 1"),
              std::string::npos);
    EXPECT_NE(page.find("plume_txpool_rejected_total{reason=\"nonce_too_low\"} 1"),
              std::string::npos);
}

TEST_F(WatchTest, tells_an_operator_what_he_asks_first) {
    Watch watch(*chain, options());
    const boost::json::object status = watch.status();
    EXPECT_EQ(status.at("version").as_string(), "1.2.3");
    EXPECT_EQ(status.at("chainId").as_uint64(), 77u);
    EXPECT_EQ(status.at("head").at("number").as_uint64(), 0u);
    EXPECT_GT(status.at("head").at("ageSeconds").as_uint64(), 1'000'000u);
    EXPECT_GT(status.at("disk").at("storeBytes").as_uint64(), 0u);
    EXPECT_TRUE(status.at("ready").as_bool());
}

}  // namespace
}  // namespace plume
