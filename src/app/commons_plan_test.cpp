#include "app/commons_plan.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plume {

namespace {

Course course_with(uint32_t registered, uint32_t scored) {
    Course out{.name = "AAA", .presentation = "2013J", .assessments = {}};
    out.assessments.push_back({.id = "1",
                               .type = "TMA",
                               .due_day = 19,
                               .registered = registered,
                               .submitted = scored,
                               .scored_40 = scored});
    return out;
}

}  // namespace

TEST(CommonsPlan, the_wrong_answer_always_turns_the_verdict_around) {
    for (const uint32_t threshold : {1u, 2u, 4'500u, 9'999u, 10'000u})
        for (const uint32_t scored : {0u, 1u, 44u, 45u, 99u, 100u}) {
            const CommonsPlan plan = plan_commons(course_with(100, scored), threshold);
            EXPECT_EQ(plan.result_bps, scored * 100);
            EXPECT_LE(plan.wrong_bps, 10'000u);
            EXPECT_NE(plan.result_bps >= threshold, plan.wrong_bps >= threshold)
                << scored << " of 100 at " << threshold;
        }
}

TEST(CommonsPlan, a_course_without_learners_has_a_result_of_nothing) {
    const CommonsPlan plan = plan_commons(course_with(0, 0), 4'500);
    EXPECT_EQ(plan.result_bps, 0u);
    EXPECT_TRUE(plan.is_released(0));
    EXPECT_FALSE(plan.is_released(1));
}

TEST(CommonsPlan, begins_when_the_first_act_is_over) {
    const Course course = course_with(10, 5);
    const Campaign campaign = plan_campaign(course, 4'500);
    const CommonsPlan plan = plan_commons(course, 4'500);
    EXPECT_GT(plan.founded_at, campaign.tranches.back().deadline + day_seconds);
    EXPECT_GT(plan.asked_at, plan.funding_deadline);
    EXPECT_GT(plan.lines_deadline, plan.asked_at + 30 * day_seconds);
}

TEST(CommonsPlan, every_writer_is_chosen_by_somebody_and_nobody_chooses_twice) {
    const CommonsPlan plan = plan_commons(course_with(10, 5), 4'500);
    std::set<size_t> writers;
    std::set<std::pair<size_t, size_t>> choices;
    for (const CommonsGift& gift : plan.gifts) {
        writers.insert(gift.to);
        EXPECT_TRUE(choices.emplace(gift.from, gift.to).second);
        EXPECT_LT(gift.from, reader_count);
        EXPECT_FALSE(value_of(gift.currency, gift.amount).is_zero());
    }
    EXPECT_EQ(writers.size(), writer_count);
    EXPECT_EQ(*writers.rbegin(), writer_count - 1);
}

TEST(CommonsPlan, both_currencies_fill_the_pool_and_some_of_it_has_no_line) {
    const CommonsPlan plan = plan_commons(course_with(4'294'967'295, 5), 4'500);
    std::set<CommonsCurrency> currencies;
    for (const CommonsGift& grant : plan.grants) currencies.insert(grant.currency);
    EXPECT_EQ(currencies.size(), commons_currency_count);
    unsigned shares = 0;
    for (const CommonsLine& line : plan.lines) shares += line.share;
    EXPECT_EQ(shares, 9'000u);
    EXPECT_LT(plan.soft_cap, plan.hard_cap);
    EXPECT_LT(plan.hard_cap, u256{1u} << 128);
}

}  // namespace plume
