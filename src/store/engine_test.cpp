#include "store/engine.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using test::TemporaryDirectory;

const EngineOptions small{.cache_bytes = size_t{1} << 20};

std::shared_ptr<Database> open(const std::filesystem::path& path) {
    auto opened = Database::open(path, small);
    check(opened.ok(), "the test's database opens");
    return std::move(opened).value();
}

void put(Database& database, std::string_view key, std::string_view value) {
    WriteBatch batch(database);
    batch.put(Table::codes, view_of(key), view_of(value));
    database.write(batch);
}

std::string get(const Snapshot& snapshot, std::string_view key) {
    const auto value = snapshot.get(Table::codes, view_of(key));
    return value ? std::string(text_of(*value)) : "absent";
}

TEST(Engine, keeps_what_was_written) {
    const TemporaryDirectory temporary;
    put(*open(temporary.path()), "key", "value");
    const auto database = open(temporary.path());
    EXPECT_EQ(get(*database->snapshot(), "key"), "value");
    EXPECT_EQ(get(*database->snapshot(), "ke"), "absent");
    EXPECT_FALSE(database->snapshot()->get(Table::slots, view_of("key")).has_value());
}

TEST(Engine, a_snapshot_never_changes) {
    const TemporaryDirectory temporary;
    const auto database = open(temporary.path());
    put(*database, "key", "old");
    const auto before = database->snapshot();
    Cursor cursor = before->cursor(Table::codes);
    put(*database, "key", "new");
    put(*database, "later", "x");
    EXPECT_EQ(get(*before, "key"), "old");
    EXPECT_EQ(get(*before, "later"), "absent");
    cursor.seek({});
    EXPECT_EQ(text_of(cursor.value()), "old");
    cursor.next();
    EXPECT_FALSE(cursor.valid());
    EXPECT_EQ(get(*database->snapshot(), "key"), "new");
}

TEST(Engine, a_snapshot_may_outlive_the_handle_of_its_database) {
    const TemporaryDirectory temporary;
    auto database = open(temporary.path());
    put(*database, "key", "value");
    const auto snapshot = database->snapshot();
    database.reset();
    EXPECT_EQ(get(*snapshot, "key"), "value");
}

TEST(Engine, the_last_change_to_a_key_in_a_batch_wins) {
    const TemporaryDirectory temporary;
    const auto database = open(temporary.path());
    WriteBatch batch(*database);
    EXPECT_TRUE(batch.empty());
    batch.put(Table::codes, view_of("a"), view_of("1"));
    batch.erase(Table::codes, view_of("a"));
    batch.erase(Table::codes, view_of("b"));
    batch.put(Table::codes, view_of("b"), view_of("2"));
    EXPECT_FALSE(batch.empty());
    database->write(batch);
    EXPECT_EQ(get(*database->snapshot(), "a"), "absent");
    EXPECT_EQ(get(*database->snapshot(), "b"), "2");
    batch.clear();
    EXPECT_TRUE(batch.empty());
}

TEST(Engine, a_cursor_walks_by_key) {
    const TemporaryDirectory temporary;
    const auto database = open(temporary.path());
    for (const char* key : {"b", "a", "c", "\xff"}) put(*database, key, key);
    const auto snapshot = database->snapshot();
    Cursor cursor = snapshot->cursor(Table::codes);
    cursor.seek(view_of("aa"));
    std::string walked;
    for (; cursor.valid(); cursor.next()) walked += text_of(cursor.key());
    EXPECT_EQ(walked, "bc\xff");
    cursor.seek(view_of("\xff\x01"));
    EXPECT_FALSE(cursor.valid());
}

TEST(Engine, refuses_a_database_that_is_open_already) {
    const TemporaryDirectory temporary;
    const auto database = open(temporary.path());
    EXPECT_FALSE(Database::open(temporary.path(), small).ok());
}

TEST(Engine, refuses_a_damaged_database) {
    const TemporaryDirectory temporary;
    put(*open(temporary.path()), "key", "value");
    std::filesystem::resize_file(temporary.path() / "CURRENT", 3);
    const auto opened = Database::open(temporary.path(), small);
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().what.find("is damaged"), std::string::npos) << opened.error().what;
}

}  // namespace
}  // namespace plume
