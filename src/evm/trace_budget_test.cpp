#include "evm/trace_budget.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

TEST(TraceBudget, lends_its_size_and_not_a_byte_more) {
    TraceBudget budget(100, 10);
    EXPECT_TRUE(budget.take(60));
    EXPECT_TRUE(budget.take(40));
    EXPECT_TRUE(budget.take(0));
    EXPECT_FALSE(budget.is_spent());
    EXPECT_FALSE(budget.take(1));
    EXPECT_TRUE(budget.is_spent());
}

TEST(TraceBudget, counts_items) {
    TraceBudget budget(100, 2);
    EXPECT_TRUE(budget.take(1));
    EXPECT_TRUE(budget.take(1));
    EXPECT_FALSE(budget.take(1));
    EXPECT_FALSE(TraceBudget(100, 0).take(0));
}

TEST(TraceBudget, nothing_fits_after_something_did_not) {
    TraceBudget budget(100, 10);
    EXPECT_FALSE(budget.take(101));
    EXPECT_FALSE(budget.take(1));
}

}  // namespace
}  // namespace plume
