#include "chain/chain.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <semaphore>
#include <thread>

#include "chain/validate.hpp"
#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "support/lost_disk.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const PrivateKey alice_key = test::key(1);
const PrivateKey bob_key = test::key(2);
const Address alice = address_of(alice_key);
const Address bob = address_of(bob_key);
using test::signed_payment;

Genesis genesis() {
    Genesis out;
    out.chain_id = test::chain_id;
    out.timestamp = 1'000;
    out.accounts[alice].balance = 1'000'000'000'000'000'000_u256;
    out.accounts[bob].balance = 1'000'000'000'000'000'000_u256;
    return out;
}

class ChainTest : public testing::Test {
protected:
    ChainTest() { open(); }

    void open() {
        chain.reset();
        auto opened = Chain::open(directory.path(), genesis(), native_types());
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        chain = std::move(opened).value();
    }

    CommittedBlockPtr produce(uint64_t timestamp = 2'000) {
        return chain->commit(chain->execute(chain->propose(timestamp)));
    }

    u256 balance(const Address& address) { return chain->head()->account(address)->balance; }

    test::TemporaryDirectory directory;
    std::unique_ptr<Chain> chain;
};

TEST_F(ChainTest, founding_makes_block_zero_with_the_allocations) {
    EXPECT_EQ(chain->head()->number(), 0u);
    EXPECT_EQ(chain->head()->hash(), chain->genesis_hash());
    EXPECT_EQ(balance(alice), 1'000'000'000'000'000'000_u256);
    EXPECT_EQ(chain->rules().chain_id, 31'337u);
}

TEST_F(ChainTest, a_submitted_payment_is_in_the_next_block) {
    const TransactionPtr transaction = signed_payment(alice_key, 0, bob, u256{5u});
    const auto hash = chain->submit(transaction->raw);
    ASSERT_TRUE(hash.ok()) << hash.error().what;
    EXPECT_EQ(*hash, transaction->hash);
    EXPECT_EQ(chain->pending_nonce(alice), 1u);

    const CommittedBlockPtr block = produce();
    ASSERT_EQ(block->block.transactions.size(), 1u);
    EXPECT_TRUE(block->receipts[0].success);
    EXPECT_EQ(block->receipts[0].gas_used, 21'000u);
    EXPECT_EQ(balance(bob), 1'000'000'000'000'000'005_u256);
    EXPECT_EQ(chain->pool().counts().executable, 0u);
    EXPECT_EQ(chain->pending_nonce(alice), 1u);
    const auto location = chain->head()->locate(transaction->hash);
    ASSERT_TRUE(location.has_value());
    EXPECT_EQ(location->block_number, 1u);
}

TEST_F(ChainTest, what_is_sent_while_a_block_is_committed_is_not_left_behind) {
    constexpr uint64_t count = 2'000;
    std::vector<TransactionPtr> payments;
    for (uint64_t nonce = 0; nonce < count; ++nonce)
        payments.push_back(signed_payment(alice_key, nonce, bob, u256{1u}));
    std::atomic<bool> is_over = false;
    std::jthread producer([&] {
        while (!is_over)
            if (chain->pool().counts().executable > 0)
                produce();
            else
                std::this_thread::yield();
    });
    std::mt19937_64 random(1);
    for (const TransactionPtr& payment : payments) {
        if (const auto taken = chain->submit(payment); !taken) {
            ADD_FAILURE() << payment->fields.nonce << ": " << taken.error().what;
            break;
        }
        const auto pause = std::chrono::microseconds(random() % 500);
        const auto end = std::chrono::steady_clock::now() + pause;
        while (std::chrono::steady_clock::now() < end) {
        }
    }
    is_over = true;
    producer.join();
    while (chain->pool().counts().executable > 0) produce();
    EXPECT_EQ(chain->pool().counts().queued, 0u);
    EXPECT_EQ(chain->head()->account(alice)->nonce, count);
}

TEST_F(ChainTest, the_pending_nonce_never_goes_back_while_blocks_are_made) {
    constexpr uint64_t count = 200;
    std::atomic<bool> is_done = false;
    uint64_t seen = 0;
    bool went_back = false;
    std::jthread reader([&] {
        while (!is_done) {
            const uint64_t now = chain->pending_nonce(alice);
            went_back |= now < seen;
            seen = now;
        }
    });
    for (uint64_t nonce = 0; nonce < count; ++nonce) {
        ASSERT_TRUE(chain->submit(signed_payment(alice_key, nonce, bob, u256{1u})->raw).ok());
        produce(2'000 + nonce);
    }
    is_done = true;
    reader.join();
    EXPECT_FALSE(went_back);
    EXPECT_EQ(chain->pending_nonce(alice), count);
}

TEST_F(ChainTest, what_is_known_or_used_up_is_refused) {
    const TransactionPtr transaction = signed_payment(alice_key, 0, bob, u256{5u});
    ASSERT_TRUE(chain->submit(transaction->raw).ok());
    EXPECT_EQ(chain->submit(transaction->raw).error().what, "already known");
    produce();
    EXPECT_EQ(chain->submit(transaction->raw).error().what,
              "nonce too low: next nonce 1, tx nonce 0");
}

TEST_F(ChainTest, garbage_and_oversized_bytes_are_refused_before_anything_else) {
    EXPECT_FALSE(chain->submit(Bytes{}).ok());
    EXPECT_FALSE(chain->submit(Bytes{0x02, 0xc0}).ok());
    const auto oversized = chain->submit(Bytes(transaction_size_max + 1, 0xff));
    EXPECT_TRUE(oversized.error().what.starts_with("oversized data")) << oversized.error().what;
}

TEST_F(ChainTest, an_empty_block_can_be_made_and_time_never_runs_back) {
    EXPECT_EQ(produce(5'000)->block.header.timestamp, 5'000u);
    EXPECT_EQ(produce(4'000)->block.header.timestamp, 5'000u);
    EXPECT_EQ(chain->next_environment(10).timestamp, 5'000u);
    EXPECT_EQ(chain->next_environment(6'000).number, 3u);
}

TEST_F(ChainTest, a_restart_goes_on_from_the_same_head) {
    ASSERT_TRUE(chain->submit(signed_payment(alice_key, 0, bob, u256{5u})).ok());
    produce();
    const Header head = chain->head()->header();
    open();
    EXPECT_EQ(chain->head()->header(), head);
    ASSERT_TRUE(chain->submit(signed_payment(alice_key, 1, bob, u256{6u})).ok());
    EXPECT_EQ(produce()->block.header.number, 2u);
    EXPECT_EQ(balance(bob), 1'000'000'000'000'000'011_u256);
    const auto verified = verify(*chain->head());
    ASSERT_TRUE(verified.ok()) << verified.error().what;
    EXPECT_EQ(verified->blocks, 3u);
    EXPECT_EQ(verified->transactions, 2u);
}

TEST_F(ChainTest, an_existing_chain_opens_without_a_genesis_but_not_with_another) {
    chain.reset();
    Genesis other = genesis();
    other.chain_id = 1;
    EXPECT_FALSE(Chain::open(directory.path(), other, native_types()).ok());
    const auto same = Chain::open(directory.path(), std::nullopt, native_types());
    ASSERT_TRUE(same.ok()) << same.error().what;
    EXPECT_EQ((*same)->rules().chain_id, 31'337u);
}

TEST_F(ChainTest, a_state_that_is_not_kept_is_refused_with_the_range_of_those_that_are) {
    for (int i = 0; i < 5; ++i) produce();
    ASSERT_TRUE(chain->at(uint64_t{0}).ok());
    chain.reset();
    chain = Chain::open(directory.path(), genesis(), native_types(), {.history = 2}).value();
    EXPECT_TRUE(chain->at(uint64_t{4}).ok());
    EXPECT_TRUE(chain->at(BlockTag::latest).ok());
    const std::string sentence =
        "historical state of block 3 is not available: this node keeps the states of blocks 4 to 5";
    EXPECT_EQ(chain->at(uint64_t{3}).error().what, sentence);
    EXPECT_EQ(chain->at(*chain->head()->hash(3)).error().what, sentence);
    EXPECT_FALSE(chain->at(BlockTag::earliest).ok());
    EXPECT_EQ(chain->at(uint64_t{6}).error().what, "header not found");
    // Blocks are all there.
    EXPECT_EQ(chain->header_of(uint64_t{3})->number, 3U);
    EXPECT_EQ(chain->header_of(BlockTag::earliest)->number, 0U);
    EXPECT_EQ(chain->header_of(uint64_t{6}).error().what, "header not found");
    EXPECT_TRUE(chain->environment_at(uint64_t{3}, 0).ok());
    produce();
    EXPECT_FALSE(chain->at(uint64_t{4}).ok());
    EXPECT_TRUE(chain->at(uint64_t{5}).ok());
    EXPECT_TRUE(verify(*chain->head()).ok());
}

TEST(Chain, an_empty_directory_needs_a_genesis) {
    const test::TemporaryDirectory directory;
    const auto opened = Chain::open(directory.path(), std::nullopt, native_types());
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().what.find("genesis"), std::string::npos) << opened.error().what;
}

TEST_F(ChainTest, earlier_blocks_answer_by_number_hash_and_name) {
    ASSERT_TRUE(chain->submit(signed_payment(alice_key, 0, bob, u256{5u})).ok());
    produce();
    produce();
    const auto balance_at = [&](const BlockId& block) {
        return (*chain->at(block))->account(bob)->balance;
    };
    EXPECT_EQ(balance_at(uint64_t{0}), 1'000'000'000'000'000'000_u256);
    EXPECT_EQ(balance_at(uint64_t{1}), 1'000'000'000'000'000'005_u256);
    EXPECT_EQ(balance_at(chain->genesis_hash()), 1'000'000'000'000'000'000_u256);
    EXPECT_EQ(balance_at(BlockTag::earliest), 1'000'000'000'000'000'000_u256);
    for (const BlockTag tag :
         {BlockTag::latest, BlockTag::safe, BlockTag::finalized, BlockTag::pending})
        EXPECT_EQ((*chain->at(tag))->number(), 2u);
    EXPECT_EQ(chain->at(uint64_t{3}).error().what, "header not found");
    EXPECT_FALSE(chain->at(Hash{}).ok());
    EXPECT_EQ(chain->environment_at(uint64_t{1}, 0)->number, 1u);
    EXPECT_EQ(chain->environment_at(BlockTag::pending, 0)->number, 3u);
}

TEST_F(ChainTest, subscribers_hear_of_blocks_and_pending_until_they_leave) {
    std::vector<uint64_t> blocks;
    std::vector<Hash> pending;
    const auto on_block = chain->on_block([&](const CommittedBlockPtr& block) {
        EXPECT_EQ(chain->head()->hash(), block->block.hash);
        blocks.push_back(block->block.header.number);
    });
    const auto on_pending = chain->on_pending(
        [&](const TransactionPtr& transaction) { pending.push_back(transaction->hash); });
    const TransactionPtr first = signed_payment(alice_key, 0, bob, u256{5u});
    ASSERT_TRUE(chain->submit(first).ok());
    ASSERT_FALSE(chain->submit(first).ok());
    produce();
    chain->unsubscribe(on_block);
    chain->unsubscribe(on_pending);
    ASSERT_TRUE(chain->submit(signed_payment(alice_key, 1, bob, u256{5u})).ok());
    produce();
    EXPECT_EQ(blocks, std::vector<uint64_t>{1});
    EXPECT_EQ(pending, std::vector<Hash>{first->hash});
}

TEST_F(ChainTest, a_transaction_that_became_invalid_leaves_the_pool) {
    const u256 nearly_all = 999'000'000'000'000'000_u256;
    ASSERT_TRUE(chain->submit(signed_payment(alice_key, 0, bob, nearly_all)).ok());
    produce();
    // Passed the pool before the first was mined, as a second node would have let it.
    const Executed executed = plume::execute(*chain->head(), *chain->head(), chain->rules(), [&] {
        Proposal proposal = chain->propose(2'000);
        proposal.transactions = {signed_payment(alice_key, 1, bob, nearly_all)};
        return proposal;
    }());
    ASSERT_EQ(executed.refused.size(), 1u);
    EXPECT_TRUE(executed.refused[0].reason.what.starts_with("insufficient funds"));
    EXPECT_TRUE(executed.block.transactions.empty());
}

/// Commits wait behind a subscriber until they are let go.
class ChainUnderWay : public ChainTest {
protected:
    ChainUnderWay()
        : holding_(chain->on_block([this](const CommittedBlockPtr&) { gate_.acquire(); })) {}
    ~ChainUnderWay() override {
        release();
        chain->settle();
        chain->unsubscribe(holding_);
    }

    void release() { gate_.release(1'000); }
    /// A block with what waits in the pool becomes the tip.
    Hash extend(uint64_t timestamp = 2'000) {
        Executed executed = chain->execute(chain->propose(timestamp));
        const Hash hash = executed.block.hash;
        chain->commit_later(std::move(executed));
        return hash;
    }
    void submit(uint64_t nonce) {
        const auto sent = chain->submit(signed_payment(alice_key, nonce, bob, u256{1u}));
        ASSERT_TRUE(sent.ok()) << sent.error().what;
    }
    void await_head(uint64_t number) {
        while (chain->head()->number() < number) std::this_thread::yield();
    }

private:
    std::counting_semaphore<> gate_{0};
    Chain::Subscription holding_;
};

TEST_F(ChainUnderWay, a_block_is_seen_when_it_is_on_disk_and_not_before) {
    submit(0);
    extend();
    await_head(1);
    // Held while the first is told about: the second is executed, and nobody sees it.
    submit(1);
    const TransactionPtr second = chain->propose(2'000).transactions.at(0);
    const Hash tip = extend();
    EXPECT_EQ(chain->head()->number(), 1u);
    EXPECT_EQ(chain->head()->account(alice)->nonce, 1u);
    EXPECT_EQ(chain->head()->locate(second->hash), std::nullopt);
    EXPECT_EQ(chain->pool().find(second->hash), second) << "until then it is pending";
    EXPECT_EQ(chain->pending_nonce(alice), 2u);
    EXPECT_EQ(chain->next_environment(2'000).number, 2u);
    const Proposal next = chain->propose(2'000);
    EXPECT_EQ(next.header.number, 3u);
    EXPECT_EQ(next.header.parent_hash, tip);
    EXPECT_TRUE(next.transactions.empty()) << "it is in no second block";
    EXPECT_EQ(chain->submit(second).error().what, "already known");

    release();
    chain->settle();
    EXPECT_EQ(chain->head()->hash(), tip);
    EXPECT_EQ(chain->head()->locate(second->hash)->block_number, 2u);
    EXPECT_EQ(chain->pool().find(second->hash), nullptr);
}

TEST_F(ChainUnderWay, time_and_nonces_go_on_from_the_tip) {
    submit(0);
    extend(3'000);
    submit(1);
    extend(2'500);
    EXPECT_EQ(chain->newest_timestamp(), 3'000u);
    submit(2);
    EXPECT_EQ(chain->propose(1'000).header.timestamp, 3'000u);
    ASSERT_EQ(chain->propose(1'000).transactions.size(), 1u);
    EXPECT_EQ(chain->propose(1'000).transactions[0]->fields.nonce, 2u);
}

TEST_F(ChainUnderWay, closing_the_chain_finishes_what_is_under_way) {
    submit(0);
    extend();
    await_head(1);
    submit(1);
    const Hash tip = extend();
    release();
    open();
    EXPECT_EQ(chain->head()->hash(), tip);
    EXPECT_EQ(chain->head()->account(alice)->nonce, 2u);
}

TEST_F(ChainTest, blocks_under_way_are_those_that_would_have_been_made_one_by_one) {
    test::TemporaryDirectory other;
    const auto twin = Chain::open(other.path(), genesis(), native_types()).value();
    std::mt19937_64 random(7);
    std::array<uint64_t, 2> nonces{};
    for (uint64_t block = 1; block <= 40; ++block) {
        for (size_t i = random() % 6; i-- > 0;) {
            const size_t sender = random() % 2;
            Address to;
            to[19] = static_cast<uint8_t>(1 + random() % 30);
            to[0] = 0xaa;
            const TransactionPtr payment = signed_payment(sender == 0 ? alice_key : bob_key,
                                                          nonces[sender]++, to, u256{random() % 3});
            ASSERT_TRUE(chain->submit(payment).ok());
            ASSERT_TRUE(twin->submit(payment).ok());
        }
        const CommittedBlockPtr made = produce(2'000 + block);
        Executed executed = twin->execute(twin->propose(2'000 + block));
        ASSERT_EQ(executed.block.hash, made->block.hash) << "block " << block;
        twin->commit_later(std::move(executed));
    }
    twin->settle();
    EXPECT_EQ(twin->head()->hash(), chain->head()->hash());
    EXPECT_TRUE(verify(*twin->head()).ok());
}

/// Lets the disk fail under a chain in `directory` while the next blocks are executed. The file
/// `acknowledged` says how far it was told that blocks are on disk.
void lose_the_disk(const std::filesystem::path& directory,
                   const std::filesystem::path& acknowledged) {
    const auto chain = Chain::open(directory, genesis(), native_types()).value();
    test::keep_files_from_growing(size_t{1} << 20);
    for (uint64_t nonce = 0; nonce < 20; ++nonce) {
        Transaction fields = test::payment(nonce, bob, u256{1u});
        fields.data = Bytes(100'000, 1);
        fields.gas_limit = 5'000'000;
        const auto sent = chain->submit(sign_transaction(std::move(fields), alice_key));
        check(sent.ok(), sent.ok() ? "" : sent.error().what);
        chain->commit_later(
            chain->execute(chain->propose(2'000)), [&](const CommittedBlockPtr& block) {
                std::ofstream(acknowledged) << block->block.header.number << std::flush;
            });
    }
    chain->settle();
}

TEST(ChainDeathTest, a_commit_that_fails_stops_the_node_and_what_was_ahead_has_never_been) {
    // The dying process finds its directory where this one left its name.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    constexpr const char* variable = "PLUME_TEST_LOST_DISK";
    const test::TemporaryDirectory own;
    const char* given = std::getenv(variable);
    const std::filesystem::path place = given != nullptr ? given : own.path();
    ::setenv(variable, place.c_str(), 1);
    EXPECT_DEATH(lose_the_disk(place / "data", place / "acknowledged"),
                 "the node stops: cannot write");
    ::unsetenv(variable);
    uint64_t acknowledged = 0;
    std::ifstream(place / "acknowledged") >> acknowledged;
    EXPECT_GT(acknowledged, 0u);
    EXPECT_LT(acknowledged, 20u);
    const auto chain = Chain::open(place / "data", genesis(), native_types());
    ASSERT_TRUE(chain.ok()) << chain.error().what;
    const uint64_t head = (*chain)->head()->number();
    EXPECT_GE(head, acknowledged);
    EXPECT_LT(head, 20u);
    EXPECT_EQ((*chain)->head()->account(alice)->nonce, head);
    EXPECT_TRUE(verify(*(*chain)->head()).ok());
}

}  // namespace
}  // namespace plume
