// Payouts: how much of a tranche is paid, and when, where it is not all of it at once.
//
// A part of the vault beside tranches.hpp: free functions that keep their state in the contract's
// own storage, in a namespace of its own (ERC-7201). A tranche may come with rules:
//
//   schedule   at_once      everything when it is released
//              instalments  `parts` equal parts, the first at the release, the others one by one
//                           after each `parts`-th of `duration`
//              stream       second by second over `duration`; nothing before `cliff` is over
//   payout     a view that answers with the amount, at most `cap` and the tranche's own; with
//              target zero it is the tranche's own
//
// An amount that depends on a measure must be quoted in an earlier block and be the same still when
// the tranche is released, so that nobody bends it for the length of a transaction. A view that
// fails pays nothing, and never the cap. What is granted is divided among the payees as the
// tranche's terms say, rounded down; what is not granted, and the fractions, go back.
//
// Invariants:
//   X-1  what is left of a payout is what was granted less what went to payees and back.
//   X-7  no more is drawn of a payout than its schedule lets go by now.
#pragma once

#include "contracts/tranches.hpp"

namespace plume {

struct Schedule {
    uint8_t pace = 0;       ///< a payouts::Pace
    uint32_t parts = 0;     ///< of instalments; else 0
    uint64_t duration = 0;  ///< seconds from the release to the last unit
    uint64_t cliff = 0;     ///< of a stream: seconds before which nothing is paid

    static constexpr auto members =
        std::tuple{&Schedule::pace, &Schedule::parts, &Schedule::duration, &Schedule::cliff};
    friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// A view of any contract that answers with a uint256.
struct Amount {
    Address target;
    Bytes data;
    u256 cap;

    static constexpr auto members = std::tuple{&Amount::target, &Amount::data, &Amount::cap};
    friend bool operator==(const Amount&, const Amount&) = default;
};

struct PayoutRules {
    Schedule schedule;
    Amount payout;

    static constexpr auto members = std::tuple{&PayoutRules::schedule, &PayoutRules::payout};
    friend bool operator==(const PayoutRules&, const PayoutRules&) = default;
};

namespace payouts {

enum class Pace : uint8_t { at_once = 0, instalments = 1, stream = 2 };

inline constexpr uint32_t instalments_max = 1'200;
inline constexpr uint64_t duration_max_seconds = 50ull * 365 * 86'400;
inline constexpr size_t amount_data_max = 4'096;

/// No such pace; or parts, duration and cliff that do not go with it.
using ScheduleInvalid =
    CustomError<"ScheduleInvalid(uint8 pace, uint32 parts, uint64 duration, uint64 cliff)", uint8_t,
                uint32_t, uint64_t, uint64_t>;
using AmountTooLong = CustomError<"AmountTooLong(uint256 size, uint256 max)", u256, u256>;
/// The amount has a target but its cap is 0.
using AmountCapZero = CustomError<"AmountCapZero()">;

/// Refuses rules that make no sense or break a bound.
void require_valid(const Contract& contract, const PayoutRules& rules);
/// Keeps the rules of a tranche; returns their hash, to be bound into the tranche's.
Hash add(Contract& contract, TrancheId id, const PayoutRules& rules);
/// keccak256 of the ABI encoding of the rules; zero when the tranche has none.
Hash hash(const Contract& contract, TrancheId id);
bool has_rules(const Contract& contract, TrancheId id);
/// Those of a tranche that is paid at once and in full, when it has none.
PayoutRules rules(const Contract& contract, TrancheId id);

/// What the amount's view answers, at most `cap` and `most`; nothing when it gives no number within
/// the gas of a condition.
std::optional<u256> ask(const Contract& contract, const Amount& amount, const u256& most);
struct Quote {
    u256 amount;
    uint64_t block = 0;  ///< 0: never quoted
};
Quote quoted(const Contract& contract, TrancheId id);
/// A quote of the same amount keeps its first block: who repeats it delays nobody.
void quote(Contract& contract, TrancheId id, const u256& amount);

/// Begins to pay `granted` units of the tranche now.
void begin(Contract& contract, TrancheId id, const u256& granted);
u256 granted(const Contract& contract, TrancheId id);
/// How much of what was granted is still neither paid nor returned.
u256 left(const Contract& contract, TrancheId id);
/// How much of what was granted the schedule lets go by now.
u256 vested(const Contract& contract, TrancheId id);
/// How much of it was drawn.
u256 drawn(const Contract& contract, TrancheId id);

/// What each payee gets between `from` and `to` units of a tranche; who gets nothing is left out.
std::vector<Payee> split(const Tranche& terms, const u256& from, const u256& to);
/// Draws all that is vested: what each payee gets of it.
std::vector<Payee> draw(Contract& contract, TrancheId id, const Tranche& terms);
/// Takes what is left out of the books and says how much it is.
u256 take_left(Contract& contract, TrancheId id);

/// Whether the rules are those of their hash.
bool rules_hold(const Contract& contract, TrancheId id);
/// What the payees are to get of what was drawn in this transaction.
std::vector<Payee> drawn_now(const Contract& contract, TrancheId id, const Tranche& terms);
/// Whether hold of a payout from which `out` units went to payees or back in this
/// transaction, of a tranche of `amount`.
std::optional<std::string> broken_invariant(const Contract& contract, TrancheId id,
                                            const u256& amount, const u256& out);

}  // namespace payouts

}  // namespace plume
