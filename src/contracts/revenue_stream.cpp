#include "contracts/revenue_stream.hpp"

#include <algorithm>

#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

void RevenueStream::construct(TokenParams params, StreamTerms terms) {
    require_terms(params, terms);
    const PaymentSchedule& schedule = terms.schedule;
    set(currency_, terms.currency);
    set(first_due_, schedule.first_due);
    set(obligor_, terms.obligor);
    set(period_, schedule.period_seconds);
    set(count_, schedule.count);
    set(grace_, schedule.grace_seconds);
    set(payment_, schedule.payment);
    set(principal_, schedule.principal);
    set(default_, schedule.default_seconds);
    set(payment_bps_, terms.payment_bps);
    set(principal_bps_, terms.principal_bps);
    AssetToken::construct(std::move(params));
    add_currency(terms.currency);
    close_list();
}

void RevenueStream::require_terms(const TokenParams& params, const StreamTerms& terms) const {
    const auto require_within = [this](std::string_view what, const u256& value, const u256& least,
                                       const u256& most) {
        require(value >= least && value <= most,
                TermInvalid{std::string(what), value, least, most});
    };
    const PaymentSchedule& schedule = terms.schedule;
    const u256 one{1u};
    require(terms.obligor != Address{} && terms.obligor != self(), ObligorInvalid{terms.obligor});
    require_within("mintable", u256{params.mintable ? 1u : 0u}, {}, {});
    require_within("decimals", u256{params.decimals}, {}, u256{share_decimals_max});
    require_within("initialSupply", params.initial_supply, one, (one << 128) - one);
    require_within("period", u256{schedule.period_seconds}, one, u256{period_max_seconds});
    require_within("count", u256{schedule.count}, one, u256{instalments_max});
    require_within("payment", schedule.payment, one, total_most);
    require_within("total", schedule::total(schedule), one, total_most);
    // The first interest period must not begin before time does.
    const uint64_t earliest = std::max(now() + 1, uint64_t{schedule.period_seconds});
    require_within("firstDue", u256{schedule.first_due}, u256{earliest},
                   u256{now() + first_due_span_max_seconds});
    require_within("defaultAfter", u256{schedule.default_seconds}, {}, u256{default_max_seconds});
    require_within("grace", u256{schedule.grace_seconds}, {}, u256{schedule.default_seconds});
    require_within("paymentBps", u256{terms.payment_bps}, {}, u256{price_max_bps});
    require_within("principalBps", u256{terms.principal_bps}, {}, u256{price_max_bps});
}

u256 RevenueStream::pay(u256 amount) {
    const u256 left = amount_left();
    require(!left.is_zero(), StreamEnded{paid()});
    const u256 received = erc20::pull(*this, currency(), sender(), std::min(amount, left));
    take_in(currency(), received);
    return received;
}

void RevenueStream::take_in(const Address& currency, const u256& amount) {
    const u256 left = amount_left();
    require(!left.is_zero(), StreamEnded{paid()});
    require(amount <= left, MoreThanLeft{amount, left});
    share_out(currency, amount);
    book_payment(amount);
}

void RevenueStream::book_payment(const u256& amount) {
    const u256 sum = checked_add(paid(), amount);
    set(paid_, checked_u128(sum));
    const PaymentSchedule terms = payments();
    emit(Paid{sender(), amount, sum, terms.count - schedule::settled_count(terms, sum)});
}

u256 RevenueStream::redeem(u256 at_most) {
    require(sender() == obligor(), NotObligor{sender()});
    require(!amount_left().is_zero(), StreamEnded{paid()});
    require(get(payment_bps_) != 0 || get(principal_bps_) != 0, NotRedeemable{});
    const u256 price = redemption_price();
    require(price <= at_most, PriceTooHigh{price, at_most});
    const u256 received = erc20::pull(*this, currency(), sender(), price);
    require(received >= price, PriceNotReceived{price, received});
    // A price of nothing is one that rates and rounding can come to only when nothing has accrued.
    if (!received.is_zero()) share_out(currency(), received);
    end_by(received);
    return received;
}

void RevenueStream::end_by(const u256& received) {
    emit(Redeemed{sender(), received, amount_left()});
    set(paid_, checked_u128(checked_add(paid(), received)));
    set(is_redeemed_, true);
}

void RevenueStream::mark_default() {
    require(defaulted_at() == 0, DefaultAlreadyMarked{defaulted_at()});
    require(is_defaulted(), NotInDefault{status()});
    book_default(now());
    emit(DefaultMarked{sender(), std::get<0>(schedule())});
}

void RevenueStream::set_excluded(Address account, bool /*excluded*/) {
    refuse(NobodyIsExcluded{account});
}

PaymentSchedule RevenueStream::payments() const {
    return {.first_due = get(first_due_),
            .period_seconds = get(period_),
            .count = get(count_),
            .payment = get(payment_),
            .principal = get(principal_),
            .grace_seconds = get(grace_),
            .default_seconds = get(default_)};
}

