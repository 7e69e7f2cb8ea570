#include "contracts/revenue_vault.hpp"

#include <algorithm>

#include "contracts/cover.hpp"
#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

void RevenueVault::construct(TokenParams params, RevenueTerms terms) {
    require(terms.beneficiary != Address{} && terms.beneficiary != self(),
            TermsInvalid{"beneficiary"});
    require(!terms.currencies.empty(), TermsInvalid{"currencies"});
    require(terms.lines.size() <= lines_max,
            CountInvalid{u256{terms.lines.size()}, u256{lines_max}});
    require(terms.tax_payee != self(), TermsInvalid{"taxPayee"});
    require(terms.tax_authority == Address{} || terms.tax_payee != Address{},
            TermsInvalid{"taxPayee"});
    set(beneficiary_, terms.beneficiary);
    set(tax_authority_, terms.tax_authority);
    set(tax_payee_, terms.tax_payee);
    for (const WaterfallLine& line : terms.lines) {
        require(line.payee != Address{} && line.payee != self(), TermsInvalid{"payee"});
        require(line.bps > 0 && line.bps <= bps_one, TermsInvalid{"bps"});
        const Line place = push(lines_);
        set(place.payee(), line.payee);
        set(place.bps(), line.bps);
        set(place.cap(), line.cap);
    }
    AssetToken::construct(std::move(params));
    for (const Address& currency : terms.currencies) add_currency(currency);
}

u256 RevenueVault::distribute_received(Address currency) {
    revenue::id_of(*this, currency);
    const u256 there = erc20::BalanceOf::read(*this, currency, self());
    const u256 known = booked(currency);
    require(there > known, NothingReceived{currency});
    take_in(currency, there - known);
    return there - known;
}

/// A line that is due nothing is passed by; what no line takes is the shares'.
void RevenueVault::take_in(const Address& currency, const u256& amount) {
    require(!amount.is_zero(), NothingReceived{currency});
    u256 left = amount;
    for (uint64_t i = 0; i < length(lines_); ++i) {
        const Line line = lines_[i];
        u256 part = mul_div_down(left, u256{get(line.bps())}, u256{bps_one});
        const u256 cap = get(line.cap());
        const u256 had = get(line.had()[currency]);
        if (!cap.is_zero()) part = std::min(part, cap - had);
        if (part.is_zero()) continue;
        left -= part;
        set(line.had()[currency], checked_u128(checked_add(had, part)));
        owe(get(line.payee()), currency, part);
        emit(LinePaid{u256{i}, currency, get(line.payee()), part});
    }
    if (!left.is_zero()) share_out(currency, left);
}

u256 RevenueVault::announce(Address currency, u256 amount, uint64_t record_time, uint64_t expires) {
    require(sender() == issuer(), OwnableUnauthorizedAccount{sender()});
    revenue::id_of(*this, currency);
    const bool is_record_sane =
        record_time >= now() && record_time - now() <= record_span_max_seconds;
    const bool ends_in_time =
        expires == 0 || (expires > record_time && expires - record_time >= claim_span_min_seconds);
    require(is_record_sane && ends_in_time, TimesInvalid{record_time, expires});
    const u256 received = erc20::pull(*this, currency, sender(), amount);
    require(!received.is_zero(), NothingReceived{currency});
    const u256 id = distribution_count();
    const Distribution place = push(distributions_);
    set(place.currency(), currency);
    set(place.record_time(), record_time);
    set(place.expires(), expires);
    set(place.amount(), checked_u128(received));
    set(place.left(), checked_u128(received));
    set(announced_[currency], checked_u128(checked_add(announced(currency), received)));
    emit(Announced{id, currency, received, record_time, expires});
    return id;
}

u256 RevenueVault::collect(Address payee, Address currency) {
    const u256 amount = owed_to(payee, currency);
    require(!amount.is_zero(), NothingToCollect{payee, currency});
    set(owed_to_[payee][currency], {});
    set(owed_[currency], checked_u128(checked_sub(owed(currency), amount)));
    emit(Collected{payee, currency, amount});
    require(erc20::try_transfer(*this, currency, payee, amount),
            erc20::SafeERC20FailedOperation{currency});
    return amount;
}

void RevenueVault::owe(const Address& payee, const Address& currency, const u256& amount) {
    set(owed_to_[payee][currency], checked_add(owed_to(payee, currency), amount));
    set(owed_[currency], checked_u128(checked_add(owed(currency), amount)));
}

u256 RevenueVault::booked(const Address& currency) const {
    return held(currency) + owed(currency) + announced(currency);
}

RevenueVault::Distribution RevenueVault::require_distribution(const u256& id) const {
    require(id < distribution_count(), UnknownDistribution{id, distribution_count()});
    return distributions_[id.low64()];
}

u256 RevenueVault::claimable_announced(u256 id, Address account) const {
    const Distribution place = require_distribution(id);
    const uint64_t record_time = get(place.record_time());
    if (now() <= record_time || get(place.is_over()) || get(place.claimed()[account])) return {};
    const uint64_t expires = get(place.expires());
    if (expires != 0 && now() > expires) return {};
    const u256 supply = shares_at(supply_history_, record_time);
    if (supply.is_zero()) return {};
    return mul_div_down(get(place.amount()), shares_at(history_[account], record_time), supply);
}

