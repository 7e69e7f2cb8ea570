// Vault, milestone preset: donors fund a plan, each part of it is paid out when its condition is
// true, and what is not earned by its deadline goes back to the donors in proportion.
//
//   Draft ── open ──► Funding ── goal reached ──► Active ── last tranche settled ──► Closed
//     └─────────────────┴── fail, after the funding deadline ──► Failed
//
// The steward writes the plan in Draft and fixes it by `open`; from then on nobody alone has a
// power over the vault: every step is open to anyone, and whether it may be taken is a matter of
// conditions and time, or of what all concerned agree on. Whatever anyone fails to do, all money
// has an end by the last deadline: release until then, `reclaim` or `fail` after it.
//
// Contributions are units of one currency (an ERC-20 with at most 18 decimals, fixed at creation)
// and give as many shares. The shares are an ERC-20 with permit, as AssetToken: transferable
// always, made by contributions only, and ended only when their holder leaves; AssetToken's
// issuance (mint, burn) does not exist here. Nor are there deposit and redeem: a share cannot be
// redeemed, and half of ERC-4626 would mislead. Money that is reclaimed belongs to the shares
// (revenue.hpp) and keeps doing so when they move.
//
// A tranche may come with rules of payout (payouts.hpp): in equal instalments or second by second
// from its release on, and of an amount that follows a measure. What it does not grant goes back
// when it is released; `draw` pays what is vested, by anyone; a cancel condition that becomes true
// meanwhile returns the rest, and what was vested by then stays the payees'.
//
// A plan may name a panel of the Arbitrator (`setPanel`, in Draft). Then anyone can dispute a claim
// within its challenge window, once, for the panel's fee, which he pays in the vault's currency.
// The tranche waits for the ruling. 0 (refused) and 1 let the claim stand; so does silence, which
// ends after claims::arbitration_max_seconds. 2 rejects it: the claim and its evidence are void,
// and another costs the plan's bond, returned when the tranche has ended, or the challenger's if it
// is rejected too. What a dispute takes of the time before the deadline it gives back: a claim
// that stood can be released until claims::grace_seconds after it. A true cancel condition returns
// the money at once, dispute or not. The fee is the jurors'; what they have not earned of it
// `recoverFee` fetches for the challenger. Bonds and refunds are in the purse (purse.hpp), apart
// from the books below.
//
// Other deadlines, payees and conditions for a tranche that is open and not claimed are agreed on
// jointly (amendments.hpp). A payee proposes them; `acceptAmendment` needs every payee of every
// open tranche and more than half of the shares; `enact` needs all the shares that there are. In
// between, who does not agree leaves: at once by `leave`, or after amendments::notice_seconds put
// out by anyone. His shares end, and their part of all open tranches is his, waiting for `collect`;
// what was returned before stays his as well. So nobody is bound by terms he has not agreed to, and
// silence is answered by a full refund. A tranche of which parts have left pays its payees what is
// left of it in proportion. Until `enact` the old terms are in force, `reclaim` included.
//
// The books, in units of the currency; a plain transfer to the vault changes none (V-1, V-2):
//     raised = paid + owed + withdrawn + held                      V-12
//     held   = raised, escrowed = returned = 0                     in Draft and Funding
//     held   = escrowed + (returned - withdrawn)                   after
// raised: ever contributed. paid: gone to payees. owed: released, but the currency refused the
// transfer, or the part of one who left; `collect` tries again. escrowed: the sum of the open
// tranches, and of what is left of those that are being paid. returned: ever made over to the
// shareholders; withdrawn: what they took of it. Fractions of a unit by which returned money does
// not divide stay in `returned - withdrawn`, each some holder's and all together less than a unit
// for each holder, until a later return completes them (D-5).
//
// Invariants, held after every transaction; vault_invariants_test.cpp breaks each once:
//   V-12 the books above, to the unit; and the currency's own records cover them, unless it took
//        something away itself: balanceOf(vault) >= held + owed + what is in the purse.
//   V-13 the books move as the events say: raised with Contributed, escrowed with Released,
//        Reclaimed and Left, paid and owed with Released, PaymentOwed, Left and Collected, returned
//        and withdrawn with FundsDistributed and FundsWithdrawn. Who replays the logs holds the
//        same books.
//   V-14 there are as many shares as units raised, less those whose holders left.
//   V-15 what leaves a tranche is what those who left are owed; each has his shares' part of all
//        that is open, less than a unit short of it, and the shares that stay have no less than
//        before.
//   X-1  escrowed is the sum of the open tranches and of what is left of those being paid; what is
//        settled, and a phase left, stays so.
//   X-2  of claims.hpp; nothing is released while its claim is in dispute.
//   X-3  the plan's hash changes after `open` only by an amendment to which all shares agree; what
//        is paid is what it says, payee by payee.
//   X-9 of amendments.hpp; X-7 of payouts.hpp; D-1, D-2, D-5 of revenue.hpp; T-1 of token.hpp.
#pragma once

