#include "state/state.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "crypto/keccak.hpp"
#include "support/memory_store.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address alice = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address bob = "0x00000000000000000000000000000000000000bb"_address;
constexpr u256 slot{7u};

/// A world in which alice has 100 wei, nonce 3 and 5 in slot 7.
class StateTest : public testing::Test {
protected:
    StateTest() {
        State before(store);
        before.set_balance(alice, u256{100u});
        before.set_nonce(alice, 3);
        before.store(alice, slot, u256{5u});
        const Rooted rooted = update_root(test::MemoryNodes{}, empty_trie_root, before.take());
        store.apply(rooted.changes, rooted.nodes);
        state.begin_transaction();
    }

    test::MemoryStore store;
    State state{store};
};

TEST_F(StateTest, reads_come_from_the_view) {
    EXPECT_TRUE(state.exists(alice));
    EXPECT_EQ(state.balance(alice), u256{100u});
    EXPECT_EQ(state.nonce(alice), 3u);
    EXPECT_EQ(state.load(alice, slot), u256{5u});
    EXPECT_EQ(state.load(alice, u256{8u}), u256{});
    EXPECT_FALSE(state.exists(bob));
    EXPECT_EQ(state.balance(bob), u256{});
    EXPECT_EQ(state.code_hash(bob), empty_code_hash);
    EXPECT_TRUE(state.code(bob).empty());
    EXPECT_TRUE(state.take().accounts.empty()) << "looking changes nothing";
}

TEST_F(StateTest, a_transfer_moves_wei_and_creates_the_recipient) {
    state.transfer(alice, bob, u256{40u});
    EXPECT_EQ(state.balance(alice), u256{60u});
    EXPECT_EQ(state.balance(bob), u256{40u});
    EXPECT_TRUE(state.exists(bob));
}

TEST_F(StateTest, a_transfer_to_oneself_changes_nothing) {
    state.transfer(alice, alice, u256{40u});
    EXPECT_EQ(state.balance(alice), u256{100u});
}

TEST_F(StateTest, rollback_undoes_everything_since_the_mark) {
    state.set_balance(alice, u256{1u});
    state.emit({alice, {}, {}});
    state.add_refund(10);
    const State::Mark mark = state.mark();
    state.set_nonce(alice, 9);
    state.set_code(bob, {1, 2, 3});
    state.store(alice, slot, u256{6u});
    state.warm_up(bob);
    state.warm_up(alice, slot);
    state.emit({bob, {}, {}});
    state.add_refund(-4);
    state.rollback(mark);
    EXPECT_EQ(state.balance(alice), u256{1u});
    EXPECT_EQ(state.nonce(alice), 3u);
    EXPECT_FALSE(state.exists(bob));
    EXPECT_TRUE(state.code(bob).empty());
    EXPECT_EQ(state.load(alice, slot), u256{5u});
    EXPECT_TRUE(state.warm_up(bob)) << "cold again";
    EXPECT_TRUE(state.warm_up(alice, slot)) << "cold again";
    EXPECT_EQ(state.logs().size(), 1u);
    EXPECT_EQ(state.refund(), 10);
}

TEST_F(StateTest, warmth_lasts_for_one_transaction) {
    EXPECT_TRUE(state.warm_up(alice));
    EXPECT_FALSE(state.warm_up(alice));
    EXPECT_TRUE(state.warm_up(alice, slot));
    EXPECT_FALSE(state.warm_up(alice, slot));
    state.end_transaction();
    state.begin_transaction();
    EXPECT_TRUE(state.warm_up(alice));
    EXPECT_TRUE(state.warm_up(alice, slot));
}

TEST_F(StateTest, warming_up_is_no_write) {
    state.warm_up(alice);
    state.warm_up(bob, slot);
    EXPECT_TRUE(state.written().empty());
    state.end_transaction();
    EXPECT_TRUE(state.take().accounts.empty());
}

