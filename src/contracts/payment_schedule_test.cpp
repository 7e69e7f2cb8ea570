// Schedules by hand: three payments of 70 at 100, 110 and 120, and 500 with the last.
#include "contracts/payment_schedule.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

using namespace literals;

const PaymentSchedule bond{.first_due = 100,
                           .period_seconds = 10,
                           .count = 3,
                           .payment = {70_u256},
                           .principal = {500_u256},
                           .grace_seconds = 3,
                           .default_seconds = 12};

TEST(PaymentSchedule, an_instalment_is_due_from_its_second_on) {
    EXPECT_EQ(schedule::due_count(bond, 0), 0u);
    EXPECT_EQ(schedule::due_count(bond, 99), 0u);
    EXPECT_EQ(schedule::due_count(bond, 100), 1u);
    EXPECT_EQ(schedule::due_count(bond, 109), 1u);
    EXPECT_EQ(schedule::due_count(bond, 119), 2u);
    EXPECT_EQ(schedule::due_count(bond, 120), 3u);
    EXPECT_EQ(schedule::due_count(bond, ~0ull), 3u);
    EXPECT_EQ(schedule::due_date(bond, 2), 120u);
}

TEST(PaymentSchedule, the_last_instalment_is_settled_with_the_principal) {
    EXPECT_EQ(schedule::total(bond), 710_u256);
    EXPECT_EQ(schedule::sum(bond, 2), 140_u256);
    EXPECT_EQ(schedule::settled_count(bond, 69_u256), 0u);
    EXPECT_EQ(schedule::settled_count(bond, 70_u256), 1u);
    EXPECT_EQ(schedule::settled_count(bond, 210_u256), 2u);
    EXPECT_EQ(schedule::settled_count(bond, 709_u256), 2u);
    EXPECT_EQ(schedule::settled_count(bond, 710_u256), 3u);
    EXPECT_EQ(schedule::settled_count(bond, 900_u256), 3u);
}

TEST(PaymentSchedule, what_is_missing_is_of_the_oldest) {
    EXPECT_EQ(schedule::missing(bond, 0_u256), 70_u256);
    EXPECT_EQ(schedule::missing(bond, 75_u256), 65_u256);
    EXPECT_EQ(schedule::missing(bond, 140_u256), 570_u256);
    EXPECT_EQ(schedule::missing(bond, 709_u256), 1_u256);
    EXPECT_EQ(schedule::missing(bond, 710_u256), 0_u256);
}

TEST(PaymentSchedule, arrears_are_due_and_not_paid) {
    EXPECT_EQ(schedule::arrears(bond, 99, 0_u256), 0_u256);
    EXPECT_EQ(schedule::arrears(bond, 100, 0_u256), 70_u256);
    EXPECT_EQ(schedule::arrears(bond, 110, 30_u256), 110_u256);
    EXPECT_EQ(schedule::arrears(bond, 110, 150_u256), 0_u256);
    EXPECT_EQ(schedule::arrears(bond, 120, 0_u256), 710_u256);
}

TEST(PaymentSchedule, interest_accrues_by_the_second_and_is_rounded_down) {
    EXPECT_EQ(schedule::accrued(bond, 50, 0_u256), 0_u256);
    EXPECT_EQ(schedule::accrued(bond, 90, 0_u256), 0_u256);
    EXPECT_EQ(schedule::accrued(bond, 91, 0_u256), 7_u256);
    EXPECT_EQ(schedule::accrued(bond, 99, 0_u256), 63_u256);
    EXPECT_EQ(schedule::accrued(bond, 100, 0_u256), 0_u256) << "it is due, and accrues no more";
    EXPECT_EQ(schedule::accrued(bond, 115, 0_u256), 35_u256) << "arrears are no interest";
    EXPECT_EQ(schedule::accrued(bond, 120, 0_u256), 0_u256);
    PaymentSchedule odd = bond;
    odd.payment = {5_u256};
    EXPECT_EQ(schedule::accrued(odd, 93, 0_u256), 1_u256);
}

TEST(PaymentSchedule, what_was_paid_ahead_accrues_no_more) {
    EXPECT_EQ(schedule::accrued(bond, 99, 60_u256), 3_u256);
    EXPECT_EQ(schedule::accrued(bond, 99, 70_u256), 0_u256);
    EXPECT_EQ(schedule::accrued(bond, 105, 70_u256), 35_u256);
    EXPECT_EQ(schedule::accrued(bond, 105, 400_u256), 0_u256);
}

TEST(PaymentSchedule, status_follows_the_oldest_that_is_not_settled) {
    using enum StreamStatus;
    EXPECT_EQ(schedule::status(bond, 103, 0_u256), current);
    EXPECT_EQ(schedule::status(bond, 104, 0_u256), late);
    EXPECT_EQ(schedule::status(bond, 112, 69_u256), late);
    EXPECT_EQ(schedule::status(bond, 113, 69_u256), in_default);
    EXPECT_EQ(schedule::status(bond, 113, 70_u256), current);
    EXPECT_EQ(schedule::status(bond, 114, 70_u256), late);
    EXPECT_EQ(schedule::status(bond, 200, 709_u256), in_default);
    EXPECT_EQ(schedule::status(bond, 200, 710_u256), fulfilled);
    EXPECT_EQ(schedule::status(bond, 0, 710_u256), fulfilled);
}

TEST(PaymentSchedule, a_redemption_pays_arrears_and_interest_in_full) {
    EXPECT_EQ(schedule::redemption_price(bond, 90, 0_u256, 5'000, 10'200), 615_u256)
        << "105 of 210, 510 of 500";
    EXPECT_EQ(schedule::redemption_price(bond, 105, 0_u256, 5'000, 10'200), 668_u256)
        << "70 due, 35 accrued, 53 of 105 rounded up, 510";
    EXPECT_EQ(schedule::redemption_price(bond, 105, 300_u256, 5'000, 10'200), 419_u256)
        << "the payments are made, 410 of the principal are left: 418.2";
    EXPECT_EQ(schedule::redemption_price(bond, 120, 0_u256, 5'000, 10'200), 710_u256)
        << "all of it is due";
    EXPECT_EQ(schedule::redemption_price(bond, 120, 710_u256, 5'000, 10'200), 0_u256);
    EXPECT_EQ(schedule::redemption_price(bond, 90, 0_u256, 0, 10'000), 500_u256);
}

}  // namespace
}  // namespace plume
