// What listeners are told, without a connection in between.

#include "rpc/feed.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "contracts/addresses.hpp"
#include "crypto/keccak.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;
using Kind = Subscription::Kind;

/// A listener that keeps what it is told, and is told so at its own pace.
class Ear {
public:
    explicit Ear(Feed& feed, bool is_fast = true)
        : feed_(feed),
          is_fast_(is_fast),
          listener_(feed.join([this](std::vector<std::string> texts) { take(std::move(texts)); },
                              [this] { note_dropped(); })) {}
    ~Ear() { feed_.leave(listener_); }

    Listener& listener() { return *listener_; }
    std::string subscribe(Subscription subscription) {
        const auto id = listener_->open(std::move(subscription));
        EXPECT_TRUE(id.ok());
        listener_->begin({id.value()});
        return id.value();
    }

    /// The results of the first `count` notifications, which come sooner or later.
    std::vector<Json> wait_for(size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60),
                                      [&] { return results_.size() >= count; }))
            << results_.size() << " of " << count;
        return results_;
    }
    bool is_dropped_sometime() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return is_dropped_; });
    }
    size_t size() {
        const std::lock_guard lock(mutex_);
        return size_;
    }

private:
    void take(std::vector<std::string> texts) {
        size_t size = 0;
        {
            const std::lock_guard lock(mutex_);
            for (const std::string& text : texts) {
                const Json told = boost::json::parse(text);
                EXPECT_EQ(told.at("method"), "eth_subscription");
                results_.push_back(told.at("params").at("result"));
                size += text.size();
            }
            size_ += size;
            changed_.notify_all();
        }
        if (is_fast_) listener_->sent(size);
    }
    void note_dropped() {
        const std::lock_guard lock(mutex_);
        is_dropped_ = true;
        changed_.notify_all();
    }

    Feed& feed_;
    const bool is_fast_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Json> results_;
    size_t size_ = 0;
    bool is_dropped_ = false;
    std::shared_ptr<Listener> listener_;
};

class FeedTest : public testing::Test {
protected:
    TransactionPtr stamp(uint64_t number) {
        const Hash selector = keccak256("timestamp(bytes32)");
        Bytes data(selector.begin(), selector.begin() + 4);
        append(data, to_word(u256{number}));
        return world_.transaction(nonce_++, contracts::attestations, std::move(data));
    }

    test::RpcWorld world_;
    Feed feed_{world_.chain()};
    uint64_t nonce_ = 0;
};

TEST_F(FeedTest, heads_come_once_and_in_order) {
    world_.mine();
    Ear ear(feed_);
    ear.subscribe({});
    for (int i = 0; i < 50; ++i) world_.mine();
    const auto told = ear.wait_for(50);
    ASSERT_EQ(told.size(), 50u);
    for (size_t i = 0; i < told.size(); ++i)
        EXPECT_EQ(told[i].at("number"), Json(to_quantity(u256{i + 2})));
    Json block = world_.result("eth_getBlockByNumber", R"(["0x33",false])");
    for (const char* of_the_body :
         {"transactions", "uncles", "size", "totalDifficulty", "withdrawals"})
        block.as_object().erase(of_the_body);
    EXPECT_EQ(told.back(), block);
}

TEST_F(FeedTest, logs_are_those_asked_for) {
    Ear all(feed_);
    Ear some(feed_);
    Ear none(feed_);
    all.subscribe({.kind = Kind::logs});
    some.subscribe({.kind = Kind::logs, .conditions = {.topics = {{}, {to_word(u256{2u})}}}});
    none.subscribe({.kind = Kind::logs, .conditions = {.addresses = {Address{}}}});
    for (uint64_t i = 1; i <= 3; ++i) EXPECT_TRUE(world_.chain().submit(stamp(i)).ok());
    world_.mine();
    world_.run(stamp(4));
    const auto told = all.wait_for(4);
    EXPECT_EQ(Json(boost::json::array(told.begin(), told.end())),
              world_.result("eth_getLogs", R"([{"fromBlock":"0x1"}])"));
    EXPECT_EQ(some.wait_for(1).at(0), told[1]);
    EXPECT_EQ(none.size(), 0u);
}

TEST_F(FeedTest, transactions_come_as_hashes_or_whole) {
    Ear hashes(feed_);
    Ear whole(feed_);
    hashes.subscribe({.kind = Kind::transactions});
    whole.subscribe({.kind = Kind::transactions, .is_full = true});
    const auto transaction = stamp(1);
    EXPECT_TRUE(world_.chain().submit(transaction).ok());
    EXPECT_EQ(hashes.wait_for(1).at(0), Json(to_hex(transaction->hash)));
    EXPECT_EQ(whole.wait_for(1).at(0),
              world_.result("eth_getTransactionByHash", "[\"" + to_hex(transaction->hash) + "\"]"));
}

