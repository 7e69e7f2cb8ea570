#include "consensus/solo.hpp"

#include "base/result.hpp"

namespace plume {

uint64_t system_clock_seconds() {
    using namespace std::chrono;
    return static_cast<uint64_t>(
        duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

Solo::Solo(Chain& chain, SoloOptions options)
    : chain_(chain),
      options_(std::move(options)),
      next_block_(std::chrono::steady_clock::now()),
      pending_(chain.on_pending([this](const TransactionPtr&) { note_pending(); })),
      thread_("chain", [this] { run(); }) {}

Solo::~Solo() {
    chain_.unsubscribe(pending_);
    stop();
}

void Solo::stop() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
    mined_.notify_all();
}

void Solo::note_pending() {
    const std::lock_guard lock(mutex_);
    if (has_pending_) return;
    has_pending_ = true;
    wake_.notify_one();
}

bool Solo::wait_for_reason(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        if (is_stopping_) return false;
        if (served_ < wanted_) return true;
        if (!options_.block_time) {
            if (has_pending_) return true;
            wake_.wait(lock);
        } else if (std::chrono::steady_clock::now() >= next_block_) {
            return true;
        } else {
            wake_.wait_until(lock, next_block_);
        }
    }
}

void Solo::run() {
    std::unique_lock lock(mutex_);
    while (wait_for_reason(lock)) {
        const uint64_t serving = wanted_;
        const bool even_if_empty = served_ < wanted_ || options_.block_time;
        const uint64_t timestamp = next_timestamp();
        has_pending_ = false;
        if (options_.block_time)
            next_block_ = std::chrono::steady_clock::now() + *options_.block_time;
        lock.unlock();
        const Proposal proposal = chain_.propose(timestamp);
        CommittedBlockPtr block;
        if (even_if_empty || !proposal.transactions.empty())
            block = chain_.commit(chain_.execute(proposal));
        lock.lock();
        if (!block) continue;
        if (next_timestamp_ == timestamp) next_timestamp_.reset();
        // Not everything may have fitted in.
        has_pending_ = has_pending_ || !proposal.transactions.empty();
        served_ = serving;
        last_mined_ = std::move(block);
        mined_.notify_all();
    }
}

CommittedBlockPtr Solo::mine() {
    std::unique_lock lock(mutex_);
    const uint64_t ticket = ++wanted_;
    wake_.notify_one();
    mined_.wait(lock, [&] { return served_ >= ticket || is_stopping_; });
    return served_ >= ticket ? last_mined_ : nullptr;
}

uint64_t Solo::next_timestamp() const {
    if (next_timestamp_) return *next_timestamp_;
    const auto shifted = static_cast<int64_t>(options_.clock()) + offset_seconds_;
    return std::max(static_cast<uint64_t>(std::max<int64_t>(shifted, 0)),
                    chain_.head()->header().timestamp);
}

Result<void> Solo::set_next_timestamp(uint64_t timestamp) {
    const std::lock_guard lock(mutex_);
    const uint64_t least = chain_.head()->header().timestamp;
    if (timestamp < least)
        return Error{.what = "timestamp " + std::to_string(timestamp) +
                             " lies before the latest block's, " + std::to_string(least)};
    if (timestamp > timestamp_max)
        return Error{.what =
                         "timestamp " + std::to_string(timestamp) + " lies beyond the year 9999"};
    offset_seconds_ = static_cast<int64_t>(timestamp) - static_cast<int64_t>(options_.clock());
    next_timestamp_ = timestamp;
    return {};
}

Result<int64_t> Solo::increase_time(uint64_t seconds) {
    const std::lock_guard lock(mutex_);
    if (seconds > timestamp_max || next_timestamp() + seconds > timestamp_max)
        return Error{.what = "that leads beyond the year 9999"};
    offset_seconds_ += static_cast<int64_t>(seconds);
    if (next_timestamp_) *next_timestamp_ += seconds;
    return offset_seconds_;
}

uint64_t Solo::now() const {
    const std::lock_guard lock(mutex_);
    return next_timestamp();
}

}  // namespace plume
