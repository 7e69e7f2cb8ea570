// Agents: questions that several independent agents answer, and money that makes it worth their
// while to answer right.
//
//   open ── commits ── reveals ──► settled ── window over ──────────► final
//     │                              └── challenged ► disputed ──┬──► final, stood or corrected
//     └── too few ──► failed                                     └──► void
//
// The requester escrows a bounty and says what is asked: an indicator of a subject (the record of a
// mission, or none) between two times, in which currency, what each agent has to lock, the band,
// the quorum, the seats, and the times. Agents are registered (agent_identity.hpp) and staked
// (agent_books.hpp); a seat belongs to an owner, however many agents he has.
//
//   commit    while there are seats and until `commitUntil`: the hash of (chain, contract, request,
//             owner, value, salt). Nobody else can open it, so a copied one only loses its stake.
//   reveal    once all seats are taken, or after `commitUntil` with a quorum of them; until
//             `revealUntil`. By anyone who knows the salt.
//   settle    when all have revealed, or after `revealUntil`: the answer is the median, of two
//             middle ones the lower. A seat that did not reveal loses `missing_slash_bps` of its
//             stake to the requester. Fewer reveals than the quorum: failed, all else goes back.
//   challenge until `challenge` seconds after: with a bond, the greater of the stake and a tenth of
//             the bounty, and the Arbitrator's fee in wei. Ruling 1: the answer stands, the bond
//             goes to the pool. 2: the challenger's is right: whoever is further from it than the
//             band loses his stake to him, and his bond comes back. 3: neither: whoever is within
//             the band of the answer, and the challenger, lose to the requester; void. 0, or no
//             ruling for `arbitration_max_seconds`: void, and everybody has his own again.
//   finalize  after the window: the bounty in equal parts to those within the band; what does not
//             divide goes to the requester.
//
// Every step is open to anyone once its time has come, so silence ends in final, failed or void.
// All payments are credits to be collected: nobody who is paid, and no ruling, can be stopped.
//
// A final result is a condition (`resultAtLeast`), refused before and in the block that made it. If
// the request is official, made by the attester of its subject, `publish` attests it as an
// indicator: who appoints this contract an agent of his mission lets kpi count it.
//
// Invariants, held after every transaction; agents_invariants_test.cpp breaks each once:
//   O-7  a request has at most `seats_max` seats, each another owner's and none the requester's;
//        none commits after a reveal; final needs a quorum of reveals, and then the answer is their
//        median or what the Arbitrator ruled.
//   G-4  a request moves along the arrows above only; once at an end its answer and its state stay,
//        it holds nothing, and each of its seats has given up its lock, slashed or unlocked, once.
//   G-1, G-2, G-3 of agent_books.hpp, I-1 and I-2 of the registries.
#pragma once

#include "contracts/agent_books.hpp"
#include "contracts/agent_requests.hpp"
#include "contracts/agent_validation.hpp"
#include "contracts/comparison.hpp"
#include "contracts/record.hpp"
#include "contracts/reputation.hpp"

namespace plume {

/// What a final official request leaves in the history of its subject.
struct FundingEntry {
    u256 request;
    Address requester;
    Address currency;
    u256 bounty;
    Hash indicator;
    i256 value;
    uint64_t time = 0;
    Hash memory;  ///< the requester's memory root when he asked

    static constexpr auto members =
        std::tuple{&FundingEntry::request, &FundingEntry::requester, &FundingEntry::currency,
                   &FundingEntry::bounty,  &FundingEntry::indicator, &FundingEntry::value,
                   &FundingEntry::time,    &FundingEntry::memory};
};

class Agents : public AgentValidation {
public:
    using AgentValidation::AgentValidation;

    static constexpr uint8_t seats_max = 16;
    static constexpr uint8_t quorum_min = 2;
    /// The longest time until commits end, between commits' and reveals' end, and to challenge.
    static constexpr uint64_t window_max_seconds = 30ull * 86'400;
    /// The shortest time to reveal, so that a requester sets no trap.
    static constexpr uint64_t reveal_min_seconds = 600;
    static constexpr uint64_t challenge_min_seconds = 3'600;
    /// How long a ruling is waited for.
    static constexpr uint64_t arbitration_max_seconds = 90ull * 86'400;
    static constexpr uint64_t missing_slash_bps = 2'000;
    static constexpr uint64_t wrong_slash_bps = 10'000;
    /// Bytes handed to the Arbitrator with a dispute.
    static constexpr size_t arbitration_size_max = 1'024;
    /// What a consumer may use to receive a result.
    static constexpr uint64_t delivery_gas_max = 300'000;

