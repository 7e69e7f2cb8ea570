#include "evm/call.hpp"

#include <gtest/gtest.h>

#include "support/memory_store.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address sender = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address contract = "0x00000000000000000000000000000000000000bb"_address;
constexpr Address nobody = "0x00000000000000000000000000000000000000cc"_address;

/// Stores 1 in slot 0, then ends as the first byte of its input says.
CallResult end_as_told(Frame& frame) {
    const Status stored = frame.store({}, u256{1u});
    if (stored != Status::success) return {stored, 0, {}};
    if (frame.message().kind == CallKind::create && frame.message().input.empty())
        return {Status::success, frame.gas_left(), {}};
    const auto status = static_cast<Status>(frame.message().input[0]);
    return {status, frame.gas_left(), {0xaa}};
}

uint32_t deepest = 0;

/// Calls itself until the host refuses.
CallResult dig(Frame& frame) {
    deepest = frame.message().depth;
    const CallResult inner =
        frame.call({.to = frame.message().recipient, .value = {}, .input = {}}).result;
    return {Status::success, frame.gas_left(), {static_cast<uint8_t>(inner.status)}};
}

const std::array natives{NativeType{.id = 1, .version = 2, .name = "Told", .entry = end_as_told},
                         NativeType{.id = 2, .version = 1, .name = "Digger", .entry = dig}};

class CallTest : public testing::Test {
protected:
    CallTest() {
        state.set_balance(sender, u256{100u});
        state.set_nonce(contract, 1);
        state.set_code(contract, native_code(natives[0]));
        state.end_transaction();
        state.begin_transaction();
        message = {.gas = 100'000,
                   .sender = sender,
                   .recipient = contract,
                   .code_address = contract,
                   .value = {},
                   .input = {}};
    }

    CallResult run(Status told) {
        input = {static_cast<uint8_t>(told)};
        message.input = input;
        return call(execution, message);
    }

    test::MemoryStore nothing;
    State state{nothing};
    BlockEnvironment block;
    Execution execution{state, block, natives, sender, {}};
    Message message;
    Bytes input;
};

TEST_F(CallTest, success_keeps_writes_value_gas_and_output) {
    message.value = u256{3u};
    const CallResult result = run(Status::success);
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(result.gas_left, 100'000u - 22'100);
    EXPECT_EQ(result.output, Bytes{0xaa});
    EXPECT_EQ(state.load(contract, {}), u256{1u});
    EXPECT_EQ(state.balance(contract), u256{3u});
}

TEST_F(CallTest, a_revert_keeps_gas_and_output_only) {
    message.value = u256{3u};
    const CallResult result = run(Status::revert);
    EXPECT_EQ(result.status, Status::revert);
    EXPECT_EQ(result.gas_left, 100'000u - 22'100);
    EXPECT_EQ(result.output, Bytes{0xaa});
    EXPECT_EQ(state.load(contract, {}), u256{});
    EXPECT_EQ(state.balance(sender), u256{100u});
}

TEST_F(CallTest, any_other_failure_keeps_nothing) {
    message.value = u256{3u};
    const CallResult result = run(Status::out_of_gas);
    EXPECT_EQ(result.status, Status::out_of_gas);
    EXPECT_EQ(result.gas_left, 0u);
    EXPECT_TRUE(result.output.empty());
    EXPECT_EQ(state.balance(sender), u256{100u});
    EXPECT_EQ(state.load(contract, {}), u256{});
}