StreamTerms RevenueStream::terms() const {
    return {.currency = currency(),
            .obligor = obligor(),
            .schedule = payments(),
            .payment_bps = get(payment_bps_),
            .principal_bps = get(principal_bps_)};
}

std::tuple<uint64_t, u128, uint32_t, uint32_t> RevenueStream::schedule() const {
    const PaymentSchedule terms = payments();
    if (amount_left().is_zero()) return {0, {}, terms.period_seconds, 0};
    const uint32_t settled = schedule::settled_count(terms, paid());
    return {schedule::due_date(terms, settled), checked_u128(schedule::missing(terms, paid())),
            terms.period_seconds, terms.count - settled};
}

/// Marked or not, a stream that has paid everything owes nothing to anybody.
StreamStatus RevenueStream::state() const {
    if (is_redeemed()) return StreamStatus::fulfilled;
    const StreamStatus derived = schedule::status(payments(), now(), paid());
    if (derived == StreamStatus::fulfilled || defaulted_at() == 0) return derived;
    return StreamStatus::in_default;
}

bool RevenueStream::is_current() const {
    return state() == StreamStatus::current || state() == StreamStatus::fulfilled;
}

u256 RevenueStream::amount_left() const {
    return is_redeemed() ? u256{} : schedule::total(payments()) - paid();
}

u256 RevenueStream::arrears() const {
    return is_redeemed() ? u256{} : schedule::arrears(payments(), now(), paid());
}

u256 RevenueStream::accrued() const {
    return is_redeemed() ? u256{} : schedule::accrued(payments(), now(), paid());
}

u256 RevenueStream::accrued_of(u256 shares) const {
    return mul_div_down(accrued(), shares, total_supply());
}

u256 RevenueStream::redemption_price() const {
    if (is_redeemed()) return {};
    return schedule::redemption_price(payments(), now(), paid(), get(payment_bps_),
                                      get(principal_bps_));
}

u256 RevenueStream::accrued_price() const {
    u256 token{1u};
    for (uint8_t i = 0; i < decimals(); ++i) token *= u256{10u};
    return mul_div_down(accrued(), token * price_scale, total_supply());
}

u256 RevenueStream::clean_price(u256 dirty_price) const {
    const u256 accrual = accrued_price();
    require(dirty_price >= accrual, PriceBelowAccrued{dirty_price, accrual});
    return dirty_price - accrual;
}

u256 RevenueStream::dirty_price(u256 clean_price) const {
    return checked_add(clean_price, accrued_price());
}

std::optional<std::string> RevenueStream::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (!is_new()) {
        for (unsigned position = 20; position < 24; ++position) {
            const Slot<u256> word{u256{position}};
            if (get(word) != before(word)) return "I-1: the terms of a stream changed";
        }
        const std::map<Address, u256> gained = gains();
        const auto made = gained.find(Address{});
        if (made != gained.end() && !made->second.is_zero())
            return "I-1: shares of a stream were made or destroyed";
    }
    if (auto broken = broken_payments()) return broken;
    return broken_mark();
}

std::optional<std::string> RevenueStream::broken_payments() const {
    const PaymentSchedule terms = payments();
    u256 sum{before(paid_)};
    bool is_over = before(is_redeemed_);
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto payment = Paid::decode(log);
        const auto redemption = Redeemed::decode(log);
        if (!payment && !redemption) continue;
        if (is_over) return "I-2: money was booked after a redemption";
        if (redemption) {
            const u256 price = schedule::redemption_price(terms, now(), sum, get(payment_bps_),
                                                          get(principal_bps_));
            if (std::get<1>(*redemption) < price) return "I-2: a redemption below its price";
            sum += std::get<1>(*redemption);
            is_over = true;
        } else {
            const auto& [by, amount, total, left] = *payment;
            sum += amount;
            if (total != sum) return "I-2: a payment tells another total";
            if (left != terms.count - schedule::settled_count(terms, sum))
                return "I-2: a payment tells another number of instalments";
        }
    }
    if (sum != paid()) return "I-2: what was paid is not what the events say";
    if (sum != distributed(currency())) return "I-2: what was paid was not shared out";
    if (is_over != is_redeemed()) return "I-3: a stream ended otherwise than by a redemption";
    if (!is_over && sum > schedule::total(terms)) return "I-2: more was paid than is owed";
    return std::nullopt;
}

/// Payments only mend, so what is a default in the midst of a transaction was one before it.
std::optional<std::string> RevenueStream::broken_mark() const {
    const uint64_t earlier = before(defaulted_at_);
    uint64_t marked = earlier;
    for (const Log& log : transaction_logs()) {
        if (log.address != self() || !DefaultMarked::decode(log)) continue;
        if (marked != 0) return "I-3: a default was marked twice";
        marked = now();
    }
    if (marked != defaulted_at()) return "I-3: a mark of default is not what the events say";
    const StreamStatus derived = schedule::status(payments(), now(), before(paid_));
    if (marked != earlier && derived != StreamStatus::in_default)
        return "I-3: a default was marked where there is none";
    return std::nullopt;
}

NativeType revenue_stream_type() {
    return native_type<RevenueStream>(17, 1, "RevenueStream");
}

}  // namespace plume
