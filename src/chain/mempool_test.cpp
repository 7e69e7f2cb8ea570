#include "chain/mempool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <thread>

#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const Address recipient = address_of(test::key(999));
constexpr u256 rich = 1'000'000'000'000'000'000_u256;
const u256 no_base_fee;

/// Transactions for a pool need no real signature: only their sender, hash and size count here.
TransactionPtr transaction(uint16_t sender, uint64_t nonce, uint64_t tip, uint64_t salt = 0) {
    auto out = std::make_shared<SignedTransaction>();
    out->fields = test::payment(nonce, recipient, u256{1u});
    out->fields.max_fee_per_gas = u256{1'000'000u + tip};
    out->fields.max_priority_fee_per_gas = u256{tip};
    out->raw.resize(110);
    out->sender[18] = static_cast<uint8_t>(sender >> 8);
    out->sender[19] = static_cast<uint8_t>(sender);
    out->sender[0] = 0xaa;
    const std::array<uint64_t, 4> image{sender, nonce, tip, salt};
    std::memcpy(out->hash.data(), image.data(), 32);
    return out;
}

std::string refusal(Mempool& pool, const TransactionPtr& transaction,
                    const SenderAccount& account = {0, rich}) {
    const auto outcome = pool.add(transaction, account);
    return outcome ? "" : outcome.error().what;
}

std::vector<uint64_t> tips(const std::vector<TransactionPtr>& transactions) {
    std::vector<uint64_t> out;
    for (const auto& each : transactions)
        out.push_back(each->fields.max_priority_fee_per_gas.low64());
    return out;
}

using Tips = std::vector<uint64_t>;

TEST(Mempool, best_tip_first_and_oldest_first_among_equals) {
    Mempool pool;
    const auto early = transaction(1, 0, 5);
    const auto late = transaction(2, 0, 5);
    const auto generous = transaction(3, 0, 9);
    for (const auto& each : {early, late, generous}) EXPECT_EQ(refusal(pool, each), "");
    EXPECT_EQ(pool.best(no_base_fee, 10), (std::vector{generous, early, late}));
    EXPECT_EQ(pool.best(no_base_fee, 2), (std::vector{generous, early}));
    EXPECT_TRUE(pool.best(no_base_fee, 0).empty());
}

TEST(Mempool, what_is_in_a_block_under_way_is_not_the_best_any_more_but_is_still_here) {
    Mempool pool;
    std::vector<TransactionPtr> row;
    for (uint64_t nonce = 0; nonce < 4; ++nonce) {
        row.push_back(transaction(1, nonce, 5));
        EXPECT_EQ(refusal(pool, row.back()), "");
    }
    const Address sender = row[0]->sender;
    const auto leaves = [&](uint64_t nonce) {
        return std::array{std::pair(sender, SenderAccount{nonce, rich})};
    };
    pool.foresee(leaves(2));
    EXPECT_EQ(pool.best(no_base_fee, 10), (std::vector{row[2], row[3]}));
    EXPECT_EQ(pool.find(row[0]->hash), row[0]);
    EXPECT_EQ(pool.pending_nonce(sender, 0), 4u);
    EXPECT_EQ(pool.counts().executable, 4u);
    pool.foresee(leaves(4));
    EXPECT_TRUE(pool.best(no_base_fee, 10).empty());
    row.push_back(transaction(1, 4, 5));
    EXPECT_EQ(refusal(pool, row.back()), "");
    EXPECT_EQ(pool.best(no_base_fee, 10), (std::vector{row[4]}));

    pool.follow(leaves(2));
    EXPECT_EQ(pool.best(no_base_fee, 10), (std::vector{row[4]})) << "the second block is under way";
    EXPECT_EQ(pool.find(row[0]->hash), nullptr);
    pool.follow(leaves(4));
    EXPECT_EQ(pool.best(no_base_fee, 10), (std::vector{row[4]}));
    EXPECT_EQ(pool.counts().executable, 1u);
}

TEST(Mempool, a_replacement_of_what_is_under_way_comes_too_late_and_goes_with_it) {
    Mempool pool;
    const auto first = transaction(1, 0, 5);
    EXPECT_EQ(refusal(pool, first), "");
    const std::array after{std::pair(first->sender, SenderAccount{1, rich})};
    pool.foresee(after);
    auto dearer = std::make_shared<SignedTransaction>(*transaction(1, 0, 9'000'000));
    EXPECT_EQ(refusal(pool, dearer), "");
    EXPECT_TRUE(pool.best(no_base_fee, 10).empty());
    pool.follow(after);
    EXPECT_EQ(pool.counts().executable, 0u);
    EXPECT_EQ(pool.find(dearer->hash), nullptr);
}

