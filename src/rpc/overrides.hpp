// The state overrides of eth_call: accounts as the caller imagines them.
#pragma once

#include <map>
#include <optional>

#include "rpc/field.hpp"
#include "state/view.hpp"

namespace plume::rpc {

/// What is different about an account. Absent members are as they are.
struct AccountOverride {
    std::optional<u256> balance;
    std::optional<uint64_t> nonce;
    std::optional<Bytes> code;
    std::map<u256, u256> slots;
    bool replaces_storage = false;  ///< slots that are not in `slots` are 0
};

using Overrides = std::map<Address, AccountOverride>;

/// Reads { "<address>": { balance, nonce, code, state | stateDiff } }; nothing when not given.
/// Unknown members are refused.
Overrides read_overrides(const Field& field);

/// `under` with the overrides laid over it. One thread; `under` must outlive it.
class OverriddenView final : public StateView {
public:
    OverriddenView(const StateView& under, Overrides overrides);

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;

private:
    const StateView& under_;
    const Overrides overrides_;
    std::map<Hash, Bytes> codes_;
};

}  // namespace plume::rpc
