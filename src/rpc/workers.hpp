// A bounded pool of threads that answer requests, with stacks deep enough to run contracts.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread.hpp"

namespace plume::rpc {

/// Runs jobs in the order in which they came, several at a time. Any thread.
class Workers {
public:
    /// How many jobs may wait for a thread.
    static constexpr size_t queue_max = 1'024;

    explicit Workers(size_t threads);
    /// Drops what waits and returns when the jobs under way are done.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when `queue_max` jobs wait. `job` must not throw.
    bool add(std::function<void()> job);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable added_;
    std::deque<std::function<void()>> jobs_;
    bool is_stopping_ = false;
    std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace plume::rpc
