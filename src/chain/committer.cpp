#include "chain/committer.hpp"

namespace plume {

Committer::Committer(Write write)
    : write_(std::move(write)), thread_("committer", [this] { run(); }) {}

Committer::~Committer() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
}

void Committer::add(Job job) {
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) waiting_since_ = Clock::now();
    waiting_.push_back(std::move(job));
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiting_.size() + writing_ < under_way_max; });
}

void Committer::settle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty() && writing_ == 0; });
}

std::optional<std::chrono::steady_clock::time_point> Committer::busy_since() const {
    const std::lock_guard lock(mutex_);
    if (writing_ > 0) return writing_since_;
    if (!waiting_.empty()) return waiting_since_;
    return std::nullopt;
}

void Committer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::vector<Job> jobs = std::exchange(waiting_, {});
        writing_ = jobs.size();
        writing_since_ = waiting_since_;
        lock.unlock();
        write_(jobs);
        for (const Job& job : jobs)
            if (job.done) job.done(job.block->committed);
        jobs.clear();
        lock.lock();
        writing_ = 0;
        changed_.notify_all();
    }
}

}  // namespace plume
