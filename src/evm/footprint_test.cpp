#include "evm/footprint.hpp"

#include <gtest/gtest.h>

#include "support/traced_world.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::Bytecode;
using test::call_to;
using test::op;
using test::push;
using test::TracedWorld;

class FootprintTest : public testing::Test {
protected:
    CallResult run(const Bytecode& self, const Bytecode& other = {}) {
        TracedWorld world(self, other);
        return world.run(footprint);
    }

    const AccountChange* find(const Address& address) const {
        const auto& all = footprint.accounts();
        const auto found = std::ranges::find(all, address, &AccountChange::address);
        return found == all.end() ? nullptr : &*found;
    }

    TraceBudget budget;
    Footprint footprint{budget};
};

TEST_F(FootprintTest, slots_have_their_values_before_and_after) {
    run(push(1) + op(SLOAD, POP) + push(9) + push(2) + op(SSTORE));
    const AccountChange* self = find(TracedWorld::self);
    ASSERT_NE(self, nullptr);
    ASSERT_EQ(self->slots.size(), 2u);
    EXPECT_EQ(self->slots[0].slot, u256{1u});
    EXPECT_EQ(self->slots[0].before, u256{7u});
    EXPECT_EQ(self->slots[0].after, u256{7u});
    EXPECT_EQ(self->slots[1].before, u256{});
    EXPECT_EQ(self->slots[1].after, u256{9u});
    EXPECT_EQ(footprint.code(self->before->code_hash).size(), 9u);
}

TEST_F(FootprintTest, looks_are_seen_though_they_are_undone) {
    const Address looked_at = "0x00000000000000000000000000000000000000dd"_address;
    run(call_to(TracedWorld::other, CALL), push(4) + op(SLOAD) + push(to_u256(looked_at)) +
                                               op(BALANCE) + push(0) + push(0) + op(REVERT));
    ASSERT_NE(find(TracedWorld::other), nullptr);
    EXPECT_EQ(find(TracedWorld::other)->slots.at(0).slot, u256{4u});
    EXPECT_NE(find(looked_at), nullptr);
    EXPECT_EQ(find(TracedWorld::native), nullptr);
}

TEST_F(FootprintTest, native_contracts_leave_one_too) {
    run(call_to(TracedWorld::native, CALL));
    ASSERT_NE(find(TracedWorld::native), nullptr);
    EXPECT_EQ(find(TracedWorld::native)->slots.size(), 1u);
}

TEST_F(FootprintTest, creations_are_noted) {
    run(push(0) + push(0) + push(0) + op(CREATE));
    const Address created = created_address(TracedWorld::self, 1);
    EXPECT_EQ(footprint.created(), std::set{created});
    ASSERT_NE(find(created), nullptr);
    EXPECT_FALSE(find(created)->before.has_value());
    EXPECT_EQ(find(created)->after->nonce, 1u);
}

TEST_F(FootprintTest, what_is_looked_at_after_the_outermost_call_is_no_part_of_it) {
    test::MemoryStore store;
    State state(store);
    state.begin_transaction();
    footprint.begin(state, 100);
    footprint.enter({.recipient = TracedWorld::self, .value = {}, .input = {}}, {}, nullptr);
    state.load(TracedWorld::self, u256{1u});
    footprint.leave({});
    state.load(TracedWorld::self, u256{2u});
    state.balance(TracedWorld::other);
    state.set_balance(TracedWorld::self, u256{3u});
    state.end_transaction();
    footprint.end(state, {}, 50);
    ASSERT_EQ(footprint.accounts().size(), 1u);
    EXPECT_EQ(footprint.accounts()[0].slots.size(), 1u);
    EXPECT_EQ(footprint.accounts()[0].after->balance, u256{3u});
    EXPECT_EQ(footprint.gas_used(), 50u);
}

TEST_F(FootprintTest, a_spent_budget_leaves_nothing) {
    TracedWorld world(push(1) + op(SLOAD), {});
    TraceBudget small(10);
    Footprint none(small);
    EXPECT_EQ(world.run(none).status, Status::success);
    EXPECT_TRUE(none.accounts().empty());
    EXPECT_TRUE(small.is_spent());
}

}  // namespace
}  // namespace plume
