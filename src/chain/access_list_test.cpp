#include "chain/access_list.hpp"

#include <gtest/gtest.h>

#include "evm/call.hpp"
#include "evm/gas.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::Bytecode;
using test::op;
using test::push;

const Address alice = address_of(test::key(1));
const Address self = "0x00000000000000000000000000000000000000aa"_address;
const Address other = "0x00000000000000000000000000000000000000bb"_address;
const Address third = "0x00000000000000000000000000000000000000dd"_address;
const Address sha = "0x0000000000000000000000000000000000000002"_address;

Bytecode call_to(const Address& to) {
    return push(0) + push(0) + push(0) + push(0) + push(0) + push(to_u256(to)) + op(GAS, CALL, POP);
}

Result<ListedCall> list(const Bytecode& self_code, const Bytecode& other_code = {},
                        std::vector<AccessListEntry> given = {}) {
    test::MemoryStore nothing;
    State state(nothing);
    state.set_balance(alice, u256{1'000u});
    state.set_nonce(self, 1);
    state.set_code(self, self_code.bytes());
    state.set_nonce(other, 1);
    state.set_code(other, other_code.bytes());
    test::MemoryStore store;
    store.apply(state.take(), {});
    BlockEnvironment block;
    block.gas_limit = 100'000'000;
    block.coinbase = "0xc000000000000000000000000000000000000000"_address;
    CallRequest request;
    request.from = alice;
    request.to = self;
    request.access_list = std::move(given);
    return list_accesses(store, block, Rules{test::chain_id, {}}, request);
}

Hash word(uint64_t slot) {
    return to_word(u256{slot});
}

TEST(AccessList, names_slots_of_the_recipient_and_whatever_else_is_touched) {
    const auto found = list(push(3) + op(SLOAD) + push(1) + push(2) + op(SSTORE) +
                                push(to_u256(third)) + op(BALANCE) + call_to(other),
                            push(4) + op(SLOAD));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->result.status, Status::success);
    const std::vector<AccessListEntry> expected{
        {self, {word(2), word(3)}}, {other, {word(4)}}, {third, {}}};
    EXPECT_EQ(found->access_list, expected);
}

TEST(AccessList, leaves_out_what_is_warm_anyway) {
    const auto found =
        list(call_to(alice) + call_to(sha) + op(COINBASE, BALANCE) + push(to_u256(self)) +
             op(EXTCODESIZE) + push(0) + push(0) + push(0) + op(CREATE, EXTCODESIZE));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->access_list, std::vector<AccessListEntry>{});
}

TEST(AccessList, its_gas_is_that_of_the_call_with_the_list) {
    const auto found = list(push(3) + op(SLOAD));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->gas_used,
              21'000u + gas::access_list_address + gas::access_list_slot + 3 + gas::warm_access);
}

TEST(AccessList, a_failure_is_listed_and_told) {
    const auto found =
        list(call_to(other) + push(0) + push(0) + op(REVERT), push(4) + op(SLOAD, INVALID));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->result.status, Status::revert);
    EXPECT_EQ(found->access_list, (std::vector<AccessListEntry>{{other, {word(4)}}}));
}

TEST(AccessList, keeps_what_was_listed_already) {
    const std::vector<AccessListEntry> given{{third, {word(9)}}};
    const auto found = list(push(3) + op(SLOAD), {}, given);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->access_list,
              (std::vector<AccessListEntry>{{self, {word(3)}}, {third, {word(9)}}}));
}

TEST(AccessList, is_run_again_until_it_settles_and_not_for_ever) {
    // Looks at the slot whose number is the gas that is left: another one each time.
    const auto restless = list(op(GAS, SLOAD));
    ASSERT_FALSE(restless.ok());
    EXPECT_EQ(restless.error().what, "what the call looks at changes with its access list");
}

}  // namespace
}  // namespace plume
