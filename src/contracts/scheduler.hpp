// Scheduler: calls that are paid for now and made by the chain itself when they are due.
//
// Whoever schedules a call names its target, calldata, gas and time, and how often it recurs, and
// sends the wei for all runs along. After the transactions of the first block that is not earlier
// than the due time, the node makes the call (chain/scheduled.hpp), in a transaction that stands in
// the block. The target sees the Scheduler as its sender, whoever scheduled the call: only what
// anyone may do can be scheduled. The call brings no wei. It cannot schedule, cancel or pay in, for
// the Scheduler is locked while it runs.
//
// Price. A run uses its call's gas and what the Scheduler itself needs, `gasOf` at most, and pays
// for what it used at the block's base fee; nobody gets a tip, and no slot that it clears earns a
// refund. What the payer bids per unit of gas is what he has paid in, shared out among the runs
// that are left: `feeCap`. It must not be less than the base fee where it is scheduled. Should the
// base fee be above it when the call is due, the run waits: for a minute, then for two, up to
// `tries_max` times, then until someone pays in or calls `resume`. Who waits holds up nobody. What
// is left after the last run is owed to the owner, who takes it by `withdraw`.
//
// Time. In seconds since 1970. Run n is due n periods after the first: of seconds, or of calendar
// months in UTC, which keep the day or, where the month is too short, take its last. A run that
// comes late moves none of those behind it.
//
// A run whose call fails has been made and paid for, and the next one comes when it is due.
//
// Invariants:
//   S-1  each run is made once, in order, at or after its due time, for no more than was paid in.
//   S-4  of the queue, in due_queue.hpp: what runs next is the least of (time, id).
//   S-5  what is prepaid and owed moves as the events say, and the Scheduler has those wei.
#pragma once

#include "contracts/due_queue.hpp"
#include "native/contract.hpp"

namespace plume {

/// How often a call is made, and how far apart.
struct Recurrence {
    enum Unit : uint8_t { seconds = 0, months = 1 };

    uint32_t period = 0;  ///< in units; of no meaning for a single call
    uint8_t unit = seconds;
    uint32_t count = 1;

    static constexpr auto members =
        std::tuple{&Recurrence::period, &Recurrence::unit, &Recurrence::count};
};

/// A job as it stands.
struct Job {
    Address owner;
    Address target;
    Bytes data;
    uint64_t gas_limit = 0;
    uint64_t first_due = 0;
    Recurrence recurrence;
    uint32_t runs = 0;      ///< made so far
    uint32_t failures = 0;  ///< of those
    uint64_t due = 0;       ///< of the next run
    uint64_t wait = 0;      ///< when the next run is tried; 0 when it waits for money or `resume`
    u256 balance;           ///< wei that are left for the next runs
    u256 fee_cap;           ///< wei per gas that the next run can pay

    static constexpr auto members = std::tuple{
        &Job::owner, &Job::target,   &Job::data, &Job::gas_limit, &Job::first_due, &Job::recurrence,
        &Job::runs,  &Job::failures, &Job::due,  &Job::wait,      &Job::balance,   &Job::fee_cap};
};

class Scheduler : public Contract {
public:
    using Contract::Contract;

    static constexpr size_t call_data_max = 1'024;
    static constexpr uint64_t schedule_span_max_seconds = 50ull * 365 * 86'400;
    static constexpr uint64_t listed_jobs_max = 256;
    /// Scheduled calls have one part in so many of a block's gas.
    static constexpr uint64_t block_share = 4;
    /// Times that a run whose price is not met is put off, each twice as long as the one before.
    static constexpr uint8_t tries_max = 11;
    static constexpr uint64_t first_wait_seconds = 60;
    /// What the Scheduler itself may need for a run with the queue full, beside the call's gas; and
    /// for a word of calldata.
    static constexpr uint64_t run_gas = 220'000;
    static constexpr uint64_t data_word_gas = 5'200;
    static constexpr uint64_t refund_gas_max = 100'000;

    using Scheduled = Event<
        "Scheduled(uint256 indexed id, address indexed owner, address indexed target, uint64 due, "
        "uint64 gasLimit, uint32 count, uint256 amount)",
        u256, Address, Address, uint64_t, uint64_t, uint32_t, u256>;
    using ToppedUp = Event<"ToppedUp(uint256 indexed id, address indexed by, uint256 amount)", u256,
                           Address, u256>;
    /// Run `run`, counted from 0, was made; the call succeeded or not.
    using Executed = Event<"Executed(uint256 indexed id, uint32 run, bool success, uint256 fee)",
                           u256, uint32_t, bool, u256>;
    /// The base fee is above what the run can pay: it is tried again at `until`, or never when that
    /// is 0.
    using Postponed = Event<
        "Postponed(uint256 indexed id, uint32 run, uint64 until, uint256 feeCap, uint256 baseFee)",
        u256, uint32_t, uint64_t, u256, u256>;
    using Resumed = Event<"Resumed(uint256 indexed id, uint32 run)", u256, uint32_t>;
    using Finished = Event<"Finished(uint256 indexed id, address indexed owner, uint256 refund)",
                           u256, Address, u256>;
    using Cancelled = Event<"Cancelled(uint256 indexed id, address indexed owner, uint256 refund)",
                            u256, Address, u256>;
    using Withdrawn = Event<"Withdrawn(address indexed to, uint256 amount)", Address, u256>;

