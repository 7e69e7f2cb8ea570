// What attackers try on pools (DETER, CCS 2021; mpfuzz, USENIX Security 2024) with 10,000 accounts:
// to push out what others sent without paying for it, to keep others from being served, to use up
// memory. The demand: an honest transaction is in one of the next two blocks, pushing out N costs
// at least N times the least fee, and a pool takes no more than 512 MiB.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstring>
#include <random>
#include <set>

#include "chain/chain.hpp"
#include "contracts/catalog.hpp"
#include "evm/gas.hpp"
#include "support/pool.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using namespace literals;
using test::sender_address;
using test::waiting;
using test::Waiting;

constexpr uint32_t attackers = 10'000;
constexpr uint32_t first_attacker = 1'000'000;
constexpr u256 gwei = 1'000'000'000_u256;
const Address honest = sender_address(7);
const Address elsewhere = sender_address(8);

/// A chain with 10,000 accounts of an attacker, who has 0.01 coins in each, and an honest one.
class PoolAttack : public testing::Test {
protected:
    PoolAttack() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.accounts[honest].balance = 1'000'000_u256 * gwei * gwei;
        for (uint32_t i = 0; i < attackers; ++i)
            genesis.accounts[attacker(i)].balance = 10'000'000_u256 * gwei;
        auto opened =
            Chain::open(directory.path(), genesis, native_types(), {.is_development = true});
        EXPECT_TRUE(opened.ok()) << opened.error().what;
        chain = std::move(*opened);
    }

    static Address attacker(uint32_t i) { return sender_address(first_attacker + i); }

    /// Nobody needs to sign on a development chain: what is attacked is the pool.
    std::string send(const Address& from, uint64_t nonce, uint64_t tip_gwei, uint64_t cap_gwei = 0,
                     const u256& value = {}) {
        Transaction fields = test::payment(nonce, elsewhere, value);
        fields.max_priority_fee_per_gas = u256{tip_gwei} * gwei;
        fields.max_fee_per_gas = u256{cap_gwei == 0 ? tip_gwei + 10 : cap_gwei} * gwei;
        const auto sent = chain->submit(impersonated_transaction(fields, from));
        return sent ? "" : sent.error().what;
    }

    CommittedBlockPtr produce() {
        Executed executed = chain->execute(chain->propose(2'000));
        EXPECT_TRUE(executed.refused.empty()) << "what waits can be paid for";
        return chain->commit(std::move(executed));
    }

    /// The honest one sends, and is served within two blocks.
    void expect_service(uint64_t tip_gwei) {
        EXPECT_EQ(send(honest, 0, tip_gwei), "");
        produce();
        produce();
        EXPECT_EQ(chain->head()->account(honest)->nonce, 1u);
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<Chain> chain;
};

TEST_F(PoolAttack, an_overdraft_flood_gets_in_only_what_can_be_paid) {
    // Each account could pay for three, and sends eight; the first ones with all that it has.
    size_t taken = 0;
    for (uint32_t i = 0; i < attackers; ++i)
        for (uint64_t nonce = 0; nonce < 8; ++nonce)
            if (send(attacker(i), nonce, 2, 150).empty()) ++taken;
    EXPECT_EQ(taken, 3u * attackers);
    EXPECT_EQ(send(attacker(0), 0, 3, 200, 9'000'000_u256 * gwei).substr(0, 18),
              "insufficient funds");
    expect_service(3);
}

TEST_F(PoolAttack, future_nonces_push_out_nobody) {
    EXPECT_EQ(send(honest, 0, 1), "");
    size_t taken = 0;
    for (uint32_t i = 0; i < attackers; ++i)
        for (uint64_t nonce = 1; nonce <= 3; ++nonce)
            if (send(attacker(i), nonce, 100, 110).empty()) ++taken;
    EXPECT_EQ(chain->pool().counts().queued, PoolLimits::queued_max);
    EXPECT_EQ(chain->pool().counts().executable, 1u);
    EXPECT_GE(taken, PoolLimits::queued_max);
    produce();
    EXPECT_EQ(chain->head()->account(honest)->nonce, 1u);
}

TEST_F(PoolAttack, a_storm_of_replacements_leaves_one_transaction_for_each_nonce) {
    std::vector<uint64_t> caps(attackers, 20);
    size_t taken = 0;
    for (int round = 0; round < 4; ++round)
        for (uint32_t i = 0; i < attackers; ++i)
            for (const uint64_t factor : {105, 111}) {
                const uint64_t cap = caps[i] * factor / 100 + (factor == 111 ? 1 : 0);
                if (!send(attacker(i), 0, cap - 10, cap).empty()) continue;
                caps[i] = cap;
                ++taken;
            }
    EXPECT_EQ(chain->pool().counts().executable, attackers);
    EXPECT_GT(taken, 4u * attackers - 1);
    EXPECT_LE(chain->pool().memory(), attackers * size_t{3'000});
    expect_service(caps[0]);
}

TEST_F(PoolAttack, dust_of_many_senders_keeps_nobody_waiting) {
    // As many as the pool takes, all at the least tip: seven of each account.
    size_t taken = 0;
    for (uint64_t nonce = 0; nonce < 7; ++nonce)
        for (uint32_t i = 0; i < attackers; ++i)
            if (send(attacker(i), nonce, 1, 11).empty()) ++taken;
    EXPECT_EQ(taken, PoolLimits::total_max);
    EXPECT_EQ(send(honest, 0, 1), "transaction underpriced") << "and told so";
    expect_service(2);
    EXPECT_GE(chain->pool().counts().executable + 10'000, PoolLimits::total_max);
}

TEST_F(PoolAttack, dear_ones_behind_a_cheap_one_keep_nobody_out) {
    // A first one that nobody would ever make, and seven behind it that look dear.
    for (uint32_t i = 0; i < attackers; ++i) send(attacker(i), 0, 1, 11);
    for (uint64_t nonce = 1; nonce < 8; ++nonce)
        for (uint32_t i = 0; i < attackers; ++i) send(attacker(i), nonce, 50, 60);
    EXPECT_EQ(chain->pool().counts().executable, PoolLimits::total_max);
    expect_service(2);
}

TEST_F(PoolAttack, accounts_that_can_be_swept_hold_one_place_each) {
    // Delegated to code that gives all it has to whoever calls: CALLER SELFDESTRUCT.
    constexpr uint16_t count = 1'000;
    const Address thief = sender_address(9);
    Edits edits;
    edits[thief].code = Bytes{0x33, 0xff};
    std::vector<PrivateKey> keys;
    for (uint16_t i = 0; i < count; ++i) {
        keys.push_back(test::key(static_cast<uint16_t>(i + 1)));
        AccountEdit& account = edits[address_of(keys.back())];
        account.code = delegation_to(thief);
        account.balance = 10'000'000_u256 * gwei;
    }
    chain->edit(edits);
    for (const PrivateKey& key : keys)
        for (uint64_t nonce = 0; nonce < 3; ++nonce) {
            Transaction fields = test::payment(nonce, elsewhere, {});
            fields.max_priority_fee_per_gas = u256{50u} * gwei;
            fields.max_fee_per_gas = u256{60u} * gwei;
            const auto sent = chain->submit(sign_transaction(fields, key));
            EXPECT_EQ(
                sent ? "" : sent.error().what,
                nonce == 0 ? "" : "in-flight transaction limit reached for delegated accounts");
        }
    EXPECT_EQ(chain->pool().counts().executable, count);
    // Before they are made, somebody calls all of them: they are gone, and nobody else is.
    EXPECT_EQ(send(honest, 0, 1), "");
    Edits swept;
    for (const PrivateKey& key : keys) swept[address_of(key)].balance = u256{};
    chain->edit(swept);
    EXPECT_EQ(chain->pool().counts().executable, 1u);
    produce();
    EXPECT_EQ(chain->head()->account(honest)->nonce, 1u);
}

/// A full pool of honest transactions, and an attacker who bids what he likes with 10,000 accounts:
/// some with code, some that lose everything by an authorization once they have pushed somebody
/// out. Whatever he does, what he has pushed out is no more than what he has paid or will pay for.
TEST(PoolAttackCost, to_push_out_n_costs_n_times_the_least_fee) {
    constexpr uint32_t honest_count = 4'000;
    constexpr uint64_t seed = 20'261'128;
    /// What an authorization costs at least: 25,000 gas and its calldata, less a fifth.
    constexpr uint64_t authorization_gas = 21'000;
    const u256 base_fee{1'000u};
    std::mt19937_64 random(seed);
    Mempool pool(
        {.limits = {.total = honest_count, .queued = 500, .memory = honest_count * 1'500}});
    const SenderAccount rich{0, 1'000'000_u256 * gwei * gwei};
    std::set<TransactionPtr> good;
    for (uint32_t i = 0; good.size() < honest_count; ++i)
        for (uint64_t nonce = 0; nonce < 4; ++nonce) {
            const uint64_t tip = 10 + i % 50;
            const auto each = waiting({.sender = i, .nonce = nonce, .tip = tip, .fee_cap = 2'000});
            ASSERT_EQ(test::refusal(pool, each, rich, base_fee), "");
            good.insert(each);
        }
    std::vector<SenderAccount> accounts(attackers, {0, u256{21'000u * 2'000u * 5u}});
    for (uint32_t i = 0; i < attackers; i += 10) accounts[i].has_code = true;
    uint64_t paid = 0;
    for (int step = 0; step < 50'000; ++step) {
        const auto which = static_cast<uint32_t>(random() % attackers);
        const Address sender = sender_address(first_attacker + which);
        SenderAccount& account = accounts[which];
        const bool has_some = pool.pending_nonce(sender, account.nonce) > account.nonce;
        if (has_some && random() % 4 == 0) {
            // Where there is code, the balance can be taken away for less than a transaction.
            paid += account.has_code ? 0 : authorization_gas;
            account = {account.nonce + (account.has_code ? 0 : 1), {}, true};
            pool.follow(std::array{std::pair(sender, account)});
            account.balance = u256{21'000u * 2'000u * 5u};
            pool.follow(std::array{std::pair(sender, account)});
            continue;
        }
        Waiting is{.sender = first_attacker + which,
                   .nonce = account.nonce + random() % 6,
                   .tip = 5 + random() % 30,
                   .fee_cap = 1'000 + random() % 60,
                   .size = random() % 10 == 0 ? size_t{4'000} : size_t{110},
                   .salt = random() % 4};
        (void)test::refusal(pool, waiting(is), account, base_fee);
    }
    size_t pushed_out = good.size();
    for (const Mempool::Listed& each : pool.content()) {
        if (good.contains(each.transaction))
            --pushed_out;
        else if (each.is_executable)
            paid += gas::transaction;
    }
    EXPECT_GT(pushed_out, honest_count / 20) << "he did bid more";
    EXPECT_GE(paid, pushed_out * gas::transaction) << "seed " << seed;
    std::cout << "pushed out " << pushed_out << " for " << paid / gas::transaction
              << " times the least fee\n";
}

/// The bytes that this process has been given and has not given back.
size_t allocated() {
    const struct mallinfo2 facts = ::mallinfo2();
    return facts.uordblks + facts.hblkhd;
}

/// Decoded as from the door, so that its containers have the room that they have there.
TransactionPtr decoded(const Bytes& raw, uint32_t sender) {
    auto fields = decode_transaction(raw);
    EXPECT_TRUE(fields.ok()) << fields.error().what;
    SignedTransaction out{std::move(*fields), raw, {}, sender_address(sender)};
    std::memcpy(out.hash.data(), &sender, sizeof(sender));
    return std::make_shared<const SignedTransaction>(std::move(out));
}

struct Shape {
    const char* name;
    Transaction fields;
};

std::vector<Shape> shapes() {
    Transaction plain = test::payment(0, elsewhere, u256{1u});
    Transaction wishes = plain;
    wishes.type = TransactionType::set_code;
    // As many as 2^24 gas pay for, as short as can be.
    wishes.authorizations.resize(660, Authorization{.r = u256{1u}, .s = u256{1u}});
    Transaction list = plain;
    list.access_list.resize(5'000);
    Transaction data = plain;
    data.data.resize(120'000);
    return {
        {"payments", plain}, {"calldata", data}, {"addresses", list}, {"authorizations", wishes}};
}

TEST(PoolAttackMemory, a_full_pool_takes_no_more_than_512_mib) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer takes memory of its own";
#endif
    constexpr size_t demand = size_t{512} << 20;
    const size_t before = allocated();
    for (const Shape& shape : shapes()) {
        const Bytes raw = sign_transaction(shape.fields, test::key(1))->raw;
        Mempool pool;
        uint32_t count = 0;
        std::vector<LiveAuthorization> wishes(shape.fields.authorizations.size());
        for (;; ++count) {
            for (uint32_t i = 0; i < wishes.size(); ++i)
                wishes[i].authority = sender_address(count * 1'000 + i + 5'000'000);
            if (!pool.add(decoded(raw, count), {0, 1'000'000_u256 * gwei * gwei}, {}, wishes))
                break;
        }
        const size_t taken = allocated() - before;
        std::cout << count << " transactions of " << raw.size() << " bytes, " << shape.name << ": "
                  << (pool.memory() >> 20) << " MiB counted, " << (taken >> 20) << " MiB taken\n";
        EXPECT_LE(pool.memory(), PoolLimits::memory_max);
        EXPECT_LE(taken, demand) << shape.name;
    }
}

}  // namespace
}  // namespace plume
