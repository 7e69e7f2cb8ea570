#include "app/csv.hpp"

#include <gtest/gtest.h>

namespace plume {

TEST(Csv, finds_columns_by_name_whatever_their_order) {
    const auto table = Csv::parse("b,a\n1,2\n3,4\n");
    ASSERT_TRUE(table.ok());
    EXPECT_EQ(table->row_count(), 2u);
    EXPECT_EQ(table->at(1, *table->column("a")), "4");
    EXPECT_FALSE(table->column("c").ok());
}

TEST(Csv, reads_quotes_line_ends_and_a_byte_order_mark) {
    const auto table =
        Csv::parse("\xef\xbb\xbfname,note\r\n\"a, \"\"b\"\"\",\"two\nlines\"\r\n\r\nlast,\r\n");
    ASSERT_TRUE(table.ok());
    ASSERT_EQ(table->row_count(), 2u);
    EXPECT_EQ(table->at(0, 0), "a, \"b\"");
    EXPECT_EQ(table->at(0, 1), "two\nlines");
    EXPECT_EQ(table->at(1, 1), "");
    EXPECT_TRUE(table->column("name").ok());
}

TEST(Csv, refuses_ragged_rows_open_quotes_and_nothing_at_all) {
    EXPECT_EQ(Csv::parse("a,b\n1\n").error().what, "record 2 has 1 fields, the head has 2");
    EXPECT_FALSE(Csv::parse("a\n\"open").ok());
    EXPECT_FALSE(Csv::parse("").ok());
    EXPECT_FALSE(Csv::load("/nonexistent/table.csv").ok());
}

}  // namespace plume
