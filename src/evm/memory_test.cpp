#include "evm/memory.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

TEST(Memory, grows_by_words_at_the_yellow_papers_price) {
    EXPECT_EQ(memory_price(1), 3u);
    EXPECT_EQ(memory_price(724), 724u * 3 + 1'023);
    Memory memory;
    EXPECT_EQ(memory.grow(0, 1, 100), 97);
    EXPECT_EQ(memory.size(), 32u);
    EXPECT_EQ(memory.grow(31, 1, 100), 100);
    EXPECT_EQ(memory.grow(31, 2, 100), 97);
    EXPECT_EQ(memory.size(), 64u);
}

TEST(Memory, does_not_grow_when_gas_does_not_suffice) {
    Memory memory;
    EXPECT_LT(memory.grow(0, 64, 5), 0);
    EXPECT_EQ(memory.size(), 0u);
    EXPECT_LT(memory.grow(uint64_t{1} << 40, 32, int64_t{1} << 62), 0) << "beyond any gas";
}

TEST(Memory, is_zero_where_nothing_was_written_and_keeps_what_was) {
    Memory memory;
    int64_t gas = int64_t{1} << 40;
    gas = memory.grow(0, 32, gas);
    memory.data()[5] = 7;
    gas = memory.grow(0, 100'000, gas);
    EXPECT_EQ(memory.data()[5], 7);
    for (size_t i = 32; i < memory.size(); ++i) ASSERT_EQ(memory.data()[i], 0);
}

}  // namespace
}  // namespace plume