#include "contracts/amendments.hpp"
#include "contracts/claims.hpp"
#include "contracts/payouts.hpp"
#include "contracts/purse.hpp"
#include "contracts/token.hpp"
#include "contracts/tranches.hpp"
#include "native/remote.hpp"

namespace plume {

/// What a vault is made with, apart from its plan.
struct VaultTerms {
    std::string name;  ///< of the shares, as `symbol`; the shares have the currency's decimals
    std::string symbol;
    Address asset;  ///< the currency: an ERC-20 that delivers what it is told to transfer
    Hash record;    ///< the mission record; must be live when the vault is made, opened and
                    ///< contributed to
    Hash purpose;  ///< free for use, such as a hash of the documents or a purpose code; may be zero
    Address steward;                ///< who writes the plan and opens it
    uint64_t funding_deadline = 0;  ///< the last second of contributions, seconds since 1970

    static constexpr auto members = std::tuple{&VaultTerms::name,
                                               &VaultTerms::symbol,
                                               &VaultTerms::asset,
                                               &VaultTerms::record,
                                               &VaultTerms::purpose,
                                               &VaultTerms::steward,
                                               &VaultTerms::funding_deadline};
};

class Vault : public AssetToken {
public:
    using AssetToken::AssetToken;

    enum class Phase : uint8_t { draft = 0, funding = 1, active = 2, closed = 3, failed = 4 };

    /// Currencies with more decimals are refused (V-11).
    static constexpr uint8_t decimals_max = 18;
    /// The longest funding: ten years. A time in milliseconds is beyond it.
    static constexpr uint64_t funding_span_max_seconds = 10ull * 365 * 86'400;
    /// What the currency may use for one payment to a payee, so that no payee's hook starves the
    /// others (D-4).
    static constexpr uint64_t payment_gas_max = 300'000;

    using TrancheAdded = Event<
        "TrancheAdded(uint256 indexed id, uint256 amount, uint64 deadline, bytes32 criteria, "
        "bytes32 hash)",
        u256, u256, uint64_t, Hash, Hash>;
    using Opened = Event<"Opened(bytes32 planHash, uint256 goal)", Hash, u256>;
    using PhaseChanged = Event<"PhaseChanged(uint8 phase)", uint8_t>;
    using Contributed = Event<
        "Contributed(address indexed from, address indexed receiver, uint256 assets, uint256 "
        "shares, "
        "bytes32 indexed ref)",
        Address, Address, u256, u256, Hash>;
    using Claimed = Event<"Claimed(uint256 indexed id, address indexed by, bytes32 evidence)", u256,
                          Address, Hash>;
    /// One for each payee of a tranche.
    using Released = Event<"Released(uint256 indexed id, address indexed to, uint256 amount)", u256,
                           Address, u256>;
    /// Follows the Released whose payment the currency refused: the amount waits for `collect`.
    using PaymentOwed = Event<"PaymentOwed(uint256 indexed id, address indexed to, uint256 amount)",
                              u256, Address, u256>;
    using Collected = Event<"Collected(address indexed to, uint256 amount)", Address, u256>;
    using Reclaimed = Event<"Reclaimed(uint256 indexed id, uint256 amount)", u256, u256>;
    using FundsDistributed = revenue::FundsDistributed;
    using FundsWithdrawn = revenue::FundsWithdrawn;
    /// The amount that a measure grants a tranche, if it is the same still in a later block.
    using Quoted = Event<"Quoted(uint256 indexed id, uint256 amount)", u256, u256>;
    /// A tranche with rules of payout was released: so much of it is paid by its schedule.
    using PayoutBegun = Event<"PayoutBegun(uint256 indexed id, uint256 granted)", u256, u256>;

