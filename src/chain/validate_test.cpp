#include "chain/validate.hpp"

#include <gtest/gtest.h>

#include "evm/gas.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using test::chain_id;

constexpr uint64_t block_gas_limit = 30'000'000;
const PrivateKey key = test::key(1);
const Address recipient = address_of(test::key(2));

BlockEnvironment block_of(const u256& base_fee) {
    return {.chain_id = chain_id,
            .gas_limit = block_gas_limit,
            .coinbase = {},
            .base_fee = base_fee,
            .prev_randao = {},
            .blob_count_max = 9,
            .ancestor_hash = {}};
}

/// The refusal of a payment after `change`; empty when it is accepted.
template <class Change>
std::string refusal(Change change) {
    Transaction fields = test::payment(0, recipient, u256{1u});
    change(fields);
    const TransactionPtr transaction = sign_transaction(fields, key);
    auto outcome = validate_policy(*transaction);
    if (outcome) outcome = validate_rules(fields, block_of({}));
    return outcome ? "" : outcome.error().what;
}

/// The refusal of a payment against an account after `change`.
template <class Change>
std::string refusal_against(Change change, BytesView code = {}) {
    Transaction fields = test::payment(7, recipient, u256{1u});
    AccountFields sender;
    sender.nonce = 7;
    sender.balance = u256{21'000u} * u256{2'000'000'000u} + u256{1u};
    u256 base_fee{2'000'000'000u};
    change(fields, sender, base_fee);
    const auto outcome =
        validate_account(fields, address_of(key), sender, code, block_of(base_fee));
    return outcome ? "" : outcome.error().what;
}

testing::AssertionResult begins(const std::string& text, const std::string& words) {
    if (text.starts_with(words)) return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << '"' << text << "\" does not begin with \"" << words << '"';
}

/// Blocks as the public vectors have them, of an older revision or with blobs.
template <class Change>
std::string refusal_by_rules(Revision revision, Change change) {
    Transaction fields = test::payment(0, recipient, u256{1u});
    change(fields);
    BlockEnvironment block = block_of({});
    block.revision = revision;
    const auto outcome = validate_rules(fields, block);
    return outcome ? "" : outcome.error().what;
}

TEST(Validate, calls_creations_and_delegations_are_accepted) {
    EXPECT_EQ(refusal([](Transaction&) {}), "");
    const auto with_one_price = [](TransactionType type) {
        return [type](Transaction& fields) {
            fields.type = type;
            fields.max_priority_fee_per_gas = fields.max_fee_per_gas;
        };
    };
    EXPECT_EQ(refusal(with_one_price(TransactionType::legacy)), "");
    EXPECT_EQ(refusal(with_one_price(TransactionType::access_list)), "");
    EXPECT_EQ(refusal([](Transaction& fields) {
                  fields.to.reset();
                  fields.gas_limit = 100'000;
              }),
              "");
    EXPECT_EQ(refusal([](Transaction& fields) {
                  fields.type = TransactionType::set_code;
                  fields.authorizations.resize(1);
                  fields.gas_limit = 100'000;
              }),
              "");
}

TEST(Validate, blobs_have_no_place_in_this_nodes_blocks) {
    EXPECT_TRUE(begins(refusal([](Transaction& fields) { fields.type = TransactionType::blob; }),
                       "transaction type not supported"));
}

TEST(Validate, a_delegation_names_somebody_and_came_with_prague) {
    const auto set_code = [](size_t count) {
        return [count](Transaction& fields) {
            fields.type = TransactionType::set_code;
            fields.authorizations.resize(count);
            fields.gas_limit = 100'000;
        };
    };
    EXPECT_EQ(refusal_by_rules(Revision::prague, set_code(1)), "");
    EXPECT_TRUE(begins(refusal_by_rules(Revision::prague, set_code(0)),
                       "EIP-7702 transaction with empty auth list"));
    EXPECT_TRUE(
        begins(refusal_by_rules(Revision::cancun, set_code(1)), "transaction type not supported"));
}

TEST(Validate, blobs_are_counted_and_versioned) {
    const auto with_blobs = [](size_t count, uint8_t version = 1) {
        return [=](Transaction& fields) {
            fields.type = TransactionType::blob;
            fields.blob_hashes.resize(count);
            for (Hash& hash : fields.blob_hashes) hash[0] = version;
        };
    };
    EXPECT_EQ(refusal_by_rules(Revision::prague, with_blobs(9)), "");
    EXPECT_TRUE(begins(refusal_by_rules(Revision::prague, with_blobs(10)), "too many blobs"));
    EXPECT_TRUE(begins(refusal_by_rules(Revision::osaka, with_blobs(7)), "too many blobs"));
    EXPECT_EQ(refusal_by_rules(Revision::osaka, with_blobs(6)), "");
    EXPECT_TRUE(begins(refusal_by_rules(Revision::prague, with_blobs(0)), "blob transaction miss"));
    EXPECT_TRUE(begins(refusal_by_rules(Revision::prague, with_blobs(1, 2)), "blob has invalid"));
}

TEST(Validate, init_code_ends_at_49152_bytes) {
    const auto with_init_code = [](size_t size) {
        return [size](Transaction& fields) {
            fields.to.reset();
            fields.data.assign(size, 0);
            fields.gas_limit = 10'000'000;
        };
    };
    EXPECT_EQ(refusal(with_init_code(49'152)), "");
    EXPECT_TRUE(begins(refusal(with_init_code(49'153)), "max initcode size exceeded"));
}

TEST(Validate, the_gas_cap_of_eip_7825_came_with_osaka) {
    const auto large = [](Transaction& fields) { fields.gas_limit = 16'777'217; };
    EXPECT_EQ(refusal_by_rules(Revision::prague, large), "");
    EXPECT_TRUE(begins(refusal_by_rules(Revision::osaka, large), "transaction gas limit too high"));
}

TEST(Validate, only_this_chains_transactions_are_accepted) {
    EXPECT_TRUE(begins(refusal([](Transaction& fields) { fields.chain_id = 1; }),
                       "invalid chain id for signer: have 1 want 31337"));
    EXPECT_TRUE(begins(refusal([](Transaction& fields) {
                           fields.type = TransactionType::legacy;
                           fields.max_priority_fee_per_gas = fields.max_fee_per_gas;
                           fields.chain_id.reset();
                       }),
                       "only replay-protected (EIP-155) transactions allowed over RPC"));
}

TEST(Validate, size_is_bounded) {
    const auto with_data = [](size_t size) {
        return [size](Transaction& fields) {
            fields.data.assign(size, 1);
            fields.gas_limit = gas::transaction_max;
        };
    };
    Transaction fields = test::payment(0, recipient, u256{1u});
    with_data(100'000)(fields);
    const size_t envelope = sign_transaction(fields, key)->raw.size() - 100'000;
    EXPECT_EQ(refusal(with_data(transaction_size_max - envelope)), "");
    EXPECT_TRUE(begins(refusal(with_data(transaction_size_max - envelope + 1)), "oversized data"));
}

TEST(Validate, gas_limit_is_bounded_by_the_block_and_by_eip_7825) {
    const auto with_gas = [](uint64_t gas) {
        return [gas](Transaction& fields) { fields.gas_limit = gas; };
    };
    EXPECT_EQ(refusal(with_gas(16'777'216)), "");
    EXPECT_EQ(refusal(with_gas(16'777'217)),
              "transaction gas limit too high (cap: 16777216, tx: 16777217)");
    EXPECT_TRUE(begins(refusal(with_gas(block_gas_limit + 1)), "exceeds block gas limit"));
}

TEST(Validate, gas_limit_covers_the_intrinsic_price_and_the_floor) {
    const auto with = [](uint64_t gas, size_t zeros, size_t others) {
        return [=](Transaction& fields) {
            fields.gas_limit = gas;
            fields.data.assign(zeros, 0);
            fields.data.resize(zeros + others, 1);
        };
    };
    EXPECT_EQ(refusal(with(21'000, 0, 0)), "");
    EXPECT_EQ(refusal(with(20'999, 0, 0)),
              "intrinsic gas too low: gas 20999, minimum needed 21000");
    // EIP-7623: 10 a token, a byte other than 0 being four tokens, against 4 and 16 a byte.
    EXPECT_EQ(refusal(with(21'410, 1, 10)), "");
    EXPECT_EQ(refusal(with(21'409, 1, 10)),
              "insufficient gas for floor data gas cost: gas 21409, minimum needed 21410");
}

TEST(Validate, the_tip_is_not_above_the_fee_cap) {
    const auto with_tip = [](uint64_t above) {
        return [above](Transaction& fields) {
            fields.max_priority_fee_per_gas = fields.max_fee_per_gas + u256{above};
        };
    };
    EXPECT_EQ(refusal(with_tip(0)), "");
    EXPECT_TRUE(
        begins(refusal(with_tip(1)), "max priority fee per gas higher than max fee per gas"));
}

TEST(Validate, the_last_nonce_is_never_used) {
    EXPECT_EQ(refusal([](Transaction& fields) { fields.nonce = ~uint64_t{0} - 1; }), "");
    EXPECT_TRUE(begins(refusal([](Transaction& fields) { fields.nonce = ~uint64_t{0}; }),
                       "nonce has max value"));
}

TEST(Validate, a_nonce_may_be_ahead_of_the_account_but_not_behind) {
    EXPECT_EQ(refusal_against([](Transaction&, AccountFields&, u256&) {}), "");
    EXPECT_EQ(refusal_against([](Transaction&, AccountFields& sender, u256&) { sender.nonce = 6; }),
              "");
    EXPECT_EQ(refusal_against([](Transaction&, AccountFields& sender, u256&) { sender.nonce = 8; }),
              "nonce too low: next nonce 8, tx nonce 7");
}

TEST(Validate, funds_cover_value_and_all_gas_at_the_fee_cap) {
    EXPECT_TRUE(begins(refusal_against([](Transaction&, AccountFields& sender, u256&) {
                           sender.balance -= u256{1u};
                       }),
                       "insufficient funds for gas * price + value"));
    EXPECT_TRUE(begins(refusal_against([](Transaction& fields, AccountFields& sender, u256&) {
                           fields.max_fee_per_gas = u256_max;
                           sender.balance = u256_max;
                       }),
                       "insufficient funds for gas * price + value"));
    EXPECT_TRUE(begins(refusal_against([](Transaction& fields, AccountFields& sender, u256&) {
                           fields.value = u256_max;
                           sender.balance = u256_max;
                       }),
                       "insufficient funds for gas * price + value"));
}

TEST(Validate, the_fee_cap_covers_the_base_fee) {
    EXPECT_TRUE(begins(
        refusal_against([](Transaction&, AccountFields&, u256& base_fee) { base_fee += u256{1u}; }),
        "max fee per gas less than block base fee"));
}

TEST(Validate, an_account_with_code_sends_nothing_unless_it_only_delegates) {
    const auto with_code = [](Transaction&, AccountFields& sender, u256&) {
        sender.code_hash = Hash{};
    };
    EXPECT_TRUE(begins(refusal_against(with_code, Bytes{0x00}), "sender not an eoa"));
    EXPECT_EQ(refusal_against(with_code, delegation_to(recipient)), "");
}

}  // namespace
}  // namespace plume
