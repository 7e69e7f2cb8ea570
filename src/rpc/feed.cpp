#include "rpc/feed.hpp"

#include <algorithm>

#include "crypto/random.hpp"
#include "rpc/format.hpp"
#include "rpc/log_request.hpp"

namespace plume::rpc {

namespace {

/// How often to look whether those who are behind have moved.
constexpr std::chrono::milliseconds look_interval{500};

std::string notification(std::string_view id, std::string_view result) {
    std::string out = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")";
    out.append(id).append(R"(","result":)").append(result).append("}}");
    return out;
}

bool wants(const Subscription& subscription, const TransactionPtr& transaction) {
    const bool is_about_transactions = subscription.kind == Subscription::Kind::transactions;
    return is_about_transactions == (transaction != nullptr) &&
           subscription.kind != Subscription::Kind::syncing;
}

size_t size_of(const CommittedBlock& committed) {
    size_t size = sizeof committed;
    for (const TransactionPtr& transaction : committed.block.transactions)
        size += sizeof *transaction + transaction->raw.size();
    for (const Receipt& receipt : committed.receipts) {
        size += sizeof receipt;
        for (const Log& log : receipt.logs)
            size += sizeof log + log.topics.size() * sizeof(Hash) + log.data.size();
    }
    return size;
}

}  // namespace

/// Makes one listener's notifications of one event.
class Feed::Writer {
public:
    /// `room` bytes are wanted; the last notification may go beyond.
    explicit Writer(size_t room) : room_(room) {}

    bool is_full() const { return size_ >= room_; }
    std::vector<std::string> take() { return std::move(texts_); }

    /// Appends what a subscription is told of `event`, from its item `first` on. Returns the item
    /// to go on from when there was no room for all, and nothing when that was all.
    std::optional<size_t> write(std::string_view id, const Subscription& subscription,
                                const Event& event, size_t first) {
        if (!wants(subscription, event.transaction)) return std::nullopt;
        if (is_full()) return first;
        if (subscription.kind == Subscription::Kind::logs)
            return write_logs(id, subscription.conditions, *event.block, first);
        if (subscription.kind == Subscription::Kind::heads)
            add(id, header_json(event.block->block.header, event.block->block.hash));
        else if (subscription.is_full)
            add(id, to_json(*event.transaction, nullptr));
        else
            add(id, hex_data(event.transaction->hash));
        return std::nullopt;
    }

private:
    std::optional<size_t> write_logs(std::string_view id, const LogQuery& conditions,
                                     const CommittedBlock& committed, size_t first) {
        const Block& block = committed.block;
        size_t item = 0;
        for (size_t i = 0; i < committed.receipts.size(); ++i) {
            const Place place{block.header, block.hash, i};
            for (const Log& log : committed.receipts[i].logs) {
                const size_t index = item++;
                if (index < first || !matches(conditions, log)) continue;
                if (is_full()) return index;
                add(id, to_json(log, block.transactions[i]->hash, place, index));
            }
        }
        return std::nullopt;
    }

    void add(std::string_view id, const Json& result) {
        texts_.push_back(notification(id, boost::json::serialize(result)));
        size_ += texts_.back().size();
    }

    const size_t room_;
    size_t size_ = 0;
    std::vector<std::string> texts_;
};

Result<std::string> Listener::open(Subscription subscription) {
    const std::lock_guard lock(mutex_);
    if (has_left_) return Error{code::server_error, "the connection is closing"};
    if (entries_.size() >= subscriptions_max)
        return Error{code::limit_exceeded, "too many subscriptions on this connection: at most " +
                                               std::to_string(subscriptions_max)};
    if (!feed_.reserve(subscription))
        return Error{code::limit_exceeded, "too many subscriptions on this node"};
    std::string id = to_quantity(random_128());
    entries_.emplace(id, Entry{std::move(subscription)});
    return id;
}

void Listener::begin(const std::vector<std::string>& ids) {
    const std::lock_guard lock(mutex_);
    const uint64_t next = feed_.next_event();
    const bool is_first =
        std::ranges::none_of(entries_, [](const auto& entry) { return entry.second.has_begun; });
    if (is_first) {
        event_ = next;
        entry_.clear();
        item_ = 0;
    }
    for (const std::string& id : ids) {
        const auto found = entries_.find(id);
        if (found == entries_.end()) continue;
        found->second.has_begun = true;
        found->second.since = next;
        if (found->second.subscription.kind == Subscription::Kind::syncing)
            deliver({notification(id, "false")});
    }
}

bool Listener::close(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    feed_.release(found->second.subscription);
    entries_.erase(found);
    return true;
}

void Listener::deliver(std::vector<std::string> texts) {
    size_t size = 0;
    for (const std::string& text : texts) size += text.size();
    unsent_ += size;
    deliver_(std::move(texts));
}

void Listener::sent(size_t size) {
    constexpr size_t half = unsent_size_max / 2;
    ++sent_count_;
    const size_t before = unsent_.fetch_sub(size);
    if (is_behind_.load() && before > half && before - size <= half) feed_.wake();
}

void Listener::give_up() {
    for (const auto& [id, entry] : entries_) feed_.release(entry.subscription);
    entries_.clear();
    drop_();
}

bool Listener::is_stalled() {
    const auto now = std::chrono::steady_clock::now();
    const uint64_t sent = sent_count_.load();
    if (unsent_.load() < unsent_size_max || sent != seen_) {
        seen_ = sent;
        moved_ = now;
    }
    return now - moved_ > stall_max;
}

