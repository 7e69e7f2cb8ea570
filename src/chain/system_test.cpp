#include "chain/system.hpp"

#include <gtest/gtest.h>

#include "evm/call.hpp"
#include "state/root.hpp"
#include "support/memory_store.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Hash parent = "0x1111111111111111111111111111111111111111111111111111111111111111"_hash;

class SystemTest : public testing::Test {
protected:
    SystemTest() {
        state.set_nonce(history_address, 1);
        state.set_code(history_address, history_code());
        state.end_transaction();
        block.number = 9'000;
        block.parent_hash = parent;
        header.parent_hash = parent;
    }
    /// What the history answers to anybody.
    CallResult ask(uint64_t number) {
        const Hash word = to_word(u256{number});
        BlockEnvironment later = block;
        later.number = 9'001;
        state.begin_transaction();
        Execution execution{state, later, {}, {}, {}};
        return call(execution, {.gas = 100'000,
                                .sender = {},
                                .recipient = history_address,
                                .code_address = history_address,
                                .value = {},
                                .input = word});
    }

    test::MemoryStore nothing;
    State state{nothing};
    BlockEnvironment block;
    Header header;
};

TEST_F(SystemTest, a_block_writes_its_parents_hash_into_the_ring) {
    begin_block(state, block, {}, header);
    EXPECT_EQ(state.load(history_address, u256{8'999u % 8'191}), to_u256(parent));
    EXPECT_EQ(ask(8'999).output, to_bytes(parent));
    EXPECT_EQ(ask(9'001).status, Status::revert) << "not a block before this one";
    EXPECT_EQ(ask(9'001 - 8'192).status, Status::revert) << "forgotten";
}

TEST_F(SystemTest, without_a_contract_nothing_happens) {
    State empty(nothing);
    begin_block(empty, block, {}, header);
    EXPECT_TRUE(empty.take().accounts.empty());
}

TEST_F(SystemTest, blockhash_knows_the_parent_and_what_the_history_holds) {
    test::MemoryStore world;
    State past(world);
    past.store(history_address, u256{8'998u % 8'191}, u256{7u});
    past.set_nonce(history_address, 1);
    const Rooted rooted = update_root(world.nodes(), empty_trie_root, past.take());
    world.apply(rooted.changes, rooted.nodes);
    know_ancestors(block, world);
    EXPECT_EQ(block.ancestor_hash(8'999), parent);
    EXPECT_EQ(block.ancestor_hash(8'998), to_word(u256{7u}));
    EXPECT_EQ(block.ancestor_hash(8'997), Hash{});
}

}  // namespace
}  // namespace plume
