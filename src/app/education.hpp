// The story of an education mission, played as a client of a node: donors fund a course, agents
// attest what its learners achieved, teachers are paid for what was reached, and what was missed
// goes back.
#pragma once

#include "app/campaign.hpp"
#include "app/story.hpp"

namespace plume {

/// The named people of a story.
struct Cast {
    Account treasurer;
    std::vector<Account> agents;
    std::vector<Account> teachers;
    std::vector<Account> donors;
};

/// Development accounts for every part, in the order of their names.
Result<Cast> cast_education();
/// All of them, for a genesis that gives each coin for fees.
std::vector<Account> everyone(const Cast& cast);

/// What became of a tranche.
struct TrancheOutcome {
    std::string assessment;
    std::string type;
    uint64_t due = 0;
    uint64_t kpi_bps = 0;  ///< as counted from the records
    bool is_paid = false;
    u256 amount;
    Hash transaction;  ///< the release or the reclaim
};

/// The books at the end, in units of cUSD; each read from the chain.
struct EducationReport {
    Address currency;
    Address vault;
    Hash mission;
    std::vector<TrancheOutcome> tranches;
    u256 contributed;
    u256 paid;
    u256 returned;  ///< what donors took back
    u256 held;      ///< what is left: fractions of units that do not divide
    size_t refusals = 0;

    bool is_balanced() const { return contributed == paid + returned + held; }
};

/// Plays the mission of `course` on the node behind `session`, which lets its clients set the time.
/// Everything goes through signed transactions. Stops at the first step that does not do what it
/// should.
Result<EducationReport> play_education(Session& session, const Cast& cast, const Course& course,
                                       uint32_t threshold_bps, const Narrator& narrate);

/// The closing tables and the balance line.
std::string render(const EducationReport& report, const Course& course, const Cast& cast,
                   uint32_t threshold_bps);

/// The indicator that an assessment is judged by: the share of learners with a score of 40 or more,
/// in basis points.
Hash indicator_of(const Assessment& assessment);

}  // namespace plume
