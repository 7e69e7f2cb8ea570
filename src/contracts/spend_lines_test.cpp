#include "contracts/spend_lines.hpp"

#include <gtest/gtest.h>

#include "support/goods.hpp"

namespace plume {
namespace {

using namespace literals;
using spend_lines::Split;
using test::GoodsWorld;
using test::person;

class SpendLinesTest : public testing::Test {
protected:
    test::Outcome plan(const std::vector<SpendLine>& lines) {
        return world.create_goods(world.goods_terms(), world.two_currencies(), lines, true);
    }
    /// A fixed line of a hundredth, changed.
    template <class E>
    bool refuses(auto change) {
        SpendLine line = world.line(0, 100, Split::fixed);
        change(line);
        return plan({line}).refused_as<E>();
    }

    GoodsWorld world;
};

TEST_F(SpendLinesTest, a_line_is_kept_as_it_was_given_and_bound_into_the_plan) {
    const std::vector lines{world.line(0, 4'000, Split::fixed), world.line(1, 6'000, Split::equal),
                            world.line(2, 0, Split::matched)};
    ASSERT_TRUE(plan(lines).ok());
    Hash hash = keccak256(abi::encode(world.goods_terms(), world.two_currencies()));
    for (uint64_t i = 0; i < 3; ++i) {
        const auto out = world.ask<"line(uint256)">(world.goods(), u256{i});
        const auto [terms, line_hash, released] =
            abi::decode<SpendLine, Hash, bool>(out.result.output).value();
        EXPECT_EQ(terms, lines[i]);
        EXPECT_EQ(line_hash, keccak256(abi::encode(u256{i}, lines[i])));
        EXPECT_FALSE(released);
        hash = keccak256(abi::encode(hash, line_hash));
    }
    EXPECT_EQ(world.ask<"planHash()">(world.goods()).value<Hash>(), hash);
}

TEST_F(SpendLinesTest, shares_are_not_more_than_the_whole) {
    EXPECT_TRUE(plan({world.line(0, 10'000, Split::fixed)}).ok());
    EXPECT_TRUE(plan({world.line(0, 6'000, Split::fixed), world.line(1, 4'001, Split::equal)})
                    .refused_with(spend_lines::ShareInvalid{4'001_u256, 4'000_u256}));
    EXPECT_TRUE(refuses<spend_lines::ShareInvalid>([](SpendLine& line) { line.share = 0; }));
}

TEST_F(SpendLinesTest, the_number_of_lines_is_bounded) {
    std::vector<SpendLine> lines(spend_lines::lines_max, world.line(0, 1, Split::equal));
    EXPECT_TRUE(plan(lines).ok());
    lines.push_back(lines[0]);
    EXPECT_TRUE(plan(lines).refused_with(spend_lines::TooManyLines{u256{spend_lines::lines_max}}));
}

TEST_F(SpendLinesTest, there_is_one_line_of_matching) {
    EXPECT_TRUE(plan({world.line(0, 1, Split::matched), world.line(0, 1, Split::matched)})
                    .refused_with(spend_lines::SecondMatching{}));
    EXPECT_TRUE(refuses<spend_lines::SplitInvalid>([](SpendLine& line) { line.split = 3; }));
}

TEST_F(SpendLinesTest, payees_are_those_of_a_fixed_line) {
    const auto with = [&](size_t count) {
        SpendLine line = world.line(0, 1, Split::fixed);
        line.payees.clear();
        for (size_t i = 0; i < count; ++i)
            line.payees.push_back({person(static_cast<uint16_t>(100 + i)), 1});
        return plan({line});
    };
    EXPECT_TRUE(with(0).refused_as<spend_lines::LinePayeeCount>());
    EXPECT_TRUE(with(spend_lines::line_payees_max).ok());
    EXPECT_TRUE(with(spend_lines::line_payees_max + 1).refused_as<spend_lines::LinePayeeCount>());
    EXPECT_TRUE(refuses<spend_lines::LinePayeeCount>(
        [](SpendLine& line) { line.split = static_cast<uint8_t>(Split::equal); }));
    using Invalid = spend_lines::LinePayeeInvalid;
    EXPECT_TRUE(refuses<Invalid>([](SpendLine& line) { line.payees[0].part = 0; }));
    EXPECT_TRUE(refuses<Invalid>([](SpendLine& line) { line.payees[0].to = {}; }));
    EXPECT_TRUE(refuses<Invalid>([](SpendLine& line) { line.payees[1] = line.payees[0]; }));
}

TEST_F(SpendLinesTest, times_and_conditions_must_make_sense) {
    using Late = spend_lines::LineDeadlineInvalid;
    const uint64_t end = world.funding_deadline();
    EXPECT_TRUE(refuses<Late>([&](SpendLine& line) { line.deadline = end; }));
    EXPECT_TRUE(refuses<Late>([&](SpendLine& line) { line.opens_at = line.deadline; }));
    EXPECT_TRUE(refuses<Late>(
        [&](SpendLine& line) { line.deadline = end + spend_lines::line_span_max_seconds + 1; }));
    EXPECT_TRUE(refuses<spend_lines::LineConditionMissing>(
        [](SpendLine& line) { line.release.target = {}; }));
    EXPECT_FALSE(refuses<spend_lines::LineConditionTooLong>(
        [](SpendLine& line) { line.release.data.resize(spend_lines::line_data_max); }));
    EXPECT_TRUE(refuses<spend_lines::LineConditionTooLong>(
        [](SpendLine& line) { line.release.data.resize(spend_lines::line_data_max + 1); }));
}

}  // namespace
}  // namespace plume
