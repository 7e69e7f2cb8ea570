// Votes: who speaks for how many units, now and at any second of the past (ERC-5805, ERC-6372).
//
// A part of contracts whose balances are a token: free functions that keep their state in the
// contract's own storage, in a namespace of its own (ERC-7201). Numbers, events and refusals are
// those of OpenZeppelin's ERC20Votes with a clock of timestamps.
//
// Units count once their owner has named a delegate, who may be himself. What is held of them, as
// collateral or in escrow, keeps counting for the owner (request A-2). The past is kept as
// checkpoints: the last second of a change and what stood from then on, found by halving.
//
// Votes of the current second cannot be asked for as past ones: whoever decides by
// `past_votes` of an earlier second sees nothing that was borrowed since (G-1).
//
// Invariants:
//   G-3  the votes of a delegate are the sum of the balances of who named him, and the total is the
//        supply: no unit counts twice.
//   G-7  the past does not change: checkpoints are only appended, in order of time.
#pragma once

#include <map>

#include "native/contract.hpp"

namespace plume {

/// How many votes there were from second `key` on: OpenZeppelin's Checkpoint208.
struct Checkpoint {
    u48 key;
    u208 value;

    static constexpr auto members = std::tuple{&Checkpoint::key, &Checkpoint::value};
};

namespace votes {

using DelegateChanged = Event<
    "DelegateChanged(address indexed delegator, address indexed fromDelegate, address "
    "indexed toDelegate)",
    Address, Address, Address>;
using DelegateVotesChanged =
    Event<"DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes)",
          Address, u256, u256>;

using ERC5805FutureLookup =
    CustomError<"ERC5805FutureLookup(uint256 timepoint, uint48 clock)", u256, u48>;
using VotesExpiredSignature = CustomError<"VotesExpiredSignature(uint256 expiry)", u256>;
using InvalidAccountNonce =
    CustomError<"InvalidAccountNonce(address account, uint256 currentNonce)", Address, u256>;
/// The checkpoints have no room for a greater supply.
using ERC20ExceededSafeSupply =
    CustomError<"ERC20ExceededSafeSupply(uint256 increasedSupply, uint256 cap)", u256, u256>;

/// 2^208 - 1: the most units that can vote.
inline constexpr u256 safe_supply = (u256{1u} << 208) - u256{1u};
inline constexpr std::string_view clock_mode = "mode=timestamp";

/// The block's time.
u48 clock(const Contract& contract);

Address delegate_of(const Contract& contract, const Address& account);
u256 current(const Contract& contract, const Address& account);
/// What stood at the end of second `timepoint`. Refused with ERC5805FutureLookup for the present
/// and the future.
u256 past(const Contract& contract, const Address& account, const u256& timepoint);
u256 past_total(const Contract& contract, const u256& timepoint);
uint32_t checkpoint_count(const Contract& contract, const Address& account);
/// A Panic where there is none.
Checkpoint checkpoint(const Contract& contract, const Address& account, uint32_t position);

/// Begins to count a token that has a supply already; nobody has a delegate yet.
void begin(Contract& contract, const u256& supply);
/// Names `delegatee` as who speaks for `account`, which has `balance` units.
void delegate(Contract& contract, const Address& account, const Address& delegatee,
              const u256& balance);
/// To be told of every movement once the balances have changed; `supply` is the new one. The zero
/// address stands for nobody: units made or destroyed.
void moved(Contract& contract, const Address& from, const Address& to, const u256& units,
           const u256& supply);

/// An account whose balance or delegate changed in this transaction.
struct Holding {
    u256 before;
    u256 now;
};
/// Whether G-3 and G-7 hold, of all accounts whose balance changed, and of the supply.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            std::map<Address, Holding> holdings,
                                            const u256& supply);
/// Those who named a delegate in this transaction: `broken_invariant` is to be told of them too.
std::vector<Address> delegators(const Contract& contract);

}  // namespace votes

}  // namespace plume
