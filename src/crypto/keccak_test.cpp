#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/fixtures.hpp"

namespace plume {
namespace {

using namespace literals;

TEST(Keccak, is_evaluated_by_the_compiler) {
    static_assert(keccak256_constexpr("") == keccak256_empty);
    constexpr Hash transfer = keccak256_constexpr("Transfer(address,address,uint256)");
    EXPECT_EQ(transfer, "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"_hash);
}

TEST(Keccak, of_nothing_is_the_code_hash_of_an_empty_account) {
    EXPECT_EQ(keccak256(BytesView{}), keccak256_empty);
}

TEST(Keccak, agrees_with_the_public_vectors) {
    const auto cases = test::fixture("vectors/hashes.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 300u);
    for (const auto& entry : cases->as_array())
        EXPECT_EQ(to_hex(keccak256(test::hex_at(entry, "data"))),
                  test::text_at(entry, "keccak256"));
}

TEST(Keccak, of_a_constant_equals_that_at_run_time_at_every_block_boundary) {
    std::string text;
    for (size_t size = 0; size <= 3 * detail::keccak_rate + 1; ++size) {
        EXPECT_EQ(keccak256(text), keccak256_constexpr(text)) << size;
        text += static_cast<char>(size * 167 + 13);
    }
}

TEST(Keccak, of_a_million_letters_is_the_published_one) {
    // The customary long message of the SHA-3 test sets, with Keccak's first padding.
    EXPECT_EQ(keccak256(std::string(1'000'000, 'a')),
              "0xfadae6b49f129bbb812be8407b7b2894f34aecf6dbd1f9b0f0c7e9853098fc96"_hash);
}

}  // namespace
}  // namespace plume
