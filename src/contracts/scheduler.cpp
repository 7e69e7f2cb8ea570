#include "contracts/scheduler.hpp"

#include <algorithm>

#include "base/calendar.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

// What a run does after its gas is counted, at the host's prices: it writes slots that it has
// written before, and emits its events.
constexpr uint64_t closing_gas = 2'125;
constexpr uint64_t failure_gas = 110;
constexpr uint64_t last_closing_gas = 3'876;
constexpr uint64_t postponing_gas = 2'166;

/// For times far beyond any that are allowed.
u256 later(uint64_t first, const Recurrence& recurrence, uint32_t number) {
    const uint64_t units = uint64_t{number} * recurrence.period;
    if (recurrence.unit == Recurrence::seconds) return u256{first} + u256{units};
    constexpr uint64_t months_max = 12 * 100;
    if (units > months_max) return u256_max;
    return u256{calendar::add_months(first, units)};
}

}  // namespace

u256 Scheduler::schedule(Address target, Bytes data, uint64_t gas_limit, uint64_t due,
                         Recurrence recurrence) {
    const u256 all_gas = gas_of(gas_limit, u256{data.size()});
    require_terms(target, data.size(), all_gas);
    require_times(due, recurrence);
    const u256 gas_of_runs = all_gas * u256{recurrence.count};
    const u256 needed = checked_mul(gas_of_runs, std::max(base_fee(), u256{1u}));
    require(value() >= needed, Underpaid{value(), needed});

    const uint64_t id = get(last_id_) + 1;
    set(last_id_, id);
    const Record record = records_[id];
    set(record.owner(), sender());
    set(record.gas_limit(), gas_limit);
    set(record.target(), target);
    set(record.period(), recurrence.count == 1 ? 0 : recurrence.period);
    set(record.count(), recurrence.count);
    set(record.unit(), recurrence.unit);
    set(record.first_due(), due);
    set(record.data(), data);
    add(record.balance(), value());
    add(prepaid_, value());
    due_queue::add(*this, {due, id});
    emit(Scheduled{u256{id}, sender(), target, due, gas_limit, recurrence.count, value()});
    return u256{id};
}

void Scheduler::require_terms(const Address& target, size_t data_size, const u256& all_gas) const {
    require(target != self() && target != Address{}, InvalidTarget{target});
    require(data_size <= call_data_max, DataTooLong{u256{data_size}, u256{call_data_max}});
    const uint64_t gas_max =
        std::min(execution().block.gas_limit / block_share, gas::transaction_max);
    require(all_gas <= u256{gas_max}, GasTooHigh{all_gas, u256{gas_max}});
}

void Scheduler::require_times(uint64_t due, const Recurrence& recurrence) const {
    const auto& [period, unit, count] = recurrence;
    require(count > 0 && (count == 1 || period > 0) && unit <= Recurrence::months,
            InvalidRecurrence{period, unit, count});
    require(due >= now(), DueInPast{due, now()});
    const u256 due_max = u256{now()} + u256{schedule_span_max_seconds};
    require(u256{due} <= due_max, DueTooLate{u256{due}, due_max});
    const u256 last_due = later(due, recurrence, count - 1);
    require(last_due <= due_max, DueTooLate{last_due, due_max});
}

void Scheduler::cancel(u256 id) {
    const Record record = record_of(id);
    const Address owner = get(record.owner());
    require(owner == sender(), NotOwner{owner, sender()});
    const u256 refund = get(record.balance());
    if (due_queue::time_of(*this, id.low64())) due_queue::remove(*this, id.low64());
    forget(record);
    take(prepaid_, refund);
    credit(owner, refund);
    emit(Cancelled{id, owner, refund});
    pay(owner, refund, refund_gas_max);
}

void Scheduler::top_up(u256 id) {
    const Record record = record_of(id);
    add(record.balance(), value());
    add(prepaid_, value());
    emit(ToppedUp{id, sender(), value()});
    if (get(record.tries()) > 0 && fee_cap_of(record) >= base_fee()) retry(id, record);
}

void Scheduler::resume(u256 id) {
    const Record record = record_of(id);
    require(get(record.tries()) > 0, NotWaiting{id});
    const u256 fee_cap = fee_cap_of(record);
    require(fee_cap >= base_fee(), FeeCapTooLow{fee_cap, base_fee()});
    retry(id, record);
}

