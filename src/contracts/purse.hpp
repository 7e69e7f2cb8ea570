// Purse: the money that a contract holds for others, by currency, and the only ways in and out.
//
// A part of contracts that keep several people's money: free functions that keep their state in the
// contract's own storage, in a namespace of its own (ERC-7201). A currency is the address of an
// ERC-20, or zero for the chain's own coin. Money that comes in is locked: it has a purpose. When
// the purpose has an end it is credited to an account, whose owner has it sent to him. So nothing
// that is decided can fail because somebody does not accept his money (D-4, X-5).
//
//     lock ──► locked ── credit ──► dues, by account ── withdraw ──► out
//                └────── spend ──► out
//
// Books, for each currency, in its units; a plain transfer to the contract changes none:
//     held = locked + dues                                          V-12
//
// Invariants:
//   V-12 the books above, to the unit; and the currency's own records cover what is held, unless
//        the currency took something away itself.
//   V-13 the books move as the events Locked, Credited, Spent and Withdrawn say, in sum and for
//        each account. Who replays the logs holds the same books.
#pragma once

#include <map>

#include "native/remote.hpp"

namespace plume::purse {

/// Each book of a currency stays below 2^128.
using Locked = Event<"Locked(address indexed currency, address indexed from, uint256 amount)",
                     Address, Address, u256>;
using Credited = Event<"Credited(address indexed currency, address indexed to, uint256 amount)",
                       Address, Address, u256>;
using Spent = Event<"Spent(address indexed currency, address indexed to, uint256 amount)", Address,
                    Address, u256>;
using Withdrawn = Event<
    "Withdrawn(address indexed currency, address indexed account, address to, uint256 amount)",
    Address, Address, Address, u256>;

/// The coin sent along is not what is to be paid: the exact sum, or none where a token is paid.
using ValueWrong = CustomError<"ValueWrong(uint256 value, uint256 needed)", u256, u256>;
/// The currency did not deliver what it was told to transfer: it takes a fee, or worse.
using AssetsNotReceived =
    CustomError<"AssetsNotReceived(uint256 received, uint256 assets)", u256, u256>;
using NothingToWithdraw = CustomError<"NothingToWithdraw(address account)", Address>;
/// Money cannot be sent to nobody, nor to the contract itself.
using ReceiverInvalid = CustomError<"ReceiverInvalid(address to)", Address>;
/// The receiver of coin refused it.
using CoinRefused = CustomError<"CoinRefused(address to)", Address>;

/// Takes `amount` from `from`: coin that he, the caller, has sent along, or a token that he has
/// approved. Refused unless all of it arrives. That a token is taken from another than the caller
/// must be that other's will.
void lock(Contract& contract, const Address& currency, const Address& from, const u256& amount);
/// Books what has arrived from elsewhere and was measured.
void lock_received(Contract& contract, const Address& currency, const Address& from,
                   const u256& amount);
/// Makes locked money `to`'s own.
void credit(Contract& contract, const Address& currency, const Address& to, const u256& amount);
/// Books locked money as gone to `to`: the caller has sent it, or is about to.
void book_spent(Contract& contract, const Address& currency, const Address& to, const u256& amount);
/// Sends `to` all that is due to `account`; returns how much. Refused, with nothing changed, when
/// the currency or the receiver refuses.
u256 withdraw(Contract& contract, const Address& currency, const Address& account,
              const Address& to);
/// Sends money, or refuses.
void send(Contract& contract, const Address& currency, const Address& to, const u256& amount);

u256 locked(const Contract& contract, const Address& currency);
/// The sum of what is due to all accounts.
u256 dues(const Contract& contract, const Address& currency);
u256 due(const Contract& contract, const Address& currency, const Address& account);
inline u256 held(const Contract& contract, const Address& currency) {
    return locked(contract, currency) + dues(contract, currency);
}
/// What was held before the transaction.
u256 held_before(const Contract& contract, const Address& currency);

/// Whether V-12 and V-13 hold of every currency that this transaction's events name, and of
/// `always`.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::optional<Address>& always = std::nullopt);

/// By how much what is locked of each currency has grown in this transaction, as its events say:
/// modulo 2^256.
std::map<Address, u256> locked_gains(const Contract& contract);

/// What a contract with a purse declares beside its own.
inline constexpr auto declarations =
    Declarations<Locked, Credited, Spent, Withdrawn, ValueWrong, AssetsNotReceived,
                 NothingToWithdraw, ReceiverInvalid, CoinRefused, erc20::SafeERC20FailedOperation,
                 InvalidAnswer>{};

}  // namespace plume::purse
