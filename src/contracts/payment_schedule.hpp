// Payment schedule: equal instalments at equal distances, and a principal with the last.
//
// A value and pure functions of it, of a time and of what has been paid: no storage, no clock. All
// amounts are units of one currency, all times seconds since 1970.
//
//   instalment i of 0 .. count-1 is due at   first_due + i * period
//   and is of                                payment, the last one of payment + principal
//
// What is paid settles the oldest instalment first; what is more than it counts for the next. An
// instalment is settled when all of it is paid, so which ones are is a function of the sum alone,
// whoever paid it and in how many parts.
//
// Interest of an instalment runs from the due date before it, the first from first_due - period. It
// is pro rata of the seconds and rounded down; at the due date it is the whole payment, which from
// then on is no accrual any more but due.
#pragma once

#include "native/math.hpp"

namespace plume {

/// How a stream stands.
enum class StreamStatus : uint8_t { current = 0, late = 1, in_default = 2, fulfilled = 3 };

struct PaymentSchedule {
    uint64_t first_due = 0;
    uint32_t period_seconds = 0;
    uint32_t count = 0;
    u128 payment;
    u128 principal;
    uint32_t grace_seconds = 0;    ///< after a due date, in which nothing is late yet
    uint32_t default_seconds = 0;  ///< after a due date, in which nothing is a default yet

    static constexpr auto members =
        std::tuple{&PaymentSchedule::first_due,      &PaymentSchedule::period_seconds,
                   &PaymentSchedule::count,          &PaymentSchedule::payment,
                   &PaymentSchedule::principal,      &PaymentSchedule::grace_seconds,
                   &PaymentSchedule::default_seconds};
};

namespace schedule {

/// What the first `instalments` are together.
u256 sum(const PaymentSchedule& terms, uint32_t instalments);
/// What all are together.
u256 total(const PaymentSchedule& terms);
uint64_t due_date(const PaymentSchedule& terms, uint32_t instalment);
/// How many instalments are due at `time`, those of that very second among them.
uint32_t due_count(const PaymentSchedule& terms, uint64_t time);
/// How many instalments `paid` settles.
uint32_t settled_count(const PaymentSchedule& terms, const u256& paid);
/// What is missing of the oldest instalment that is not settled; zero when all are.
u256 missing(const PaymentSchedule& terms, const u256& paid);
/// Due at `time` and not paid.
u256 arrears(const PaymentSchedule& terms, uint64_t time, const u256& paid);
/// Interest since the last due date, less what has been paid of it ahead of its time. Rounded down.
u256 accrued(const PaymentSchedule& terms, uint64_t time, const u256& paid);
/// By the oldest instalment that is not settled: late from the second after its grace, in default
/// from the second after its `default_seconds`.
StreamStatus status(const PaymentSchedule& terms, uint64_t time, const u256& paid);
/// For what all that is left may be bought off at `time`: arrears and accrued interest in full, of
/// the payments to come `payment_bps` and of a principal to come `principal_bps` ten-thousandths.
/// Each of the two is rounded up.
u256 redemption_price(const PaymentSchedule& terms, uint64_t time, const u256& paid,
                      uint16_t payment_bps, uint16_t principal_bps);

}  // namespace schedule

}  // namespace plume
