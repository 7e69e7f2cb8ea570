#include "app/text.hpp"

#include <gtest/gtest.h>

namespace plume {

using namespace literals;

TEST(Text, amounts_show_all_decimals_and_mark_thousands) {
    EXPECT_EQ(format_amount(0_u256, 6), "0.000000");
    EXPECT_EQ(format_amount(1_u256, 6), "0.000001");
    EXPECT_EQ(format_amount(1234567890123_u256, 6), "1,234,567.890123");
    EXPECT_EQ(format_amount(999_u256, 0), "999");
    EXPECT_EQ(format_amount(1000_u256, 0), "1,000");
}

TEST(Text, amounts_are_read_back_exactly) {
    EXPECT_EQ(parse_amount("1,234,567.890123", 6), 1234567890123_u256);
    EXPECT_EQ(parse_amount("12.5", 6), 12500000_u256);
    EXPECT_EQ(parse_amount("7", 18), 7000000000000000000_u256);
    EXPECT_EQ(parse_amount("0.000001", 6), 1_u256);
}

TEST(Text, what_is_no_amount_is_refused) {
    for (const std::string_view text :
         {"", ".", "1.", ".5", "1.2.3", "-1", "1e6", "0x10", "1.0000001", ",1", "1.0,0"})
        EXPECT_FALSE(parse_amount(text, 6).has_value()) << text;
    EXPECT_FALSE(parse_amount(std::string(80, '9'), 6).has_value());
}

TEST(Text, basis_points_are_percentages) {
    EXPECT_EQ(format_bps(0), "0.00 %");
    EXPECT_EQ(format_bps(4'532), "45.32 %");
    EXPECT_EQ(format_bps(10'000), "100.00 %");
    EXPECT_EQ(format_bps(5), "0.05 %");
}

TEST(Text, days_follow_the_calendar) {
    EXPECT_EQ(format_day(0), "1970-01-01");
    EXPECT_EQ(format_day(1'380'585'600), "2013-10-01");
    EXPECT_EQ(format_day(1'380'585'599), "2013-09-30");
    EXPECT_EQ(format_day(951'782'400), "2000-02-29");
    EXPECT_EQ(format_day(4'107'542'400), "2100-03-01");
}

TEST(Text, tables_align_their_columns) {
    TextTable table({{"name"}, {"amount", TextTable::Align::right}});
    table.add({"a", "1"});
    table.add({"bcdefg", "1,000"});
    EXPECT_EQ(table.render(),
              "name    amount\n"
              "------  ------\n"
              "a            1\n"
              "bcdefg   1,000\n");
}

}  // namespace plume
