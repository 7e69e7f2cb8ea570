// One of the threads that move bytes. It answers what takes little time where it reads it, and when
// something takes longer than it seemed to, another thread goes on in its place.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>

#include "base/thread.hpp"

namespace plume::rpc {

/// Something that ends when a client takes too long. Belongs to the thread of its loop.
class Timed {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::time_point never = Clock::time_point::max();

    virtual ~Timed() = default;
    /// The time that was set is over.
    virtual void on_late() = 0;

    /// By when the client has to move. It may take a little longer: see `Loop`.
    void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }

private:
    friend class Loop;
    Clock::time_point deadline_ = never;
};

/// Runs the handlers of an io_context, one at a time, so that what they share among themselves
/// needs no lock. `run` lends the turn to the loop's second thread when a job is long.
class Loop {
public:
    /// How long a job may keep the other handlers waiting, and up to as long again.
    static constexpr std::chrono::milliseconds patience{4};

    /// Looks for what is late every `sweep_time`.
    explicit Loop(std::chrono::milliseconds sweep_time);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void start(size_t index);
    /// Lets no further handler begin, and returns when the last has ended. Any thread but its own.
    void stop();

    boost::asio::io_context& io() { return io_; }

    // Within handlers.

    void enter(Timed* timed) { timed_.insert(timed); }
    void leave(Timed* timed) { timed_.erase(timed); }

    /// Whether a job can be run here: not while another thread stands in.
    bool is_free() const { return !is_relieved_.load(); }
    /// Runs `job`, of which the loop must be free; it must not throw. Other handlers may run
    /// meanwhile, so this is a point at which everything that is shared may change. Returns whether
    /// it took a processor for long: another thread stood in, and not because this one had none.
    template <class Job>
    bool run(Job&& job) {
        begin_job();
        job();
        return end_job();
    }

private:
    void begin_job();
    bool end_job();
    void run_own();
    void relieve();
    /// Waits for jobs. False when there will be none.
    bool await_job();
    void stand_in(uint64_t job);
    void sweep();

    const std::chrono::milliseconds sweep_time_;
    /// Held by the thread whose turn it is to run handlers.
    std::mutex turn_;
    /// Odd while a job runs: a number for each beginning and end.
    std::atomic<uint64_t> job_ = 0;
    std::atomic<bool> is_relieved_ = false;
    bool was_long_ = false;                ///< the job that was relieved; whose turn it is
    clockid_t clock_{};                    ///< the processor's time that the first thread has had
    std::atomic<bool> is_dozing_ = false;  ///< the second thread waits to be woken
    std::atomic<bool> is_stopping_ = false;
    std::mutex doze_mutex_;
    std::condition_variable woken_;
    std::set<Timed*> timed_;
    boost::asio::io_context io_;  ///< after what connections touch when they are dropped with it
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer sweeper_;
    std::unique_ptr<Thread> thread_;
    std::unique_ptr<Thread> second_thread_;
};

}  // namespace plume::rpc
