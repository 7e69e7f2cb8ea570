#include "store/log_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/model_chain.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address vault = "1111111111111111111111111111111111111111"_address;
constexpr Address other = "2222222222222222222222222222222222222222"_address;
constexpr Hash red = "3333333333333333333333333333333333333333333333333333333333333333"_hash;
constexpr Hash blue = "4444444444444444444444444444444444444444444444444444444444444444"_hash;

TEST(LogQuery, empty_conditions_match_every_log) {
    EXPECT_TRUE(matches({}, {vault, {}, {}}));
    EXPECT_TRUE(matches({}, {vault, {red, blue}, {}}));
}

TEST(LogQuery, one_of_the_addresses_must_match) {
    const Log log{vault, {}, {}};
    EXPECT_TRUE(matches({.addresses = {other, vault}}, log));
    EXPECT_FALSE(matches({.addresses = {other}}, log));
}

TEST(LogQuery, topics_match_by_position) {
    const Log log{vault, {red, blue}, {}};
    EXPECT_TRUE(matches({.topics = {{red}}}, log));
    EXPECT_TRUE(matches({.topics = {{blue, red}, {blue}}}, log));
    EXPECT_TRUE(matches({.topics = {{}, {blue}}}, log));
    EXPECT_FALSE(matches({.topics = {{blue}}}, log));
    EXPECT_FALSE(matches({.topics = {{red}, {red}}}, log));
}

TEST(LogQuery, a_log_with_fewer_topics_than_positions_does_not_match) {
    const Log log{vault, {red}, {}};
    EXPECT_TRUE(matches({.topics = {{}}}, log));
    EXPECT_FALSE(matches({.topics = {{}, {}}}, log));
    EXPECT_FALSE(matches({.topics = {{}, {}, {}, {}, {}}}, {vault, {red, red, red, red}, {}}));
}

class LogIndex : public testing::Test {
protected:
    static constexpr size_t block_count = 120;

    LogIndex() : chain_(7) {
        chain_.extend(block_count);
        auto opened = Store::open(temporary_.path(), {.identity = chain_.identity()});
        check(opened.ok(), "a fresh store opens");
        store_ = std::move(opened).value();
        for (const test::ModelBlock& block : chain_.blocks()) store_->commit(block.commit());
    }

    /// The blocks in which one log meets the whole query.
    std::vector<uint64_t> expected(const LogQuery& query) const {
        std::vector<uint64_t> out;
        for (const test::ModelBlock& block : chain_.blocks()) {
            const uint64_t number = block.block.header.number;
            if (number < query.from || number > query.to) continue;
            const auto any = [&](const Receipt& receipt) {
                return std::ranges::any_of(receipt.logs,
                                           [&](const Log& log) { return matches(query, log); });
            };
            if (std::ranges::any_of(block.receipts, any)) out.push_back(number);
        }
        return out;
    }

    std::vector<uint64_t> found(const LogQuery& query) const {
        return store_->head()->blocks_with_logs(query);
    }

    test::TemporaryDirectory temporary_;
    test::ModelChain chain_;
    std::unique_ptr<Store> store_;
};

TEST_F(LogIndex, finds_the_blocks_of_one_condition_exactly) {
    const uint64_t last = block_count - 1;
    EXPECT_EQ(found({0, last, {}, {}}), expected({0, last, {}, {}}));
    for (const Address& address : chain_.addresses())
        EXPECT_EQ(found({5, 100, {address}, {}}), expected({5, 100, {address}, {}}));
    for (const Hash& topic : chain_.topics())
        EXPECT_EQ(found({5, 100, {}, {{}, {topic}}}), expected({5, 100, {}, {{}, {topic}}}));
}

TEST_F(LogIndex, misses_no_block_of_several_conditions) {
    const auto& addresses = chain_.addresses();
    for (size_t i = 0; i + 3 < addresses.size(); ++i) {
        for (const Hash& topic : chain_.topics()) {
            const LogQuery query{3,
                                 110,
                                 {addresses[i], addresses[i + 1], addresses[i + 2]},
                                 {{topic, chain_.topics()[0]}, {}, {chain_.topics()[1]}}};
            EXPECT_TRUE(std::ranges::includes(found(query), expected(query)));
        }
    }
}

TEST_F(LogIndex, keeps_to_the_range) {
    const auto all = expected({0, block_count, {}, {}});
    ASSERT_GT(all.size(), 2u);
    EXPECT_EQ(found({all[1], all[1], {}, {}}), std::vector{all[1]});
    EXPECT_TRUE(found({all[1] + 1, all[1], {}, {}}).empty());
    EXPECT_TRUE(found({block_count, ~0ull, {}, {}}).empty());
    EXPECT_EQ(found({0, ~0ull, {}, {}}), all);
}

TEST_F(LogIndex, finds_nothing_for_what_never_occurred) {
    EXPECT_TRUE(found({0, block_count, {vault}, {}}).empty());
    EXPECT_TRUE(found({0, block_count, {}, {{red}}}).empty());
    EXPECT_TRUE(found({0, block_count, {}, {{}, {}, {}, {}, {chain_.topics()[0]}}}).empty());
}

}  // namespace
}  // namespace plume