    using UnknownJob = CustomError<"UnknownJob(uint256 id)", u256>;
    using InvalidTarget = CustomError<"InvalidTarget(address target)", Address>;
    using DataTooLong = CustomError<"DataTooLong(uint256 size, uint256 max)", u256, u256>;
    using GasTooHigh = CustomError<"GasTooHigh(uint256 gas, uint256 max)", u256, u256>;
    using DueInPast = CustomError<"DueInPast(uint64 due, uint64 now)", uint64_t, uint64_t>;
    using DueTooLate = CustomError<"DueTooLate(uint256 due, uint256 max)", u256, u256>;
    using InvalidRecurrence =
        CustomError<"InvalidRecurrence(uint32 period, uint8 unit, uint32 count)", uint32_t, uint8_t,
                    uint32_t>;
    /// Less than all runs cost at the present base fee, or at a wei per gas if that is more.
    using Underpaid = CustomError<"Underpaid(uint256 value, uint256 needed)", u256, u256>;
    using NotOwner = CustomError<"NotOwner(address owner, address caller)", Address, Address>;
    using NotWaiting = CustomError<"NotWaiting(uint256 id)", u256>;
    using FeeCapTooLow = CustomError<"FeeCapTooLow(uint256 feeCap, uint256 baseFee)", u256, u256>;
    using NothingOwed = CustomError<"NothingOwed(address account)", Address>;
    using PaymentRefused = CustomError<"PaymentRefused(address to)", Address>;
    using OnlyNode = CustomError<"OnlyNode(address caller)", Address>;
    using NotDue = CustomError<"NotDue(uint256 id, uint32 run)", u256, uint32_t>;

    void construct() {}

    /// Payable. The id of the job; ids count from 1 and never come again.
    u256 schedule(Address target, Bytes data, uint64_t gas_limit, uint64_t due,
                  Recurrence recurrence);
    /// By the owner. What is left goes to him, or is owed to him should he not take it.
    void cancel(u256 id);
    /// Payable, by anyone. A run that waits for a lower base fee is tried at once if it can
    /// pay now.
    void top_up(u256 id);
    /// By anyone: a run that waits for a lower base fee, and can pay now, is tried at once.
    void resume(u256 id);
    /// Sends the caller what he is owed.
    u256 withdraw();

    // By the node only, which gives a run `gasOf` and takes the fee, in wei, from the Scheduler's
    // account.
    /// Makes the run, which must be the one that `next` names; or puts it off, for no fee.
    std::tuple<uint64_t, u256> run(u256 id, uint32_t number);
    /// Books the run as failed, at the price of all its gas: `run` had to be undone.
    std::tuple<uint64_t, u256> abandon(u256 id, uint32_t number);

