#include "chain/verify_state.hpp"

#include <gtest/gtest.h>

#include "chain/chain.hpp"
#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "store/engine.hpp"
#include "store/schema.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;

const Address keeper = "0x00000000000000000000000000000000000c0de5"_address;
const Rules rules{test::chain_id, native_types()};

/// Some blocks whose transactions set and clear slots; then rows of the database are changed.
class VerifyStateTest : public testing::Test {
protected:
    VerifyStateTest() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.has_native_contracts = false;
        genesis.accounts[address_of(test::key(1))].balance = 1'000'000'000'000'000'000_u256;
        // sstore(calldata[0], calldata[1])
        GenesisAccount& account = genesis.accounts[keeper];
        account.code = *from_hex("0x60203560003555");
        for (unsigned slot = 1; slot <= 40; ++slot) account.storage[u256{slot}] = u256{slot};
        const Executed first = build_genesis(genesis, native_types());
        store_ = Store::open(directory_.path(),
                             {.identity = StoreIdentity{test::chain_id, first.block.hash}})
                     .value();
        write(first);
        uint64_t nonce = 0;
        for (unsigned block = 1; block <= 5; ++block) {
            std::vector<TransactionPtr> transactions;
            for (unsigned i = 0; i < 4; ++i)
                transactions.push_back(set(nonce++, 10 * block + i, i % 2 == 0 ? 0 : block));
            write(next(std::move(transactions)));
        }
    }

    static TransactionPtr set(uint64_t nonce, unsigned slot, unsigned value) {
        Transaction fields = test::payment(nonce, keeper, {});
        fields.data = to_bytes(to_word(u256{slot}));
        append(fields.data, to_word(u256{value}));
        fields.gas_limit = 100'000;
        return sign_transaction(std::move(fields), test::key(1));
    }

    Executed next(std::vector<TransactionPtr> transactions) const {
        const auto parent = store_->head();
        Proposal proposal{{}, parent->header().state_root, std::move(transactions)};
        proposal.header.parent_hash = parent->hash();
        proposal.header.number = parent->number() + 1;
        proposal.header.gas_limit = 30'000'000;
        proposal.header.base_fee = u256{7u};
        return execute(*parent, *parent, rules, proposal);
    }

    void write(const Executed& executed) {
        store_->commit({executed.block, executed.receipts, executed.changes, executed.nodes});
    }

    /// What is found once `change` has changed rows behind the store's back.
    std::string found(const std::function<void(const Snapshot&, WriteBatch&)>& change) {
        store_.reset();
        {
            const auto database = Database::open(directory_.path() / "db", {}).value();
            WriteBatch batch(*database);
            change(*database->snapshot(), batch);
            database->write(batch);
        }
        store_ = Store::open(directory_.path(), {}).value();
        const auto verified = verify(*store_->head());
        return verified ? "" : verified.error().what;
    }

    /// The first row of a table that `is_wanted`.
    static std::pair<Bytes, Bytes> row(const Snapshot& snapshot, Table table,
                                       const std::function<bool(BytesView, BytesView)>& is_wanted) {
        Cursor cursor = snapshot.cursor(table);
        for (cursor.seek({}); cursor.valid(); cursor.next())
            if (is_wanted(cursor.key(), cursor.value()))
                return {to_bytes(cursor.key()), to_bytes(cursor.value())};
        ADD_FAILURE() << "there is no such row";
        return {};
    }

    test::TemporaryDirectory directory_;
    std::unique_ptr<Store> store_;
};

bool any(BytesView, BytesView) {
    return true;
}

#define EXPECT_FOUND(text, ...)                                \
    do {                                                       \
        const std::string what = found(__VA_ARGS__);           \
        EXPECT_NE(what.find(text), std::string::npos) << what; \
    } while (false)

