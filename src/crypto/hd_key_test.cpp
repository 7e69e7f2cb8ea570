#include "crypto/hd_key.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/fixtures.hpp"

namespace plume {
namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

TEST(HdKey, seeds_of_the_public_phrases_are_theirs) {
    const auto cases = test::fixture("vectors/hdnode.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t english = 0;
    for (const auto& entry : cases->as_array()) {
        const std::string mnemonic = test::text_at(entry, "mnemonic");
        const auto* member = entry.as_object().if_contains("password");
        const std::string password = member != nullptr ? std::string(member->as_string()) : "";
        const auto seed = seed_of_mnemonic(mnemonic, password);
        EXPECT_EQ(seed.ok(), is_ascii(mnemonic) && is_ascii(password));
        if (!seed) continue;
        EXPECT_EQ(to_hex(*seed), test::text_at(entry, "seed"));
        ++english;
    }
    EXPECT_GE(english, 600u);
}

TEST(HdKey, keys_of_the_public_seeds_are_theirs) {
    const auto cases = test::fixture("vectors/hdnode.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t count = 0;
    for (const auto& entry : cases->as_array()) {
        const Bytes seed = test::hex_at(entry, "seed");
        for (const auto& node : entry.at("hdnodes").as_array()) {
            const auto key = derive_key(seed, test::text_at(node, "path"));
            ASSERT_TRUE(key.ok());
            EXPECT_EQ(to_hex(key->bytes()), test::text_at(node, "privateKey"));
            EXPECT_EQ(to_hex(address_of(*key)), test::text_at(node, "address"));
            ++count;
        }
    }
    EXPECT_GE(count, 4'000u);
}

TEST(HdKey, first_account_of_the_customary_test_phrase_is_known) {
    const auto seed =
        seed_of_mnemonic("test test test test test test test test test test test junk").value();
    const auto key = derive_key(seed, std::string(ethereum_account_path) + "0").value();
    EXPECT_EQ(to_hex(address_of(key)), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
}

TEST(HdKey, path_is_numbers_between_slashes) {
    const Bytes seed(16, 1);
    for (const char* good : {"m", "m/0", "m/0'", "m/2147483647'", "m/44'/60'/0'/0/0"})
        EXPECT_TRUE(derive_key(seed, good)) << good;
    for (const char* wrong : {"", "/0", "0", "M/0", "m/", "m//0", "m/0/", "m0", "m/-1", "m/'",
                              "m/0''", "m/0x1", "m/2147483648", "m/2147483648'", "m/ 0", "m/0h"})
        EXPECT_FALSE(derive_key(seed, wrong)) << wrong;
}

TEST(HdKey, path_has_at_most_as_many_steps_as_a_byte_counts) {
    const Bytes seed(16, 1);
    std::string path = "m";
    for (size_t i = 0; i < derivation_depth_max; ++i) path += "/0'";
    EXPECT_TRUE(derive_key(seed, path));
    EXPECT_FALSE(derive_key(seed, path + "/0'"));
}

TEST(HdKey, seed_has_16_to_64_bytes) {
    EXPECT_FALSE(derive_key(Bytes(15, 1), "m"));
    EXPECT_TRUE(derive_key(Bytes(16, 1), "m"));
    EXPECT_TRUE(derive_key(Bytes(64, 1), "m"));
    EXPECT_FALSE(derive_key(Bytes(65, 1), "m"));
    EXPECT_FALSE(seed_of_mnemonic(""));
}

}  // namespace
}  // namespace plume
