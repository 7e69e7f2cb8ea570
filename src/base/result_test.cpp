#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace plume {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return Error{-32602, "odd"};
    return number / 2;
}

Result<std::string> quarter(int number) {
    TRY(first, half(number));
    TRY(second, half(first));
    return std::to_string(second);
}

TEST(Result, holds_a_value_or_the_reason_why_not) {
    ASSERT_TRUE(half(4).ok());
    EXPECT_EQ(*half(4), 2);
    ASSERT_FALSE(half(3).ok());
    EXPECT_EQ(half(3).error(), (Error{-32602, "odd"}));
}

TEST(Result, hands_errors_upwards_unchanged) {
    EXPECT_EQ(quarter(8).value(), "2");
    EXPECT_EQ(quarter(6).error(), (Error{-32602, "odd"}));
}

TEST(Result, moves_what_cannot_be_copied) {
    Result<std::unique_ptr<int>> made(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = std::move(made).value();
    EXPECT_EQ(*taken, 7);
}

TEST(Result, without_a_value_is_success_or_an_error) {
    EXPECT_TRUE(Result<void>{}.ok());
    EXPECT_EQ(Result<void>(Error{.what = "no"}).error().what, "no");
    EXPECT_EQ(Error{}.code, -32000);
}

TEST(CheckDeathTest, stops_with_the_reason_and_the_place) {
    check(true, "never said");
    EXPECT_DEATH(check(false, "two and two are four"), "two and two are four.*result_test.cpp");
}

}  // namespace
}  // namespace plume