u256 Scheduler::withdraw() {
    const u256 amount = owed_to(sender());
    require(!amount.is_zero(), NothingOwed{sender()});
    require(pay(sender(), amount, ~0ull), PaymentRefused{sender()});
    return amount;
}

std::tuple<uint64_t, u256> Scheduler::run(u256 id, uint32_t number) {
    const Record record = require_next(id, number);
    const u256 fee_cap = fee_cap_of(record);
    if (fee_cap < base_fee()) return postpone(id, record, fee_cap);
    const Address target = get(record.target());
    const Bytes data = get(record.data());
    const uint64_t gas_limit = get(record.gas_limit());
    const u256 all_gas = all_gas_of(record);
    const Booking booking = book(id, record);
    const Answer answer = call(target, data, {}, gas_limit);
    const uint64_t closing = closing_gas + (answer.success ? 0 : failure_gas);
    return conclude(booking, answer.success,
                    used_of(all_gas, booking.is_last ? last_closing_gas : closing));
}

std::tuple<uint64_t, u256> Scheduler::abandon(u256 id, uint32_t number) {
    const Record record = require_next(id, number);
    const u256 all_gas = all_gas_of(record);
    return conclude(book(id, record), false, all_gas);
}

Scheduler::Record Scheduler::require_next(const u256& id, uint32_t number) const {
    require(sender() == system_sender, OnlyNode{sender()});
    const std::optional<due_queue::Entry> entry = due_queue::first(*this);
    require(entry && u256{entry->id} == id && entry->time <= now(), NotDue{id, number});
    const Record record = record_of(id);
    require(get(record.runs()) == number, NotDue{id, number});
    return record;
}

/// The run that waited takes its place by its due time again.
void Scheduler::retry(const u256& id, const Record& record) {
    const uint32_t number = get(record.runs());
    const due_queue::Entry entry{due_at(record, number), id.low64()};
    set(record.tries(), 0);
    if (due_queue::time_of(*this, entry.id))
        due_queue::move(*this, entry);
    else
        due_queue::add(*this, entry);
    emit(Resumed{id, number});
}

Scheduler::Charge Scheduler::postpone(const u256& id, const Record& record, const u256& fee_cap) {
    const u256 all_gas = all_gas_of(record);
    const auto tries = static_cast<uint8_t>(get(record.tries()) + 1);
    set(record.tries(), tries);
    const uint64_t until = tries < tries_max ? now() + (first_wait_seconds << (tries - 1)) : 0;
    if (until == 0)
        due_queue::remove(*this, id.low64());
    else
        due_queue::move(*this, {until, id.low64()});
    const u256 gas_used = used_of(all_gas, postponing_gas);
    emit(Postponed{id, get(record.runs()), until, fee_cap, base_fee()});
    return {gas_used.low64(), u256{}};
}

/// Everything is taken beforehand and given back after, so that the books hold whatever the call
/// does, and what is written after it is written for the second time.
Scheduler::Booking Scheduler::book(const u256& id, const Record& record) {
    const uint32_t number = get(record.runs());
    const u256 balance = get(record.balance());
    Booking out{.id = id,
                .record = record,
                .number = number,
                .owner = get(record.owner()),
                .is_last = number + 1 == get(record.count()),
                .reserved = std::min(all_gas_of(record) * base_fee(), balance),
                .refund = {}};
    if (out.is_last) {
        out.refund = balance - out.reserved;
        due_queue::remove(*this, id.low64());
        forget(record);
        take(prepaid_, balance);
        credit(out.owner, out.refund);
        return out;
    }
    set(record.runs(), number + 1);
    set(record.tries(), 0);
    take(record.balance(), out.reserved);
    take(prepaid_, out.reserved);
    due_queue::move(*this, {due_at(record, number + 1), id.low64()});
    return out;
}

Scheduler::Charge Scheduler::conclude(const Booking& booking, bool succeeded,
                                      const u256& gas_used) {
    const u256 fee = std::min(gas_used * base_fee(), booking.reserved);
    const u256 rest = booking.reserved - fee;
    emit(Executed{booking.id, booking.number, succeeded, fee});
    if (booking.is_last) {
        credit(booking.owner, rest);
        emit(Finished{booking.id, booking.owner, booking.refund + rest});
    } else {
        add(booking.record.balance(), rest);
        add(prepaid_, rest);
        if (!succeeded) set(booking.record.failures(), get(booking.record.failures()) + 1);
    }
    return {gas_used.low64(), fee};
}