    /// The run to be made at `time`, and all the gas it may use; id 0 when none is due.
    std::tuple<u256, uint32_t, uint64_t> next(uint64_t time) const;
    /// When the next run is due or tried again; 2^64 - 1 when none is.
    uint64_t next_due() const;
    Job job(u256 id) const;
    /// The time at which a run is due, whether made or not.
    uint64_t due_of(u256 id, uint32_t number) const;
    /// How many jobs are in the queue.
    u256 count() const { return u256{due_queue::size(*this)}; }
    /// Up to `listed_jobs_max` of them from the `start`-th on, in no order.
    std::vector<u256> list(u256 start) const;
    /// The most gas that a run uses, for `gasLimit` of its call and so many bytes of calldata.
    u256 gas_of(uint64_t gas_limit, u256 data_size) const;
    u256 owed_to(Address account) const { return get(owed_to_[account]); }
    /// Wei of all jobs, and those owed to their owners.
    u256 prepaid() const { return get(prepaid_); }
    u256 owed() const { return get(owed_); }

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<"constructor()", &Scheduler::construct>{};
    static constexpr auto abi = Methods<
        Method<"schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 period, "
               "uint8 unit, uint32 count) recurrence) payable returns (uint256 id)",
               &Scheduler::schedule>,
        Method<"cancel(uint256 id)", &Scheduler::cancel>,
        Method<"topUp(uint256 id) payable", &Scheduler::top_up>,
        Method<"resume(uint256 id)", &Scheduler::resume>,
        Method<"withdraw() returns (uint256 amount)", &Scheduler::withdraw>,
        Method<"run(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)", &Scheduler::run>,
        Method<"abandon(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)",
               &Scheduler::abandon>,
        Method<"next(uint64 time) view returns (uint256 id, uint32 run, uint64 gas)",
               &Scheduler::next>,
        Method<"nextDue() view returns (uint64)", &Scheduler::next_due>,
        Method<"job(uint256 id) view returns ((address owner, address target, bytes data, uint64 "
               "gasLimit, uint64 firstDue, (uint32 period, uint8 unit, uint32 count) recurrence, "
               "uint32 runs, uint32 failures, uint64 due, uint64 wait, uint256 balance, uint256 "
               "feeCap))",
               &Scheduler::job>,
        Method<"dueOf(uint256 id, uint32 run) view returns (uint64)", &Scheduler::due_of>,
        Method<"count() view returns (uint256)", &Scheduler::count>,
        Method<"list(uint256 start) view returns (uint256[] ids)", &Scheduler::list>,
        Method<"gasOf(uint64 gasLimit, uint256 dataSize) view returns (uint256)",
               &Scheduler::gas_of>,
        Method<"owedTo(address account) view returns (uint256)", &Scheduler::owed_to>,
        Method<"prepaid() view returns (uint256)", &Scheduler::prepaid>,
        Method<"owed() view returns (uint256)", &Scheduler::owed>>{};
    static constexpr auto declarations =
        Declarations<Scheduled, ToppedUp, Executed, Postponed, Resumed, Finished, Cancelled,
                     Withdrawn, UnknownJob, InvalidTarget, DataTooLong, GasTooHigh, DueInPast,
                     DueTooLate, InvalidRecurrence, Underpaid, NotOwner, NotWaiting, FeeCapTooLow,
                     NothingOwed, PaymentRefused, OnlyNode, NotDue, due_queue::QueueFull>{};

protected:
    /// What is kept of a job.
    struct Record : Place {
        Slot<Address> owner() const { return {position, 0}; }
        Slot<uint64_t> gas_limit() const { return {position, 20}; }
        Slot<uint8_t> tries() const { return {position, 28}; }
        Slot<Address> target() const { return {position + u256{1u}, 0}; }
        Slot<uint32_t> period() const { return {position + u256{1u}, 20}; }
        Slot<uint32_t> count() const { return {position + u256{1u}, 24}; }
        Slot<uint8_t> unit() const { return {position + u256{1u}, 28}; }
        Slot<u128> balance() const { return {position + u256{2u}, 0}; }
        Slot<uint64_t> first_due() const { return {position + u256{2u}, 16}; }
        Slot<uint32_t> runs() const { return {position + u256{2u}, 24}; }
        Slot<uint32_t> failures() const { return {position + u256{2u}, 28}; }
        Text data() const { return {{position + u256{3u}}}; }
    };

    static constexpr Slot<uint64_t> last_id_{0};
    static constexpr Slot<u128> prepaid_{1, 0};
    static constexpr Slot<u128> owed_{1, 16};
    static constexpr Map<Address, u256> owed_to_{2};
    static constexpr Map<uint64_t, Record> records_{3};

private:
    using Charge = std::tuple<uint64_t, u256>;

    /// A run on its way: what was taken for it before its call, and where the rest goes after.
    struct Booking {
        u256 id;
        Record record;
        uint32_t number;
        Address owner;
        bool is_last;
        u256 reserved;  ///< wei for all its gas
        u256 refund;    ///< wei beyond that, when it is the last
    };

    const u256& base_fee() const { return execution().block.base_fee; }
    Record record_of(const u256& id) const;
    Recurrence recurrence_of(const Record& record) const;
    uint64_t due_at(const Record& record, uint32_t number) const;
    u256 fee_cap_of(const Record& record) const;
    u256 all_gas_of(const Record& record) const;
    void require_terms(const Address& target, size_t data_size, const u256& all_gas) const;
    void require_times(uint64_t due, const Recurrence& recurrence) const;
    Record require_next(const u256& id, uint32_t number) const;
    void retry(const u256& id, const Record& record);
    Charge postpone(const u256& id, const Record& record, const u256& fee_cap);
    Booking book(const u256& id, const Record& record);
    Charge conclude(const Booking& booking, bool succeeded, const u256& gas_used);
    /// The gas used so far out of `all_gas`, and `more`.
    u256 used_of(const u256& all_gas, uint64_t more) const;
    void add(const Slot<u128>& book, const u256& amount);
    void take(const Slot<u128>& book, const u256& amount);
    void credit(const Address& owner, const u256& amount);
    /// Sends what `to` is owed; it stays owed when it is refused.
    bool pay(const Address& to, const u256& amount, uint64_t gas_max);
    void forget(const Record& record);
    std::optional<std::string> broken_books() const;
    std::optional<std::string> broken_runs() const;
};

}  // namespace plume