TEST_F(FeedTest, syncing_is_answered_at_once) {
    Ear ear(feed_);
    ear.subscribe({.kind = Kind::syncing});
    EXPECT_EQ(ear.wait_for(1).at(0), false);
}

TEST_F(FeedTest, a_subscription_is_silent_before_it_begins_and_after_it_is_closed) {
    Ear ear(feed_);
    Ear other(feed_);
    other.subscribe({});
    const auto id = ear.listener().open({});
    world_.mine();
    other.wait_for(1);
    ear.listener().begin({id.value()});
    world_.mine();
    EXPECT_EQ(ear.wait_for(1).at(0).at("number"), "0x2");
    EXPECT_TRUE(ear.listener().close(id.value()));
    EXPECT_FALSE(ear.listener().close(id.value()));
    world_.mine();
    other.wait_for(3);
    EXPECT_EQ(ear.wait_for(1).size(), 1u);
}

TEST_F(FeedTest, a_connection_has_128_subscriptions_and_all_have_8192) {
    std::vector<std::unique_ptr<Ear>> ears;
    const auto fill = [&](Ear& ear) {
        size_t count = 0;
        while (ear.listener().open({}).ok()) ++count;
        return count;
    };
    ears.push_back(std::make_unique<Ear>(feed_));
    EXPECT_EQ(fill(*ears.back()), Listener::subscriptions_max);
    EXPECT_EQ(ears.back()->listener().open({}).error().code, code::limit_exceeded);
    size_t count = Listener::subscriptions_max;
    while (count < Feed::all_subscriptions_max) {
        ears.push_back(std::make_unique<Ear>(feed_));
        count += fill(*ears.back());
    }
    EXPECT_EQ(count, Feed::all_subscriptions_max);
    Ear late(feed_);
    EXPECT_FALSE(late.listener().open({}).ok());
    ears.pop_back();
    EXPECT_TRUE(late.listener().open({}).ok());
}

TEST_F(FeedTest, a_reader_that_takes_nothing_is_sent_a_mebibyte_and_given_up) {
    Ear deaf(feed_, false);
    Ear keen(feed_);
    // 64 subscriptions to heads: some 90 KB a block.
    for (int i = 0; i < 64; ++i) deaf.subscribe({});
    keen.subscribe({});
    for (int i = 0; i < 40; ++i) world_.mine();
    keen.wait_for(40);
    EXPECT_TRUE(deaf.is_dropped_sometime());
    EXPECT_GE(deaf.size(), Listener::unsent_size_max);
    EXPECT_LT(deaf.size(), Listener::unsent_size_max + 10'000);
    // Its subscriptions are gone, and others hear on.
    world_.mine();
    EXPECT_EQ(keen.wait_for(41).size(), 41u);
}

TEST_F(FeedTest, a_reader_that_takes_in_pieces_misses_nothing) {
    Ear slow(feed_, false);
    for (int i = 0; i < 64; ++i) slow.subscribe({});
    constexpr size_t blocks = 40;
    for (size_t i = 0; i < blocks; ++i) world_.mine();
    size_t sent = 0;
    for (int i = 0; i < 10'000 && slow.wait_for(1).size() < 64 * blocks; ++i) {
        const size_t step = std::min<size_t>(slow.size() - sent, 100'000);
        slow.listener().sent(step);
        sent += step;
        std::this_thread::sleep_for(milliseconds(1));
    }
    const auto told = slow.wait_for(64 * blocks);
    ASSERT_EQ(told.size(), 64 * blocks);
    for (size_t i = 0; i < told.size(); ++i)
        EXPECT_EQ(told[i].at("number"), Json(to_quantity(u256{i / 64 + 1})));
}

TEST_F(FeedTest, comes_and_goes_under_load) {
    std::atomic<bool> is_over = false;
    std::vector<std::thread> visitors;
    for (int i = 0; i < 8; ++i)
        visitors.emplace_back([&] {
            while (!is_over) {
                Ear ear(feed_);
                const std::string id = ear.subscribe({.kind = Kind::logs});
                ear.subscribe({});
                ear.subscribe({.kind = Kind::transactions});
                ear.listener().close(id);
            }
        });
    for (uint64_t i = 0; i < 50; ++i) world_.run(stamp(i));
    is_over = true;
    for (std::thread& visitor : visitors) visitor.join();
}

}  // namespace
}  // namespace plume::rpc
