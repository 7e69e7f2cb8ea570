// Dividends: money that belongs to all holders of a token in proportion, shared out in constant
// time.
//
// A part of contracts whose shares are a token (AssetToken): free functions that keep their state
// in the contract's own storage, in a namespace of its own (ERC-7201). Money goes in by
// `distribute` and out by `take`; the contract moves the currency. The reads are those of ERC-2222.
//
// An index says how much one share has ever earned, scaled by 2^128. What a holder has earned is
//     floor((index * balance + correction) / 2^128)
// and whenever shares move, the corrections of both sides change so that this number does not
// (D-1). They are numbers modulo 2^256: only the sum has a meaning, and it is at most 2^128 times
// all that was ever distributed.
//
// Invariants:
//   D-1  moving shares changes nobody's earnings; who acquires shares earns nothing of the past;
//   shares that are
//        acquired and given away in one block earn nothing for the one who passed them on.
//   D-2  earned by all <= distributed, and no number moves but by `distribute`.
//   D-4  who cannot be paid delays nobody else.
//   D-5  index * supply + remainder = 2^128 * distributed, exactly, as long as the supply stands
//   still: what does
//        not divide is carried into the next distribution. A holder's fraction of a unit stays his
//        and completes with the next one, so that all fractions together are less than one unit for
//        each holder.
//
// Record date: a distribution goes to who holds shares where it happens, unless shares have already
// moved in the same block; then it waits for the end of that block, and goes to who holds them
// there. A flash loan of shares earns nothing either way.
#pragma once

#include <map>

#include "native/contract.hpp"

namespace plume::dividends {

/// ERC-2222.
using FundsDistributed =
    Event<"FundsDistributed(address indexed by, uint256 fundsDistributed)", Address, u256>;
using FundsWithdrawn =
    Event<"FundsWithdrawn(address indexed by, uint256 fundsWithdrawn)", Address, u256>;

/// Nothing can be shared out among no shares.
using NoShares = CustomError<"NoShares()">;

/// Shares `amount` out among `supply` shares, which must not be 0. All that is ever distributed
/// must stay below 2^128: a Panic otherwise.
void distribute(Contract& contract, const u256& amount, const u256& supply);

/// To be told of every movement of shares, before or after the balances change. The zero address
/// stands for nobody: shares made or destroyed. `supply` is the one before.
void moved(Contract& contract, const Address& from, const Address& to, const u256& shares,
           const u256& supply);

/// All that `holder`, who has `balance` shares, has earned so far and not taken.
u256 withdrawable(const Contract& contract, const Address& holder, const u256& balance,
                  const u256& supply);

/// Books all that `holder` can withdraw as withdrawn and says how much it is: to be paid out by the
/// caller.
u256 take(Contract& contract, const Address& holder, const u256& balance, const u256& supply);

/// All that was ever distributed.
u256 distributed(const Contract& contract);
/// What `holder` has taken so far.
u256 taken(const Contract& contract, const Address& holder);

/// Whether D-5 holds, and D-1 for the holders given: `gains` says by how much each one's balance
/// changed in this transaction, modulo 2^256. For contracts whose supply stands still from the
/// first distribution on.
std::optional<std::string> broken_invariant(const Contract& contract, const u256& supply,
                                            const std::map<Address, u256>& gains);

}  // namespace plume::dividends
