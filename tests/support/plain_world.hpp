// A state that is nothing but a table, and takes over what a block did to it.
#pragma once

#include <map>

#include "state/view.hpp"

namespace plume::test {

class PlainWorld : public StateView {
public:
    struct Account {
        AccountFields fields;
        std::map<u256, u256> storage;  ///< without zeros

        friend bool operator==(const Account&, const Account&) = default;
    };

    /// Puts an account with this code, which may be empty, in the place of any other.
    Account& put(const Address& address, const u256& balance, uint64_t nonce, Bytes code);

    const std::map<Address, Account>& accounts() const { return accounts_; }
    void apply(const Changes& changes);

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;

private:
    std::map<Address, Account> accounts_;
    std::map<Hash, Bytes> codes_;
};

}  // namespace plume::test
