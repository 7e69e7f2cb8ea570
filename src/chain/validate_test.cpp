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

/// The refusal of a payment after `change`; empty when it is accepted.
template <class Change>
std::string refusal(Change change) {
    Transaction fields = test::payment(0, recipient, u256{1u});
    change(fields);
    const auto outcome = validate(*sign_transaction(fields, key), chain_id, block_gas_limit);
    return outcome ? "" : outcome.error().what;
}

/// The refusal of a payment against an account after `change`.
template <class Change>
std::string refusal_against(Change change) {
    Transaction fields = test::payment(7, recipient, u256{1u});
    AccountFields sender;
    sender.nonce = 7;
    sender.balance = u256{21'000u} * u256{2'000'000'000u} + u256{1u};
    u256 base_fee{2'000'000'000u};
    change(fields, sender, base_fee);
    const auto outcome = validate_against(*sign_transaction(fields, key), sender, base_fee);
    return outcome ? "" : outcome.error().what;
}

testing::AssertionResult begins(const std::string& text, const std::string& words) {
    if (text.starts_with(words)) return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << '"' << text << "\" does not begin with \"" << words << '"';
}

TEST(Validate, the_three_types_of_calls_are_accepted) {
    EXPECT_EQ(refusal([](Transaction&) {}), "");
    const auto with_one_price = [](TransactionType type) {
        return [type](Transaction& fields) {
            fields.type = type;
            fields.max_priority_fee_per_gas = fields.max_fee_per_gas;
        };
    };
    EXPECT_EQ(refusal(with_one_price(TransactionType::legacy)), "");
    EXPECT_EQ(refusal(with_one_price(TransactionType::access_list)), "");
}

TEST(Validate, blobs_delegations_and_creations_are_refused) {
    const auto of_type = [](TransactionType type) {
        return [type](Transaction& fields) { fields.type = type; };
    };
    EXPECT_TRUE(begins(refusal(of_type(TransactionType::blob)), "transaction type not supported"));
    EXPECT_TRUE(
        begins(refusal(of_type(TransactionType::set_code)), "transaction type not supported"));
    EXPECT_EQ(refusal([](Transaction& fields) {
                  fields.to.reset();
                  fields.gas_limit = 100'000;
              }),
              "contract creation is not supported by this version: only native contracts run");
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

TEST(Validate, an_account_with_code_sends_nothing) {
    EXPECT_TRUE(begins(refusal_against([](Transaction&, AccountFields& sender, u256&) {
                           sender.code_hash = Hash{};
                       }),
                       "sender not an eoa"));
}

}  // namespace
}  // namespace plume
