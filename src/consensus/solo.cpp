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
      mining_(options_.block_time  ? Mining::at_interval
              : options_.is_manual ? Mining::manual
                                   : Mining::automatic),
      interval_(options_.block_time.value_or(std::chrono::milliseconds{0})),
      next_block_(std::chrono::steady_clock::now()),
      last_beat_(std::chrono::steady_clock::now()),
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
    ++arrived_;
    if (has_pending_) return;
    has_pending_ = true;
    wake_.notify_one();
}

std::optional<std::chrono::steady_clock::time_point> Solo::gathers_until() {
    const Gathering& gathering = options_.gathering;
    if (last_size_ < gathering.count_min || gathered_ == arrived_) return std::nullopt;
    const auto now = std::chrono::steady_clock::now();
    const auto end = last_begun_ + gathering.time_max;
    if (now >= end) return std::nullopt;
    gathered_ = arrived_;
    return std::min(now + gathering.step, end);
}

bool Solo::wait_for_reason(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        last_beat_ = std::chrono::steady_clock::now();
        if (is_stopping_) return false;
        if (begun_ < wanted_ || !works_.empty()) return true;
        if (mining_ == Mining::automatic) {
            if (is_call_due()) return true;
            if (!has_pending_) {
                wait_for_call(lock);
            } else if (const auto end = gathers_until()) {
                wake_.wait_until(lock, *end);
            } else {
                return true;
            }
        } else if (mining_ == Mining::manual) {
            wake_.wait(lock);
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
    while (wait_for_reason(lock)) {
        if (works_.empty())
            make_block(lock);
        else
            do_work(lock);
    }
    lock.unlock();
    chain_.settle();
    is_finished_ = true;
}

void Solo::do_work(std::unique_lock<std::mutex>& lock) {
    Work& work = *works_.front();
    works_.pop_front();
    work.is_taken = true;
    lock.unlock();
    chain_.settle();  // Who visits finds the newest block on the disk.
    work.run();
    const auto next_due = chain_.next_due();
    lock.lock();
    next_due_ = next_due;
    work.is_done = true;
    mined_.notify_all();
}

void Solo::make_block(std::unique_lock<std::mutex>& lock) {
    const uint64_t serving = wanted_;
    const bool is_interval = mining_ == Mining::at_interval;
    const bool even_if_empty = begun_ < wanted_ || is_interval;
    const uint64_t timestamp = next_timestamp();
    has_pending_ = false;
    gathered_.reset();
    const bool is_due = is_call_due();
    next_due_.reset();
    if (is_interval) next_block_ = std::chrono::steady_clock::now() + interval_;
    lock.unlock();
    const auto begin = std::chrono::steady_clock::now();
    const Proposal proposal = chain_.propose(timestamp);
    const bool is_made = build(proposal, even_if_empty, is_due, serving,
                               {.propose = std::chrono::steady_clock::now() - begin});
    const auto next_due = chain_.next_due();
    lock.lock();
    // What is due and was not made now would not be made a moment later either.
    if (is_made || next_due > timestamp) next_due_ = next_due;
    if (!is_made) return;
    last_size_ = proposal.transactions.size();
    last_begun_ = begin;
    begun_ = serving;
    if (next_timestamp_ == timestamp) next_timestamp_.reset();
    // A clock behind the head would swallow a part of what it is moved forward by.
    const auto lead = static_cast<int64_t>(timestamp) - static_cast<int64_t>(options_.clock());
    if (options_.is_strict) offset_seconds_ = std::max(offset_seconds_, lead);
    // Not everything may have fitted in.
    has_pending_ = has_pending_ || !proposal.transactions.empty();
}

bool Solo::build(const Proposal& proposal, bool even_if_empty, bool is_due, uint64_t serving,
                 BlockReport report) {
    if (!even_if_empty && !is_due && proposal.transactions.empty()) return false;
    const auto begin = std::chrono::steady_clock::now();
    const auto tracer = options_.tracer ? options_.tracer() : nullptr;
    Executed executed = chain_.execute(proposal, tracer.get());
    const auto executed_at = std::chrono::steady_clock::now();
    // A call that is due but cannot be made is no reason for a block.
    const bool is_empty = proposal.transactions.empty() && executed.block.transactions.empty();
    if (!even_if_empty && is_empty) return false;
    report.execute = executed_at - begin;
    report.alarms = executed.alarms.size();
    report.refused = executed.refused.size();
    const auto done = [this, serving, report, executed_at](const CommittedBlockPtr& block) mutable {
        report.block = block;
        report.commit = std::chrono::steady_clock::now() - executed_at;
        if (options_.on_block) options_.on_block(report);
        const std::lock_guard lock(mutex_);
        while (served_ < serving) mined_for_.emplace(++served_, block);
        mined_.notify_all();
    };
    chain_.commit_later(std::move(executed), done);
    return true;
}

bool Solo::between_blocks(const std::function<void()>& run) {
    Work work{run};
    std::unique_lock lock(mutex_);
    if (is_stopping_) return false;
    works_.push_back(&work);
    wake_.notify_one();
    mined_.wait(lock, [&] { return work.is_done || (is_stopping_ && !work.is_taken); });
    if (!work.is_done) std::erase(works_, &work);
    return work.is_done;
}

Mining Solo::mining() const {
    const std::lock_guard lock(mutex_);
    return mining_;
}

std::chrono::milliseconds Solo::interval() const {
    const std::lock_guard lock(mutex_);
    return interval_;
}

void Solo::set_mining(Mining mining) {
    const std::lock_guard lock(mutex_);
    mining_ = mining;
    has_pending_ = true;
    wake_.notify_one();
}

void Solo::set_interval(std::chrono::milliseconds interval) {
    const std::lock_guard lock(mutex_);
    mining_ = Mining::at_interval;
    interval_ = interval;
    next_block_ = std::chrono::steady_clock::now() + interval;
    wake_.notify_one();
}

void Solo::set_timestamp_interval(std::optional<uint64_t> seconds) {
    const std::lock_guard lock(mutex_);
    timestamp_interval_ = seconds;
}

Solo::ClockMark Solo::mark_clock() const {
    const std::lock_guard lock(mutex_);
    return {shifted_clock(), next_timestamp_};
}

void Solo::resume_clock(const ClockMark& mark) {
    const std::lock_guard lock(mutex_);
    offset_seconds_ = mark.time - static_cast<int64_t>(options_.clock());
    next_timestamp_ = mark.next_timestamp;
    wake_.notify_one();
}

CommittedBlockPtr Solo::mine() {
    std::unique_lock lock(mutex_);
    const uint64_t ticket = ++wanted_;
    wake_.notify_one();
    mined_.wait(lock, [&] { return served_ >= ticket || is_stopping_; });
    const auto mined = mined_for_.extract(ticket);
    return mined ? mined.mapped() : nullptr;
}

int64_t Solo::shifted_clock() const {
    return static_cast<int64_t>(options_.clock()) + offset_seconds_;
}

void Solo::reset_clock() {
    const std::lock_guard lock(mutex_);
    offset_seconds_ = 0;
    next_timestamp_.reset();
    timestamp_interval_.reset();
    wake_.notify_one();
}

uint64_t Solo::next_timestamp() const {
    if (next_timestamp_) return *next_timestamp_;
    const uint64_t parent = chain_.newest_timestamp();
    if (timestamp_interval_) return std::min(parent + *timestamp_interval_, timestamp_max);
    const bool waits = options_.is_strict && parent < timestamp_max;
    return std::max(static_cast<uint64_t>(std::max<int64_t>(shifted_clock(), 0)),
                    waits ? parent + 1 : parent);
}

Result<int64_t> Solo::set_time(uint64_t timestamp) {
    const std::lock_guard lock(mutex_);
    if (timestamp > timestamp_max)
        return Error{.what =
                         "timestamp " + std::to_string(timestamp) + " lies beyond the year 9999"};
    const int64_t before = offset_seconds_;
    offset_seconds_ = static_cast<int64_t>(timestamp) - static_cast<int64_t>(options_.clock());
    next_timestamp_.reset();
    wake_.notify_one();
    return offset_seconds_ - before;
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
