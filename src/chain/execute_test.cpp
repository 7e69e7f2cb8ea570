#include "chain/execute.hpp"

#include <gtest/gtest.h>

#include <random>

#include "chain/genesis.hpp"
#include "support/fixtures.hpp"
#include "support/memory_store.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const PrivateKey alice_key = test::key(1);
const PrivateKey bob_key = test::key(2);
const Address alice = address_of(alice_key);
const Address bob = address_of(bob_key);
const Address carol = address_of(test::key(3));
const Address coinbase = "0xc000000000000000000000000000000000000000"_address;
const Address counter = "0x0000000000000000000000000000000000c0ffee"_address;
constexpr uint64_t base_fee = 1'000'000'000;
constexpr u256 ether = 1'000'000'000'000'000'000_u256;

/// A contract that adds the first byte of its calldata to slot 0, emits a log without topics, and
/// holds that slot 0 is never 13. The byte 0xfe sets it back to 0, 0xff makes it revert.
CallResult count(Frame& frame) {
    const uint8_t step = frame.message().input.empty() ? 0 : frame.message().input[0];
    if (step == 0xff) return {Status::revert, frame.gas_left(), {}};
    const auto before = frame.load({});
    if (!before) return {Status::out_of_gas, 0, {}};
    const u256 after = step == 0xfe ? u256{} : *before + u256{step};
    if (const Status status = frame.store({}, after); status != Status::success)
        return {status, 0, {}};
    if (const Status status = frame.log({}, to_bytes(frame.message().input));
        status != Status::success)
        return {status, 0, {}};
    return {Status::success, frame.gas_left(), {}};
}

std::optional<std::string> is_unlucky(Frame& frame) {
    if (frame.load({}) == u256{13u}) return "the count is 13";
    return std::nullopt;
}

const std::array natives{NativeType{
    .id = 77, .version = 1, .name = "Counter", .entry = count, .broken_invariant = is_unlucky}};
const Rules rules{test::chain_id, natives};

class ExecuteTest : public testing::Test {
protected:
    ExecuteTest() {
        State state(store);
        state.set_balance(alice, ether);
        state.set_balance(bob, ether);
        state.set_nonce(counter, 1);
        state.set_code(counter, native_code(natives[0]));
        const Rooted rooted = update_root(store.nodes(), empty_trie_root, state.take());
        store.apply(rooted.changes, rooted.nodes);
        root = rooted.root;
    }

    Proposal propose(std::vector<TransactionPtr> transactions) const {
        Proposal out;
        out.header.number = 1;
        out.header.timestamp = 100;
        out.header.gas_limit = 30'000'000;
        out.header.coinbase = coinbase;
        out.header.base_fee = u256{base_fee};
        out.parent_state_root = root;
        out.transactions = std::move(transactions);
        return out;
    }

    Executed run(const Proposal& proposal) {
        return execute(store, store.nodes(), rules, proposal);
    }
    Executed run(std::vector<TransactionPtr> transactions) {
        return run(propose(std::move(transactions)));
    }

    void apply(const Executed& executed) {
        store.apply(executed.changes, executed.nodes);
        root = executed.block.header.state_root;
    }

    test::MemoryStore store;
    Hash root;
};

TransactionPtr signed_count(const PrivateKey& key, uint64_t nonce, uint8_t step,
                            uint64_t gas = 100'000) {
    Transaction fields = test::payment(nonce, counter, {});
    fields.data = {step};
    fields.gas_limit = gas;
    return sign_transaction(fields, key);
}

