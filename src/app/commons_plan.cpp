#include "app/commons_plan.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"

namespace plume {

namespace {

constexpr u256 dollar{1'000'000u};
constexpr u256 credit{1'000'000'000'000'000'000u};

uint32_t result_of(const Course& course) {
    uint64_t registered = 0;
    uint64_t scored = 0;
    for (const Assessment& assessment : course.assessments) {
        registered += assessment.registered;
        scored += assessment.scored_40;
    }
    return registered == 0 ? 0 : static_cast<uint32_t>(scored * 10'000 / registered);
}

/// On the other side of the threshold than the result.
uint32_t wrong_result(uint32_t result, uint32_t threshold) {
    return result >= threshold ? std::min(result / 2, threshold - 1)
                               : std::min(threshold + 777, 10'000u);
}

uint64_t learners_of(const Course& course) {
    uint64_t out = 1;
    for (const Assessment& assessment : course.assessments)
        out = std::max<uint64_t>(out, assessment.registered);
    return out;
}

/// Patrons give to the pool by different weights, every other one credits instead of cUSD.
std::vector<CommonsGift> plan_grants(uint64_t learners) {
    constexpr std::array<uint64_t, patron_count> weights{31, 7, 23, 11, 17, 3, 41};
    const u256 dollars = dollar * u256{1'000u} + u256{learners} * u256{2'513'579u};
    const u256 credits = credit * u256{400u} + u256{learners} * u256{1'000'000'000'000'000'123u};
    std::vector<CommonsGift> out;
    for (size_t i = 0; i < patron_count; ++i) {
        const bool is_credit = i % 2 == 1;
        const u256 whole = is_credit ? credits : dollars;
        out.push_back({.from = i,
                       .to = 0,
                       .currency = is_credit ? CommonsCurrency::credit : CommonsCurrency::dollar,
                       .amount = whole * u256{weights[i]} / u256{100u} + u256{i + 1}});
    }
    // One who gives both.
    out.push_back({.from = 0,
                   .to = 0,
                   .currency = CommonsCurrency::credit,
                   .amount = credits * u256{13u} / u256{100u}});
    return out;
}

/// Every writer finds a reader, and those whose number is a square many.
std::vector<CommonsGift> plan_gifts(uint64_t learners) {
    std::vector<CommonsGift> out;
    for (size_t i = 0; i < reader_count; ++i) {
        std::vector<size_t> liked{i % writer_count};
        for (const size_t also : {i * i % writer_count, (3 * i + 1) % (writer_count / 2)})
            if (std::ranges::find(liked, also) == liked.end()) liked.push_back(also);
        const bool is_credit = i % 3 == 2;
        for (const size_t writer : liked) {
            const u256 base{1'000'003u + 137'031u * (i + 1) + 10'007u * writer + learners % 1'000u};
            out.push_back(
                {.from = i,
                 .to = writer,
                 .currency = is_credit ? CommonsCurrency::credit : CommonsCurrency::dollar,
                 .amount = is_credit ? base * u256{4'000'000'000'003u} : base});
        }
    }
    return out;
}

}  // namespace

u256 value_of(CommonsCurrency currency, const u256& amount) {
    const u256 weight = currency == CommonsCurrency::dollar ? dollar_weight : credit_weight;
    return amount * weight / credit;
}

CommonsPlan plan_commons(const Course& course, uint32_t threshold_bps) {
    using spend_lines::Split;
    check(threshold_bps >= 1 && threshold_bps <= 10'000, "a threshold is a share of learners");
    const Campaign campaign = plan_campaign(course, threshold_bps);
    uint64_t last = campaign.funding_deadline;
    for (const TranchePlan& tranche : campaign.tranches) last = std::max(last, tranche.deadline);
    CommonsPlan out;
    out.founded_at = last + 7 * day_seconds;
    out.funding_deadline = out.founded_at + 20 * day_seconds;
    out.asked_at = out.funding_deadline + day_seconds;
    out.lines_deadline = out.funding_deadline + 60 * day_seconds;
    out.result_bps = result_of(course);
    out.wrong_bps = wrong_result(out.result_bps, threshold_bps);
    const uint64_t learners = learners_of(course);
    out.grants = plan_grants(learners);
    out.gifts = plan_gifts(learners);
    const uint32_t excellent = threshold_bps + (10'000 - threshold_bps) / 2;
    out.lines = {
        {"materials, as readers choose", 4'000, Split::matched, {}, 0},
        {"materials, to all writers alike", 2'500, Split::equal, {}, threshold_bps},
        {"translation, hosting, print", 1'500, Split::fixed, {5, 3, 3}, 0},
        {"prize for a course that excels", 1'000, Split::equal, {}, excellent},
    };
    u256 value;
    for (const auto* some : {&out.grants, &out.gifts})
        for (const CommonsGift& gift : *some) value += value_of(gift.currency, gift.amount);
    out.soft_cap = value / u256{2u};
    out.hard_cap = value * u256{2u};
    out.bounty = u256{90'000'001u};
    out.stake = u256{250'000'000u};
    out.juror_fee = u256{10'000'000'000'000'001u};
    return out;
}

}  // namespace plume
