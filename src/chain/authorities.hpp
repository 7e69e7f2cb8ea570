// Whom the EIP-7702 authorizations that wait in a pool may give code.
//
// An account with code can lose its balance without a transaction of its own, and with it whatever
// it has in the pool. So the pool lets such accounts have one transaction in flight, and those that
// are about to become such accounts, too; but only by authorizations that can still be applied: an
// old one, which anybody can send again, must not hold up its signer.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "state/view.hpp"
#include "types/transaction.hpp"

namespace plume {

/// Who signed `authorization`; nobody when it holds on no chain or on another than `chain_id`, or
/// when its signature or its nonce is not one.
std::optional<Address> authority_of(const Authorization& authorization, uint64_t chain_id);

/// An authorization that could still be applied when its transaction came.
struct LiveAuthorization {
    Address authority;
    uint64_t nonce = 0;
    uint64_t account_nonce = 0;  ///< the authority's, then
};

/// The authorizations of `transaction` whose nonce is not used yet, of accounts that may take code
/// as `view` has them. Recovering a signer takes some 35 microseconds.
std::vector<LiveAuthorization> live_authorizations(const Transaction& transaction,
                                                   uint64_t chain_id, const StateView& view);

/// The authorizations of all transactions in a pool. Not for several threads.
class Authorities {
public:
    void add(std::span<const LiveAuthorization> authorizations);
    /// Takes out what was added once.
    void remove(std::span<const LiveAuthorization> authorizations);
    /// The account's nonce is `nonce` now: authorizations for lower ones are void.
    void follow(const Address& account, uint64_t nonce);
    /// Whether one may still give `account` code.
    bool awaits(const Address& account) const;
    void clear() { accounts_.clear(); }

private:
    struct Account {
        uint64_t nonce = 0;
        std::multiset<uint64_t> wished;  ///< the nonces of its authorizations
    };
    std::unordered_map<Address, Account> accounts_;
};

}  // namespace plume
