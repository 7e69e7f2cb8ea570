#include "chain/pool_keeper.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
namespace fs = std::filesystem;
using test::signed_payment;

const PrivateKey alice_key = test::key(1);
const PrivateKey bob_key = test::key(2);
const Address alice = address_of(alice_key);
const Address bob = address_of(bob_key);

Genesis genesis_of_two() {
    Genesis out;
    out.chain_id = test::chain_id;
    for (const Address& each : {alice, bob})
        out.accounts[each].balance = 1'000'000'000'000'000'000_u256;
    return out;
}

class PoolKeeperTest : public testing::Test {
protected:
    PoolKeeperTest() { open(); }
    ~PoolKeeperTest() override { close(); }

    void open(uint64_t slack = 1'000'000,
              std::chrono::milliseconds interval = std::chrono::hours(1)) {
        auto opened = Chain::open(directory.path(), genesis_of_two(), native_types());
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        chain = std::move(*opened);
        auto started =
            PoolKeeper::start(*chain, {.journal = journal, .interval = interval, .slack = slack});
        ASSERT_TRUE(started.ok()) << started.error().what;
        keeper = std::move(*started);
    }
    void close() {
        keeper.reset();
        chain.reset();
    }
    /// Closes and opens with the journal as it was before the end: as if there had been none.
    void kill() {
        const fs::path aside = directory.path() / "aside";
        fs::copy_file(journal, aside, fs::copy_options::overwrite_existing);
        close();
        fs::rename(aside, journal);
        open();
    }

