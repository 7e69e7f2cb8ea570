// Claims: who says that a tranche is earned, who disputes it before a panel of the Arbitrator, and
// what a claim costs after one was rejected.
//
// A part of the vault beside tranches.hpp: free functions that keep their state in the contract's
// own storage, in a namespace of its own (ERC-7201). The money that they count is in purse.hpp.
//
//   none ── dispute ──► open ──┬── ruling 0 or 1, or silence ──► stands
//     ▲                        └── ruling 2 ──► rejected ──┐
//     └───────────────── claimed anew, with a bond ────────┘
//
// Invariants:
//   X-2  a dispute ends at the latest `arbitration_max_seconds` after it was opened; a claim is
//        undone by a ruling only, and one that stands stays so; a claim after a rejected one has
//        the bond of the plan behind it, and the sum of the bonds is what the vault has locked.
#pragma once

#include "contracts/tranches.hpp"

namespace plume::claims {

/// Bytes that name a panel.
inline constexpr size_t extra_data_max = 1'024;
/// The Arbitrator's silence beyond it is an answer: the claim stands.
inline constexpr uint64_t arbitration_max_seconds = 90ull * 86'400;
/// How long a claim that stood in a dispute can be released, even if the deadline has passed.
inline constexpr uint64_t grace_seconds = 7ull * 86'400;

enum class Stage : uint8_t { none = 0, open = 1, stands = 2, rejected = 3 };

/// The last dispute of a tranche and the bond of its present claim.
struct Status {
    u256 dispute;  ///< its number at the Arbitrator
    Stage stage = Stage::none;
    Address challenger;
    uint64_t until = 0;       ///< the last second for a ruling
    uint64_t ended_at = 0;    ///< 0 while it is open
    uint32_t rejections = 0;  ///< how many claims of the tranche were rejected
    Address claimant;         ///< who gave the bond
    u128 bond;                ///< what is locked
};

using ExtraDataTooLong = CustomError<"ExtraDataTooLong(uint256 size, uint256 max)", u256, u256>;

/// Names the panel that decides, and the bond of a claim after a rejected one.
void set_panel(Contract& contract, BytesView extra_data, const u128& bond);
/// Empty when there is none: then no claim can be disputed.
Bytes panel(const Contract& contract);
u128 bond(const Contract& contract);
/// The hash that a plan begins with: that of the vault's terms, extended by
/// keccak256(abi.encode(extraData, bond)) if there is a panel.
Hash plan_base(const Contract& contract, const Hash& terms);
/// Whether the panel and the bond are what they were before the transaction.
bool is_panel_unchanged(const Contract& contract);

Status status(const Contract& contract, TrancheId id);
/// What a claim of the tranche would cost now.
u256 bond_needed(const Contract& contract, TrancheId id);
bool is_open(const Contract& contract, TrancheId id);
/// The last second of release, `deadline` or later: what a dispute has taken of the time is given
/// back, at most `arbitration_max_seconds` and `grace_seconds`.
uint64_t last_second(const Contract& contract, TrancheId id, uint64_t deadline);

/// A claim with so much locked behind it.
void begin(Contract& contract, TrancheId id, const Address& claimant, const u256& bond);
/// A dispute of the claim, opened now.
void open(Contract& contract, TrancheId id, const u256& dispute, const Address& challenger);
/// Ends the open dispute. What was locked of a rejected claim's bond is no longer, and handed back.
void end(Contract& contract, TrancheId id, Stage stage);
u256 reject(Contract& contract, TrancheId id);
/// Unlocks the bond; returns it.
u256 take_bond(Contract& contract, TrancheId id);

/// Whose dispute this was, and of which tranche; nothing if it is none of the vault's.
struct Origin {
    TrancheId tranche;
    Address challenger;
};
std::optional<Origin> origin(const Contract& contract, const u256& dispute);

/// Whether X-2 holds, if `locked` is what the vault has locked. Reads a slot for each tranche of a
/// vault with a panel.
std::optional<std::string> broken_invariant(const Contract& contract, const u256& locked);

inline constexpr auto declarations = Declarations<ExtraDataTooLong>{};

}  // namespace plume::claims