    using Requested = Event<
        "Requested(uint256 indexed requestId, address indexed requester, bytes32 indexed topic, "
        "bytes32 subject, bytes32 indicator, uint128 bounty, string uri)",
        u256, Address, Hash, Hash, Hash, u128, std::string>;
    using Committed = Event<
        "Committed(uint256 indexed requestId, address indexed owner, uint256 indexed agentId, "
        "bytes32 commitment)",
        u256, Address, u256, Hash>;
    using Revealed =
        Event<"Revealed(uint256 indexed requestId, address indexed owner, int256 value)", u256,
              Address, i256>;
    using Settled = Event<
        "Settled(uint256 indexed requestId, int256 value, uint8 revealed, uint64 challengeUntil)",
        u256, i256, uint8_t, uint64_t>;
    using RequestFailed =
        Event<"RequestFailed(uint256 indexed requestId, uint8 revealed)", u256, uint8_t>;
    using Challenged = Event<
        "Challenged(uint256 indexed requestId, address indexed challenger, int256 value, uint256 "
        "bond, uint256 disputeId)",
        u256, Address, i256, u256, u256>;
    /// ERC-792.
    using Ruling =
        Event<"Ruling(address indexed arbitrator, uint256 indexed disputeId, uint256 ruling)",
              Address, u256, u256>;
    using Finalized =
        Event<"Finalized(uint256 indexed requestId, int256 value, uint8 within, uint256 reward)",
              u256, i256, uint8_t, u256>;
    using Voided = Event<"Voided(uint256 indexed requestId, uint8 ruling)", u256, uint8_t>;
    using Published =
        Event<"Published(uint256 indexed requestId, bytes32 indexed uid)", u256, Hash>;
    using Delivered =
        Event<"Delivered(uint256 indexed requestId, address indexed consumer)", u256, Address>;
    using Rated = Event<
        "Rated(uint256 indexed requestId, address indexed owner, address indexed by, uint8 value)",
        u256, Address, Address, uint8_t>;

    using UnknownRequest = CustomError<"UnknownRequest(uint256 requestId)", u256>;
    using UnknownSeat = CustomError<"UnknownSeat(uint256 index, uint256 count)", u256, u256>;
    using WrongState = CustomError<"WrongState(uint256 requestId, uint8 state)", u256, uint8_t>;
    using QuorumInvalid = CustomError<"QuorumInvalid(uint8 quorum, uint8 seats)", uint8_t, uint8_t>;
    using TimesInvalid = CustomError<"TimesInvalid()">;
    using NotTheAgent = CustomError<"NotTheAgent(uint256 agentId, address caller)", u256, Address>;
    /// Nobody answers his own question.
    using SelfDealing = CustomError<"SelfDealing(address owner)", Address>;
    using AlreadySeated = CustomError<"AlreadySeated(address owner)", Address>;
    using ReputationTooLow =
        CustomError<"ReputationTooLow(int256 score, int256 needed)", i256, i256>;
    using CommitmentMissing = CustomError<"CommitmentMissing()">;
    using CommitsOver = CustomError<"CommitsOver(uint256 requestId)", u256>;
    using RevealsNotOpen = CustomError<"RevealsNotOpen(uint256 requestId)", u256>;
    using RevealsOver = CustomError<"RevealsOver(uint64 revealUntil)", uint64_t>;
    using NotSeated = CustomError<"NotSeated(address owner)", Address>;
    using AlreadyRevealed = CustomError<"AlreadyRevealed(address owner)", Address>;
    using CommitmentWrong = CustomError<"CommitmentWrong(address owner)", Address>;
    using NotSettleable = CustomError<"NotSettleable(uint256 requestId)", u256>;
    using ChallengeOver = CustomError<"ChallengeOver(uint64 challengeUntil)", uint64_t>;
    using ChallengeOpen = CustomError<"ChallengeOpen(uint64 challengeUntil)", uint64_t>;
    /// The challenger's value is within the band of the answer.
    using NothingToChallenge = CustomError<"NothingToChallenge()">;
    using ArbitrationFee = CustomError<"ArbitrationFee(uint256 value, uint256 cost)", u256, u256>;
    using ArbitrationFailed = CustomError<"ArbitrationFailed()">;
    using NotArbitrator = CustomError<"NotArbitrator(address caller)", Address>;
    using UnknownDispute = CustomError<"UnknownDispute(uint256 disputeId)", u256>;
    using RulingInvalid = CustomError<"RulingInvalid(uint256 ruling)", u256>;
    using ArbitrationOpen = CustomError<"ArbitrationOpen(uint64 until)", uint64_t>;
    /// A condition gives no answer before the block after the one that made the result final.
    using ResultNotFinal =
        CustomError<"ResultNotFinal(uint256 requestId, uint8 state)", u256, uint8_t>;
    using NotOfficial = CustomError<"NotOfficial(uint256 requestId)", u256>;
    using AlreadyDone = CustomError<"AlreadyDone(uint256 requestId)", u256>;
    using NoConsumer = CustomError<"NoConsumer(uint256 requestId)", u256>;
    using DeliveryFailed = CustomError<"DeliveryFailed(address consumer)", Address>;
    using NotRequester = CustomError<"NotRequester(address caller)", Address>;
    using NotPaid = CustomError<"NotPaid(address owner)", Address>;
    using AlreadyRated = CustomError<"AlreadyRated(address owner)", Address>;
    using RatingInvalid = CustomError<"RatingInvalid(uint8 value)", uint8_t>;

