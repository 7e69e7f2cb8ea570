// Holds: amounts of a token that stay in their owner's account but only a named taker may let go
// or take (ERC-7246, encumbrances).
//
// A part of contracts whose balances are a token: free functions that keep their state in the
// contract's own storage, in a namespace of its own (ERC-7201). The owner keeps all that ownership
// brings: votes, revenue, recovery. One mechanism serves escrow, collateral, deposits and orders.
//
// The part knows no balances: whoever calls says what is available, and moves what is taken.
//
// Invariants:
//   H-1  what an owner has encumbered is the sum of what his takers hold, and each of these changed
//        in a transaction by exactly what its Encumber and Release events say: taking releases.
//   H-2  it never exceeds the owner's balance (ERC-7246).
//
// Bounds: an owner has at most `takers_max` takers at a time, so that all of them can be moved to
// another account (recovery) or released in one call.
#pragma once

#include <map>

#include "native/contract.hpp"

namespace plume::holds {

/// How many takers may hold amounts of one owner at a time.
inline constexpr uint64_t takers_max = 16;

// ERC-7246. Release is said of every reduction: letting go, taking, and being overridden.
using Encumber = Event<"Encumber(address indexed owner, address indexed taker, uint256 amount)",
                       Address, Address, u256>;
using Release = Event<"Release(address indexed owner, address indexed taker, uint256 amount)",
                      Address, Address, u256>;

/// Less is neither frozen nor held already than would have to be.
using InsufficientAvailable =
    CustomError<"InsufficientAvailable(address owner, uint256 available, uint256 needed)", Address,
                u256, u256>;
/// The taker does not hold as much.
using InsufficientHold =
    CustomError<"InsufficientHold(address owner, address taker, uint256 held, uint256 needed)",
                Address, Address, u256, u256>;
using TooManyTakers = CustomError<"TooManyTakers(address owner, uint256 max)", Address, u256>;
/// Nobody, or the owner himself, cannot be a taker.
using InvalidTaker = CustomError<"InvalidTaker(address taker)", Address>;

/// How much of `owner`'s balance takers hold, all together.
u256 held(const Contract& contract, const Address& owner);
u256 held_by(const Contract& contract, const Address& owner, const Address& taker);
/// Those who hold something of the owner's, at most `takers_max`, in no promised order.
std::vector<Address> takers(const Contract& contract, const Address& owner);

/// Gives `taker` a hold on `amount` more. The caller has seen that as much is available.
void encumber(Contract& contract, const Address& owner, const Address& taker, const u256& amount);
/// Reduces what `taker` holds, because he lets go or because he takes. Refused with
/// InsufficientHold beyond it.
void release(Contract& contract, const Address& owner, const Address& taker, const u256& amount);
/// Releases what is held beyond `limit`, the last taker first: for a power that is senior to holds.
void release_beyond(Contract& contract, const Address& owner, const u256& limit);
/// Makes all that is held of `from` held of `to`, by the same takers.
void reassign(Contract& contract, const Address& from, const Address& to);

/// Whether H-1 and H-2 hold of those who appear in this transaction's events, or whose balance
/// changed in it.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::map<Address, u256>& balances);

}  // namespace plume::holds
