#include "app/inquiry.hpp"

#include "app/text.hpp"
#include "contracts/arbitrator.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

constexpr uint64_t day = 86'400;
constexpr uint64_t commit_seconds = 2 * day;
constexpr uint64_t reveal_seconds = 2 * day;
constexpr uint32_t challenge_seconds = 2 * day;

/// What hides a word until it is shown. A real agent draws it.
Hash salt_of(const Account& account) {
    return keccak256(abi::encode(std::string("salt"), account.address));
}

template <class E>
auto find_event(const Mined& mined) -> decltype(E::decode(std::declval<Log>())) {
    for (const Log& log : mined.logs)
        if (auto values = E::decode(log)) return values;
    return std::nullopt;
}

Error lacks(std::string_view event) {
    return {exit_code::failed, "the node's receipt lacks the " + std::string(event) + " event"};
}

std::string as_share(const i256& value) {
    return format_bps(value.bits.low64());
}

}  // namespace

Result<void> Inquiry::fund(const Account& who, const u256& amount) {
    if (auto done = act<"mint(address to, uint256 value)">(cast_.requester, terms_.currency,
                                                           who.address, amount);
        !done)
        return done;
    return act<"approve(address spender, uint256 value) returns (bool)">(who, terms_.currency,
                                                                         contracts::agents, amount);
}

Result<void> Inquiry::enroll(const Account& agent) {
    TRY(mined, (session_.send<"register(string agentURI) returns (uint256 agentId)">(
                   agent, contracts::agents, "data:text/plain," + agent.name)));
    const auto registered = find_event<AgentIdentity::Registered>(mined);
    if (!registered) return lacks("Registered");
    ids_.push_back(std::get<0>(*registered));
    if (auto done = fund(agent, terms_.stake); !done) return done;
    return act<"stake(address currency, uint256 amount)">(agent, contracts::agents, terms_.currency,
                                                          terms_.stake);
}

Result<void> Inquiry::prepare() {
    Panel panel{.name = "Examiners",
                .currency = {},
                .fee = u128{terms_.juror_fee},
                .quorum = 2,
                .commit_seconds = day,
                .reveal_seconds = day,
                .appeal_seconds = 0,
                .appeal_panel = {},
                .jurors = {}};
    for (const Account& juror : cast_.jurors) panel.jurors.push_back(juror.address);
    TRY(mined,
        (session_.send<
            "createPanel((string name, address currency, uint128 fee, uint8 quorum, uint64 "
            "commitSeconds, uint64 revealSeconds, uint64 appealSeconds, uint256 appealPanel, "
            "address[] jurors) panel) returns (uint256 id)">(cast_.requester, contracts::arbitrator,
                                                             panel)));
    const auto created = find_event<panels::PanelCreated>(mined);
    if (!created) return lacks("PanelCreated");
    panel_ = std::get<0>(*created);
    for (const Account& agent : cast_.agents)
        if (auto done = enroll(agent); !done) return done;
    return {};
}

Result<void> Inquiry::commit(size_t agent) {
    const Account& owner = cast_.agents[agent];
    const Hash commitment =
        keccak256(abi::encode(u256{session_.chain_id()}, contracts::agents, report_.request,
                              owner.address, word_of(agent), salt_of(owner)));
    return act<"commit(uint256 requestId, uint256 agentId, bytes32 commitment)">(
        owner, contracts::agents, report_.request, ids_[agent], commitment);
}

Result<void> Inquiry::reveal(size_t agent) {
    const Account& owner = cast_.agents[agent];
    return act<"reveal(uint256 requestId, address owner, int256 value, bytes32 salt)">(
        owner, contracts::agents, report_.request, owner.address, word_of(agent), salt_of(owner));
}

Result<void> Inquiry::read_result(i256 InquiryReport::* into) {
    TRY(output,
        session_.call(contracts::agents, calldata<"result(uint256 requestId)">(report_.request)));
    const auto result = abi::decode<uint8_t, i256, uint8_t, uint64_t>(output);
    if (!result) return Error{exit_code::failed, "Agents does not answer as result"};
    report_.*into = std::get<1>(*result);
    return {};
}