    /// A genesis contract: nothing to construct.
    void construct() {}

    // Stakes, by owner and currency.
    void stake(Address currency, u256 amount) { agent_books::stake(*this, currency, amount); }
    void begin_unstake(Address currency, u256 amount) {
        agent_books::begin_unstake(*this, currency, amount);
    }
    void finish_unstake(Address currency, Address owner) {
        agent_books::finish_unstake(*this, currency, owner);
    }
    /// What is staked, of it locked, of it cooling down, and until when.
    std::tuple<u256, u256, u256, uint64_t> stake_of(Address owner, Address currency) const;
    void collect(Address currency, Address account) {
        agent_books::collect(*this, currency, account);
    }
    u256 owed_to(Address account, Address currency) const {
        return agent_books::owed_to(*this, currency, account);
    }
    /// A currency's books: staked, escrowed, owed, held.
    std::tuple<u256, u256, u256, u256> books(Address currency) const;

    // Requests. Ids count from 1.
    u256 request(Question question, std::string uri);
    void commit(u256 id, u256 agent, Hash commitment);
    void reveal(u256 id, Address owner, i256 value, Hash salt);
    void settle(u256 id);
    void challenge(u256 id, i256 value);
    /// ERC-792: by the Arbitrator, once for each dispute.
    void rule(u256 dispute, u256 ruling);
    void expire_challenge(u256 id);
    void finalize(u256 id);

    // What becomes of a final result.
    Hash publish(u256 id);
    /// Calls the request's consumer with the result, as Infernet's coordinator would; once.
    void deliver(u256 id);
    /// By the requester, of an owner who was paid for the answer, once: 0 to 100, 50 moves nothing,
    /// 100 as much as the pay, or the stake if that is less.
    void rate(u256 id, Address owner, uint8_t value);

    Hash commitment_of(u256 id, Address owner, i256 value, Hash salt) const;
    u256 request_count() const { return get(request_count_); }
    std::tuple<Question, Address> request_of(u256 id) const;
    /// State (1 open, 2 settled, 3 disputed, 4 final, 5 failed, 6 void), answer, how many revealed,
    /// and until when it may be challenged.
    std::tuple<uint8_t, i256, uint8_t, uint64_t> result(u256 id) const;
    bool result_at_least(u256 id, uint8_t op, i256 value) const;
    u256 seat_count(u256 id) const;
    /// Owner, agent, state (1 committed, 2 revealed, 3 missing, 4 within, 5 outside, 6 slashed, 7
    /// released), value.
    std::tuple<Address, u256, uint8_t, i256> seat(u256 id, u256 index) const;
    u256 bond_of(u256 id) const;
    Hash published(u256 id) const;

    /// What final official requests found about a subject, oldest first: at most `page_max` from
    /// the `first` on; or the last ones.
    std::vector<FundingEntry> funding_history(Hash subject, u256 first, u256 count) const;
    std::vector<FundingEntry> last_funding(Hash subject) const;
    u256 funding_count(Hash subject) const { return u256{length(histories_[subject])}; }

