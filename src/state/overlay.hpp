// A world that differs from another one: by what blocks did, or by what somebody imagines.
#pragma once

#include <map>

#include "state/view.hpp"

namespace plume {

/// What is different about an account. Absent members are as they are.
struct AccountOverride {
    std::optional<u256> balance;
    std::optional<uint64_t> nonce;
    std::optional<Bytes> code;
    std::map<u256, u256> slots;
    bool replaces_storage = false;  ///< slots that are not in `slots` are 0
};

using Overrides = std::map<Address, AccountOverride>;

/// `under` with changes and overrides laid over it, in the order in which they came. One thread;
/// `under` must outlive it.
class Overlay final : public StateView {
public:
    explicit Overlay(const StateView& under) : under_(under) {}

    /// What happened to the world as it is here.
    void apply(const Changes& changes);
    void apply(const Overrides& overrides);

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;

private:
    struct Account {
        std::optional<AccountFields> fields;
        std::map<u256, u256> slots;
        bool hides_storage = false;  ///< nothing of `under`'s storage is left
    };

    /// Forgets the storage that an account had.
    static void clear(Account& account);

    const StateView& under_;
    std::map<Address, Account> accounts_;
    std::map<Hash, Bytes> codes_;
};

}  // namespace plume
