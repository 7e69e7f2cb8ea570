// What a development chain may do to accounts without a transaction.
#pragma once

#include <map>

#include "state/view.hpp"

namespace plume {

/// What an account is to be. Absent members stay as they are.
struct AccountEdit {
    std::optional<u256> balance;  ///< wei
    std::optional<uint64_t> nonce;
    std::optional<Bytes> code;  ///< empty: none
    std::map<u256, u256> slots;
    bool removes = false;  ///< the account goes with all it has; the other members do not count

    friend bool operator==(const AccountEdit&, const AccountEdit&) = default;
};

using Edits = std::map<Address, AccountEdit>;

/// What `edits` change on `view`, without storage roots. An account that is left with nothing at
/// all goes (EIP-161); one with storage only stays, though no transaction could have made it.
Changes changes_of(const StateView& view, const Edits& edits);

/// What takes `changes`, as made on `view`, back. Exact but for storage that an account had when it
/// was removed: no edit that people make removes one.
Edits inverse_of(const StateView& view, const Changes& changes);

}  // namespace plume
