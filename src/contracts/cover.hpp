// Cover: whether a currency's own records hold what a contract's books say.
//
// The witness of V-12 for every contract that keeps other people's money. The currency may take
// away what it has booked for the contract (a forced transfer, a rebase); that is not the
// contract's fault and must not keep the rest from being paid out. So a shortage is the contract's
// only when its books moved further in this transaction than the currency's own events say.
#pragma once

#include "native/contract.hpp"

namespace plume::cover {

/// What is not covered, or nothing: `booked` units of `currency`, of which `booked_before` were
/// booked before the transaction.
std::optional<std::string> broken_by(const Contract& contract, const Address& currency,
                                     const u256& booked, const u256& booked_before);

}  // namespace plume::cover
