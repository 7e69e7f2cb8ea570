// Revenue: money in up to eight currencies that belongs to all holders of a token in proportion,
// shared out in constant time.
//
// A part of contracts whose shares are a token (AssetToken): free functions that keep their state
// in the contract's own storage, in a namespace of its own (ERC-7201). It books only: money goes in
// by `distribute` and out by `take`, and the contract moves the currency.
//
// For each currency, with `supply` the shares that take part (all but those of excluded holders):
//     distribute a:  index    += floor((a * scale + remainder) / supply)
//                    remainder = the rest of that division                             (D-5)
//     numerator of a holder = index * balance + correction, modulo 2^256
//     earned                = floor(numerator / scale)
// and whenever shares move, the corrections of both sides change so that the numerators do not
// (D-1). Numerators are true numbers: together they are exactly scale * distributed - remainder,
// which stays below 2^256 because amounts, supply and scale do below 2^128. `scale` is fixed by the
// first distribution, as the largest multiple of its supply below 2^128: so as long as the supply
// stays what it was then, every division is without remainder and a holder gets his exact
// proportion, rounded down once. After shares were made or destroyed, a numerator may be short by
// less than balance / 2^127 units of the currency, which belongs to the next distribution.
//
// A transfer has to touch each currency in which anything was distributed, so their number is
// bounded, and none is ever taken off the list. While none is listed, it reads one slot.
//
// Invariants:
//   D-1  moving shares changes nobody's earnings; who acquires shares earns nothing of the past;
//        shares that are acquired and passed on in one block earn nothing for who held them
//        between.
//   D-2  nobody takes more than he has earned, all together not more than was distributed, and no
//        number moves but by `distribute`.
//   D-4  who cannot be paid delays nobody else.
//   D-5  nothing is lost to rounding: index * supply + all corrections + remainder is
//        scale * distributed, always. The fraction of a unit that a holder has earned stays his.
//   D-6  what an excluded holder does not earn, the others do in proportion.
//   D-7  `recover` moves all that was earned and not taken, fractions too; the sum does not change.
//
// Record date: a distribution goes to who holds shares where it happens, unless shares have already
// moved, or were made or destroyed, in the same block; then it waits for the end of that block, and
// goes to who holds them there. A flash loan of shares earns nothing either way. If nobody holds
// any there, it waits for the end of the block in which somebody does.
#pragma once

#include <map>
#include <set>

#include "native/contract.hpp"

namespace plume::revenue {

inline constexpr uint64_t currencies_max = 8;

/// The place of a currency in the list: 0, 1, 2, ...
enum class CurrencyId : uint8_t {};

/// ERC-2222.
using FundsDistributed =
    Event<"FundsDistributed(address indexed by, uint256 fundsDistributed)", Address, u256>;
using FundsWithdrawn =
    Event<"FundsWithdrawn(address indexed by, uint256 fundsWithdrawn)", Address, u256>;

/// Nothing can be shared out among no shares.
using NoShares = CustomError<"NoShares()">;
using CurrencyNotListed = CustomError<"CurrencyNotListed(address currency)", Address>;
using CurrencyAlreadyListed = CustomError<"CurrencyAlreadyListed(address currency)", Address>;
using TooManyCurrencies = CustomError<"TooManyCurrencies(uint256 max)", u256>;

/// Adds a currency. The supply must be below 2^128 from then on: a Panic otherwise.
CurrencyId list(Contract& contract, const Address& currency, const u256& supply);
uint64_t count(const Contract& contract);
Address currency(const Contract& contract, CurrencyId id);
/// The currency's place in the list.
std::optional<CurrencyId> find(const Contract& contract, const Address& currency);
/// The same, refused when it has none.
CurrencyId id_of(const Contract& contract, const Address& currency);

// In all that follows `supply` is the number of all shares, and `balance` those of the holder.
// Before a currency is listed, nobody needs to be told of anything.

/// Shares `amount` out. All that is ever distributed in a currency must stay below 2^128: a Panic
/// otherwise.
void distribute(Contract& contract, CurrencyId id, const u256& amount, const u256& supply);

/// To be told of every movement of shares, with the supply before it. The zero address stands for
/// nobody: shares made or destroyed.
void moved(Contract& contract, const Address& from, const Address& to, const u256& shares,
           const u256& supply);

/// All that `holder` has earned so far and not taken.
u256 withdrawable(const Contract& contract, CurrencyId id, const Address& holder,
                  const u256& balance, const u256& supply);
/// Books all that `holder` can withdraw as taken and says how much it is: to be paid out by the
/// caller.
u256 take(Contract& contract, CurrencyId id, const Address& holder, const u256& balance,
          const u256& supply);

/// Takes a `take` of `amount` back.
void give_back(Contract& contract, CurrencyId id, const Address& holder, const u256& amount);

/// All that was ever distributed.
u256 distributed(const Contract& contract, CurrencyId id);
/// What `holder` has taken so far.
u256 taken(const Contract& contract, CurrencyId id, const Address& holder);

/// Lets a holder earn nothing from now on, or earn again. What he has earned stays his. False when
/// that changes nothing.
bool set_excluded(Contract& contract, const Address& holder, bool excluded, const u256& balance,
                  const u256& supply);
bool is_excluded(const Contract& contract, const Address& holder);
/// The shares of excluded holders.
u256 excluded_shares(const Contract& contract);

/// Makes all that `lost`, who has `balance` shares, has earned and not taken over to `heir`, in
/// every currency. Shares are moved by the caller, before or after.
void recover(Contract& contract, const Address& lost, const Address& heir, const u256& balance,
             const u256& supply);

/// What a transaction did to a holder.
struct Change {
    u256 gain;                 ///< of shares, modulo 2^256
    u256 balance;              ///< of shares, after it
    bool is_recovery = false;  ///< earnings were made over from or to him
};

/// Whether D-1 and D-5 hold of those holders whose shares, exclusion or earnings were changed in
/// this transaction.
std::optional<std::string> broken_by_moves(const Contract& contract,
                                           const std::map<Address, Change>& changes,
                                           const u256& supply);
/// Whether D-2 holds of a holder who has `balance` shares and took `amount` in this transaction.
std::optional<std::string> broken_by_taking(const Contract& contract, CurrencyId id,
                                            const Address& holder, const u256& amount,
                                            const u256& balance, const u256& supply);
/// By how much all that was ever distributed has grown in this transaction.
u256 distributed_now(const Contract& contract, CurrencyId id);
/// Whether the list of currencies has only grown.
std::optional<std::string> broken_list(const Contract& contract);

}  // namespace plume::revenue
