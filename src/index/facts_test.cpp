#include "index/facts.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "index/listings.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

Address person(uint8_t n) {
    Address out;
    out.bytes[19] = n;
    return out;
}

Hash number(uint8_t n) {
    Hash out;
    out.bytes[31] = n;
    return out;
}

const Address token = person(100);
const Address vault = person(101);

class FactsTest : public testing::Test {
protected:
    FactsTest() : facts(open()) {}

    std::unique_ptr<Facts> open(const Hash& genesis = number(1)) {
        auto out = Facts::open(file(), genesis);
        EXPECT_TRUE(out.ok()) << (out ? "" : out.error().what);
        return std::move(out).value();
    }
    std::filesystem::path file() const { return folder.path() / "index.db"; }
    std::unique_ptr<Sqlite> reader() {
        return std::move(Sqlite::open(file(), Sqlite::Mode::read)).value();
    }

    /// A block with the transfers that are given, each a log.
    struct Move {
        Address from, to;
        u256 amount;
    };
    void block(uint64_t block_number, const std::vector<Move>& moves) {
        facts->begin();
        uint64_t log = 0;
        for (const Move& move : moves) {
            facts->place({first_place(block_number) + log++, number(9)});
            facts->transfer(token, {}, move.from, move.to, move.amount);
        }
        facts->end_block(block_number, number(static_cast<uint8_t>(block_number)),
                         1'000 + block_number);
        const auto done = facts->commit();
        EXPECT_TRUE(done.ok()) << (done ? "" : done.error().what);
    }
    std::vector<std::pair<Address, u256>> holders(uint64_t at) {
        std::vector<std::pair<Address, u256>> out;
        for (const Holding& one : read_holders(*reader(), token, {}, at, {}, 100).holders)
            out.emplace_back(one.holder, one.amount);
        return out;
    }

    test::TemporaryDirectory folder;
    std::unique_ptr<Facts> facts;
};

TEST_F(FactsTest, holders_are_known_as_of_every_block) {
    block(0, {});
    block(1, {{{}, person(1), u256{100u}}});
    block(2, {{person(1), person(2), u256{30u}}, {person(2), person(3), u256{30u}}});
    block(3, {{person(3), {}, u256{10u}}, {person(1), person(1), u256{70u}}});
    using Held = std::vector<std::pair<Address, u256>>;
    EXPECT_EQ(holders(0), Held{});
    EXPECT_EQ(holders(1), (Held{{person(1), u256{100u}}}));
    EXPECT_EQ(holders(2), (Held{{person(1), u256{70u}}, {person(3), u256{30u}}}));
    EXPECT_EQ(holders(3), (Held{{person(1), u256{70u}}, {person(3), u256{20u}}}));
    EXPECT_EQ(read_holders(*reader(), token, {}, 2, {}, 100).supply, u256{100u});
    EXPECT_EQ(read_holders(*reader(), token, {}, 3, {}, 100).supply, u256{90u});
}

TEST_F(FactsTest, pages_of_holders_join) {
    std::vector<std::pair<Address, u256>> all;
    block(0, {});
    std::vector<Move> moves;
    for (uint8_t n = 1; n <= 7; ++n) moves.push_back({{}, person(n), u256{n}});
    block(1, moves);
    std::optional<Address> after;
    size_t pages = 0;
    do {
        const HoldersPage page = read_holders(*reader(), token, {}, 1, after, 3);
        for (const Holding& one : page.holders) all.emplace_back(one.holder, one.amount);
        after = page.next;
        ++pages;
    } while (after);
    EXPECT_EQ(pages, 3u);
    EXPECT_EQ(all, holders(1));
}

TEST_F(FactsTest, more_than_a_holder_has_fails_and_leaves_the_file_whole) {
    block(0, {{{}, person(1), u256{5u}}});
    facts->begin();
    facts->place({first_place(1), number(9)});
    facts->transfer(token, {}, {}, person(2), u256{1u});
    facts->transfer(token, {}, person(1), person(2), u256{6u});
    facts->end_block(1, number(1), 1'001);
    EXPECT_FALSE(facts->commit().ok());
    facts.reset();
    facts = open();
    EXPECT_EQ(facts->next_block(), 1u);
    EXPECT_EQ(holders(9), (std::vector<std::pair<Address, u256>>{{person(1), u256{5u}}}));
}

TEST_F(FactsTest, a_supply_beyond_256_bits_fails) {
    facts->begin();
    facts->place({0, number(9)});
    facts->transfer(token, {}, {}, person(1), u256_max);
    facts->transfer(token, {}, {}, person(2), u256{1u});
    EXPECT_FALSE(facts->commit().ok());
}

TEST_F(FactsTest, sums_follow_flows_and_know_every_block) {
    facts->begin();
    const auto flow = [&](uint64_t at, Side side, uint64_t amount, bool is_undone = false) {
        facts->place({at, number(9)});
        facts->flow({.contract = vault,
                     .side = side,
                     .kind = "flow",
                     .currency = token,
                     .party = person(1),
                     .amount = u256{amount},
                     .is_undone = is_undone});
    };
    flow(first_place(1), Side::in, 100);
    flow(first_place(1) + 1, Side::paid, 40);
    flow(first_place(2), Side::paid, 15, true);
    flow(first_place(2) + 1, Side::returned, 7);
    flow(first_place(2) + 2, Side::inner, 999);
    flow(first_place(2) + 3, Side::purse, 999);
    flow(first_place(3), Side::in, 0);
    ASSERT_TRUE(facts->commit().ok());
    const auto first = read_totals(*reader(), vault, 1);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].paid, u256{40u});
    const auto last = read_totals(*reader(), vault, 9);
    EXPECT_EQ(last[0].contributed, u256{100u});
    EXPECT_EQ(last[0].paid, u256{25u});
    EXPECT_EQ(last[0].returned, u256{7u});
    EXPECT_TRUE(read_totals(*reader(), vault, 0).empty());
    EXPECT_EQ(read_page(*reader(), listing_named("flows"), {}, {}, 0, 9, 100).rows.size(), 6u);

