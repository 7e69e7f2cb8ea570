#include "rpc/loop.hpp"

#include <boost/asio/post.hpp>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace plume::rpc {

namespace {

/// For how many looks without a job the second thread stays awake: waking it costs a busy loop more
/// than its looks do.
constexpr int idle_looks_max = 50;
/// How long the second thread waits for something to do at a time when it stands in.
constexpr std::chrono::milliseconds stand_in_step{1};
/// How much of a processor's time a job may take after it was relieved and not count as long. On a
/// busy machine many are relieved only because they had no processor.
constexpr std::chrono::milliseconds long_time{1};

std::chrono::nanoseconds time_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Loop::Loop(std::chrono::milliseconds sweep_time)
    : sweep_time_(sweep_time), work_(io_.get_executor()), sweeper_(io_) {}

Loop::~Loop() {
    stop();
}

void Loop::start(size_t index) {
    sweep();
    const std::string number = std::to_string(index);
    thread_ = std::make_unique<Thread>("rpc-io-" + number, [this] { run_own(); });
    second_thread_ = std::make_unique<Thread>("rpc-relief-" + number, [this] { relieve(); });
}

void Loop::stop() {
    io_.stop();
    {
        const std::lock_guard lock(doze_mutex_);
        is_stopping_ = true;
    }
    woken_.notify_all();
    thread_.reset();
    second_thread_.reset();
}

void Loop::run_own() {
    const std::lock_guard turn(turn_);
    check(pthread_getcpuclockid(pthread_self(), &clock_) == 0, "a thread has a clock");
    io_.run();
}

void Loop::begin_job() {
    ++job_;
    // The order of these two looks and of those in `await_job` makes one of the threads see the
    // other.
    if (is_dozing_.load()) {
        const std::lock_guard lock(doze_mutex_);
        woken_.notify_all();
    }
    turn_.unlock();
}

bool Loop::end_job() {
    ++job_;
    // Ends the wait of the thread that stands in.
    if (is_relieved_.load()) boost::asio::post(io_, [] {});
    turn_.lock();
    return is_relieved_.exchange(false) && was_long_;
}

bool Loop::await_job() {
    std::unique_lock lock(doze_mutex_);
    is_dozing_ = true;
    const uint64_t seen = job_.load() | 1;
    woken_.wait(lock, [&] { return is_stopping_ || job_.load() >= seen; });
    is_dozing_ = false;
    return !is_stopping_;
}

void Loop::relieve() {
    while (await_job()) {
        uint64_t seen = job_.load();
        for (int idle_looks = 0; idle_looks < idle_looks_max && !is_stopping_;) {
            std::this_thread::sleep_for(patience);
            const uint64_t now = job_.load();
            const bool is_running = now % 2 == 1;
            if (is_running && now == seen) stand_in(now);
            idle_looks = now == seen && !is_running ? idle_looks + 1 : 0;
            seen = now;
        }
    }
}

void Loop::stand_in(uint64_t job) {
    const std::lock_guard turn(turn_);
    if (job_.load() != job) return;
    is_relieved_ = true;
    const std::chrono::nanoseconds before = time_of(clock_);
    while (job_.load() == job && !io_.stopped()) io_.run_one_for(stand_in_step);
    was_long_ = time_of(clock_) - before >= long_time;
}

void Loop::sweep() {
    const Timed::Clock::time_point now = Timed::Clock::now();
    std::vector<Timed*> late;
    for (Timed* timed : timed_)
        if (timed->deadline_ <= now) late.push_back(timed);
    for (Timed* timed : late) {
        timed->deadline_ = Timed::never;
        timed->on_late();
    }
    sweeper_.expires_after(sweep_time_);
    sweeper_.async_wait([this](const boost::system::error_code& error) {
        if (!error) sweep();
    });
}

}  // namespace plume::rpc