TEST_F(VerifyStateTest, a_whole_state_leads_back_to_its_beginning) {
    const auto state = verify_state(*store_->head());
    ASSERT_TRUE(state.ok()) << state.error().what;
    EXPECT_EQ(state->accounts, 3u) << "the sender, the keeper, the coinbase";
    const auto history = verify_history(*store_->head());
    ASSERT_TRUE(history.ok()) << history.error().what;
    EXPECT_GT(*history, 20u);
    for (const uint64_t rows_max : {uint64_t{1}, uint64_t{10}, *history - 1})
        EXPECT_EQ(verify_history(*store_->head(), rows_max).value(), *history) << rows_max;
    EXPECT_EQ(found([](const Snapshot&, WriteBatch&) {}), "");
}

TEST_F(VerifyStateTest, a_branch_that_is_missing_or_other_or_too_many_is_found) {
    EXPECT_FOUND("is not as its leaves", [](const Snapshot& snapshot, WriteBatch& batch) {
        batch.erase(Table::branches, row(snapshot, Table::branches, any).first);
    });
}

TEST_F(VerifyStateTest, a_branch_that_nothing_leads_to_is_found) {
    EXPECT_FOUND("branches, but accounts lead to", [](const Snapshot&, WriteBatch& batch) {
        batch.put(Table::branches, schema::branch(Hash{}, Nibbles(Hash{})), Bytes{1});
    });
}

TEST_F(VerifyStateTest, a_slot_without_an_account_is_found) {
    EXPECT_FOUND("slots, but accounts lead to", [](const Snapshot&, WriteBatch& batch) {
        batch.put(Table::slots, schema::slot(Hash{}, Hash{}), Bytes{1});
    });
}

TEST_F(VerifyStateTest, an_earlier_value_of_a_slot_that_is_other_is_found) {
    EXPECT_FOUND("leads back to the root", [](const Snapshot& snapshot, WriteBatch& batch) {
        const auto [key, value] =
            row(snapshot, Table::history, [](BytesView found_key, BytesView found_value) {
                return found_key[0] == 's' && !found_value.empty();
            });
        batch.put(Table::history, key, Bytes{static_cast<uint8_t>(value[0] ^ 1)});
    });
}

TEST_F(VerifyStateTest, an_earlier_value_that_is_missing_is_found) {
    EXPECT_FOUND("leads back to the root", [](const Snapshot& snapshot, WriteBatch& batch) {
        batch.erase(Table::history, row(snapshot, Table::history, any).first);
    });
}

TEST_F(VerifyStateTest, an_earlier_branch_that_is_other_is_found) {
    EXPECT_FOUND("the history of a branch of", [](const Snapshot& snapshot, WriteBatch& batch) {
        const auto [key, value] = row(snapshot, Table::history, [](BytesView found_key, BytesView) {
            return found_key[0] == 'b';
        });
        batch.put(Table::history, key, Bytes{1});
    });
}

TEST_F(VerifyStateTest, an_earlier_value_of_a_block_to_come_is_found) {
    EXPECT_FOUND("a block that is not there", [](const Snapshot&, WriteBatch& batch) {
        batch.put(Table::history, schema::history(Table::accounts, Hash{}, 6), Bytes{});
    });
}

TEST_F(VerifyStateTest, rows_that_no_block_leads_to_are_found) {
    EXPECT_FOUND("the table tx_index has 21 rows", [](const Snapshot&, WriteBatch& batch) {
        batch.put(Table::tx_index, Hash{}, schema::place(1, 0));
    });
}

TEST_F(VerifyStateTest, a_code_that_is_other_or_missing_is_found) {
    EXPECT_FOUND("a code does not have its hash", [](const Snapshot& snapshot, WriteBatch& batch) {
        const auto [key, value] = row(snapshot, Table::codes, any);
        batch.put(Table::codes, key, Bytes{1});
    });
}

TEST_F(VerifyStateTest, an_account_without_its_code_is_found) {
    EXPECT_FOUND("its code is not there", [](const Snapshot& snapshot, WriteBatch& batch) {
        batch.erase(Table::codes, row(snapshot, Table::codes, any).first);
    });
}

}  // namespace
}  // namespace plume
