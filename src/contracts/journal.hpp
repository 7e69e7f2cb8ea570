// Journal: double-entry books in a contract's own storage, from which an auditor rebuilds every
// figure.
//
// A part of contracts that hold money in several currencies: free functions that keep their state
// in the contract's own storage, in a namespace of its own (ERC-7201). An account is a number whose
// meaning the contract gives; each currency has its own set of accounts. An entry debits one
// account and credits another with the same amount, so that debits equal credits by construction;
// an entry is never changed, and what is wrong is reversed by another. The contract keeps no other
// figures beside these: what it holds or owes is what its accounts say.
//
// Amounts are units of the entry's currency. All that is ever debited or credited to one account
// stays below 2^128: a Panic otherwise.
//
// Invariants:
//   J-1  in each currency, the debits of all accounts together equal the credits.
//   J-2  accounts move, and entries are appended, exactly as the events Posted say.
#pragma once

#include "native/contract.hpp"

namespace plume::journal {

/// `index` counts from 0 over all currencies.
using Posted = Event<
    "Posted(uint256 indexed index, address indexed asset, uint8 debit, uint8 credit, uint256 "
    "amount, bytes32 ref)",
    u256, Address, uint8_t, uint8_t, u256, Hash>;
using UnknownEntry = CustomError<"UnknownEntry(uint256 index, uint256 count)", u256, u256>;

struct Entry {
    uint64_t time = 0;  ///< the block's, seconds since 1970
    Address asset;
    uint8_t debit = 0;   ///< the account that is debited
    uint8_t credit = 0;  ///< the account that is credited
    u128 amount;
    Hash ref;  ///< what the entry is about

    static constexpr auto members = std::tuple{&Entry::time,   &Entry::asset,  &Entry::debit,
                                               &Entry::credit, &Entry::amount, &Entry::ref};
    friend bool operator==(const Entry&, const Entry&) = default;
};

/// Appends an entry; one of nothing is left out.
void post(Contract& contract, const Address& asset, uint8_t debit, uint8_t credit,
          const u256& amount, const Hash& ref);

u256 count(const Contract& contract);
/// Refused when there is none with this number.
Entry at(const Contract& contract, const u256& index);

/// All that was ever debited or credited to an account.
u256 debits(const Contract& contract, const Address& asset, uint8_t account);
u256 credits(const Contract& contract, const Address& asset, uint8_t account);
/// debits - credits, of an account of what there is.
u256 in_debit(const Contract& contract, const Address& asset, uint8_t account);
/// credits - debits, of an account of what is owed.
u256 in_credit(const Contract& contract, const Address& asset, uint8_t account);

/// Whether J-1 and J-2 hold of the currencies `assets` with accounts 0 to `accounts` - 1.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::vector<Address>& assets, uint8_t accounts);

}  // namespace plume::journal
