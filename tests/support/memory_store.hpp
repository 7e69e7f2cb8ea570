// A state with its tries in memory: what the store's snapshot is to a node, without a disk.
#pragma once

#include <map>

#include "state/root.hpp"
#include "support/memory_nodes.hpp"

namespace plume::test {

class MemoryStore final : public StateView {
public:
    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;
    const NodeSource& nodes() const { return nodes_; }

    const std::map<Address, AccountFields>& accounts() const { return accounts_; }
    /// What an account has in storage, without zeros.
    std::map<u256, u256> slots(const Address& address) const;

    /// Follows a block.
    void apply(const Changes& changes, const std::vector<NodeChange>& nodes);

    /// All balances together, in wei.
    u256 total_balance() const;

private:
    std::map<Address, AccountFields> accounts_;
    std::map<Address, std::map<u256, u256>> slots_;
    std::map<Hash, Bytes> codes_;
    MemoryNodes nodes_;
};

}  // namespace plume::test
