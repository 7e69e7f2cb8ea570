#include "rpc/leniency.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Leniency, is_without_end_for_what_is_brief) {
    Leniency leniency;
    const auto now = Leniency::Clock::now();
    for (int i = 0; i < 100'000; ++i)
        leniency.charge(Leniency::brief_max - std::chrono::nanoseconds(1), now);
    EXPECT_FALSE(leniency.is_over());
}

TEST(Leniency, ends_when_the_allowance_of_a_window_is_used_up) {
    Leniency leniency;
    const auto now = Leniency::Clock::now();
    const int count = Leniency::allowance_max / microseconds(500);
    for (int i = 1; i < count; ++i) leniency.charge(microseconds(500), now);
    EXPECT_FALSE(leniency.is_over());
    leniency.charge(microseconds(500), now);
    EXPECT_TRUE(leniency.is_over());
}

TEST(Leniency, begins_anew_with_each_window) {
    Leniency leniency;
    auto now = Leniency::Clock::now();
    for (int i = 0; i < 1'000; ++i, now += Leniency::window / 8)
        leniency.charge(microseconds(1'000), now);
    EXPECT_FALSE(leniency.is_over());
}

TEST(Leniency, counts_what_is_long_as_no_more_than_a_part) {
    Leniency leniency;
    const auto now = Leniency::Clock::now();
    leniency.charge(milliseconds(60'000), now);
    EXPECT_FALSE(leniency.is_over());
    leniency.end(now);
    EXPECT_TRUE(leniency.is_over());
}

TEST(Leniency, is_forgotten_only_when_nothing_is_held_against_an_address) {
    Leniency leniency;
    const auto now = Leniency::Clock::now();
    EXPECT_TRUE(leniency.is_clean(now));
    leniency.charge(milliseconds(1), now);
    EXPECT_FALSE(leniency.is_clean(now));
    EXPECT_TRUE(leniency.is_clean(now + Leniency::window));
    leniency.end(now);
    EXPECT_FALSE(leniency.is_clean(now + Leniency::window));
}

TEST(Leniency, comes_back_after_the_pause) {
    Leniency leniency;
    leniency.end(Leniency::Clock::now() - Leniency::pause - milliseconds(1));
    EXPECT_FALSE(leniency.is_over());
}

}  // namespace
}  // namespace plume::rpc
