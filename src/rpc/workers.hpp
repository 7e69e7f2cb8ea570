// A bounded pool of threads that answer requests, with stacks deep enough to run contracts.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/thread.hpp"

namespace plume::rpc {

/// Runs jobs, several at a time. Owners take turns, so that whoever asks for much waits for
/// himself; one owner's jobs begin in the order in which they came. Heavy jobs, those that may take
/// long, always leave one thread to the others. Any thread.
class Workers {
public:
    /// How many jobs may wait for a thread.
    static constexpr size_t queue_max = 1'024;

    /// `threads` of them may do heavy work; there is one more.
    explicit Workers(size_t threads);
    /// Drops what waits and returns when the jobs under way are done.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when `queue_max` jobs wait. `job` must not throw.
    bool add(const std::string& owner, std::function<void()> job);
    /// The same for a heavy job, from within a job: runs it at once when no other has to wait.
    bool add_heavy(const std::string& owner, std::function<void()> job);

private:
    using Job = std::function<void()>;
    /// Jobs that wait, by owner.
    class Queue {
    public:
        bool is_empty() const { return turns_.empty(); }
        void add(const std::string& owner, Job job);
        /// The first job of the owner whose turn it is. There is one.
        Job take();

    private:
        std::map<std::string, std::deque<Job>> jobs_;
        std::deque<std::string> turns_;  ///< the owners of `jobs_`
    };

    void run();
    bool can_run_heavy() const { return !heavy_.is_empty() && heavy_running_ < heavy_limit_; }
    /// `lock` is on `mutex_`.
    void run_heavy(std::unique_lock<std::mutex>& lock, const Job& job);

    std::mutex mutex_;
    std::condition_variable added_;
    Queue light_;
    Queue heavy_;
    size_t waiting_ = 0;
    size_t heavy_running_ = 0;
    const size_t heavy_limit_;
    bool is_stopping_ = false;
    std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace plume::rpc
