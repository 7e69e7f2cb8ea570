// `plume vault`: look at vaults of every kind, put money in, and press the buttons that anyone may
// press.
#pragma once

#include "app/calls.hpp"

namespace plume {

struct VaultOptions {
    ClientOptions client;
    SignerOptions signer;
    std::string vault;     ///< its address
    std::string amount;    ///< in the vault's currency, like 12.50; fund only
    std::string currency;  ///< symbol or address of one of several; empty: the first
    uint64_t tranche = 0;  ///< or line of spending; release and reclaim only
};

int run_vault_list(const VaultOptions& options);
int run_vault_show(const VaultOptions& options);
/// Contributes to a milestone or public-goods vault, pays an escrow's whole plan in, deposits in a
/// pool, or hands revenue in.
int run_vault_fund(const VaultOptions& options);
int run_vault_release(const VaultOptions& options);
int run_vault_reclaim(const VaultOptions& options);
/// Takes what is the signer's: returned contributions, revenue, what an escrow owes him, or the
/// worth of all his shares of a pool.
int run_vault_withdraw(const VaultOptions& options);

}  // namespace plume
