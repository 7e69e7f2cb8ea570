#include "app/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace plume {
namespace {

using namespace std::chrono_literals;

bool has_line(const std::string& page, const std::string& line) {
    return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

BlockReport report_of(uint64_t gas, size_t alarms = 0) {
    auto block = std::make_shared<CommittedBlock>();
    block->block.header.gas_used = gas;
    return {.block = std::move(block),
            .propose = 1ms,
            .execute = 20ms,
            .commit = 3ms,
            .alarms = alarms};
}

TEST(Metrics, shows_ethereums_names_and_what_is_handed_in) {
    Metrics metrics("1.2.3");
    const std::string page =
        metrics.render({.height = 7, .pool_pending = 3, .pool_queued = 2, .is_ready = true});
    EXPECT_TRUE(has_line(page, "ethereum_blockchain_height 7")) << page;
    EXPECT_TRUE(has_line(page, "ethereum_best_known_block_number 7"));
    EXPECT_TRUE(has_line(page, "ethereum_peer_count 0"));
    EXPECT_TRUE(has_line(page, "ethereum_peer_limit 0"));
    EXPECT_TRUE(has_line(page, "plume_build_info{version=\"1.2.3\"} 1"));
    EXPECT_TRUE(has_line(page, "plume_txpool_pending 3"));
    EXPECT_TRUE(has_line(page, "plume_txpool_queued 2"));
    EXPECT_TRUE(has_line(page, "plume_ready 1"));
}

TEST(Metrics, counts_blocks_by_stage) {
    Metrics metrics("1");
    metrics.on_block(report_of(21'000));
    metrics.on_block(report_of(50'000, 2));
    const std::string page = metrics.render({});
    EXPECT_TRUE(has_line(page, "plume_block_seconds_count{stage=\"execute\"} 2")) << page;
    EXPECT_TRUE(has_line(page, "plume_block_seconds_bucket{stage=\"commit\",le=\"0.0025\"} 0"));
    EXPECT_TRUE(has_line(page, "plume_block_seconds_bucket{stage=\"commit\",le=\"0.005\"} 2"));
    EXPECT_TRUE(has_line(page, "plume_block_gas_sum 71000"));
    EXPECT_TRUE(has_line(page, "plume_block_txs_count 2"));
    EXPECT_TRUE(has_line(page, "plume_invariant_violations_total 2"));
}

TEST(Metrics, counts_answers_by_method_and_code) {
    Metrics metrics("1");
    metrics.on_answer("eth_call", 0, 2ms);
    metrics.on_answer("eth_call", 0, 2ms);
    metrics.on_answer("eth_call", -32'000, 2ms);
    const std::string page = metrics.render({});
    EXPECT_TRUE(has_line(page, "plume_rpc_requests_total{code=\"0\",method=\"eth_call\"} 2"))
        << page;
    EXPECT_TRUE(has_line(page, "plume_rpc_requests_total{code=\"-32000\",method=\"eth_call\"} 1"));
    EXPECT_TRUE(has_line(page, "plume_rpc_seconds_count{method=\"eth_call\"} 3"));
}

TEST(Metrics, counts_rejections_by_a_few_reasons) {
    Metrics metrics("1");
    metrics.on_rejected("nonce too low: next nonce 5, tx nonce 3");
    metrics.on_rejected("something \"else\"\n");
    const std::string page = metrics.render({});
    EXPECT_TRUE(has_line(page, "plume_txpool_rejected_total{reason=\"nonce_too_low\"} 1")) << page;
    EXPECT_TRUE(has_line(page, "plume_txpool_rejected_total{reason=\"other\"} 1"));
    EXPECT_TRUE(has_line(page, "plume_txpool_rejected_total{reason=\"pool_full\"} 0"));
    EXPECT_EQ(rejection_reason("replacement transaction underpriced"), "replacement_underpriced");
    EXPECT_EQ(rejection_reason("transaction underpriced"), "pool_full");
    EXPECT_EQ(rejection_reason("transaction gas price below minimum: gas tip cap 0, ..."),
              "underpriced");
    EXPECT_EQ(rejection_reason("in-flight transaction limit reached for delegated accounts"),
              "delegated");
}

TEST(Metrics, time_of_the_processor_only_grows) {
    Metrics metrics("1");
    EXPECT_TRUE(
        has_line(metrics.render({.process = {.cpu_seconds = 2}}), "process_cpu_seconds_total 2"));
    EXPECT_TRUE(
        has_line(metrics.render({.process = {.cpu_seconds = 1}}), "process_cpu_seconds_total 2"));
}

TEST(Metrics, many_threads_may_count_while_the_page_is_made) {
    Metrics metrics("1");
    constexpr int each = 2'000;
    {
        std::vector<std::jthread> threads;
        for (int worker = 0; worker < 4; ++worker)
            threads.emplace_back([&, worker] {
                for (int i = 0; i < each; ++i)
                    metrics.on_answer(worker % 2 == 0 ? "a" : "b", i % 3, 1us);
            });
        for (int i = 0; i < 20; ++i) metrics.render({});
    }
    const std::string page = metrics.render({});
    EXPECT_TRUE(has_line(page, "plume_rpc_seconds_count{method=\"a\"} 4000")) << page;
    EXPECT_TRUE(has_line(page, "plume_rpc_seconds_count{method=\"b\"} 4000"));
}

}  // namespace
}  // namespace plume
