#include "rpc/loop.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <thread>

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{20'000};

/// Runs `handler` as one of the loop's, and waits until it has ended.
void handle(Loop& loop, const std::function<void()>& handler) {
    std::promise<void> done;
    boost::asio::post(loop.io(), [&] {
        handler();
        done.set_value();
    });
    ASSERT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
}

TEST(Loop, runs_a_short_job_where_it_is) {
    Loop loop(milliseconds(5));
    loop.start(0);
    handle(loop, [&] {
        const auto self = std::this_thread::get_id();
        std::thread::id ran;
        EXPECT_TRUE(loop.is_free());
        loop.run([&] { ran = std::this_thread::get_id(); });
        EXPECT_EQ(ran, self);
        EXPECT_TRUE(loop.is_free());
    });
}

TEST(Loop, goes_on_while_a_job_is_long_and_one_handler_at_a_time) {
    Loop loop(milliseconds(5));
    loop.start(0);
    std::promise<void> other_ran;
    std::promise<void> has_ended;
    std::atomic<int> handlers = 0;
    bool was_long = true;
    boost::asio::post(loop.io(), [&] {
        was_long = loop.run([&] { other_ran.get_future().wait(); });
        EXPECT_EQ(++handlers, 1);
        std::this_thread::sleep_for(milliseconds(5));
        EXPECT_EQ(--handlers, 0);
        has_ended.set_value();
    });
    for (int i = 0; i < 100; ++i)
        boost::asio::post(loop.io(), [&] {
            EXPECT_EQ(++handlers, 1);
            std::this_thread::yield();
            EXPECT_EQ(--handlers, 0);
        });
    std::atomic<bool> was_free = true;
    boost::asio::post(loop.io(), [&] {
        was_free = loop.is_free();
        other_ran.set_value();
    });
    handle(loop, [] {});
    EXPECT_FALSE(was_free) << "whoever stands in must not be kept by another job";
    has_ended.get_future().wait();
    handle(loop, [&] {
        EXPECT_FALSE(was_long) << "it only waited";
        EXPECT_TRUE(loop.is_free());
    });
}

TEST(Loop, tells_of_a_job_that_took_a_processor_for_long) {
    Loop loop(milliseconds(500));
    loop.start(0);
    bool was_long = false;
    std::atomic<bool> has_ended = false;
    // Whether the second thread has looked by then is up to the system; at last it has.
    for (int i = 0; i < 1'000 && !has_ended; ++i)
        handle(loop, [&] {
            if (!loop.is_free()) return;
            was_long = loop.run([] {
                const auto end = Timed::Clock::now() + 10 * Loop::patience;
                while (Timed::Clock::now() < end) {
                }
            });
            has_ended = was_long;
        });
    EXPECT_TRUE(was_long);
}

TEST(Loop, relieves_again_after_it_has_slept) {
    Loop loop(milliseconds(500));
    loop.start(0);
    for (int i = 0; i < 2; ++i) {
        std::promise<void> other_ran;
        boost::asio::post(loop.io(), [&] { loop.run([&] { other_ran.get_future().wait(); }); });
        handle(loop, [&] { other_ran.set_value(); });
        // Longer than the second thread stays awake.
        std::this_thread::sleep_for(100 * Loop::patience);
    }
}

TEST(Loop, ends_what_is_late_and_nothing_else) {
    struct Client : Timed {
        void on_late() override { ++ends; }
        std::atomic<int> ends = 0;
    };
    Client late, early, gone;
    Loop loop(milliseconds(1));
    loop.start(0);
    handle(loop, [&] {
        for (Client* client : {&late, &early, &gone}) loop.enter(client);
        late.set_deadline(Timed::Clock::now() + milliseconds(2));
        gone.set_deadline(Timed::Clock::now() + milliseconds(2));
        early.set_deadline(Timed::never);
        loop.leave(&gone);
    });
    for (int i = 0; i < 10'000 && late.ends == 0; ++i) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_EQ(late.ends, 1);
    EXPECT_EQ(early.ends, 0);
    EXPECT_EQ(gone.ends, 0);
}

TEST(Loop, stops_when_a_job_under_way_has_ended) {
    std::atomic<bool> has_ended = false;
    std::promise<void> has_begun;
    {
        Loop loop(milliseconds(5));
        loop.start(0);
        boost::asio::post(loop.io(), [&] {
            loop.run([&] {
                has_begun.set_value();
                std::this_thread::sleep_for(milliseconds(50));
                has_ended = true;
            });
        });
        has_begun.get_future().wait();
    }
    EXPECT_TRUE(has_ended);
}

}  // namespace
}  // namespace plume::rpc
