// A question to several agents, played as a client of a node: they stake, commit and reveal; most
// of them agree on a wrong number; somebody who has counted challenges it, a panel of jurors rules,
// the wrong ones are slashed, and the corrected answer becomes a word of the Agents contract about
// the mission.
#pragma once

#include "app/story.hpp"
#include "contracts/agents.hpp"

namespace plume {

struct InquiryCast {
    Account requester;  ///< who made the mission's record
    std::vector<Account> agents;
    std::vector<Account> jurors;
    Account challenger;
};

/// What is asked, and what for.
struct InquiryTerms {
    Address currency;
    Hash subject;
    Hash indicator;
    uint64_t from = 0;
    uint64_t asked_at = 0;  ///< and the end of the period asked about
    i256 right;
    i256 wrong;              ///< not `right`
    size_t wrong_count = 0;  ///< the first of the agents, who say `wrong`: most of them
    size_t upholding = 0;    ///< the first of the jurors, who find the challenger right: most
    u256 bounty;
    u256 stake;      ///< of each agent; the challenger's bond is as much
    u256 juror_fee;  ///< wei
};

/// What became of it; each figure read from the chain.
struct InquiryReport {
    u256 request;
    u256 dispute;
    i256 median;
    i256 answer;
    u256 slashed;
    u256 reward;  ///< of each agent who was right
    Hash published;
};

class Inquiry {
public:
    /// All that is referred to must outlive it. The currency must be in the requester's gift.
    Inquiry(Session& session, const InquiryCast& cast, const InquiryTerms& terms,
            const Narrator& narrate)
        : session_(session), cast_(cast), terms_(terms), narrate_(narrate) {}

    /// Appoints a panel, registers the agents and has them stake.
    Result<void> prepare();
    /// The request, commits, reveals, and the median, which is wrong.
    Result<void> answer();
    /// The challenge, the ruling, and the publication of the corrected answer.
    Result<void> correct();
    /// Everybody collects what he is owed and takes out his stake; moves on by the time it cools.
    Result<void> collect();

    const InquiryReport& report() const { return report_; }

private:
    template <FixedText signature, class... T>
    Result<void> act(const Account& from, const Address& to, const T&... arguments) {
        auto mined = session_.send<signature>(from, to, arguments...);
        if (!mined) return std::move(mined).error();
        return {};
    }

    Result<void> fund(const Account& who, const u256& amount);
    Result<void> enroll(const Account& agent);
    Result<void> commit(size_t agent);
    Result<void> reveal(size_t agent);
    Result<void> challenge();
    Result<void> rule();
    Result<void> collect_from_agents(const Account& who);
    Result<void> read_result(i256 InquiryReport::* into);
    i256 word_of(size_t agent) const {
        return agent < terms_.wrong_count ? terms_.wrong : terms_.right;
    }
    u256 vote_of(size_t juror) const { return u256{juror < terms_.upholding ? 2u : 1u}; }

    Session& session_;
    const InquiryCast& cast_;
    const InquiryTerms& terms_;
    const Narrator& narrate_;
    u256 panel_;
    std::vector<u256> ids_;  ///< of the agents
    InquiryReport report_;
};

}  // namespace plume
