#include "chain/tip.hpp"

#include <gtest/gtest.h>

#include <random>

#include "state/root.hpp"
#include "state/state.hpp"
#include "support/memory_store.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

Address address_of_number(uint64_t number) {
    return to_address(u256{0x1000 + number});
}

/// Blocks of random changes, laid over a store on a disk and, as the reference, applied to memory.
class TipTest : public testing::Test {
protected:
    TipTest() {
        committed_.block.hash = hash_of(committed_.block.header);
        StoreOptions options;
        options.identity = StoreIdentity{1, committed_.block.hash};
        store_ = Store::open(directory_.path(), options).value();
        store_->commit({committed_.block, {}, {}, {}});
        tip_ = std::make_unique<Tip>(store_->head());
    }

    /// A block after the tip that does `change`; its roots are held against those from memory.
    void add(auto&& change) {
        const auto rooted_on = [&](const StateView& view, const NodeSource& nodes) {
            State state(view);
            change(state);
            return update_root(nodes, root_, state.take());
        };
        Rooted rooted = rooted_on(*tip_, *tip_);
        const Rooted reference = rooted_on(memory_, memory_.nodes());
        ASSERT_EQ(rooted.root, reference.root) << "block " << tip_->header().number + 1;
        memory_.apply(reference.changes, reference.nodes);
        root_ = rooted.root;

        CommittedBlock next;
        next.block.header.number = tip_->header().number + 1;
        next.block.header.parent_hash = tip_->hash();
        next.block.header.state_root = root_;
        next.block.hash = hash_of(next.block.header);
        const auto block = std::make_shared<const BlockUnderWay>(
            BlockUnderWay{std::make_shared<const CommittedBlock>(std::move(next)),
                          std::make_shared<const Effects>(
                              Effects{std::move(rooted.changes), std::move(rooted.nodes)})});
        tip_->add(block);
        waiting_.push_back(block);
    }

    void write(size_t count) {
        for (size_t i = 0; i < count && !waiting_.empty(); ++i) {
            const BlockUnderWay& block = *waiting_.front();
            store_->commit({block.committed->block, block.committed->receipts,
                            block.effects->changes, block.effects->nodes});
            waiting_.pop_front();
        }
    }

