#include "rpc/waiters.hpp"

#include <algorithm>

namespace plume::rpc {

Waiters::Waiters(Chain& chain)
    : chain_(chain),
      subscription_(chain.on_block([this](const CommittedBlockPtr& block) {
          if (count_.load() == 0) return;
          const std::lock_guard lock(mutex_);
          blocks_.push_back(block);
          changed_.notify_all();
      })),
      thread_("rpc-waiters", [this] { run(); }) {}

Waiters::~Waiters() {
    chain_.unsubscribe(subscription_);
    release();
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
}

std::optional<uint64_t> Waiters::wait(const Hash& transaction, std::chrono::milliseconds patience,
                                      Callback callback) {
    const std::lock_guard lock(mutex_);
    if (is_releasing_ || waiters_.size() >= count_max) return std::nullopt;
    const Clock::time_point deadline = Clock::now() + patience;
    // The thread sleeps until the first of those that wait is due. Looking through them takes less
    // time than waking it.
    const bool is_first = deadline < next_deadline();
    waiters_.emplace(transaction, Waiter{++last_number_, deadline, std::move(callback)});
    count_.store(waiters_.size());
    if (is_first) changed_.notify_all();
    return last_number_;
}

void Waiters::cancel(const Hash& transaction, uint64_t waiting) {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = waiters_.equal_range(transaction);
    const auto found =
        std::find_if(first, last, [&](const auto& each) { return each.second.number == waiting; });
    if (found == last) return;
    waiters_.erase(found);
    count_.store(waiters_.size());
    if (is_releasing_) changed_.notify_all();
}

void Waiters::release() {
    std::unique_lock lock(mutex_);
    is_releasing_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiters_.empty() && is_idle_; });
    is_releasing_ = false;
}

Waiters::Clock::time_point Waiters::next_deadline() const {
    auto earliest = Clock::time_point::max();
    for (const auto& [hash, waiter] : waiters_) earliest = std::min(earliest, waiter.deadline);
    return earliest;
}

std::vector<Waiters::Call> Waiters::take_due() {
    std::vector<Call> due;
    for (const CommittedBlockPtr& block : std::exchange(blocks_, {})) {
        const auto& transactions = block->block.transactions;
        for (size_t i = 0; i < transactions.size() && !waiters_.empty(); ++i) {
            const auto [first, last] = waiters_.equal_range(transactions[i]->hash);
            for (auto at = first; at != last; ++at)
                due.push_back({std::move(at->second.callback), block, i});
            waiters_.erase(first, last);
        }
    }
    const auto now = Clock::now();
    std::erase_if(waiters_, [&](auto& entry) {
        if (!is_releasing_ && entry.second.deadline > now) return false;
        due.push_back({std::move(entry.second.callback), nullptr, 0});
        return true;
    });
    count_.store(waiters_.size());
    return due;
}

void Waiters::run() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        const std::vector<Call> due = take_due();
        if (due.empty()) {
            const auto deadline = next_deadline();
            if (deadline == Clock::time_point::max())
                changed_.wait(lock);
            else
                changed_.wait_until(lock, deadline);
            continue;
        }
        is_idle_ = false;
        lock.unlock();
        for (const Call& call : due) call.callback(call.block, call.index);
        lock.lock();
        is_idle_ = true;
        changed_.notify_all();
    }
}

}  // namespace plume::rpc
