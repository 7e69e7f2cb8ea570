#include "store/past.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

/// Three accounts: one that stays, one that block 5 changed and 8 again, one that block 5 removed.
class PastTest : public testing::Test {
protected:
    PastTest() {
        WriteBatch batch(*database);
        batch.put(Table::accounts, schema::account(same), view_of("same"));
        batch.put(Table::accounts, schema::account(changed), view_of("third"));
        note(batch, changed, 5, "first");
        note(batch, changed, 8, "second");
        note(batch, gone, 5, "was here");
        database->write(batch);
        now = database->snapshot();
    }

    static void note(WriteBatch& batch, const Hash& account, uint64_t block,
                     std::string_view before) {
        const Key key = schema::history(Table::accounts, schema::account(account), block);
        batch.put(Table::history, key, view_of(before));
    }
    std::string as_of(const Hash& account, uint64_t block) const {
        const auto found = read_as_of(*now, Table::accounts, schema::account(account), block);
        return found ? std::string(text_of(*found)) : "absent";
    }

    const Hash gone = to_word(u256{1u});
    const Hash changed = to_word(u256{2u});
    const Hash same = to_word(u256{3u});
    test::TemporaryDirectory temporary;
    std::shared_ptr<Database> database = Database::open(temporary.path(), {}).value();
    std::shared_ptr<const Snapshot> now;
};

TEST_F(PastTest, an_entry_of_the_history_belongs_to_the_states_before_its_block) {
    EXPECT_EQ(as_of(changed, 0), "first");
    EXPECT_EQ(as_of(changed, 4), "first");
    EXPECT_EQ(as_of(changed, 5), "second");
    EXPECT_EQ(as_of(changed, 7), "second");
    EXPECT_EQ(as_of(changed, 8), "third");
    EXPECT_EQ(as_of(same, 0), "same");
    EXPECT_EQ(as_of(gone, 4), "was here");
    EXPECT_EQ(as_of(gone, 5), "absent");
}

TEST_F(PastTest, the_first_leaf_is_that_of_its_time) {
    EXPECT_EQ(first_leaf_now(*now, {}, {})->key, changed);
    EXPECT_EQ(first_leaf_as_of(*now, {}, {}, 8)->key, changed);
    EXPECT_EQ(first_leaf_as_of(*now, {}, {}, 4)->key, gone);
    EXPECT_EQ(first_leaf_as_of(*now, {}, Nibbles(same), 4)->key, same);
    EXPECT_FALSE(first_leaf_as_of(*now, {}, Nibbles(gone), 5).has_value());
}

}  // namespace
}  // namespace plume
