#include "consensus/solo.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

#include "contracts/addresses.hpp"
#include "contracts/catalog.hpp"
#include "contracts/scheduler.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"
#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace std::chrono_literals;

const Address alice = address_of(test::key(1));
const Address bob = address_of(test::key(2));

class SoloTest : public testing::Test {
protected:
    SoloTest() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.timestamp = 1'000;
        genesis.has_native_contracts = false;
        for (uint16_t i = 1; i <= 8; ++i)
            genesis.accounts[address_of(test::key(i))].balance = 1'000'000'000'000'000'000_u256;
        auto opened = Chain::open(directory.path(), genesis, {});
        EXPECT_TRUE(opened.ok());
        chain = std::move(opened).value();
    }

    SoloOptions options(std::optional<std::chrono::milliseconds> block_time = std::nullopt) {
        return {.block_time = block_time, .clock = [this] { return clock.load(); }};
    }

    /// Waits until `holds`, ten seconds at most.
    static bool eventually(auto&& holds) {
        for (int i = 0; i < 10'000; ++i) {
            if (holds()) return true;
            std::this_thread::sleep_for(1ms);
        }
        return false;
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<Chain> chain;
    std::atomic<uint64_t> clock{2'000};
};

TEST_F(SoloTest, a_waiting_transaction_makes_a_block) {
    const Solo solo(*chain, options());
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 0, bob, u256{1u})).ok());
    EXPECT_TRUE(eventually([&] { return chain->head()->number() == 1; }));
    EXPECT_EQ(chain->head()->header().timestamp, 2'000u);
    EXPECT_EQ(chain->pool().counts().executable, 0u);
}

TEST_F(SoloTest, blocks_of_a_strict_chain_are_each_later_and_take_the_clock_along) {
    SoloOptions strict = options();
    strict.is_manual = true;
    strict.is_strict = true;
    Solo solo(*chain, strict);
    for (uint64_t i = 0; i < 5; ++i) EXPECT_EQ(solo.mine()->block.header.timestamp, 2'000 + i);
    solo.increase_time(100).value();
    EXPECT_EQ(solo.mine()->block.header.timestamp, 2'104u);
    clock = 2'010;
    EXPECT_EQ(solo.mine()->block.header.timestamp, 2'114u);
}

TEST_F(SoloTest, what_waited_before_the_start_is_not_forgotten) {
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 0, bob, u256{1u})).ok());
    const Solo solo(*chain, options());
    EXPECT_TRUE(eventually([&] { return chain->head()->number() == 1; }));
}

TEST_F(SoloTest, without_transactions_there_are_no_blocks_but_those_asked_for) {
    Solo solo(*chain, options());
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(chain->head()->number(), 0u);
    const CommittedBlockPtr block = solo.mine();
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(block->block.header.number, 1u);
    EXPECT_EQ(chain->head()->hash(), block->block.hash);
    EXPECT_EQ(solo.mine()->block.header.number, 2u);
}

TEST_F(SoloTest, a_transaction_that_cannot_run_makes_no_block) {
    const Solo solo(*chain, options());
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 1, bob, u256{1u})).ok());
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(chain->head()->number(), 0u);
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 0, bob, u256{1u})).ok());
    EXPECT_TRUE(eventually([&] { return chain->pool().counts().executable == 0; }));
    EXPECT_EQ(chain->head()->account(alice)->nonce, 2u);
}

TEST_F(SoloTest, a_block_time_makes_blocks_with_or_without_transactions) {
    const auto start = std::chrono::steady_clock::now();
    const Solo solo(*chain, options(20ms));
    EXPECT_TRUE(eventually([&] { return chain->head()->number() >= 4; }));
    EXPECT_GE(std::chrono::steady_clock::now() - start, 60ms) << "the first block comes at once";
}

