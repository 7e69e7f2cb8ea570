#include "chain/pruner.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/schema.hpp"
#include "support/model_chain.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using test::ModelBlock;
using test::ModelChain;
using test::TemporaryDirectory;

constexpr uint64_t history = 10;

class PrunerTest : public testing::Test {
protected:
    PrunerTest() : chain_(7) { chain_.extend(200); }

    void open() {
        store_.reset();
        store_ = Store::open(directory_.path(), {.identity = chain_.identity(), .history = history})
                     .value();
    }
    void commit(uint64_t number) { store_->commit(chain_.blocks()[number].commit()); }

    /// Whether the history is swept up to `number` before long.
    bool is_swept(uint64_t number) const {
        constexpr std::chrono::milliseconds grain{5};
        for (int i = 0; i < 4'000 && store_->head()->swept() < number; ++i)
            std::this_thread::sleep_for(grain);
        return store_->head()->swept() == number;
    }

    TemporaryDirectory directory_;
    ModelChain chain_;
    std::unique_ptr<Store> store_;
};

TEST_F(PrunerTest, sweeps_when_a_stride_has_come_and_not_before) {
    open();
    commit(0);
    Pruner pruner(*store_, history);
    const uint64_t due = history - 1 + prune_stride_min;
    for (uint64_t number = 1; number < due; ++number) {
        commit(number);
        pruner.on_head(number);
    }
    EXPECT_EQ(store_->noted_kept_from(), 0U);
    commit(due);
    pruner.on_head(due);
    EXPECT_TRUE(is_swept(prune_stride_min));
    EXPECT_EQ(store_->noted_kept_from(), prune_stride_min);
}

TEST_F(PrunerTest, goes_on_with_what_was_cut) {
    open();
    for (uint64_t number = 0; number < 100; ++number) commit(number);
    store_->keep_from(90);
    ASSERT_EQ(store_->head()->swept(), 0U);
    open();
    const Pruner pruner(*store_, history);
    EXPECT_TRUE(is_swept(90));
    store_->head()->for_each_row(Table::history, [&](BytesView key, BytesView) {
        EXPECT_GT(schema::trailing_number(key), 90U);
    });
}

TEST_F(PrunerTest, a_shorter_history_prunes_what_is_there) {
    open();
    for (uint64_t number = 0; number < 200; ++number) commit(number);
    {
        const Pruner pruner(*store_, 150);
        EXPECT_EQ(store_->noted_kept_from(), 0U);
    }
    const Pruner pruner(*store_, history);
    EXPECT_TRUE(is_swept(190));
    EXPECT_EQ(store_->head()->kept_from(), 190U);
}

}  // namespace
}  // namespace plume
