#include "index/listings.hpp"

#include <gtest/gtest.h>

#include <set>

#include "index/facts.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

Address person(uint8_t n) {
    Address out;
    out.bytes[19] = n;
    return out;
}

class ListingsTest : public testing::Test {
protected:
    ListingsTest() : facts(std::move(Facts::open(folder.path() / "index.db", {})).value()) {
        facts->begin();
        for (uint64_t block = 0; block < 10; ++block) {
            for (uint64_t log = 0; log < 3; ++log) {
                facts->place({first_place(block) + log, {}});
                // Two facts of one log.
                for (const uint8_t n : {1, 2})
                    facts->transfer(person(100), {}, {}, person(n), u256{block + 1});
            }
            facts->end_block(block, to_word(u256{block}), 1'000 + block / 2);
        }
        EXPECT_TRUE(facts->commit().ok());
        database = std::move(Sqlite::open(folder.path() / "index.db", Sqlite::Mode::read)).value();
    }

    test::TemporaryDirectory folder;
    std::unique_ptr<Facts> facts;
    std::unique_ptr<Sqlite> database;
};

TEST_F(ListingsTest, every_list_can_be_read_with_every_filter) {
    for (const Listing& listing : listings()) {
        SCOPED_TRACE(listing.name);
        std::vector<Condition> conditions;
        for (const Filter& filter : listing.filters) conditions.push_back({&filter, person(1)});
        const Page page = read_page(*database, listing, conditions, {}, 0, 9, 10);
        EXPECT_TRUE(page.rows.empty() || listing.name == "transfers");
        EXPECT_TRUE(database->outcome().ok()) << database->error();
        std::set<std::string_view> names;
        for (const Column& column : listing.columns)
            EXPECT_TRUE(names.insert(column.name).second) << column.name;
    }
}

TEST_F(ListingsTest, pages_of_any_size_join_to_the_whole_list) {
    const Listing& transfers = listing_named("transfers");
    const Page all = read_page(*database, transfers, {}, {}, 0, 9, page_max);
    EXPECT_EQ(all.rows.size(), 60u);
    EXPECT_FALSE(all.next);
    for (const uint64_t limit : {1, 2, 7, 59, 60, 61}) {
        std::vector<Row> joined;
        Cursor cursor;
        for (;;) {
            const Page page = read_page(*database, transfers, {}, cursor, 0, 9, limit);
            EXPECT_LE(page.rows.size(), limit);
            joined.insert(joined.end(), page.rows.begin(), page.rows.end());
            if (!page.next) break;
            const auto handed_on = Cursor::parse(page.next->text());
            ASSERT_TRUE(handed_on);
            cursor = *handed_on;
        }
        EXPECT_EQ(joined, all.rows) << limit;
    }
}

TEST_F(ListingsTest, blocks_and_filters_narrow_a_list) {
    const Listing& transfers = listing_named("transfers");
    EXPECT_EQ(read_page(*database, transfers, {}, {}, 3, 4, 100).rows.size(), 12u);
    EXPECT_EQ(read_page(*database, transfers, {}, {}, 9, 9, 100).rows.size(), 6u);
    const auto holder =
        std::ranges::find(transfers.filters, std::string_view("holder"), &Filter::name);
    const Condition of_second{&*holder, person(2)};
    EXPECT_EQ(read_page(*database, transfers, {&of_second, 1}, {}, 3, 4, 100).rows.size(), 6u);
    const Condition of_nobody{&*holder, person(77)};
    EXPECT_TRUE(read_page(*database, transfers, {&of_nobody, 1}, {}, 0, 9, 100).rows.empty());
}

TEST_F(ListingsTest, cursors_that_are_none_are_refused) {
    EXPECT_TRUE(Cursor::parse("")->is_start);
    EXPECT_EQ(Cursor::parse("15.2")->part, 2u);
    for (const char* wrong : {"x", "1", "1.", ".1", "1.2.3", "-1.0", "1.-2", " 1.2",
                              "9223372036854775808.0", "99999999999999999999.0"})
        EXPECT_FALSE(Cursor::parse(wrong)) << wrong;
}

TEST_F(ListingsTest, a_time_names_its_last_block) {
    EXPECT_FALSE(block_at_time(*database, 999));
    EXPECT_EQ(block_at_time(*database, 1'000), 1u);
    EXPECT_EQ(block_at_time(*database, 1'001), 3u);
    EXPECT_EQ(block_at_time(*database, 5'000), 9u);
    EXPECT_EQ(block_facts(*database, 4)->second, 1'002u);
    EXPECT_FALSE(block_facts(*database, 10));
}

}  // namespace
}  // namespace plume
