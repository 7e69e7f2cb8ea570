#include "chain/scheduled.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "chain/execute.hpp"
#include "chain/replay.hpp"
#include "chain/simulate_blocks.hpp"
#include "contracts/catalog.hpp"
#include "evm/call_tracer.hpp"
#include "native/remote.hpp"
#include "state/root.hpp"
#include "support/memory_store.hpp"
#include "support/schedules.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using test::World;

const PrivateKey alice_key = test::key(1);
const Address alice = address_of(alice_key);
const Address scheduler = contracts::scheduler;
const Address errand = "0x0000000000000000000000000000000000e44a4d"_address;
constexpr uint64_t base_fee = 1'000'000'000;
constexpr uint64_t call_gas = 100'000;
constexpr uint64_t block_gas = 30'000'000;

std::vector<NativeType> known_types() {
    std::vector<NativeType> out(native_types().begin(), native_types().end());
    out.push_back(test::errand_type());
    return out;
}

/// A chain in memory with the Scheduler, an errand and alice, who has money.
class ScheduledTest : public testing::Test {
protected:
    explicit ScheduledTest(std::vector<NativeType> types = known_types())
        : natives(std::move(types)) {
        State state(store);
        state.set_balance(alice, exp(10_u256, 24_u256));
        for (const auto& [address, type] :
             {std::pair(scheduler, std::string_view("Scheduler")), {errand, "Errand"}}) {
            const auto found = std::ranges::find(natives, type, &NativeType::name);
            state.set_nonce(address, 1);
            state.set_code(address, native_code(*found));
        }
        const Rooted rooted = update_root(store.nodes(), empty_trie_root, state.take());
        store.apply(rooted.changes, rooted.nodes);
        root = rooted.root;
        parent.timestamp = 1'000;
    }

    TransactionPtr sign(const Address& to, Bytes data, const u256& value = {},
                        uint64_t gas = 1'000'000) {
        Transaction fields = test::payment(nonce++, to, value);
        fields.max_fee_per_gas = u256{100 * base_fee};
        fields.gas_limit = gas;
        fields.data = std::move(data);
        return sign_transaction(fields, alice_key);
    }
    u256 price(size_t data_size, uint32_t count = 1) const {
        const uint64_t words = (data_size + 31) / 32;
        return u256{count} * u256{2 * base_fee} *
               u256{Scheduler::run_gas + words * Scheduler::data_word_gas + call_gas +
                    call_gas / 63 + 1};
    }
    TransactionPtr schedule(const Bytes& data, uint64_t due, const Recurrence& recurrence = {}) {
        return sign(scheduler,
                    World::calldata<"schedule(address target, bytes data, uint64 gasLimit, uint64 "
                                    "due, (uint32 period, uint8 unit, uint32 count) recurrence)">(
                        errand, data, call_gas, due, recurrence),
                    price(data.size(), recurrence.count));
    }
    static Bytes visit(uint64_t number) { return test::ScheduleWorld::visit(number); }

    Proposal propose(uint64_t timestamp, std::vector<TransactionPtr> transactions) const {
        Proposal out;
        out.header.parent_hash = parent_hash;
        out.header.number = parent.number + 1;
        out.header.timestamp = timestamp;
        out.header.gas_limit = block_gas;
        out.header.base_fee = u256{base_fee};
        out.parent_state_root = root;
        out.transactions = std::move(transactions);
        return out;
    }
    Executed try_block(uint64_t timestamp, std::vector<TransactionPtr> transactions = {}) const {
        return execute(store, store.nodes(), rules, propose(timestamp, std::move(transactions)));
    }
    const Executed& make_block(uint64_t timestamp, std::vector<TransactionPtr> transactions = {}) {
        Executed done = try_block(timestamp, std::move(transactions));
        EXPECT_TRUE(done.refused.empty()) << done.refused[0].reason.what;
        store.apply(done.changes, done.nodes);
        root = done.block.header.state_root;
        parent = done.block.header;
        parent_hash = done.block.hash;
        blocks.push_back(std::move(done));
        return blocks.back();
    }
    u256 visits(uint64_t number) const {
        return store.storage(errand, Map<u256, u256>{0}[u256{number}].position);
    }
    static std::vector<const Log*> executed(const Executed& done) {
        std::vector<const Log*> out;
        for (const Receipt& receipt : done.receipts)
            for (const Log& log : receipt.logs)
                if (Scheduler::Executed::decode(log)) out.push_back(&log);
        return out;
    }

    const std::vector<NativeType> natives;
    const Rules rules{test::chain_id, natives};
    test::MemoryStore store;
    Hash root;
    Header parent;
    Hash parent_hash;
    uint64_t nonce = 0;
    std::deque<Executed> blocks;
};

