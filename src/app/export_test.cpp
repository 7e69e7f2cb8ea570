#include "app/export.hpp"

#include <gtest/gtest.h>

#include "app/csv.hpp"

namespace plume {
namespace {

const Address currency = Address::parse(std::string(40, 'c')).value();

/// A file with the columns that sums are made of.
std::string file_of(const std::vector<std::vector<std::string>>& rows) {
    return ExportedTable{.columns = {"row", "side", "currency", "amount"}, .rows = rows}.csv();
}

std::vector<std::string> flow(const std::string& side, const std::string& amount) {
    return {"flow", side, to_hex(currency), amount};
}

TEST(Export, a_file_reads_back_with_its_block_in_the_last_row) {
    const ExportedTable table{.columns = {"name", "amount"},
                              .rows = {{"a, \"quoted\" name", "1"}, {"two\r\nlines", ""}},
                              .chain_id = 7,
                              .block_number = 12,
                              .block_hash = "0xab",
                              .timestamp = 99};
    EXPECT_TRUE(table.csv().starts_with("name,amount\r\n\"a, \"\"quoted\"\" name\",1\r\n"));
    const auto read = Csv::parse(table.csv());
    ASSERT_TRUE(read.ok()) << read.error().what;
    ASSERT_EQ(read->row_count(), 3u);
    EXPECT_EQ(read->at(0, 0), "a, \"quoted\" name");
    EXPECT_EQ(read->at(1, 0), "two\r\nlines");
    EXPECT_EQ(read->at(2, 0), "# block 12 0xab of chain 7 at 99");
    EXPECT_EQ(table.json().at("block").at("number").to_number<uint64_t>(), 12u);
    EXPECT_EQ(table.json().at("rows").as_array().size(), 2u);
}

TEST(Export, books_are_rebuilt_from_the_rows_alone) {
    const auto sums = sums_of_export(file_of({flow("in", "100"),
                                              flow("paid", "50"),
                                              flow("paid", "-20"),
                                              flow("returned", "7"),
                                              flow("inner", "1000"),
                                              flow("purse", "1000"),
                                              {"step", "paid", to_hex(currency), "1000"},
                                              {"flow", "in", "0x" + std::string(40, 'd'), "1000"}}),
                                     currency);
    ASSERT_TRUE(sums.ok()) << sums.error().what;
    EXPECT_EQ(sums->contributed, u256{100u});
    EXPECT_EQ(sums->paid, u256{30u});
    EXPECT_EQ(sums->returned, u256{7u});
    EXPECT_EQ(sums->held, u256{63u});
}

TEST(Export, files_that_do_not_add_up_are_refused) {
    const std::string most = to_decimal(u256_max);
    EXPECT_TRUE(sums_of_export(file_of({flow("in", most)}), currency).ok());
    EXPECT_FALSE(sums_of_export(file_of({flow("in", most), flow("in", "1")}), currency).ok());
    EXPECT_FALSE(sums_of_export(file_of({flow("in", "1"), flow("paid", "2")}), currency).ok());
    EXPECT_FALSE(sums_of_export(file_of({flow("paid", "-1")}), currency).ok());
    EXPECT_FALSE(sums_of_export(file_of({flow("in", "1.5")}), currency).ok());
    EXPECT_FALSE(sums_of_export("row,side\r\n", currency).ok());
}

}  // namespace
}  // namespace plume
