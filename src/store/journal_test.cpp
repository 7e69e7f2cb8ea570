#include "store/journal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <thread>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
protected:
    JournalTest() { open(); }

    void open() {
        journal.reset();
        read.clear();
        auto opened =
            Journal::open(path, [this](Bytes record) { read.push_back(std::move(record)); });
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        journal = std::move(opened->journal);
        lost = opened->lost;
    }

    std::string file() const {
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    void put_file(const std::string& text) {
        journal.reset();
        std::ofstream(path, std::ios::binary) << text;
    }

    test::TemporaryDirectory directory;
    const fs::path path = directory.path() / "journal";
    std::unique_ptr<Journal> journal;
    std::vector<Bytes> read;
    uint64_t lost = 0;
};

const Bytes one{1};
const Bytes two{2, 2};
const Bytes three{3, 3, 3};
using Records = std::vector<Bytes>;

TEST_F(JournalTest, what_was_appended_is_there_again_in_its_order) {
    EXPECT_TRUE(read.empty());
    EXPECT_TRUE(journal->append(one));
    EXPECT_TRUE(journal->append(two));
    EXPECT_EQ(journal->size(), 19u);
    open();
    EXPECT_EQ(read, (std::vector{one, two}));
    EXPECT_EQ(lost, 0u);
    EXPECT_EQ(journal->size(), 19u);
    EXPECT_TRUE(journal->append(three));
    journal->sync();
    open();
    EXPECT_EQ(read, (std::vector{one, two, three}));
}

TEST_F(JournalTest, its_form_is_size_check_and_bytes) {
    // CRC-32 of 09 00 00 00 and "123456789", from Python's zlib.crc32.
    const std::string text = "123456789";
    EXPECT_TRUE(journal->append(view_of(text)));
    const Bytes head{0x09, 0, 0, 0, 0xe2, 0x61, 0x1c, 0xa5};
    const std::string found = file();
    EXPECT_EQ(Bytes(found.begin(), found.begin() + 8), head);
    EXPECT_EQ(found.substr(8), text);
}

TEST_F(JournalTest, only_its_owner_may_read_it) {
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(JournalTest, what_a_crash_cut_short_is_dropped_wherever_it_was_cut) {
    for (const Bytes& each : {one, two, three}) EXPECT_TRUE(journal->append(each));
    const std::string whole = file();
    for (size_t size = 0; size < whole.size(); ++size) {
        put_file(whole.substr(0, size));
        open();
        const size_t records = size < 9 ? 0 : size < 19 ? 1 : 2;
        EXPECT_EQ(read.size(), records) << size;
        EXPECT_EQ(lost, size - (records == 0 ? 0 : records == 1 ? 9 : 19)) << size;
        EXPECT_TRUE(journal->append(three)) << "what follows is read again";
        open();
        EXPECT_EQ(read.size(), records + 1);
        EXPECT_EQ(lost, 0u);
    }
}

TEST_F(JournalTest, any_flipped_bit_ends_it) {
    for (const Bytes& each : {one, two, three}) EXPECT_TRUE(journal->append(each));
    const std::string whole = file();
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        put_file(damaged);
        open();
        EXPECT_EQ(read.size(), bit / 8 < 9 ? 0u : bit / 8 < 19 ? 1u : 2u) << bit;
        EXPECT_GT(lost, 0u);
    }
}

