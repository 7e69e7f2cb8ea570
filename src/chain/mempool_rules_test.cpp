// geth's rules for a pool, one by one, each with geth's words (core/txpool/errors.go, validation.go
// and legacypool/legacypool.go), at the bound and beyond it. Where Plume has another figure,
// docs/decisions/0007 says why; where it has another rule, 0040 does.

#include <gtest/gtest.h>

#include "support/pool.hpp"

namespace plume {
namespace {

using namespace literals;
using test::waiting;
using test::Waiting;

constexpr u256 rich = 1'000'000'000'000'000'000_u256;
/// What a `Waiting` with this fee cap and value 1 can cost.
u256 cost_of(uint64_t fee_cap) {
    return u256{21'000u} * u256{fee_cap} + u256{1u};
}

class PoolRules : public testing::Test {
protected:
    /// Why the pool refuses; empty when it takes it.
    std::string add(const Waiting& is, const std::vector<LiveAuthorization>& authorizations = {}) {
        return test::refusal(pool, waiting(is), account, base_fee, authorizations);
    }
    void follow(uint32_t sender, const SenderAccount& changed) {
        pool.follow(std::array{std::pair(test::sender_address(sender), changed)});
    }
    bool has(const Waiting& is) { return pool.find(waiting(is)->hash) != nullptr; }

    PoolOptions::Clock::time_point now{};
    SenderAccount account{0, rich};
    u256 base_fee;
    Mempool pool{{.limits = {.of_sender = 8, .queued_of_sender = 4, .total = 12, .queued = 6},
                  .tip_min = u256{1u},
                  .now = [this] { return now; }}};
};

// ErrAlreadyKnown
TEST_F(PoolRules, already_known) {
    EXPECT_EQ(add({}), "");
    EXPECT_EQ(add({}), "already known");
}

// ErrTxGasPriceTooLow: --txpool.pricelimit, 1 wei
TEST_F(PoolRules, the_price_limit_is_a_floor_under_the_tip) {
    EXPECT_EQ(add({.tip = 0}),
              "transaction gas price below minimum: gas tip cap 0, minimum needed 1");
    EXPECT_EQ(add({.tip = 1}), "");
    Mempool free;
    EXPECT_EQ(test::refusal(free, waiting({.tip = 0}), account), "")
        << "no floor unless one is set";
}

// ErrReplaceUnderpriced: --txpool.pricebump, 10 %
TEST_F(PoolRules, a_replacement_bids_a_tenth_more_in_both_fees) {
    EXPECT_EQ(add({.tip = 100, .fee_cap = 1'000}), "");
    const std::string refused = "replacement transaction underpriced";
    EXPECT_EQ(add({.tip = 110, .fee_cap = 1'099}), refused);
    EXPECT_EQ(add({.tip = 109, .fee_cap = 1'100}), refused);
    EXPECT_EQ(add({.tip = 10'000, .fee_cap = 1'000}), refused);
    EXPECT_EQ(add({.tip = 110, .fee_cap = 1'100}), "");
    EXPECT_FALSE(has({.tip = 100, .fee_cap = 1'000}));
    EXPECT_EQ(pool.counts().executable, 1u);
    EXPECT_EQ(add({.tip = 120, .fee_cap = 1'210}), refused) << "121 is a tenth more than 110";
}

TEST_F(PoolRules, a_queued_one_is_replaced_by_the_same_rule) {
    EXPECT_EQ(add({.nonce = 3, .tip = 100, .fee_cap = 1'000}), "");
    EXPECT_EQ(add({.nonce = 3, .tip = 109, .fee_cap = 1'100}),
              "replacement transaction underpriced");
    EXPECT_EQ(add({.nonce = 3, .tip = 110, .fee_cap = 1'100}), "");
    EXPECT_EQ(pool.counts().queued, 1u);
}

// core.ErrNonceTooLow, by what the pool has heard of since the sender's account was read
TEST_F(PoolRules, nonce_too_low) {
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 1}), "");
    follow(1, {1, rich});
    EXPECT_EQ(add({.nonce = 0, .tip = 9}), "nonce too low: next nonce 1, tx nonce 0");
}

// core.ErrInsufficientFunds, over all of the account's transactions
TEST_F(PoolRules, overdraft_counts_the_most_that_all_of_a_senders_can_cost) {
    account.balance = cost_of(1'000) + cost_of(1'000);
    EXPECT_EQ(add({.nonce = 0, .fee_cap = 1'000}), "");
    EXPECT_EQ(add({.nonce = 1, .fee_cap = 1'001}),
              "insufficient funds for gas * price + value: balance 42000002, queued cost 21000001, "
              "tx cost 21021001, overshot 21000");
    EXPECT_EQ(add({.nonce = 1, .fee_cap = 1'000}), "");
    EXPECT_EQ(add({.nonce = 2, .fee_cap = 1}),
              "insufficient funds for gas * price + value: balance 42000002, queued cost 42000002, "
              "tx cost 21001, overshot 21001");
}

TEST_F(PoolRules, overdraft_counts_what_is_queued_too) {
    account.balance = cost_of(1'000);
    EXPECT_EQ(add({.nonce = 5, .fee_cap = 1'000}), "");
    EXPECT_TRUE(add({.nonce = 0, .fee_cap = 1}).starts_with("insufficient funds"));
}

TEST_F(PoolRules, overdraft_counts_a_replacement_for_what_it_adds) {
    account.balance = cost_of(1'000) + u256{21'000u} * u256{200u};
    EXPECT_EQ(add({.tip = 1, .fee_cap = 1'000}), "");
    EXPECT_EQ(add({.tip = 2, .fee_cap = 1'201}),
              "insufficient funds for gas * price + value: balance 25200001, queued cost 21000001, "
              "tx bumped 4221000, overshot 21000");
    EXPECT_EQ(add({.tip = 2, .fee_cap = 1'200}), "");
}

TEST_F(PoolRules, what_costs_more_than_there_can_be_is_an_overdraft) {
    auto dear = std::make_shared<SignedTransaction>(*waiting({}));
    dear->fields.max_fee_per_gas = u256_max;
    account.balance = u256_max;
    EXPECT_EQ(test::refusal(pool, dear, account), "insufficient funds for gas * price + value");
    dear->fields.max_fee_per_gas = u256_max / u256{21'000u} - u256{1u};
    EXPECT_EQ(test::refusal(pool, dear, account), "");
    EXPECT_TRUE(add({.nonce = 1}).ends_with("overshot 2^256 or more"));
}

// ErrAccountLimitExceeded; geth has 16 executable and 64 queued an account, Plume 4,096 and 64
TEST_F(PoolRules, account_limit) {
    for (uint64_t nonce = 0; nonce < 8; ++nonce) EXPECT_EQ(add({.nonce = nonce}), "");
    EXPECT_EQ(add({.nonce = 8}), "account limit exceeded: pooled 8 txs");
    EXPECT_EQ(add({.nonce = 3, .tip = 2'000'000}), "") << "a replacement is none more";
}

TEST_F(PoolRules, account_limit_of_what_is_queued) {
    for (uint64_t nonce = 1; nonce <= 4; ++nonce) EXPECT_EQ(add({.nonce = nonce}), "");
    EXPECT_EQ(add({.nonce = 5}), "account limit exceeded: pooled 4 txs");
    EXPECT_EQ(add({.nonce = 0}), "") << "it can run";
    EXPECT_EQ(pool.counts().executable, 5u);
    EXPECT_EQ(add({.nonce = 5}), "") << "it now can, too";
}

TEST_F(PoolRules, what_a_hole_leaves_queued_is_cut_to_the_account_limit) {
    for (uint64_t nonce = 0; nonce < 8; ++nonce) EXPECT_EQ(add({.nonce = nonce}), "");
    pool.remove(waiting({.nonce = 1})->hash);
    EXPECT_EQ(pool.counts().executable, 1u);
    EXPECT_EQ(pool.counts().queued, 4u);
    EXPECT_TRUE(has({.nonce = 5}));
    EXPECT_FALSE(has({.nonce = 6}));
}

TEST_F(PoolRules, what_holes_leave_queued_is_cut_to_the_limit_of_all) {
    for (const uint32_t sender : {1, 2})
        for (uint64_t nonce = 0; nonce < 5; ++nonce)
            EXPECT_EQ(add({.sender = sender, .nonce = nonce, .tip = sender}), "");
    for (const uint32_t sender : {1, 2})
        pool.remove(waiting({.sender = sender, .tip = sender})->hash);
    EXPECT_EQ(pool.counts().executable, 0u);
    EXPECT_EQ(pool.counts().queued, 6u) << "of the eight";
    EXPECT_TRUE(has({.sender = 2, .nonce = 4, .tip = 2}));
    EXPECT_FALSE(has({.sender = 1, .nonce = 4, .tip = 1})) << "the row that brings less";
}

/// Twelve that can run, of twelve senders with the tips 10, 11, ...
class FullPool : public PoolRules {
protected:
    FullPool() {
        for (uint32_t i = 0; i < 12; ++i)
            EXPECT_EQ(add({.sender = 100 + i, .tip = 10 + i, .fee_cap = 1'000}), "");
    }
};

// ErrUnderpriced
TEST_F(FullPool, underpriced_is_what_brings_no_more_than_the_worst) {
    EXPECT_EQ(add({.tip = 10, .fee_cap = 9'000}), "transaction underpriced");
    EXPECT_EQ(add({.tip = 11, .fee_cap = 9'000}), "");
    EXPECT_FALSE(has({.sender = 100, .tip = 10, .fee_cap = 1'000}));
    EXPECT_EQ(pool.counts().executable, 12u);
}

// pricedList: the effective tip at the next block's base fee
TEST_F(FullPool, what_counts_is_the_tip_that_the_base_fee_leaves) {
    base_fee = u256{995u};
    EXPECT_EQ(add({.tip = 900, .fee_cap = 1'000}), "transaction underpriced")
        << "like all others it brings 5, and they are older";
    EXPECT_EQ(add({.tip = 6, .fee_cap = 2'000}), "");
    EXPECT_FALSE(has({.sender = 111, .tip = 21, .fee_cap = 1'000})) << "the youngest of them";
}

TEST_F(FullPool, what_does_not_pay_the_base_fee_goes_first) {
    EXPECT_EQ(add({.sender = 50, .tip = 900, .fee_cap = 999}), "") << "in place of the tip of 10";
    base_fee = u256{1'000u};
    EXPECT_EQ(add({.sender = 51, .tip = 1, .fee_cap = 1'001}), "");
    EXPECT_FALSE(has({.sender = 50, .tip = 900, .fee_cap = 999}));
}

TEST_F(FullPool, a_high_tip_behind_a_low_one_brings_the_low_one) {
    EXPECT_EQ(add({.nonce = 0, .tip = 11, .fee_cap = 1'000}), "") << "in place of the tip of 10";
    EXPECT_EQ(add({.nonce = 1, .tip = 500, .fee_cap = 1'000}), "transaction underpriced")
        << "it waits for the 11, and the other 11 is older";
    EXPECT_EQ(add({.nonce = 0, .tip = 500, .fee_cap = 2'000}), "");
    EXPECT_EQ(add({.nonce = 1, .tip = 500, .fee_cap = 1'000}), "");
    EXPECT_FALSE(has({.sender = 101, .tip = 11, .fee_cap = 1'000}));
}

TEST_F(FullPool, who_could_lose_the_money_puts_nobody_out) {
    account.has_code = true;
    EXPECT_EQ(add({.tip = 500, .fee_cap = 1'000}), "txpool is full");
    account.has_code = false;
    EXPECT_EQ(add({.sender = 9, .tip = 500, .fee_cap = 1'000}, {{test::sender_address(1), 0, 0}}),
              "");
    EXPECT_EQ(add({.tip = 500, .fee_cap = 1'000}), "txpool is full") << "code is under way";
    pool.remove(waiting({.sender = 111, .tip = 21, .fee_cap = 1'000})->hash);
    EXPECT_EQ(add({.tip = 500, .fee_cap = 1'000}), "") << "there is room";
}

// ErrFutureReplacePending
TEST_F(FullPool, a_future_one_never_replaces_one_that_can_run) {
    EXPECT_EQ(add({.nonce = 1, .tip = 900'000}), "future transaction tries to replace pending");
    EXPECT_EQ(pool.counts().executable, 12u);
    EXPECT_EQ(pool.counts().queued, 0u);
}

TEST_F(PoolRules, one_that_can_run_replaces_a_future_one_whatever_that_offers) {
    EXPECT_EQ(add({.nonce = 1, .tip = 900'000}), "");
    for (uint32_t i = 0; i < 12; ++i) EXPECT_EQ(add({.sender = 100 + i, .tip = 10}), "");
    EXPECT_EQ(pool.counts().queued, 0u);
    EXPECT_EQ(pool.counts().executable, 12u);
}

TEST_F(PoolRules, a_future_one_replaces_a_worse_future_one) {
    for (uint32_t i = 0; i < 6; ++i) EXPECT_EQ(add({.sender = 10 + i, .nonce = 1, .tip = 5}), "");
    EXPECT_EQ(add({.nonce = 1, .tip = 5}), "transaction underpriced");
    EXPECT_EQ(add({.nonce = 1, .tip = 6}), "");
    EXPECT_FALSE(has({.sender = 15, .nonce = 1, .tip = 5})) << "the youngest";
    EXPECT_EQ(pool.counts().queued, 6u);
}

// ErrTxPoolOverflow
TEST_F(PoolRules, full_of_what_is_too_much_to_put_out) {
    Mempool small({.limits = {.memory = 40'000}});
    uint32_t sender = 100;
    while (test::refusal(small, waiting({.sender = sender}), account).empty()) ++sender;
    EXPECT_EQ(test::refusal(small, waiting({.sender = 1, .tip = 99, .size = 20'000}), account),
              "txpool is full")
        << "a payment puts out one";
    EXPECT_EQ(small.counts().executable, sender - 100) << "and then it puts out none";
    EXPECT_EQ(test::refusal(small, waiting({.sender = 1, .tip = 99}), account), "");
    EXPECT_EQ(test::refusal(small, waiting({.sender = 2, .tip = 99, .size = 50'000}), account),
              "txpool is full")
        << "more than everything";
}

TEST_F(PoolRules, whoever_pays_for_more_may_put_out_more) {
    Mempool small({.limits = {.memory = 40'000}});
    uint32_t sender = 100;
    while (test::refusal(small, waiting({.sender = sender}), account).empty()) ++sender;
    const size_t before = small.counts().executable;
    auto large = std::make_shared<SignedTransaction>(*waiting({.sender = 1, .tip = 99}));
    large->fields.data = Bytes(4'000, 0xff);  // 40 gas a byte at least (EIP-7623)
    EXPECT_EQ(test::refusal(small, large, account), "");
    EXPECT_LT(small.counts().executable, before);
    EXPECT_GE(small.counts().executable + (21'000 + 4'000 * 40) / 21'000, before);
}

// evictionInterval, Lifetime
TEST_F(PoolRules, what_is_queued_goes_after_three_hours) {
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 2}), "");
    now += Mempool::queued_time_max;
    EXPECT_EQ(pool.expire(), 0u);
    now += std::chrono::seconds(1);
    EXPECT_EQ(pool.expire(), 1u);
    EXPECT_FALSE(has({.nonce = 2}));
    EXPECT_TRUE(has({.nonce = 0})) << "what can run stays for as long as it takes";
}

TEST_F(PoolRules, a_promotion_gives_a_senders_queue_another_three_hours) {
    EXPECT_EQ(add({.nonce = 1}), "");
    EXPECT_EQ(add({.nonce = 3}), "");
    now += Mempool::queued_time_max;
    EXPECT_EQ(add({.nonce = 0}), "");
    now += std::chrono::hours(1);
    EXPECT_EQ(pool.expire(), 0u);
    now += std::chrono::hours(3);
    EXPECT_EQ(pool.expire(), 1u);
    EXPECT_EQ(pool.counts().executable, 2u);
}

TEST_F(PoolRules, another_queued_one_gives_the_first_no_more_time) {
    EXPECT_EQ(add({.nonce = 2}), "");
    now += std::chrono::hours(2);
    EXPECT_EQ(add({.nonce = 3}), "");
    EXPECT_EQ(add({.nonce = 2, .tip = 2'000'000}), "") << "nor does a replacement";
    now += std::chrono::minutes(61);
    EXPECT_EQ(pool.expire(), 2u);
    EXPECT_EQ(add({.nonce = 3}), "") << "it begins anew";
    EXPECT_EQ(pool.expire(), 0u);
}

// checkDelegationLimit: ErrInflightTxLimitReached, ErrOutOfOrderTxFromDelegated
TEST_F(PoolRules, a_delegated_sender_has_one_in_flight) {
    account.has_code = true;
    EXPECT_EQ(add({.nonce = 1}), "gapped-nonce tx from delegated accounts");
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 1}), "in-flight transaction limit reached for delegated accounts");
    EXPECT_EQ(add({.nonce = 0, .tip = 2'000'000}), "") << "a replacement is none more";
    follow(1, {1, rich, true});
    account.nonce = 1;
    EXPECT_EQ(add({.nonce = 1}), "");
    EXPECT_EQ(add({.nonce = 2}), "in-flight transaction limit reached for delegated accounts");
}

TEST_F(PoolRules, a_sender_that_a_block_delegates_keeps_what_it_has_and_gets_no_more) {
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 1}), "");
    follow(1, {1, rich, true});
    EXPECT_EQ(add({.nonce = 2}), "in-flight transaction limit reached for delegated accounts");
    EXPECT_TRUE(has({.nonce = 1}));
    follow(1, {2, rich, false});
    EXPECT_EQ(add({.nonce = 2}), "") << "the delegation was taken back";
}

/// What sender 9 sends to give sender 1 code.
Waiting sponsored(uint64_t nonce = 0) {
    return {.sender = 9, .nonce = nonce};
}
LiveAuthorization wish(uint64_t nonce, uint64_t account_nonce = 0) {
    return {test::sender_address(1), nonce, account_nonce};
}

TEST_F(PoolRules, an_account_whose_authorization_waits_has_one_in_flight) {
    EXPECT_EQ(add(sponsored(), {wish(0)}), "");
    EXPECT_EQ(add({.nonce = 1}), "gapped-nonce tx from delegated accounts");
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 1}), "in-flight transaction limit reached for delegated accounts");
    EXPECT_EQ(add({.sender = 2, .nonce = 0}), "") << "nobody else is concerned";
}

TEST_F(PoolRules, an_authorization_that_cannot_be_applied_any_more_holds_nobody_up) {
    EXPECT_EQ(add(sponsored(), {wish(0)}), "");
    EXPECT_EQ(add({.nonce = 0}), "");
    follow(1, {1, rich});
    EXPECT_EQ(add({.nonce = 1}), "");
    EXPECT_EQ(add({.nonce = 2}), "") << "its nonce is used";
}

TEST_F(PoolRules, an_authorization_counts_until_its_transaction_is_gone) {
    EXPECT_EQ(add(sponsored(), {wish(5)}), "");
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 1}), "in-flight transaction limit reached for delegated accounts");
    auto plain = sponsored();
    plain.tip = 2'000'000;
    EXPECT_EQ(add(plain), "") << "it is replaced by one that authorizes nothing";
    EXPECT_EQ(add({.nonce = 1}), "");
}

// ErrAuthorityReserved
TEST_F(PoolRules, who_has_two_in_flight_cannot_be_given_code) {
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 4}), "");
    EXPECT_EQ(add(sponsored(), {wish(1)}), "authority already reserved");
    pool.remove(waiting({.nonce = 4})->hash);
    EXPECT_EQ(add(sponsored(), {wish(1)}), "") << "with one there is nothing to be gained";
    EXPECT_EQ(add(sponsored(1), {wish(1)}), "") << "as often as it is wished for";
}

TEST_F(PoolRules, an_account_may_authorize_in_its_own_transaction) {
    EXPECT_EQ(add({.nonce = 0}, {wish(1)}), "");
    EXPECT_EQ(add({.nonce = 1}), "in-flight transaction limit reached for delegated accounts");
    follow(1, {2, rich, true});
    account = {2, rich, true};
    EXPECT_EQ(add({.nonce = 2}), "");
}

TEST_F(PoolRules, a_refusal_changes_nothing) {
    EXPECT_EQ(add({.nonce = 0}), "");
    EXPECT_EQ(add({.nonce = 4}), "");
    const size_t memory = pool.memory();
    EXPECT_NE(add({.nonce = 0, .tip = 2}), "");
    EXPECT_NE(add(sponsored(), {wish(1)}), "");
    EXPECT_EQ(pool.memory(), memory);
    EXPECT_EQ(pool.content().size(), 2u);
    EXPECT_EQ(add({.nonce = 1}), "") << "the refused authorization is not waited for";
    pool.clear();
    EXPECT_EQ(pool.memory(), 0u);
    EXPECT_EQ(pool.raw_size(), 0u);
}

}  // namespace
}  // namespace plume
