#include "contracts/catalog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "contracts/addresses.hpp"
#include "contracts/vault.hpp"
#include "support/world.hpp"

namespace plume {
namespace {

TEST(Catalog, a_type_and_version_stand_for_one_contract) {
    std::set<std::pair<uint16_t, uint16_t>> seen;
    std::set<std::pair<std::string_view, uint16_t>> names;
    for (const NativeType& type : native_types()) {
        EXPECT_TRUE(seen.emplace(type.id, type.version).second) << type.name;
        EXPECT_TRUE(names.emplace(type.name, type.version).second) << type.name;
    }
}

// What is written into accounts must mean the same for ever.
TEST(Catalog, ids_are_what_chains_have_in_their_state) {
    const std::map<std::string_view, uint16_t> ids{
        {"AssetToken", 1},      {"Conditions", 2},     {"Attestations", 3}, {"Vault", 4},
        {"Launcher", 5},        {"AssetItems", 6},     {"Feeds", 7},        {"Arbitrator", 9},
        {"Scheduler", 10},      {"EscrowVault", 11},   {"PublicGoods", 13}, {"FeedFace", 15},
        {"RegulatedToken", 16}, {"RevenueStream", 17}, {"QueuedPool", 18}};
    for (const auto& [name, id] : ids) {
        const NativeType* type = find_native(name);
        ASSERT_NE(type, nullptr) << name;
        EXPECT_EQ(type->id, id) << name;
        EXPECT_EQ(type->version, 1) << name;
    }
    EXPECT_EQ(find_native("Treasury"), nullptr);
}

TEST(Catalog, every_type_describes_itself_from_its_constructor_on) {
    for (const NativeType& type : native_types()) {
        const std::vector<AbiEntry> entries = interface_of(type.name);
        ASSERT_FALSE(entries.empty()) << type.name;
        EXPECT_EQ(entries[0].kind, AbiEntry::Kind::constructor);
        EXPECT_TRUE(entries[0].text.starts_with("constructor("));
        std::set<std::string_view> seen;
        for (const AbiEntry& entry : entries)
            EXPECT_TRUE(seen.insert(entry.text).second) << type.name << ": " << entry.text;
    }
    EXPECT_TRUE(interface_of("Treasury").empty());
}

/// Whoever holds the ABI can read every refusal, those of the currency's making among them.
TEST(Catalog, every_refusal_is_declared) {
    const auto declares = [](std::string_view type, const AbiEntry& error) {
        const auto entries = interface_of(type);
        return std::ranges::any_of(entries,
                                   [&](const AbiEntry& entry) { return entry.text == error.text; });
    };
    for (const NativeType& type : native_types())
        EXPECT_TRUE(declares(type.name, ReentrancyGuardReentrantCall::entry)) << type.name;
    for (const std::string_view type : {"AssetToken", "Vault", "RegulatedToken"}) {
        EXPECT_TRUE(declares(type, ECDSAInvalidSignature::entry));
        EXPECT_TRUE(declares(type, ECDSAInvalidSignatureS::entry));
    }
    EXPECT_TRUE(declares("Vault", erc20::SafeERC20FailedOperation::entry));
    EXPECT_TRUE(declares("Vault", InvalidAnswer::entry));
}

TEST(Catalog, methods_are_named_as_they_are_dispatched) {
    const Bytes transfer = test::World::calldata<"transfer(address,uint256)">(Address{}, u256{1u});
    EXPECT_EQ(method_called("AssetToken", transfer), "transfer(address,uint256)");
    EXPECT_EQ(method_called("Vault", transfer), "transfer(address,uint256)") << "inherited";
    EXPECT_EQ(method_called("Conditions", transfer), "");
    EXPECT_EQ(method_called("Treasury", transfer), "");
    EXPECT_EQ(method_called("AssetToken", BytesView{transfer}.first(4)),
              "transfer(address,uint256)");
    EXPECT_EQ(method_called("AssetToken", BytesView{transfer}.first(3)), "");
    EXPECT_EQ(constructor_of("AssetToken"),
              "constructor((string,string,uint8,bytes32,address,uint256,bool))");
    EXPECT_EQ(constructor_of("Treasury"), "");
}

TEST(Catalog, the_genesis_contracts_stand_at_their_addresses) {
    test::World world;
    const std::map<Address, std::string_view> expected{
        {contracts::attestations, "Attestations"}, {contracts::conditions, "Conditions"},
        {contracts::launcher, "Launcher"},         {contracts::feeds, "Feeds"},
        {contracts::arbitrator, "Arbitrator"},     {contracts::scheduler, "Scheduler"},
        {contracts::attestations, "Attestations"}, {contracts::conditions, "Conditions"},
        {contracts::launcher, "Launcher"},         {contracts::agents, "Agents"},
    };
    EXPECT_EQ(genesis_contracts().size(), expected.size());
    for (const auto& [address, type_name] : expected) {
        EXPECT_EQ(to_bytes(world.state().code(address)), native_code(*find_native(type_name)));
        EXPECT_EQ(world.state().nonce(address), 1u);
    }
}

}  // namespace
}  // namespace plume