    Hash topic_of(Address currency, Hash indicator) const {
        return reputation::topic_of(currency, indicator);
    }
    /// What `subject`'s settled outcomes come to, at most its stake; and how many they are.
    std::tuple<i256, uint64_t> reputation_of(Address subject, Hash topic) const;
    bool supports_interface(Selector id) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<"constructor()", &Agents::construct>{};
    static constexpr auto abi =
        AgentValidation::abi +
        Methods<
            Method<"stake(address currency, uint256 amount)", &Agents::stake>,
            Method<"beginUnstake(address currency, uint256 amount)", &Agents::begin_unstake>,
            Method<"finishUnstake(address currency, address owner)", &Agents::finish_unstake>,
            Method<"stakeOf(address owner, address currency) view returns (uint256 amount, uint256 "
                   "locked, uint256 cooling, uint64 readyAt)",
                   &Agents::stake_of>,
            Method<"collect(address currency, address account)", &Agents::collect>,
            Method<"owedTo(address account, address currency) view returns (uint256)",
                   &Agents::owed_to>,
            Method<"books(address currency) view returns (uint256 staked, uint256 escrowed, "
                   "uint256 owed, uint256 held)",
                   &Agents::books>,
            Method<"request((bytes32 subject, bytes32 indicator, uint64 from, uint64 to, address "
                   "currency, uint128 bounty, uint128 stake, uint256 band, int256 minReputation, "
                   "uint8 quorum, uint8 seats, uint64 commitUntil, uint64 revealUntil, uint32 "
                   "challenge, address consumer, bytes32 input, bytes arbitration) question, "
                   "string uri) returns (uint256 requestId)",
                   &Agents::request>,
            Method<"commit(uint256 requestId, uint256 agentId, bytes32 commitment)",
                   &Agents::commit>,
            Method<"reveal(uint256 requestId, address owner, int256 value, bytes32 salt)",
                   &Agents::reveal>,
            Method<"settle(uint256 requestId)", &Agents::settle>,
            Method<"challenge(uint256 requestId, int256 value) payable", &Agents::challenge>,
            Method<"rule(uint256 disputeId, uint256 ruling)", &Agents::rule>,
            Method<"expireChallenge(uint256 requestId)", &Agents::expire_challenge>,
            Method<"finalize(uint256 requestId)", &Agents::finalize>,
            Method<"publish(uint256 requestId) returns (bytes32 uid)", &Agents::publish>,
            Method<"deliver(uint256 requestId)", &Agents::deliver>,
            Method<"rate(uint256 requestId, address owner, uint8 value)", &Agents::rate>,
            Method<"commitmentOf(uint256 requestId, address owner, int256 value, bytes32 salt) "
                   "view returns (bytes32)",
                   &Agents::commitment_of>,
            Method<"requestCount() view returns (uint256)", &Agents::request_count>,
            Method<"requestOf(uint256 requestId) view returns ((bytes32 subject, bytes32 "
                   "indicator, uint64 from, uint64 to, address currency, uint128 bounty, uint128 "
                   "stake, uint256 band, int256 minReputation, uint8 quorum, uint8 seats, uint64 "
                   "commitUntil, uint64 revealUntil, uint32 challenge, address consumer, bytes32 "
                   "input, bytes arbitration) question, address requester)",
                   &Agents::request_of>,
            Method<"result(uint256 requestId) view returns (uint8 state, int256 value, uint8 "
                   "revealed, uint64 until)",
                   &Agents::result>,
            Method<"resultAtLeast(uint256 requestId, uint8 op, int256 value) view returns (bool)",
                   &Agents::result_at_least>,
            Method<"seatCount(uint256 requestId) view returns (uint256)", &Agents::seat_count>,
            Method<"seat(uint256 requestId, uint256 index) view returns (address owner, uint256 "
                   "agentId, uint8 state, int256 value)",
                   &Agents::seat>,
            Method<"bondOf(uint256 requestId) view returns (uint256)", &Agents::bond_of>,
            Method<"published(uint256 requestId) view returns (bytes32)", &Agents::published>,
            Method<"fundingHistory(bytes32 subject, uint256 first, uint256 count) view returns "
                   "((uint256 requestId, address requester, address currency, uint256 bounty, "
                   "bytes32 indicator, int256 value, uint64 time, bytes32 memoryRoot)[])",
                   &Agents::funding_history>,
            Method<"fundingHistory(bytes32 subject) view returns "
                   "((uint256 requestId, address requester, address currency, uint256 bounty, "
                   "bytes32 indicator, int256 value, uint64 time, bytes32 memoryRoot)[])",
                   &Agents::last_funding>,
            Method<"fundingCount(bytes32 subject) view returns (uint256)", &Agents::funding_count>,
            Method<"topicOf(address currency, bytes32 indicator) view returns (bytes32)",
                   &Agents::topic_of>,
            Method<"reputation(address subject, bytes32 topic) view returns (int256 score, uint64 "
                   "n)",
                   &Agents::reputation_of>,
            Method<"supportsInterface(bytes4 id) view returns (bool)",
                   &Agents::supports_interface>>{};
    static constexpr auto declarations =
        AgentValidation::declarations +
        Declarations<
            agent_books::CurrencyListed, agent_books::Staked, agent_books::UnstakeBegun,
            agent_books::Unstaked, agent_books::StakeLocked, agent_books::StakeUnlocked,
            agent_books::Slashed, agent_books::Escrowed, agent_books::Credited,
            agent_books::Collected, reputation::ReputationChanged, Requested, Committed, Revealed,
            Settled, RequestFailed, Challenged, Ruling, Finalized, Voided, Published, Delivered,
            Rated, agent_books::CurrencyInvalid, agent_books::AmountZero,
            agent_books::AmountsNotReceived, agent_books::StakeTooLow, agent_books::NothingCooling,
            agent_books::StillCooling, agent_books::NothingOwed, agent_books::PaymentRefused,
            UnknownRequest, UnknownSeat, WrongState, QuorumInvalid, TimesInvalid, NotTheAgent,
            SelfDealing, AlreadySeated, ReputationTooLow, CommitmentMissing, CommitsOver,
            RevealsNotOpen, RevealsOver, NotSeated, AlreadyRevealed, CommitmentWrong, NotSettleable,
            ChallengeOver, ChallengeOpen, NothingToChallenge, ArbitrationFee, ArbitrationFailed,
            NotArbitrator, UnknownDispute, RulingInvalid, ArbitrationOpen, ResultNotFinal,
            NotOfficial, AlreadyDone, NoConsumer, DeliveryFailed, NotRequester, NotPaid,
            AlreadyRated, RatingInvalid, UnknownComparison, RecordNotLive,
            erc20::SafeERC20FailedOperation, InvalidAnswer>{};

protected:
    /// Ends: what the state of a request became, and who gets what.
    detail::AgentRequestPlace known(const u256& id) const;
    RequestState state_of(const u256& id) const { return RequestState{get(requests_[id].state())}; }
    void set_state(const u256& id, RequestState state);

