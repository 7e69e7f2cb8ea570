#include "index/sqlite.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

class SqliteTest : public testing::Test {
protected:
    std::unique_ptr<Sqlite> open(Sqlite::Mode mode = Sqlite::Mode::write) {
        return std::move(Sqlite::open(folder.path() / "a.db", mode)).value();
    }

    test::TemporaryDirectory folder;
};

TEST_F(SqliteTest, what_is_bound_comes_back) {
    const auto database = open();
    database->run("CREATE TABLE t(n INTEGER, a BLOB, h BLOB, u BLOB, s TEXT, e BLOB)");
    Statement in(*database, "INSERT INTO t VALUES(?,?,?,?,?,?)");
    const Address address = Address::parse(std::string(40, 'a')).value();
    const Hash hash = Hash::parse(std::string(64, 'b')).value();
    in.bind(~uint64_t{0} >> 1, address, hash, u256_max, std::string_view("it's"), BytesView())
        .run();
    Statement out(*database, "SELECT * FROM t");
    ASSERT_TRUE(out.step());
    EXPECT_EQ(out.number(0), ~uint64_t{0} >> 1);
    EXPECT_EQ(out.address(1), address);
    EXPECT_EQ(out.hash(2), hash);
    EXPECT_EQ(out.amount(3), u256_max);
    EXPECT_EQ(out.text(4), "it's");
    EXPECT_FALSE(out.is_null(5));
    EXPECT_TRUE(out.blob(5).empty());
    EXPECT_FALSE(out.step());
    EXPECT_TRUE(database->outcome().ok());
}

TEST_F(SqliteTest, amounts_sort_as_numbers) {
    const auto database = open();
    database->run("CREATE TABLE t(u BLOB)");
    Statement in(*database, "INSERT INTO t VALUES(?)");
    for (const u256& amount : {u256{256u}, u256{255u}, u256_max, u256{}}) in.bind(amount).run();
    Statement out(*database, "SELECT u FROM t ORDER BY u");
    std::vector<u256> sorted;
    while (out.step()) sorted.push_back(out.amount(0));
    EXPECT_EQ(sorted, (std::vector<u256>{{}, u256{255u}, u256{256u}, u256_max}));
}

TEST_F(SqliteTest, the_first_reason_stays_and_nothing_follows) {
    const auto database = open();
    database->run("CREATE TABLE t(n INTEGER PRIMARY KEY)");
    Statement in(*database, "INSERT INTO t VALUES(?)");
    in.bind(uint64_t{1}).run();
    in.bind(uint64_t{1}).run();
    EXPECT_NE(database->error().find("UNIQUE"), std::string::npos) << database->error();
    in.bind(uint64_t{2}).run();
    database->run("nonsense");
    EXPECT_NE(database->error().find("UNIQUE"), std::string::npos);
    Statement out(*open(Sqlite::Mode::read), "SELECT count(*) FROM t");
    EXPECT_FALSE(database->outcome().ok());
}

TEST_F(SqliteTest, numbers_beyond_63_bits_are_refused) {
    const auto database = open();
    database->run("CREATE TABLE t(n INTEGER)");
    Statement(*database, "INSERT INTO t VALUES(?)").bind(uint64_t{1} << 63).run();
    EXPECT_FALSE(database->outcome().ok());
}

TEST_F(SqliteTest, a_question_that_takes_too_long_is_ended) {
    const auto database = open();
    const std::string_view count_to =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) "
        "SELECT max(x) FROM c";
    database->limit_steps(1'000'000);
    {
        Statement few(*database, count_to);
        ASSERT_TRUE(few.bind(uint64_t{100}).step());
        EXPECT_EQ(few.number(0), 100u);
    }
    Statement many(*database, count_to);
    EXPECT_FALSE(many.bind(uint64_t{100'000'000}).step());
    EXPECT_NE(database->error().find("too long"), std::string::npos) << database->error();
}

TEST_F(SqliteTest, a_reader_cannot_write_and_sees_what_was_committed) {
    const auto writer = open();
    writer->run("CREATE TABLE t(n INTEGER); INSERT INTO t VALUES(7)");
    const auto reader = open(Sqlite::Mode::read);
    writer->run("BEGIN; INSERT INTO t VALUES(8)");
    {
        Statement count(*reader, "SELECT count(*) FROM t");
        ASSERT_TRUE(count.step());
        EXPECT_EQ(count.number(0), 1u);
    }
    reader->run("INSERT INTO t VALUES(9)");
    EXPECT_NE(reader->error().find("readonly"), std::string::npos) << reader->error();
}

TEST_F(SqliteTest, what_is_no_database_is_an_error) {
    std::ofstream(folder.path() / "a.db") << std::string(5'000, 'x');
    EXPECT_FALSE(Sqlite::open(folder.path() / "a.db", Sqlite::Mode::write).ok());
    EXPECT_FALSE(Sqlite::open(folder.path() / "none" / "a.db", Sqlite::Mode::write).ok());
}

}  // namespace
}  // namespace plume
