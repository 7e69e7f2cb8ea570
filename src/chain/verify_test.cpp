#include "chain/verify.hpp"

#include <gtest/gtest.h>

#include "chain/chain.hpp"
#include "state/root.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const Address counter = "0x0000000000000000000000000000000000c0ffee"_address;
const Address alice = address_of(test::key(1));
const Address bob = address_of(test::key(2));

/// Counts calls in slot 0 and tells of them.
CallResult count(Frame& frame) {
    const auto before = frame.load({});
    if (!before) return {Status::out_of_gas, 0, {}};
    if (const Status status = frame.store({}, *before + u256{1u}); status != Status::success)
        return {status, 0, {}};
    const Status status = frame.log({Hash{}, to_word(*before)}, {});
    return {status, frame.gas_left(), {}};
}

const std::array natives{NativeType{.id = 1, .version = 1, .name = "Counter", .entry = count}};
const Rules rules{test::chain_id, natives};

/// Three blocks: the foundation, a payment, a contract's call. Made without a Chain, so that a
/// block can be written as no chain would.
class VerifyTest : public testing::Test {
protected:
    VerifyTest() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.has_native_contracts = false;
        genesis.accounts[alice].balance = 1'000'000'000'000'000'000_u256;
        genesis.accounts[counter] = {.balance = {}, .nonce = 1, .storage = {{u256{0u}, u256{41u}}}};
        const Executed first = build_genesis(genesis, natives);
        StoreOptions options;
        options.identity = StoreIdentity{test::chain_id, first.block.hash};
        store = std::move(Store::open(directory.path(), options)).value();
        write(first);
        write(next({test::signed_payment(test::key(1), 0, bob, u256{5u})}));
        write(next({test::signed_payment(test::key(1), 1, bob, u256{5u}),
                    test::signed_payment(test::key(1), 2, counter, u256{})}));
    }

    Executed next(std::vector<TransactionPtr> transactions) const {
        const auto parent = store->head();
        Proposal proposal{{}, parent->header().state_root, std::move(transactions)};
        proposal.header.parent_hash = parent->hash();
        proposal.header.number = parent->number() + 1;
        proposal.header.gas_limit = 30'000'000;
        proposal.header.base_fee = u256{7u};
        return execute(*parent, *parent, rules, proposal);
    }

    void write(const Executed& executed) {
        store->commit({executed.block, executed.receipts, executed.changes, executed.nodes});
    }

    /// What is found in a fourth block after `change`, sealed again where `change` did not touch
    /// the seal.
    std::string found(auto change) {
        Executed executed = next({test::signed_payment(test::key(1), 3, bob, u256{1u}),
                                  test::signed_payment(test::key(1), 4, bob, u256{2u})});
        const Hash sealed = executed.block.hash;
        change(executed);
        if (executed.block.hash == sealed) executed.block.hash = hash_of(executed.block.header);
        write(executed);
        const auto verified = verify(*store->head());
        return verified ? "" : verified.error().what;
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<Store> store;
};

TEST_F(VerifyTest, a_whole_chain_is_found_whole) {
    const auto verified = verify(*store->head());
    ASSERT_TRUE(verified.ok()) << verified.error().what;
    EXPECT_EQ(verified->blocks, 3u);
    EXPECT_EQ(verified->transactions, 3u);
    EXPECT_EQ(verified->accounts, 4u) << "alice, bob, the counter, the coinbase";
    EXPECT_EQ(verified->slots, 1u);
}

TEST_F(VerifyTest, another_whole_block_is_found_whole) {
    EXPECT_EQ(found([](Executed&) {}), "");
}

TEST_F(VerifyTest, a_balance_that_does_not_lead_to_the_root_is_found) {
    EXPECT_NE(found([](Executed& executed) {
                  executed.changes.accounts.at(0).after->balance += u256{1u};
              }).find("the accounts give the state root"),
              std::string::npos);
}

TEST_F(VerifyTest, a_slot_that_does_not_lead_to_the_storage_root_is_found) {
    const auto fields = store->head()->account(counter);
    EXPECT_NE(found([&](Executed& executed) {
                  executed.changes.accounts.push_back(
                      {counter,
                       fields,
                       fields,
                       {{u256{0u}, u256{42u}, u256{43u}, slot_key(u256{})}},
                       account_key(counter)});
                  std::ranges::sort(executed.changes.accounts, {}, &AccountChange::address);
              }).find("its storage gives the root"),
              std::string::npos);
}

TEST_F(VerifyTest, headers_that_do_not_fit_their_block_are_found) {
    EXPECT_NE(found([](Executed& executed) {
                  executed.block.header.gas_used += 1;
              }).find("its receipts add up to other gas"),
              std::string::npos);
}

TEST_F(VerifyTest, a_receipt_that_was_changed_is_found) {
    EXPECT_NE(found([](Executed& executed) {
                  executed.receipts.at(0).success = false;
              }).find("its receipts have another root"),
              std::string::npos);
}

TEST_F(VerifyTest, a_transaction_that_was_changed_is_found) {
    EXPECT_NE(found([](Executed& executed) {
                  std::swap(executed.block.transactions.at(0), executed.block.transactions.at(1));
              }).find("its transactions have another root"),
              std::string::npos);
}

TEST_F(VerifyTest, a_sender_that_is_not_the_signer_is_found) {
    EXPECT_NE(found([](Executed& executed) {
                  SignedTransaction forged = *executed.block.transactions.at(0);
                  forged.sender = bob;
                  executed.block.transactions.at(0) =
                      std::make_shared<const SignedTransaction>(forged);
              }).find("has another sender"),
              std::string::npos);
}

TEST_F(VerifyTest, a_bloom_without_its_logs_is_found) {
    EXPECT_NE(found([](Executed& executed) {
                  executed.block.header.logs_bloom[0] = 1;
              }).find("its bloom is another"),
              std::string::npos);
}

}  // namespace
}  // namespace plume
