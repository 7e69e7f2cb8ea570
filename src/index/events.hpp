// What the logs of native contracts tell: from typed events to facts.
//
// Only native contracts are believed: bytecode can emit whatever it likes. A log that is not
// understood tells nothing. Which event moves which figure is said by each contract's header; for
// every vault, contributed = paid + returned + what it still has:
//
//   Vault         in: Contributed. paid: Released, less PaymentOwed, and Collected. returned:
//                 FundsWithdrawn. The purse holds bonds and fees of disputes.
//   EscrowVault   in: Locked, of the whole plan and of fees. paid: Withdrawn by the payee, Spent on
//                 a panel. returned: Withdrawn by the payer.
//   PublicGoods   in: Contributed. paid: Disbursed. returned: Returned.
//   RevenueShare  in: LinePaid, RevenueDistributed, Announced. paid: Collected. returned:
//                 RevenueClaimed and AnnouncedClaimed, less TaxWithheld.
//   Pool          in: Deposit, Repaid. paid: Funded. returned: Withdraw.
//   QueuedPool    in: DepositRequest, Repaid. paid: Funded. returned: Withdraw, CancelDepositClaim.
//   tokens that distribute revenue: as RevenueShare.
#pragma once

#include "index/facts.hpp"
#include "types/block.hpp"

namespace plume {

/// Whether contracts of this type are vaults.
bool is_vault_kind(std::string_view kind);

/// Tells the facts of a log of `contract`, a native contract that is not one of genesis. `facts`
/// has been given its place.
void tell_instance(Facts& facts, const KnownContract& contract, const Log& log);
/// The same for the contracts that stand in genesis, by their address; the launcher's own logs are
/// the indexer's affair.
void tell_genesis_contract(Facts& facts, const Log& log);

/// Of Vault, EscrowVault and PublicGoods.
void tell_vault(Facts& facts, const KnownContract& vault, const Log& log);
void tell_escrow(Facts& facts, const KnownContract& vault, const Log& log);
void tell_goods(Facts& facts, const KnownContract& vault, const Log& log);
/// Of RevenueShare, and of all tokens that distribute revenue.
void tell_revenue(Facts& facts, const KnownContract& contract, const Log& log);
void tell_pool(Facts& facts, const KnownContract& vault, const Log& log);
void tell_queued_pool(Facts& facts, const KnownContract& vault, const Log& log);
/// Transfers of a token.
void tell_token(Facts& facts, const KnownContract& token, const Log& log);
void tell_items(Facts& facts, const KnownContract& items, const Log& log);

}  // namespace plume
