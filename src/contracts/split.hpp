// Splits: how many units a token shows for each one that it counts (ERC-8056).
//
// A part: free functions with state in a namespace of its own (ERC-7201). A split two for one sets
// the multiplier to 2.0 from some second on: wallets show twice as much, and no balance, allowance,
// hold or vote is touched. Amounts in calls and events stay raw.
//
// Multipliers have 18 decimals: 10^18 is one for one. Amounts shown are rounded down.
#pragma once

#include "native/contract.hpp"

namespace plume::split {

inline constexpr u256 one{1'000'000'000'000'000'000u};
/// The greatest multiplier: 10^36, which is 10^18 shown for one.
inline constexpr u256 multiplier_limit = one * one;
/// How far ahead a split may be announced: ten years.
inline constexpr uint64_t announcement_span_max_seconds = 10ull * 365 * 86'400;

using UIMultiplierUpdated = Event<
    "UIMultiplierUpdated(uint256 oldMultiplier, uint256 newMultiplier, uint256 "
    "setAtTimestamp, uint256 effectiveAtTimestamp)",
    u256, u256, u256, u256>;

using InvalidMultiplier =
    CustomError<"InvalidMultiplier(uint256 multiplier, uint256 max)", u256, u256>;
/// A split takes effect later than now, and within ten years.
using InvalidEffectiveTime = CustomError<"InvalidEffectiveTime(uint256 effectiveAt)", u256>;

u256 multiplier(const Contract& contract);
/// The one that was set last, in effect or not yet.
u256 next_multiplier(const Contract& contract);
u256 effective_at(const Contract& contract);
u256 shown(const Contract& contract, const u256& raw);
u256 raw(const Contract& contract, const u256& shown);

/// Replaces a split that is announced and not yet in effect.
void set_multiplier(Contract& contract, const u256& next, const u256& effective_at);

}  // namespace plume::split