TEST_F(JournalTest, zeros_that_a_power_cut_leaves_are_no_records) {
    EXPECT_TRUE(journal->append(one));
    put_file(file() + std::string(4'096, '\0'));
    open();
    EXPECT_EQ(read, (Records{one}));
    EXPECT_EQ(lost, 4'096u);
}

TEST_F(JournalTest, records_as_long_as_can_be_are_read_over_many_chunks) {
    const Bytes longest(Journal::record_size_max, 7);
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(journal->append(longest));
    EXPECT_TRUE(journal->append(one));
    open();
    ASSERT_EQ(read.size(), 10u);
    EXPECT_EQ(read[8], longest);
    EXPECT_EQ(read[9], one);
}

TEST_F(JournalTest, it_grows_to_its_bound_and_no_further) {
    journal.reset();
    auto opened = Journal::open(path, [](const Bytes&) {}, 28);
    ASSERT_TRUE(opened.ok());
    journal = std::move(opened->journal);
    EXPECT_TRUE(journal->append(one));
    EXPECT_TRUE(journal->append(two));
    EXPECT_FALSE(journal->append(two)) << "29 bytes";
    EXPECT_EQ(journal->size(), 19u);
    EXPECT_TRUE(journal->append(one));
    EXPECT_FALSE(journal->append(one));
    const std::array<BytesView, 1> kept{three};
    journal->rewrite(kept, journal->size());
    EXPECT_TRUE(journal->append(one));
    open();
    EXPECT_EQ(read, (std::vector{three, one}));
}

TEST_F(JournalTest, a_rewrite_takes_the_place_of_what_was_there_and_keeps_what_came_later) {
    EXPECT_TRUE(journal->append(one));
    const uint64_t since = journal->size();
    EXPECT_TRUE(journal->append(two));
    const std::array<BytesView, 1> kept{three};
    journal->rewrite(kept, since);
    EXPECT_TRUE(journal->append(one));
    EXPECT_EQ(journal->size(), file().size());
    open();
    EXPECT_EQ(read, (std::vector{three, two, one}));
    EXPECT_FALSE(fs::exists(path.string() + ".new"));
}

TEST_F(JournalTest, a_rewrite_to_nothing_leaves_nothing_but_what_came_later) {
    EXPECT_TRUE(journal->append(one));
    const uint64_t since = journal->size();
    EXPECT_TRUE(journal->append(two));
    journal->rewrite({}, since);
    open();
    EXPECT_EQ(read, (Records{two}));
    journal->rewrite({}, journal->size());
    EXPECT_EQ(journal->size(), 0u);
    EXPECT_TRUE(journal->append(three));
    open();
    EXPECT_EQ(read, (Records{three}));
}

TEST_F(JournalTest, what_a_rewrite_left_behind_when_it_was_killed_is_not_the_journal) {
    EXPECT_TRUE(journal->append(one));
    journal.reset();
    std::ofstream(path.string() + ".new") << "half of it";
    open();
    EXPECT_EQ(read, (Records{one}));
    EXPECT_FALSE(fs::exists(path.string() + ".new"));
}

TEST_F(JournalTest, threads_append_while_it_is_rewritten) {
    constexpr uint8_t threads = 4;
    constexpr size_t each = 500;
    std::vector<std::jthread> writers;
    for (uint8_t thread = 0; thread < threads; ++thread)
        writers.emplace_back([this, thread] {
            for (size_t i = 0; i < each; ++i)
                EXPECT_TRUE(journal->append(
                    Bytes{thread, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)}));
        });
    // Nothing is taken out: the rewrites put in what is there already.
    for (int round = 0; round < 20; ++round) {
        const uint64_t since = journal->size();
        const fs::path copy = directory.path() / "copy";
        const std::string text = file().substr(0, since);
        std::ofstream(copy, std::ios::binary) << text;
        std::vector<Bytes> present;
        const auto copied =
            Journal::open(copy, [&](Bytes record) { present.push_back(std::move(record)); });
        ASSERT_TRUE(copied.ok());
        const std::vector<BytesView> views(present.begin(), present.end());
        journal->rewrite(views, since);
    }
    writers.clear();
    open();
    EXPECT_EQ(read.size(), threads * each);
    std::ranges::sort(read);
    EXPECT_TRUE(std::ranges::unique(read).empty());
}

TEST(JournalPlace, an_unusable_place_is_an_error_with_its_path) {
    const auto opened = Journal::open("/nowhere/at/all/journal", [](const Bytes&) {});
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().what.find("/nowhere/at/all/journal"), std::string::npos);
}

}  // namespace
}  // namespace plume
