// Escrow vault: a payer's money waits for a payee's work, tranche by tranche, until both agree, one
// of them is silent for too long, or an arbitrator has ruled.
//
//   Proposed ── fund, by the payer ──► Active ── last tranche settled ──► Closed
//      └── fail, after the funding deadline ──► Failed
//
//   open ── claim ──► claimed ── nobody disputes within `challenge` seconds ── release ──► released
//    │                   └── dispute, by the payer, who deposits the arbitrator's fee
//    │                         └── depositFee, by the payee, as much ── openDispute ── rule
//    │                               0 ──► split    1, the payer's ──► reclaimed    2 ──► released
//    └── not claimed by the deadline, or the payee gives it back ── reclaim ──► reclaimed
//
// Whatever somebody fails to do, there is a time from which on anyone can end it: an unclaimed
// tranche goes back after its deadline; a claim that is not disputed is released, so that a payer
// gains nothing by silence; who does not deposit his fee in time loses; a dispute that the
// arbitrator does not accept, or does not rule on in time, is split. A tranche may also name
// conditions: one that releases it, claimed or not, and one that returns it while unclaimed.
//
// The plan is both sides'. The payer accepts it by funding the plan's hash, the payee by his
// claims; from then on it changes only by `amend` with both signatures (EIP-712), which ends open
// tranches and adds others in their place. So does the arbitrator, for future disputes only. A side
// that calls needs no signature.
//
// Fees. What a dispute costs is read once, when it begins, and may not be more than the `feeMax`
// both have agreed to. Each side deposits exactly that; the arbitrator gets exactly that; the
// winner's deposit is his again, to the unit. On a split the one deposit that is left is split too.
// What the arbitrator gives back because its jurors have not earned it goes to who has borne it.
//
// Rounding. Nothing is lost: of what is split, the odd unit is the payer's.
//
// The currency is an ERC-20 with at most 18 decimals; the chain's own coin is not taken. All money
// that is decided on is credited (purse.hpp), and each has it sent to himself or where he wants it:
// no ruling, refund or release can fail because somebody's money does not arrive.
//
// Invariants, held after every transaction; escrow_invariants_test.cpp breaks each once:
//   V-12, V-13 of purse.hpp, where what is locked is `escrowed` + `deposits`.
//   X-1  escrowed is the sum of the open tranches, once they are funded; what is settled stays so,
//        and is credited as it was settled.
//   X-3  the plan is the one of its hash, which changes only by an amendment.
//   X-4  deposits are one fee for each dispute that the payee has not joined or that is before the
//        arbitrator, two in between; a fee does not change.
//   X-5  a dispute that is over stays so.
#pragma once

#include "contracts/purse.hpp"
#include "contracts/record.hpp"
#include "contracts/tranches.hpp"
#include "native/typed_data.hpp"

namespace plume {

/// What an escrow vault is made with, apart from its plan.
struct EscrowTerms {
    Address asset;
    Hash record;  ///< the record it is about; must be live when it is made and funded
    Address payer;
    Address payee;
    Address arbitrator;             ///< ERC-792 with fees in tokens: the Arbitrator, or one like it
    Bytes extra_data;               ///< for the arbitrator: which panel
    u128 fee_max;                   ///< the most that a side can be asked to deposit
    uint64_t funding_deadline = 0;  ///< the last second to fund, seconds since 1970
    uint64_t fee_seconds = 0;       ///< how long each step of a dispute may take
    uint64_t ruling_seconds = 0;    ///< how long the arbitrator may take
    std::string meta_evidence;      ///< ERC-1497: where the contract between the sides is found

    static constexpr auto members = std::tuple{
        &EscrowTerms::asset,          &EscrowTerms::record,           &EscrowTerms::payer,
        &EscrowTerms::payee,          &EscrowTerms::arbitrator,       &EscrowTerms::extra_data,
        &EscrowTerms::fee_max,        &EscrowTerms::funding_deadline, &EscrowTerms::fee_seconds,
        &EscrowTerms::ruling_seconds, &EscrowTerms::meta_evidence};
};

/// A signature of one side.
struct Consent {
    uint8_t v = 0;
    Hash r;
    Hash s;