TEST(Mempool, a_senders_transactions_keep_the_order_of_their_nonces) {
    Mempool pool;
    EXPECT_EQ(refusal(pool, transaction(1, 1, 100)), "");
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1)), "");
    EXPECT_EQ(refusal(pool, transaction(2, 0, 50)), "");
    EXPECT_EQ(tips(pool.best(no_base_fee, 10)), (Tips{50, 1, 100}));
}

TEST(Mempool, a_gap_holds_up_what_is_behind_it_until_it_is_filled) {
    Mempool pool;
    const auto first = transaction(1, 0, 1);
    EXPECT_EQ(refusal(pool, first), "");
    EXPECT_EQ(refusal(pool, transaction(1, 2, 3)), "");
    EXPECT_EQ(tips(pool.best(no_base_fee, 10)), Tips{1});
    EXPECT_EQ(pool.counts().executable, 1u);
    EXPECT_EQ(pool.counts().queued, 1u);
    EXPECT_EQ(pool.pending_nonce(first->sender, 0), 1u);
    EXPECT_EQ(refusal(pool, transaction(1, 1, 2)), "");
    EXPECT_EQ(tips(pool.best(no_base_fee, 10)), (Tips{1, 2, 3}));
    EXPECT_EQ(pool.counts().queued, 0u);
    EXPECT_EQ(pool.pending_nonce(first->sender, 0), 3u);
    EXPECT_EQ(pool.pending_nonce(recipient, 7), 7u);
}

TEST(Mempool, what_cannot_pay_the_base_fee_waits_with_all_behind_it) {
    Mempool pool;
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1)), "");   // fee cap 1,000,001
    EXPECT_EQ(refusal(pool, transaction(1, 1, 90)), "");  // fee cap 1,000,090
    EXPECT_EQ(tips(pool.best(u256{1'000'001u}, 10)), (Tips{1, 90}));
    EXPECT_TRUE(pool.best(u256{1'000'002u}, 10).empty());
}

TEST(Mempool, the_tip_that_counts_is_what_the_base_fee_leaves) {
    Mempool pool;
    auto capped = std::make_shared<SignedTransaction>(*transaction(1, 0, 500));
    capped->fields.max_fee_per_gas = u256{1'000u};
    EXPECT_EQ(refusal(pool, capped), "");
    EXPECT_EQ(refusal(pool, transaction(2, 0, 200)), "");
    EXPECT_EQ(tips(pool.best(u256{500u}, 10)), (Tips{500, 200}));
    EXPECT_EQ(tips(pool.best(u256{900u}, 10)), (Tips{200, 500}));
}

TEST(Mempool, a_known_transaction_is_refused) {
    Mempool pool;
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1)), "");
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1)), "already known");
}

