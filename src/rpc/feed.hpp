// Who is told of new blocks, logs and transactions without asking again: eth_subscribe.
//
// What happens goes into one queue for all; a thread of its own turns it into each listener's
// notifications, never more ahead of the connection than `unsent_size_max`. So a block with a
// hundred thousand logs reaches a slow reader in pieces, and memory does not depend on the number
// of readers. Nothing here ever makes the chain wait.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/thread.hpp"
#include "chain/chain.hpp"

namespace plume::rpc {

/// What a listener wants to hear of.
struct Subscription {
    enum class Kind : uint8_t {
        heads,         ///< each new block's header
        logs,          ///< each new log that meets `conditions`, whose block range means nothing
        transactions,  ///< each transaction that enters the pool
        syncing        ///< that the node is not: once, as there is nothing to wait for
    };
    Kind kind = Kind::heads;
    bool is_full = false;  ///< whole transactions instead of hashes
    LogQuery conditions{};
};

class Feed;

/// The subscriptions of one connection. Each is told of everything that happens after it began,
/// once, in the order of blocks. Any thread.
class Listener {
public:
    static constexpr size_t subscriptions_max = 128;
    /// Notifications that the connection has not sent yet, in bytes; more are made only as it
    /// sends. One notification may go beyond.
    static constexpr size_t unsent_size_max = size_t{1} << 20;
    /// A connection with so much unsent, and more to come, is given up when it has sent nothing for
    /// so long.
    static constexpr std::chrono::milliseconds stall_max{2'000};

    /// Takes notifications, in order. Called on the thread of the feed, or in `begin`; must hand
    /// them on at once.
    using Deliver = std::function<void(std::vector<std::string>)>;
    /// The connection cannot keep up and is to be closed: it would miss something. As `Deliver`.
    using Drop = std::function<void()>;

    Listener(Feed& feed, Deliver deliver, Drop drop)
        : feed_(feed), deliver_(std::move(deliver)), drop_(std::move(drop)) {}

    /// A new subscription's id; an error when there are `subscriptions_max`, or too many in all. It
    /// is silent until `begin`, so that its id is known before it is first used.
    Result<std::string> open(Subscription subscription);
    void begin(const std::vector<std::string>& ids);
    /// Whether there was such a subscription. Nothing is delivered for it from now on.
    bool close(std::string_view id);
    /// Notifications of `size` bytes have been sent.
    void sent(size_t size);

private:
    friend class Feed;
    struct Entry {
        Subscription subscription;
        bool has_begun = false;
        uint64_t since = 0;  ///< the first event it hears of
    };

    /// `mutex_` is held in these.
    void deliver(std::vector<std::string> texts);
    void give_up();
    bool is_stalled();

    Feed& feed_;
    const Deliver deliver_;
    const Drop drop_;
    std::mutex mutex_;  ///< of what follows
    std::map<std::string, Entry, std::less<>> entries_;
    bool has_left_ = false;
    // Where it has come to: this item of this subscription of this event is next.
    uint64_t event_ = 0;
    std::string entry_;
    size_t item_ = 0;
    uint64_t seen_ = 0;  ///< of `sent_count_`, when it last moved
    std::chrono::steady_clock::time_point moved_{};
    std::atomic<size_t> unsent_ = 0;
    std::atomic<uint64_t> sent_count_ = 0;
    std::atomic<bool> is_behind_ = false;
};

/// All listeners of a chain.
class Feed {
public:
    /// Subscriptions of all listeners together, and what their conditions may take in bytes.
    static constexpr size_t all_subscriptions_max = 8'192;
    static constexpr size_t conditions_size_max = size_t{64} << 20;
    /// What has happened and was not told to everybody yet: events, and about their bytes. Whoever
    /// has not heard of the oldest when there is more is given up.
    static constexpr size_t events_max = 65'536;
    static constexpr size_t events_size_max = size_t{128} << 20;

    /// `chain` must outlive this object.
    explicit Feed(Chain& chain);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// Any thread. A listener that has joined must leave; no call of its functions is under way
    /// when `leave` returns.
    std::shared_ptr<Listener> join(Listener::Deliver deliver, Listener::Drop drop);
    void leave(const std::shared_ptr<Listener>& listener);

private:
    friend class Listener;
    /// Something that happened: a block, or a transaction that entered the pool.
    struct Event {
        CommittedBlockPtr block{};
        TransactionPtr transaction{};
        size_t size = 0;
    };
    using EventPtr = std::shared_ptr<const Event>;
    class Writer;

    void add(Event event);
    void drop_oldest();
    void wake();
    void run();
    /// Tells a listener what it can take. Returns the first event it may still need.
    uint64_t tell(Listener& listener);
    static bool write_event(Listener& listener, const Event& event, Writer& writer);
    struct Found {
        EventPtr event{};      ///< null: nothing has happened since
        bool is_lost = false;  ///< it had to make room
    };
    Found event_at(uint64_t number);
    bool reserve(const Subscription& subscription);
    void release(const Subscription& subscription);
    uint64_t next_event();
    std::atomic<size_t>& interest_of(Subscription::Kind kind);

    Chain& chain_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_work_ = false;
    bool is_stopping_ = false;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::deque<EventPtr> events_;
    uint64_t first_event_ = 0;  ///< the number of the first of them
    size_t events_size_ = 0;
    size_t count_ = 0;  ///< of subscriptions
    size_t conditions_size_ = 0;
    /// Subscriptions to blocks and to transactions: events that nobody wants are not kept.
    std::atomic<size_t> block_interest_ = 0;
    std::atomic<size_t> transaction_interest_ = 0;
    std::atomic<size_t> no_interest_ = 0;
    Chain::Subscription blocks_;
    Chain::Subscription transactions_;
    Thread thread_;  ///< last: it uses all of the above
};

/// One body's worth of requests over a connection that can be told of things.
struct Visit {
    std::shared_ptr<Listener> listener;
    std::vector<std::string> opened{};  ///< subscriptions that begin once the answer is on its way
};

}  // namespace plume::rpc