u256 RevenueVault::claim_announced(u256 id, Address account) {
    const Distribution place = require_distribution(id);
    const uint64_t record_time = get(place.record_time());
    require(now() > record_time, BeforeRecordTime{record_time});
    require(!get(place.claimed()[account]), AlreadyClaimed{id, account});
    const uint64_t expires = get(place.expires());
    require(!get(place.is_over()) && (expires == 0 || now() <= expires), DistributionOver{id});
    const Address currency = get(place.currency());
    const u256 gross = claimable_announced(id, account);
    require(!gross.is_zero(), NothingToClaim{account, currency});
    const Address to = destination(account);
    set(place.claimed()[account], true);
    set(place.left(), checked_u128(checked_sub(get(place.left()), gross)));
    set(announced_[currency], checked_u128(checked_sub(announced(currency), gross)));
    emit(AnnouncedClaimed{id, account, to, gross});
    const u256 tax = withheld_from(account, gross);
    if (!tax.is_zero()) withhold(account, currency, tax);
    pay(account, to, currency, gross - tax);
    return gross;
}

/// What was announced for a second in which nobody held shares goes back at once.
u256 RevenueVault::expire(u256 id) {
    const Distribution place = require_distribution(id);
    require(!get(place.is_over()), DistributionOver{id});
    const uint64_t expires = get(place.expires());
    const uint64_t record_time = get(place.record_time());
    const bool has_holders = !shares_at(supply_history_, record_time).is_zero();
    const bool is_over = has_holders ? expires != 0 && now() > expires : now() > record_time;
    require(is_over, DistributionNotOver{id});
    const Address currency = get(place.currency());
    const u256 left = get(place.left());
    set(place.is_over(), true);
    set(place.left(), {});
    set(announced_[currency], checked_u128(checked_sub(announced(currency), left)));
    owe(beneficiary(), currency, left);
    emit(Expired{id, left});
    return left;
}

u256 RevenueVault::push_next(Address currency, u256 count) {
    require(!count.is_zero() && count <= u256{push_max}, CountInvalid{count, u256{push_max}});
    const uint64_t size = length(holders_);
    const uint64_t steps = std::min(count.low64(), size);
    uint64_t at = get(cursors_[currency]).low64();
    uint64_t paid = 0;
    for (uint64_t i = 0; i < steps; ++i) {
        // With less, a payment could fail for want of gas.
        if (gas_left() < 2 * push_gas_max) break;
        if (at >= size) at = 0;
        if (pay_holder(currency, get(holders_[at++]))) ++paid;
    }
    set(cursors_[currency], u256{at});
    return u256{paid};
}

/// Pays a holder; false when he has nothing, must claim himself, or cannot be paid.
bool RevenueVault::pay_holder(const Address& currency, const Address& holder) {
    const Address payee = payee_of(holder);
    const Address to = payee == Address{} ? holder : payee;
    if (payee == Address{} && has_code(holder)) return false;
    const u256 gross = take(holder, currency);
    if (gross.is_zero()) return false;
    const u256 net = gross - withheld_from(holder, gross);
    if (!erc20::try_transfer(*this, currency, to, net, push_gas_max)) {
        give_back(holder, currency, gross);
        return false;
    }
    settle_claim(holder, to, currency, gross);
    return true;
}

void RevenueVault::set_tax_rate(Address account, uint16_t bps) {
    require(sender() == tax_authority(), NotTaxAuthority{sender()});
    require(bps <= tax_max_bps, TaxRateTooHigh{bps, tax_max_bps});
    set(tax_rates_[account], static_cast<uint16_t>(bps + 1));
    emit(TaxRateSet{account, bps});
}

uint16_t RevenueVault::tax_rate(Address account) const {
    const uint16_t own = get(tax_rates_[account]);
    if (own != 0) return static_cast<uint16_t>(own - 1);
    const uint16_t general = get(tax_rates_[Address{}]);
    return general == 0 ? general : static_cast<uint16_t>(general - 1);
}

u256 RevenueVault::withheld_from(const Address& account, const u256& gross) const {
    if (tax_payee() == Address{}) return {};
    return mul_div_down(gross, u256{tax_rate(account)}, u256{bps_one});
}

void RevenueVault::withhold(const Address& account, const Address& currency, const u256& amount) {
    owe(tax_payee(), currency, amount);
    emit(TaxWithheld{account, currency, amount});
}

void RevenueVault::set_excluded(Address account, bool excluded) {
    AssetToken::set_excluded(account, excluded);
    note_shares(account);
    note_supply();
}

void RevenueVault::follow_shares(const Address& from, const Address& to, const u256& shares) {
    AssetToken::follow_shares(from, to, shares);
    if (shares.is_zero() || from == to) return;
    if (from != Address{}) note_shares(from);
    if (to != Address{}) note_shares(to);
    note_supply();
}

