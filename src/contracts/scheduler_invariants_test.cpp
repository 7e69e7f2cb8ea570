// Each invariant of the Scheduler is broken once, by a slip of the pen, and is seen to catch it
// before anything is committed.
#include <gtest/gtest.h>

#include "native/math.hpp"
#include "support/schedules.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::ScheduleWorld;

const Address owner = person(1);

/// A Scheduler with wrong methods beside the right ones.
class Corrupted : public Scheduler {
public:
    using Scheduler::Scheduler;

    void run_twice(u256 id, uint32_t number) {
        run(id, number);
        emit(Executed{id, number, true, u256{}});
    }
    void skip_run(u256 id) {
        const Record record = records_[id.low64()];
        set(record.runs(), get(record.runs()) + 1);
        emit(Resumed{id, 0});
    }
    void run_out_of_order(u256 id) {
        const Record record = records_[id.low64()];
        emit(Executed{id, get(record.runs()) + 1, true, u256{}});
        set(record.runs(), get(record.runs()) + 1);
    }
    void cancel_but_keep(u256 id) {
        const Record record = records_[id.low64()];
        const u256 balance = get(record.balance());
        set(record.balance(), u128{});
        set(prepaid_, checked_u128(prepaid() - balance));
        set(owed_, checked_u128(owed() + balance));
        set(owed_to_[sender()], owed_to(sender()) + balance);
        emit(Cancelled{id, sender(), balance});
    }
    void lose(u256 id) {
        due_queue::remove(*this, id.low64());
        emit(Resumed{id, 0});
    }
    void lose_silently(u256 id) { due_queue::remove(*this, id.low64()); }
    /// The root's entry, with a later time, and nothing sinks.
    void unsort(u256 id) {
        const u256 base = namespace_slot("plume.dueQueue");
        const Slot<u256> word = Map<uint64_t, u256>{{base + u256{1u}}}[1];
        set(word, get(word) | u256{0xffffu} << 224);
        emit(Resumed{id, 0});
    }
    void top_up_unbooked(u256 id) { emit(ToppedUp{id, sender(), value()}); }
    void top_up_the_sum_only(u256 id) {
        set(prepaid_, checked_u128(prepaid() + value()));
        emit(ToppedUp{id, sender(), value()});
    }
    void top_up_unpaid(u256 id) {
        const Record record = records_[id.low64()];
        const u256 much = exp(u256{10u}, u256{25u});
        set(record.balance(), checked_u128(get(record.balance()) + much));
        set(prepaid_, checked_u128(prepaid() + much));
        emit(ToppedUp{id, sender(), much});
    }
    void owe_unbooked(u256 amount) { set(owed_, checked_u128(owed() + amount)); }
    void owe_the_wrong(u256 id) {
        const Record record = records_[id.low64()];
        const u256 balance = get(record.balance());
        due_queue::remove(*this, id.low64());
        for (uint64_t i = 0; i < 3; ++i) set(Slot<u256>{record.position + u256{i}}, {});
        set(prepaid_, checked_u128(prepaid() - balance));
        set(owed_, checked_u128(owed() + balance));
        set(owed_to_[person(666)], balance);
        emit(Cancelled{id, sender(), balance});
    }
    void reuse_ids() { set(last_id_, get(last_id_) - 1); }

    static constexpr auto abi =
        Scheduler::abi +
        Methods<Method<"runTwice(uint256 id, uint32 run)", &Corrupted::run_twice>,
                Method<"skipRun(uint256 id)", &Corrupted::skip_run>,
                Method<"runOutOfOrder(uint256 id)", &Corrupted::run_out_of_order>,
                Method<"cancelButKeep(uint256 id)", &Corrupted::cancel_but_keep>,
                Method<"lose(uint256 id)", &Corrupted::lose>,
                Method<"loseSilently(uint256 id)", &Corrupted::lose_silently>,
                Method<"unsort(uint256 id)", &Corrupted::unsort>,
                Method<"topUpUnbooked(uint256 id) payable", &Corrupted::top_up_unbooked>,
                Method<"topUpTheSumOnly(uint256 id) payable", &Corrupted::top_up_the_sum_only>,
                Method<"topUpUnpaid(uint256 id)", &Corrupted::top_up_unpaid>,
                Method<"oweUnbooked(uint256 amount)", &Corrupted::owe_unbooked>,
                Method<"oweTheWrong(uint256 id)", &Corrupted::owe_the_wrong>,
                Method<"reuseIds()", &Corrupted::reuse_ids>>{};
};

