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
        if (begun_ < wanted_) return true;
        if (!options_.block_time) {
            if (has_pending_ || is_call_due()) return true;
            wait_for_call(lock);
        } else if (std::chrono::steady_clock::now() >= next_block_) {
            return true;
        } else {
            wake_.wait_until(lock, next_block_);
        }
    }
}

void Solo::wait_for_call(std::unique_lock<std::mutex>& lock) {
    if (!next_due_) {
        wake_.wait(lock);
        return;
    }
    // A clock that is set forward is heard of by `wake_`, or within this time.
    constexpr uint64_t nap_seconds_max = 3'600;
    const uint64_t left = *next_due_ - next_timestamp();
    wake_.wait_for(lock, std::chrono::seconds(std::min(left, nap_seconds_max)));
}

void Solo::run() {
    std::unique_lock lock(mutex_);
    next_due_ = chain_.next_due();
    while (wait_for_reason(lock)) make_block(lock);
    lock.unlock();
    chain_.settle();
}

void Solo::make_block(std::unique_lock<std::mutex>& lock) {
    const uint64_t serving = wanted_;
    const bool even_if_empty = begun_ < wanted_ || options_.block_time;
    const uint64_t timestamp = next_timestamp();
    has_pending_ = false;
    const bool is_due = is_call_due();
    next_due_.reset();
    if (options_.block_time) next_block_ = std::chrono::steady_clock::now() + *options_.block_time;
    lock.unlock();
    const Proposal proposal = chain_.propose(timestamp);
    const bool is_made = build(proposal, even_if_empty, is_due, serving);
    const auto next_due = chain_.next_due();
    lock.lock();
    // What is due and was not made now would not be made a moment later either.
    if (is_made || next_due > timestamp) next_due_ = next_due;
    if (!is_made) return;
    begun_ = serving;
    if (next_timestamp_ == timestamp) next_timestamp_.reset();
    // Not everything may have fitted in.
    has_pending_ = has_pending_ || !proposal.transactions.empty();
}

bool Solo::build(const Proposal& proposal, bool even_if_empty, bool is_due, uint64_t serving) {
    if (!even_if_empty && !is_due && proposal.transactions.empty()) return false;
    Executed executed = chain_.execute(proposal);
    // A call that is due but cannot be made is no reason for a block.
    const bool is_empty = proposal.transactions.empty() && executed.block.transactions.empty();
    if (!even_if_empty && is_empty) return false;
    chain_.commit_later(std::move(executed), [this, serving](const CommittedBlockPtr& block) {
        const std::lock_guard lock(mutex_);
        served_ = serving;
        last_mined_ = block;
        mined_.notify_all();
    });
    return true;
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
                    chain_.newest_timestamp());
}

Result<void> Solo::set_next_timestamp(uint64_t timestamp) {
    const std::lock_guard lock(mutex_);
    const uint64_t least = chain_.newest_timestamp();
    if (timestamp < least)
        return Error{.what = "timestamp " + std::to_string(timestamp) +
                             " lies before the latest block's, " + std::to_string(least)};
    if (timestamp > timestamp_max)
        return Error{.what =
                         "timestamp " + std::to_string(timestamp) + " lies beyond the year 9999"};
    offset_seconds_ = static_cast<int64_t>(timestamp) - static_cast<int64_t>(options_.clock());
    next_timestamp_ = timestamp;
    wake_.notify_one();
    return {};
}

Result<int64_t> Solo::increase_time(uint64_t seconds) {
    const std::lock_guard lock(mutex_);
    if (seconds > timestamp_max || next_timestamp() + seconds > timestamp_max)
        return Error{.what = "that leads beyond the year 9999"};
    offset_seconds_ += static_cast<int64_t>(seconds);
    if (next_timestamp_) *next_timestamp_ += seconds;
    wake_.notify_one();
    return offset_seconds_;
}

uint64_t Solo::now() const {
    const std::lock_guard lock(mutex_);
    return next_timestamp();
}

}  // namespace plume
