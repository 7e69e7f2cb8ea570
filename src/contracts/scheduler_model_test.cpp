// The Scheduler against a plain model of it: a sorted map of jobs, and purses.
#include <gtest/gtest.h>

#include <map>

#include "base/calendar.hpp"
#include "support/model.hpp"
#include "support/schedules.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::ScheduleWorld;

constexpr uint16_t people = 3;

/// One step. What its numbers mean depends on what is done; `pick` chooses among the jobs.
struct Step {
    enum Kind : uint8_t { schedule, cancel, top_up, resume, withdraw, run, advance, set_fee };

    Kind kind = run;
    uint16_t who = 1;
    uint64_t pick = 0;
    uint64_t number = 0;
    Recurrence recurrence{};
};

bool operator==(const Recurrence& a, const Recurrence& b) {
    return std::tie(a.period, a.unit, a.count) == std::tie(b.period, b.unit, b.count);
}

/// A Scheduler as it should be: no heap, no storage.
struct Model {
    struct Entry {
        Address owner;
        bool fails = false;
        uint64_t first = 0;
        Recurrence recurrence;
        uint32_t runs = 0;
        uint32_t failures = 0;
        uint8_t tries = 0;
        std::optional<uint64_t> wait;  ///< when it is tried; nothing: when someone pays
        u256 balance;

        uint64_t due() const {
            const uint64_t units = uint64_t{runs} * recurrence.period;
            return recurrence.unit == Recurrence::months ? calendar::add_months(first, units)
                                                         : first + units;
        }

        friend bool operator==(const Entry&, const Entry&) = default;
    };

    std::map<uint64_t, Entry> jobs;
    std::map<Address, u256> owed;
    uint64_t last_id = 0;
    u256 visits;

