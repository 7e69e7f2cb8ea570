// Disputes: how a panel's jurors come to a ruling, and what becomes of the money of it.
//
// A part of the Arbitrator: free functions that keep their state in the contract's own storage, in
// a namespace of its own (ERC-7201). A dispute goes through rounds, each before one panel:
//
//   committing ──► revealing ── advance ──► tallied ── solve, unless it is appealed ──► solved
//        ▲                                     │
//        └───── advance, the next panel ◄──────┘ a challenging side has raised its stake
//
// Votes are committed before any is shown, bound to their juror, so that copying one earns nothing
// (O-7). A round rules for the choice with the most votes, if at least the panel's quorum was
// revealed and no other choice has as many. Otherwise the first round refuses to rule, which is
// ruling 0, and an appeal leaves the ruling before it in force: a ruling is overturned by votes
// only. Each step but a vote is open to anyone, and none waits for a juror: silence ends a round at
// a fixed time.
//
// Fees. A round's pot is the cost of its panel at the time, and nothing is ever added to it.
// In the end it is shared by the jurors of that round who revealed the final ruling. Each takes an
// equal part of what is left, rounded down, so that the last takes the rest. When there is none, it
// goes back: the first round's to the arbitrable, an appeal's to its stakes.
//
// Appeals. While a panel has one above it, anybody may stake money on the ruling that he holds for
// right. The first choice other than the ruling in force to raise its whole stake, which is twice
// the cost of the panel above, brings the appeal about; the ruling in force may then be defended
// with as much. One half of a stake pays the jurors, the other is at risk. What the jurors do not
// earn goes to the side that the final ruling is for, in proportion to what each has staked: its
// own and the loser's. If a third choice won, both sides share it; if nobody has defended the
// winner, the stakers have back what is left. Each takes his part of what is left rounded down, so
// that the last takes the rest: nothing stays behind. Stakes that took no part go back whole.
//
// Invariants:
//   X-5  the ruling is at most `choices`, and does not change once the dispute is solved.
//   X-4  a pot shrinks only by what is paid from it; all that comes out of a dispute went in.
#pragma once

#include <map>

#include "contracts/panels.hpp"

