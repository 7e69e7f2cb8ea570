#include "app/vault_books.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

constexpr uint64_t day = 1'769'817'600;  // 2026-01-31

TEST(VaultBooks, an_open_tranche_says_what_it_waits_for) {
    Tranche terms;
    terms.opens_at = day;
    terms.deadline = day + 86'400;
    EXPECT_EQ(tranche_status(terms, 0, true, false, day), "can be released");
    EXPECT_EQ(tranche_status(terms, 0, false, true, day), "can be reclaimed");
    EXPECT_EQ(tranche_status(terms, 0, false, false, day - 1), "opens on 2026-01-31");
    EXPECT_EQ(tranche_status(terms, 0, false, false, day),
              "waits for its condition until 2026-02-01");
    terms.challenge = 86'400;
    EXPECT_EQ(tranche_status(terms, 0, false, false, day), "waits to be claimed until 2026-02-01");
    EXPECT_EQ(tranche_status(terms, day, false, false, day),
              "was claimed, and can be disputed until 2026-02-01");
}

TEST(VaultBooks, books_are_told_to_programs_without_their_labels) {
    const VaultBooks books{
        .at = {},
        .kind = "Pool",
        .name = "Loans",
        .phase = "open",
        .currencies = {},
        .figures = {{"cash", "in cash", "5.0 cUSD", "50"}, {"", "only for people", "x", nullptr}},
        .plan = {},
        .waits = {"it takes deposits"}};
    const auto json = books.json();
    EXPECT_EQ(json.at("cash"), "50");
    EXPECT_EQ(json.at("waitsFor").as_array().size(), 1u);
    EXPECT_EQ(json.size(), 6u);
}

TEST(VaultBooks, an_amount_has_its_symbol) {
    EXPECT_EQ((Currency{{}, "cUSD", 6}).text(u256{1'500'000u}), "1.500000 cUSD");
}

TEST(VaultBooks, six_types_are_vaults) {
    for (const auto* kind :
         {"Vault", "EscrowVault", "PublicGoods", "RevenueShare", "Pool", "QueuedPool"})
        EXPECT_TRUE(is_vault(kind));
    EXPECT_FALSE(is_vault("AssetToken"));
    EXPECT_FALSE(is_vault(""));
}

}  // namespace
}  // namespace plume
