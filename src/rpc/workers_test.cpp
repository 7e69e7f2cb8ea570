#include "rpc/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace plume::rpc {
namespace {

TEST(Workers, every_job_runs_once) {
    std::atomic<int> sum = 0;
    std::promise<void> all;
    {
        Workers workers(4);
        for (int i = 1; i <= 100; ++i)
            EXPECT_TRUE(workers.add([&, i] {
                if ((sum += i) == 5'050) all.set_value();
            }));
        all.get_future().wait();
    }
    EXPECT_EQ(sum, 5'050);
}

TEST(Workers, jobs_run_at_the_same_time) {
    Workers workers(2);
    std::promise<void> first, second, ended;
    workers.add([&] {
        first.set_value();
        second.get_future().wait();
        ended.set_value();
    });
    first.get_future().wait();
    workers.add([&] { second.set_value(); });
    ended.get_future().wait();
}

TEST(Workers, the_queue_takes_1024_jobs_and_no_more) {
    Workers workers(1);
    std::promise<void> started, go_on;
    workers.add([&] {
        started.set_value();
        go_on.get_future().wait();
    });
    started.get_future().wait();
    for (size_t i = 0; i < Workers::queue_max; ++i) EXPECT_TRUE(workers.add([] {}));
    EXPECT_FALSE(workers.add([] {}));
    go_on.set_value();
}

TEST(Workers, a_job_has_the_stack_that_contracts_need) {
    Workers workers(1);
    std::promise<size_t> size;
    workers.add([&] {
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