    facts->begin();
    flow(first_place(4), Side::paid, 26, true);
    EXPECT_FALSE(facts->commit().ok()) << "more undone than done";
}

TEST_F(FactsTest, what_came_after_a_block_can_be_taken_away) {
    block(0, {});
    block(1, {{{}, person(1), u256{100u}}});
    const auto before = holders(1);
    block(2, {{person(1), person(2), u256{30u}}});
    ASSERT_TRUE(facts->rewind_to_before(2).ok());
    EXPECT_EQ(facts->next_block(), 2u);
    EXPECT_EQ(holders(9), before);
    EXPECT_FALSE(facts->hash_of(2));
    block(2, {{person(1), person(3), u256{1u}}});
    EXPECT_EQ(holders(9), (std::vector<std::pair<Address, u256>>{{person(1), u256{99u}},
                                                                 {person(3), u256{1u}}}));
}

TEST_F(FactsTest, balances_beyond_those_that_are_remembered_are_looked_up) {
    const auto holder = [](size_t n) {
        Address out;
        for (size_t i = 0; i < 4; ++i) out.bytes[16 + i] = static_cast<uint8_t>(n >> (8 * i));
        out.bytes[0] = 1;
        return out;
    };
    // With the supply, one more than are remembered.
    std::vector<Move> gifts;
    for (size_t i = 0; i < known_balances_max; ++i) gifts.push_back({{}, holder(i), u256{7u}});
    block(0, gifts);
    block(1, {{holder(0), person(2), u256{7u}}, {holder(1), person(2), u256{6u}}});
    EXPECT_EQ(holders(1).front(), std::pair(person(2), u256{13u}));
}

TEST_F(FactsTest, another_chain_or_an_older_schema_empties_the_file) {
    block(0, {{{}, person(1), u256{5u}}});
    facts.reset();
    facts = open(number(2));
    EXPECT_EQ(facts->next_block(), 0u);
    EXPECT_TRUE(holders(9).empty());
    block(0, {{{}, person(1), u256{5u}}});
    facts.reset();
    std::move(Sqlite::open(file(), Sqlite::Mode::write)).value()->run("PRAGMA user_version = 0");
    facts = open(number(2));
    EXPECT_EQ(facts->next_block(), 0u);
}

TEST_F(FactsTest, a_newer_schema_is_refused) {
    facts.reset();
    std::move(Sqlite::open(file(), Sqlite::Mode::write))
        .value()
        ->run("PRAGMA user_version = " + std::to_string(index_schema_version + 1));
    const auto refused = Facts::open(file(), number(1));
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().what.find("newer"), std::string::npos);
}

TEST_F(FactsTest, what_was_not_committed_is_gone) {
    block(0, {});
    facts->begin();
    facts->place({first_place(1), number(9)});
    facts->transfer(token, {}, {}, person(1), u256{5u});
    facts->end_block(1, number(1), 1'001);
    facts.reset();
    facts = open();
    EXPECT_EQ(facts->next_block(), 1u);
    EXPECT_TRUE(holders(9).empty());
}

}  // namespace
}  // namespace plume