TEST_F(ScheduledTest, a_due_call_is_a_transaction_of_the_block) {
    const Bytes data = visit(7);
    ASSERT_TRUE(make_block(1'001, {schedule(data, 1'010)}).receipts[0].success);
    EXPECT_EQ(next_due(store, natives), 1'010u);
    EXPECT_TRUE(make_block(1'009).block.transactions.empty());
    const u256 held = store.account(scheduler)->balance;
    const Executed& done = make_block(1'010);
    ASSERT_EQ(done.block.transactions.size(), 1u);
    const SignedTransaction& made = *done.block.transactions[0];
    EXPECT_EQ(made.fields.type, TransactionType::system);
    EXPECT_EQ(made.sender, system_sender);
    EXPECT_EQ(made.fields.to, scheduler);
    EXPECT_EQ(made.fields.nonce, 3u) << "the block's number";
    EXPECT_EQ(made.raw[0], 0x70);
    EXPECT_EQ(made.hash, keccak256(made.raw));
    EXPECT_EQ(visits(7), 1_u256);

    const Receipt& receipt = done.receipts[0];
    EXPECT_TRUE(receipt.success);
    EXPECT_EQ(receipt.type, TransactionType::system);
    EXPECT_EQ(receipt.effective_gas_price, u256{base_fee});
    EXPECT_EQ(done.block.header.gas_used, receipt.gas_used);
    EXPECT_EQ(encode(receipt)[0], 0x70);
    const auto events = executed(done);
    ASSERT_EQ(events.size(), 1u);
    const u256 fee = u256{receipt.gas_used} * u256{base_fee};
    EXPECT_EQ(*Scheduler::Executed::decode(*events[0]), (std::tuple{1_u256, 0u, true, fee}));
    EXPECT_EQ(store.account(scheduler)->balance, held - fee);
    EXPECT_EQ(next_due(store, natives), std::nullopt);
    EXPECT_TRUE(make_block(1'011).block.transactions.empty()) << "at most once";
}

TEST_F(ScheduledTest, a_call_due_at_once_is_made_in_the_block_that_schedules_it) {
    const Executed& done = make_block(1'001, {schedule(visit(1), 1'001)});
    ASSERT_EQ(done.block.transactions.size(), 2u);
    EXPECT_EQ(done.receipts[1].cumulative_gas_used, done.block.header.gas_used);
    EXPECT_EQ(visits(1), 1_u256);
}

TEST_F(ScheduledTest, reproducing_a_block_derives_its_system_transactions) {
    make_block(1'001, {schedule(visit(1), 1'010, {10, Recurrence::seconds, 3})});
    const Executed done = try_block(1'020, {schedule(visit(2), 1'020)});
    ASSERT_EQ(done.block.transactions.size(), 4u);
    const auto again = [&](const Block& block) {
        return reproduce(store, store.nodes(), rules, root, block);
    };
    const auto right = again(done.block);
    ASSERT_TRUE(right.ok()) << right.error().what;
    EXPECT_EQ(right->block.header, done.block.header);

    Block without = done.block;
    without.transactions.pop_back();
    EXPECT_FALSE(again(without).ok()) << "left out";
    Block twice = done.block;
    twice.transactions.push_back(twice.transactions.back());
    EXPECT_FALSE(again(twice).ok()) << "smuggled in";
    Block swapped = done.block;
    std::swap(swapped.transactions[2], swapped.transactions[3]);
    EXPECT_FALSE(again(swapped).ok()) << "out of order";
    Block forged = done.block;
    Transaction fields = forged.transactions[3]->fields;
    fields.gas_limit -= 1;
    forged.transactions[3] = system_transaction(fields);
    EXPECT_FALSE(again(forged).ok());
    Block other = done.block;
    other.header.state_root[0] ^= 1;
    EXPECT_FALSE(again(other).ok());
}