    /// The job whose run is next of those that are due at `now`.
    std::optional<uint64_t> next(uint64_t now) const {
        std::optional<std::pair<uint64_t, uint64_t>> least;
        for (const auto& [id, job] : jobs)
            if (job.wait && *job.wait <= now && (!least || std::pair(*job.wait, id) < *least))
                least = std::pair(*job.wait, id);
        return least ? std::optional(least->second) : std::nullopt;
    }
    u256 prepaid() const {
        u256 sum;
        for (const auto& [id, job] : jobs) sum += job.balance;
        return sum;
    }
    u256 all_owed() const {
        u256 sum;
        for (const auto& [who, amount] : owed) sum += amount;
        return sum;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

/// `fault` takes the Scheduler's place; null: the right one.
template <const NativeType* (*fault)() = nullptr>
struct ScheduleTrial {
    using Operation = Step;

    ScheduleTrial() : world(type()) {
        if (fault != nullptr) world.expect_broken_invariants();
        all_gas = world.price(ScheduleWorld::call_gas, 36) / u256{ScheduleWorld::base_fee};
    }
    static const NativeType* type() {
        if constexpr (fault == nullptr)
            return nullptr;
        else
            return fault();
    }

    static Step draw(model::Random& random) {
        static constexpr std::array kinds{Step::schedule, Step::schedule, Step::cancel,
                                          Step::top_up,   Step::resume,   Step::withdraw,
                                          Step::run,      Step::run,      Step::run,
                                          Step::run,      Step::advance,  Step::set_fee};
        return {
            .kind = kinds[random() % kinds.size()],
            .who = static_cast<uint16_t>(1 + random() % people),
            .pick = random() % 16,
            .number = random() % 8,
            .recurrence = {static_cast<uint32_t>(random() % 4), static_cast<uint8_t>(random() % 2),
                           static_cast<uint32_t>(random() % 4)}};
    }
    static std::vector<Step> alphabet() {
        return {{.kind = Step::schedule, .who = 1, .number = 0},
                {.kind = Step::schedule, .who = 2, .number = 3, .recurrence = {1, 0, 2}},
                {.kind = Step::cancel, .who = 1, .pick = 0},
                {.kind = Step::top_up, .who = 3, .pick = 0, .number = 7},
                {.kind = Step::run},
                {.kind = Step::advance, .number = 1},
                {.kind = Step::set_fee, .number = 7},
                {.kind = Step::set_fee, .number = 1}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"schedule", "cancel", "top_up",  "resume",
                                          "withdraw", "run",    "advance", "set_fee"};
        return std::string(names[step.kind]) + " who " + std::to_string(step.who) + " pick " +
               std::to_string(step.pick) + " number " + std::to_string(step.number) + " period " +
               std::to_string(step.recurrence.period) + " unit " +
               std::to_string(step.recurrence.unit) + " count " +
               std::to_string(step.recurrence.count);
    }

    auto parts() { return std::tie(world, model, what, before_); }

    std::optional<std::string> apply(const Step& step) {
        what.clear();
        before_.clear();
        for (uint16_t n = 1; n <= people; ++n) before_[person(n)] = world.balance(person(n));
        act(step);
        for (const auto& [who, balance] : before_)
            expect(world.balance(who) == balance, "the purse of " + to_hex(who));
        return what.empty() ? std::nullopt : std::optional(what);
    }
    std::optional<std::string> compare() {
        compare_jobs();
        return what.empty() ? std::nullopt : std::optional(what);
    }

private:
    void expect(bool holds, std::string text) {
        if (!holds && what.empty()) what = std::move(text);
    }
    /// Notes what the invariants say, and whether the call ended as it should.
    void judge(const Outcome& out, bool expected, std::string_view name) {
        expect(out.broken.empty(), out.broken);
        expect(out.ok() == expected,
               std::string(name) + (expected ? " was refused" : " went through"));
    }
    uint64_t fee() { return world.block().base_fee.low64(); }
    u256 fee_cap(const Model::Entry& job) const {
        return job.balance / (all_gas * u256{job.recurrence.count - job.runs});
    }
    /// An id that exists, or one that does not.
    uint64_t choose(const Step& step) const {
        if (model.jobs.empty() || step.pick == 15) return model.last_id + 1;
        return std::next(model.jobs.begin(),
                         static_cast<std::ptrdiff_t>(step.pick % model.jobs.size()))
            ->first;
    }

    void act(const Step& step) {
        const Address who = person(step.who);
        const uint64_t id = choose(step);
        const bool exists = model.jobs.contains(id);
        switch (step.kind) {
            case Step::schedule:
                return schedule(step, who);
            case Step::cancel:
                return cancel(who, id, exists);
            case Step::top_up:
                return top_up(who, id, exists, step.number);
            case Step::resume:
                return resume(who, id, exists);
            case Step::withdraw: {
                const u256 amount = model.owed[who];
                judge(world.template tell<"withdraw()">(who), !amount.is_zero(), "withdraw");
                before_[who] += amount;
                model.owed[who] = {};
                return;
            }
            case Step::run:
                return run();
            case Step::advance:
                return world.advance(step.number < 6 ? step.number : step.number * 400'000);
            case Step::set_fee:
                world.block().base_fee = u256{ScheduleWorld::base_fee * (1 + step.number)};
        }
    }

    void schedule(const Step& step, const Address& who) {
        const bool fails = step.pick % 4 == 0;
        const Bytes data = fails ? Bytes(36, 0xee) : ScheduleWorld::visit(0);
        const u256 value = all_gas * u256{step.recurrence.count} *
                           u256{ScheduleWorld::base_fee * (1 + step.pick % 8)};
        const auto& [period, unit, count] = step.recurrence;
        const bool allowed = count > 0 && (count == 1 || period > 0) && step.number > 0 &&
                             value >= all_gas * u256{count} * u256{fee()};
        // Half of the times a number of 0 is a time that is over.
        const bool past = step.number == 0;
        const uint64_t due = past ? world.now() - 1 : world.now() + (step.number - 1) * 2;
        judge(world.schedule_paid(who, world.errand(), data, due, step.recurrence, value), allowed,
              "schedule");
        if (!allowed) return;
        before_[who] -= value;
        model.jobs[++model.last_id] = {.owner = who,
                                       .fails = fails,
                                       .first = due,
                                       .recurrence = step.recurrence,
                                       .wait = due,
                                       .balance = value};
        if (count == 1) model.jobs[model.last_id].recurrence.period = 0;
    }
    void cancel(const Address& who, uint64_t id, bool exists) {
        const bool allowed = exists && model.jobs[id].owner == who;
        judge(world.template tell<"cancel(uint256)">(who, u256{id}), allowed, "cancel");
        if (!allowed) return;
        before_[who] += model.jobs[id].balance;
        model.jobs.erase(id);
        // Paying a refund out needs what was owed before to stay.
    }
    void top_up(const Address& who, uint64_t id, bool exists, uint64_t factor) {
        const u256 value = all_gas * u256{ScheduleWorld::base_fee * factor};
        judge(world.top_up(who, id, value), exists, "topUp");
        if (!exists) return;
        before_[who] -= value;
        Model::Entry& job = model.jobs[id];
        job.balance += value;
        if (job.tries > 0 && fee_cap(job) >= u256{fee()}) retry(job);
    }
    void resume(const Address& who, uint64_t id, bool exists) {
        const bool allowed =
            exists && model.jobs[id].tries > 0 && fee_cap(model.jobs[id]) >= u256{fee()};
        judge(world.template tell<"resume(uint256)">(who, u256{id}), allowed, "resume");
        if (allowed) retry(model.jobs[id]);
    }
    static void retry(Model::Entry& job) {
        job.tries = 0;
        job.wait = job.due();
    }

    void run() {
        const auto next = model.next(world.now());
        const auto done = world.run_next();
        expect(done.has_value() == next.has_value(), "a run was due, or was not");
        if (!next || !done) return;
        judge(*done, true, "run");
        if (!what.empty()) return;
        Model::Entry& job = model.jobs[*next];
        if (fee_cap(job) < u256{fee()}) {
            const bool told = done->template events<Scheduler::Postponed>(contracts::scheduler) ==
                              std::vector{postponed(*next, job)};
            return expect(told, "the run was not put off as it should");
        }
        const u256 price = u256{world.last_gas()} * u256{fee()};
        const std::vector expected{std::tuple{u256{*next}, job.runs, !job.fails, price}};
        expect(done->template events<Scheduler::Executed>(contracts::scheduler) == expected,
               "the run was not made as it should");
        expect(u256{world.last_gas()} <= all_gas, "the run used more than it may");
        if (!job.fails) model.visits += 1_u256;
        job.failures += job.fails ? 1 : 0;
        job.balance -= price;
        job.tries = 0;
        if (++job.runs < job.recurrence.count) {
            job.wait = job.due();
            return;
        }
        model.owed[job.owner] += job.balance;
        model.jobs.erase(*next);
    }
    std::tuple<u256, uint32_t, uint64_t, u256, u256> postponed(uint64_t id, Model::Entry& job) {
        ++job.tries;
        job.wait.reset();
        if (job.tries < Scheduler::tries_max) job.wait = world.now() + (60ull << (job.tries - 1));
        return {u256{id}, job.runs, job.wait.value_or(0), fee_cap(job), u256{fee()}};
    }

    void compare_jobs() {
        expect(world.prepaid() == model.prepaid(), "prepaid");
        expect(world.owed() == model.all_owed(), "owed");
        expect(world.balance(contracts::scheduler) == model.prepaid() + model.all_owed(),
               "the Scheduler's balance");
        expect(world.visits(0) == model.visits, "the target was called another number of times");
        uint64_t next_due = ~0ull;
        uint64_t waiting = 0;
        for (const auto& [id, job] : model.jobs) {
            if (job.wait) next_due = std::min(next_due, *job.wait);
            waiting += job.wait ? 1 : 0;
            const Job found = world.job(id);
            expect(found.owner == job.owner && found.balance == job.balance &&
                       found.runs == job.runs && found.failures == job.failures &&
                       found.due == job.due() && found.wait == job.wait.value_or(0) &&
                       found.fee_cap == fee_cap(job),
                   "job " + std::to_string(id));
        }
        expect(world.next_due() == next_due, "nextDue");
        expect(world.number(ScheduleWorld::calldata<"count()">()) == u256{waiting}, "count");
        for (uint16_t n = 1; n <= people; ++n)
            expect(world.owed_to(person(n)) == model.owed[person(n)],
                   "what is owed to " + to_hex(person(n)));
    }

    ScheduleWorld world;
    Model model;
    u256 all_gas;
    std::string what;
    std::map<Address, u256> before_;  ///< purses, and then what they should be
};

TEST(SchedulerModel, random_lives_are_as_the_model_says) {
    model::expect_random<ScheduleTrial<>>({.operations = 20'000, .life = 150});
}

TEST(SchedulerModel, short_lives_are_as_the_model_says_in_every_case) {
    model::expect_exhaustive<ScheduleTrial<>>(4, 6);
}

// Faults of accounting, each of which must be noticed.

/// What recurs is due a period after it was made, not after it was due.
class Drifting : public Scheduler {
public:
    using Scheduler::Scheduler;
    std::tuple<uint64_t, u256> run(u256 id, uint32_t number) {
        const auto charge = Scheduler::run(id, number);
        const uint32_t period = get(records_[id.low64()].period());
        if (period > 0) due_queue::move(*this, {now() + period, id.low64()});
        return charge;
    }
    static constexpr auto abi =
        Scheduler::abi +
        Methods<Method<"run(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)",
                       &Drifting::run>>{};
};
/// Anyone cancels, and takes what is left.
class Ownerless : public Scheduler {
public:
    using Scheduler::Scheduler;
    void cancel(u256 id) {
        if (id <= u256{get(last_id_)} && get(records_[id.low64()].count()) > 0)
            set(records_[id.low64()].owner(), sender());
        Scheduler::cancel(id);
    }
    static constexpr auto abi =
        Scheduler::abi + Methods<Method<"cancel(uint256 id)", &Ownerless::cancel>>{};
};
/// The fee is charged but not booked.
class Forgetful : public Scheduler {
public:
    using Scheduler::Scheduler;
    std::tuple<uint64_t, u256> run(u256 id, uint32_t number) {
        const auto charge = Scheduler::run(id, number);
        return {std::get<0>(charge), std::get<1>(charge) + u256{1u}};
    }
    static constexpr auto abi =
        Scheduler::abi +
        Methods<Method<"run(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)",
                       &Forgetful::run>>{};
};
/// Makes each call twice.
class Eager : public Scheduler {
public:
    using Scheduler::Scheduler;
    std::tuple<uint64_t, u256> run(u256 id, uint32_t number) {
        const Address target = get(records_[id.low64()].target());
        const Bytes data = get(records_[id.low64()].data());
        const auto charge = Scheduler::run(id, number);
        call(target, data, {}, 60'000);
        return charge;
    }
    static constexpr auto abi =
        Scheduler::abi +
        Methods<
            Method<"run(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)", &Eager::run>>{};
};
/// A wei of each payment is not booked for the job.
class Stingy : public Scheduler {
public:
    using Scheduler::Scheduler;
    void top_up(u256 id) {
        Scheduler::top_up(id);
        const auto balance = records_[id.low64()].balance();
        if (!value().is_zero()) set(balance, u128{get(balance) - u256{1u}});
    }
    static constexpr auto abi =
        Scheduler::abi + Methods<Method<"topUp(uint256 id) payable", &Stingy::top_up>>{};
};

template <class Faulty>
const NativeType* faulty_type() {
    static const NativeType type = native_type<Faulty>(60'013, 1, "Faulty");
    return &type;
}

TEST(SchedulerModel, faults_are_caught) {
    constexpr model::Plan plan{.operations = 3'000, .life = 150};
    model::expect_caught<ScheduleTrial<faulty_type<Drifting>>>(plan);
    model::expect_caught<ScheduleTrial<faulty_type<Ownerless>>>(plan);
    model::expect_caught<ScheduleTrial<faulty_type<Forgetful>>>(plan);
    model::expect_caught<ScheduleTrial<faulty_type<Eager>>>(plan);
    model::expect_caught<ScheduleTrial<faulty_type<Stingy>>>(plan);
}

}  // namespace
}  // namespace plume