TEST_F(StateTest, the_original_value_is_the_one_at_the_start_of_the_transaction) {
    state.store(alice, slot, u256{6u});
    EXPECT_EQ(state.original(alice, slot), u256{5u});
    const State::Mark mark = state.mark();
    state.store(alice, slot, u256{7u});
    state.rollback(mark);
    EXPECT_EQ(state.original(alice, slot), u256{5u});
    state.end_transaction();
    state.begin_transaction();
    EXPECT_EQ(state.original(alice, slot), u256{6u});
    EXPECT_EQ(state.load(alice, slot), u256{6u});
}

TEST_F(StateTest, written_lists_each_account_once_and_in_order) {
    state.store(bob, slot, u256{1u});
    state.set_nonce(alice, 4);
    state.set_balance(alice, u256{1u});
    EXPECT_EQ(state.written(), (std::vector{alice, bob}));
    state.end_transaction();
    state.begin_transaction();
    EXPECT_TRUE(state.written().empty());
}

TEST_F(StateTest, who_was_called_or_left_a_log_has_written) {
    state.emit({bob, {}, {}});
    EXPECT_EQ(state.written(), std::vector{bob});
    state.touch(alice);
    EXPECT_EQ(state.written(), (std::vector{alice, bob}));
}

TEST_F(StateTest, a_second_touch_is_undone_with_the_first) {
    const State::Mark mark = state.mark();
    state.touch(bob);
    state.touch(bob);
    EXPECT_TRUE(state.exists(bob));
    state.rollback(mark);
    EXPECT_FALSE(state.exists(bob));
    state.touch(bob);
    EXPECT_TRUE(state.exists(bob)) << "and may come again";
}

TEST_F(StateTest, a_store_where_one_has_looked_is_a_store) {
    const State::Access access = state.access(alice, slot);
    EXPECT_EQ(access.value, u256{5u});
    EXPECT_EQ(access.original, u256{5u});
    EXPECT_TRUE(access.was_cold);
    const State::Mark mark = state.mark();
    state.store(alice, access, u256{6u});
    EXPECT_EQ(state.load(alice, slot), u256{6u});
    EXPECT_EQ(state.written(), std::vector{alice});
    state.rollback(mark);
    EXPECT_EQ(state.load(alice, slot), u256{5u});
}