TEST_F(CallTest, an_account_without_code_just_receives) {
    message.recipient = message.code_address = nobody;
    message.value = u256{3u};
    const CallResult result = run(Status::success);
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(result.gas_left, 100'000u);
    EXPECT_EQ(state.balance(nobody), u256{3u});
}

TEST_F(CallTest, calls_nest_1024_deep) {
    state.set_code(contract, native_code(natives[1]));
    message.gas = ~uint64_t{0} >> 1;
    EXPECT_EQ(run(Status::success).status, Status::success);
    EXPECT_EQ(deepest, 1'024u);
    message.depth = 1'024;
    EXPECT_EQ(run(Status::success).status, Status::success);
    message.depth = 1'025;
    const CallResult refused = run(Status::success);
    EXPECT_EQ(refused.status, Status::depth_exceeded);
    EXPECT_EQ(refused.gas_left, message.gas);
}

TEST_F(CallTest, bytecode_runs_where_no_native_type_is_marked) {
    state.set_code(nobody, {0x60, 0x07, 0x5f, 0x55});  // PUSH1 7, PUSH0, SSTORE
    message.recipient = message.code_address = nobody;
    EXPECT_EQ(run(Status::success).status, Status::success);
    EXPECT_EQ(state.load(nobody, {}), u256{7u});
}

TEST_F(CallTest, a_marker_of_an_unknown_version_is_no_code_that_runs) {
    NativeType future = natives[0];
    future.version = 3;
    state.set_code(nobody, native_code(future));
    message.recipient = message.code_address = nobody;
    EXPECT_EQ(run(Status::success).status, Status::undefined_instruction);
}

TEST_F(CallTest, a_precompile_runs_whatever_code_its_account_has) {
    message.recipient = message.code_address = to_address(u256{4u});
    const CallResult result = run(Status::revert);
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(result.output, input) << "the identity";
}

class CreateTest : public CallTest {
protected:
    CreateTest() {
        message.kind = CallKind::create;
        message.recipient = message.code_address = nobody;
        message.value = u256{5u};
    }
    CallResult deploy(const Bytes& init_code) { return create(execution, message, init_code); }
    /// Init code that returns `code`, of at most 32 bytes.
    static Bytes returning(const Bytes& code) {
        Bytes out{static_cast<uint8_t>(0x5f + code.size())};  // PUSHn
        append(out, code);
        append(out, Bytes{0x5f, 0x52, 0x60, static_cast<uint8_t>(code.size()), 0x60,
                          static_cast<uint8_t>(32 - code.size()), 0xf3});
        return out;
    }
};

TEST_F(CreateTest, what_init_code_returns_becomes_the_code_at_200_gas_a_byte) {
    const CallResult result = deploy(returning({0x00, 0x01}));
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(result.gas_left, 100'000u - 3 * 4 - 2 - 3 - 3 + 3 - 2 * 200);
    EXPECT_EQ(result.output, (Bytes{0x00, 0x01}));
    EXPECT_EQ(to_bytes(state.code(nobody)), result.output);
    EXPECT_EQ(state.nonce(nobody), 1u);
    EXPECT_EQ(state.balance(nobody), u256{5u});
}

TEST_F(CreateTest, code_that_begins_with_ef_is_refused) {
    const CallResult result = deploy(returning({0xef, 0x50}));
    EXPECT_EQ(result.status, Status::code_reserved);
    EXPECT_EQ(result.gas_left, 0u);
    EXPECT_FALSE(state.exists(nobody));
    EXPECT_EQ(state.balance(sender), u256{100u});
}

TEST_F(CreateTest, code_ends_at_24576_bytes) {
    message.gas = 10'000'000;
    const auto of_size = [](uint8_t low) {
        return Bytes{0x61, 0x60, low, 0x5f, 0xf3};  // RETURN(0, 0x6000 + low)
    };
    EXPECT_EQ(deploy(of_size(1)).status, Status::code_too_large);
    EXPECT_EQ(deploy(of_size(0)).status, Status::success);
    EXPECT_EQ(state.code(nobody).size(), 24'576u);
}

TEST_F(CreateTest, an_account_with_a_nonce_code_or_storage_is_not_replaced) {
    state.set_nonce(nobody, 1);
    EXPECT_EQ(deploy({}).status, Status::address_taken);
    state.set_nonce(nobody, 0);
    EXPECT_EQ(deploy({}).status, Status::success);
}

TEST(CreatedAddress, is_that_of_the_yellow_paper_and_of_eip_1014) {
    // The first contract of an early account, as block explorers show it; EIP-1014, example 4.
    EXPECT_EQ(created_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"_address, 0),
              "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"_address);
    const Bytes init_code{0xde, 0xad, 0xbe, 0xef};
    EXPECT_EQ(
        created_address("0x00000000000000000000000000000000deadbeef"_address,
                        "0x00000000000000000000000000000000000000000000000000000000cafebabe"_hash,
                        init_code),
        "0x60f3f640a8508fc6a86d45df051962668e1e8ac7"_address);
}

TEST_F(CallTest, a_native_contract_runs_in_its_own_storage_only) {
    for (const CallKind kind : {CallKind::delegate_call, CallKind::call_code}) {
        message.kind = kind;
        message.recipient = nobody;
        EXPECT_EQ(run(Status::success).status, Status::native_delegated);
    }
}

TEST_F(CallTest, a_delegation_to_a_native_contract_runs_as_no_code) {
    Bytes delegation{0xef, 0x01, 0x00};
    append(delegation, contract);
    state.set_code(nobody, delegation);
    message.recipient = message.code_address = nobody;
    EXPECT_EQ(run(Status::revert).status, Status::success);
    EXPECT_EQ(state.load(nobody, {}), u256{});
}

TEST_F(CallTest, an_instance_is_created_with_its_marker_and_nonce_one) {
    message.kind = CallKind::create;
    message.recipient = message.code_address = nobody;
    EXPECT_EQ(create_native(execution, natives[0], message).status, Status::success);
    EXPECT_EQ(state.nonce(nobody), 1u);
    EXPECT_EQ(to_bytes(state.code(nobody)), (Bytes{0xef, 0x50, 0x00, 0x01, 0x00, 0x02}));
    EXPECT_EQ(create_native(execution, natives[0], message).status, Status::address_taken);
}

TEST_F(CallTest, a_constructor_that_reverts_leaves_no_instance) {
    message.kind = CallKind::create;
    message.recipient = message.code_address = nobody;
    input = {static_cast<uint8_t>(Status::revert)};
    message.input = input;
    EXPECT_EQ(create_native(execution, natives[0], message).status, Status::revert);
    EXPECT_FALSE(state.exists(nobody));
}

}  // namespace
}  // namespace plume
