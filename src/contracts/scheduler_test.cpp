#include "contracts/scheduler.hpp"

#include <gtest/gtest.h>

#include "base/calendar.hpp"
#include "support/schedules.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::ScheduleWorld;

const Address owner = person(1);
const Address other = person(2);
const Address scheduler = contracts::scheduler;
constexpr uint64_t day = calendar::day_seconds;

class SchedulerTest : public testing::Test {
protected:
    /// All runs that are due now.
    std::vector<Outcome> run_all() {
        std::vector<Outcome> out;
        while (auto done = world.run_next()) {
            EXPECT_TRUE(done->ok());
            if (!done->ok()) break;
            out.push_back(std::move(*done));
        }
        return out;
    }
    uint64_t schedule(uint64_t number, uint64_t due, const Recurrence& recurrence = {}) {
        const Outcome out = world.schedule(ScheduleWorld::visit(number), due, recurrence);
        EXPECT_TRUE(out.ok());
        return world.id_of(out);
    }
    /// Of a call to the errand with `data`.
    Outcome attempt(const Bytes& data, uint64_t due, const Recurrence& recurrence = {}) {
        return world.schedule(data, due, recurrence);
    }
    void set_base_fee(uint64_t fee) { world.block().base_fee = u256{fee}; }

    ScheduleWorld world;
};

TEST_F(SchedulerTest, a_call_is_made_when_it_is_due_and_what_is_left_is_owed) {
    const u256 before = world.balance(owner);
    const Outcome scheduled = world.schedule(ScheduleWorld::visit(7), world.now() + 100);
    ASSERT_TRUE(scheduled.ok());
    const uint64_t id = world.id_of(scheduled);
    const u256 paid = world.price(ScheduleWorld::call_gas, 36, 1, 2);
    EXPECT_EQ(id, 1u);
    EXPECT_EQ(world.balance(owner), before - paid);
    EXPECT_EQ(world.prepaid(), paid);
    EXPECT_EQ(world.next_due(), world.now() + 100);
    EXPECT_EQ(std::get<0>(scheduled.events<Scheduler::Scheduled>(scheduler).at(0)), u256{id});

    world.advance(99);
    EXPECT_FALSE(world.run_next().has_value()) << "not a second early";
    world.advance(1);
    const std::vector<Outcome> runs = run_all();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(world.visits(7), 1_u256);
    EXPECT_EQ(world.ask<"lastVisitor()">(world.errand()).value<Address>(), scheduler) << "S-3";
    const u256 fee = u256{world.last_gas()} * u256{ScheduleWorld::base_fee};
    const auto executed = runs[0].events<Scheduler::Executed>(scheduler);
    ASSERT_EQ(executed.size(), 1u);
    EXPECT_EQ(executed[0], (std::tuple{u256{id}, 0u, true, fee}));
    EXPECT_EQ(runs[0].events<Scheduler::Finished>(scheduler).at(0),
              (std::tuple{u256{id}, owner, paid - fee}));
    EXPECT_FALSE(world.exists(id));
    EXPECT_EQ(world.prepaid(), 0_u256);
    EXPECT_EQ(world.owed_to(owner), paid - fee);
    EXPECT_EQ(world.balance(scheduler), paid - fee) << "what was burnt is gone";
    EXPECT_EQ(world.tell<"withdraw()">(owner).value<u256>(), paid - fee);
    EXPECT_EQ(world.balance(owner), before - fee);
    EXPECT_EQ(world.balance(scheduler), 0_u256);
    EXPECT_EQ(world.next_due(), ~0ull);
}

TEST_F(SchedulerTest, a_run_is_charged_what_it_uses) {
    schedule(1, world.now(), {60, Recurrence::seconds, 2});
    const auto first = world.run_next();
    ASSERT_TRUE(first && first->ok());
    EXPECT_EQ(world.last_gas(), first->gas_used) << "to the unit of gas";
    world.advance(60);
    const auto last = world.run_next();
    ASSERT_TRUE(last && last->ok());
    EXPECT_EQ(world.last_gas(), last->gas_used);

    const Bytes data = ScheduleWorld::calldata<"refuseAll()">();
    ASSERT_TRUE(attempt(data, world.now(), {60, Recurrence::seconds, 2}).ok());
    const auto failed = world.run_next();
    ASSERT_TRUE(failed && failed->ok());
    EXPECT_EQ(world.last_gas(), failed->gas_used);
    schedule(1, world.now());
    set_base_fee(10 * ScheduleWorld::base_fee);
    const auto postponed = world.run_next();
    ASSERT_TRUE(postponed && postponed->ok());
    EXPECT_EQ(world.last_gas(), postponed->gas_used);
}