TEST_F(SoloTest, the_next_timestamp_holds_for_one_block_and_time_goes_on_from_it) {
    Solo solo(*chain, options());
    ASSERT_TRUE(solo.set_next_timestamp(5'000).ok());
    EXPECT_EQ(solo.now(), 5'000u);
    clock += 7;
    EXPECT_EQ(solo.mine()->block.header.timestamp, 5'000u);
    EXPECT_EQ(solo.mine()->block.header.timestamp, 5'007u);
}

TEST_F(SoloTest, time_moves_forward_only_and_not_for_ever) {
    Solo solo(*chain, options());
    EXPECT_FALSE(solo.set_next_timestamp(999).ok());
    EXPECT_TRUE(solo.set_next_timestamp(1'000).ok());
    EXPECT_EQ(solo.mine()->block.header.timestamp, 1'000u);
    EXPECT_FALSE(solo.set_next_timestamp(timestamp_max + 1).ok());
    EXPECT_FALSE(solo.increase_time(timestamp_max).ok());
    EXPECT_FALSE(solo.increase_time(~uint64_t{0}).ok());
    EXPECT_TRUE(solo.set_next_timestamp(timestamp_max).ok());
    EXPECT_EQ(solo.mine()->block.header.timestamp, timestamp_max);
}

TEST_F(SoloTest, added_time_adds_up) {
    Solo solo(*chain, options());
    EXPECT_EQ(*solo.increase_time(100), 100);
    EXPECT_EQ(*solo.increase_time(50), 150);
    EXPECT_EQ(solo.mine()->block.header.timestamp, 2'150u);
}

TEST_F(SoloTest, a_clock_that_goes_back_does_not_take_the_chain_with_it) {
    Solo solo(*chain, options());
    EXPECT_EQ(solo.mine()->block.header.timestamp, 2'000u);
    clock = 1'500;
    EXPECT_EQ(solo.mine()->block.header.timestamp, 2'000u);
}

TEST_F(SoloTest, many_threads_may_submit_and_all_is_included_once) {
    const Solo solo(*chain, options());
    constexpr uint64_t each = 100;
    {
        std::vector<std::jthread> threads;
        for (uint16_t worker = 1; worker <= 8; ++worker)
            threads.emplace_back([&, worker] {
                for (uint64_t nonce = 0; nonce < each; ++nonce) {
                    const auto sent = chain->submit(
                        test::signed_payment(test::key(worker), nonce, bob, u256{1u}));
                    EXPECT_TRUE(sent.ok()) << nonce << ": " << sent.error().what;
                }
            });
    }
    EXPECT_TRUE(eventually([&] { return chain->pool().counts().executable == 0; }));
    for (uint16_t worker = 1; worker <= 8; ++worker)
        EXPECT_EQ(chain->head()->account(address_of(test::key(worker)))->nonce, each);
}

/// Waits for an hour under load, so that whatever must not wait shows.
SoloOptions patient(SoloOptions options) {
    options.gathering = {.count_min = 4, .step = 1h, .time_max = 1h};
    return options;
}

TEST_F(SoloTest, under_load_transactions_gather_until_somebody_asks) {
    for (uint64_t nonce = 0; nonce < 4; ++nonce)
        ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
    Solo solo(*chain, patient(options()));
    ASSERT_TRUE(eventually([&] { return chain->head()->number() == 1; }));
    for (uint64_t nonce = 4; nonce < 7; ++nonce)
        ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
    EXPECT_EQ(solo.mine()->block.transactions.size(), 3u);
    EXPECT_EQ(chain->head()->number(), 2u);
}

TEST_F(SoloTest, without_load_nothing_waits_for_more) {
    for (uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
    const Solo solo(*chain, patient(options()));
    ASSERT_TRUE(eventually([&] { return chain->head()->number() == 1; }));
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 3, bob, u256{1u})).ok());
    EXPECT_TRUE(eventually([&] { return chain->head()->number() == 2; }));
}

TEST_F(SoloTest, what_gathers_is_in_a_block_when_no_more_comes_or_the_time_is_over) {
    for (const Gathering& gathering : {Gathering{.count_min = 4, .step = 1us, .time_max = 1h},
                                       Gathering{.count_min = 4, .step = 1h, .time_max = 1us}}) {
        const uint64_t first = chain->head()->account(alice)->nonce;
        const uint64_t before = chain->head()->number();
        for (uint64_t nonce = first; nonce < first + 4; ++nonce)
            ASSERT_TRUE(
                chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
        SoloOptions hasty = options();
        hasty.gathering = gathering;
        const Solo solo(*chain, hasty);
        ASSERT_TRUE(eventually([&] { return chain->head()->number() == before + 1; }));
        ASSERT_TRUE(
            chain->submit(test::signed_payment(test::key(1), first + 4, bob, u256{1u})).ok());
        EXPECT_TRUE(eventually([&] { return chain->head()->number() == before + 2; }));
    }
}

/// With the Scheduler, and a job of alice's that calls the Launcher's `count` in vain.
class SoloSchedule : public SoloTest {
protected:
    SoloSchedule() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.timestamp = 1'000;
        genesis.accounts[alice].balance = 1'000'000'000'000'000'000_u256;
        chain = Chain::open(second_directory.path(), genesis, native_types()).value();
    }

    TransactionPtr schedule(uint64_t due, const Recurrence& recurrence) {
        Transaction fields = test::payment(nonce++, contracts::scheduler, {});
        fields.gas_limit = 1'000'000;
        fields.value = 10'000'000'000'000'000_u256;
        fields.data = test::World::calldata<
            "schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 period, "
            "uint8 unit, uint32 count) recurrence)">(contracts::launcher,
                                                     test::World::calldata<"count()">(),
                                                     uint64_t{50'000}, due, recurrence);
        return sign_transaction(fields, test::key(1));
    }
    bool reaches(uint64_t number) {
        return eventually([&] { return chain->head()->number() >= number; });
    }
    size_t calls_in(uint64_t number) {
        size_t out = 0;
        const Block block = chain->head()->block(number).value();
        for (const TransactionPtr& transaction : block.transactions)
            out += transaction->fields.type == TransactionType::system ? 1 : 0;
        return out;
    }

    test::TemporaryDirectory second_directory;
    uint64_t nonce = 0;
};

TEST_F(SoloSchedule, a_call_that_falls_due_makes_a_block) {
    Solo solo(*chain, options());
    ASSERT_TRUE(chain->submit(schedule(2'500, {100, Recurrence::seconds, 2})).ok());
    ASSERT_TRUE(reaches(1));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(chain->head()->number(), 1u) << "it is early";
    ASSERT_TRUE(solo.increase_time(500).ok());
    ASSERT_TRUE(reaches(2));
    EXPECT_EQ(calls_in(2), 1u);
    EXPECT_EQ(chain->head()->header().timestamp, 2'500u);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(chain->head()->number(), 2u) << "one block, and rest";
    ASSERT_TRUE(solo.set_next_timestamp(9'000).ok());
    ASSERT_TRUE(reaches(3));
    EXPECT_EQ(calls_in(3), 1u);
    EXPECT_EQ(chain->head()->header().timestamp, 9'000u);
    EXPECT_EQ(chain->next_due(), std::nullopt);
}

TEST_F(SoloSchedule, a_call_that_fell_due_while_the_node_was_down_is_made_at_the_start) {
    ASSERT_TRUE(chain->submit(schedule(1'100, {1, Recurrence::seconds, 1})).ok());
    chain->commit(chain->execute(chain->propose(1'050)));
    const Solo solo(*chain, options());
    ASSERT_TRUE(reaches(2));
    EXPECT_EQ(calls_in(2), 1u);
}

TEST_F(SoloSchedule, time_alone_makes_the_block) {
    const Solo solo(*chain, {.block_time = {}, .clock = system_clock_seconds});
    ASSERT_TRUE(
        chain->submit(schedule(system_clock_seconds() + 2, {1, Recurrence::seconds, 1})).ok());
    ASSERT_TRUE(reaches(2));
    EXPECT_EQ(calls_in(2), 1u);
}

TEST_F(SoloTest, tells_of_each_block_and_how_long_it_took) {
    std::vector<BlockReport> reports;
    SoloOptions watched = options();
    watched.on_block = [&](const BlockReport& report) { reports.push_back(report); };
    {
        Solo solo(*chain, std::move(watched));
        solo.mine();
        solo.mine();
    }
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[1].block->block.header.number, 2u);
    EXPECT_GT(reports[1].execute.count(), 0);
    EXPECT_GT(reports[1].commit.count(), 0);
    EXPECT_EQ(reports[1].alarms, 0u);
}

TEST_F(SoloTest, an_idle_thread_gives_a_sign_of_life_when_it_is_nudged) {
    Solo solo(*chain, options());
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually([&] {
        solo.nudge();
        return solo.last_beat() > before;
    }));
    EXPECT_FALSE(solo.is_finished());
    solo.stop();
    EXPECT_TRUE(eventually([&] { return solo.is_finished(); }));
}

TEST_F(SoloTest, a_thread_that_hangs_gives_no_sign_of_life) {
    std::atomic<bool> hangs{true};
    std::atomic<bool> is_inside{false};
    SoloOptions hanging = options();
    hanging.tracer = [&] {
        is_inside = true;
        while (hangs) std::this_thread::sleep_for(1ms);
        return std::unique_ptr<Tracer>();
    };
    Solo solo(*chain, std::move(hanging));
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 0, bob, u256{1u})).ok());
    ASSERT_TRUE(eventually([&] { return is_inside.load(); }));
    const auto silent_since = solo.last_beat();
    solo.nudge();
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(solo.last_beat(), silent_since);
    hangs = false;
    EXPECT_TRUE(eventually([&] { return solo.last_beat() > silent_since; }));
}

TEST_F(SoloTest, stopping_lets_go_of_those_who_wait) {
    auto solo = std::make_unique<Solo>(*chain, options());
    std::atomic<bool> is_done{false};
    Solo& held = *solo;
    std::jthread waiter([&] {
        while (held.mine()) {
        }
        is_done = true;
    });
    EXPECT_TRUE(eventually([&] { return chain->head()->number() >= 1; }));
    held.stop();
    EXPECT_TRUE(eventually([&] { return is_done.load(); }));
}

/// Keeps blocks from being told of, so that those after the first stay under way.
class Hold {
public:
    explicit Hold(Chain& chain)
        : chain_(chain),
          subscription_(chain.on_block([this](const CommittedBlockPtr&) { gate_.acquire(); })) {}
    ~Hold() {
        release();
        chain_.unsubscribe(subscription_);
    }
    void release() { gate_.release(1'000); }

private:
    Chain& chain_;
    std::counting_semaphore<> gate_{0};
    Chain::Subscription subscription_;
};

TEST_F(SoloTest, stopping_finishes_the_blocks_under_way) {
    auto hold = std::make_unique<Hold>(*chain);
    auto solo = std::make_unique<Solo>(*chain, options());
    for (uint64_t nonce = 0; nonce < 2; ++nonce) {
        ++clock;
        ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
        ASSERT_TRUE(eventually([&] { return chain->newest_timestamp() == clock; }));
    }
    std::atomic<bool> is_gone{false};
    std::jthread stopper([&] {
        solo.reset();
        is_gone = true;
    });
    std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(is_gone) << "two blocks are under way";
    hold->release();
    stopper.join();
    EXPECT_EQ(chain->head()->number(), 2u);
    EXPECT_EQ(chain->head()->account(alice)->nonce, 2u);
    EXPECT_EQ(chain->pool().counts().executable, 0u);
    hold.reset();
}

TEST_F(SoloTest, mining_waits_for_the_disk_and_time_goes_on_from_what_is_under_way) {
    Hold hold(*chain);
    Solo solo(*chain, options());
    ASSERT_TRUE(solo.set_next_timestamp(5'000).ok());
    std::atomic<uint64_t> mined_at{0};
    std::jthread miner([&] { mined_at = solo.mine()->block.header.timestamp; });
    ASSERT_TRUE(eventually([&] { return chain->newest_timestamp() == 5'000; }));
    EXPECT_FALSE(solo.set_next_timestamp(4'999).ok()) << "a block that late is under way";
    ASSERT_TRUE(solo.set_next_timestamp(6'000).ok());
    std::jthread second([&] { solo.mine(); });
    ASSERT_TRUE(eventually([&] { return chain->newest_timestamp() == 6'000; }));
    EXPECT_EQ(mined_at, 0u);
    hold.release();
    miner.join();
    second.join();
    EXPECT_EQ(mined_at, 5'000u);
    EXPECT_EQ(chain->head()->number(), 2u) << "one block for each who asked";
    EXPECT_EQ(chain->head()->header().timestamp, 6'000u);
}

TEST_F(SoloSchedule, a_call_in_a_block_under_way_is_not_made_again) {
    Hold hold(*chain);
    Solo solo(*chain, options());
    ASSERT_TRUE(chain->submit(schedule(2'500, {100, Recurrence::seconds, 2})).ok());
    ASSERT_TRUE(reaches(1)) << "on disk, and held from here on";
    ASSERT_TRUE(solo.set_next_timestamp(2'500).ok());
    ASSERT_TRUE(eventually([&] { return chain->newest_timestamp() == 2'500; }));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(chain->head()->number(), 1u);
    hold.release();
    ASSERT_TRUE(reaches(2));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(chain->head()->number(), 2u);
    EXPECT_EQ(calls_in(2), 1u);
}

}  // namespace
}  // namespace plume
