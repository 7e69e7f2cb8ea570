// Matching: quadratic funding, computed where the contributions are.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Each contribution of a contributor to a recipient is added to
// what he gave that recipient before; of the sums c the recipient's weight is
//     (sum of floor(sqrt c))^2 - sum of c            and never less than 0
// (Buterin, Hitzig, Weyl 2018: the optimal subsidy). It is kept up to date with each contribution,
// in constant time, so that nobody computes it elsewhere and uploads it, and anyone can check it.
// Roots are rounded down: many contributions of a unit each gain nothing by it, since the root of
// the sum counts.
//
// The rule rewards many distinct contributors over large sums, and so rewards who can pretend to be
// many. Nothing here tells persons from addresses: the contract may demand a credential.
//
// Invariant M-1: the total is the sum of all weights, and a weight is that of its two sums.
#pragma once

#include "native/contract.hpp"

namespace plume::matching {

/// A contribution that counts for matching. `value` in units of the reference currency.
using Voiced =
    Event<"Voiced(address indexed contributor, address indexed recipient, uint256 value)", Address,
          Address, u256>;

/// Books that `contributor` gave `value` to `recipient`. All values together stay below 2^128.
void voice(Contract& contract, const Address& recipient, const Address& contributor,
           const u256& value);

/// The recipient's weight.
u256 weight(const Contract& contract, const Address& recipient);
/// The weights of all recipients together.
u256 total(const Contract& contract);
/// What `contributor` gave `recipient` in all.
u256 given(const Contract& contract, const Address& recipient, const Address& contributor);

/// Whether M-1 holds of the recipients who were given something in this transaction.
std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::matching
