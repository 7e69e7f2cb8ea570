#include "state/root.hpp"

#include <gtest/gtest.h>

#include <random>

#include "crypto/keccak.hpp"
#include "state/state.hpp"
#include "support/fixtures.hpp"
#include "support/memory_store.hpp"

namespace plume {
namespace {

Address address_of_number(uint64_t number) {
    return to_address(to_u256(keccak256(to_word(u256{number}))));
}

/// The whole world as one change from nothing.
Hash root_from_nothing(const std::map<Address, std::map<u256, u256>>& slots,
                       const std::map<Address, u256>& balances) {
    const test::MemoryStore nothing;
    State state(nothing);
    for (const auto& [address, balance] : balances) {
        state.set_nonce(address, 1);
        state.set_balance(address, balance);
    }
    for (const auto& [address, entries] : slots)
        for (const auto& [slot, value] : entries) state.store(address, slot, value);
    return update_root(nothing.nodes(), empty_trie_root, state.take()).root;
}

TEST(StateRoot, nothing_has_the_root_of_nothing) {
    const test::MemoryStore nothing;
    const Rooted rooted = update_root(nothing.nodes(), empty_trie_root, {});
    EXPECT_EQ(rooted.root, empty_trie_root);
    EXPECT_TRUE(rooted.nodes.empty());
}

TEST(StateRoot, block_after_block_leads_to_the_root_of_the_whole) {
    const uint64_t seed = 11;
    std::mt19937_64 random(seed);
    test::MemoryStore store;
    Hash root = empty_trie_root;
    std::map<Address, std::map<u256, u256>> slots;
    std::map<Address, u256> balances;
    for (int block = 0; block < 30; ++block) {
        State state(store);
        for (int i = 0; i < 40; ++i) {
            const Address address = address_of_number(random() % 60);
            const u256 balance{random() % 1'000};
            state.set_nonce(address, 1);
            state.set_balance(address, balance);
            balances[address] = balance;
            const u256 slot{random() % 20};
            const u256 value{random() % 3};
            state.store(address, slot, value);
            slots[address][slot] = value;
        }
        Rooted rooted = update_root(store.nodes(), root, state.take());
        store.apply(rooted.changes, rooted.nodes);
        root = rooted.root;
        ASSERT_EQ(root, root_from_nothing(slots, balances))
            << "seed " << seed << ", block " << block;
    }
}

TEST(StateRoot, the_same_changes_give_the_same_nodes_in_the_same_order) {
    const test::MemoryStore nothing;
    const auto rooted = [&nothing] {
        State state(nothing);
        for (uint64_t i = 0; i < 200; ++i) {
            const Address address = address_of_number(i);
            state.set_nonce(address, 1);
            for (uint64_t n = 0; n < 8; ++n) state.store(address, u256{n}, u256{i + 1});
        }
        return update_root(nothing.nodes(), empty_trie_root, state.take());
    };
    const Rooted first = rooted();
    for (int i = 0; i < 5; ++i) {
        const Rooted again = rooted();
        ASSERT_EQ(again.root, first.root);
        ASSERT_EQ(again.nodes.size(), first.nodes.size());
        for (size_t n = 0; n < first.nodes.size(); ++n) {
            ASSERT_EQ(again.nodes[n].owner, first.nodes[n].owner);
            ASSERT_EQ(again.nodes[n].path, first.nodes[n].path);
            ASSERT_EQ(again.nodes[n].after, first.nodes[n].after);
        }
    }
}

TEST(StateRoot, storage_roots_are_filled_in) {
    const test::MemoryStore nothing;
    State state(nothing);
    const Address address = address_of_number(1);
    state.set_nonce(address, 1);
    state.store(address, u256{1u}, u256{2u});
    const Rooted rooted = update_root(nothing.nodes(), empty_trie_root, state.take());
    ASSERT_EQ(rooted.changes.accounts.size(), 1u);
    EXPECT_NE(rooted.changes.accounts[0].after->storage_root, empty_trie_root);
}

/// The state root of the accounts in a public test's `pre` or `postState`.
Hash root_of_accounts(const boost::json::value& accounts) {
    const test::MemoryStore nothing;
    State state(nothing);
    for (const auto& member : accounts.as_object()) {
        const Address address = Address::parse(std::string_view(member.key())).value();
        const boost::json::value& account = member.value();
        state.set_balance(address, *parse_number(test::text_at(account, "balance")));
        state.set_nonce(address, parse_number(test::text_at(account, "nonce"))->low64());
        if (Bytes code = test::hex_at(account, "code"); !code.empty())
            state.set_code(address, code);
        for (const auto& slot : account.at("storage").as_object())
            state.store(address, *parse_number(std::string_view(slot.key())),
                        *parse_number(std::string_view(slot.value().as_string())));
    }
    return update_root(nothing.nodes(), empty_trie_root, state.take()).root;
}

TEST(StateRoot, agrees_with_the_worlds_of_the_public_block_tests) {
    const auto files = test::fixtures_below("blocks/ethtests");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t checked = 0;
    for (const std::string& file : files) {
        const auto content = test::fixture(file);
        for (const auto& member : content->as_object()) {
            const boost::json::object& test = member.value().as_object();
            if (!test.contains("genesisBlockHeader") || !test.contains("pre")) continue;
            ASSERT_EQ(to_hex(root_of_accounts(test.at("pre"))),
                      test::text_at(test.at("genesisBlockHeader"), "stateRoot"))
                << file << " " << std::string_view(member.key());
            ++checked;
        }
    }
    EXPECT_GT(checked, 100u);
}

}  // namespace
}  // namespace plume
