// The plan of an education mission: how much each assessment of a course is worth, to whom, by
// when, and who gives it. A pure function of the course, so that a test can work out every amount
// on its own.
#pragma once

#include <vector>

#include "app/course.hpp"
#include "base/u256.hpp"

namespace plume {

/// The currency of the story: cUSD, in units of 10^-6.
inline constexpr unsigned currency_decimals = 6;
inline constexpr size_t donor_count = 40;
inline constexpr size_t teacher_count = 3;
inline constexpr size_t agent_count = 3;
/// How many agents must say the same before money moves.
inline constexpr uint8_t agent_quorum = 2;

inline constexpr uint64_t day_seconds = 86'400;
/// After an assessment is due: when the agents have counted, how long anyone may object to a claim,
/// and when it is too late to pay.
inline constexpr uint64_t marking_days = 7;
inline constexpr uint64_t challenge_days = 2;
inline constexpr uint64_t deadline_days = 30;
/// Before the course begins: when the mission is founded, and when the last contribution may come.
inline constexpr uint64_t founding_days = 60;
inline constexpr uint64_t funding_end_days = 1;

/// What one assessment is worth, and when.
struct TranchePlan {
    Assessment assessment;
    std::vector<u256> shares;  ///< one a teacher; their sum is the tranche
    uint64_t opens_at = 0;     ///< the assessment is due
    uint64_t deadline = 0;

    u256 amount() const;
};

struct Campaign {
    uint64_t founded_at = 0;
    uint64_t funding_deadline = 0;
    uint32_t threshold_bps = 0;  ///< the least share of learners for a tranche to be paid
    std::vector<TranchePlan> tranches;
    std::vector<u256> contributions;  ///< one a donor, all different; their sum is the goal

    u256 goal() const;
};

/// Every assessment gets the same budget and a little more than the one before, so that nothing
/// divides evenly; the first teacher takes half of it and what rounding leaves, the others share
/// the rest. Donors give in proportion to different weights, the last one what rounding leaves.
Campaign plan_campaign(const Course& course, uint32_t threshold_bps);

}  // namespace plume