TEST_F(StateTest, many_accounts_and_slots_are_not_mixed_up) {
    // More than are found without a search, some with the same last byte.
    for (uint64_t i = 0; i < 300; ++i)
        state.store(to_address(u256{1'000 + 128 * i}), u256{64 * (i % 40)}, u256{i + 1});
    for (uint64_t i = 0; i < 300; ++i)
        EXPECT_EQ(state.load(to_address(u256{1'000 + 128 * i}), u256{64 * (i % 40)}), u256{i + 1});
}

TEST_F(StateTest, a_touched_empty_account_is_gone_after_the_transaction) {
    state.touch(bob);
    EXPECT_TRUE(state.exists(bob));
    state.end_transaction();
    EXPECT_FALSE(state.exists(bob));
    EXPECT_TRUE(state.take().accounts.empty());
}

TEST_F(StateTest, an_account_that_was_emptied_is_gone_with_its_storage) {
    state.set_nonce(alice, 0);
    state.set_balance(alice, {});
    state.end_transaction();
    EXPECT_FALSE(state.exists(alice));
    EXPECT_EQ(state.load(alice, slot), u256{});
    const Changes changes = state.take();
    ASSERT_EQ(changes.accounts.size(), 1u);
    EXPECT_EQ(changes.accounts[0].address, alice);
    EXPECT_TRUE(changes.accounts[0].before.has_value());
    EXPECT_FALSE(changes.accounts[0].after.has_value());
}

TEST_F(StateTest, a_touch_that_was_rolled_back_deletes_nothing) {
    test::MemoryStore other;
    const Rooted rooted = update_root(test::MemoryNodes{}, empty_trie_root, [] {
        Changes changes;
        changes.accounts.push_back({bob, std::nullopt, AccountFields{}, {}});
        return changes;
    }());
    other.apply(rooted.changes, rooted.nodes);
    State world(other);
    world.begin_transaction();
    const State::Mark mark = world.mark();
    world.touch(bob);
    world.rollback(mark);
    world.end_transaction();
    EXPECT_TRUE(world.exists(bob));
    world.begin_transaction();
    world.touch(bob);
    world.end_transaction();
    EXPECT_FALSE(world.exists(bob));
}

TEST_F(StateTest, only_a_place_without_nonce_code_and_storage_is_vacant) {
    EXPECT_TRUE(state.is_vacant(bob));
    EXPECT_FALSE(state.is_vacant(alice));
    state.set_balance(bob, u256{1u});
    EXPECT_TRUE(state.is_vacant(bob)) << "a balance may wait for its contract";
    state.set_code(bob, {1});
    EXPECT_FALSE(state.is_vacant(bob));
}

TEST_F(StateTest, changes_are_sorted_and_hold_only_differences) {
    state.store(alice, slot, u256{6u});
    state.store(alice, slot, u256{5u});
    state.store(alice, u256{2u}, u256{1u});
    state.store(alice, u256{1u}, u256{1u});
    state.set_code(bob, {1, 2, 3});
    const Changes changes = state.take();
    ASSERT_EQ(changes.accounts.size(), 2u);
    EXPECT_EQ(changes.accounts[0].address, alice);
    ASSERT_EQ(changes.accounts[0].slots.size(), 2u);
    EXPECT_EQ(changes.accounts[0].slots[0].slot, u256{1u});
    EXPECT_EQ(changes.accounts[0].slots[1].slot, u256{2u});
    EXPECT_EQ(changes.accounts[1].address, bob);
    ASSERT_EQ(changes.codes.size(), 1u);
    EXPECT_EQ(changes.codes[0].code, (Bytes{1, 2, 3}));
    EXPECT_EQ(changes.codes[0].hash, keccak256(changes.codes[0].code));
}

/// What a State has to answer, in maps that are copied whole at every mark.
struct Model {
    struct Account {
        u256 balance;
        uint64_t nonce = 0;
        friend bool operator==(const Account&, const Account&) = default;
    };
    std::map<Address, Account> accounts;
    std::map<std::pair<Address, u256>, u256> slots;
    std::map<std::pair<Address, u256>, u256> originals;
    std::set<Address> warm;
    std::set<Address> touched;
    size_t logs = 0;
    int64_t refund = 0;

    void end_transaction() {
        for (const Address& address : touched) {
            const auto found = accounts.find(address);
            if (found == accounts.end() || found->second != Account{}) continue;
            accounts.erase(found);
            std::erase_if(slots, [&](const auto& entry) { return entry.first.first == address; });
        }
        originals = slots;
        warm.clear();
        touched.clear();
        logs = 0;
        refund = 0;
    }
};

/// Random writes, marks and rollbacks on both; every answer compared after every step.
class Walk {
public:
    explicit Walk(uint64_t seed) : random_(seed) { state_.begin_transaction(); }

    void step() {
        const Address who = address();
        const u256 where{below(3)};
        switch (below(12)) {
            case 0:
                return write(who, [&](Model::Account& a) {
                    state_.set_balance(who, a.balance = u256{below(3)});
                });
            case 1:
                return write(who,
                             [&](Model::Account& a) { state_.set_nonce(who, a.nonce = below(2)); });
            case 2:
                return write(who, [&](Model::Account&) { state_.touch(who); });
            case 3:
            case 4:
                return store(who, where, u256{below(3)});
            case 5:
                EXPECT_EQ(state_.warm_up(who), model_.warm.insert(who).second);
                return;
            case 6:
                state_.emit({who, {}, {}});
                ++model_.logs;
                return;
            case 7:
                state_.add_refund(5);
                model_.refund += 5;
                return;
            case 8:
            case 9:
                marks_.emplace_back(state_.mark(), model_);
                return;
            case 10:
                return rollback();
            default:
                return end_transaction();
        }
    }

    void compare() {
        for (uint8_t i = 0; i < addresses; ++i) {
            const Address who = address_at(i);
            const auto found = model_.accounts.find(who);
            ASSERT_EQ(state_.exists(who), found != model_.accounts.end());
            const Model::Account expected =
                found == model_.accounts.end() ? Model::Account{} : found->second;
            ASSERT_EQ(state_.balance(who), expected.balance);
            ASSERT_EQ(state_.nonce(who), expected.nonce);
            for (uint64_t n = 0; n < 3; ++n) {
                ASSERT_EQ(state_.load(who, u256{n}), value(model_.slots, who, u256{n}));
                ASSERT_EQ(state_.original(who, u256{n}), value(model_.originals, who, u256{n}));
            }
        }
        ASSERT_EQ(state_.logs().size(), model_.logs);
        ASSERT_EQ(state_.refund(), model_.refund);
    }

private:
    static constexpr uint8_t addresses = 4;

    static Address address_at(uint8_t i) {
        Address out;
        out[19] = i;
        return out;
    }
    static u256 value(const std::map<std::pair<Address, u256>, u256>& in, const Address& who,
                      const u256& at) {
        const auto found = in.find({who, at});
        return found == in.end() ? u256{} : found->second;
    }
    uint64_t below(uint64_t bound) { return random_() % bound; }
    Address address() { return address_at(static_cast<uint8_t>(below(addresses))); }

    void write(const Address& who, auto&& change) {
        change(model_.accounts[who]);
        model_.touched.insert(who);
    }
    /// Only what exists has storage, as only a contract's code writes it.
    void store(const Address& who, const u256& where, const u256& to) {
        if (!model_.accounts.contains(who)) return;
        state_.store(who, where, to);
        model_.slots[{who, where}] = to;
    }
    void rollback() {
        if (marks_.empty()) return;
        const size_t back_to = below(marks_.size());
        state_.rollback(marks_[back_to].first);
        model_ = marks_[back_to].second;
        marks_.erase(marks_.begin() + static_cast<ptrdiff_t>(back_to), marks_.end());
    }
    void end_transaction() {
        state_.end_transaction();
        state_.begin_transaction();
        model_.end_transaction();
        marks_.clear();
    }

    std::mt19937_64 random_;
    test::MemoryStore store_;
    State state_{store_};
    Model model_;
    std::vector<std::pair<State::Mark, Model>> marks_;
};

TEST(State, random_writes_with_nested_marks_agree_with_a_plain_model) {
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        Walk walk(seed);
        for (int i = 0; i < 200; ++i) {
            walk.step();
            walk.compare();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed << ", step " << i;
        }
    }
}

TEST_F(StateTest, what_was_looked_at_is_seen_whether_it_changed_or_not) {
    EXPECT_TRUE(state.seen().empty());
    state.load(alice, u256{8u});
    state.store(alice, slot, u256{6u});
    const State::Mark mark = state.mark();
    state.set_balance(bob, u256{1u});
    state.rollback(mark);
    const std::vector<AccountChange> seen = state.seen();
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].address, alice);
    EXPECT_EQ(seen[0].before->nonce, 3u);
    ASSERT_EQ(seen[0].slots.size(), 2u);
    EXPECT_EQ(seen[0].slots[0].before, u256{5u});
    EXPECT_EQ(seen[0].slots[0].after, u256{6u});
    EXPECT_EQ(seen[0].slots[1].slot, u256{8u});
    EXPECT_EQ(seen[0].slots[1].after, u256{});
    EXPECT_EQ(seen[1].address, bob);
    EXPECT_EQ(seen[1].before, std::nullopt);
    EXPECT_EQ(seen[1].after, std::nullopt);
}

TEST_F(StateTest, codes_are_found_by_hash_in_the_view_and_here) {
    state.set_code(bob, {1, 2, 3});
    EXPECT_EQ(state.code_called(state.code_hash(bob)), (Bytes{1, 2, 3}));
    EXPECT_TRUE(state.code_called(empty_code_hash).empty());
}

}  // namespace
}  // namespace plume