    using PanelSet = Event<"PanelSet(bytes extraData, uint128 bond)", Bytes, u128>;
    /// The challenger has paid `fee` for it.
    using Disputed = Event<
        "Disputed(uint256 indexed id, address indexed by, uint256 indexed disputeID, uint256 fee)",
        u256, Address, u256, u256>;
    /// The claim's bond, if there was one, is the challenger's.
    using ClaimRejected =
        Event<"ClaimRejected(uint256 indexed id, uint256 indexed disputeID, uint256 bond)", u256,
              u256, u256>;
    using BondReturned =
        Event<"BondReturned(uint256 indexed id, address indexed claimant, uint256 bond)", u256,
              Address, u256>;
    using AmendmentProposed = Event<
        "AmendmentProposed(uint256 indexed number, uint256 indexed id, address indexed by, "
        "bytes32 hash)",
        u256, u256, Address, Hash>;
    using AmendmentAccepted = Event<"AmendmentAccepted(uint256 indexed number)", u256>;
    using Amended =
        Event<"Amended(uint256 indexed number, uint256 indexed id, bytes32 planHash, bytes32 hash)",
              u256, u256, Hash, Hash>;
    /// `amount` of the tranche is owed to the one whose Left follows.
    using Reduced = Event<"Reduced(uint256 indexed id, uint256 amount)", u256, u256>;
    using Left =
        Event<"Left(address indexed holder, uint256 shares, uint256 amount)", Address, u256, u256>;
    /// ERC-792 and ERC-1497.
    using Ruling =
        Event<"Ruling(address indexed arbitrator, uint256 indexed disputeID, uint256 ruling)",
              Address, u256, u256>;
    using Dispute = Event<
        "Dispute(address indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, "
        "uint256 evidenceGroupID)",
        Address, u256, u256, u256>;

    using WrongPhase = CustomError<"WrongPhase(uint8 phase, uint8 needed)", uint8_t, uint8_t>;
    using NotSteward = CustomError<"NotSteward(address caller)", Address>;
    using StewardMissing = CustomError<"StewardMissing()">;
    using AssetDecimals = CustomError<"AssetDecimals(uint8 decimals, uint8 max)", uint8_t, uint8_t>;
    using FundingDeadlineInvalid =
        CustomError<"FundingDeadlineInvalid(uint64 fundingDeadline)", uint64_t>;
    using PlanEmpty = CustomError<"PlanEmpty()">;
    /// The goal would exceed a uint128.
    using GoalTooLarge = CustomError<"GoalTooLarge()">;
    using FundingOver = CustomError<"FundingOver(uint64 fundingDeadline)", uint64_t>;
    using FundingNotOver = CustomError<"FundingNotOver(uint64 fundingDeadline)", uint64_t>;
    using AmountZero = CustomError<"AmountZero()">;
    /// More than is still needed; `left` would fill the goal.
    using ExceedsNeed = CustomError<"ExceedsNeed(uint256 assets, uint256 left)", u256, u256>;
    /// The currency did not deliver what it was told to transfer: it takes a fee, or worse.
    using AssetsNotReceived =
        CustomError<"AssetsNotReceived(uint256 received, uint256 assets)", u256, u256>;
    using TrancheSettled = CustomError<"TrancheSettled(uint256 id, uint8 state)", u256, uint8_t>;
    using NotPayee = CustomError<"NotPayee(uint256 id, address caller)", u256, Address>;
    using EvidenceMissing = CustomError<"EvidenceMissing(uint256 id)", u256>;
    using AlreadyClaimed =
        CustomError<"AlreadyClaimed(uint256 id, uint64 claimedAt)", u256, uint64_t>;
    /// The challenge would last beyond the deadline; `latest` was the last second to claim.
    using ClaimTooLate = CustomError<"ClaimTooLate(uint256 id, uint64 latest)", u256, uint64_t>;
    using NotOpenYet = CustomError<"NotOpenYet(uint256 id, uint64 opensAt)", u256, uint64_t>;
    using DeadlinePassed =
        CustomError<"DeadlinePassed(uint256 id, uint64 deadline)", u256, uint64_t>;
    using NotClaimed = CustomError<"NotClaimed(uint256 id)", u256>;
    using ChallengeOpen = CustomError<"ChallengeOpen(uint256 id, uint64 until)", u256, uint64_t>;
    /// The release condition answered no.
    using ConditionNotMet = CustomError<"ConditionNotMet(uint256 id)", u256>;
    /// The release condition gave no answer: it reverted, ran out of its gas, or returned no bool.
    using ConditionFailed = CustomError<"ConditionFailed(uint256 id)", u256>;
    /// Before the deadline, and no cancel condition says yes.
    using NotReclaimable =
        CustomError<"NotReclaimable(uint256 id, uint64 deadline)", u256, uint64_t>;
    /// The amount's view gives no number within its gas, or grants nothing.
    using AmountFailed = CustomError<"AmountFailed(uint256 id)", u256>;
    using AmountNotNeeded = CustomError<"AmountNotNeeded(uint256 id)", u256>;
    using NotQuoted = CustomError<"NotQuoted(uint256 id)", u256>;
    /// Quoted in this very block.
    using QuoteTooFresh = CustomError<"QuoteTooFresh(uint256 id, uint64 block)", u256, uint64_t>;
    /// The measure has moved since: to be quoted anew.
    using QuoteChanged =
        CustomError<"QuoteChanged(uint256 id, uint256 quoted, uint256 now)", u256, u256, u256>;
    using NotPaying = CustomError<"NotPaying(uint256 id, uint8 state)", u256, uint8_t>;
    /// Nothing more is vested than was drawn.
    using NothingVested = CustomError<"NothingVested(uint256 id)", u256>;
    using NothingToWithdraw = CustomError<"NothingToWithdraw(address account)", Address>;
    /// The plan names no panel to decide.
    using PanelMissing = CustomError<"PanelMissing()">;
    /// A claim is disputed once.
    using AlreadyDisputed =
        CustomError<"AlreadyDisputed(uint256 id, uint256 disputeID)", u256, u256>;
    using ChallengeOver = CustomError<"ChallengeOver(uint256 id, uint64 until)", u256, uint64_t>;
    /// The Arbitrator did not take its fee exactly, or gave a number that it gave before.
    using DisputeNotOpened = CustomError<"DisputeNotOpened(uint256 id)", u256>;
    /// The tranche cannot be released before the ruling, which comes until `until` or never.
    using InDispute = CustomError<"InDispute(uint256 id, uint64 until)", u256, uint64_t>;
    using NotArbitrator = CustomError<"NotArbitrator(address caller)", Address>;
    using UnknownDispute = CustomError<"UnknownDispute(uint256 disputeID)", u256>;
    using RulingInvalid = CustomError<"RulingInvalid(uint256 ruling)", u256>;
    using DisputeOver = CustomError<"DisputeOver(uint256 disputeID)", u256>;
    /// The tranche is open, or its claim in dispute.
    using BondNeeded = CustomError<"BondNeeded(uint256 id)", u256>;

