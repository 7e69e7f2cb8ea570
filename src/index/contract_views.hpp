// What the index asks of a native contract that it meets for the first time: its type, and what it
// was made with and keeps for good. Logs do not tell that.
#pragma once

#include <map>
#include <optional>

#include "chain/chain.hpp"
#include "index/facts.hpp"

namespace plume {

/// Contracts that are remembered; beyond it the memory begins anew.
inline constexpr size_t known_contracts_max = 65'536;

/// One thread, with a stack of `contract_stack_size`.
class ContractViews {
public:
    explicit ContractViews(const Chain& chain) : chain_(chain) {}

    /// The native contract at `address`; null for all others. The pointer is good until the next
    /// call.
    const KnownContract* find(const Address& address);
    /// Notes what a launch tells beyond the contract's own views.
    void launched(const Address& address, const Hash& record);
    void forget() { known_.clear(); }

private:
    std::optional<KnownContract> look(const Address& address) const;

    const Chain& chain_;
    std::map<Address, std::optional<KnownContract>> known_;
};

}  // namespace plume
