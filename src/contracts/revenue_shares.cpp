#include "contracts/revenue_shares.hpp"

#include "contracts/cover.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using Distribute = Remote<"distribute(address currency, uint256 amount)", void, Address, u256>;

}  // namespace

void RevenueShares::require_issuer() const {
    require(sender() == issuer(), OwnableUnauthorizedAccount{sender()});
}

void RevenueShares::list_currency(Address currency) {
    require_issuer();
    require(!get(is_closed_), CurrencyListClosed{});
    add_currency(currency);
}

void RevenueShares::add_currency(const Address& currency) {
    require(currency != self() && has_code(currency), CurrencyInvalid{currency});
    const uint8_t decimals = erc20::Decimals::read(*this, currency);
    require(decimals <= currency_decimals_max, CurrencyInvalid{currency});
    revenue::list(*this, currency, total_supply());
    emit(CurrencyListed{currency});
}

void RevenueShares::close_currencies() {
    require_issuer();
    require(!get(is_closed_), CurrencyListClosed{});
    close_list();
}

void RevenueShares::close_list() {
    set(is_closed_, true);
    emit(CurrenciesClosed{});
}

std::vector<Address> RevenueShares::currencies() const {
    std::vector<Address> out;
    for (uint8_t i = 0; i < revenue::count(*this); ++i)
        out.push_back(revenue::currency(*this, revenue::CurrencyId{i}));
    return out;
}

bool RevenueShares::distributes() const {
    return !get(is_closed_) || revenue::count(*this) > 0;
}

u256 RevenueShares::distribute(Address currency, u256 amount) {
    revenue::id_of(*this, currency);
    const u256 received = erc20::pull(*this, currency, sender(), amount);
    take_in(currency, received);
    return received;
}

void RevenueShares::share_out(const Address& currency, const u256& amount) {
    const revenue::CurrencyId id = revenue::id_of(*this, currency);
    require(!amount.is_zero(), NothingReceived{currency});
    revenue::distribute(*this, id, amount, total_supply());
    set(held_[currency], checked_u128(checked_add(held(currency), amount)));
    emit(RevenueDistributed{currency, sender(), amount});
    if (id == revenue::CurrencyId{0}) emit(FundsDistributed{sender(), amount});
}

u256 RevenueShares::claim_for(Address account, Address currency) {
    const Address to = destination(account);
    const u256 gross = take(account, currency);
    require(!gross.is_zero(), NothingToClaim{account, currency});
    settle_claim(account, to, currency, gross);
    pay(account, to, currency, gross - withheld_from(account, gross));
    return gross;
}

u256 RevenueShares::take(const Address& account, const Address& currency) {
    const u256 gross = revenue::take(*this, revenue::id_of(*this, currency), account,
                                     balance_of(account), total_supply());
    if (!gross.is_zero()) set(held_[currency], checked_u128(checked_sub(held(currency), gross)));
    return gross;
}

void RevenueShares::give_back(const Address& account, const Address& currency, const u256& gross) {
    revenue::give_back(*this, revenue::id_of(*this, currency), account, gross);
    set(held_[currency], checked_u128(checked_add(held(currency), gross)));
}

void RevenueShares::settle_claim(const Address& account, const Address& to, const Address& currency,
                                 const u256& gross) {
    emit(RevenueClaimed{account, currency, to, gross});
    if (revenue::id_of(*this, currency) == revenue::CurrencyId{0})
        emit(FundsWithdrawn{account, gross});
    const u256 withheld = withheld_from(account, gross);
    if (!withheld.is_zero()) withhold(account, currency, withheld);
}

Address RevenueShares::destination(const Address& account) const {
    const Address payee = payee_of(account);
    if (payee != Address{}) return payee;
    const Address distributor = distributor_of(account);
    if (distributor != Address{}) return distributor;
    require(sender() == account || !has_code(account), PayeeMissing{account});
    return account;
}

void RevenueShares::pay(const Address& account, const Address& to, const Address& currency,
                        const u256& amount) {
    if (payee_of(account) == Address{} && distributor_of(account) != Address{})
        pay_distributor(to, currency, amount);
    else
        require(erc20::try_transfer(*this, currency, to, amount),
                erc20::SafeERC20FailedOperation{currency});
}

void RevenueShares::pay_distributor(const Address& distributor, const Address& currency,
                                    const u256& amount) {
    const u256 earlier = erc20::BalanceOf::read(*this, currency, self());
    erc20::approve(*this, currency, distributor, amount);
    Distribute::call(*this, distributor, currency, amount);
    const u256 taken = checked_sub(earlier, erc20::BalanceOf::read(*this, currency, self()));
    require(taken == amount, DistributorTookOther{distributor, taken, amount});
}

