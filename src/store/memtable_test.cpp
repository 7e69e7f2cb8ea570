#include "store/memtable.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using Map = std::map<std::string, std::string>;

/// A database whose fresh writes stay in memory.
class Memtable : public testing::Test {
protected:
    Memtable() {
        rocksdb::Options options;
        options.create_if_missing = true;
        options.allow_concurrent_memtable_write = false;
        options.memtable_factory = finger_memtables();
        rocksdb::DB* opened = nullptr;
        const auto status = rocksdb::DB::Open(options, folder.path().string(), &opened);
        EXPECT_TRUE(status.ok()) << status.ToString();
        database.reset(opened);
    }

    void write(const std::vector<std::pair<std::string, std::string>>& entries) {
        rocksdb::WriteBatch batch;
        for (const auto& [key, value] : entries)
            EXPECT_TRUE((value.empty() ? batch.Delete(key) : batch.Put(key, value)).ok());
        EXPECT_TRUE(database->Write({}, &batch).ok());
    }

    std::unique_ptr<rocksdb::Iterator> walk(const rocksdb::Snapshot* snapshot = nullptr) const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot;
        return std::unique_ptr<rocksdb::Iterator>(database->NewIterator(options));
    }

    Map content(const rocksdb::Snapshot* snapshot = nullptr) const {
        Map out;
        const auto at = walk(snapshot);
        for (at->SeekToFirst(); at->Valid(); at->Next())
            out.emplace_hint(out.end(), at->key().ToString(), at->value().ToString());
        return out;
    }

    test::TemporaryDirectory folder;
    std::unique_ptr<rocksdb::DB> database;
};

/// Few enough to meet again, of lengths that make some the beginning of others.
std::string random_key(std::mt19937_64& random) {
    std::string key = std::to_string(random() % 3'000);
    if (random() % 4 == 0) key += std::string(random() % 200, 'x');
    return key;
}

TEST_F(Memtable, holds_what_a_map_holds_now_and_in_every_snapshot) {
    const uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Map wanted;
    std::vector<std::pair<const rocksdb::Snapshot*, Map>> past;
    for (int round = 0; round < 60; ++round) {
        std::vector<std::pair<std::string, std::string>> entries;
        const size_t count = random() % 200;
        for (size_t i = 0; i < count; ++i)
            entries.emplace_back(random_key(random),
                                 random() % 4 == 0 ? "" : std::to_string(random()));
        if (round % 3 == 0) std::ranges::sort(entries);
        if (round % 3 == 1) std::ranges::sort(entries, std::greater<>{});
        write(entries);
        for (const auto& [key, value] : entries)
            if (value.empty())
                wanted.erase(key);
            else
                wanted[key] = value;
        if (round % 10 == 0) past.emplace_back(database->GetSnapshot(), wanted);
    }
    EXPECT_EQ(content(), wanted);
    for (const auto& [snapshot, then] : past) {
        EXPECT_EQ(content(snapshot), then);
        database->ReleaseSnapshot(snapshot);
    }
    std::string value;
    for (int i = 0; i < 3'000; ++i) {
        const std::string key = random_key(random);
        const auto found = wanted.find(key);
        const auto status = database->Get({}, key, &value);
        ASSERT_EQ(status.ok(), found != wanted.end()) << key;
        if (status.ok()) {
            EXPECT_EQ(value, found->second);
        }
    }
    ASSERT_TRUE(database->Flush({}).ok());
    EXPECT_EQ(content(), wanted) << "from a file, into which the list was read";
}

TEST_F(Memtable, is_walked_from_any_place_both_ways) {
    EXPECT_TRUE(content().empty());
    write({{"b", "1"}, {"d", "2"}, {"a", "3"}, {"dd", "4"}, {"d", "5"}});
    const auto at = walk();
    at->SeekToLast();
    ASSERT_TRUE(at->Valid());
    EXPECT_EQ(at->key().ToString(), "dd");
    at->Prev();
    EXPECT_EQ(at->value().ToString(), "5") << "the later one of a batch counts";
    at->SeekForPrev("c");
    EXPECT_EQ(at->key().ToString(), "b");
    at->SeekForPrev("d");
    EXPECT_EQ(at->key().ToString(), "d");
    at->Seek("c");
    EXPECT_EQ(at->key().ToString(), "d");
    at->Seek("e");
    EXPECT_FALSE(at->Valid());
    at->SeekForPrev("A");
    EXPECT_FALSE(at->Valid());
    at->SeekToFirst();
    at->Prev();
    EXPECT_FALSE(at->Valid());
}

TEST_F(Memtable, iterators_may_end_on_another_thread) {
    write({{"a", "1"}, {"b", "2"}});
    for (int round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<rocksdb::Iterator>> walks;
        for (int i = 0; i < 100; ++i) {
            walks.push_back(walk());
            walks.back()->SeekToFirst();
        }
        std::thread([&] { walks.clear(); }).join();
    }
    EXPECT_EQ(content().size(), 2u);
}

TEST_F(Memtable, readers_need_not_wait_for_the_writer) {
    constexpr int batches = 300;
    std::atomic<bool> is_over = false;
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 2; ++reader)
        readers.emplace_back([&] {
            size_t seen = 0;
            while (!is_over) {
                const Map now = content();
                // A batch is there whole or not at all, and nothing goes away.
                EXPECT_EQ(now.size() % 20, 0u);
                EXPECT_GE(now.size(), seen);
                seen = now.size();
            }
        });
    std::mt19937_64 random(1);
    for (int batch = 0; batch < batches; ++batch) {
        std::vector<std::pair<std::string, std::string>> entries;
        for (int i = 0; i < 20; ++i)
            entries.emplace_back(std::to_string(random()) + "." + std::to_string(batch), "1");
        write(entries);
    }
    is_over = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(content().size(), batches * 20u);
}

}  // namespace
}  // namespace plume
