// The money of Agents, in any number of currencies: stakes, what requests hold, and what is owed.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). It knows nothing of answers; it knows that a unit is either
// staked by an owner, held by a request, or owed to somebody, and moves only between these.
//
//     held = staked + escrowed + owed                     in each currency
//
// A currency is an ERC-20 with code and at most 18 decimals that delivers what it is told to
// transfer; it is listed when it is first used. Whoever stakes or asks in a currency chooses it:
// what one currency does touches nobody in another.
//
// A stake is free, locked by a request, or cooling down before it is taken out. Who commits an
// answer locks; what is locked can be slashed, and cannot leave. Payments are pulls: no payee can
// stop anything but his own.
//
// Invariants, held after every transaction; agents_invariants_test.cpp breaks each once:
//   G-1  the equation above, and the currency's own records cover it unless the currency itself
//        took something away: balanceOf(contract) >= held.
//   G-2  the books move as the events say: stakes with Staked, Unstaked and Slashed; what requests
//        hold with Escrowed, Slashed and Credited; what is owed with Credited and Collected.
//   G-3  a stake never is less than what is locked and cooling of it.
#pragma once

#include "native/contract.hpp"

namespace plume::agent_books {

/// Currencies with more decimals are refused (V-11).
inline constexpr uint8_t decimals_max = 18;
/// How long a stake cools down before it can be taken out.
inline constexpr uint64_t cooldown_seconds = 7ull * 86'400;

using CurrencyListed =
    Event<"CurrencyListed(address indexed currency, uint8 decimals)", Address, uint8_t>;
using Staked = Event<"Staked(address indexed owner, address indexed currency, uint256 amount)",
                     Address, Address, u256>;
using UnstakeBegun = Event<
    "UnstakeBegun(address indexed owner, address indexed currency, uint256 amount, uint64 readyAt)",
    Address, Address, u256, uint64_t>;
using Unstaked = Event<"Unstaked(address indexed owner, address indexed currency, uint256 amount)",
                       Address, Address, u256>;
using StakeLocked =
    Event<"StakeLocked(uint256 indexed requestId, address indexed owner, uint256 amount)", u256,
          Address, u256>;
using StakeUnlocked =
    Event<"StakeUnlocked(uint256 indexed requestId, address indexed owner, uint256 amount)", u256,
          Address, u256>;
/// From an owner's locked stake to what the request holds.
using Slashed = Event<"Slashed(uint256 indexed requestId, address indexed owner, uint256 amount)",
                      u256, Address, u256>;
/// A bounty or a bond, taken in for a request.
using Escrowed = Event<"Escrowed(uint256 indexed requestId, address indexed from, uint256 amount)",
                       u256, Address, u256>;
/// From what a request holds to what `account` can collect.
using Credited =
    Event<"Credited(uint256 indexed requestId, address indexed account, uint256 amount)", u256,
          Address, u256>;
using Collected =
    Event<"Collected(address indexed account, address indexed currency, uint256 amount)", Address,
          Address, u256>;

using CurrencyInvalid = CustomError<"CurrencyInvalid(address currency)", Address>;
using AmountZero = CustomError<"AmountZero()">;
using AmountsNotReceived =
    CustomError<"AmountsNotReceived(uint256 received, uint256 amount)", u256, u256>;
using StakeTooLow =
    CustomError<"StakeTooLow(address owner, uint256 free, uint256 needed)", Address, u256, u256>;
using NothingCooling = CustomError<"NothingCooling(address owner)", Address>;
using StillCooling = CustomError<"StillCooling(uint64 readyAt)", uint64_t>;
using NothingOwed = CustomError<"NothingOwed(address account)", Address>;
using PaymentRefused =
    CustomError<"PaymentRefused(address currency, address account)", Address, Address>;

/// An owner's stake in a currency.
struct Stake {
    u256 amount;
    u256 locked;
    u256 cooling;
    uint64_t ready_at = 0;

    u256 free() const { return amount - locked - cooling; }
};

/// A currency's books.
struct Books {
    u256 staked;
    u256 escrowed;
    u256 owed;
    u256 held;
};

Stake stake_of(const Contract& contract, const Address& currency, const Address& owner);
Books books_of(const Contract& contract, const Address& currency);
u256 escrow_of(const Contract& contract, const u256& request);
Address currency_of(const Contract& contract, const u256& request);
u256 owed_to(const Contract& contract, const Address& currency, const Address& account);

/// Takes the caller's money into his stake.
void stake(Contract& contract, const Address& currency, const u256& amount);
/// Lets some of the caller's free stake cool down; what already cools down starts anew with it.
void begin_unstake(Contract& contract, const Address& currency, const u256& amount);
/// Pays out what has cooled down, to its owner, by whoever calls.
void finish_unstake(Contract& contract, const Address& currency, const Address& owner);

/// Begins the books of a request: all its money is in this currency.
void open_request(Contract& contract, const u256& request, const Address& currency);
/// Takes the caller's money into what the request holds.
void escrow(Contract& contract, const u256& request, const u256& amount);
void lock(Contract& contract, const u256& request, const Address& owner, const u256& amount);
void unlock(Contract& contract, const u256& request, const Address& owner, const u256& amount);
void slash(Contract& contract, const u256& request, const Address& owner, const u256& amount);
/// Makes over to an account some of what the request holds.
void credit(Contract& contract, const u256& request, const Address& account, const u256& amount);
/// Pays out what is owed to an account, by whoever calls.
void collect(Contract& contract, const Address& currency, const Address& account);

std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::agent_books