u256 RevenueShares::claimable(Address account, Address currency) const {
    const revenue::CurrencyId id = revenue::id_of(*this, currency);
    return revenue::withdrawable(*this, id, account, balance_of(account), total_supply());
}

u256 RevenueShares::distributed(Address currency) const {
    return revenue::distributed(*this, revenue::id_of(*this, currency));
}

u256 RevenueShares::claimed(Address account, Address currency) const {
    return revenue::taken(*this, revenue::id_of(*this, currency), account);
}

void RevenueShares::withdraw_funds() {
    claim_for(sender(), revenue::currency(*this, revenue::CurrencyId{0}));
}

u256 RevenueShares::withdrawable_funds_of(Address account) const {
    if (revenue::count(*this) == 0) return {};
    return claimable(account, revenue::currency(*this, revenue::CurrencyId{0}));
}

void RevenueShares::set_payee(Address payee) {
    require(payee != self(), PayeeInvalid{payee});
    set(payees_[sender()], payee);
    emit(PayeeChanged{sender(), payee});
}

void RevenueShares::pass_through(Address pool, Address distributor) {
    require_issuer();
    require(has_code(pool) && pool != self() && distributor != self(),
            PassThroughInvalid{pool, distributor});
    set(distributors_[pool], distributor);
    emit(PassThroughChanged{pool, distributor});
}

void RevenueShares::set_excluded(Address account, bool excluded) {
    require_issuer();
    if (revenue::set_excluded(*this, account, excluded, balance_of(account), total_supply()))
        emit(ExclusionChanged{account, excluded});
}

void RevenueShares::follow_shares(const Address& from, const Address& to, const u256& shares) {
    if (revenue::count(*this) == 0) return;
    u256 supply = total_supply();
    if (from == Address{}) supply -= shares;
    if (to == Address{}) supply += shares;
    revenue::moved(*this, from, to, shares, supply);
}

void RevenueShares::recover_revenue(const Address& lost, const Address& heir) {
    if (revenue::count(*this) == 0) return;
    revenue::recover(*this, lost, heir, balance_of(lost), total_supply());
    set(payees_[lost], {});
    emit(RevenueRecovered{lost, heir});
}

std::optional<std::string> RevenueShares::broken_shares(
    const std::map<Address, u256>& gains) const {
    if (auto broken = revenue::broken_list(*this)) return broken;
    if (revenue::count(*this) == 0) return std::nullopt;
    std::map<Address, revenue::Change> changes;
    for (const auto& [holder, gain] : gains) changes[holder].gain = gain;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto exclusion = ExclusionChanged::decode(log)) {
            changes[std::get<0>(*exclusion)];
        } else if (const auto recovery = RevenueRecovered::decode(log)) {
            changes[std::get<0>(*recovery)].is_recovery = true;
            changes[std::get<1>(*recovery)].is_recovery = true;
        }
    }
    for (auto& [holder, change] : changes) change.balance = balance_of(holder);
    return revenue::broken_by_moves(*this, changes, total_supply());
}

std::optional<std::string> RevenueShares::broken_revenue_books() const {
    std::map<Address, u256> shared;
    std::map<Address, u256> paid;
    std::map<std::pair<Address, Address>, u256> claims;  // by currency and account
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto distribution = RevenueDistributed::decode(log)) {
            shared[std::get<0>(*distribution)] += std::get<2>(*distribution);
        } else if (const auto claim = RevenueClaimed::decode(log)) {
            const auto& [account, currency, to, amount] = *claim;
            paid[currency] += amount;
            claims[{currency, account}] += amount;
        }
    }
    for (const Address& currency : currencies()) {
        const revenue::CurrencyId id = revenue::id_of(*this, currency);
        const u256 held_before = before(held_[currency]);
        if (revenue::distributed_now(*this, id) != shared[currency])
            return "V-12: more or less of " + to_hex(currency) + " was shared out than arrived";
        if (held(currency) - held_before != shared[currency] - paid[currency])
            return "V-12: held of " + to_hex(currency) + " did not move as the events say";
        if (held(currency) == held_before && shared[currency].is_zero()) continue;
        if (auto broken = cover::broken_by(*this, currency, held(currency), held_before))
            return broken;
    }
    for (const auto& [claim, amount] : claims) {
        const auto& [currency, account] = claim;
        if (auto broken = revenue::broken_by_taking(*this, revenue::id_of(*this, currency), account,
                                                    amount, balance_of(account), total_supply()))
            return broken;
    }
    return std::nullopt;
}

}  // namespace plume
