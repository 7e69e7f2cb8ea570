// 64 clients at once on one pool, while blocks are made of it, committed, and its journal is
// rewritten: they submit, replace, ask, subscribe. `make tsan` watches.

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>

#include "chain/pool_keeper.hpp"
#include "consensus/solo.hpp"
#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace std::chrono_literals;

constexpr uint16_t clients = 64;
constexpr uint64_t nonces = 12;
const Address recipient = address_of(test::key(999));

/// Two transactions of one nonce, the second of which may replace the first.
struct Pair {
    TransactionPtr first;
    TransactionPtr second;
};

std::vector<Pair> pairs_of(const PrivateKey& key) {
    std::vector<Pair> out;
    for (uint64_t nonce = 0; nonce < nonces; ++nonce) {
        Transaction fields = test::payment(nonce, recipient, u256{1u});
        fields.max_priority_fee_per_gas = u256{10u + nonce};
        const TransactionPtr first = sign_transaction(fields, key);
        fields.max_fee_per_gas = fields.max_fee_per_gas * u256{2u};
        fields.max_priority_fee_per_gas = fields.max_priority_fee_per_gas * u256{2u};
        out.push_back({first, sign_transaction(fields, key)});
    }
    return out;
}

/// Whether that is a word for having come too late or for a transaction that is there.
bool is_fair(const Result<Hash>& sent) {
    return sent.ok() || sent.error().what.starts_with("nonce too low") ||
           sent.error().what == "already known";
}

/// One client, which sends its transactions in order and asks in between.
class Client {
public:
    Client(Chain& chain, uint16_t number)
        : chain_(chain),
          address_(address_of(test::key(number))),
          pairs_(pairs_of(test::key(number))),
          random_(number) {}

    void run() {
        for (const auto& [first, second] : pairs_) {
            const auto sent = chain_.submit(first->raw);
            EXPECT_TRUE(sent.ok()) << sent.error().what;
            if (random_() % 2 == 0) {
                const auto replaced = chain_.submit(second->raw);
                EXPECT_TRUE(is_fair(replaced)) << replaced.error().what;
            }
            if (random_() % 4 == 0) subscribe();
            ask(first);
        }
    }

    bool is_served() const {
        const auto account = chain_.head()->account(address_);
        return account && account->nonce == nonces;
    }

private:
    void subscribe() {
        std::atomic<uint64_t> heard = 0;
        const auto blocks = chain_.on_block([&](const CommittedBlockPtr&) { ++heard; });
        const auto pending = chain_.on_pending([&](const TransactionPtr&) { ++heard; });
        std::this_thread::yield();
        chain_.unsubscribe(pending);
        chain_.unsubscribe(blocks);
    }

    void ask(const TransactionPtr& transaction) {
        const Mempool& pool = chain_.pool();
        switch (random_() % 6) {
            case 0:
                EXPECT_LE(pool.content().size(), clients * nonces);
                break;
            case 1:
                EXPECT_LE(pool.best(chain_.next_base_fee(), 50).size(), 50u);
                break;
            case 2: {
                const uint64_t used = chain_.head()->account(address_)->nonce;
                EXPECT_GE(chain_.pending_nonce(address_), used);
                break;
            }
            case 3:
                EXPECT_LE(pool.counts().executable, clients * nonces);
                EXPECT_GE(pool.memory() + 1, pool.raw_size());
                break;
            case 4:
                EXPECT_EQ(chain_.expire_pool(), 0u);
                break;
            default:
                if (const auto found = pool.find(transaction->hash)) {
                    EXPECT_EQ(found->sender, address_);
                }
        }
    }

    Chain& chain_;
    const Address address_;
    const std::vector<Pair> pairs_;
    std::mt19937 random_;
};

TEST(PoolClients, sixty_four_at_once_are_all_served) {
    const test::TemporaryDirectory directory;
    Genesis genesis;
    genesis.chain_id = test::chain_id;
    for (uint16_t i = 1; i <= clients; ++i)
        genesis.accounts[address_of(test::key(i))].balance = 1'000'000'000'000'000'000_u256;
    auto opened = Chain::open(directory.path(), genesis, native_types());
    ASSERT_TRUE(opened.ok()) << opened.error().what;
    Chain& chain = **opened;
    std::vector<std::unique_ptr<Client>> all;
    for (uint16_t i = 1; i <= clients; ++i) all.push_back(std::make_unique<Client>(chain, i));

    Solo solo(chain, {.block_time = std::nullopt, .clock = system_clock_seconds});
    auto keeper = PoolKeeper::start(
        chain, {.journal = directory.path() / "pool.journal", .interval = 1ms, .slack = 2'000});
    ASSERT_TRUE(keeper.ok()) << keeper.error().what;
    std::latch start(clients);
    {
        std::vector<std::jthread> threads;
        for (const auto& client : all)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                client->run();
            });
    }
    for (const auto& client : all)
        while (!client->is_served()) std::this_thread::sleep_for(1ms);
    while (chain.pool().counts().executable > 0) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(chain.pool().counts().queued, 0u);
    EXPECT_EQ(chain.pool().memory(), 0u);
    EXPECT_EQ(chain.head()->account(recipient)->balance, u256{clients * nonces});
    keeper->reset();
    EXPECT_EQ(std::filesystem::file_size(directory.path() / "pool.journal"), 0u);
}

}  // namespace
}  // namespace plume
