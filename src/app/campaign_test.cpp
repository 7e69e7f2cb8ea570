#include "app/campaign.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plume {

namespace {

Course course_with(size_t assessments) {
    Course out{"AAA", "2013J", {}};
    for (size_t i = 0; i < assessments; ++i)
        out.assessments.push_back({.id = std::to_string(i),
                                   .type = "TMA",
                                   .due_day = static_cast<uint32_t>(19 + 30 * i),
                                   .registered = 100,
                                   .submitted = 90,
                                   .scored_40 = 80});
    return out;
}

}  // namespace

TEST(Campaign, contributions_sum_to_the_tranches_and_all_differ) {
    for (const size_t assessments : {1u, 6u, 12u}) {
        const Campaign campaign = plan_campaign(course_with(assessments), 4'500);
        u256 tranches;
        for (const TranchePlan& tranche : campaign.tranches) tranches += tranche.amount();
        EXPECT_EQ(campaign.goal(), tranches);
        EXPECT_EQ(campaign.tranches.size(), assessments);
        const std::set<u256> distinct(campaign.contributions.begin(), campaign.contributions.end());
        EXPECT_EQ(distinct.size(), donor_count);
        EXPECT_FALSE(distinct.begin()->is_zero());
    }
}

TEST(Campaign, the_first_teacher_takes_half_and_what_rounding_leaves) {
    const Campaign campaign = plan_campaign(course_with(2), 4'500);
    // 10,123,456,789 units: half is 5,061,728,394.5, three tenths 3,037,037,036.7, a fifth
    // 2,024,691,357.8.
    const std::vector<u256> expected{u256{5'061'728'396u}, u256{3'037'037'036u},
                                     u256{2'024'691'357u}};
    EXPECT_EQ(campaign.tranches[1].shares, expected);
}

TEST(Campaign, money_is_raised_before_the_course_begins) {
    const Campaign campaign = plan_campaign(course_with(1), 4'500);
    EXPECT_EQ(campaign.funding_deadline, 1'380'585'600u - 86'400u);
    EXPECT_LT(campaign.founded_at, campaign.funding_deadline);
    EXPECT_EQ(campaign.tranches[0].opens_at, 1'380'585'600u + 19 * 86'400u);
    EXPECT_EQ(campaign.tranches[0].deadline, campaign.tranches[0].opens_at + 30 * 86'400u);
}

}  // namespace plume
