#include "rpc/waiters.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds long_time{60'000};

struct Told {
    CommittedBlockPtr block;
    size_t index = 0;
};

/// Waits for `hash`; the future holds what the waiter was told.
std::future<Told> wait(Waiters& waiters, const Hash& hash, milliseconds patience) {
    const auto promise = std::make_shared<std::promise<Told>>();
    EXPECT_TRUE(
        waiters.wait(hash, patience, [promise](const CommittedBlockPtr& block, size_t index) {
            promise->set_value({block, index});
        }));
    return promise->get_future();
}

TEST(Waiters, hear_of_their_transaction_when_it_is_in_a_block) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    const auto first = world.transaction(0, test::RpcWorld::sender());
    const auto second = world.transaction(1, test::RpcWorld::sender());
    auto told_second = wait(waiters, second->hash, long_time);
    auto told_again = wait(waiters, second->hash, long_time);
    ASSERT_TRUE(world.chain().submit(first).ok());
    ASSERT_TRUE(world.chain().submit(second).ok());
    const CommittedBlockPtr block = world.mine();
    const Told told = told_second.get();
    EXPECT_EQ(told.block->block.hash, block->block.hash);
    EXPECT_EQ(told.index, 1u);
    EXPECT_EQ(told_again.get().block->block.hash, block->block.hash);
}

TEST(Waiters, leave_their_place_when_they_wait_for_nothing) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    auto other = wait(waiters, Hash{}, long_time);
    for (size_t i = 0; i < 2 * Waiters::count_max; ++i) {
        const auto place = waiters.wait(Hash{}, long_time, [](const CommittedBlockPtr&, size_t) {
            ADD_FAILURE() << "nobody waits any more";
        });
        ASSERT_TRUE(place.has_value());
        waiters.cancel(Hash{}, *place);
    }
    EXPECT_EQ(other.wait_for(milliseconds(0)), std::future_status::timeout);
    waiters.release();
    EXPECT_EQ(other.get().block, nullptr);
}

TEST(Waiters, hear_that_their_time_is_over) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    const auto before = std::chrono::steady_clock::now();
    auto told = wait(waiters, Hash{}, milliseconds(50));
    EXPECT_EQ(told.get().block, nullptr);
    EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(50));
}

TEST(Waiters, hear_in_time_however_long_others_wait) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    auto patient = wait(waiters, Hash{}, long_time);
    // So that the thread sleeps for the patient one.
    std::this_thread::sleep_for(milliseconds(20));
    auto hasty = wait(waiters, Hash{}, milliseconds(1));
    ASSERT_EQ(hasty.wait_for(long_time / 2), std::future_status::ready);
    EXPECT_NE(patient.wait_for(milliseconds(0)), std::future_status::ready);
}

TEST(Waiters, there_are_1024_at_most) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    for (size_t i = 0; i < Waiters::count_max; ++i)
        ASSERT_TRUE(waiters.wait(Hash{}, long_time, [](const CommittedBlockPtr&, size_t) {}));
    EXPECT_FALSE(waiters.wait(Hash{}, long_time, [](const CommittedBlockPtr&, size_t) {}));
}

TEST(Waiters, are_released_when_the_door_closes) {
    test::RpcWorld world;
    Waiters waiters(world.chain());
    auto told = wait(waiters, Hash{}, long_time);
    waiters.release();
    ASSERT_EQ(told.wait_for(milliseconds(0)), std::future_status::ready);
    EXPECT_EQ(told.get().block, nullptr);
    auto next = wait(waiters, Hash{}, milliseconds(1));
    EXPECT_EQ(next.get().block, nullptr);
}

}  // namespace
}  // namespace plume::rpc
