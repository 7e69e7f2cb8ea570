#include "consensus/development.hpp"

#include <gtest/gtest.h>

#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const Address alice = address_of(test::key(1));
const Address bob = address_of(test::key(2));

class DevelopmentTest : public testing::Test {
protected:
    DevelopmentTest() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.timestamp = 1'000;
        genesis.accounts[alice].balance = 1'000'000'000'000'000'000_u256;
        chain = Chain::open(directory.path(), genesis, native_types(), {.is_development = true})
                    .value();
        solo = std::make_unique<Solo>(*chain, SoloOptions{.block_time = std::nullopt,
                                                          .clock = [this] { return clock.load(); },
                                                          .is_manual = true});
        development = std::make_unique<Development>(*chain, *solo);
    }

    void pay(uint64_t nonce) {
        ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), nonce, bob, u256{1u})).ok());
        solo->mine();
    }
    void set_balance(const Address& address, const u256& balance) {
        ASSERT_TRUE(development->edit({{address, {.balance = balance}}}).ok());
    }
    u256 balance(const Address& address) const {
        const auto account = chain->head()->account(address);
        return account ? account->balance : u256{};
    }
    /// The root that the state has from nothing but its leaves.
    void expect_sound() const {
        const auto verified = verify(*chain->head());
        EXPECT_TRUE(verified.ok()) << (verified ? "" : verified.error().what);
    }

    test::TemporaryDirectory directory;
    std::atomic<uint64_t> clock{2'000};
    std::unique_ptr<Chain> chain;
    std::unique_ptr<Solo> solo;
    std::unique_ptr<Development> development;
};

TEST_F(DevelopmentTest, a_revert_takes_blocks_and_edits_back) {
    pay(0);
    set_balance(bob, u256{50u});
    const Hash head = chain->head()->hash();
    const Hash root = chain->head()->state_root();
    const uint64_t id = development->snapshot().value();
    set_balance(bob, u256{70u});
    ASSERT_TRUE(
        development
            ->edit({{bob, {.nonce = 5, .code = Bytes{0x00}, .slots = {{u256{1u}, u256{9u}}}}}})
            .ok());
    pay(1);
    set_balance(bob, u256{90u});
    pay(2);
    EXPECT_TRUE(*development->revert(id));
    EXPECT_EQ(chain->head()->hash(), head);
    EXPECT_EQ(chain->head()->state_root(), root);
    EXPECT_EQ(balance(bob), u256{50u});
    expect_sound();
    pay(1);
    EXPECT_EQ(balance(bob), u256{51u});
    expect_sound();
}

TEST_F(DevelopmentTest, a_revert_is_good_for_one_time_and_ends_later_ones) {
    const uint64_t first = development->snapshot().value();
    const uint64_t second = development->snapshot().value();
    pay(0);
    EXPECT_TRUE(*development->revert(first));
    EXPECT_FALSE(*development->revert(first));
    EXPECT_FALSE(*development->revert(second));
    EXPECT_EQ(development->snapshot().value(), second + 1);
}

TEST_F(DevelopmentTest, a_thousand_random_steps_come_back_to_every_snapshot) {
    struct Kept {
        uint64_t id;
        Hash head;
        Hash root;
    };
    std::vector<Kept> kept;
    uint64_t state = 7;
    const auto random = [&state](uint64_t below) {
        state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        return (state >> 33) % below;
    };
    for (int step = 0; step < 1'000; ++step) {
        const uint64_t action = random(10);
        Address who;
        who.bytes.back() = static_cast<uint8_t>(0x80 + random(4));
        if (action < 3) {
            solo->mine();
        } else if (action < 6) {
            AccountEdit edit;
            if (random(2) == 0) edit.balance = u256{random(3)};
            if (random(2) == 0) edit.code = Bytes(random(3), 0x00);
            if (random(2) == 0) edit.slots[u256{random(3)}] = u256{random(2)};
            ASSERT_TRUE(development->edit({{who, edit}}).ok());
        } else if (action < 9 || kept.empty()) {
            const auto head = chain->head();
            kept.push_back({development->snapshot().value(), head->hash(), head->state_root()});
        } else {
            const size_t index = random(kept.size());
            ASSERT_TRUE(*development->revert(kept[index].id));
            ASSERT_EQ(chain->head()->hash(), kept[index].head) << "step " << step;
            ASSERT_EQ(chain->head()->state_root(), kept[index].root) << "step " << step;
            kept.resize(index);
        }
        if (step % 100 == 0) expect_sound();
    }
    expect_sound();
}

TEST_F(DevelopmentTest, what_is_edited_or_reverted_is_there_after_a_restart) {
    pay(0);
    const uint64_t id = development->snapshot().value();
    pay(1);
    EXPECT_TRUE(*development->revert(id));
    set_balance(bob, u256{50u});
    const Hash head = chain->head()->hash();
    development.reset();
    solo.reset();
    chain.reset();
    const auto refused = Chain::open(directory.path(), std::nullopt, native_types());
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().what.find("only plume dev opens it"), std::string::npos);
    chain = Chain::open(directory.path(), std::nullopt, native_types(), {.is_development = true})
                .value();
    EXPECT_EQ(chain->head()->hash(), head);
    EXPECT_EQ(balance(bob), u256{50u});
    expect_sound();
}

