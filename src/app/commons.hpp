// The second act of an education mission, on the same chain: a public-goods fund in two currencies
// pays for learning materials by many teachers. Readers' small gifts are matched quadratically,
// lines are spent on what the course achieved, which staked agents tell, and what is not spent goes
// back to the patrons.
#pragma once

#include "app/commons_plan.hpp"
#include "app/education.hpp"
#include "app/inquiry.hpp"

namespace plume {

struct CommonsCast {
    InquiryCast inquiry;  ///< the requester is the mission's treasurer, and the fund's steward
    Account reviewer;     ///< of the fund's recipients
    std::vector<Account> writers;
    std::vector<Account> suppliers;
    std::vector<Account> patrons;
    std::vector<Account> readers;
};

/// Development accounts that have no part in the first act, but for the treasurer.
Result<CommonsCast> cast_commons();
/// Whom a genesis has to give coin for fees, beside the people of the first act.
std::vector<Account> newcomers(const CommonsCast& cast);

/// A currency of a contract: in = paid + returned + dust + held. Read from the chain; what went out
/// and what is there are not figures of the same book.
struct CommonsBook {
    std::string contract;
    std::string currency;
    unsigned decimals = 0;
    u256 in;
    u256 paid;
    u256 returned;
    u256 dust;
    u256 held;

    bool is_balanced() const { return in == paid + returned + dust + held; }
};

/// What became of a line, in units of each currency.
struct LineOutcome {
    bool is_released = false;
    std::array<u256, commons_currency_count> amounts;
    Hash transaction;
};

/// What readers chose, and what that was matched with, in units of cUSD.
struct WriterOutcome {
    size_t readers = 0;
    u256 given;
    u256 matched;
};

struct CommonsReport {
    Address vault;
    std::array<Address, commons_currency_count> currencies;
    Hash mission;
    InquiryReport inquiry;
    std::vector<LineOutcome> lines;
    std::vector<WriterOutcome> writers;
    std::vector<CommonsBook> books;
    size_t refusals = 0;

    /// Whether every book closes to the unit.
    bool is_balanced() const;
};

/// Plays after `first`, the report of the first act. Stops at the first step that does not do what
/// it should.
Result<CommonsReport> play_commons(Session& session, const CommonsCast& cast, const Course& course,
                                   uint32_t threshold_bps, const EducationReport& first,
                                   const Narrator& narrate);

/// The closing tables.
std::string render(const CommonsReport& report, const Course& course, uint32_t threshold_bps);

/// The indicator that the fund's lines are judged by.
Hash course_indicator();

}  // namespace plume