u256 Scheduler::used_of(const u256& all_gas, uint64_t more) const {
    const u256 left{gas_left()};
    return std::min((all_gas > left ? all_gas - left : u256{}) + u256{more}, all_gas);
}

std::tuple<u256, uint32_t, uint64_t> Scheduler::next(uint64_t time) const {
    const std::optional<due_queue::Entry> entry = due_queue::first(*this);
    if (!entry || entry->time > time) return {};
    const Record record = records_[entry->id];
    return {u256{entry->id}, get(record.runs()), all_gas_of(record).low64()};
}

uint64_t Scheduler::next_due() const {
    const std::optional<due_queue::Entry> entry = due_queue::first(*this);
    return entry ? entry->time : ~0ull;
}

Job Scheduler::job(u256 id) const {
    const Record record = record_of(id);
    const uint32_t runs = get(record.runs());
    return {.owner = get(record.owner()),
            .target = get(record.target()),
            .data = get(record.data()),
            .gas_limit = get(record.gas_limit()),
            .first_due = get(record.first_due()),
            .recurrence = recurrence_of(record),
            .runs = runs,
            .failures = get(record.failures()),
            .due = due_at(record, runs),
            .wait = due_queue::time_of(*this, id.low64()).value_or(0),
            .balance = get(record.balance()),
            .fee_cap = fee_cap_of(record)};
}

uint64_t Scheduler::due_of(u256 id, uint32_t number) const {
    const Record record = record_of(id);
    require(number < get(record.count()), NotDue{id, number});
    return due_at(record, number);
}

std::vector<u256> Scheduler::list(u256 start) const {
    std::vector<u256> out;
    if (start >= count()) return out;
    for (const auto& entry : due_queue::list(*this, start.low64(), listed_jobs_max))
        out.push_back(u256{entry.id});
    return out;
}

/// The callee gets all of its gas only if a 64th of what there is may stay behind (EIP-150).
u256 Scheduler::gas_of(uint64_t gas_limit, u256 data_size) const {
    const u256 words = checked_add(data_size, u256{31u}) >> 5;
    const u256 own = checked_add(u256{run_gas}, checked_mul(words, u256{data_word_gas}));
    return checked_add(own, u256{gas_limit} + u256{gas_limit / 63 + 1});
}

Scheduler::Record Scheduler::record_of(const u256& id) const {
    require(id.fits_uint64() && get(records_[id.low64()].count()) > 0, UnknownJob{id});
    return records_[id.low64()];
}

Recurrence Scheduler::recurrence_of(const Record& record) const {
    return {get(record.period()), get(record.unit()), get(record.count())};
}

uint64_t Scheduler::due_at(const Record& record, uint32_t number) const {
    return later(get(record.first_due()), recurrence_of(record), number).low64();
}

u256 Scheduler::fee_cap_of(const Record& record) const {
    const uint32_t runs_left = get(record.count()) - get(record.runs());
    return get(record.balance()) / (all_gas_of(record) * u256{runs_left});
}

u256 Scheduler::all_gas_of(const Record& record) const {
    return gas_of(get(record.gas_limit()), u256{size(record.data())});
}

void Scheduler::add(const Slot<u128>& book, const u256& amount) {
    set(book, checked_u128(checked_add(get(book), amount)));
}

void Scheduler::take(const Slot<u128>& book, const u256& amount) {
    set(book, checked_u128(checked_sub(get(book), amount)));
}

void Scheduler::credit(const Address& owner, const u256& amount) {
    add(owed_, amount);
    set(owed_to_[owner], owed_to(owner) + amount);
}

bool Scheduler::pay(const Address& to, const u256& amount, uint64_t gas_max) {
    if (amount.is_zero()) return true;
    take(owed_, amount);
    set(owed_to_[to], owed_to(to) - amount);
    if (call(to, {}, amount, gas_max).success) {
        emit(Withdrawn{to, amount});
        return true;
    }
    credit(to, amount);
    return false;
}

void Scheduler::forget(const Record& record) {
    set(record.data(), Bytes{});
    constexpr uint64_t words = 3;  // before the data
    for (uint64_t i = 0; i < words; ++i) set(Slot<u256>{record.position + u256{i}}, {});
}

NativeType scheduler_type() {
    return native_type<Scheduler>(10, 1, "Scheduler");
}

}  // namespace plume
