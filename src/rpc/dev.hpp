// What development mode hands to its methods.
#pragma once

#include <vector>

#include "consensus/development.hpp"
#include "crypto/signature.hpp"

namespace plume::rpc {

/// An account whose key the node holds, as everybody does.
struct DevAccount {
    Address address;
    PrivateKey key;
};

struct DevControls {
    Development& development;
    std::vector<DevAccount> accounts{};

    /// The key of `address`; null when it is no account of ours.
    const PrivateKey* key_of(const Address& address) const {
        for (const DevAccount& account : accounts)
            if (account.address == address) return &account.key;
        return nullptr;
    }
};

}  // namespace plume::rpc