    static constexpr auto members = std::tuple{&Consent::v, &Consent::r, &Consent::s};
};

class EscrowVault : public Contract {
public:
    using Contract::Contract;

    enum class Phase : uint8_t { proposed = 0, active = 1, closed = 2, failed = 3 };
    enum class DisputeStage : uint8_t {
        none = 0,
        paid_by_payer = 1,
        paid_by_both = 2,
        opened = 3,
        over = 4
    };

    static constexpr uint8_t decimals_max = 18;
    static constexpr uint64_t funding_span_max_seconds = 10ull * 365 * 86'400;
    /// Between a claim and its release, and for each step of a dispute: an hour at least.
    static constexpr uint64_t step_seconds_least = 3'600;
    static constexpr uint64_t step_seconds_max = 90ull * 86'400;
    static constexpr uint64_t ruling_seconds_least = 86'400;
    static constexpr uint64_t ruling_seconds_max = 730ull * 86'400;
    static constexpr size_t extra_data_size_max = 1'024;
    static constexpr size_t evidence_size_max = 1'024;

    static constexpr uint64_t ruling_payer = 1;
    static constexpr uint64_t ruling_payee = 2;

    using TrancheAdded = Event<
        "TrancheAdded(uint256 indexed id, uint256 amount, uint64 deadline, bytes32 criteria, "
        "bytes32 hash)",
        u256, u256, uint64_t, Hash, Hash>;
    using PhaseChanged = Event<"PhaseChanged(uint8 phase)", uint8_t>;
    using Funded = Event<"Funded(address indexed payer, uint256 amount, bytes32 planHash)", Address,
                         u256, Hash>;
    using Amended = Event<"Amended(uint256 indexed nonce, bytes32 planHash)", u256, Hash>;
    using ArbitratorChanged = Event<
        "ArbitratorChanged(uint256 indexed nonce, address arbitrator, bytes extraData, "
        "uint256 feeMax)",
        u256, Address, Bytes, u256>;
    using Claimed = Event<"Claimed(uint256 indexed id, address indexed by, bytes32 evidence)", u256,
                          Address, Hash>;
    using Released = Event<"Released(uint256 indexed id, address indexed to, uint256 amount)", u256,
                           Address, u256>;
    using Reclaimed = Event<"Reclaimed(uint256 indexed id, uint256 amount)", u256, u256>;
    using SplitUp =
        Event<"SplitUp(uint256 indexed id, uint256 toPayer, uint256 toPayee)", u256, u256, u256>;
    /// An amendment has put other tranches in this one's place.
    using Superseded = Event<"Superseded(uint256 indexed id, uint256 amount)", u256, u256>;
    /// An amendment needs less than it has ended.
    using Returned = Event<"Returned(uint256 amount)", u256>;
    using FeeDeposited =
        Event<"FeeDeposited(uint256 indexed id, address indexed from, uint256 amount)", u256,
              Address, u256>;
    using FeeRefunded = Event<"FeeRefunded(uint256 indexed id, address indexed to, uint256 amount)",
                              u256, Address, u256>;
    using Disputed = Event<"Disputed(uint256 indexed id, uint256 disputeId)", u256, u256>;
    // ERC-792 and ERC-1497.
    using Ruling =
        Event<"Ruling(address indexed arbitrator, uint256 indexed disputeID, uint256 ruling)",
              Address, u256, u256>;
    using MetaEvidence =
        Event<"MetaEvidence(uint256 indexed metaEvidenceID, string evidence)", u256, std::string>;
    using Evidence = Event<
        "Evidence(address indexed arbitrator, uint256 indexed evidenceGroupID, address indexed "
        "party, string evidence)",
        Address, u256, Address, std::string>;
    using Dispute = Event<
        "Dispute(address indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, "
        "uint256 evidenceGroupID)",
        Address, u256, u256, u256>;