Result<void> Inquiry::answer() {
    if (auto travelled = travel_to(session_, terms_.asked_at); !travelled) return travelled;
    if (auto done = fund(cast_.requester, terms_.bounty); !done) return done;
    const uint64_t commit_until = terms_.asked_at + commit_seconds;
    const auto seats = static_cast<uint8_t>(cast_.agents.size());
    const Question question{.subject = terms_.subject,
                            .indicator = terms_.indicator,
                            .from = terms_.from,
                            .to = terms_.asked_at,
                            .currency = terms_.currency,
                            .bounty = u128{terms_.bounty},
                            .stake = u128{terms_.stake},
                            .band = {},
                            .min_reputation = {},
                            .quorum = static_cast<uint8_t>(seats / 2 + 1),
                            .seats = seats,
                            .commit_until = commit_until,
                            .reveal_until = commit_until + reveal_seconds,
                            .challenge = challenge_seconds,
                            .consumer = {},
                            .input = terms_.indicator,
                            .arbitration = abi::encode(panel_)};
    TRY(asked,
        (session_.send<
            "request((bytes32 subject, bytes32 indicator, uint64 from, uint64 to, address "
            "currency, uint128 bounty, uint128 stake, uint256 band, int256 minReputation, uint8 "
            "quorum, uint8 seats, uint64 commitUntil, uint64 revealUntil, uint32 challenge, "
            "address consumer, bytes32 input, bytes arbitration) question, string uri) returns "
            "(uint256 requestId)">(cast_.requester, contracts::agents, question,
                                   std::string("data:text/plain,count"))));
    const auto requested = find_event<Agents::Requested>(asked);
    if (!requested) return lacks("Requested");
    report_.request = std::get<0>(*requested);
    for (size_t i = 0; i < cast_.agents.size(); ++i)
        if (auto done = commit(i); !done) return done;
    for (size_t i = 0; i < cast_.agents.size(); ++i)
        if (auto done = reveal(i); !done) return done;
    if (auto done =
            act<"settle(uint256 requestId)">(cast_.challenger, contracts::agents, report_.request);
        !done)
        return done;
    if (auto done = read_result(&InquiryReport::median); !done) return done;
    narrate_(std::to_string(cast_.agents.size()) + " staked agents commit and reveal; " +
             std::to_string(terms_.wrong_count) + " of them say " + as_share(terms_.wrong) +
             ", the others " + as_share(terms_.right) + ": the median is " +
             as_share(report_.median));
    return {};
}

Result<void> Inquiry::challenge() {
    TRY(bond, (session_.ask<"bondOf(uint256 requestId) view returns (uint256)", u256>(
                  contracts::agents, report_.request)));
    if (auto done = fund(cast_.challenger, bond); !done) return done;
    TRY(cost, (session_.ask<"arbitrationCost(bytes extraData) view returns (uint256 cost)", u256>(
                  contracts::arbitrator, abi::encode(panel_))));
    TRY(mined, session_.send(cast_.challenger, contracts::agents,
                             calldata<"challenge(uint256 requestId, int256 value)">(report_.request,
                                                                                    terms_.right),
                             cost));
    const auto challenged = find_event<Agents::Challenged>(mined);
    if (!challenged) return lacks("Challenged");
    report_.dispute = std::get<4>(*challenged);
    narrate_("  " + cast_.challenger.name + " has counted " + as_share(terms_.right) +
             " and challenges, with a bond and the jurors' fee");
    return {};
}

