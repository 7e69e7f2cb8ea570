#include "evm/frame.hpp"

#include <gtest/gtest.h>

#include "evm/call.hpp"
#include "support/memory_store.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address self = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address other = "0x00000000000000000000000000000000000000bb"_address;
constexpr u256 slot{1u};

/// A frame of `self` with a million gas, in a world where self has 1,000 wei and a nonce.
class FrameTest : public testing::Test {
protected:
    FrameTest() {
        state.set_nonce(self, 1);
        state.set_balance(self, u256{1'000u});
        state.end_transaction();
        state.begin_transaction();
        message.gas = 1'000'000;
        message.sender = other;
        message.recipient = self;
        message.code_address = self;
    }

    static Called pay(Frame& frame, uint64_t value, uint64_t gas_max = ~uint64_t{0}) {
        return frame.call({.to = other, .value = u256{value}, .input = {}, .gas_max = gas_max});
    }

    test::MemoryStore nothing;
    State state{nothing};
    BlockEnvironment block;
    std::vector<NativeType> natives;
    Execution execution{state, block, natives, other, {}};
    Message message;
};

TEST_F(FrameTest, charging_takes_all_or_everything) {
    Frame frame(execution, message);
    EXPECT_TRUE(frame.charge(400'000));
    EXPECT_EQ(frame.gas_left(), 600'000u);
    EXPECT_TRUE(frame.charge(600'000));
    EXPECT_FALSE(frame.charge(1));
    Frame again(execution, message);
    EXPECT_FALSE(again.charge(1'000'001));
    EXPECT_EQ(again.gas_left(), 0u);
    Frame huge(execution, message);
    EXPECT_FALSE(huge.charge(~uint64_t{0}));
}

TEST_F(FrameTest, a_slot_is_cold_once) {
    Frame frame(execution, message);
    EXPECT_EQ(frame.load(slot), u256{});
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'100);
    EXPECT_EQ(frame.load(slot), u256{});
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'100 - 100);
}

TEST_F(FrameTest, a_native_load_costs_by_the_work_it_is) {
    state.store(self, slot, u256{7u});
    state.end_transaction();
    state.begin_transaction();
    Frame frame(execution, message);
    uint64_t left = message.gas;
    const auto cost = [&](Frame& of, const u256& at) {
        EXPECT_TRUE(of.load_native(at).has_value());
        return std::exchange(left, of.gas_left()) - of.gas_left();
    };
    EXPECT_EQ(cost(frame, slot), 2'100u) << "cold, and there is something";
    EXPECT_EQ(cost(frame, slot), gas::native_reload);
    EXPECT_EQ(cost(frame, u256{99u}), gas::native_cold_empty);
    EXPECT_EQ(cost(frame, u256{99u}), gas::native_reload);

    EXPECT_EQ(frame.store(u256{98u}, u256{1u}), Status::success);
    left = frame.gas_left();
    EXPECT_EQ(cost(frame, u256{98u}), gas::native_reload) << "what was stored is known as well";

    Frame other_frame(execution, message);
    left = message.gas;
    EXPECT_EQ(cost(other_frame, slot), 100u) << "warm, but new to this frame";
    left = frame.gas_left();
    EXPECT_EQ(cost(frame, slot), 100u) << "another frame has looked since";

    message.gas = 99;
    Frame poor(execution, message);
    EXPECT_FALSE(poor.load_native(slot).has_value());
    EXPECT_EQ(poor.gas_left(), 0u);
}

TEST_F(FrameTest, a_slot_whose_warming_was_undone_is_cold_for_native_loads_too) {
    Frame frame(execution, message);
    const State::Mark mark = state.mark();
    EXPECT_TRUE(frame.load_native(slot).has_value());
    state.rollback(mark);
    const uint64_t left = frame.gas_left();
    EXPECT_TRUE(frame.load_native(slot).has_value());
    EXPECT_EQ(left - frame.gas_left(), gas::native_cold_empty);
}

/// A line of the table in EIP-3529: what a slot held, what is stored one after the other, gas and
/// refund. The table counts 6 gas for each store's two PUSHes, and the slot is warm.
struct StoreCase {
    uint64_t original;
    std::vector<uint64_t> stores;
    uint64_t gas;
    int64_t refund;
};

class StoreTest : public FrameTest, public testing::WithParamInterface<StoreCase> {};

TEST_P(StoreTest, costs_and_refunds_what_eip_3529_says) {
    const StoreCase& line = GetParam();
    state.store(self, slot, u256{line.original});
    state.end_transaction();
    state.begin_transaction();
    state.warm_up(self, slot);
    Frame frame(execution, message);
    for (const uint64_t value : line.stores)
        EXPECT_EQ(frame.store(slot, u256{value}), Status::success);
    EXPECT_EQ(message.gas - frame.gas_left() + 6 * line.stores.size(), line.gas);
    EXPECT_EQ(state.refund(), line.refund);
    EXPECT_EQ(state.load(self, slot), u256{line.stores.back()});
}

INSTANTIATE_TEST_SUITE_P(
    Eip3529, StoreTest,
    testing::Values(StoreCase{0, {0, 0}, 212, 0}, StoreCase{0, {0, 1}, 20'112, 0},
                    StoreCase{0, {1, 0}, 20'112, 19'900}, StoreCase{0, {1, 2}, 20'112, 0},
                    StoreCase{0, {1, 1}, 20'112, 0}, StoreCase{1, {0, 0}, 3'012, 4'800},
                    StoreCase{1, {0, 1}, 3'012, 2'800}, StoreCase{1, {0, 2}, 3'012, 0},
                    StoreCase{1, {2, 0}, 3'012, 4'800}, StoreCase{1, {2, 3}, 3'012, 0},
                    StoreCase{1, {2, 1}, 3'012, 2'800}, StoreCase{1, {2, 2}, 3'012, 0},
                    StoreCase{1, {1, 0}, 3'012, 4'800}, StoreCase{1, {1, 2}, 3'012, 0},
                    StoreCase{1, {1, 1}, 212, 0}, StoreCase{0, {1, 0, 1}, 40'118, 19'900},
                    StoreCase{1, {0, 1, 0}, 5'918, 7'600}));

TEST_F(FrameTest, a_store_needs_more_than_the_stipend_whatever_it_costs) {
    state.warm_up(self, slot);
    message.gas = 2'300;
    Frame poor(execution, message);
    EXPECT_EQ(poor.store(slot, {}), Status::out_of_gas);
    message.gas = 2'301;
    Frame enough(execution, message);
    EXPECT_EQ(enough.store(slot, {}), Status::success);
    EXPECT_EQ(enough.gas_left(), 2'201u);
}

TEST_F(FrameTest, a_static_frame_writes_nothing) {
    message.is_static = true;
    Frame frame(execution, message);
    EXPECT_EQ(frame.store(slot, u256{1u}), Status::static_write);
    EXPECT_EQ(frame.log({}, {}), Status::static_write);
    EXPECT_EQ(pay(frame, 1).halt, Status::static_write);
    EXPECT_EQ(frame.create_native(NativeType{}, {}, {}).halt, Status::static_write);
    EXPECT_EQ(frame.load(slot), u256{});
    EXPECT_EQ(pay(frame, 0).result.status, Status::success) << "without value it may call";
    EXPECT_TRUE(state.written().empty());
}

TEST_F(FrameTest, a_log_costs_by_topic_and_byte) {
    Frame frame(execution, message);
    const Bytes data(10);
    EXPECT_EQ(frame.log({Hash{}, Hash{}}, data), Status::success);
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 375 - 2 * 375 - 10 * 8);
    ASSERT_EQ(state.logs().size(), 1u);
    EXPECT_EQ(state.logs()[0].address, self);
    message.gas = 374;
    Frame poor(execution, message);
    EXPECT_EQ(poor.log({}, {}), Status::out_of_gas);
}

TEST_F(FrameTest, accounts_are_cold_once) {
    Frame frame(execution, message);
    EXPECT_EQ(frame.balance(self), u256{1'000u});
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600);
    EXPECT_TRUE(frame.code(self)->empty());
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600 - 100);
}

TEST_F(FrameTest, precompiles_are_never_cold) {
    for (const uint64_t number : {1u, 17u, 256u}) {
        Frame frame(execution, message);
        EXPECT_TRUE(frame.balance(to_address(u256{number})).has_value());
        EXPECT_EQ(frame.gas_left(), 1'000'000u - 100) << number;
    }
    for (const uint64_t number : {0u, 18u, 255u, 257u}) {
        Frame frame(execution, message);
        EXPECT_TRUE(frame.balance(to_address(u256{number})).has_value());
        EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600) << number;
    }
}

TEST_F(FrameTest, sending_value_costs_more_and_most_for_a_new_account) {
    Frame frame(execution, message);
    EXPECT_EQ(pay(frame, 1).result.status, Status::success);
    // Cold account, value, new account; the stipend comes back unused.
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600 - 9'000 - 25'000 + 2'300);
    const uint64_t before = frame.gas_left();
    EXPECT_EQ(pay(frame, 1).result.status, Status::success);
    EXPECT_EQ(before - frame.gas_left(), 100u + 9'000 - 2'300);
    EXPECT_EQ(state.balance(other), u256{2u});
    EXPECT_EQ(state.balance(self), u256{998u});
}

TEST_F(FrameTest, an_account_that_is_there_but_empty_counts_as_new) {
    state.touch(other);
    Frame frame(execution, message);
    EXPECT_EQ(pay(frame, 1).result.status, Status::success);
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600 - 9'000 - 25'000 + 2'300) << "EIP-161";
}

TEST_F(FrameTest, more_value_than_there_is_fails_without_eating_the_gas) {
    Frame frame(execution, message);
    const CallResult result = pay(frame, 1'001).result;
    EXPECT_EQ(result.status, Status::insufficient_balance);
    EXPECT_EQ(frame.gas_left(), 1'000'000u - 2'600 - 9'000 - 25'000 + 2'300);
    EXPECT_EQ(state.balance(self), u256{1'000u});
}

uint64_t given_gas = 0;

CallResult note_gas(Frame& frame) {
    given_gas = frame.gas_left();
    return {Status::success, frame.gas_left(), {}};
}

TEST_F(FrameTest, a_call_keeps_a_64th_back) {
    natives.push_back({.id = 1, .version = 1, .name = "Noter", .entry = note_gas});
    execution.natives = natives;
    state.set_code(other, native_code(natives[0]));
    Frame frame(execution, message);
    EXPECT_EQ(pay(frame, 0).result.status, Status::success);
    const uint64_t left = 1'000'000 - 2'600;
    EXPECT_EQ(given_gas, left - left / 64);
    EXPECT_EQ(frame.gas_left(), left);
    EXPECT_EQ(pay(frame, 0, 5'000).result.status, Status::success);
    EXPECT_EQ(given_gas, 5'000u);
    EXPECT_EQ(pay(frame, 1, 5'000).result.status, Status::success);
    EXPECT_EQ(given_gas, 7'300u) << "with the stipend";
}

}  // namespace
}  // namespace plume