/// Holders are entered once and stay: what they earned may be due after they sold.
void RevenueVault::note_shares(const Address& account) {
    if (length(history_[account]) == 0) set(push(holders_), account);
    write(history_[account], is_excluded(account) ? u256{} : balance_of(account));
}

void RevenueVault::note_supply() {
    write(supply_history_, total_supply() - revenue::excluded_shares(*this));
}

void RevenueVault::write(const Array<Checkpoint>& history, const u256& shares) {
    const uint64_t size = length(history);
    const u128 number = checked_u128(shares);
    if (size > 0 && get(history[size - 1].shares()) == number) return;
    const bool is_same_time = size > 0 && get(history[size - 1].time()) == now();
    const Checkpoint place = is_same_time ? history[size - 1] : push(history);
    set(place.shares(), number);
    set(place.time(), now());
}

u256 RevenueVault::shares_at(const Array<Checkpoint>& history, uint64_t time) const {
    uint64_t low = 0;
    uint64_t high = length(history);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (get(history[middle].time()) <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? u256{} : u256{get(history[low - 1].shares())};
}

std::tuple<Address, uint16_t, u256> RevenueVault::line(u256 index) const {
    require(index < line_count(), UnknownDistribution{index, line_count()});
    const Line place = lines_[index.low64()];
    return {get(place.payee()), get(place.bps()), get(place.cap())};
}

std::tuple<Address, u256, uint64_t, uint64_t, u256> RevenueVault::distribution(u256 id) const {
    const Distribution place = require_distribution(id);
    return {get(place.currency()), get(place.amount()), get(place.record_time()),
            get(place.expires()), get(place.left())};
}

/// What this transaction's events say of money that is not in `held`, by currency.
struct RevenueVault::Flows {
    std::map<Address, u256> owed;                         // modulo 2^256
    std::map<Address, u256> announced;                    // modulo 2^256
    std::map<std::pair<Address, Address>, u256> owed_to;  // by payee and currency
    std::vector<std::pair<uint64_t, Address>> claims;     // of announced distributions
};

RevenueVault::Flows RevenueVault::flows() const {
    Flows out;
    const auto owing = [&](const Address& payee, const Address& currency, const u256& amount) {
        out.owed[currency] += amount;
        out.owed_to[{payee, currency}] += amount;
    };
    const auto currency_of = [this](const u256& id) {
        return get(distributions_[id.low64()].currency());
    };
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto paid = LinePaid::decode(log)) {
            owing(std::get<2>(*paid), std::get<1>(*paid), std::get<3>(*paid));
        } else if (const auto tax = TaxWithheld::decode(log)) {
            owing(tax_payee(), std::get<1>(*tax), std::get<2>(*tax));
        } else if (const auto collected = Collected::decode(log)) {
            owing(std::get<0>(*collected), std::get<1>(*collected), -std::get<2>(*collected));
        } else if (const auto announcement = Announced::decode(log)) {
            out.announced[std::get<1>(*announcement)] += std::get<2>(*announcement);
        } else if (const auto claim = AnnouncedClaimed::decode(log)) {
            const auto& [id, account, to, amount] = *claim;
            out.announced[currency_of(id)] -= amount;
            out.claims.push_back({id.low64(), account});
        } else if (const auto expired = Expired::decode(log)) {
            const auto& [id, amount] = *expired;
            out.announced[currency_of(id)] -= amount;
            owing(beneficiary(), currency_of(id), amount);
        }
    }
    return out;
}

std::optional<std::string> RevenueVault::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (auto broken = broken_votes_or_holds()) return broken;
    Flows moved = flows();
    for (const Address& currency : currencies()) {
        const u256 owed_before = before(owed_[currency]);
        const u256 announced_before = before(announced_[currency]);
        if (owed(currency) - owed_before != moved.owed[currency])
            return "V-12: owed of " + to_hex(currency) + " did not move as the events say";
        if (announced(currency) - announced_before != moved.announced[currency])
            return "V-12: announced of " + to_hex(currency) + " did not move as the events say";
        const u256 held_before = held_before_of(currency);
        const u256 all_before = held_before + owed_before + announced_before;
        const bool is_touched = booked(currency) != all_before || !moved.owed[currency].is_zero();
        if (!is_touched) continue;
        if (auto broken = cover::broken_by(*this, currency, booked(currency), all_before))
            return broken;
    }
    for (const auto& [who, gain] : moved.owed_to) {
        const auto& [payee, currency] = who;
        if (owed_to(payee, currency) - before(owed_to_[payee][currency]) != gain)
            return "V-12: what " + to_hex(payee) + " is owed did not move as the events say";
    }
    std::ranges::sort(moved.claims);
    if (std::ranges::adjacent_find(moved.claims) != moved.claims.end())
        return "D-3: an announced distribution was claimed twice";
    for (const auto& [id, account] : moved.claims)
        if (before(distributions_[id].claimed()[account]))
            return "D-3: an announced distribution was claimed again";
    return std::nullopt;
}

NativeType revenue_vault_type() {
    return native_type<RevenueVault>(12, 1, "RevenueShare");
}

}  // namespace plume
