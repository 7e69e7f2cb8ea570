#include "rpc/workers.hpp"

namespace plume::rpc {

Workers::Workers(size_t threads) {
    for (size_t i = 0; i < threads; ++i)
        threads_.push_back(
            std::make_unique<Thread>("rpc-worker-" + std::to_string(i), [this] { run(); }));
}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        jobs_.clear();
    }
    added_.notify_all();
    threads_.clear();
}

bool Workers::add(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() >= queue_max) return false;
        jobs_.push_back(std::move(job));
    }
    added_.notify_one();
    return true;
}

void Workers::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        added_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
        if (is_stopping_) return;
        const std::function<void()> job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace plume::rpc
