#include "rpc/rate.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;

const RateLimit::Time start{std::chrono::hours(1)};

size_t taken(RateLimit& limit, const std::string& address, RateLimit::Time now, size_t wanted) {
    size_t count = 0;
    for (size_t i = 0; i < wanted; ++i) count += limit.take(address, 1, now) ? 1 : 0;
    return count;
}

TEST(RateLimit, a_burst_passes_and_then_the_rate) {
    RateLimit limit(10);
    EXPECT_EQ(taken(limit, "a", start, 100), 20u);
    EXPECT_EQ(taken(limit, "a", start + milliseconds(99), 100), 0u);
    EXPECT_EQ(taken(limit, "a", start + milliseconds(1'000), 100), 10u);
    EXPECT_EQ(taken(limit, "a", start + milliseconds(60'000), 100), 20u);
}

TEST(RateLimit, addresses_do_not_share) {
    RateLimit limit(10);
    EXPECT_EQ(taken(limit, "a", start, 100), 20u);
    EXPECT_EQ(taken(limit, "b", start, 100), 20u);
}

TEST(RateLimit, a_batch_may_run_into_debt_and_is_waited_for) {
    RateLimit limit(10);
    EXPECT_TRUE(limit.take("a", 1'000, start));
    EXPECT_FALSE(limit.take("a", 1, start + milliseconds(97'000)));
    EXPECT_TRUE(limit.take("a", 1, start + milliseconds(98'200)));
}

TEST(RateLimit, none_is_none) {
    RateLimit limit(0);
    EXPECT_EQ(taken(limit, "a", start, 100'000), 100'000u);
}

TEST(RateLimit, addresses_beyond_the_limit_share_one_bucket_until_others_are_full_again) {
    RateLimit limit(10);
    for (size_t i = 0; i < RateLimit::addresses_max; ++i)
        ASSERT_TRUE(limit.take(std::to_string(i), 1, start));
    EXPECT_EQ(taken(limit, "new", start + milliseconds(1), 15), 15u);
    EXPECT_EQ(taken(limit, "other", start + milliseconds(1), 15), 5u);
    EXPECT_EQ(taken(limit, "0", start + milliseconds(1), 100), 19u);
    EXPECT_EQ(taken(limit, "other", start + milliseconds(5'000), 100), 20u);
    EXPECT_EQ(taken(limit, "third", start + milliseconds(5'000), 100), 20u);
}

}  // namespace
}  // namespace plume::rpc