class SchedulerInvariantsTest : public testing::Test {
protected:
    static inline const NativeType type = native_type<Corrupted>(60'012, 1, "Corrupted");

    SchedulerInvariantsTest() : world(&type) {
        for (int i = 0; i < 8; ++i)
            EXPECT_TRUE(world
                            .schedule(ScheduleWorld::visit(1), world.now() + 10,
                                      {5, Recurrence::seconds, 3})
                            .ok());
        world.expect_broken_invariants();
        prepaid = world.prepaid();
    }

    template <FixedText text, class... T>
    std::string broken_by(const T&... arguments) {
        return broken_by_data(owner, ScheduleWorld::calldata<text>(arguments...));
    }
    std::string broken_by_data(const Address& from, BytesView data, const u256& value = {}) {
        const Outcome out = world.send_data(from, contracts::scheduler, data, value);
        EXPECT_TRUE(out.ok());
        EXPECT_EQ(world.prepaid(), prepaid) << "undone";
        return out.broken.substr(out.broken.find(": ") + 2);
    }

    ScheduleWorld world{&type};
    u256 prepaid;
};

TEST_F(SchedulerInvariantsTest, right_methods_break_none) {
    EXPECT_TRUE(world.top_up(owner, 3, 5_u256).broken.empty());
    world.advance(10);
    EXPECT_TRUE(world.run_next()->broken.empty());
    EXPECT_TRUE((world.tell<"cancel(uint256)">(owner, 5_u256).broken.empty()));
}

TEST_F(SchedulerInvariantsTest, runs_are_made_once_and_in_order) {
    world.advance(10);
    const Bytes twice = ScheduleWorld::calldata<"runTwice(uint256,uint32)">(1_u256, 0u);
    EXPECT_EQ(broken_by_data(system_sender, twice), "S-1: a run of job 1 is not the next");
    EXPECT_EQ(broken_by<"skipRun(uint256)">(1_u256),
              "S-1: the runs of job 1 are not those that were made");
    EXPECT_EQ(broken_by<"runOutOfOrder(uint256)">(1_u256), "S-1: a run of job 1 is not the next");
    EXPECT_EQ(broken_by<"cancelButKeep(uint256)">(1_u256), "S-1: job 1 is not over");
    EXPECT_EQ(broken_by<"reuseIds()">(), "S-1: ids come again");
}

TEST_F(SchedulerInvariantsTest, nothing_is_lost_from_the_queue) {
    EXPECT_EQ(broken_by<"lose(uint256)">(2_u256), "S-4: job 2 is not where it should wait");
    EXPECT_EQ(broken_by<"loseSilently(uint256)">(2_u256), "S-4: a job was lost from the queue");
    EXPECT_EQ(broken_by<"unsort(uint256)">(1_u256), "S-4: job 1 is behind its child");
}

TEST_F(SchedulerInvariantsTest, money_moves_as_the_events_say) {
    const auto payable = [&]<FixedText text>() {
        return broken_by_data(owner, ScheduleWorld::calldata<text>(1_u256), 7_u256);
    };
    EXPECT_EQ(payable.operator()<"topUpUnbooked(uint256)">(),
              "S-5: what is prepaid did not move as the events say");
    EXPECT_EQ(payable.operator()<"topUpTheSumOnly(uint256)">(),
              "S-5: the money of job 1 did not move as the events say");
    EXPECT_EQ(broken_by<"topUpUnpaid(uint256)">(1_u256),
              "S-5: the Scheduler has less than it holds for others");
    EXPECT_EQ(broken_by<"oweUnbooked(uint256)">(1_u256),
              "S-5: what is owed did not move as the events say");
    EXPECT_EQ(broken_by<"oweTheWrong(uint256)">(1_u256),
              "S-5: what " + to_hex(owner) + " is owed did not move as the events say");
}

}  // namespace
}  // namespace plume