Result<void> Inquiry::rule() {
    for (size_t i = 0; i < cast_.jurors.size(); ++i) {
        const Account& juror = cast_.jurors[i];
        const Hash commitment =
            keccak256(abi::encode(u256{session_.chain_id()}, contracts::arbitrator, report_.dispute,
                                  u256{}, juror.address, vote_of(i), salt_of(juror)));
        if (auto done = act<"commit(uint256 disputeID, bytes32 commitment)">(
                juror, contracts::arbitrator, report_.dispute, commitment);
            !done)
            return done;
    }
    for (size_t i = 0; i < cast_.jurors.size(); ++i)
        if (auto done = act<"reveal(uint256 disputeID, uint256 ruling, bytes32 salt)">(
                cast_.jurors[i], contracts::arbitrator, report_.dispute, vote_of(i),
                salt_of(cast_.jurors[i]));
            !done)
            return done;
    TRY(ruled, (session_.send<"executeRuling(uint256 disputeID) returns (bool delivered)">(
                   cast_.challenger, contracts::arbitrator, report_.dispute)));
    for (const Log& log : ruled.logs) {
        if (const auto lost = agent_books::Slashed::decode(log))
            report_.slashed += std::get<2>(*lost);
        if (const auto final = Agents::Finalized::decode(log)) report_.reward = std::get<3>(*final);
    }
    return {};
}

Result<void> Inquiry::correct() {
    if (auto done = challenge(); !done) return done;
    if (auto done = rule(); !done) return done;
    if (auto done = read_result(&InquiryReport::answer); !done) return done;
    if (report_.answer != terms_.right)
        return Error{exit_code::failed, "the jurors' ruling did not correct the answer"};
    TRY(published, (session_.send<"publish(uint256 requestId) returns (bytes32 uid)">(
                       cast_.challenger, contracts::agents, report_.request)));
    const auto said = find_event<Agents::Published>(published);
    if (!said) return lacks("Published");
    report_.published = std::get<1>(*said);
    narrate_("  " + std::to_string(terms_.upholding) + " of " +
             std::to_string(cast_.jurors.size()) + " jurors find that right: the answer is " +
             as_share(report_.answer) + ", and the stakes of the agents who were wrong are lost");
    return {};
}

Result<void> Inquiry::collect_from_agents(const Account& who) {
    TRY(owed,
        (session_.ask<"owedTo(address account, address currency) view returns (uint256)", u256>(
            contracts::agents, who.address, terms_.currency)));
    if (owed.is_zero()) return {};
    return act<"collect(address currency, address account)">(who, contracts::agents,
                                                             terms_.currency, who.address);
}

Result<void> Inquiry::collect() {
    for (const Account* who : {&cast_.requester, &cast_.challenger})
        if (auto done = collect_from_agents(*who); !done) return done;
    for (size_t i = 0; i < cast_.agents.size(); ++i) {
        if (auto done = collect_from_agents(cast_.agents[i]); !done) return done;
        if (i < terms_.wrong_count) continue;
        if (auto done = act<"beginUnstake(address currency, uint256 amount)">(
                cast_.agents[i], contracts::agents, terms_.currency, terms_.stake);
            !done)
            return done;
    }
    for (size_t i = 0; i < terms_.upholding; ++i) {
        const Account& juror = cast_.jurors[i];
        if (auto done = act<"collectFee(uint256 disputeID, uint256 round, address juror) returns "
                            "(uint256 amount)">(juror, contracts::arbitrator, report_.dispute,
                                                u256{}, juror.address);
            !done)
            return done;
        if (auto done = act<"withdraw(address currency, address account) returns (uint256 amount)">(
                juror, contracts::arbitrator, Address{}, juror.address);
            !done)
            return done;
    }
    TRY(now, session_.head_time());
    if (auto travelled = travel_to(session_, now + agent_books::cooldown_seconds + day); !travelled)
        return travelled;
    for (size_t i = terms_.wrong_count; i < cast_.agents.size(); ++i)
        if (auto done = act<"finishUnstake(address currency, address owner)">(
                cast_.agents[i], contracts::agents, terms_.currency, cast_.agents[i].address);
            !done)
            return done;
    return {};
}

}  // namespace plume