namespace plume::disputes {

enum class Stage : uint8_t { voting = 0, tallied = 1, solved = 2 };
/// ERC-792.
enum class Status : uint8_t { waiting = 0, appealable = 1, solved = 2 };

using DisputeCreation =
    Event<"DisputeCreation(uint256 indexed disputeID, address indexed arbitrable)", u256, Address>;
using AppealPossible =
    Event<"AppealPossible(uint256 indexed disputeID, address indexed arbitrable)", u256, Address>;
using AppealDecision =
    Event<"AppealDecision(uint256 indexed disputeID, address indexed arbitrable)", u256, Address>;
using VoteCommitted =
    Event<"VoteCommitted(uint256 indexed disputeID, address indexed juror, bytes32 commitment)",
          u256, Address, Hash>;
using VoteRevealed =
    Event<"VoteRevealed(uint256 indexed disputeID, address indexed juror, uint256 ruling)", u256,
          Address, u256>;
using RoundTallied =
    Event<"RoundTallied(uint256 indexed disputeID, uint256 round, uint256 ruling, uint256 votes)",
          u256, u256, u256, u256>;
using FeePosted = Event<"FeePosted(uint256 indexed disputeID, uint256 amount)", u256, u256>;
using FeeEarned = Event<
    "FeeEarned(uint256 indexed disputeID, uint256 round, address indexed juror, uint256 amount)",
    u256, u256, Address, u256>;
using FeeReturned = Event<"FeeReturned(uint256 indexed disputeID, uint256 amount)", u256, u256>;
using AppealStaked = Event<
    "AppealStaked(uint256 indexed disputeID, uint256 side, address indexed by, uint256 amount)",
    u256, u256, Address, u256>;
using StakeReturned = Event<
    "StakeReturned(uint256 indexed disputeID, uint256 round, address indexed to, uint256 amount)",
    u256, u256, Address, u256>;

using UnknownDispute = CustomError<"UnknownDispute(uint256 disputeID, uint256 count)", u256, u256>;
using UnknownRound = CustomError<"UnknownRound(uint256 round, uint256 count)", u256, u256>;
/// Two choices at least, beside that of refusing.
using ChoicesInvalid = CustomError<"ChoicesInvalid(uint256 choices)", u256>;
using RulingInvalid = CustomError<"RulingInvalid(uint256 ruling, uint256 choices)", u256, u256>;
using NotJuror = CustomError<"NotJuror(uint256 panel, address caller)", u256, Address>;
using WrongStage = CustomError<"WrongStage(uint8 stage, uint8 needed)", uint8_t, uint8_t>;
using CommitOver = CustomError<"CommitOver(uint64 until)", uint64_t>;
using CommitmentMissing = CustomError<"CommitmentMissing(address juror)", Address>;
using AlreadyVoted = CustomError<"AlreadyVoted(address juror)", Address>;
/// Not every juror has committed, and the time for it is not over.
using RevealNotOpen = CustomError<"RevealNotOpen(uint64 from)", uint64_t>;
using RevealOver = CustomError<"RevealOver(uint64 until)", uint64_t>;
/// The vote is not the one committed to.
using CommitmentDiffers = CustomError<"CommitmentDiffers(bytes32 committed)", Hash>;
using VotingNotOver = CustomError<"VotingNotOver(uint64 until)", uint64_t>;
using NotAppealable = CustomError<"NotAppealable(uint256 disputeID)", u256>;
using AppealOver = CustomError<"AppealOver(uint64 until)", uint64_t>;
using AppealNotOver = CustomError<"AppealNotOver(uint64 until)", uint64_t>;
/// Nothing, or more than the side still needs.
using StakeInvalid = CustomError<"StakeInvalid(uint256 amount, uint256 missing)", u256, u256>;
/// Another choice challenges the ruling already.
using ChallengerFound = CustomError<"ChallengerFound(uint256 challenger)", u256>;
/// The ruling in force needs no defence before it is challenged.
using NotChallenged = CustomError<"NotChallenged()">;
using NothingEarned = CustomError<"NothingEarned(address account)", Address>;

/// Opens a dispute before `panel`, whose cost the caller has locked. Returns its id: 1, 2, 3, ...
u256 create(Contract& contract, const Address& arbitrable, const u256& choices, const u256& panel);

/// keccak256(abi.encode(chain id, arbitrator, dispute, round, juror, ruling, salt)): of the round
/// that is voted on.
Hash commitment(const Contract& contract, const u256& id, const Address& juror, const u256& ruling,
                const Hash& salt);
/// By a juror of the round. Once.
void commit(Contract& contract, const u256& id, const Hash& commitment);
/// By the same, when nobody can commit any more.
void reveal(Contract& contract, const u256& id, const u256& ruling, const Hash& salt);
/// By anyone: ends a round whose voting is over, or begins the next one when its stake is raised
/// and the time for appeals is over.
void advance(Contract& contract, const u256& id);
/// Whether `advance` would do something.
bool is_due(const Contract& contract, const u256& id);
/// By anyone: makes the ruling final, when it can no longer be appealed, and returns it.
u256 solve(Contract& contract, const u256& id);

/// Locks the caller's `amount` on `side`.
void stake(Contract& contract, const u256& id, const u256& side, const u256& amount);
/// What `side` may still raise, whether it may be staked on now or not. Refused when there is no
/// panel above.
u256 missing_stake(const Contract& contract, const u256& id, const u256& side);

// By anyone, of a solved dispute: credits each with what is his; returns how much.
u256 collect_fee(Contract& contract, const u256& id, const u256& round, const Address& juror);
u256 collect_stake(Contract& contract, const u256& id, const u256& round, const u256& side,
                   const Address& account);
/// Takes the first round's fee out of the dispute if no juror has earned it: 0 when it was earned
/// or has been taken. The caller books where it goes.
u256 take_unearned_fee(Contract& contract, const u256& id);

u256 count(const Contract& contract);
// All below are refused for an unknown dispute.
Address arbitrable(const Contract& contract, const u256& id);
u256 choices(const Contract& contract, const u256& id);
Stage stage(const Contract& contract, const u256& id);
Status status(const Contract& contract, const u256& id);
/// The ruling in force; 0 while there is none.
u256 ruling(const Contract& contract, const u256& id);
Address currency(const Contract& contract, const u256& id);
/// The first and last second of the current time for appeals; zeros when there is none.
std::pair<uint64_t, uint64_t> appeal_period(const Contract& contract, const u256& id);
uint64_t round_count(const Contract& contract, const u256& id);
/// What a round is about: its panel, the last seconds to commit and to reveal, how many have, and
/// what is left of its pot.
std::tuple<u256, uint64_t, uint64_t, uint8_t, uint8_t, u256> round(const Contract& contract,
                                                                   const u256& id,
                                                                   const u256& index);

/// Whether the ruling has been brought to the arbitrable.
bool is_delivered(const Contract& contract, const u256& id);
void set_delivered(Contract& contract, const u256& id);

/// Whether hold of the disputes that this transaction's events name.
std::optional<std::string> broken_invariant(const Contract& contract);

/// What the events of this transaction say went in or, negative modulo 2^256, out, by currency.
std::map<Address, u256> flows(const Contract& contract);

inline constexpr auto declarations =
    Declarations<DisputeCreation, AppealPossible, AppealDecision, VoteCommitted, VoteRevealed,
                 RoundTallied, FeePosted, FeeEarned, FeeReturned, AppealStaked, StakeReturned,
                 UnknownDispute, UnknownRound, ChoicesInvalid, RulingInvalid, NotJuror, WrongStage,
                 CommitOver, CommitmentMissing, AlreadyVoted, RevealNotOpen, RevealOver,
                 CommitmentDiffers, VotingNotOver, NotAppealable, AppealOver, AppealNotOver,
                 StakeInvalid, ChallengerFound, NotChallenged, NothingEarned>{};

}  // namespace plume::disputes