TEST_F(SchedulerTest, what_recurs_keeps_its_rhythm_even_when_it_comes_late) {
    const uint64_t start = world.now();
    const uint64_t id = schedule(3, start + 10, {100, Recurrence::seconds, 3});
    world.advance(15);
    EXPECT_EQ(run_all().size(), 1u);
    EXPECT_EQ(world.job(id).due, start + 110) << "not 115";
    EXPECT_EQ(world.job(id).runs, 1u);
    world.advance(500);
    const auto late = run_all();
    ASSERT_EQ(late.size(), 2u) << "each due is made once, late ones one after the other";
    EXPECT_EQ(world.visits(3), 3_u256);
    EXPECT_FALSE(world.exists(id));
}

TEST_F(SchedulerTest, a_monthly_call_keeps_its_day_or_takes_the_last) {
    world.block().timestamp = calendar::time_of({2027, 12, 1});
    const uint64_t noon = 43'200;
    const uint64_t first = calendar::time_of({2027, 12, 31}) + noon;
    const uint64_t id = schedule(5, first, {1, Recurrence::months, 4});
    EXPECT_EQ(world.ask<"dueOf(uint256,uint32)">(scheduler, u256{id}, 2u).value<uint64_t>(),
              calendar::time_of({2028, 2, 29}) + noon);
    const std::vector<uint64_t> days{first, calendar::time_of({2028, 1, 31}) + noon,
                                     calendar::time_of({2028, 2, 29}) + noon,
                                     calendar::time_of({2028, 3, 31}) + noon};
    for (const uint64_t due : days) {
        EXPECT_EQ(world.next_due(), due);
        world.block().timestamp = due - 1;
        EXPECT_TRUE(run_all().empty());
        world.block().timestamp = due;
        EXPECT_EQ(run_all().size(), 1u);
    }
    EXPECT_EQ(world.visits(5), 4_u256);
}

TEST_F(SchedulerTest, runs_come_in_order_of_time_and_id) {
    const uint64_t at = world.now() + 50;
    const std::vector<uint64_t> dues{at, at - 1, at, at + 1, at - 2, at};
    for (const uint64_t due : dues) schedule(1, due);
    world.advance(100);
    std::vector<u256> order;
    for (const Outcome& run : run_all())
        order.push_back(std::get<0>(run.events<Scheduler::Executed>(scheduler).at(0)));
    EXPECT_EQ(order, (std::vector{5_u256, 2_u256, 1_u256, 3_u256, 6_u256, 4_u256}));
}

TEST_F(SchedulerTest, a_call_that_fails_is_paid_for_and_blocks_nothing) {
    const std::vector<Bytes> calls{ScheduleWorld::calldata<"refuseAll()">(),
                                   ScheduleWorld::calldata<"burn()">(),
                                   ScheduleWorld::calldata<"nothing()">()};
    for (const Bytes& call : calls)
        ASSERT_TRUE(attempt(call, world.now() + 1, {10, Recurrence::seconds, 2}).ok());
    schedule(9, world.now() + 1);
    world.advance(1);
    const auto runs = run_all();
    ASSERT_EQ(runs.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
        const auto [id, run, success, fee] = runs[i].events<Scheduler::Executed>(scheduler).at(0);
        EXPECT_EQ(success, i == 3);
        EXPECT_GT(fee, 0_u256);
    }
    EXPECT_GT(runs[1].gas_used, ScheduleWorld::call_gas) << "all of the call's gas is burnt";
    EXPECT_EQ(world.visits(9), 1_u256);
    EXPECT_EQ(world.job(1).failures, 1u);
    EXPECT_EQ(world.job(1).runs, 1u);
    world.advance(9);
    EXPECT_TRUE(run_all().empty()) << "a failed run is not tried again";
    world.advance(1);
    EXPECT_EQ(run_all().size(), 3u);
}

