// Dividends: money that belongs to all holders of a token in proportion, shared out in constant
// time and exactly.
//
// A part of contracts whose shares are a token (AssetToken) with a supply that stands still from
// the first distribution on: free functions that keep their state in the contract's own storage, in
// a namespace of its own (ERC-7201). Money goes in by `distribute` and out by `take`; the contract
// moves the currency. The reads are those of ERC-2222.
//
// What a holder has ever earned is
//     floor((index * balance + correction) / supply)       index: all that was ever distributed
// and whenever shares move, the corrections of both sides change so that the numerators do not
// (D-1). Corrections are numbers modulo 2^256; the numerators are true numbers, together exactly
// index * supply. ERC-2222 as usually written divides at each distribution, scaled by 2^128, and so
// pays 74 where 75 is due; with a constant supply there is no need to divide before the end.
//
// Invariants:
//   D-1  moving shares changes nobody's earnings; who acquires shares earns nothing of the past;
//        shares that are acquired and passed on in one block earn nothing for who held them
//        between.
//   D-2  nobody takes more than he has earned, all together not more than was distributed, and no
//        number moves but by `distribute`.
//   D-4  who cannot be paid delays nobody else.
//   D-5  nothing is lost to rounding: the fraction of a unit that a holder has earned stays his and
//        completes with a later distribution. All fractions together are less than a unit for each
//        holder.
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
/// Shares are neither made nor destroyed any more once something was distributed.
using SupplyFixed = CustomError<"SupplyFixed()">;

/// Shares `amount` out among all shares, of which there are `supply`. All that is ever distributed,
/// and the supply, must stay below 2^128: a Panic otherwise.
void distribute(Contract& contract, const u256& amount, const u256& supply);

/// To be told of every movement of shares, before or after the balances change. The zero address
/// stands for nobody: shares made or destroyed.
void moved(Contract& contract, const Address& from, const Address& to, const u256& shares);

/// All that `holder`, who has `balance` shares of `supply`, has earned so far and not taken.
u256 withdrawable(const Contract& contract, const Address& holder, const u256& balance,
                  const u256& supply);

/// Books all that `holder` can withdraw as taken and says how much it is: to be paid out by the
/// caller.
u256 take(Contract& contract, const Address& holder, const u256& balance, const u256& supply);

/// All that was ever distributed.
u256 distributed(const Contract& contract);
/// What `holder` has taken so far.
u256 taken(const Contract& contract, const Address& holder);

/// Whether D-1 holds of those whose balances changed in this transaction by `gains`, modulo 2^256.
std::optional<std::string> broken_by_moves(const Contract& contract,
                                           const std::map<Address, u256>& gains);
/// Whether D-2 holds of a holder who has `balance` shares and took `amount` in this transaction.
std::optional<std::string> broken_by_taking(const Contract& contract, const Address& holder,
                                            const u256& amount, const u256& balance,
                                            const u256& supply);

}  // namespace plume::dividends
