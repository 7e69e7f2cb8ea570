// The money of vaults and of tokens that distribute it: see the table in events.hpp.

#include "contracts/escrow.hpp"
#include "contracts/pool.hpp"
#include "contracts/public_goods.hpp"
#include "contracts/queued_pool.hpp"
#include "contracts/revenue_stream.hpp"
#include "contracts/revenue_vault.hpp"
#include "contracts/vault.hpp"
#include "index/events.hpp"

namespace plume {

namespace {

/// A flow of the contract's own currency, for its own purpose.
Flow flow_of(const KnownContract& contract, Side side, std::string_view kind, const Address& party,
             const u256& amount) {
    return {.contract = contract.address,
            .side = side,
            .kind = kind,
            .currency = contract.currency,
            .party = party,
            .amount = amount,
            .record = contract.record,
            .purpose = contract.purpose};
}

Flow flow_in(const KnownContract& contract, const Address& currency, Side side,
             std::string_view kind, const Address& party, const u256& amount) {
    Flow out = flow_of(contract, side, kind, party, amount);
    out.currency = currency;
    return out;
}

Flow about(Flow flow, const u256& item) {
    flow.item = to_word(item);
    return flow;
}

Flow undone(Flow flow) {
    flow.is_undone = true;
    return flow;
}

Flow to_whom(Flow flow, const Address& beneficiary, const Hash& ref = {}) {
    flow.beneficiary = beneficiary;
    flow.ref = ref;
    return flow;
}

constexpr std::array<std::string_view, 5> donor_phases{"draft", "funding", "active", "closed",
                                                       "failed"};
constexpr std::array<std::string_view, 4> escrow_phases{"proposed", "active", "closed", "failed"};

template <size_t N>
void tell_phase(Facts& facts, const KnownContract& vault, uint8_t phase,
                const std::array<std::string_view, N>& names) {
    facts.step(vault.address, {}, phase < N ? names[phase] : "unknown phase", {}, {});
}

/// The purse of a vault whose own books are apart from it.
void tell_purse(Facts& facts, const KnownContract& vault, const Log& log) {
    if (const auto locked = purse::Locked::decode(log)) {
        const auto& [currency, from, amount] = *locked;
        facts.flow(flow_in(vault, currency, Side::purse, "locked", from, amount));
    } else if (const auto credited = purse::Credited::decode(log)) {
        const auto& [currency, to, amount] = *credited;
        facts.flow(flow_in(vault, currency, Side::purse, "credited", to, amount));
    } else if (const auto spent = purse::Spent::decode(log)) {
        const auto& [currency, to, amount] = *spent;
        facts.flow(flow_in(vault, currency, Side::purse, "spent", to, amount));
    } else if (const auto taken = purse::Withdrawn::decode(log)) {
        const auto& [currency, account, to, amount] = *taken;
        facts.flow(
            to_whom(flow_in(vault, currency, Side::purse, "withdrawn", account, amount), to));
    }
}

void tell_vault_steps(Facts& facts, const KnownContract& vault, const Log& log) {
    const auto step = [&](const u256& id, std::string_view what, const Address& who,
                          const u256& amount) {
        facts.step(vault.address, to_word(id), what, who, amount);
    };
    if (const auto phase = Vault::PhaseChanged::decode(log))
        tell_phase(facts, vault, std::get<0>(*phase), donor_phases);
    else if (const auto claimed = Vault::Claimed::decode(log))
        step(std::get<0>(*claimed), "claimed", std::get<1>(*claimed), {});
    else if (const auto reclaimed = Vault::Reclaimed::decode(log))
        step(std::get<0>(*reclaimed), "reclaimed", {}, std::get<1>(*reclaimed));
    else if (const auto begun = Vault::PayoutBegun::decode(log))
        step(std::get<0>(*begun), "paying", {}, std::get<1>(*begun));
    else if (const auto disputed = Vault::Disputed::decode(log))
        step(std::get<0>(*disputed), "disputed", std::get<1>(*disputed), std::get<3>(*disputed));
    else if (const auto rejected = Vault::ClaimRejected::decode(log))
        step(std::get<0>(*rejected), "claim rejected", {}, std::get<2>(*rejected));
    else if (const auto amended = Vault::Amended::decode(log))
        step(std::get<1>(*amended), "amended", {}, {});
    else if (const auto reduced = Vault::Reduced::decode(log))
        step(std::get<0>(*reduced), "reduced", {}, std::get<1>(*reduced));
    else
        tell_purse(facts, vault, log);
}

}  // namespace

void tell_vault(Facts& facts, const KnownContract& vault, const Log& log) {
    if (const auto planned = Vault::TrancheAdded::decode(log)) {
        const auto& [id, amount, deadline, criteria, hash] = *planned;
        facts.tranche(vault.address, to_word(id), amount, deadline, criteria, vault.purpose,
                      vault.record);
    } else if (const auto given = Vault::Contributed::decode(log)) {
        const auto& [from, receiver, assets, shares, ref] = *given;
        facts.flow(to_whom(flow_of(vault, Side::in, "contribution", from, assets), receiver, ref));
    } else if (const auto paid = Vault::Released::decode(log)) {
        const auto& [id, to, amount] = *paid;
        facts.step(vault.address, to_word(id), "released", to, amount);
        facts.flow(about(flow_of(vault, Side::paid, "payment", to, amount), id));
    } else if (const auto owed = Vault::PaymentOwed::decode(log)) {
        const auto& [id, to, amount] = *owed;
        facts.flow(undone(about(flow_of(vault, Side::paid, "payment refused", to, amount), id)));
    } else if (const auto collected = Vault::Collected::decode(log)) {
        facts.flow(flow_of(vault, Side::paid, "collection", std::get<0>(*collected),
                           std::get<1>(*collected)));
    } else if (const auto taken = Vault::FundsWithdrawn::decode(log)) {
        facts.flow(
            flow_of(vault, Side::returned, "withdrawal", std::get<0>(*taken), std::get<1>(*taken)));
    } else if (const auto back = Vault::FundsDistributed::decode(log)) {
        facts.flow(
            flow_of(vault, Side::inner, "made over to shareholders", {}, std::get<1>(*back)));
    } else if (const auto left = Vault::Left::decode(log)) {
        facts.flow(flow_of(vault, Side::inner, "made over to leaver", std::get<0>(*left),
                           std::get<2>(*left)));
    } else {
        tell_vault_steps(facts, vault, log);
    }
}

void tell_escrow(Facts& facts, const KnownContract& vault, const Log& log) {
    const auto step = [&](const u256& id, std::string_view what, const Address& who,
                          const u256& amount) {
        facts.step(vault.address, to_word(id), what, who, amount);
    };
    if (const auto planned = EscrowVault::TrancheAdded::decode(log)) {
        const auto& [id, amount, deadline, criteria, hash] = *planned;
        facts.tranche(vault.address, to_word(id), amount, deadline, criteria, vault.purpose,
                      vault.record);
    } else if (const auto locked = purse::Locked::decode(log)) {
        const auto& [currency, from, amount] = *locked;
        facts.flow(flow_in(vault, currency, Side::in, "contribution", from, amount));
    } else if (const auto credited = purse::Credited::decode(log)) {
        const auto& [currency, to, amount] = *credited;
        facts.flow(flow_in(vault, currency, Side::inner, "made over", to, amount));
    } else if (const auto spent = purse::Spent::decode(log)) {
        const auto& [currency, to, amount] = *spent;
        facts.flow(flow_in(vault, currency, Side::paid, "dispute fee", to, amount));
    } else if (const auto taken = purse::Withdrawn::decode(log)) {
        const auto& [currency, account, to, amount] = *taken;
        const bool is_payer = account == vault.payer;
        facts.flow(to_whom(flow_in(vault, currency, is_payer ? Side::returned : Side::paid,
                                   is_payer ? "withdrawal" : "payment", account, amount),
                           to));
    } else if (const auto phase = EscrowVault::PhaseChanged::decode(log)) {
        tell_phase(facts, vault, std::get<0>(*phase), escrow_phases);
    } else if (const auto claimed = EscrowVault::Claimed::decode(log)) {
        step(std::get<0>(*claimed), "claimed", std::get<1>(*claimed), {});
    } else if (const auto released = EscrowVault::Released::decode(log)) {
        step(std::get<0>(*released), "released", std::get<1>(*released), std::get<2>(*released));
    } else if (const auto reclaimed = EscrowVault::Reclaimed::decode(log)) {
        step(std::get<0>(*reclaimed), "reclaimed", {}, std::get<1>(*reclaimed));
    } else if (const auto split = EscrowVault::SplitUp::decode(log)) {
        step(std::get<0>(*split), "split", {}, std::get<2>(*split));
    } else if (const auto superseded = EscrowVault::Superseded::decode(log)) {
        step(std::get<0>(*superseded), "superseded", {}, std::get<1>(*superseded));
    } else if (const auto disputed = EscrowVault::Disputed::decode(log)) {
        step(std::get<0>(*disputed), "disputed", {}, {});
    }
}

void tell_goods(Facts& facts, const KnownContract& vault, const Log& log) {
    if (const auto line = PublicGoods::LineAdded::decode(log)) {
        const auto& [id, hash, share, split, purpose, record] = *line;
        facts.tranche(vault.address, hash, u256{share}, 0, to_word(id), purpose, record);
    } else if (const auto given = PublicGoods::Contributed::decode(log)) {
        const auto& [from, receiver, recipient, asset, assets, shares, ref] = *given;
        facts.flow(
            to_whom(flow_in(vault, asset, Side::in, "contribution", from, assets), receiver, ref));
    } else if (const auto paid = PublicGoods::Disbursed::decode(log)) {
        const auto& [line_hash, to, asset, amount, purpose, record] = *paid;
        Flow flow = flow_in(vault, asset, Side::paid, "payment", to, amount);
        flow.item = line_hash;
        flow.purpose = purpose;
        flow.record = record;
        facts.flow(flow);
    } else if (const auto back = PublicGoods::Returned::decode(log)) {
        const auto& [holder, asset, stake, amount] = *back;
        facts.flow(flow_in(vault, asset, Side::returned, "withdrawal", holder, amount));
    } else if (const auto posted = journal::Posted::decode(log)) {
        const auto& [index, asset, debit, credit, amount, ref] = *posted;
        facts.journal(vault.address, index, asset, debit, credit, amount, ref);
    } else if (const auto phase = PublicGoods::PhaseChanged::decode(log)) {
        tell_phase(facts, vault, std::get<0>(*phase), donor_phases);
    } else if (const auto released = PublicGoods::LineReleased::decode(log)) {
        const auto& [line_hash, asset, from_pool, from_gifts] = *released;
        facts.step(vault.address, line_hash, "released", asset, from_pool + from_gifts);
    } else if (const auto refused = PublicGoods::PaymentRefused::decode(log)) {
        const auto& [line_hash, to, asset, amount] = *refused;
        facts.step(vault.address, line_hash, "payment refused", to, amount);
    }
}

namespace {

/// Distributions that are claimed by those who held shares at a date.
void tell_announced(Facts& facts, const KnownContract& contract, const Log& log) {
    if (const auto announced = RevenueVault::Announced::decode(log)) {
        const auto& [id, currency, amount, record_time, expires] = *announced;
        facts.flow(about(flow_in(contract, currency, Side::in, "announced", {}, amount), id));
    } else if (const auto claimed = RevenueVault::AnnouncedClaimed::decode(log)) {
        const auto& [id, account, to, amount] = *claimed;
        const auto currency = facts.currency_of(contract.address, to_word(id), "announced");
        if (!currency) return facts.fail("a claim of a distribution that was not announced");
        facts.flow(to_whom(
            about(flow_in(contract, *currency, Side::returned, "announced claim", account, amount),
                  id),
            to));
    } else if (const auto expired = RevenueVault::Expired::decode(log)) {
        facts.step(contract.address, to_word(std::get<0>(*expired)), "expired", {},
                   std::get<1>(*expired));
    }
}

}  // namespace

void tell_revenue(Facts& facts, const KnownContract& contract, const Log& log) {
    if (const auto shared = RevenueShares::RevenueDistributed::decode(log)) {
        const auto& [currency, by, amount] = *shared;
        facts.flow(flow_in(contract, currency, Side::in, "revenue", by, amount));
    } else if (const auto claimed = RevenueShares::RevenueClaimed::decode(log)) {
        const auto& [account, currency, to, amount] = *claimed;
        facts.flow(
            to_whom(flow_in(contract, currency, Side::returned, "claim", account, amount), to));
    } else if (const auto line = RevenueVault::LinePaid::decode(log)) {
        const auto& [id, currency, payee, amount] = *line;
        facts.flow(about(
            to_whom(flow_in(contract, currency, Side::in, "revenue of line", {}, amount), payee),
            id));
    } else if (const auto taxed = RevenueVault::TaxWithheld::decode(log)) {
        const auto& [account, currency, amount] = *taxed;
        facts.flow(
            undone(flow_in(contract, currency, Side::returned, "tax withheld", account, amount)));
    } else if (const auto collected = RevenueVault::Collected::decode(log)) {
        const auto& [payee, currency, amount] = *collected;
        facts.flow(flow_in(contract, currency, Side::paid, "collection", payee, amount));
    } else if (const auto paid = RevenueStream::Paid::decode(log)) {
        facts.step(contract.address, {}, "paid", std::get<0>(*paid), std::get<1>(*paid));
    } else if (const auto redeemed = RevenueStream::Redeemed::decode(log)) {
        facts.step(contract.address, {}, "redeemed", std::get<0>(*redeemed),
                   std::get<1>(*redeemed));
    } else if (const auto defaulted = RevenueStream::DefaultMarked::decode(log)) {
        facts.step(contract.address, {}, "in default", std::get<0>(*defaulted), {});
    } else {
        tell_announced(facts, contract, log);
    }
}

void tell_pool(Facts& facts, const KnownContract& vault, const Log& log) {
    if (const auto given = Pool::Deposit::decode(log)) {
        const auto& [from, owner, assets, shares] = *given;
        facts.flow(to_whom(flow_of(vault, Side::in, "contribution", from, assets), owner));
    } else if (const auto taken = Pool::Withdraw::decode(log)) {
        const auto& [by, receiver, owner, assets, shares] = *taken;
        facts.flow(to_whom(flow_of(vault, Side::returned, "withdrawal", owner, assets), receiver));
    } else if (const auto lent = Pool::Funded::decode(log)) {
        const auto& [to, amount, ref] = *lent;
        facts.flow(to_whom(flow_of(vault, Side::paid, "payment", to, amount), to, ref));
    } else if (const auto repaid = Pool::Repaid::decode(log)) {
        facts.flow(flow_of(vault, Side::in, "repayment", {}, std::get<0>(*repaid)));
        facts.flow(flow_of(vault, Side::in, "interest", {}, std::get<1>(*repaid)));
    } else if (const auto impaired = Pool::Impaired::decode(log)) {
        facts.step(vault.address, {}, "impaired", {}, std::get<0>(*impaired));
    } else if (const auto sound = Pool::Unimpaired::decode(log)) {
        facts.step(vault.address, {}, "unimpaired", {}, std::get<0>(*sound));
    } else if (const auto lost = Pool::WrittenOff::decode(log)) {
        facts.step(vault.address, {}, "written off", {}, std::get<0>(*lost));
    }
}

void tell_queued_pool(Facts& facts, const KnownContract& vault, const Log& log) {
    if (Pool::Deposit::decode(log)) return;  // The money came with the request.
    if (const auto asked = QueuedPool::DepositRequest::decode(log)) {
        const auto& [controller, owner, id, caller, assets] = *asked;
        facts.flow(to_whom(flow_of(vault, Side::in, "contribution", owner, assets), controller));
    } else if (const auto back = QueuedPool::CancelDepositClaim::decode(log)) {
        const auto& [controller, receiver, id, caller, assets] = *back;
        facts.flow(
            to_whom(flow_of(vault, Side::returned, "withdrawal", controller, assets), receiver));
    } else {
        tell_pool(facts, vault, log);
    }
}

}  // namespace plume