    static constexpr Map<u256, detail::AgentRequestPlace> requests_{8};
    static constexpr Slot<u256> request_count_{9};
    /// The request that a dispute is about.
    static constexpr Map<u256, u256> disputes_{10};
    static constexpr Map<Hash, Array<u256>> histories_{11};

private:
    void require_state(const u256& id, RequestState state) const;
    void require_times(const Question& question) const;
    bool is_official(const Hash& subject) const;
    bool commits_over(const u256& id) const;
    Hash topic(const u256& id) const;

    void fail_request(const u256& id);
    /// Slashes and releases the seats that did not reveal, and says what they lost.
    u256 dismiss_missing(const u256& id);
    i256 median(const u256& id) const;
    void resolve(const u256& id, uint64_t ruling);
    void confirm(const u256& id, bool was_challenged);
    void correct(const u256& id);
    void void_request(const u256& id, uint64_t ruling);
    void release(const u256& id, const detail::AgentSeatPlace& seat, SeatState state);
    /// Slashes a seat's stake and says by how much.
    u256 slash(const u256& id, const detail::AgentSeatPlace& seat, uint64_t bps, SeatState state);
    void note(const u256& id, const detail::AgentSeatPlace& seat, uint64_t weight, bool is_good);
    /// Pays the pool to the seats within the band and closes the request.
    void pay(const u256& id, const u256& pool, uint8_t within);
    void close(const u256& id, RequestState state);
    bool is_within(const u256& id, const i256& value, const i256& answer) const;

    std::optional<std::string> broken_seats(const u256& id) const;
    std::optional<std::string> broken_answer(const u256& id) const;
};

}  // namespace plume