    using WrongPhase = CustomError<"WrongPhase(uint8 phase, uint8 needed)", uint8_t, uint8_t>;
    /// The zero address, the vault itself, or one address on both sides.
    using PartyInvalid = CustomError<"PartyInvalid(address party)", Address>;
    /// The zero address, the vault, or one of the sides.
    using ArbitratorInvalid = CustomError<"ArbitratorInvalid(address arbitrator)", Address>;
    using AssetDecimals = CustomError<"AssetDecimals(uint8 decimals, uint8 max)", uint8_t, uint8_t>;
    using FundingDeadlineInvalid =
        CustomError<"FundingDeadlineInvalid(uint64 fundingDeadline)", uint64_t>;
    using PeriodInvalid = CustomError<"PeriodInvalid(uint64 period)", uint64_t>;
    using TextTooLong = CustomError<"TextTooLong(uint256 size, uint256 max)", u256, u256>;
    using PlanEmpty = CustomError<"PlanEmpty()">;
    using GoalTooLarge = CustomError<"GoalTooLarge()">;
    using PlanDiffers = CustomError<"PlanDiffers(bytes32 planHash, bytes32 expected)", Hash, Hash>;
    using FundingOver = CustomError<"FundingOver(uint64 fundingDeadline)", uint64_t>;
    using FundingNotOver = CustomError<"FundingNotOver(uint64 fundingDeadline)", uint64_t>;
    using NotPayer = CustomError<"NotPayer(address caller)", Address>;
    using NotPayee = CustomError<"NotPayee(address caller)", Address>;
    using NotParty = CustomError<"NotParty(address caller)", Address>;
    using ConsentExpired = CustomError<"ConsentExpired(uint256 deadline)", u256>;
    using ConsentMissing = CustomError<"ConsentMissing(address party)", Address>;
    using TrancheSettled = CustomError<"TrancheSettled(uint256 id, uint8 state)", u256, uint8_t>;
    using EvidenceMissing = CustomError<"EvidenceMissing(uint256 id)", u256>;
    using AlreadyClaimed =
        CustomError<"AlreadyClaimed(uint256 id, uint64 claimedAt)", u256, uint64_t>;
    using NotOpenYet = CustomError<"NotOpenYet(uint256 id, uint64 opensAt)", u256, uint64_t>;
    using DeadlinePassed =
        CustomError<"DeadlinePassed(uint256 id, uint64 deadline)", u256, uint64_t>;
    using NotClaimed = CustomError<"NotClaimed(uint256 id)", u256>;
    using ChallengeOpen = CustomError<"ChallengeOpen(uint256 id, uint64 until)", u256, uint64_t>;
    using ChallengeOver = CustomError<"ChallengeOver(uint256 id, uint64 over)", u256, uint64_t>;
    using InDispute = CustomError<"InDispute(uint256 id)", u256>;
    using NotReclaimable =
        CustomError<"NotReclaimable(uint256 id, uint64 deadline)", u256, uint64_t>;
    using FeeTooHigh = CustomError<"FeeTooHigh(uint256 fee, uint256 max)", u256, u256>;
    using WrongDisputeStage =
        CustomError<"WrongDisputeStage(uint256 id, uint8 stage, uint8 needed)", u256, uint8_t,
                    uint8_t>;
    using StepOver = CustomError<"StepOver(uint256 id, uint64 until)", u256, uint64_t>;
    using StepNotOver = CustomError<"StepNotOver(uint256 id, uint64 until)", u256, uint64_t>;
    /// The arbitrator refused, or took another fee than it had posted, or gave a used number.
    using DisputeNotOpened = CustomError<"DisputeNotOpened(uint256 id)", u256>;
    using UnknownDispute =
        CustomError<"UnknownDispute(address arbitrator, uint256 disputeID)", Address, u256>;
    using RulingInvalid = CustomError<"RulingInvalid(uint256 ruling)", u256>;
    using NothingToRecover = CustomError<"NothingToRecover(uint256 id)", u256>;

    void construct(EscrowTerms terms, std::vector<Tranche> plan);

