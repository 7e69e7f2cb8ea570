#include "chain/transact.hpp"

#include <gtest/gtest.h>

#include "support/bytecode.hpp"
#include "support/plain_world.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace opcode;
using test::Bytecode;
using test::push;

const PrivateKey authority_key = test::key(2);
const Address sender = address_of(test::key(1));
const Address authority = address_of(authority_key);
const Address target = address_of(test::key(3));
const Address stranger = address_of(test::key(4));

Authorization sign(Authorization wish, const PrivateKey& key = authority_key) {
    const Signature signature = sign(signing_hash(wish), key);
    wish.r = signature.r;
    wish.s = signature.s;
    wish.y_parity = signature.y_parity ? 1 : 0;
    return wish;
}

/// EIP-7702: the authority, whose nonce is 5, lends itself the code at `target`.
class DelegationTest : public ::testing::Test {
protected:
    DelegationTest() {
        world.put(sender, u256{1u} << 128, 0, {});
        world.put(authority, u256{1u}, 5, {});
        world.put(target, u256{}, 1, Bytecode(push(1) + push(0) + test::op(SSTORE)).bytes());
        fields = test::payment(0, authority, u256{});
        fields.type = TransactionType::set_code;
        fields.chain_id = test::chain_id;
        fields.gas_limit = 200'000;
    }

    Transacted send(std::vector<Authorization> wishes) {
        fields.authorizations = std::move(wishes);
        BlockEnvironment block{.chain_id = test::chain_id,
                               .parent_hash = {},
                               .coinbase = {},
                               .base_fee = {},
                               .prev_randao = {},
                               .ancestor_hash = {}};
        return transact(state, block, {}, fields, sender);
    }

    bool is_delegated(const Address& address = authority) {
        return delegate_of(state.code(address)) == target;
    }

    test::PlainWorld world;
    State state{world};
    Transaction fields;
    const Authorization wish{.chain_id = u256{test::chain_id}, .address = target, .nonce = 5};
};

TEST_F(DelegationTest, lends_code_to_an_account_whose_storage_it_then_uses) {
    const Transacted done = send({sign(wish)});
    EXPECT_EQ(done.result.status, Status::success);
    EXPECT_TRUE(is_delegated());
    EXPECT_EQ(state.nonce(authority), 6u);
    EXPECT_EQ(state.load(authority, {}), u256{1u});
    EXPECT_EQ(state.load(target, {}), u256{});
    // What it delegates to is warm; half of the tuple's price comes back, as the authority existed.
    EXPECT_EQ(done.gas_consumed, 21'000u + 25'000 + 3 + 2 + 22'100);
    EXPECT_EQ(done.gas_used, done.gas_consumed - 12'500);
}

TEST_F(DelegationTest, gives_nothing_back_for_an_account_that_did_not_exist) {
    fields.to = stranger;
    Authorization fresh = wish;
    fresh.nonce = 0;
    const PrivateKey key = test::key(9);
    const Transacted done = send({sign(fresh, key)});
    EXPECT_TRUE(is_delegated(address_of(key)));
    EXPECT_EQ(done.gas_used, 21'000u + 25'000);
}

TEST_F(DelegationTest, holds_on_every_chain_when_it_names_none) {
    Authorization anywhere = wish;
    anywhere.chain_id = {};
    send({sign(anywhere)});
    EXPECT_TRUE(is_delegated());
}

TEST_F(DelegationTest, passes_over_tuples_that_do_not_hold) {
    Authorization wrong_chain = wish;
    wrong_chain.chain_id = u256{1u};
    Authorization early = wish;
    early.nonce = 6;
    Authorization late = wish;
    late.nonce = 4;
    Authorization last = wish;
    last.nonce = ~uint64_t{0};
    Authorization high_s = sign(wish);
    high_s.s = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_u256 - high_s.s;
    high_s.y_parity ^= 1;
    Authorization odd_parity = sign(wish);
    odd_parity.y_parity = 2;
    Authorization no_r = sign(wish);
    no_r.r = {};
    fields.gas_limit = 400'000;
    const Transacted done =
        send({sign(wrong_chain), sign(early), sign(late), sign(last), high_s, odd_parity, no_r});
    EXPECT_EQ(done.result.status, Status::success);
    EXPECT_TRUE(state.code(authority).empty());
    EXPECT_EQ(state.nonce(authority), 5u);
    // They are paid for all the same.
    EXPECT_EQ(done.gas_used, 21'000u + 7 * 25'000);
}

TEST_F(DelegationTest, never_takes_the_place_of_a_contracts_code) {
    state.set_code(authority, test::op(STOP).bytes());
    send({sign(wish)});
    EXPECT_FALSE(is_delegated());
}

TEST_F(DelegationTest, outlives_a_call_that_fails) {
    state.set_code(target, test::op(INVALID).bytes());
    EXPECT_EQ(send({sign(wish)}).result.status, Status::undefined_instruction);
    EXPECT_TRUE(is_delegated());
    EXPECT_EQ(state.nonce(authority), 6u);
}

TEST_F(DelegationTest, gives_way_to_a_later_one_and_ends_at_address_0) {
    Authorization end = wish;
    end.address = {};
    end.nonce = 6;
    send({sign(wish), sign(end)});
    EXPECT_TRUE(state.code(authority).empty());
    EXPECT_EQ(state.code_hash(authority), empty_code_hash);
    EXPECT_EQ(state.nonce(authority), 7u);
}

TEST_F(DelegationTest, goes_one_step_only) {
    // A delegation to a delegation runs as the bytes that it is, and 0xef is no instruction.
    state.set_code(target, delegation_to(stranger));
    EXPECT_EQ(send({sign(wish)}).result.status, Status::undefined_instruction);
}

TEST_F(DelegationTest, to_a_precompile_runs_as_no_code) {
    Authorization identity = wish;
    identity.address = to_address(u256{4u});
    fields.data = {1, 2, 3};
    const Transacted done = send({sign(identity)});
    EXPECT_EQ(done.result.status, Status::success);
    EXPECT_TRUE(done.result.output.empty());
}

TEST_F(DelegationTest, by_the_sender_counts_on_its_own_transactions_nonce) {
    fields.to = sender;
    Authorization own = wish;
    own.nonce = 1;
    send({sign(own, test::key(1))});
    EXPECT_TRUE(is_delegated(sender));
    EXPECT_EQ(state.nonce(sender), 2u);
}

}  // namespace
}  // namespace plume
