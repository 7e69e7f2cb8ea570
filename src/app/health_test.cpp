#include "app/health.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

using std::chrono::seconds;

std::string code_of(const HealthFacts& facts) {
    const Health health = judge(facts);
    if (health.reasons.size() != 1) return std::to_string(health.reasons.size());
    return health.reasons[0].code;
}

TEST(Health, a_node_without_a_fault_is_ready) {
    EXPECT_TRUE(judge({}).is_ready());
    EXPECT_TRUE(judge({}).is_alive);
    EXPECT_EQ(boost::json::serialize(judge({}).to_json()),
              R"({"ready":true,"alive":true,"reasons":[]})");
}

TEST(Health, a_silent_chain_thread_is_dead_after_a_minute) {
    EXPECT_TRUE(judge({.silence = silence_limit}).is_ready());
    EXPECT_EQ(code_of({.silence = silence_limit + seconds(1)}), "chain_thread_stuck");
    EXPECT_FALSE(judge({.silence = silence_limit + seconds(1)}).is_alive);
}

TEST(Health, a_disk_that_hangs_is_seen_by_the_block_that_waits_for_it) {
    EXPECT_TRUE(judge({.commit_wait = commit_wait_limit}).is_alive);
    const HealthFacts facts{.commit_wait = commit_wait_limit + std::chrono::milliseconds(1)};
    EXPECT_EQ(code_of(facts), "commit_stuck");
    EXPECT_FALSE(judge(facts).is_alive);
}

TEST(Health, an_old_head_counts_where_blocks_are_due) {
    EXPECT_TRUE(judge({.block_age = seconds(100'000)}).is_ready());
    EXPECT_TRUE(judge({.block_time = seconds(2), .block_age = seconds(7)}).is_ready());
    EXPECT_EQ(code_of({.block_time = seconds(2), .block_age = seconds(8)}), "head_too_old");
}

TEST(Health, a_disk_must_be_writable_and_have_room) {
    EXPECT_EQ(code_of({.is_disk_writable = false, .disk_free_bytes = 0}), "store_not_writable");
    EXPECT_TRUE(judge({.disk_free_bytes = disk_free_bytes_min}).is_ready());
    EXPECT_EQ(code_of({.disk_free_bytes = disk_free_bytes_min - 1}), "disk_full");
}

TEST(Health, a_node_that_stops_is_alive_but_not_ready) {
    EXPECT_EQ(code_of({.is_stopping = true}), "stopping");
    EXPECT_TRUE(judge({.is_stopping = true}).is_alive);
}

TEST(Health, every_reason_is_told) {
    EXPECT_EQ(code_of({.is_stopping = true, .disk_free_bytes = 0}), "2");
}

}  // namespace
}  // namespace plume
