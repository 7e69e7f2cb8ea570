// The access list (EIP-2930) that a call would want.
#pragma once

#include "chain/simulate.hpp"

namespace plume {

/// How often a call is run to see whether its list changes what it looks at.
inline constexpr size_t access_list_rounds_max = 16;

struct ListedCall {
    std::vector<AccessListEntry> access_list;  ///< by address and slot
    CallResult result;                         ///< with the list
    uint64_t gas_used = 0;                     ///< likewise
};

/// Lists what `request` looks at, in calls that fail, too, beside what its own list names.
/// Addresses that are warm in any case are listed only for their slots: the sender, the recipient
/// and what it delegates to, the coinbase, those who lend themselves code (EIP-7702), precompiled
/// contracts, and contracts that the call itself makes. With the list, the call looks at nothing
/// else; an error when that is not so after `access_list_rounds_max` rounds, or when the call
/// cannot begin.
Result<ListedCall> list_accesses(const StateView& view, const BlockEnvironment& block,
                                 const Rules& rules, CallRequest request);

}  // namespace plume