TEST(Mempool, a_replacement_offers_a_tenth_more_in_both_fees) {
    Mempool pool;
    const auto with_fees = [](uint64_t cap, uint64_t tip) {
        auto out = std::make_shared<SignedTransaction>(*transaction(1, 0, tip, cap));
        out->fields.max_fee_per_gas = u256{cap};
        return out;
    };
    const auto old = with_fees(1'000, 100);
    EXPECT_EQ(refusal(pool, old), "");
    EXPECT_EQ(refusal(pool, with_fees(1'099, 110)), "replacement transaction underpriced");
    EXPECT_EQ(refusal(pool, with_fees(1'100, 109)), "replacement transaction underpriced");
    const auto better = with_fees(1'100, 110);
    EXPECT_EQ(refusal(pool, better), "");
    EXPECT_EQ(pool.find(old->hash), nullptr);
    EXPECT_EQ(pool.find(better->hash), better);
    EXPECT_EQ(pool.counts().executable, 1u);
}

TEST(Mempool, a_free_transaction_is_not_replaced_by_another_free_one) {
    Mempool pool;
    const auto free = [](uint64_t salt) {
        auto out = std::make_shared<SignedTransaction>(*transaction(1, 0, 0, salt));
        out->fields.max_fee_per_gas = {};
        return out;
    };
    EXPECT_EQ(refusal(pool, free(1)), "");
    EXPECT_EQ(refusal(pool, free(2)), "replacement transaction underpriced");
}

TEST(Mempool, all_of_a_senders_transactions_together_are_covered_by_its_balance) {
    Mempool pool;
    const u256 each = u256{21'000u} * u256{1'000'001u} + u256{1u};
    const SenderAccount account{0, each * u256{2u}};
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1), account), "");
    EXPECT_EQ(refusal(pool, transaction(1, 1, 1), account), "");
    EXPECT_TRUE(refusal(pool, transaction(1, 2, 1), account)
                    .starts_with("insufficient funds for gas * price + value"));
    // A replacement counts in place of what it replaces.
    Mempool other;
    EXPECT_EQ(refusal(other, transaction(1, 0, 1), {0, each * u256{2u}}), "");
    auto dear = std::make_shared<SignedTransaction>(*transaction(1, 0, 2));
    dear->fields.max_fee_per_gas = u256{1'900'000u};
    EXPECT_EQ(refusal(other, dear, {0, each * u256{2u}}), "");
}

TEST(Mempool, the_number_of_one_senders_transactions_is_bounded) {
    Mempool pool;
    for (uint64_t nonce = 0; nonce < PoolLimits::sender_max; ++nonce)
        ASSERT_EQ(refusal(pool, transaction(1, nonce, 1)), "");
    EXPECT_EQ(refusal(pool, transaction(1, PoolLimits::sender_max, 1)),
              "account limit exceeded: pooled 4096 txs");
    EXPECT_EQ(refusal(pool, transaction(2, 0, 1)), "");
}

TEST(Mempool, the_number_of_transactions_behind_a_gap_is_bounded) {
    Mempool pool;
    for (uint64_t i = 0; i < PoolLimits::queued_per_sender_max; ++i)
        ASSERT_EQ(refusal(pool, transaction(1, 2 + i, 1)), "");
    EXPECT_EQ(refusal(pool, transaction(1, 2 + PoolLimits::queued_per_sender_max, 1)),
              "account limit exceeded: pooled 64 txs");
    EXPECT_EQ(refusal(pool, transaction(1, 0, 1)), "") << "what can run is not behind the gap";
}

/// A pool with `total_max` executable transactions, 16 a sender, with tips from 10 on.
std::unique_ptr<Mempool> full_pool() {
    auto pool = std::make_unique<Mempool>();
    for (size_t i = 0; i < PoolLimits::total_max; ++i) {
        const auto sender = static_cast<uint16_t>(i / 16);
        EXPECT_EQ(refusal(*pool, transaction(sender, i % 16, 10 + sender)), "");
    }
    return pool;
}

TEST(Mempool, a_full_pool_gives_up_the_end_of_its_worst_row_for_something_better) {
    const auto pool = full_pool();
    EXPECT_EQ(refusal(*pool, transaction(60'000, 0, 10)), "transaction underpriced") << "no better";
    EXPECT_EQ(refusal(*pool, transaction(60'000, 0, 11)), "");
    EXPECT_EQ(pool->counts().executable, PoolLimits::total_max);
    EXPECT_EQ(pool->find(transaction(0, 15, 10)->hash), nullptr) << "the end of the worst row";
    EXPECT_NE(pool->find(transaction(0, 14, 10)->hash), nullptr);
    EXPECT_EQ(pool->counts().queued, 0u);
}

TEST(Mempool, what_is_behind_a_gap_never_displaces_what_can_run) {
    const auto pool = full_pool();
    EXPECT_EQ(refusal(*pool, transaction(60'000, 1, 1'000'000)),
              "future transaction tries to replace pending");
    EXPECT_EQ(pool->counts().executable, PoolLimits::total_max);
}

TEST(Mempool, what_can_run_displaces_what_is_behind_a_gap_whatever_it_offers) {
    Mempool pool;
    ASSERT_EQ(refusal(pool, transaction(60'000, 1, 1'000'000)), "");
    for (size_t i = 0; i + 1 < PoolLimits::total_max; ++i)
        ASSERT_EQ(refusal(pool, transaction(static_cast<uint16_t>(i / 16), i % 16, 10)), "");
    EXPECT_EQ(pool.counts().queued, 1u);
    EXPECT_EQ(refusal(pool, transaction(50'000, 0, 1)), "");
    EXPECT_EQ(pool.counts().queued, 0u);
    EXPECT_EQ(pool.counts().executable, PoolLimits::total_max);
}

TEST(Mempool, the_number_behind_gaps_is_bounded_over_all_senders) {
    Mempool pool;
    for (size_t i = 0; i < PoolLimits::queued_max; ++i)
        ASSERT_EQ(refusal(pool, transaction(static_cast<uint16_t>(i), 1, 10)), "");
    EXPECT_EQ(refusal(pool, transaction(60'000, 1, 10)), "transaction underpriced");
    EXPECT_EQ(refusal(pool, transaction(60'000, 1, 11)), "");
    EXPECT_EQ(pool.counts().queued, PoolLimits::queued_max);
}

TEST(Mempool, the_memory_of_all_transactions_is_bounded) {
    Mempool pool;
    const auto large = [](uint16_t sender, uint64_t tip) {
        auto out = std::make_shared<SignedTransaction>(*transaction(sender, 0, tip));
        out->raw.resize(size_t{1} << 20);
        return out;
    };
    const size_t each = Mempool::memory_of(*large(0, 10));
    const size_t count = PoolLimits::memory_max / each;
    for (size_t i = 0; i < count; ++i)
        ASSERT_EQ(refusal(pool, large(static_cast<uint16_t>(i), 10)), "");
    EXPECT_EQ(pool.memory(), count * each);
    EXPECT_EQ(refusal(pool, large(60'000, 10)), "transaction underpriced");
    EXPECT_EQ(refusal(pool, large(60'000, 11)), "");
    EXPECT_EQ(pool.counts().executable, count);
    EXPECT_EQ(pool.raw_size(), count << 20);
}

TEST(Mempool, a_block_takes_out_what_it_used_up) {
    Mempool pool;
    for (uint64_t nonce = 0; nonce < 4; ++nonce) refusal(pool, transaction(1, nonce, nonce));
    const Address sender = transaction(1, 0, 0)->sender;
    const std::vector<std::pair<Address, SenderAccount>> after{{sender, {2, rich}}};
    pool.follow(after);
    EXPECT_EQ(tips(pool.best(no_base_fee, 10)), (Tips{2, 3}));
    EXPECT_EQ(pool.pending_nonce(sender, 2), 4u);
    const std::vector<std::pair<Address, SenderAccount>> end{{sender, {4, rich}}};
    pool.follow(end);
    EXPECT_EQ(pool.counts().executable, 0u);
    EXPECT_TRUE(pool.content().empty());
}

TEST(Mempool, a_balance_that_fell_takes_out_the_end_of_the_row) {
    Mempool pool;
    for (uint64_t nonce = 0; nonce < 3; ++nonce) refusal(pool, transaction(1, nonce, 1));
    const u256 each = u256{21'000u} * u256{1'000'001u} + u256{1u};
    const Address sender = transaction(1, 0, 0)->sender;
    const std::vector<std::pair<Address, SenderAccount>> after{{sender, {0, each * u256{2u}}}};
    pool.follow(after);
    EXPECT_EQ(pool.counts().executable, 2u);
    EXPECT_EQ(pool.pending_nonce(sender, 0), 2u);
}

TEST(Mempool, removing_one_leaves_those_behind_it_waiting) {
    Mempool pool;
    for (uint64_t nonce = 0; nonce < 3; ++nonce) refusal(pool, transaction(1, nonce, 1));
    pool.remove(transaction(1, 1, 1)->hash);
    pool.remove(Hash{});
    EXPECT_EQ(pool.counts().executable, 1u);
    EXPECT_EQ(pool.counts().queued, 1u);
    const auto content = pool.content();
    ASSERT_EQ(content.size(), 2u);
    EXPECT_TRUE(content[0].is_executable);
    EXPECT_FALSE(content[1].is_executable);
    EXPECT_EQ(content[1].transaction->fields.nonce, 2u);
}

TEST(Mempool, threads_may_add_and_read_at_once) {
    Mempool pool;
    {
        std::vector<std::jthread> threads;
        for (uint16_t worker = 0; worker < 4; ++worker)
            threads.emplace_back([&pool, worker] {
                for (uint64_t i = 0; i < 500; ++i) {
                    EXPECT_EQ(refusal(pool, transaction(worker, i, 1)), "");
                    pool.best(no_base_fee, 10);
                }
            });
    }
    EXPECT_EQ(pool.counts().executable, 2'000u);
    EXPECT_EQ(pool.best(no_base_fee, 5'000).size(), 2'000u);
}

}  // namespace
}  // namespace plume
