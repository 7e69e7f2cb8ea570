#include "chain/replay.hpp"

#include <gtest/gtest.h>

#include "chain/system.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::op;
using test::push;

const PrivateKey alice_key = test::key(1);
const Address alice = address_of(alice_key);
const Address counter = "0x0000000000000000000000000000000000c0ffee"_address;

/// Counts in slot 0, and keeps in slot 1 the hash of the block before the last.
test::Bytecode counting() {
    return push(0) + op(SLOAD) + push(1) + op(ADD) + push(0) + op(SSTORE) + push(2) +
           op(NUMBER, SUB, BLOCKHASH) + push(1) + op(SSTORE) + push(0) + push(0) + op(LOG0);
}

class ReplayTest : public testing::Test {
protected:
    ReplayTest() {
        test::MemoryStore nothing;
        State state(nothing);
        state.set_balance(alice, 1'000'000'000'000'000'000_u256);
        state.set_nonce(counter, 1);
        state.set_code(counter, counting().bytes());
        state.set_nonce(history_address, 1);
        state.set_code(history_address, history_code());
        state.store(history_address, u256{8u}, u256{0xabcdu});
        Rooted rooted = update_root(before.nodes(), empty_trie_root, state.take());
        before.apply(rooted.changes, rooted.nodes);
        proposal.parent_state_root = rooted.root;
        proposal.header.number = 10;
        proposal.header.gas_limit = 30'000'000;
        proposal.header.parent_hash[0] = 0x77;
        for (uint64_t nonce = 0; nonce < 3; ++nonce) {
            Transaction fields = test::payment(nonce, counter, {});
            fields.gas_limit = nonce == 1 ? 25'000 : 200'000;  // The second runs out of it.
            proposal.transactions.push_back(sign_transaction(fields, alice_key));
        }
    }

    test::MemoryStore before;
    Proposal proposal;
    const Rules rules{test::chain_id, {}};
};

TEST_F(ReplayTest, comes_to_the_same_results_and_state_as_the_block) {
    const Executed executed = execute(before, before.nodes(), rules, proposal);
    ASSERT_EQ(executed.receipts.size(), 3u);
    Replay replay(before, executed.block.header, rules);
    for (size_t i = 0; i < 3; ++i) {
        const Transacted done = replay.run(*executed.block.transactions[i]);
        const Receipt& receipt = executed.receipts[i];
        EXPECT_EQ(done.result.status == Status::success, receipt.success);
        EXPECT_EQ(receipt.success, i != 1);
        EXPECT_EQ(done.gas_used, receipt.gas_used);
        EXPECT_EQ(done.logs, receipt.logs);
    }
    for (const AccountChange& change : executed.changes.accounts) {
        EXPECT_EQ(replay.view().account(change.address)->balance, change.after->balance);
        EXPECT_EQ(replay.view().account(change.address)->nonce, change.after->nonce);
        for (const SlotChange& slot : change.slots)
            EXPECT_EQ(replay.view().storage(change.address, slot.slot), slot.after);
    }
    EXPECT_EQ(replay.view().storage(counter, u256{}), u256{2u});
    EXPECT_EQ(replay.view().storage(counter, u256{1u}), u256{0xabcdu});
}

TEST_F(ReplayTest, the_block_begins_as_it_did) {
    const Replay replay(before, proposal.header, rules);
    EXPECT_EQ(replay.view().storage(history_address, u256{9u}),
              to_u256(proposal.header.parent_hash));
    EXPECT_EQ(replay.block().number, 10u);
}

}  // namespace
}  // namespace plume
