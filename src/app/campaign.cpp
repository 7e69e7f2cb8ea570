#include "app/campaign.hpp"

#include "base/result.hpp"

namespace plume {

namespace {

u256 sum(const std::vector<u256>& amounts) {
    u256 out;
    for (const u256& amount : amounts) out += amount;
    return out;
}

/// Parts of `total` in proportion to `weights`, rounded down; `rest` gets what that leaves.
std::vector<u256> divide_by_weight(const u256& total, const std::vector<uint64_t>& weights,
                                   size_t rest) {
    uint64_t whole = 0;
    for (const uint64_t weight : weights) whole += weight;
    std::vector<u256> out;
    for (const uint64_t weight : weights) out.push_back(total * u256{weight} / u256{whole});
    out[rest] += total - sum(out);
    return out;
}

}  // namespace

u256 TranchePlan::amount() const {
    return sum(shares);
}
u256 Campaign::goal() const {
    return sum(contributions);
}

Campaign plan_campaign(const Course& course, uint32_t threshold_bps) {
    constexpr uint64_t budget = 10'000'000'000;  // 10,000 cUSD
    constexpr uint64_t step = 123'456'789;
    const std::vector<uint64_t> teacher_weights{50, 30, 20};
    check(teacher_weights.size() == teacher_count, "every teacher has a weight");
    const uint64_t begins_at = course.begins_at();
    Campaign out{.founded_at = begins_at - founding_days * day_seconds,
                 .funding_deadline = begins_at - funding_end_days * day_seconds,
                 .threshold_bps = threshold_bps,
                 .tranches = {},
                 .contributions = {}};
    u256 goal;
    for (const Assessment& assessment : course.assessments) {
        const u256 amount{budget + step * out.tranches.size()};
        const uint64_t due = begins_at + assessment.due_day * day_seconds;
        out.tranches.push_back({.assessment = assessment,
                                .shares = divide_by_weight(amount, teacher_weights, 0),
                                .opens_at = due,
                                .deadline = due + deadline_days * day_seconds});
        goal += amount;
    }
    std::vector<uint64_t> donor_weights;
    for (size_t i = 0; i < donor_count; ++i) donor_weights.push_back(25 + 7 * i);
    out.contributions = divide_by_weight(goal, donor_weights, donor_count - 1);
    return out;
}

}  // namespace plume