    /// An amendment leaves the amount as it is.
    using AmountAmended = CustomError<"AmountAmended(uint256 amount, uint256 agreed)", u256, u256>;
    /// An accepted one waits to be enacted.
    using AmendmentPending = CustomError<"AmendmentPending(uint256 number)", u256>;
    using UnknownAmendment = CustomError<"UnknownAmendment(uint256 number)", u256>;
    using WrongAmendmentStage =
        CustomError<"WrongAmendmentStage(uint256 number, uint8 stage)", u256, uint8_t>;
    using AgreementMissing = CustomError<"AgreementMissing(address payee)", Address>;
    using TooFewAgree = CustomError<"TooFewAgree(uint256 agreeing, uint256 supply)", u256, u256>;
    using NoticeNotOver = CustomError<"NoticeNotOver(uint64 until)", uint64_t>;
    /// Its cancel condition may still return money to all shares.
    using StillPaying = CustomError<"StillPaying(uint256 id)", u256>;
    /// Nobody would be left to whom the rest could go back.
    using LastShares = CustomError<"LastShares(address holder)", Address>;

    /// The plan may come along; with `open` the vault begins in Funding. The launcher lets only the
    /// steward open so.
    void construct(VaultTerms terms, std::vector<Tranche> plan, bool open_now);

    // The plan. By the steward, in Draft. `add_tranche` returns the new id: 0, 1, 2, ...
    u256 add_tranche(Tranche tranche);
    /// One that is paid by a schedule, or by a measure.
    u256 add_tranche_with_rules(Tranche tranche, PayoutRules rules);
    /// Names the panel of the Arbitrator that decides disputes, and the bond of a claim after a
    /// rejected one. To be given again as long as it is a draft; both are part of the plan's hash.
    void set_panel(Bytes extra_data, u128 bond);
    void open();

    // Funding, by anyone. `assets` are taken from the caller, who has approved them; `receiver`
    // gets the shares; `ref` is free for use: a receipt's number, a campaign. Both return the
    // shares.
    u256 contribute(u256 assets, Address receiver, Hash ref);
    /// With the caller's ERC-2612 permit for `assets`. A permit that somebody else has already
    /// handed in does no harm: what counts is the allowance.
    u256 contribute_with_permit(u256 assets, Address receiver, Hash ref, u256 deadline, uint8_t v,
                                Hash r, Hash s);
    /// After a funding deadline without the goal, by anyone: all that was raised is the
    /// contributors' again.
    void fail_funding();

    // Tranches.
    /// By a payee: says that the work is done, with the hash of the evidence, and starts the
    /// challenge window. Once; and again when the claim was rejected, for `bondOf(id)` units that
    /// he has approved.
    void claim(u256 id, Hash evidence);
    /// By anyone: pays every payee, if opensAt <= now <= deadline, the challenge is over and the
    /// condition is true.
    void release(u256 id);
    /// By anyone: asks what the measure grants an open tranche. To be done in a block before the
    /// release, and again when the measure moves.
    u256 quote(u256 id);
    /// By anyone: pays what is vested of a tranche that is being paid.
    void draw(u256 id);
    /// By anyone: makes the amount over to the shareholders, after the deadline or when the cancel
    /// condition is true; of a tranche that is being paid, what is not vested, when the cancel
    /// condition is true.
    void reclaim(u256 id);