    static void change_some(State& state, std::mt19937_64& random) {
        for (int i = 0; i < 12; ++i) {
            const Address address = address_of_number(random() % 40);
            state.set_nonce(address, 1);
            state.set_balance(address, u256{random() % 1'000});
            // Few slots and many zeros: leaves go, and branches with them.
            state.store(address, u256{random() % 6}, u256{random() % 2});
        }
    }

    void expect_same_reads() {
        for (uint64_t i = 0; i < 40; ++i) {
            const Address address = address_of_number(i);
            ASSERT_EQ(tip_->account(address), memory_.account(address));
            for (uint64_t slot = 0; slot < 6; ++slot)
                ASSERT_EQ(tip_->storage(address, u256{slot}), memory_.storage(address, u256{slot}));
        }
    }

    CommittedBlock committed_;
    test::TemporaryDirectory directory_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Tip> tip_;
    test::MemoryStore memory_;
    Hash root_ = empty_trie_root;
    std::deque<BlockUnderWayPtr> waiting_;
};

TEST_F(TipTest, reads_and_roots_are_those_of_a_state_without_a_store_behind) {
    for (const uint64_t seed : {1, 2, 3}) {
        std::mt19937_64 random(seed);
        for (int block = 0; block < 60; ++block) {
            add([&random](State& state) {
                std::mt19937_64 same(random);
                change_some(state, same);
            });
            random.discard(100);
            if (HasFatalFailure()) FAIL() << "seed " << seed;
            write(random() % 3);
            if (random() % 2 == 0) tip_->rebase(store_->head());
            expect_same_reads();
        }
    }
}

TEST_F(TipTest, what_has_left_its_memory_is_in_the_store) {
    // More changes than it remembers twice, so that the first are forgotten; all but the last few
    // blocks are written.
    constexpr uint64_t each = Tip::remembered_max / 4;
    for (uint64_t block = 0; block < 14; ++block) {
        add([&](State& state) {
            for (uint64_t i = 0; i < each / 2; ++i)
                state.set_balance(address_of_number(block * each + i), u256{block + 1});
        });
        write(waiting_.size() > 2 ? 1 : 0);
        tip_->rebase(store_->head());
    }
    for (uint64_t block = 0; block < 14; ++block)
        for (const uint64_t i : {uint64_t{0}, each / 2 - 1}) {
            const auto found = tip_->account(address_of_number(block * each + i));
            ASSERT_TRUE(found.has_value()) << block;
            EXPECT_EQ(found->balance, u256{block + 1});
        }
}

TEST_F(TipTest, lets_go_of_blocks_although_the_same_accounts_change_again_and_again) {
    constexpr uint64_t accounts = Tip::remembered_max / 16;
    const auto pay_all = [&](uint64_t amount) {
        add([&](State& state) {
            for (uint64_t i = 0; i < accounts; ++i)
                state.set_balance(address_of_number(i), u256{amount});
        });
        write(1);
        tip_->rebase(store_->head());
    };
    pay_all(1);
    pay_all(2);
    const std::weak_ptr<const Effects> early = [&] {
        add([](State& state) { state.set_balance(address_of_number(0), u256{3u}); });
        return waiting_.back()->effects;
    }();
    write(1);
    for (uint64_t amount = 4; amount < 40; ++amount) pay_all(amount);
    EXPECT_TRUE(early.expired());
}

TEST_F(TipTest, finds_the_code_that_a_block_under_way_brings) {
    const Bytes code{1, 2, 3};
    add([&](State& state) { state.set_code(address_of_number(1), code); });
    const Hash hash = tip_->account(address_of_number(1))->code_hash;
    EXPECT_EQ(tip_->code(hash), code);
    write(1);
    tip_->rebase(store_->head());
    EXPECT_EQ(tip_->code(hash), code);
}

TEST_F(TipTest, an_account_that_went_is_gone_and_may_come_back) {
    add([](State& state) { state.set_balance(address_of_number(1), u256{5u}); });
    write(1);
    tip_->rebase(store_->head());
    add([](State& state) {
        state.begin_transaction();
        state.set_balance(address_of_number(1), u256{});
        state.end_transaction();
    });
    EXPECT_EQ(tip_->account(address_of_number(1)), std::nullopt);
    add([](State& state) { state.set_balance(address_of_number(1), u256{7u}); });
    EXPECT_EQ(tip_->account(address_of_number(1))->balance, u256{7u});
}

TEST_F(TipTest, forgets_all_but_the_store_when_it_is_reset) {
    add([](State& state) { state.set_balance(address_of_number(1), u256{5u}); });
    tip_->reset(store_->head());
    EXPECT_EQ(tip_->header().number, 0u);
    EXPECT_EQ(tip_->account(address_of_number(1)), std::nullopt);
}

TEST_F(TipTest, lets_nothing_run_on_a_block_that_deletes_storage) {
    add([](State& state) {
        state.set_balance(address_of_number(1), u256{5u});
        state.store(address_of_number(1), u256{1u}, u256{2u});
    });
    const auto go = [](State& state) {
        state.begin_transaction();
        state.destroy(address_of_number(1));
        state.end_transaction();
    };
    add(go);
    EXPECT_TRUE(waiting_.back()->effects->deletes_storage());
    EXPECT_DEATH(add([](State& state) { state.set_balance(address_of_number(2), u256{5u}); }),
                 "is written before its child runs");
}

TEST_F(TipTest, refuses_a_block_that_is_not_its_child) {
    add([](State& state) { state.set_balance(address_of_number(1), u256{5u}); });
    EXPECT_DEATH(tip_->add(waiting_.front()), "over its parent");
}

}  // namespace
}  // namespace plume
