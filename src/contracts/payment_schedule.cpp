#include "contracts/payment_schedule.hpp"

#include <algorithm>

namespace plume::schedule {

namespace {

constexpr u256 bps_one{10'000u};

/// floor((a * bps + 9,999) / 10,000)
u256 part_up(const u256& amount, uint16_t bps) {
    return (checked_mul(amount, u256{bps}) + bps_one - u256{1u}) / bps_one;
}

}  // namespace

u256 sum(const PaymentSchedule& terms, uint32_t instalments) {
    const u256 payments = u256{terms.payment} * u256{instalments};
    return instalments == terms.count ? payments + u256{terms.principal} : payments;
}

u256 total(const PaymentSchedule& terms) {
    return sum(terms, terms.count);
}

uint64_t due_date(const PaymentSchedule& terms, uint32_t instalment) {
    return terms.first_due + uint64_t{instalment} * terms.period_seconds;
}

uint32_t due_count(const PaymentSchedule& terms, uint64_t time) {
    if (time < terms.first_due) return 0;
    const uint64_t passed = (time - terms.first_due) / terms.period_seconds;
    return passed >= terms.count ? terms.count : static_cast<uint32_t>(passed) + 1;
}

/// The last instalment is settled with the principal only.
uint32_t settled_count(const PaymentSchedule& terms, const u256& paid) {
    if (paid >= total(terms)) return terms.count;
    const u256 whole = paid / u256{terms.payment};
    return static_cast<uint32_t>(std::min(whole, u256{terms.count - 1}).low64());
}

u256 missing(const PaymentSchedule& terms, const u256& paid) {
    const uint32_t settled = settled_count(terms, paid);
    return settled == terms.count ? u256{} : sum(terms, settled + 1) - paid;
}

u256 arrears(const PaymentSchedule& terms, uint64_t time, const u256& paid) {
    return saturating_sub(sum(terms, due_count(terms, time)), paid);
}

u256 accrued(const PaymentSchedule& terms, uint64_t time, const u256& paid) {
    const uint32_t due = due_count(terms, time);
    if (due == terms.count) return {};
    const uint64_t begin = due_date(terms, due) - terms.period_seconds;
    if (time <= begin) return {};
    const u256 earned = mul_div_down(terms.payment, u256{time - begin}, u256{terms.period_seconds});
    return saturating_sub(earned, saturating_sub(paid, sum(terms, due)));
}

StreamStatus status(const PaymentSchedule& terms, uint64_t time, const u256& paid) {
    const uint32_t settled = settled_count(terms, paid);
    if (settled == terms.count) return StreamStatus::fulfilled;
    const uint64_t due = due_date(terms, settled);
    if (time > due + terms.default_seconds) return StreamStatus::in_default;
    return time > due + terms.grace_seconds ? StreamStatus::late : StreamStatus::current;
}

/// Whatever is paid ahead is taken off the payments first, and off the principal last: that is the
/// order in which it settles them.
u256 redemption_price(const PaymentSchedule& terms, uint64_t time, const u256& paid,
                      uint16_t payment_bps, uint16_t principal_bps) {
    const u256 at_par = arrears(terms, time, paid) + accrued(terms, time, paid);
    const u256 to_come = saturating_sub(total(terms), paid + at_par);
    const bool is_principal_due = due_count(terms, time) == terms.count;
    const u256 principal = is_principal_due ? u256{} : std::min(to_come, u256{terms.principal});
    return at_par + part_up(to_come - principal, payment_bps) + part_up(principal, principal_bps);
}

}  // namespace plume::schedule
