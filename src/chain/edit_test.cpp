#include "chain/edit.hpp"

#include <gtest/gtest.h>

#include "support/memory_store.hpp"
#include "types/block.hpp"

namespace plume {
namespace {

constexpr Address someone = [] {
    Address out;
    out.bytes.back() = 7;
    return out;
}();

/// An empty world, changed by edits.
class World {
public:
    Changes apply(const Edits& edits) {
        Changes changes = changes_of(view, edits);
        undo.push_back(inverse_of(view, changes));
        const Rooted rooted = update_root(view.nodes(), root_, std::move(changes));
        view.apply(rooted.changes, rooted.nodes);
        root_ = rooted.root;
        return rooted.changes;
    }

    test::MemoryStore view;
    std::vector<Edits> undo;

private:
    Hash root_ = empty_trie_root;
};

TEST(Edit, sets_what_is_given_and_leaves_the_rest) {
    World world;
    world.apply({{someone, {.balance = u256{5u}, .nonce = 3}}});
    world.apply({{someone, {.code = Bytes{0x60, 0x00}, .slots = {{u256{1u}, u256{2u}}}}}});
    const auto account = world.view.account(someone);
    ASSERT_TRUE(account);
    EXPECT_EQ(account->balance, u256{5u});
    EXPECT_EQ(account->nonce, 3u);
    EXPECT_EQ(world.view.code(account->code_hash), (Bytes{0x60, 0x00}));
    EXPECT_EQ(world.view.storage(someone, u256{1u}), u256{2u});
    EXPECT_EQ(world.view.storage(someone, u256{2u}), u256{});
}

TEST(Edit, that_changes_nothing_is_none) {
    World world;
    EXPECT_TRUE(world.apply({{someone, {.balance = u256{}}}}).accounts.empty());
    world.apply({{someone, {.balance = u256{5u}}}});
    EXPECT_TRUE(world.apply({{someone, {.balance = u256{5u}, .nonce = 0}}}).accounts.empty());
}

TEST(Edit, an_account_with_nothing_left_goes_but_not_one_with_storage) {
    World world;
    world.apply({{someone, {.balance = u256{5u}}}});
    world.apply({{someone, {.balance = u256{}}}});
    EXPECT_FALSE(world.view.account(someone));
    world.apply({{someone, {.slots = {{u256{1u}, u256{2u}}}}}});
    EXPECT_TRUE(world.view.account(someone));
    EXPECT_EQ(world.view.storage(someone, u256{1u}), u256{2u});
}

TEST(Edit, the_inverse_takes_back_each_in_turn) {
    World world;
    const std::vector<Edits> edits = {
        {{someone, {.slots = {{u256{1u}, u256{2u}}}}}},
        {{someone, {.balance = u256{5u}, .nonce = 1, .code = Bytes{0x00}}}},
        {{someone, {.code = Bytes{}, .slots = {{u256{1u}, u256{}}, {u256{3u}, u256{4u}}}}}}};
    std::vector<std::optional<AccountFields>> accounts;
    std::vector<u256> slots;
    for (const Edits& edit : edits) {
        accounts.push_back(world.view.account(someone));
        slots.push_back(world.view.storage(someone, u256{1u}));
        world.apply(edit);
    }
    for (size_t i = edits.size(); i-- > 0;) {
        const Edits undo = world.undo[i];
        world.apply(undo);
        const auto account = world.view.account(someone);
        ASSERT_EQ(account.has_value(), accounts[i].has_value()) << i;
        if (account) {
            EXPECT_EQ(account->balance, accounts[i]->balance) << i;
            EXPECT_EQ(account->nonce, accounts[i]->nonce) << i;
            EXPECT_EQ(account->code_hash, accounts[i]->code_hash) << i;
        }
        EXPECT_EQ(world.view.storage(someone, u256{1u}), slots[i]) << i;
    }
}

}  // namespace
}  // namespace plume
