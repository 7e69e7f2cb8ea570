#include "chain/simulate.hpp"

#include <gtest/gtest.h>

#include "codec/abi.hpp"
#include "evm/call.hpp"
#include "evm/gas.hpp"
#include "support/bytecode.hpp"
#include "support/memory_store.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const Address alice = address_of(test::key(1));
const Address carol = address_of(test::key(3));
const Address writer = "0x0000000000000000000000000000000000001001"_address;
const Address caller = "0x0000000000000000000000000000000000c0ffee"_address;
const Address lender = "0x0000000000000000000000000000000000007702"_address;
constexpr u256 ether = 1'000'000'000'000'000'000_u256;

/// Writes slot 0, unless asked to revert with its own calldata.
CallResult write(Frame& frame) {
    const BytesView input = frame.message().input;
    if (!input.empty()) return {Status::revert, frame.gas_left(), to_bytes(input)};
    const Status status = frame.store({}, u256{1u});
    return {status, frame.gas_left(), {0x01}};
}

/// Calls the writer and fails when it fails, so that all but a 64th of its gas has to be enough.
CallResult call_writer(Frame& frame) {
    CallResult inner =
        frame.call({.to = address_of(test::key(9)), .value = {}, .input = {}}).result;
    if (inner.status != Status::success) return {Status::out_of_gas, 0, {}};
    return {Status::success, frame.gas_left(), {}};
}

const std::array natives{NativeType{.id = 1, .version = 1, .name = "Writer", .entry = write},
                         NativeType{.id = 2, .version = 1, .name = "Caller", .entry = call_writer}};
const Rules rules{test::chain_id, natives};
const Address inner_writer = address_of(test::key(9));