    // Disputes of claims.
    /// By anyone, within the challenge window: takes the panel's fee, which he has approved, and
    /// returns the dispute's number at the Arbitrator.
    u256 dispute(u256 id);
    /// By the Arbitrator: 2 rejects the claim; it stands with 1, or 0.
    void rule(u256 dispute_id, u256 ruling);
    /// By anyone: a bond of a tranche that has ended is the claimant's again.
    void return_bond(u256 id);
    /// By anyone: what the jurors have not earned of the fee is the challenger's.
    u256 recover_fee(u256 dispute_id);

    // Amendments.
    /// By a payee of an open tranche that is not claimed: other terms for it, of the same amount.
    /// In the place of another that is not accepted. Returns its number.
    u256 propose_amendment(u256 id, Tranche tranche);
    /// By anyone, with all his shares; by a payee for himself. A payee's word binds once it is
    /// accepted; a holder can take his back until it is in force.
    void agree(u256 number);
    void disagree(u256 number);
    /// By anyone, when every payee of an open tranche and more than half of the shares agree.
    void accept_amendment(u256 number);
    /// By a holder while an amendment is accepted: ends his shares for their part of all open
    /// tranches, which `collect` sends. Returns how much that is.
    u256 leave();
    /// By anyone, after the notice: the same for those of a holder's shares that do not agree.
    u256 put_out(Address holder);
    /// By anyone, when all shares agree to the accepted amendment.
    void enact(u256 number);

    // Taking money out: each by anyone, to the one it belongs to.
    void collect(Address payee);
    void withdraw_returned(Address holder);
    void withdraw_funds() { withdraw_returned(sender()); }
    /// Bonds and fees.
    u256 withdraw_due(Address account);

    // What stands in the books.
    uint8_t phase() const { return get(phase_); }
    Address asset() const { return get(asset_); }
    Address steward() const { return get(steward_); }
    Hash purpose() const { return get(purpose_); }
    uint64_t funding_deadline() const { return get(funding_deadline_); }
    Hash plan_hash() const { return get(plan_hash_); }
    u256 goal() const { return get(goal_); }
    u256 raised() const { return get(raised_); }
    u256 escrowed() const { return get(escrowed_); }
    u256 held() const { return get(held_); }
    u256 paid() const { return get(paid_); }
    u256 owed() const { return get(owed_); }
    u256 owed_to(Address payee) const { return get(owed_to_[payee]); }
    u256 returned() const { return revenue::distributed(*this, returns); }
    u256 withdrawn() const { return get(withdrawn_); }
    /// returned - withdrawn: what shareholders have not taken yet. When all have, what remains are
    /// their fractions of units, the dust.
    u256 returnable() const { return returned() - withdrawn(); }
    u256 withdrawable_funds_of(Address holder) const;
    u256 withdrawn_funds_of(Address holder) const { return revenue::taken(*this, returns, holder); }

