// `plume vault`: look at vaults, put money in, and press the buttons that anyone may press.
#pragma once

#include "app/calls.hpp"

namespace plume {

struct VaultOptions {
    ClientOptions client;
    SignerOptions signer;
    std::string vault;     ///< its address
    std::string amount;    ///< in the vault's currency, like 12.50; fund only
    uint64_t tranche = 0;  ///< release and reclaim only
};

int run_vault_list(const VaultOptions& options);
int run_vault_show(const VaultOptions& options);
int run_vault_fund(const VaultOptions& options);
int run_vault_release(const VaultOptions& options);
int run_vault_reclaim(const VaultOptions& options);

}  // namespace plume
