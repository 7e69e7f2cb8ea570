// What must hold of a pool after every transaction, with the events as witnesses.
#include <algorithm>

#include "contracts/cover.hpp"
#include "contracts/pool.hpp"

namespace plume {

namespace {

/// Whether a / b < c / d, which may need 512 bits.
bool is_less(const u256& a, const u256& b, const u256& c, const u256& d) {
    const auto left = full_product(a, d);
    const auto right = full_product(c, b);
    return std::lexicographical_compare(left.rbegin(), left.rend(), right.rbegin(), right.rend());
}

}  // namespace

void Pool::add_entry_or_exit(Flows& moved, const Log& log) const {
    if (const auto came = Deposit::decode(log)) {
        moved.cash += std::get<2>(*came);
        moved.shares += std::get<3>(*came);
    } else if (const auto left = Withdraw::decode(log)) {
        const auto& [caller, receiver, owner, assets, shares] = *left;
        moved.cash -= assets;
        moved.shares -= shares;
        if (caller != owner) moved.withdrawn[{owner, caller}] += shares;
    }
}

Pool::Flows Pool::flows() const {
    Flows out;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        add_entry_or_exit(out, log);
        if (const auto lent = Funded::decode(log)) {
            out.cash -= std::get<1>(*lent);
            out.principal += std::get<1>(*lent);
        } else if (const auto repaid = Repaid::decode(log)) {
            out.cash += std::get<0>(*repaid) + std::get<1>(*repaid);
            out.principal -= std::get<0>(*repaid);
        } else if (const auto feared = Impaired::decode(log)) {
            out.loss += std::get<0>(*feared);
            out.has_impairment = true;
        } else if (const auto hoped = Unimpaired::decode(log)) {
            out.loss -= std::get<0>(*hoped);
        } else if (const auto lost = WrittenOff::decode(log)) {
            out.loss -= std::get<0>(*lost);
            out.principal -= std::get<0>(*lost);
            out.has_write_off = true;
        } else if (const auto approval = Approval::decode(log)) {
            out.approved[{std::get<0>(*approval), std::get<1>(*approval)}] = true;
        }
    }
    return out;
}

std::optional<std::string> Pool::broken_books(const Flows& moved) const {
    const u256 cash_before{before(cash_)};
    if (cash() - cash_before != moved.cash) return "V-12: cash did not move as the events say";
    if (principal_out() - u256{before(principal_out_)} != moved.principal)
        return "V-12: principalOut did not move as the events say";
    if (loss_unrealized() - u256{before(loss_)} != moved.loss)
        return "V-12: lossUnrealized did not move as the events say";
    if (total_supply() - supply_before() != moved.shares)
        return "T-1: the supply did not change as deposits and withdrawals say";
    if (loss_unrealized() > principal_out()) return "V-6: more is feared lost than is out";
    const u256 booked = cash() + reserved();
    const u256 booked_before = cash_before + reserved_before();
    if (booked == booked_before && moved.cash.is_zero()) return std::nullopt;
    return cover::broken_by(*this, asset(), booked, booked_before);
}

std::optional<std::string> Pool::broken_prices(const Flows& moved) const {
    const u256 total_before = u256{before(cash_)} + u256{before(principal_out_)};
    const u256 net_before = total_before - u256{before(loss_)};
    const u256 shares = total_supply() + virtual_shares;
    const u256 shares_before = supply_before() + virtual_shares;
    if (!moved.has_write_off && is_less(total_assets() + virtual_assets, shares,
                                        total_before + virtual_assets, shares_before))
        return "V-4: the price of deposits fell without a loss";
    if (!moved.has_impairment &&
        is_less(net_assets() + virtual_assets, shares, net_before + virtual_assets, shares_before))
        return "V-4: the price of redemptions fell without a loss";
    return std::nullopt;
}

/// An allowance that was renewed in the same transaction proves nothing.
std::optional<std::string> Pool::broken_allowances(const Flows& moved) const {
    for (const auto& [who, shares] : moved.withdrawn) {
        const auto& [owner, caller] = who;
        const u256 allowed = allowance_before(owner, caller);
        if (allowed == u256_max || moved.approved.contains(who)) continue;
        if (allowance(owner, caller) > allowed || allowed - allowance(owner, caller) < shares)
            return "V-3: shares of " + to_hex(owner) + " were withdrawn without his allowance";
    }
    return std::nullopt;
}

std::optional<std::string> Pool::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (auto broken = broken_votes_or_holds()) return broken;
    const Flows moved = flows();
    if (auto broken = broken_books(moved)) return broken;
    if (auto broken = broken_prices(moved)) return broken;
    return broken_allowances(moved);
}

}  // namespace plume
