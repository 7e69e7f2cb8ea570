#include "evm/gas.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"

namespace plume {
namespace {

TEST(Gas, a_plain_payment_costs_21000) {
    Transaction payment;
    payment.to = Address{};
    EXPECT_EQ(intrinsic_gas(payment, Revision::osaka).standard, 21'000u);
    EXPECT_EQ(intrinsic_gas(payment, Revision::osaka).floor, 21'000u);
}

TEST(Gas, the_parts_of_a_transaction_add_up) {
    Transaction transaction;
    transaction.to = Address{};
    transaction.data = {0, 0, 1};
    EXPECT_EQ(intrinsic_gas(transaction, Revision::osaka).standard,
              21'000u + 2 * 4 + 16);  // EIP-2028
    EXPECT_EQ(intrinsic_gas(transaction, Revision::osaka).floor,
              21'000u + 10 * (2 + 4));                                           // EIP-7623
    transaction.access_list = {{Address{}, {Hash{}, Hash{}}}, {Address{}, {}}};  // EIP-2930
    EXPECT_EQ(intrinsic_gas(transaction, Revision::osaka).standard,
              21'024u + 2 * 2'400 + 2 * 1'900);
    transaction.authorizations.resize(3);  // EIP-7702
    EXPECT_EQ(intrinsic_gas(transaction, Revision::osaka).standard, 29'624u + 3 * 25'000);
    transaction.authorizations.clear();
    transaction.to.reset();  // EIP-3860
    EXPECT_EQ(intrinsic_gas(transaction, Revision::osaka).standard, 29'624u + 32'000 + 2);
}

TEST(Gas, agrees_with_the_public_transaction_tests) {
    const auto files = test::fixtures_below("basic/TransactionTests");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t checked = 0;
    for (const std::string& file : files) {
        const auto content = test::fixture(file);
        for (const auto& member : content->as_object()) {
            const boost::json::object& results = member.value().at("result").as_object();
            // EIP-3860 prices init code from Shanghai on; some of the files end before.
            const boost::json::value* result = results.if_contains("Cancun");
            if (result == nullptr || !result->as_object().contains("intrinsicGas")) continue;
            if (result->as_object().contains("exception")) continue;
            const auto decoded = decode_transaction(test::hex_at(member.value(), "txbytes"));
            ASSERT_TRUE(decoded.ok()) << file << ": " << decoded.error().what;
            EXPECT_EQ(u256{intrinsic_gas(*decoded, Revision::osaka).standard},
                      *parse_number(test::text_at(*result, "intrinsicGas")))
                << file;
            ++checked;
        }
    }
    EXPECT_GT(checked, 20u);
}

}  // namespace
}  // namespace plume
