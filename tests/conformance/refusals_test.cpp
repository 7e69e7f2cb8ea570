#include "conformance/refusals.hpp"

#include <gtest/gtest.h>

namespace plume::conformance {
namespace {

TEST(Refusals, are_the_one_that_is_named) {
    EXPECT_TRUE(is_expected_refusal("TransactionException.NONCE_MISMATCH_TOO_LOW",
                                    "nonce too low: next nonce 2, tx nonce 1"));
    EXPECT_FALSE(is_expected_refusal("TransactionException.NONCE_MISMATCH_TOO_LOW",
                                     "nonce too high: next nonce 1, tx nonce 2"));
}

TEST(Refusals, are_any_of_those_named) {
    const auto names =
        "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS|TransactionException.INTRINSIC_GAS_TOO_"
        "LOW";
    EXPECT_TRUE(is_expected_refusal(names, "insufficient funds for gas * price + value"));
    EXPECT_TRUE(is_expected_refusal(names, "intrinsic gas too low: gas 1, minimum needed 2"));
    EXPECT_FALSE(is_expected_refusal(names, "sender not an eoa"));
    EXPECT_FALSE(is_expected_refusal(names, ""));
}

TEST(Refusals, of_broken_encodings_are_all_alike) {
    EXPECT_TRUE(is_expected_refusal("TransactionException.RLP_LEADING_ZEROS_GASLIMIT",
                                    "rlp: number with leading zeros"));
    EXPECT_FALSE(is_expected_refusal("TransactionException.RLP_LEADING_ZEROS_GASLIMIT",
                                     "insufficient funds"));
}

TEST(Refusals, for_a_name_that_nobody_knows_are_all_right) {
    EXPECT_TRUE(is_expected_refusal("TransactionException.TO_COME", "insufficient funds"));
}

}  // namespace
}  // namespace plume::conformance