Feed::Feed(Chain& chain)
    : chain_(chain),
      blocks_(chain.on_block([this](const CommittedBlockPtr& block) {
          if (block_interest_.load() > 0) add({.block = block, .size = size_of(*block)});
      })),
      transactions_(chain.on_pending([this](const TransactionPtr& transaction) {
          if (transaction_interest_.load() > 0)
              add({.transaction = transaction,
                   .size = sizeof *transaction + transaction->raw.size()});
      })),
      thread_("rpc-feed", [this] { run(); }) {}

Feed::~Feed() {
    chain_.unsubscribe(blocks_);
    chain_.unsubscribe(transactions_);
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
}

std::shared_ptr<Listener> Feed::join(Listener::Deliver deliver, Listener::Drop drop) {
    auto listener = std::make_shared<Listener>(*this, std::move(deliver), std::move(drop));
    const std::lock_guard lock(mutex_);
    listeners_.push_back(listener);
    return listener;
}

void Feed::leave(const std::shared_ptr<Listener>& listener) {
    {
        const std::lock_guard lock(listener->mutex_);
        listener->has_left_ = true;
        for (const auto& [id, entry] : listener->entries_) release(entry.subscription);
        listener->entries_.clear();
    }
    const std::lock_guard lock(mutex_);
    std::erase(listeners_, listener);
}

std::atomic<size_t>& Feed::interest_of(Subscription::Kind kind) {
    if (kind == Subscription::Kind::transactions) return transaction_interest_;
    return kind == Subscription::Kind::syncing ? no_interest_ : block_interest_;
}

bool Feed::reserve(const Subscription& subscription) {
    const size_t size = size_of(subscription.conditions);
    const std::lock_guard lock(mutex_);
    if (count_ >= all_subscriptions_max || conditions_size_ + size > conditions_size_max)
        return false;
    ++count_;
    conditions_size_ += size;
    ++interest_of(subscription.kind);
    return true;
}

void Feed::release(const Subscription& subscription) {
    const std::lock_guard lock(mutex_);
    --count_;
    conditions_size_ -= size_of(subscription.conditions);
    --interest_of(subscription.kind);
}

void Feed::add(Event event) {
    const std::lock_guard lock(mutex_);
    events_size_ += event.size;
    events_.push_back(std::make_shared<const Event>(std::move(event)));
    // The newest stays, however large.
    while (events_.size() > 1 && (events_.size() > events_max || events_size_ > events_size_max))
        drop_oldest();
    has_work_ = true;
    changed_.notify_all();
}

void Feed::drop_oldest() {
    events_size_ -= events_.front()->size;
    events_.pop_front();
    ++first_event_;
}

uint64_t Feed::next_event() {
    const std::lock_guard lock(mutex_);
    return first_event_ + events_.size();
}

Feed::Found Feed::event_at(uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (number < first_event_) return {nullptr, true};
    const uint64_t index = number - first_event_;
    return {index < events_.size() ? events_[index] : nullptr, false};
}

void Feed::wake() {
    const std::lock_guard lock(mutex_);
    has_work_ = true;
    changed_.notify_all();
}

void Feed::run() {
    bool has_laggards = false;
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        const auto has_reason = [this] { return is_stopping_ || has_work_; };
        if (has_laggards)
            changed_.wait_for(lock, look_interval, has_reason);
        else
            changed_.wait(lock, has_reason);
        has_work_ = false;
        const auto listeners = listeners_;
        uint64_t needed = first_event_ + events_.size();
        lock.unlock();
        has_laggards = false;
        for (const auto& listener : listeners) {
            needed = std::min(needed, tell(*listener));
            has_laggards = has_laggards || listener->is_behind_.load();
        }
        lock.lock();
        while (first_event_ < needed && !events_.empty()) drop_oldest();
    }
}

uint64_t Feed::tell(Listener& listener) {
    constexpr auto nothing = ~uint64_t{0};
    const std::lock_guard lock(listener.mutex_);
    listener.is_behind_ = false;
    const bool has_begun = std::ranges::any_of(
        listener.entries_, [](const auto& entry) { return entry.second.has_begun; });
    if (!has_begun) return nothing;
    const size_t unsent = std::min(listener.unsent_.load(), Listener::unsent_size_max);
    Writer writer(Listener::unsent_size_max - unsent);
    bool is_lost = false;
    for (;;) {
        const Found found = event_at(listener.event_);
        is_lost = found.is_lost || (found.event != nullptr && listener.is_stalled());
        if (is_lost || found.event == nullptr) break;
        if (!write_event(listener, *found.event, writer)) {
            listener.is_behind_ = true;
            break;
        }
        ++listener.event_;
    }
    if (is_lost) {
        listener.give_up();
        return nothing;
    }
    std::vector<std::string> texts = writer.take();
    if (!texts.empty()) listener.deliver(std::move(texts));
    return listener.event_;
}

/// Whether there was room for all of it.
bool Feed::write_event(Listener& listener, const Event& event, Writer& writer) {
    for (auto at = listener.entries_.lower_bound(listener.entry_); at != listener.entries_.end();
         ++at) {
        const auto& [id, entry] = *at;
        if (!entry.has_begun || entry.since > listener.event_) continue;
        const size_t first = id == listener.entry_ ? listener.item_ : 0;
        const auto rest = writer.write(id, entry.subscription, event, first);
        if (!rest) continue;
        listener.entry_ = id;
        listener.item_ = *rest;
        return false;
    }
    listener.entry_.clear();
    listener.item_ = 0;
    return true;
}

}  // namespace plume::rpc