    // The tranches. An unknown id is refused; everything else has an answer.
    u256 tranche_count() const { return u256{tranches::count(*this)}; }
    /// Terms, state (0 open, 1 released, 2 reclaimed, 4 being paid), and when it was claimed (0:
    /// not).
    std::tuple<Tranche, uint8_t, uint64_t> tranche(u256 id) const;
    PayoutRules rules(u256 id) const;
    /// Of a tranche that is or was being paid: what was granted, is vested by now, was drawn, and
    /// is left; and the last quote with its block.
    std::tuple<u256, u256, u256, u256, u256, uint64_t> payout(u256 id) const;
    std::tuple<Bytes, u128> panel() const;
    /// What a claim would cost now.
    u256 bond_of(u256 id) const;
    /// The last dispute's number, stage (0 none, 1 open, 2 the claim stands, 3 rejected),
    /// challenger, last second for a ruling and end; how many claims were rejected; and who has
    /// given which bond for the present one.
    std::tuple<u256, uint8_t, Address, uint64_t, uint64_t, uint32_t, Address, u128> dispute_of(
        u256 id) const;
    /// The latest amendment: number (0: none), stage (1 proposed, 2 accepted, 3 in force, 4 void),
    /// tranche, last second of its stage, when it was accepted, and how many shares agree.
    std::tuple<u256, uint8_t, u256, uint64_t, uint64_t, u256> amendment() const;
    /// The terms that it proposes.
    Tranche amended_terms() const;
    u256 agreed_shares_of(Address party) const { return amendments::agreed_shares(*this, party); }
    /// Whether a party, with shares or without, has agreed to it.
    bool agrees(Address party) const { return amendments::has_agreed(*this, party); }
    /// What is left of an open tranche when some have left, or was paid or reclaimed of it.
    u256 live_amount(u256 id) const;
    /// The shares of those who have left.
    u256 retired() const { return get(retired_); }
    u256 bonds() const { return purse::locked(*this, asset()); }
    /// What `withdrawDue` would send.
    u256 due(Address account) const { return purse::due(*this, asset(), account); }
    bool is_releasable(u256 id) const;
    bool is_reclaimable(u256 id) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, address asset, bytes32 record, bytes32 purpose, "
        "address steward, uint64 fundingDeadline) terms, (uint128 amount, (address to, uint128 "
        "amount)[] payees, "
        "uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, (address target, "
        "bytes data) release, "
        "(address target, bytes data) cancel)[] plan, bool open)",
        &Vault::construct>{};
    static constexpr auto abi =
        AssetToken::fungible +
        Methods<
            Method<"addTranche((uint128 amount, (address to, uint128 amount)[] payees, uint64 "
                   "opensAt, uint64 deadline, "
                   "uint32 challenge, bytes32 criteria, (address target, bytes data) release, "
                   "(address target, bytes data) cancel) tranche) returns (uint256 id)",
                   &Vault::add_tranche>,
            Method<"addTranche((uint128 amount, (address to, uint128 amount)[] payees, uint64 "
                   "opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, (address "
                   "target, bytes data) release, (address target, bytes data) cancel) tranche, "
                   "((uint8 pace, uint32 parts, uint64 duration, uint64 cliff) schedule, "
                   "(address target, bytes data, uint256 cap) payout) rules) returns (uint256 "
                   "id)",
                   &Vault::add_tranche_with_rules>,
            Method<"setPanel(bytes extraData, uint128 bond)", &Vault::set_panel>,
            Method<"open()", &Vault::open>,
            Method<"quote(uint256 id) returns (uint256 amount)", &Vault::quote>,
            Method<"draw(uint256 id)", &Vault::draw>,
            Method<"rules(uint256 id) view returns (((uint8 pace, uint32 parts, uint64 "
                   "duration, uint64 cliff) schedule, (address target, bytes data, uint256 "
                   "cap) payout))",
                   &Vault::rules>,
            Method<"payout(uint256 id) view returns (uint256 granted, uint256 vested, uint256 "
                   "drawn, uint256 left, uint256 quoted, uint64 quoteBlock)",
                   &Vault::payout>,
            Method<"contribute(uint256 assets, address receiver, bytes32 ref) returns (uint256 "
                   "shares)",
                   &Vault::contribute>,
            Method<"contributeWithPermit(uint256 assets, address receiver, bytes32 ref, "
                   "uint256 deadline, uint8 v, "
                   "bytes32 r, bytes32 s) returns (uint256 shares)",
                   &Vault::contribute_with_permit>,
            Method<"fail()", &Vault::fail_funding>,
            Method<"claim(uint256 id, bytes32 evidence)", &Vault::claim>,
            Method<"release(uint256 id)", &Vault::release>,
            Method<"reclaim(uint256 id)", &Vault::reclaim>,
            Method<"dispute(uint256 id) returns (uint256 disputeID)", &Vault::dispute>,
            Method<"rule(uint256 disputeID, uint256 ruling)", &Vault::rule>,
            Method<"returnBond(uint256 id)", &Vault::return_bond>,
            Method<"recoverFee(uint256 disputeID) returns (uint256 amount)", &Vault::recover_fee>,
            Method<"proposeAmendment(uint256 id, (uint128 amount, (address to, uint128 amount)[] "
                   "payees, uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, "
                   "(address target, bytes data) release, (address target, bytes data) cancel) "
                   "tranche) returns (uint256 number)",
                   &Vault::propose_amendment>,
            Method<"agree(uint256 number)", &Vault::agree>,
            Method<"disagree(uint256 number)", &Vault::disagree>,
            Method<"acceptAmendment(uint256 number)", &Vault::accept_amendment>,
            Method<"leave() returns (uint256 amount)", &Vault::leave>,
            Method<"putOut(address holder) returns (uint256 amount)", &Vault::put_out>,
            Method<"enact(uint256 number)", &Vault::enact>,
            Method<"amendment() view returns (uint256 number, uint8 stage, uint256 id, uint64 "
                   "until, uint64 acceptedAt, uint256 agreeing)",
                   &Vault::amendment>,
            Method<"amendedTerms() view returns ((uint128 amount, (address to, uint128 amount)[] "
                   "payees, uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, "
                   "(address target, bytes data) release, (address target, bytes data) cancel) "
                   "terms)",
                   &Vault::amended_terms>,
            Method<"agreedSharesOf(address party) view returns (uint256)",
                   &Vault::agreed_shares_of>,
            Method<"agrees(address party) view returns (bool)", &Vault::agrees>,
            Method<"liveAmount(uint256 id) view returns (uint256)", &Vault::live_amount>,
            Method<"retired() view returns (uint256)", &Vault::retired>,
            Method<"withdrawDue(address account) returns (uint256 amount)", &Vault::withdraw_due>,
            Method<"panel() view returns (bytes extraData, uint128 bond)", &Vault::panel>,
            Method<"bondOf(uint256 id) view returns (uint256)", &Vault::bond_of>,
            Method<"bonds() view returns (uint256)", &Vault::bonds>,
            Method<"due(address account) view returns (uint256)", &Vault::due>,
            Method<"disputeOf(uint256 id) view returns (uint256 disputeID, uint8 stage, "
                   "address challenger, uint64 until, uint64 endedAt, uint32 rejections, "
                   "address claimant, uint128 bond)",
                   &Vault::dispute_of>,
            Method<"collect(address payee)", &Vault::collect>,
            Method<"withdrawReturned(address holder)", &Vault::withdraw_returned>,
            Method<"withdrawFunds()", &Vault::withdraw_funds>,
            Method<"phase() view returns (uint8)", &Vault::phase>,
            Method<"asset() view returns (address)", &Vault::asset>,
            Method<"steward() view returns (address)", &Vault::steward>,
            Method<"purpose() view returns (bytes32)", &Vault::purpose>,
            Method<"fundingDeadline() view returns (uint64)", &Vault::funding_deadline>,
            Method<"planHash() view returns (bytes32)", &Vault::plan_hash>,
            Method<"goal() view returns (uint256)", &Vault::goal>,
            Method<"raised() view returns (uint256)", &Vault::raised>,
            Method<"escrowed() view returns (uint256)", &Vault::escrowed>,
            Method<"held() view returns (uint256)", &Vault::held>,
            Method<"paid() view returns (uint256)", &Vault::paid>,
            Method<"owed() view returns (uint256)", &Vault::owed>,
            Method<"owedTo(address payee) view returns (uint256)", &Vault::owed_to>,
            Method<"returned() view returns (uint256)", &Vault::returned>,
            Method<"withdrawn() view returns (uint256)", &Vault::withdrawn>,
            Method<"returnable() view returns (uint256)", &Vault::returnable>,
            Method<"withdrawableFundsOf(address holder) view returns (uint256)",
                   &Vault::withdrawable_funds_of>,
            Method<"withdrawnFundsOf(address holder) view returns (uint256)",
                   &Vault::withdrawn_funds_of>,
            Method<"trancheCount() view returns (uint256)", &Vault::tranche_count>,
            Method<"tranche(uint256 id) view returns ((uint128 amount, (address to, uint128 "
                   "amount)[] payees, "
                   "uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, "
                   "(address target, bytes data) release, (address target, bytes data) cancel) "
                   "terms, uint8 state, "
                   "uint64 claimedAt)",
                   &Vault::tranche>,
            Method<"isReleasable(uint256 id) view returns (bool)", &Vault::is_releasable>,
            Method<"isReclaimable(uint256 id) view returns (bool)", &Vault::is_reclaimable>>{};
    static constexpr auto declarations =
        AssetToken::fungible_declarations +
        Declarations<TrancheAdded, Opened, PhaseChanged, Contributed, Claimed, Quoted, PayoutBegun,
                     Released, PaymentOwed, Collected, Reclaimed, FundsDistributed, FundsWithdrawn,
                     WrongPhase, NotSteward, StewardMissing, AssetDecimals, FundingDeadlineInvalid,
                     PlanEmpty, GoalTooLarge, FundingOver, FundingNotOver, AmountZero, ExceedsNeed,
                     AssetsNotReceived, TrancheSettled, NotPayee, EvidenceMissing, AlreadyClaimed,
                     ClaimTooLate, NotOpenYet, DeadlinePassed, NotClaimed, ChallengeOpen,
                     ConditionNotMet, ConditionFailed, NotReclaimable, AmountFailed,
                     AmountNotNeeded, NotQuoted, QuoteTooFresh, QuoteChanged, NotPaying,
                     NothingVested, NothingToWithdraw, PanelSet, Disputed, ClaimRejected,
                     BondReturned, Ruling, Dispute, PanelMissing, AlreadyDisputed, ChallengeOver,
                     DisputeNotOpened, InDispute, NotArbitrator, UnknownDispute, RulingInvalid,
                     DisputeOver, BondNeeded, AmendmentProposed, amendments::Agreed,
                     AmendmentAccepted, Amended, Reduced, Left, AmountAmended, AmendmentPending,
                     UnknownAmendment, WrongAmendmentStage, AgreementMissing, TooFewAgree,
                     NoticeNotOver, StillPaying, LastShares, claims::ExtraDataTooLong,
                     purse::Locked, purse::Credited, purse::Spent, purse::Withdrawn,
                     purse::ReceiverInvalid, payouts::ScheduleInvalid, payouts::AmountTooLong,
                     payouts::AmountCapZero, tranches::TooManyTranches, tranches::UnknownTranche,
                     tranches::PayeeCountInvalid, tranches::PayeeInvalid, tranches::PayeeAmountZero,
                     tranches::PayeeSumWrong, tranches::DeadlineInvalid, tranches::ChallengeTooLong,
                     tranches::ReleaseConditionMissing, tranches::ConditionTooLong, InsufficientGas,
                     erc20::SafeERC20FailedOperation, InvalidAnswer>{};

protected:
    void on_move(const Address& from, const Address& to, const u256& value) override;
    /// What comes back has its own books: V-12 and V-13.
    std::optional<std::string> broken_revenue_books() const override { return std::nullopt; }

