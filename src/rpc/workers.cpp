#include "rpc/workers.hpp"

namespace plume::rpc {

void Workers::Queue::add(const std::string& owner, Job job) {
    std::deque<Job>& jobs = jobs_[owner];
    if (jobs.empty()) turns_.push_back(owner);
    jobs.push_back(std::move(job));
}

Workers::Job Workers::Queue::take() {
    const auto owner = jobs_.find(turns_.front());
    turns_.pop_front();
    Job job = std::move(owner->second.front());
    owner->second.pop_front();
    if (owner->second.empty())
        jobs_.erase(owner);
    else
        turns_.push_back(owner->first);
    return job;
}

Workers::Workers(size_t threads) : heavy_limit_(threads) {
    for (size_t i = 0; i <= threads; ++i)
        threads_.push_back(
            std::make_unique<Thread>("rpc-worker-" + std::to_string(i), [this] { run(); }));
}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        light_ = {};
        heavy_ = {};
    }
    added_.notify_all();
    threads_.clear();
}

bool Workers::add(const std::string& owner, std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_ >= queue_max) return false;
        ++waiting_;
        light_.add(owner, std::move(job));
    }
    added_.notify_one();
    return true;
}

bool Workers::add_heavy(const std::string& owner, std::function<void()> job) {
    std::unique_lock lock(mutex_);
    if (heavy_.is_empty() && heavy_running_ < heavy_limit_) {
        run_heavy(lock, job);
        return true;
    }
    if (waiting_ >= queue_max) return false;
    ++waiting_;
    heavy_.add(owner, std::move(job));
    return true;
}

void Workers::run_heavy(std::unique_lock<std::mutex>& lock, const Job& job) {
    ++heavy_running_;
    lock.unlock();
    job();
    lock.lock();
    --heavy_running_;
    // Another may have been kept waiting by this one.
    if (can_run_heavy()) added_.notify_one();
}

void Workers::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        added_.wait(lock, [this] { return is_stopping_ || !light_.is_empty() || can_run_heavy(); });
        if (is_stopping_) return;
        const bool is_heavy = light_.is_empty();
        const Job job = (is_heavy ? heavy_ : light_).take();
        --waiting_;
        if (is_heavy) {
            run_heavy(lock, job);
            continue;
        }
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace plume::rpc