TEST_F(SchedulerTest, a_call_gets_all_the_gas_it_was_promised) {
    // An account without code: the call uses nothing, and a target that burns uses all.
    for (const uint64_t gas : {uint64_t{0}, uint64_t{30'000}, uint64_t{15'000'000}}) {
        const Bytes burn = ScheduleWorld::calldata<"burn()">();
        ASSERT_TRUE(world
                        .schedule_paid(owner, world.errand(), burn, world.now(), {},
                                       world.price(gas, burn.size()), gas)
                        .ok());
        const auto [id, run, all] = world.next();
        const auto done = world.run_next();
        ASSERT_TRUE(done && done->ok());
        EXPECT_GE(done->gas_used, gas);
        EXPECT_LE(done->gas_used, all);
    }
}

TEST_F(SchedulerTest, a_target_that_calls_back_finds_the_scheduler_locked) {
    const uint64_t id = 1;
    const Bytes data = ScheduleWorld::calldata<"reenter(uint256)">(u256{id});
    ASSERT_TRUE(world
                    .schedule_paid(owner, world.errand(), data, world.now(),
                                   {5, Recurrence::seconds, 2},
                                   world.price(1'000'000, data.size(), 2), 1'000'000)
                    .ok());
    const auto runs = run_all();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_TRUE(std::get<2>(runs[0].events<Scheduler::Executed>(scheduler).at(0)));
    EXPECT_EQ(world.ask<"breaches()">(world.errand()).value<u256>(), 0_u256);
    EXPECT_EQ(world.visits(id), 1_u256);
}

TEST_F(SchedulerTest, only_the_node_makes_runs_and_only_the_next) {
    const uint64_t id = schedule(1, world.now());
    const uint64_t second = schedule(1, world.now());
    for (const Address& who : {owner, other, scheduler, world.errand()}) {
        EXPECT_TRUE((world.tell<"run(uint256,uint32)">(who, u256{id}, 0u))
                        .refused_with(Scheduler::OnlyNode{who}));
        EXPECT_TRUE((world.tell<"abandon(uint256,uint32)">(who, u256{id}, 0u))
                        .refused_with(Scheduler::OnlyNode{who}));
    }
    const auto refused = [&](uint64_t job, uint32_t run) {
        return world.tell<"run(uint256,uint32)">(system_sender, u256{job}, run)
            .refused_with(Scheduler::NotDue{u256{job}, run});
    };
    EXPECT_TRUE(refused(second, 0)) << "not the first";
    EXPECT_TRUE(refused(id, 1)) << "not its next run";
    EXPECT_TRUE(refused(99, 0));
    EXPECT_EQ(run_all().size(), 2u);
    EXPECT_TRUE(refused(id, 0)) << "made already";
}

TEST_F(SchedulerTest, abandoning_books_a_failed_run_at_the_full_price) {
    const uint64_t id = schedule(1, world.now(), {10, Recurrence::seconds, 2});
    const u256 all = world.price(ScheduleWorld::call_gas, 36);
    const Outcome out = world.tell<"abandon(uint256,uint32)">(system_sender, u256{id}, 0u);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Scheduler::Executed>(scheduler).at(0),
              (std::tuple{u256{id}, 0u, false, all}));
    EXPECT_EQ(world.visits(1), 0_u256);
    EXPECT_EQ(world.job(id).failures, 1u);
    EXPECT_EQ(world.job(id).balance, world.price(ScheduleWorld::call_gas, 36, 2, 2) - all);
}

TEST_F(SchedulerTest, cancelling_returns_what_is_left_to_the_owner_alone) {
    const uint64_t id = schedule(1, world.now(), {10, Recurrence::seconds, 3});
    const uint64_t kept = schedule(2, world.now() + 5);
    ASSERT_TRUE(world.run_next()->ok());
    EXPECT_TRUE(world.tell<"cancel(uint256)">(other, u256{id})
                    .refused_with(Scheduler::NotOwner{owner, other}));
    const u256 before = world.balance(owner);
    const u256 left = world.job(id).balance;
    const Outcome out = world.tell<"cancel(uint256)">(owner, u256{id});
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(world.balance(owner), before + left);
    EXPECT_EQ(out.events<Scheduler::Cancelled>(scheduler).at(0),
              (std::tuple{u256{id}, owner, left}));
    EXPECT_EQ(out.events<Scheduler::Withdrawn>(scheduler).at(0), (std::tuple{owner, left}));
    EXPECT_TRUE(world.tell<"cancel(uint256)">(owner, u256{id})
                    .refused_with(Scheduler::UnknownJob{u256{id}}));
    EXPECT_EQ(world.ask<"list(uint256)">(scheduler, 0_u256).value<std::vector<u256>>(),
              std::vector{u256{kept}});
}

TEST_F(SchedulerTest, an_owner_who_takes_no_money_is_owed_it) {
    // The errand takes no plain wei.
    world.state().set_balance(world.errand(), exp(10_u256, 20_u256));
    const Outcome made =
        world.schedule(ScheduleWorld::visit(1), world.now() + 9, {}, world.errand());
    ASSERT_TRUE(made.ok());
    const u256 paid = world.prepaid();
    ASSERT_TRUE(world.tell<"cancel(uint256)">(world.errand(), made.value<u256>()).ok());
    EXPECT_EQ(world.owed_to(world.errand()), paid);
    EXPECT_EQ(world.balance(scheduler), paid);
    EXPECT_TRUE(world.tell<"withdraw()">(world.errand())
                    .refused_with(Scheduler::PaymentRefused{world.errand()}));
    EXPECT_TRUE(world.tell<"withdraw()">(other).refused_with(Scheduler::NothingOwed{other}));
}

TEST_F(SchedulerTest, a_run_waits_while_the_base_fee_is_above_what_it_can_pay) {
    const uint64_t start = world.now();
    const uint64_t id = schedule(1, start);
    const uint64_t behind = schedule(2, start);
    ASSERT_TRUE(world.top_up(other, behind, world.price(ScheduleWorld::call_gas, 36, 1, 8)).ok());
    EXPECT_EQ(world.job(id).fee_cap, u256{2 * ScheduleWorld::base_fee});
    set_base_fee(2 * ScheduleWorld::base_fee + 1);
    const auto runs = run_all();
    ASSERT_EQ(runs.size(), 2u) << "it holds up nobody";
    EXPECT_EQ(runs[0].events<Scheduler::Postponed>(scheduler).at(0),
              (std::tuple{u256{id}, 0u, start + 60, u256{2 * ScheduleWorld::base_fee},
                          u256{2 * ScheduleWorld::base_fee + 1}}));
    EXPECT_EQ(world.visits(1), 0_u256);
    EXPECT_EQ(world.visits(2), 1_u256);
    EXPECT_EQ(world.job(id).wait, start + 60);
    EXPECT_EQ(world.job(id).due, start);
    world.advance(59);
    EXPECT_TRUE(run_all().empty());
    set_base_fee(2 * ScheduleWorld::base_fee);
    world.advance(1);
    EXPECT_EQ(run_all().size(), 1u);
    EXPECT_EQ(world.visits(1), 1_u256);
}

TEST_F(SchedulerTest, who_waits_long_enough_leaves_the_queue_until_someone_pays_or_resumes) {
    const uint64_t id = schedule(1, world.now(), {1, Recurrence::months, 2});
    EXPECT_TRUE(world.tell<"resume(uint256)">(other, u256{id})
                    .refused_with(Scheduler::NotWaiting{u256{id}}));
    set_base_fee(10 * ScheduleWorld::base_fee);
    for (uint8_t tries = 1; tries <= Scheduler::tries_max; ++tries) {
        ASSERT_EQ(run_all().size(), 1u) << int{tries};
        world.advance(60ull << (tries - 1));
    }
    EXPECT_TRUE(run_all().empty());
    EXPECT_EQ(world.job(id).wait, 0u);
    EXPECT_EQ(world.next_due(), ~0ull);
    EXPECT_TRUE(
        world.tell<"resume(uint256)">(other, u256{id})
            .refused_with(Scheduler::FeeCapTooLow{2_u256 * u256{ScheduleWorld::base_fee},
                                                  10_u256 * u256{ScheduleWorld::base_fee}}));
    ASSERT_TRUE(world.top_up(other, id, 1_u256).ok());
    EXPECT_EQ(world.next_due(), ~0ull) << "not enough";
    ASSERT_TRUE(world.top_up(other, id, world.price(ScheduleWorld::call_gas, 36, 2, 8)).ok());
    EXPECT_EQ(world.next_due(), world.job(id).due) << "enough: it is due at once";
    EXPECT_EQ(run_all().size(), 1u);
    EXPECT_EQ(world.visits(1), 1_u256);
    EXPECT_EQ(world.job(id).runs, 1u);

    // The second run waits, too, until the base fee has fallen.
    set_base_fee(1'000 * ScheduleWorld::base_fee);
    world.block().timestamp = world.job(id).due;
    EXPECT_EQ(run_all().size(), 1u);
    set_base_fee(1);
    ASSERT_TRUE(world.tell<"resume(uint256)">(other, u256{id}).ok());
    EXPECT_EQ(run_all().size(), 1u);
    EXPECT_EQ(world.visits(1), 2_u256);
    EXPECT_FALSE(world.exists(id));
}

TEST_F(SchedulerTest, a_parked_job_can_be_cancelled) {
    const uint64_t id = schedule(1, world.now());
    set_base_fee(10 * ScheduleWorld::base_fee);
    for (uint8_t tries = 1; tries <= Scheduler::tries_max; ++tries) {
        run_all();
        world.advance(60ull << (tries - 1));
    }
    ASSERT_TRUE(world.tell<"cancel(uint256)">(owner, u256{id}).ok());
    EXPECT_EQ(world.balance(scheduler), 0_u256);
}

TEST_F(SchedulerTest, what_is_saved_raises_what_later_runs_can_pay) {
    const uint64_t id = schedule(1, world.now(), {10, Recurrence::seconds, 2});
    const u256 before = world.job(id).fee_cap;
    ASSERT_EQ(run_all().size(), 1u);
    EXPECT_GT(world.job(id).fee_cap, before);
}

TEST_F(SchedulerTest, refuses_terms_that_cannot_be_kept) {
    const uint64_t now = world.now();
    const Bytes visit = ScheduleWorld::visit(1);
    const u256 needed = world.price(ScheduleWorld::call_gas, 36);
    EXPECT_TRUE(world.schedule_paid(owner, world.errand(), visit, now, {}, needed - 1_u256)
                    .refused_with(Scheduler::Underpaid{needed - 1_u256, needed}));
    EXPECT_TRUE(world.schedule_paid(owner, world.errand(), visit, now, {}, needed).ok());
    EXPECT_TRUE(attempt(visit, now - 1).refused_with(Scheduler::DueInPast{now - 1, now}));
    EXPECT_TRUE(attempt(visit, now, {0, Recurrence::seconds, 2})
                    .refused_with(Scheduler::InvalidRecurrence{0, 0, 2}));
    EXPECT_TRUE(attempt(visit, now, {1, Recurrence::seconds, 0})
                    .refused_with(Scheduler::InvalidRecurrence{1, 0, 0}));
    EXPECT_TRUE(attempt(visit, now, {1, 2, 2}).refused_with(Scheduler::InvalidRecurrence{1, 2, 2}));
    const auto to = [&](const Address& target) {
        return world.schedule_paid(owner, target, visit, now, {}, needed);
    };
    EXPECT_TRUE(to(scheduler).refused_with(Scheduler::InvalidTarget{scheduler}));
    EXPECT_TRUE(to({}).refused_with(Scheduler::InvalidTarget{Address{}}));
    set_base_fee(0);
    EXPECT_TRUE(world.schedule_paid(owner, world.errand(), visit, now, {}, {})
                    .refused_as<Scheduler::Underpaid>())
        << "a wei per gas at least";
}

TEST_F(SchedulerTest, refuses_what_lies_beyond_its_bounds) {
    const uint64_t now = world.now();
    const uint64_t due_max = now + Scheduler::schedule_span_max_seconds;
    const Bytes visit = ScheduleWorld::visit(1);
    EXPECT_TRUE(attempt(visit, due_max).ok());
    EXPECT_TRUE(attempt(visit, due_max + 1).refused_as<Scheduler::DueTooLate>());
    EXPECT_TRUE(attempt(visit, now, {static_cast<uint32_t>(due_max - now), 0, 2}).ok());
    EXPECT_TRUE(attempt(visit, now + 1, {static_cast<uint32_t>(due_max - now), 0, 2})
                    .refused_as<Scheduler::DueTooLate>());
    EXPECT_TRUE(attempt(visit, now, {599, Recurrence::months, 2}).ok()) << "50 years";
    EXPECT_TRUE(
        attempt(visit, now, {~0u, Recurrence::months, 2}).refused_as<Scheduler::DueTooLate>());
    const Bytes longest(Scheduler::call_data_max, 1);
    EXPECT_TRUE(attempt(longest, now).ok());
    EXPECT_TRUE(attempt(Bytes(Scheduler::call_data_max + 1, 1), now)
                    .refused_with(Scheduler::DataTooLong{u256{1'025u}, u256{1'024u}}));
    const auto with_gas = [&](uint64_t gas) {
        return world.schedule_paid(owner, world.errand(), visit, now, {}, world.price(gas, 36),
                                   gas);
    };
    EXPECT_TRUE(with_gas(~0ull).refused_as<Scheduler::GasTooHigh>());
    uint64_t most = gas::transaction_max - Scheduler::run_gas - 2 * Scheduler::data_word_gas - 1;
    most -= most / 64 + 1;
    EXPECT_TRUE(with_gas(most).ok());
    EXPECT_TRUE(with_gas(most + 2).refused_as<Scheduler::GasTooHigh>());
    world.block().gas_limit = 4 * 1'000'000;
    EXPECT_TRUE(with_gas(1'000'000).refused_as<Scheduler::GasTooHigh>())
        << "more than the share of a block";
}

TEST_F(SchedulerTest, the_longest_data_reaches_the_target) {
    Bytes longest = ScheduleWorld::visit(77);
    longest.resize(Scheduler::call_data_max, 0xab);
    const uint64_t id = world.id_of(attempt(longest, world.now()));
    EXPECT_EQ(world.job(id).data, longest);
    const auto [next, run, all] = world.next();
    const auto done = world.run_next();
    ASSERT_TRUE(done && done->ok());
    EXPECT_EQ(world.visits(77), 1_u256);
    EXPECT_LE(done->gas_used, all);
}

/// A Scheduler whose queue can be filled without paying for jobs.
class Filled : public Scheduler {
public:
    using Scheduler::Scheduler;

    void fill(uint64_t count, uint64_t time) {
        for (uint64_t i = 0; i < count; ++i) due_queue::add(*this, {time, 1'000'000 + i});
    }
    std::optional<std::string> broken_invariant() const { return std::nullopt; }

    static constexpr auto abi =
        Scheduler::abi + Methods<Method<"fill(uint64 count, uint64 time)", &Filled::fill>>{};
};

// What the Scheduler keeps for itself is enough in the worst case.
TEST(SchedulerBound, a_run_through_a_full_queue_stays_within_its_gas) {
    static const NativeType type = native_type<Filled>(60'011, 1, "Filled");
    ScheduleWorld world(&type);
    const uint64_t later = world.now() + 1'000;
    Bytes data = ScheduleWorld::visit(1);
    data.resize(Scheduler::call_data_max);
    const u256 value = world.price(0, data.size(), 2, 2);
    const Recurrence twice{5'000, Recurrence::seconds, 2};
    ASSERT_TRUE(world.schedule_paid(owner, world.errand(), data, world.now(), {}, value, 0).ok());
    ASSERT_TRUE(
        world.schedule_paid(owner, world.errand(), data, world.now(), twice, value, 0).ok());
    const Bytes fill =
        ScheduleWorld::calldata<"fill(uint64,uint64)">(due_queue::entries_max - 2, later);
    ASSERT_TRUE(world.send_data(owner, scheduler, fill, {}, 100'000'000'000).ok());
    EXPECT_TRUE(world.schedule(data, later).refused_as<due_queue::QueueFull>());
    for (int i = 0; i < 2; ++i) {
        const auto [id, run, all] = world.next();
        EXPECT_EQ(id, u256{static_cast<uint64_t>(i) + 1});
        const auto done = world.run_next();
        ASSERT_TRUE(done && done->ok());
        EXPECT_EQ(done->events<Scheduler::Executed>(scheduler).size(), 1u);
        EXPECT_LT(done->gas_used, all - 30'000) << "and some to spare";
        RecordProperty("gas" + std::to_string(i), static_cast<int>(done->gas_used));
    }
}

TEST_F(SchedulerTest, takes_no_plain_wei) {
    EXPECT_FALSE(world.send_data(owner, scheduler, {}, 1_u256).ok());
    EXPECT_FALSE(
        world.send_data(owner, scheduler, ScheduleWorld::calldata<"withdraw()">(), 1_u256).ok());
}

TEST_F(SchedulerTest, lists_no_more_than_it_says) {
    for (uint64_t i = 0; i <= Scheduler::listed_jobs_max; ++i) schedule(1, world.now() + i);
    const auto list = [&](uint64_t start) {
        return world.ask<"list(uint256)">(scheduler, u256{start}).value<std::vector<u256>>();
    };
    EXPECT_EQ(list(0).size(), Scheduler::listed_jobs_max);
    EXPECT_EQ(list(1).size(), Scheduler::listed_jobs_max);
    EXPECT_EQ(list(Scheduler::listed_jobs_max).size(), 1u);
    EXPECT_TRUE(list(Scheduler::listed_jobs_max + 1).empty());
    EXPECT_EQ(list(0).at(0), 1_u256);
}

}  // namespace
}  // namespace plume