    Hash send(const PrivateKey& key, uint64_t nonce, uint64_t value = 1) {
        const auto sent = chain->submit(signed_payment(key, nonce, bob, u256{value})->raw);
        EXPECT_TRUE(sent.ok()) << sent.error().what;
        return sent.ok() ? *sent : Hash{};
    }
    void produce() { chain->commit(chain->execute(chain->propose(2'000))); }
    size_t waiting() const {
        const Mempool::Counts counts = chain->pool().counts();
        return counts.executable + counts.queued;
    }

    test::TemporaryDirectory directory;
    const fs::path journal = directory.path() / "pool.journal";
    std::unique_ptr<Chain> chain;
    std::unique_ptr<PoolKeeper> keeper;
};

TEST_F(PoolKeeperTest, what_waits_is_back_after_an_orderly_stop) {
    const Hash first = send(alice_key, 0);
    const Hash behind_a_gap = send(alice_key, 2);
    close();
    open();
    EXPECT_NE(chain->pool().find(first), nullptr);
    EXPECT_NE(chain->pool().find(behind_a_gap), nullptr);
    EXPECT_EQ(chain->pool().counts().executable, 1u);
    EXPECT_EQ(chain->pool().counts().queued, 1u);
    EXPECT_EQ(chain->pending_nonce(alice), 1u);
    EXPECT_EQ(keeper->restored().taken, 2u);
    produce();
    EXPECT_TRUE(chain->head()->locate(first).has_value());
}

TEST_F(PoolKeeperTest, what_was_acknowledged_is_back_after_a_kill) {
    std::vector<Hash> hashes;
    for (uint64_t nonce = 0; nonce < 50; ++nonce) {
        hashes.push_back(send(alice_key, nonce));
        hashes.push_back(send(bob_key, nonce));
    }
    kill();
    for (const Hash& hash : hashes) EXPECT_NE(chain->pool().find(hash), nullptr);
    EXPECT_EQ(keeper->restored().taken, 100u);
    EXPECT_EQ(chain->pool().counts().executable, 100u);
}

TEST_F(PoolKeeperTest, more_than_are_read_at_once_are_back) {
    constexpr uint64_t count = 2'500;
    for (uint64_t nonce = 0; nonce < count; ++nonce) send(alice_key, nonce);
    kill();
    EXPECT_EQ(chain->pool().counts().executable, count);
}

TEST_F(PoolKeeperTest, what_is_in_a_block_does_not_come_again) {
    send(alice_key, 0);
    send(bob_key, 0);
    produce();
    const Hash later = send(alice_key, 1);
    kill();
    EXPECT_EQ(keeper->restored().included, 2u);
    EXPECT_EQ(keeper->restored().taken, 1u);
    EXPECT_EQ(keeper->restored().refused, 0u);
    EXPECT_NE(chain->pool().find(later), nullptr);
    EXPECT_EQ(waiting(), 1u);
}

TEST_F(PoolKeeperTest, of_a_replacement_and_what_it_replaced_the_replacement_is_back) {
    const Hash old = send(alice_key, 0);
    Transaction dear = test::payment(0, bob, u256{2u});
    dear.max_fee_per_gas = dear.max_fee_per_gas * u256{2u};
    dear.max_priority_fee_per_gas = u256{2u};
    const TransactionPtr replacement = sign_transaction(dear, alice_key);
    ASSERT_TRUE(chain->submit(replacement->raw).ok());
    kill();
    EXPECT_EQ(chain->pool().find(old), nullptr);
    EXPECT_NE(chain->pool().find(replacement->hash), nullptr);
    close();
    open();
    EXPECT_EQ(keeper->restored().taken, 1u) << "the old one is not kept any longer";
}

TEST_F(PoolKeeperTest, what_is_not_valid_any_more_is_refused_as_at_the_door) {
    send(alice_key, 1);
    const Hash stale = send(alice_key, 0);
    const fs::path aside = directory.path() / "aside";
    fs::copy_file(journal, aside);
    // Another transaction takes the nonce.
    close();
    fs::remove(journal);
    open();
    send(alice_key, 0, 77);
    produce();
    close();
    fs::rename(aside, journal);
    open();
    EXPECT_EQ(chain->pool().find(stale), nullptr);
    EXPECT_EQ(keeper->restored().refused, 1u);
    EXPECT_EQ(keeper->restored().taken, 1u);
}

TEST_F(PoolKeeperTest, a_torn_end_is_dropped_and_told) {
    send(alice_key, 0);
    send(alice_key, 1);
    const uint64_t size = keeper->journal_size();
    const fs::path aside = directory.path() / "aside";
    fs::copy_file(journal, aside);
    close();
    fs::rename(aside, journal);
    fs::resize_file(journal, size - 1);
    open();
    EXPECT_EQ(keeper->restored().taken, 1u);
    EXPECT_GT(keeper->restored().lost, 0u);
    EXPECT_EQ(chain->pending_nonce(alice), 1u);
}

TEST_F(PoolKeeperTest, records_that_are_no_transactions_are_refused) {
    close();
    {
        auto opened = Journal::open(journal, [](const Bytes&) {});
        ASSERT_TRUE(opened.ok());
        opened->journal->append(Bytes{0xde, 0xad});
        opened->journal->append(signed_payment(alice_key, 0, bob, u256{1u})->raw);
    }
    open();
    EXPECT_EQ(keeper->restored().refused, 1u);
    EXPECT_EQ(keeper->restored().taken, 1u);
}

TEST_F(PoolKeeperTest, a_full_row_with_its_first_replaced_is_back_whole) {
    // The replacement is the youngest, and behind a gap there would be room for 64 only.
    constexpr uint64_t count = 200;
    for (uint64_t nonce = 0; nonce < count; ++nonce) send(alice_key, nonce);
    Transaction dear = test::payment(0, bob, u256{2u});
    dear.max_fee_per_gas = dear.max_fee_per_gas * u256{2u};
    dear.max_priority_fee_per_gas = u256{2u};
    ASSERT_TRUE(chain->submit(sign_transaction(dear, alice_key)->raw).ok());
    close();
    open();
    EXPECT_EQ(chain->pool().counts().executable, count);
}

TEST_F(PoolKeeperTest, senders_keep_the_order_in_which_they_came) {
    const Hash first = send(bob_key, 0);
    const Hash second = send(alice_key, 0);
    close();
    open();
    const auto best = chain->pool().best({}, 10);
    ASSERT_EQ(best.size(), 2u);
    EXPECT_EQ(best[0]->hash, first);
    EXPECT_EQ(best[1]->hash, second);
}

/// Waits for what another thread will do.
template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 10'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

TEST_F(PoolKeeperTest, the_journal_is_emptied_when_nothing_waits) {
    close();
    open(1'000'000, std::chrono::milliseconds(1));
    send(alice_key, 0);
    produce();
    EXPECT_TRUE(eventually([this] { return keeper->journal_size() == 0; }));
}

TEST_F(PoolKeeperTest, the_journal_is_made_anew_when_most_of_it_is_gone) {
    close();
    open(0, std::chrono::milliseconds(1));
    send(bob_key, 1);  // behind a gap: it stays
    const uint64_t one = fs::file_size(journal);
    for (uint64_t nonce = 0; nonce < 20; ++nonce) {
        send(alice_key, nonce);
        produce();
    }
    EXPECT_TRUE(eventually([&] { return keeper->journal_size() < 3 * one; }));
    kill();
    EXPECT_EQ(waiting(), 1u);
}

TEST_F(PoolKeeperTest, without_a_journal_nothing_is_written) {
    close();
    fs::remove(journal);
    auto opened = Chain::open(directory.path(), std::nullopt, native_types());
    ASSERT_TRUE(opened.ok());
    chain = std::move(*opened);
    auto started = PoolKeeper::start(*chain, {});
    ASSERT_TRUE(started.ok());
    keeper = std::move(*started);
    send(alice_key, 0);
    close();
    EXPECT_FALSE(fs::exists(journal));
    open();
    EXPECT_EQ(waiting(), 0u);
}

/// Submits until it is killed, in the middle of it, and notes each hash that it was given. Some of
/// what it submits is in a block by then, some waits behind a gap.
void submit_until_killed(const fs::path& place, size_t count) {
    const auto chain = Chain::open(place / "data", genesis_of_two(), native_types());
    const auto keeper = PoolKeeper::start(**chain, {.journal = place / "pool.journal",
                                                    .interval = std::chrono::milliseconds(1),
                                                    .slack = 500});
    std::ofstream acknowledged(place / "acknowledged");
    for (size_t i = 0; i < count; ++i) {
        const bool is_alice = i % 2 == 0;
        const auto sent =
            (*chain)->submit(signed_payment(is_alice ? alice_key : bob_key,
                                            is_alice ? i / 2 : i / 2 % 60 + 1, bob, u256{i})
                                 ->raw);
        if (sent) acknowledged << to_hex(*sent) << std::endl;
        if (i % 50 == 49) (*chain)->commit((*chain)->execute((*chain)->propose(2'000)));
    }
    std::raise(SIGKILL);
}

class PoolKeeperDeathTest : public testing::TestWithParam<size_t> {};

TEST_P(PoolKeeperDeathTest, all_that_was_acknowledged_waits_or_is_in_a_block_after_kill_9) {
    // The dying process finds its directory where this one left its name.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    constexpr const char* variable = "PLUME_TEST_KILLED_POOL";
    const test::TemporaryDirectory own;
    const char* given = std::getenv(variable);
    const fs::path place = given != nullptr ? given : own.path();
    ::setenv(variable, place.c_str(), 1);
    EXPECT_EXIT(submit_until_killed(place, GetParam()), testing::KilledBySignal(SIGKILL), "");
    ::unsetenv(variable);
    const auto chain = Chain::open(place / "data", genesis_of_two(), native_types());
    ASSERT_TRUE(chain.ok()) << chain.error().what;
    const auto keeper = PoolKeeper::start(**chain, {.journal = place / "pool.journal"});
    ASSERT_TRUE(keeper.ok()) << keeper.error().what;
    std::ifstream acknowledged(place / "acknowledged");
    size_t seen = 0;
    for (std::string line; std::getline(acknowledged, line); ++seen) {
        const Hash hash = *Hash::from(*from_hex(line));
        EXPECT_TRUE((*chain)->pool().find(hash) != nullptr ||
                    (*chain)->head()->locate(hash).has_value())
            << line;
    }
    EXPECT_GT(seen, GetParam() / 2);
    EXPECT_GT((*chain)->pool().counts().queued, 0u);
    EXPECT_EQ((*keeper)->restored().lost, 0u) << "nothing was cut short";
}

INSTANTIATE_TEST_SUITE_P(Moments, PoolKeeperDeathTest, testing::Values(7, 180, 240));

}  // namespace
}  // namespace plume