TEST_F(ScheduledTest, a_proposal_cannot_bring_a_system_transaction) {
    make_block(1'001, {schedule(visit(1), 1'010)});
    const Executed due = try_block(1'010);
    const TransactionPtr stolen = due.block.transactions.at(0);
    const Executed done = try_block(1'010, {stolen});
    ASSERT_EQ(done.refused.size(), 1u);
    EXPECT_TRUE(done.refused[0].reason.what.starts_with("transaction type not supported"));
    EXPECT_EQ(done.block.hash, due.block.hash) << "the state's own is made all the same";
}

TEST_F(ScheduledTest, a_replay_comes_to_what_the_block_came_to) {
    make_block(1'001, {schedule(visit(1), 1'010, {10, Recurrence::seconds, 2}),
                       schedule(World::calldata<"burn()">(), 1'010),
                       schedule(World::calldata<"poison()">(), 1'010)});
    const Executed done = try_block(1'020, {schedule(visit(2), 1'010 + 90)});
    ASSERT_EQ(done.block.transactions.size(), 5u);
    Replay replay(store, done.block.header, rules);
    for (size_t i = 0; i < done.receipts.size(); ++i) {
        const Transacted made = replay.run(*done.block.transactions[i]);
        EXPECT_EQ(made.gas_used, done.receipts[i].gas_used);
        EXPECT_EQ(made.logs, done.receipts[i].logs);
    }
    for (const AccountChange& change : done.changes.accounts) {
        EXPECT_EQ(replay.view().account(change.address)->balance, change.after->balance);
        for (const SlotChange& slot : change.slots)
            EXPECT_EQ(replay.view().storage(change.address, slot.slot), slot.after);
    }
}

TEST_F(ScheduledTest, a_run_that_breaks_an_invariant_is_undone_booked_and_told_of) {
    make_block(1'001, {schedule(World::calldata<"poison()">(), 1'010, {5, Recurrence::seconds, 2}),
                       schedule(visit(1), 1'010)});
    const Executed& done = make_block(1'010);
    ASSERT_EQ(done.receipts.size(), 2u) << "it holds up nobody";
    EXPECT_FALSE(done.receipts[0].success);
    ASSERT_EQ(done.alarms.size(), 1u);
    EXPECT_EQ(done.alarms[0].contract, errand);
    EXPECT_EQ(done.alarms[0].transaction, done.block.transactions[0]->hash);
    const auto events = executed(done);
    ASSERT_EQ(events.size(), 2u);
    const auto [id, run, success, fee] = *Scheduler::Executed::decode(*events[0]);
    EXPECT_FALSE(success);
    EXPECT_EQ(fee, u256{done.receipts[0].gas_used} * u256{base_fee});
    EXPECT_EQ(done.receipts[0].gas_used, done.block.transactions[0]->fields.gas_limit)
        << "the fee for all of its gas is consumed";
    EXPECT_EQ(visits(1), 1_u256);
    EXPECT_EQ(make_block(1'014).receipts.size(), 0u) << "at most once";
    EXPECT_EQ(make_block(1'015).receipts.size(), 1u) << "and its second run when that is due";
}

// N10: more than a block can take, all for one second.
TEST_F(ScheduledTest, ten_thousand_payouts_for_one_second_are_each_made_once_and_in_order) {
    constexpr uint64_t count = 10'000;
    constexpr uint64_t per_block = 60;
    constexpr uint64_t due = 100'000;
    for (uint64_t made = 0; made < count;) {
        std::vector<TransactionPtr> transactions;
        for (uint64_t i = 0; i < per_block; ++i)
            if (made < count) transactions.push_back(schedule(visit(made++ % 100), due));
        const Executed& done = make_block(1'001 + made, std::move(transactions));
        ASSERT_TRUE(done.refused.empty());
        for (const Receipt& receipt : done.receipts) ASSERT_TRUE(receipt.success);
    }
    u256 last_id;
    uint64_t in_all = 0;
    uint64_t block_count = 0;
    while (in_all < count) {
        const Executed& done = make_block(due);
        ++block_count;
        ASSERT_FALSE(done.receipts.empty());
        ASSERT_LE(done.block.header.gas_used, scheduled_gas_max(block_gas));
        for (const Log* log : executed(done)) {
            const auto [id, run, success, fee] = *Scheduler::Executed::decode(*log);
            ASSERT_TRUE(success);
            ASSERT_EQ(id, last_id + 1_u256) << "the order of ids";
            last_id = id;
            ++in_all;
        }
    }
    EXPECT_EQ(in_all, count);
    for (uint64_t i = 0; i < 100; ++i) ASSERT_EQ(visits(i), u256{count / 100});
    EXPECT_EQ(next_due(store, natives), std::nullopt);
    RecordProperty("blocks", static_cast<int>(block_count));
    EXPECT_TRUE(make_block(due + 1).receipts.empty());
}

TEST_F(ScheduledTest, users_leave_the_share_free_while_a_call_is_due) {
    make_block(1'001, {schedule(visit(1), 1'010)});
    std::vector<TransactionPtr> full;
    for (int i = 0; i < 20; ++i)
        full.push_back(sign(errand, World::calldata<"burn()">(), {}, 2'000'000));
    const Executed early = try_block(1'009, full);
    EXPECT_EQ(early.receipts.size(), 15u) << "all of 30 million";
    const Executed done = try_block(1'010, full);
    ASSERT_EQ(done.receipts.size(), 12u) << "three quarters of it, and the call";
    EXPECT_EQ(done.block.transactions[11]->fields.type, TransactionType::system);
    EXPECT_TRUE(done.refused.empty());
}

TEST_F(ScheduledTest, a_trace_shows_the_call_inside) {
    make_block(1'001, {schedule(visit(1), 1'010)});
    const Executed done = try_block(1'010);
    Replay replay(store, done.block.header, rules);
    TraceBudget budget;
    CallTracer tracer({}, budget);
    replay.run(*done.block.transactions.at(0), &tracer);
    const TracedCall& run = tracer.outermost();
    EXPECT_EQ(run.from, system_sender);
    EXPECT_EQ(run.to, scheduler);
    EXPECT_EQ(run.gas_used, done.receipts[0].gas_used);
    ASSERT_EQ(run.calls.size(), 1u);
    EXPECT_EQ(run.calls[0].from, scheduler);
    EXPECT_EQ(run.calls[0].to, errand);
    EXPECT_EQ(run.calls[0].input, visit(1));
}

TEST_F(ScheduledTest, without_the_scheduler_there_are_no_calls) {
    test::MemoryStore nothing;
    EXPECT_EQ(next_due(nothing, natives), std::nullopt);
    State state(nothing);
    EXPECT_FALSE(due_call(state, {}, natives).has_value());
    state.set_code(scheduler, {0x60, 0x00, 0x60, 0x00, 0xf3});
    EXPECT_FALSE(due_call(state, {}, natives).has_value()) << "another contract stands there";
}

TEST_F(ScheduledTest, simulated_blocks_make_the_calls_that_are_due) {
    make_block(1'001, {schedule(visit(7), 5'000)});
    BlockRequest early;
    early.block.timestamp = 4'999;
    BlockRequest late;
    late.block.timestamp = 5'000;
    BlockCall look;
    look.request.to = errand;
    look.request.data = World::calldata<"visits(uint256)">(7_u256);
    late.calls.push_back(look);
    BlockRequest after;
    after.calls.push_back(look);
    const auto blocks_made = simulate_blocks({store, parent, parent_hash}, rules,
                                             {early, late, after}, {.validates = false});
    ASSERT_TRUE(blocks_made.ok()) << blocks_made.error().what;
    const auto& made = *blocks_made;
    EXPECT_TRUE(made[0].block.transactions.empty());
    ASSERT_EQ(made[1].block.transactions.size(), 2u);
    EXPECT_EQ(made[1].calls.size(), 1u);
    EXPECT_EQ(made[1].block.transactions[1]->fields.type, TransactionType::system);
    EXPECT_EQ(abi::decode_one<u256>(made[1].calls[0].result.output), 0_u256) << "before it";
    EXPECT_EQ(abi::decode_one<u256>(made[2].calls[0].result.output), 1_u256) << "after it";
}

// S-2.
TEST_F(ScheduledTest, replaying_all_blocks_from_the_first_gives_the_same_roots) {
    test::MemoryStore copy;
    Hash copied_root = root;
    State state(copy);
    state.set_balance(alice, exp(10_u256, 24_u256));
    for (const Address& address : {scheduler, errand}) {
        state.set_nonce(address, 1);
        state.set_code(address, store.code(store.account(address)->code_hash));
    }
    const Rooted rooted = update_root(copy.nodes(), empty_trie_root, state.take());
    ASSERT_EQ(rooted.root, root);
    copy.apply(rooted.changes, rooted.nodes);

    for (uint64_t i = 0; i < 60; ++i) {
        std::vector<TransactionPtr> transactions;
        if (i < 30) {
            const uint32_t count = 1 + static_cast<uint32_t>(i % 4);
            transactions.push_back(schedule(
                i % 7 == 3 ? World::calldata<"burn()">() : visit(i), 1'000 + 10 * i + i % 13,
                {static_cast<uint32_t>(3 + i), Recurrence::seconds, count}));
        }
        make_block(1'000 + 10 * i, std::move(transactions));
    }
    size_t calls = 0;
    for (const Executed& done : blocks) {
        const auto again = reproduce(copy, copy.nodes(), rules, copied_root, done.block);
        ASSERT_TRUE(again.ok()) << again.error().what;
        ASSERT_EQ(again->receipts, done.receipts);
        copy.apply(again->changes, again->nodes);
        copied_root = again->block.header.state_root;
        calls += executed(done).size();
    }
    EXPECT_EQ(copied_root, root);
    EXPECT_GT(calls, 60u);
}

}  // namespace
}  // namespace plume
