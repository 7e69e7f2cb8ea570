#include "crypto/address.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"

namespace plume {
namespace {

using namespace literals;

TEST(Address, has_the_checksum_of_the_public_vectors) {
    const auto cases = test::fixture("vectors/accounts.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 600u);
    for (const auto& entry : cases->as_array()) {
        const auto address = parse_address(test::text_at(entry, "address"));
        ASSERT_TRUE(address);
        EXPECT_EQ(to_checksum(*address), test::text_at(entry, "checksumAddress"));
        EXPECT_EQ(parse_address(test::text_at(entry, "checksumAddress")), address);
    }
}

TEST(Address, is_read_in_one_case_or_with_the_right_checksum) {
    // The first example of EIP-55.
    const Address expected = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"_address;
    EXPECT_EQ(parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), expected);
    EXPECT_EQ(parse_address("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), expected);
    EXPECT_EQ(parse_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), expected);
    EXPECT_EQ(parse_address("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"), expected);
}

TEST(Address, with_a_wrong_checksum_or_size_is_refused) {
    EXPECT_FALSE(parse_address("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
    EXPECT_FALSE(parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"));
    EXPECT_FALSE(parse_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae"));
    EXPECT_FALSE(parse_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0"));
    EXPECT_FALSE(parse_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg"));
    EXPECT_FALSE(parse_address(""));
}

}  // namespace
}  // namespace plume