    // Both sides.
    /// By the payer, who has approved the goal: accepts the plan of this hash and pays it in.
    void fund(Hash plan_hash);
    /// By anyone, when it was not funded in time.
    void fail_funding();
    /// With both sides' consent: ends open tranches that are not in dispute and adds others. The
    /// difference comes from the payer, who has approved it, or is his again.
    void amend(std::vector<u256> ended, std::vector<Tranche> added, u256 deadline, Consent payer,
               Consent payee);
    void set_arbitrator(Address arbitrator, Bytes extra_data, u256 fee_max, u256 deadline,
                        Consent payer, Consent payee);

    // Tranches.
    /// By the payee: says that the work is done, with the hash of the evidence. Once.
    void claim(u256 id, Hash evidence);
    /// By the payer at any time before a dispute; by anyone after an undisputed claim, or when the
    /// release condition is true.
    void release(u256 id);
    /// By the payee at any time before a dispute; by anyone after the deadline or when the cancel
    /// condition is true, if it was not claimed.
    void reclaim(u256 id);
    /// By either side.
    void submit_evidence(u256 id, std::string evidence);

    // Disputes.
    /// By the payer, within the challenge of a claim.
    void dispute(u256 id);
    /// By the payee.
    void deposit_fee(u256 id);
    /// By anyone, when both have paid: brings it before the arbitrator. Returns its number there.
    u256 open_dispute(u256 id);
    /// By the dispute's arbitrator.
    void rule(u256 dispute_id, u256 ruling);
    /// By anyone, when a step of the dispute was not taken in time.
    void expire(u256 id);
    /// By anyone, afterwards: fetches what the arbitrator gives back of its fee.
    void recover_fee(u256 id);

    // Money. By anyone, to the one it belongs to; or by him, to where he wants it.
    void withdraw(Address account) { purse::withdraw(*this, asset(), account, account); }
    void withdraw_to(Address to) { purse::withdraw(*this, asset(), sender(), to); }