class SimulateTest : public testing::Test {
protected:
    SimulateTest() {
        State state(store);
        state.set_balance(alice, ether);
        for (const Address& address : {writer, inner_writer}) {
            state.set_nonce(address, 1);
            state.set_code(address, native_code(natives[0]));
        }
        state.set_nonce(caller, 1);
        state.set_code(caller, native_code(natives[1]));
        state.set_nonce(lender, 1);
        state.set_code(lender, *from_hex("60075f5260205ff3"));  // Answers 7.
        const Rooted rooted = update_root(store.nodes(), empty_trie_root, state.take());
        store.apply(rooted.changes, rooted.nodes);
        block.chain_id = test::chain_id;
        block.gas_limit = 100'000'000;
        block.base_fee = u256{1'000'000'000u};
        request.from = alice;
        request.to = writer;
    }

    Result<Simulated> run() const { return simulate(store, block, rules, request); }
    Result<Estimate> estimate() const { return estimate_gas(store, block, rules, request); }

    test::MemoryStore store;
    BlockEnvironment block;
    CallRequest request;
};

TEST_F(SimulateTest, a_call_answers_and_changes_nothing) {
    const auto simulated = run();
    ASSERT_TRUE(simulated.ok()) << simulated.error().what;
    EXPECT_EQ(simulated->result.status, Status::success);
    EXPECT_EQ(simulated->result.output, Bytes{0x01});
    EXPECT_EQ(simulated->gas_used, 21'000u + 2'100 + 20'000);
    EXPECT_EQ(store.storage(writer, {}), u256{});
}

TEST_F(SimulateTest, who_names_no_price_needs_no_balance) {
    request.from = carol;
    EXPECT_TRUE(run().ok());
    request.max_fee_per_gas = u256{2'000'000'000u};
    const auto refused = run();
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().what.starts_with("insufficient funds for gas * price + value"));
}

TEST_F(SimulateTest, a_price_below_the_base_fee_or_its_own_tip_is_refused) {
    request.max_fee_per_gas = u256{999'999'999u};
    EXPECT_TRUE(run().error().what.starts_with("max fee per gas less than block base fee"));
    request.max_priority_fee_per_gas = u256{1'000'000'000u};
    EXPECT_TRUE(
        run().error().what.starts_with("max priority fee per gas higher than max fee per gas"));
}

TEST_F(SimulateTest, a_revert_keeps_its_reason) {
    request.data = {0xde, 0xad};
    const auto simulated = run();
    ASSERT_TRUE(simulated.ok());
    EXPECT_EQ(simulated->result.status, Status::revert);
    EXPECT_EQ(simulated->result.output, request.data);
    const auto estimated = estimate();
    ASSERT_TRUE(estimated.ok());
    EXPECT_EQ(estimated->result.status, Status::revert);
    EXPECT_EQ(estimated->result.output, request.data);
}

TEST_F(SimulateTest, a_creation_answers_with_the_code_it_would_leave) {
    request.to.reset();
    request.data = {0x60, 0x2a, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3};  // returns the byte 0x2a
    const auto simulated = run();
    ASSERT_TRUE(simulated.ok()) << simulated.error().what;
    EXPECT_EQ(simulated->result.status, Status::success);
    EXPECT_EQ(simulated->result.output, Bytes{0x2a});
    EXPECT_EQ(estimate()->gas, simulated->gas_used);
}

TEST_F(SimulateTest, gas_is_capped_whatever_is_asked) {
    request.gas_limit = ~uint64_t{0};
    EXPECT_TRUE(run().ok());
    request.gas_limit = 20'999;
    EXPECT_TRUE(run().error().what.starts_with("intrinsic gas too low"));
}

/// The least gas limit that works, found without bisection.
uint64_t least_gas(const SimulateTest&, auto&& works, uint64_t near) {
    while (!works(near)) ++near;
    while (works(near - 1)) --near;
    return near;
}

TEST_F(SimulateTest, an_estimate_is_the_least_gas_that_works) {
    for (const Address& to : {writer, caller, carol}) {
        request.to = to;
        request.gas_limit.reset();
        const auto estimated = estimate();
        ASSERT_TRUE(estimated.ok());
        const auto works = [&](uint64_t gas) {
            request.gas_limit = gas;
            const auto simulated = run();
            return simulated.ok() && simulated->result.status == Status::success;
        };
        EXPECT_EQ(estimated->gas, least_gas(*this, works, estimated->gas)) << to_hex(to);
    }
}

TEST_F(SimulateTest, an_estimate_allows_for_what_a_nested_call_must_leave_behind) {
    request.to = caller;
    const uint64_t used = run()->gas_used;
    EXPECT_GT(estimate()->gas, used);
}

/// Calls `to` with all the gas there is, and reverts when that fails.
test::Bytecode insist_on(const Address& to) {
    using namespace opcode;
    using test::push;
    const test::Bytecode call =
        push(0) + push(0) + push(0) + push(0) + push(0) + push(to_u256(to)) + test::op(GAS, CALL);
    const size_t end = call.size() + 3 + 3;
    return call + push(end) + test::op(JUMPI) + push(0) + push(0) + test::op(REVERT, JUMPDEST);
}

TEST_F(SimulateTest, an_estimate_holds_through_nested_bytecode) {
    using namespace opcode;
    using test::push;
    const Address outer = address_of(test::key(20));
    const Address middle = address_of(test::key(21));
    const Address inner = address_of(test::key(22));
    // The innermost refuses to begin with less than 300,000 gas, of which it uses next to nothing.
    const test::Bytecode greedy = push(300'000) + test::op(GAS, GT) + push(12) + test::op(JUMPI) +
                                  push(0) + push(0) + test::op(REVERT, JUMPDEST);
    State state(store);
    state.set_code(outer, insist_on(middle).bytes());
    state.set_code(middle, insist_on(inner).bytes());
    state.set_code(inner, greedy.bytes());
    store.apply(state.take(), {});
    request.to = outer;
    const auto estimated = estimate();
    ASSERT_TRUE(estimated.ok());
    ASSERT_EQ(estimated->result.status, Status::success);
    EXPECT_GT(estimated->gas, 300'000u * 64 / 63 * 64 / 63);
    EXPECT_LT(run()->gas_used, 30'000u);
    const auto works = [&](uint64_t gas) {
        request.gas_limit = gas;
        const auto simulated = run();
        return simulated.ok() && simulated->result.status == Status::success;
    };
    EXPECT_TRUE(works(estimated->gas));
    EXPECT_FALSE(works(estimated->gas - 1));
}

TEST_F(SimulateTest, a_plain_payment_is_estimated_at_its_intrinsic_price) {
    request.to = carol;
    request.value = u256{1u};
    EXPECT_EQ(estimate()->gas, 21'000u);
    request.data.assign(10, 1);
    EXPECT_EQ(estimate()->gas, 21'400u) << "EIP-7623";
}

/// Signed by the owner of a key, at its first nonce.
Authorization authorization(const PrivateKey& signer, const Address& code) {
    Authorization out{.chain_id = u256{test::chain_id}, .address = code, .r = {}, .s = {}};
    const Signature signature = sign(signing_hash(out), signer);
    out.y_parity = signature.y_parity ? 1 : 0;
    out.r = signature.r;
    out.s = signature.s;
    return out;
}

TEST_F(SimulateTest, an_authorization_holds_during_the_call) {
    request.to = carol;
    EXPECT_TRUE(run()->result.output.empty());
    request.authorizations = {authorization(test::key(3), lender)};
    EXPECT_EQ(run()->result.output, abi::encode(7_u256));
    EXPECT_GE(estimate()->gas, 21'000u + 25'000u) << "EIP-7702's price of an empty account";
    request.authorizations[0].nonce = 1;
    EXPECT_TRUE(run()->result.output.empty()) << "what does not hold is passed over";
    request.to.reset();
    EXPECT_EQ(run().error().what, "EIP-7702 transaction cannot be used to create contract");
}

TEST_F(SimulateTest, an_estimate_stops_at_what_the_sender_can_pay_or_a_transaction_may_use) {
    request.max_fee_per_gas = u256{1'000'000'000u};
    request.value = ether - u256{30'000u} * request.max_fee_per_gas;
    request.to = writer;
    EXPECT_EQ(estimate().error().what, "gas required exceeds allowance (30000)");
    request.value = ether - u256{20'999u} * request.max_fee_per_gas;
    EXPECT_EQ(estimate().error().what, "gas required exceeds allowance (20999)")
        << "not even for the transaction itself";
    request.value = ether;
    EXPECT_EQ(estimate().error().what, "insufficient funds for transfer");
}

}  // namespace
}  // namespace plume