TEST_F(ExecuteTest, a_payment_moves_value_and_pays_for_its_gas) {
    const Executed executed = run({test::signed_payment(alice_key, 0, carol, u256{7u})});
    ASSERT_EQ(executed.receipts.size(), 1u);
    const Receipt& receipt = executed.receipts[0];
    EXPECT_TRUE(receipt.success);
    EXPECT_EQ(receipt.gas_used, 21'000u);
    EXPECT_EQ(receipt.cumulative_gas_used, 21'000u);
    EXPECT_EQ(receipt.effective_gas_price, u256{base_fee + 1});
    EXPECT_EQ(executed.block.header.gas_used, 21'000u);
    apply(executed);
    EXPECT_EQ(store.account(carol)->balance, u256{7u});
    EXPECT_EQ(store.account(coinbase)->balance, u256{21'000u});
    EXPECT_EQ(store.account(alice)->nonce, 1u);
    EXPECT_EQ(store.account(alice)->balance, ether - u256{7u} - u256{21'000u} * u256{base_fee + 1});
}

TEST_F(ExecuteTest, only_the_burnt_base_fee_leaves_the_world) {
    const u256 before = store.total_balance();
    const Executed executed =
        run({test::signed_payment(alice_key, 0, bob, u256{7u}), signed_count(bob_key, 0, 5),
             signed_count(bob_key, 1, 0xff), signed_count(bob_key, 2, 8)});
    ASSERT_EQ(executed.receipts.size(), 4u);
    apply(executed);
    EXPECT_EQ(before - store.total_balance(),
              u256{executed.block.header.gas_used} * u256{base_fee});
}

TEST_F(ExecuteTest, the_same_proposal_gives_the_same_block) {
    const Proposal proposal =
        propose({signed_count(alice_key, 0, 5), test::signed_payment(bob_key, 0, alice, u256{1u})});
    const Executed first = run(proposal);
    const Executed second = run(proposal);
    EXPECT_EQ(first.block.hash, second.block.hash);
    EXPECT_EQ(first.receipts, second.receipts);
    EXPECT_EQ(first.block.hash, hash_of(first.block.header));
    EXPECT_NE(first.block.header.state_root, root);
}

TEST_F(ExecuteTest, an_empty_block_changes_nothing_but_the_header) {
    const Executed executed = run(std::vector<TransactionPtr>{});
    EXPECT_EQ(executed.block.header.state_root, root);
    EXPECT_EQ(executed.block.header.transactions_root, empty_trie_root);
    EXPECT_EQ(executed.block.header.receipts_root, empty_trie_root);
    EXPECT_EQ(executed.block.header.gas_used, 0u);
    EXPECT_TRUE(executed.changes.accounts.empty());
    EXPECT_TRUE(executed.nodes.empty());
}

TEST_F(ExecuteTest, an_untouched_empty_coinbase_is_not_in_the_world) {
    Transaction fields = test::payment(0, carol, u256{7u});
    fields.max_priority_fee_per_gas = {};
    apply(run({sign_transaction(fields, alice_key)}));
    EXPECT_EQ(store.account(coinbase), std::nullopt);
}

TEST_F(ExecuteTest, a_contract_keeps_what_a_successful_call_did) {
    const Executed executed = run({signed_count(alice_key, 0, 5), signed_count(alice_key, 1, 2)});
    EXPECT_TRUE(executed.receipts[0].success);
    ASSERT_EQ(executed.receipts[1].logs.size(), 1u);
    EXPECT_EQ(executed.receipts[1].logs[0].address, counter);
    EXPECT_TRUE(may_contain(executed.block.header.logs_bloom, counter));
    EXPECT_FALSE(may_contain(executed.block.header.logs_bloom, alice));
    apply(executed);
    EXPECT_EQ(store.storage(counter, {}), u256{7u});
}

TEST_F(ExecuteTest, a_failed_call_pays_and_leaves_nothing_else) {
    const Executed executed =
        run({signed_count(alice_key, 0, 0xff), signed_count(alice_key, 1, 1, 30'000)});
    EXPECT_FALSE(executed.receipts[0].success);
    EXPECT_TRUE(executed.receipts[0].logs.empty());
    EXPECT_LT(executed.receipts[0].gas_used, 30'000u) << "a revert gives the rest back";
    EXPECT_FALSE(executed.receipts[1].success);
    EXPECT_EQ(executed.receipts[1].gas_used, 30'000u) << "running out of gas does not";
    apply(executed);
    EXPECT_EQ(store.storage(counter, {}), u256{});
    EXPECT_EQ(store.account(alice)->nonce, 2u);
}

TEST_F(ExecuteTest, a_broken_invariant_undoes_all_but_the_fee_and_raises_an_alarm) {
    const TransactionPtr unlucky = signed_count(alice_key, 1, 3);
    const Executed executed =
        run({signed_count(alice_key, 0, 10), unlucky, signed_count(alice_key, 2, 4)});
    ASSERT_EQ(executed.receipts.size(), 3u);
    EXPECT_TRUE(executed.receipts[0].success);
    EXPECT_FALSE(executed.receipts[1].success);
    EXPECT_TRUE(executed.receipts[1].logs.empty());
    EXPECT_EQ(executed.receipts[1].gas_used, 100'000u);
    EXPECT_TRUE(executed.receipts[2].success);
    ASSERT_EQ(executed.alarms.size(), 1u);
    EXPECT_EQ(executed.alarms[0].transaction, unlucky->hash);
    EXPECT_EQ(executed.alarms[0].contract, counter);
    EXPECT_EQ(executed.alarms[0].invariant, "the count is 13");
    apply(executed);
    EXPECT_EQ(store.storage(counter, {}), u256{14u});
}

TEST_F(ExecuteTest, clearing_a_slot_gives_gas_back) {
    apply(run({signed_count(alice_key, 0, 1)}));
    const Executed executed = run({signed_count(alice_key, 1, 0xfe), signed_count(bob_key, 0, 0)});
    // 21,016 for the transaction, 2,100 to look at the slot, 2,900 to change it, 383 for the log
    // (EIP-2929, EIP-2200); 4,800 back (EIP-3529). The second finds it cold again and stores what
    // is there.
    EXPECT_EQ(executed.receipts.at(0).gas_used, 21'016u + 2'100 + 2'900 + 383 - 4'800);
    EXPECT_EQ(executed.receipts.at(1).gas_used, 21'004u + 2'100 + 100 + 383);
}

TEST_F(ExecuteTest, calldata_pays_the_floor_when_execution_is_cheap) {
    Transaction fields = test::payment(0, carol, u256{1u});
    fields.data.assign(100, 1);
    fields.gas_limit = 30'000;
    const Executed executed = run({sign_transaction(fields, alice_key)});
    EXPECT_EQ(executed.receipts.at(0).gas_used, 21'000u + 10 * 4 * 100);
}

TEST_F(ExecuteTest, invalid_transactions_are_skipped_with_their_reason) {
    Transaction foreign = test::payment(0, carol, u256{1u});
    foreign.chain_id = 1;
    const Executed executed = run({sign_transaction(foreign, alice_key),
                                   test::signed_payment(bob_key, 0, carol, u256{1u}),
                                   test::signed_payment(test::key(3), 0, alice, u256{1u})});
    ASSERT_EQ(executed.refused.size(), 2u);
    EXPECT_TRUE(executed.refused[0].reason.what.starts_with("invalid chain id"));
    EXPECT_TRUE(executed.refused[1].reason.what.starts_with("insufficient funds"));
    ASSERT_EQ(executed.block.transactions.size(), 1u);
    EXPECT_EQ(executed.block.transactions[0]->sender, bob);
}

TEST_F(ExecuteTest, a_block_takes_nonces_in_their_order_only) {
    const auto at_nonce = [&](uint64_t nonce) {
        return run({test::signed_payment(alice_key, nonce, carol, u256{1u})});
    };
    EXPECT_TRUE(at_nonce(0).refused.empty());
    const Executed early = at_nonce(1);
    ASSERT_EQ(early.refused.size(), 1u);
    EXPECT_EQ(early.refused[0].reason.what, "nonce too high: next nonce 0, tx nonce 1");
    const Executed twice = run({test::signed_payment(alice_key, 0, carol, u256{1u}),
                                test::signed_payment(alice_key, 0, carol, u256{2u})});
    ASSERT_EQ(twice.refused.size(), 1u);
    EXPECT_EQ(twice.refused[0].reason.what, "nonce too low: next nonce 1, tx nonce 0");
}

TEST_F(ExecuteTest, what_does_not_fit_is_left_for_the_next_block_with_its_senders_later_ones) {
    Proposal proposal =
        propose({signed_count(alice_key, 0, 1, 90'000), signed_count(alice_key, 1, 1, 90'000),
                 test::signed_payment(alice_key, 2, carol, u256{1u}),
                 test::signed_payment(bob_key, 0, carol, u256{1u})});
    proposal.header.gas_limit = 100'000;
    const Executed executed = run(proposal);
    ASSERT_EQ(executed.block.transactions.size(), 2u);
    EXPECT_EQ(executed.block.transactions[0]->sender, alice);
    EXPECT_EQ(executed.block.transactions[1]->sender, bob);
    EXPECT_TRUE(executed.refused.empty());
    EXPECT_LE(executed.block.header.gas_used, 100'000u);
}

TEST_F(ExecuteTest, the_header_commits_to_transactions_and_receipts) {
    const Executed one = run({test::signed_payment(alice_key, 0, carol, u256{1u})});
    const Executed other = run({test::signed_payment(alice_key, 0, carol, u256{2u})});
    EXPECT_EQ(one.block.header.transactions_root, transactions_root(one.block.transactions));
    EXPECT_NE(one.block.header.transactions_root, other.block.header.transactions_root);
    EXPECT_EQ(one.block.header.receipts_root, receipts_root(one.receipts));
    EXPECT_EQ(one.block.header.receipts_root, other.block.header.receipts_root);
}

TEST_F(ExecuteTest, many_random_blocks_conserve_wei_and_agree_with_a_single_one_replayed) {
    const uint64_t seed = 7;
    std::mt19937_64 random(seed);
    std::map<Address, uint64_t> nonces;
    for (int block = 0; block < 20; ++block) {
        std::vector<TransactionPtr> transactions;
        for (int i = 0; i < 10; ++i) {
            const bool is_alice = random() % 2 == 0;
            const PrivateKey& key = is_alice ? alice_key : bob_key;
            uint64_t& nonce = nonces[address_of(key)];
            transactions.push_back(
                random() % 2 == 0 ? test::signed_payment(key, nonce++, carol, u256{random() % 100})
                                  : signed_count(key, nonce++, static_cast<uint8_t>(random())));
        }
        const Proposal proposal = propose(transactions);
        const u256 before = store.total_balance();
        const Executed executed = run(proposal);
        ASSERT_EQ(executed.block.transactions.size(), transactions.size()) << "seed " << seed;
        ASSERT_EQ(run(proposal).block.hash, executed.block.hash) << "seed " << seed;
        apply(executed);
        ASSERT_EQ(before - store.total_balance(),
                  u256{executed.block.header.gas_used} * u256{base_fee})
            << "seed " << seed;
    }
}

Header header_with(uint64_t gas_limit, uint64_t gas_used, uint64_t fee) {
    Header out;
    out.gas_limit = gas_limit;
    out.gas_used = gas_used;
    out.base_fee = u256{fee};
    return out;
}

TEST(BaseFee, follows_the_fullness_of_the_parent) {
    // EIP-1559: an eighth up for a full block, an eighth down for an empty one, unchanged at the
    // target, and at least 1 wei up above it.
    EXPECT_EQ(next_base_fee(header_with(20'000'000, 10'000'000, 1'000'000'000)),
              u256{1'000'000'000u});
    EXPECT_EQ(next_base_fee(header_with(20'000'000, 20'000'000, 1'000'000'000)),
              u256{1'125'000'000u});
    EXPECT_EQ(next_base_fee(header_with(20'000'000, 0, 1'000'000'000)), u256{875'000'000u});
    EXPECT_EQ(next_base_fee(header_with(20'000'000, 10'000'001, 0)), u256{1u});
    EXPECT_EQ(next_base_fee(header_with(20'000'000, 0, 7)), u256{7u})
        << "an eighth of 7 is less than 1";
}

/// Checks every pair of blocks in a chain of the public block tests.
size_t check_base_fees(const boost::json::value& test) {
    const auto number = [](const boost::json::value& header, std::string_view key) {
        return *parse_number(test::text_at(header, key));
    };
    size_t checked = 0;
    const boost::json::value* parent = &test.at("genesisBlockHeader");
    for (const boost::json::value& block : test.at("blocks").as_array()) {
        const boost::json::value* header = block.as_object().if_contains("blockHeader");
        if (header == nullptr) return checked;
        if (number(*header, "number") != number(*parent, "number") + u256{1u}) return checked;
        if (test::text_at(*header, "parentHash") != test::text_at(*parent, "hash")) return checked;
        if (!parent->as_object().contains("baseFeePerGas")) return checked;
        Header given =
            header_with(number(*parent, "gasLimit").low64(), number(*parent, "gasUsed").low64(), 0);
        given.base_fee = number(*parent, "baseFeePerGas");
        EXPECT_EQ(next_base_fee(given), number(*header, "baseFeePerGas"));
        ++checked;
        parent = header;
    }
    return checked;
}

TEST(BaseFee, agrees_with_the_public_block_tests) {
    const auto files = test::fixtures_below("blocks/ethtests");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t checked = 0;
    for (const std::string& file : files) {
        const auto content = test::fixture(file);
        for (const auto& test : content->as_object())
            if (test.value().as_object().contains("genesisBlockHeader"))
                checked += check_base_fees(test.value());
    }
    EXPECT_GT(checked, 100u);
}

}  // namespace
}  // namespace plume