TEST_F(DevelopmentTest, a_chain_does_not_go_back_to_where_it_was_pruned) {
    for (uint64_t nonce = 0; nonce < 3; ++nonce) pay(nonce);
    development.reset();
    solo.reset();
    chain.reset();
    Store::open(directory.path(), {}).value()->keep_from(2);
    chain = Chain::open(directory.path(), std::nullopt, native_types(), {.is_development = true})
                .value();
    solo = std::make_unique<Solo>(*chain, SoloOptions{.block_time = std::nullopt,
                                                      .clock = [this] { return clock.load(); },
                                                      .is_manual = true});
    development = std::make_unique<Development>(*chain, *solo);
    const std::string words = "historical state of block 0 is not available";
    EXPECT_TRUE(development->reset().error().what.starts_with(words));
    EXPECT_TRUE(development->rollback(3).error().what.starts_with(words));
    EXPECT_EQ(chain->head()->number(), 3U);
    EXPECT_TRUE(development->rollback(1).ok());
    EXPECT_EQ(chain->head()->number(), 2U);
    expect_sound();
}

TEST_F(DevelopmentTest, a_chain_that_is_not_for_development_has_no_impersonated_transactions) {
    test::TemporaryDirectory other;
    Genesis genesis;
    genesis.chain_id = test::chain_id;
    genesis.accounts[alice].balance = 1'000'000'000'000'000'000_u256;
    const auto production = Chain::open(other.path(), genesis, native_types()).value();
    const auto payment = test::signed_payment(test::key(1), 0, bob, u256{1u});
    const auto made = impersonated_transaction(payment->fields, alice);
    const auto submitted = production->submit(made);
    ASSERT_FALSE(submitted.ok());
    EXPECT_EQ(submitted.error().what, "impersonated transactions are for development chains only");
    Proposal proposal = production->propose(5'000);
    proposal.transactions = {made};
    EXPECT_EQ(production->execute(proposal).refused.size(), 1u);
}

TEST_F(DevelopmentTest, a_reset_leads_to_the_genesis_that_was_founded) {
    const Hash root = chain->head()->state_root();
    set_balance(bob, u256{50u});
    pay(0);
    set_balance(bob, u256{70u});
    development->snapshot().value();
    solo->increase_time(1'000).value();
    ASSERT_TRUE(development->reset().ok());
    EXPECT_EQ(chain->head()->number(), 0u);
    EXPECT_EQ(chain->head()->state_root(), root);
    EXPECT_EQ(solo->now(), 2'000u);
}

TEST_F(DevelopmentTest, the_pool_and_the_clock_come_back) {
    ASSERT_TRUE(chain->submit(test::signed_payment(test::key(1), 0, bob, u256{1u})).ok());
    const uint64_t id = development->snapshot().value();
    solo->increase_time(500).value();
    solo->mine();
    EXPECT_EQ(chain->pool().counts().executable, 0u);
    clock = 3'000;
    EXPECT_TRUE(*development->revert(id));
    EXPECT_EQ(chain->pool().counts().executable, 1u);
    EXPECT_EQ(solo->now(), 2'000u);
    clock = 3'001;
    EXPECT_EQ(solo->now(), 2'001u);
    ASSERT_TRUE(development->drop_all().ok());
    EXPECT_EQ(chain->pool().counts().executable, 0u);
}

TEST_F(DevelopmentTest, snapshots_and_edits_have_an_end) {
    for (size_t i = 0; i < Development::snapshots_max; ++i)
        ASSERT_TRUE(development->snapshot().ok());
    EXPECT_FALSE(development->snapshot().ok());
    EXPECT_TRUE(*development->revert(2));
    EXPECT_TRUE(development->snapshot().ok());
    for (size_t i = 0; i < Development::impersonated_max; ++i) {
        Address one;
        one.bytes[0] = static_cast<uint8_t>(i);
        one.bytes[1] = static_cast<uint8_t>(i >> 8);
        ASSERT_TRUE(development->impersonate(one, true));
    }
    EXPECT_FALSE(development->impersonate(alice, true));
    EXPECT_FALSE(development->may_impersonate(alice));
    EXPECT_TRUE(development->impersonate(alice, false));
}

TEST_F(DevelopmentTest, nothing_happens_when_solo_stops) {
    solo->stop();
    EXPECT_EQ(development->edit({{bob, {.balance = u256{1u}}}}).error().what,
              "the node is stopping");
    EXPECT_FALSE(development->snapshot().ok());
    EXPECT_FALSE(development->revert(1).ok());
}

}  // namespace
}  // namespace plume
