// Tranches: the plan of a milestone vault, a row of payments each of which waits for its condition
// until its deadline.
//
// A part of the vault: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). A tranche's terms are kept as the bytes of their ABI encoding
// with the runs of zeros taken out, which takes a third of the slots, and beside them the hash of
// that encoding, which is bound into the plan's hash:
//     plan hash 0   keccak256(abi.encode(VaultTerms))
//     plan hash n   keccak256(abi.encode(plan hash n-1, tranche hash n))
// where a tranche's hash is keccak256(abi.encode(tranche)), or, if it comes with rules of payout
// (payouts.hpp), keccak256(abi.encode(that hash, keccak256(abi.encode(rules)))).
// Whoever reads a plan elsewhere (a proposal, a record) can so check that it is the one in force.
//
// Invariants:
//   X-1  open tranches end as released, reclaimed or split, once, some after a time in which they
//        are paid; nothing leads out of any end.
//   X-3  a tranche is paid only as its terms say, and the terms are those of the plan's hash.
#pragma once

#include "contracts/condition.hpp"
#include "native/contract.hpp"

namespace plume {

/// Somebody who is paid by a tranche.
struct Payee {
    Address to;
    u128 amount;  ///< units of the vault's asset

    static constexpr auto members = std::tuple{&Payee::to, &Payee::amount};
    friend bool operator==(const Payee&, const Payee&) = default;
};

/// One payment of the plan. Times are seconds since 1970.
struct Tranche {
    u128 amount;  ///< the sum of what the payees get
    std::vector<Payee> payees;
    uint64_t opens_at = 0;  ///< not released before
    uint64_t deadline =
        0;  ///< the last second of release; from the next one on it can be reclaimed
    uint32_t challenge = 0;  ///< seconds between a claim and the release; 0: no claim is needed
    Hash criteria;           ///< hash of the text that says in words what is to be achieved
    Condition release;       ///< must be true to release
    Condition cancel;        ///< true gives the money back early; with target zero there is none

    static constexpr auto members =
        std::tuple{&Tranche::amount,    &Tranche::payees,   &Tranche::opens_at, &Tranche::deadline,
                   &Tranche::challenge, &Tranche::criteria, &Tranche::release,  &Tranche::cancel};
    friend bool operator==(const Tranche&, const Tranche&) = default;
};

enum class TrancheId : uint64_t {};

/// `split`: between the sides of an escrow, whose arbitrator would not decide. `paying`: released,
/// and paid by a schedule.
enum class TrancheState : uint8_t { open = 0, released = 1, reclaimed = 2, split = 3, paying = 4 };

namespace tranches {

inline constexpr uint64_t count_max = 64;
inline constexpr size_t payees_max = 16;
/// Bytes of calldata of a condition.
inline constexpr size_t condition_data_max = 4'096;
/// From the end of funding to a deadline: 50 years. A time in milliseconds is beyond it.
inline constexpr uint64_t span_max_seconds = 50ull * 365 * 86'400;

using TooManyTranches = CustomError<"TooManyTranches(uint256 max)", u256>;
using UnknownTranche = CustomError<"UnknownTranche(uint256 id, uint256 count)", u256, u256>;
using PayeeCountInvalid = CustomError<"PayeeCountInvalid(uint256 count, uint256 max)", u256, u256>;
/// The zero address, the vault itself, or one that is paid twice.
using PayeeInvalid = CustomError<"PayeeInvalid(address payee)", Address>;
/// A payee is to get nothing.
using PayeeAmountZero = CustomError<"PayeeAmountZero(address payee)", Address>;
using PayeeSumWrong = CustomError<"PayeeSumWrong(uint256 sum, uint256 amount)", u256, u256>;
/// The deadline is not after `opensAt`, not after the end of funding, or beyond `span_max_seconds`.
using DeadlineInvalid = CustomError<"DeadlineInvalid(uint64 deadline)", uint64_t>;
/// The challenge is longer than the time from the end of funding to the deadline.
using ChallengeTooLong = CustomError<"ChallengeTooLong(uint32 challenge)", uint32_t>;
using ReleaseConditionMissing = CustomError<"ReleaseConditionMissing()">;
using ConditionTooLong = CustomError<"ConditionTooLong(uint256 size, uint256 max)", u256, u256>;

/// Refuses terms that could never be fulfilled or that break a bound. `funding_deadline` is when
/// money stops coming.
void require_valid(const Contract& contract, const Tranche& tranche, uint64_t funding_deadline);
/// The same, where a tranche may do without a release condition.
void require_bounds(const Contract& contract, const Tranche& tranche, uint64_t funding_deadline);

/// Appends a tranche to the plan whose hash is `plan_hash`; returns the plan's new hash. `rules` is
/// the hash of its rules of payout, or zero.
Hash add(Contract& contract, const Tranche& tranche, const Hash& plan_hash, const Hash& rules = {});

uint64_t count(const Contract& contract);
/// The terms of a tranche. Refused when there is none with this id, as with the functions below.
Tranche terms(const Contract& contract, TrancheId id);
/// What is waiting to be released: that of the terms, less what has left.
u256 amount(const Contract& contract, TrancheId id);
u256 amount_before(const Contract& contract, TrancheId id);
/// The hash of the terms, and of the rules of payout if there are any.
Hash hash(const Contract& contract, TrancheId id);
TrancheState state(const Contract& contract, TrancheId id);
/// When the tranche was claimed; 0 when it was not.
uint64_t claimed_at(const Contract& contract, TrancheId id);

void set_state(Contract& contract, TrancheId id, TrancheState state);
void set_claimed_at(Contract& contract, TrancheId id, uint64_t time);
/// What is left of a tranche, part of whose money has left it; its terms stay.
void set_amount(Contract& contract, TrancheId id, const u256& amount);
/// Puts other terms in the place of a tranche's, of which as much is left as was.
void amend(Contract& contract, TrancheId id, const Tranche& tranche, const Hash& rules);

/// The sum of the open tranches. Reads one slot for each tranche.
u256 open_amount(const Contract& contract);

/// The plan's hash as the tranches' own hashes make it, from the hash without any.
Hash hash_of_all(const Contract& contract, Hash plan_hash);
/// Whether there are as many tranches with the same hashes as before the transaction.
bool are_hashes_unchanged(const Contract& contract);
/// Whether the stored terms are still those that the tranche's hash was made of.
bool terms_hold(const Contract& contract, TrancheId id, const Hash& rules = {});

/// Whether the tranche was open before this transaction and is in `state` now.
bool was_settled_now(const Contract& contract, TrancheId id, TrancheState state);
/// What this transaction has announced, by tranche.
struct Announced {
    std::span<const u256> rejected = {};  ///< claims
    std::span<const u256> amended = {};   ///< terms
    std::span<const u256> reduced = {};   ///< amounts
};
/// Whether X-1 holds: no terminal state was left in this transaction, none was added without the
/// plan growing, and no amount, hash or claim of an earlier tranche changed but as announced.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            const Announced& announced = {});

inline constexpr auto declarations =
    Declarations<TooManyTranches, UnknownTranche, PayeeCountInvalid, PayeeInvalid, PayeeAmountZero,
                 PayeeSumWrong, DeadlineInvalid, ChallengeTooLong, ReleaseConditionMissing,
                 ConditionTooLong>{};

}  // namespace tranches

}  // namespace plume