    // What stands in the books.
    uint8_t phase() const { return get(phase_); }
    Address asset() const { return get(asset_); }
    Hash record() const { return get(record_); }
    Address payer() const { return get(payer_); }
    Address payee() const { return get(payee_); }
    Address arbitrator() const { return get(arbitrator_); }
    Bytes extra_data() const { return get(extra_data_); }
    u256 fee_max() const { return get(fee_max_); }
    uint64_t funding_deadline() const { return get(funding_deadline_); }
    Hash plan_hash() const { return get(plan_hash_); }
    u256 nonce() const { return get(nonce_); }
    /// The sum of the open tranches.
    u256 goal() const { return tranches::open_amount(*this); }
    u256 escrowed() const { return get(escrowed_); }
    u256 deposits() const { return get(deposits_); }
    u256 due(Address account) const { return purse::due(*this, asset(), account); }
    u256 held() const { return purse::held(*this, asset()); }
    u256 tranche_count() const { return u256{tranches::count(*this)}; }
    /// Terms, state (0 open, 1 released, 2 reclaimed, 3 split), and when it was claimed (0: not).
    std::tuple<Tranche, uint8_t, uint64_t> tranche(u256 id) const;
    /// Arbitrator, its number there, the fee, the stage, until when the next step must be taken,
    /// and the ruling.
    std::tuple<Address, u256, u256, uint8_t, uint64_t, uint8_t> dispute_of(u256 id) const;
    bool supports_interface(Selector id) const;
    Hash domain_separator() const;
    DomainDescription eip712_domain() const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((address asset, bytes32 record, address payer, address payee, address "
        "arbitrator, bytes extraData, uint128 feeMax, uint64 fundingDeadline, uint64 feeSeconds, "
        "uint64 rulingSeconds, string metaEvidence) terms, (uint128 amount, (address to, uint128 "
        "amount)[] payees, uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, "
        "(address target, bytes data) release, (address target, bytes data) cancel)[] plan)",
        &EscrowVault::construct>{};
    static constexpr auto abi = Methods<
        Method<"fund(bytes32 planHash)", &EscrowVault::fund>,
        Method<"fail()", &EscrowVault::fail_funding>,
        Method<"amend(uint256[] ended, (uint128 amount, (address to, uint128 amount)[] payees, "
               "uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, (address "
               "target, bytes data) release, (address target, bytes data) cancel)[] added, uint256 "
               "deadline, (uint8 v, bytes32 r, bytes32 s) payerConsent, (uint8 v, bytes32 r, "
               "bytes32 s) payeeConsent)",
               &EscrowVault::amend>,
        Method<"setArbitrator(address arbitrator, bytes extraData, uint256 feeMax, uint256 "
               "deadline, (uint8 v, bytes32 r, bytes32 s) payerConsent, (uint8 v, bytes32 r, "
               "bytes32 s) payeeConsent)",
               &EscrowVault::set_arbitrator>,
        Method<"claim(uint256 id, bytes32 evidence)", &EscrowVault::claim>,
        Method<"release(uint256 id)", &EscrowVault::release>,
        Method<"reclaim(uint256 id)", &EscrowVault::reclaim>,
        Method<"submitEvidence(uint256 id, string evidence)", &EscrowVault::submit_evidence>,
        Method<"dispute(uint256 id)", &EscrowVault::dispute>,
        Method<"depositFee(uint256 id)", &EscrowVault::deposit_fee>,
        Method<"openDispute(uint256 id) returns (uint256 disputeID)", &EscrowVault::open_dispute>,
        Method<"rule(uint256 disputeID, uint256 ruling)", &EscrowVault::rule>,
        Method<"expire(uint256 id)", &EscrowVault::expire>,
        Method<"recoverFee(uint256 id)", &EscrowVault::recover_fee>,
        Method<"withdraw(address account)", &EscrowVault::withdraw>,
        Method<"withdrawTo(address to)", &EscrowVault::withdraw_to>,
        Method<"phase() view returns (uint8)", &EscrowVault::phase>,
        Method<"asset() view returns (address)", &EscrowVault::asset>,
        Method<"record() view returns (bytes32)", &EscrowVault::record>,
        Method<"payer() view returns (address)", &EscrowVault::payer>,
        Method<"payee() view returns (address)", &EscrowVault::payee>,
        Method<"arbitrator() view returns (address)", &EscrowVault::arbitrator>,
        Method<"extraData() view returns (bytes)", &EscrowVault::extra_data>,
        Method<"feeMax() view returns (uint256)", &EscrowVault::fee_max>,
        Method<"fundingDeadline() view returns (uint64)", &EscrowVault::funding_deadline>,
        Method<"planHash() view returns (bytes32)", &EscrowVault::plan_hash>,
        Method<"nonce() view returns (uint256)", &EscrowVault::nonce>,
        Method<"goal() view returns (uint256)", &EscrowVault::goal>,
        Method<"escrowed() view returns (uint256)", &EscrowVault::escrowed>,
        Method<"deposits() view returns (uint256)", &EscrowVault::deposits>,
        Method<"due(address account) view returns (uint256)", &EscrowVault::due>,
        Method<"held() view returns (uint256)", &EscrowVault::held>,
        Method<"trancheCount() view returns (uint256)", &EscrowVault::tranche_count>,
        Method<"tranche(uint256 id) view returns ((uint128 amount, (address to, uint128 amount)[] "
               "payees, uint64 opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, "
               "(address target, bytes data) release, (address target, bytes data) cancel) terms, "
               "uint8 state, uint64 claimedAt)",
               &EscrowVault::tranche>,
        Method<"disputeOf(uint256 id) view returns (address arbitrator, uint256 disputeID, uint256 "
               "fee, uint8 stage, uint64 until, uint8 ruling)",
               &EscrowVault::dispute_of>,
        Method<"supportsInterface(bytes4 id) view returns (bool)",
               &EscrowVault::supports_interface>,
        Method<"DOMAIN_SEPARATOR() view returns (bytes32)", &EscrowVault::domain_separator>,
        Method<eip712_domain_text, &EscrowVault::eip712_domain>>{};
    static constexpr auto declarations =
        Declarations<TrancheAdded, PhaseChanged, Funded, Amended, ArbitratorChanged, Claimed,
                     Released, Reclaimed, SplitUp, Superseded, Returned, FeeDeposited, FeeRefunded,
                     Disputed, Ruling, MetaEvidence, Evidence, Dispute, WrongPhase, PartyInvalid,
                     ArbitratorInvalid, AssetDecimals, FundingDeadlineInvalid, PeriodInvalid,
                     TextTooLong, PlanEmpty, GoalTooLarge, PlanDiffers, FundingOver, FundingNotOver,
                     NotPayer, NotPayee, NotParty, ConsentExpired, ConsentMissing, TrancheSettled,
                     EvidenceMissing, AlreadyClaimed, NotOpenYet, DeadlinePassed, NotClaimed,
                     ChallengeOpen, ChallengeOver, InDispute, NotReclaimable, FeeTooHigh,
                     WrongDisputeStage, StepOver, StepNotOver, DisputeNotOpened, UnknownDispute,
                     RulingInvalid, NothingToRecover, RecordNotLive, InsufficientGas>{} +
        tranches::declarations + purse::declarations;

protected:
    /// What is kept of a tranche's dispute. Nothing changes it once it is over.
    struct DisputeRecord : Place {
        Slot<Address> arbitrator() const { return {position, 0}; }
        Slot<uint64_t> until() const { return {position, 20}; }
        Slot<uint8_t> stage() const { return {position, 28}; }
        Slot<uint8_t> ruling() const { return {position, 29}; }
        Slot<u128> fee() const { return {position + u256{1u}}; }
        Slot<u256> number() const { return {position + u256{2u}}; }
        Text extra_data() const { return {{position + u256{3u}}}; }
    };

    static constexpr Slot<Address> asset_{0, 0};
    static constexpr Slot<uint8_t> phase_{0, 20};
    static constexpr Slot<uint64_t> funding_deadline_{0, 21};
    static constexpr Slot<Hash> record_{1};
    static constexpr Slot<Address> payer_{2};
    static constexpr Slot<Address> payee_{3};
    static constexpr Slot<Address> arbitrator_{4};
    static constexpr Text extra_data_{5};
    static constexpr Slot<u128> fee_max_{6};
    static constexpr Slot<uint64_t> fee_seconds_{7, 0};
    static constexpr Slot<uint64_t> ruling_seconds_{7, 8};
    static constexpr Slot<Hash> terms_hash_{8};
    static constexpr Slot<Hash> plan_hash_{9};
    static constexpr Slot<u256> nonce_{10};
    static constexpr Slot<u128> escrowed_{11, 0};
    static constexpr Slot<u128> deposits_{11, 16};
    static constexpr Map<u256, DisputeRecord> disputes_{12};
    /// Which tranche an arbitrator's dispute is about, counted from 1.
    static constexpr Map<Address, Map<u256, u256>> tranche_of_{13};

private:
    void accept_arbitrator(const Address& arbitrator, BytesView extra_data, const u256& fee_max);
    void append(const Tranche& tranche, uint64_t not_before);
    void require_consent(const Hash& struct_hash, const u256& deadline, const Consent& payer,
                         const Consent& payee) const;
    void require_phase(Phase needed) const;
    /// The terms of a tranche that is funded, open, and not in dispute.
    Tranche require_undisputed(const u256& id) const;
    void require_step(const u256& id, DisputeStage needed) const;
    void set_phase(Phase phase);
    void settle(const u256& id, TrancheState state);
    void end_dispute(const u256& id, const u256& ruling, const u256& refund_payer,
                     const u256& refund_payee);
    void refund(const u256& id, const Address& to, const u256& amount);
    void give_back(const u256& id, TrancheState state, const u256& payer_part,
                   const u256& payee_part);

    // In escrow_invariants.cpp: each says what does not hold, or nothing.
    std::optional<std::string> broken_books() const;
    std::optional<std::string> broken_plan() const;
    std::optional<std::string> broken_disputes() const;
    std::optional<std::string> broken_settlements() const;
};

}  // namespace plume