    // Packed in pairs that change together. Slots 0 to 7 are AssetToken's.
    static constexpr Slot<Address> asset_{8, 0};
    static constexpr Slot<uint8_t> phase_{8, 20};
    static constexpr Slot<uint64_t> funding_deadline_{8, 21};
    static constexpr Slot<Address> steward_{9};
    static constexpr Slot<Hash> purpose_{10};
    static constexpr Slot<Hash> plan_hash_{11};
    static constexpr Slot<u128> raised_{12, 0};
    static constexpr Slot<u128> held_{12, 16};
    static constexpr Slot<u128> goal_{13, 0};
    static constexpr Slot<u128> escrowed_{13, 16};
    static constexpr Slot<u128> paid_{14, 0};
    static constexpr Slot<u128> owed_{14, 16};
    static constexpr Slot<u128> withdrawn_{15, 0};
    static constexpr Slot<u128> retired_{15, 16};
    static constexpr Map<Address, u256> owed_to_{16};

private:
    /// What comes back to the shareholders, in the one currency there is.
    static constexpr revenue::CurrencyId returns{0};

    Phase phase_now() const { return Phase{phase()}; }
    void set_phase(Phase phase);
    void require_phase(Phase needed) const;
    void require_open(const u256& id) const;

    u256 append(const Tranche& tranche, const std::optional<PayoutRules>& rules = {});
    void begin_funding();
    Hash terms_hash() const;
    void require_unclaimed(const u256& id) const;
    /// Refused unless this is the latest amendment and it is pending.
    amendments::Status require_amendment(const u256& number, bool accepted) const;
    u256 let_leave(const Address& holder, const u256& shares);
    Bytes obstacle_to_release(const u256& id, const Tranche& terms) const;
    Bytes obstacle_in_quote(const u256& id) const;
    void begin_payout(const u256& id, const Tranche& terms);
    void pay_vested(const u256& id, const Tranche& terms);
    void return_unvested(const u256& id, const Tranche& terms);
    bool is_returnable(const u256& id, const Tranche& terms) const;
    bool is_cancelled(const Tranche& terms) const;
    void settle(const u256& id, TrancheState state, const u256& amount);
    void give_back(const u256& amount);
    void pay(const u256& id, const Payee& payee);
    void owe(const u256& id, const Payee& payee);
    void give_back(const u256& id, const u256& amount);
    void send(const Address& to, const u256& amount);
    void credit(const Slot<u128>& book, const u256& amount);
    void debit(const Slot<u128>& book, const u256& amount);

    // In vault_invariants.cpp: each says what does not hold, or nothing.
    struct Flows;
    Flows flows() const;
    void add_amendment(Flows& flows, const Log& log) const;
    std::optional<std::string> broken_books() const;
    std::optional<std::string> broken_flows(const Flows& flows) const;
    std::optional<std::string> broken_plan(const Flows& flows) const;
    bool is_plan_unchanged() const;
    std::optional<std::string> broken_settlements(const Flows& flows) const;
    std::optional<std::string> broken_payouts(const Flows& flows) const;
    std::optional<std::string> broken_claims(const Flows& flows) const;
    std::optional<std::string> broken_departures(const Flows& flows) const;
    std::optional<std::string> broken_agreements(const Flows& flows) const;
    u256 left_of_payouts() const;
};

}  // namespace plume
