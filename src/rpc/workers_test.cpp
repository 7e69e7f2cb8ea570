#include "rpc/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace plume::rpc {
namespace {

TEST(Workers, every_job_runs_once) {
    std::atomic<int> sum = 0;
    std::promise<void> all;
    {
        Workers workers(4);
        for (int i = 1; i <= 100; ++i)
            EXPECT_TRUE(workers.add("a", [&, i] {
                if ((sum += i) == 5'050) all.set_value();
            }));
        all.get_future().wait();
    }
    EXPECT_EQ(sum, 5'050);
}

TEST(Workers, jobs_run_at_the_same_time) {
    Workers workers(2);
    std::promise<void> first, second, ended;
    workers.add("a", [&] {
        first.set_value();
        second.get_future().wait();
        ended.set_value();
    });
    first.get_future().wait();
    workers.add("a", [&] { second.set_value(); });
    ended.get_future().wait();
}

TEST(Workers, owners_take_turns) {
    Workers workers(1);
    std::promise<void> go_on, ended;
    std::shared_future<void> gone_on(go_on.get_future());
    std::mutex mutex;
    std::string order;
    std::atomic<int> started = 0;
    // Both threads are kept busy until everything waits.
    for (int i = 0; i < 2; ++i)
        workers.add("z", [&] {
            ++started;
            gone_on.wait();
        });
    while (started < 2) std::this_thread::yield();
    std::atomic<int> left = 40;
    const auto note = [&](char who) {
        const std::lock_guard lock(mutex);
        order += who;
        if (--left == 0) ended.set_value();
    };
    for (int i = 0; i < 30; ++i) workers.add("a", [&] { note('a'); });
    for (int i = 0; i < 10; ++i) workers.add("b", [&] { note('b'); });
    go_on.set_value();
    ended.get_future().wait();
    // Two threads may overtake one another by a job or two.
    EXPECT_LT(order.rfind('b'), 23u) << order;
}

TEST(Workers, heavy_jobs_leave_a_thread_to_the_others) {
    Workers workers(2);
    std::promise<void> go_on;
    std::shared_future<void> gone_on(go_on.get_future());
    std::atomic<int> heavy_started = 0;
    std::promise<void> all_done;
    std::atomic<int> heavy_done = 0;
    for (int i = 0; i < 10; ++i)
        workers.add("a", [&] {
            workers.add_heavy("a", [&] {
                ++heavy_started;
                gone_on.wait();
                if (++heavy_done == 10) all_done.set_value();
            });
        });
    while (heavy_started < 2) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) {
        std::promise<void> answered;
        workers.add("b", [&] { answered.set_value(); });
        answered.get_future().wait();
    }
    EXPECT_EQ(heavy_started, 2);
    go_on.set_value();
    all_done.get_future().wait();
}

TEST(Workers, the_queue_takes_1024_jobs_and_no_more) {
    Workers workers(1);
    std::promise<void> go_on;
    std::shared_future<void> gone_on(go_on.get_future());
    std::atomic<int> started = 0;
    for (int i = 0; i < 2; ++i)
        workers.add("a", [&] {
            ++started;
            gone_on.wait();
        });
    while (started < 2) std::this_thread::yield();
    for (size_t i = 0; i < Workers::queue_max; ++i) EXPECT_TRUE(workers.add("a", [] {}));
    EXPECT_FALSE(workers.add("a", [] {}));
    go_on.set_value();
}

TEST(Workers, a_job_has_the_stack_that_contracts_need) {
    Workers workers(1);
    std::promise<size_t> size;
    workers.add("a", [&] {
        pthread_attr_t attributes;
        pthread_getattr_np(pthread_self(), &attributes);
        size_t found = 0;
        pthread_attr_getstacksize(&attributes, &found);
        pthread_attr_destroy(&attributes);
        size.set_value(found);
    });
    EXPECT_GE(size.get_future().get(), contract_stack_size);
}

}  // namespace
}  // namespace plume::rpc
