#include "contracts/launcher.hpp"

#include <gtest/gtest.h>

#include "contracts/pool.hpp"
#include "contracts/regulated_token.hpp"
#include "contracts/revenue_stream.hpp"
#include "contracts/revenue_vault.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::launcher;
using test::Outcome;
using test::person;
using test::VaultWorld;

const Address alice = person(41);
const Address bob = person(42);

/// A template's name as clients spell it.
Hash named(std::string_view text) {
    Hash out;
    std::ranges::copy(view_of(text), out.bytes.begin());
    return out;
}

class LauncherTest : public testing::Test {
protected:
    Outcome launch(const Address& by, std::string_view name, const Bytes& params) {
        return world.send_data(by, launcher,
                               world.calldata<"launch(bytes32,bytes)">(named(name), params), {},
                               16'000'000);
    }
    Address launched(const Address& by, std::string_view name, const Bytes& params) {
        return launch(by, name, params).value<std::vector<Address>>().at(0);
    }
    std::vector<Address> preview(const Address& by, std::string_view name, const Bytes& params) {
        const Bytes data = world.calldata<"preview(bytes32,bytes)">(named(name), params);
        return world.ask_data(by, launcher, data).value<std::vector<Address>>();
    }
    Bytes token_params() const {
        TokenParams params;
        params.name = "Solar roof";
        params.symbol = "ROOF";
        params.record = world.mission();
        params.issuer = alice;
        params.initial_supply = 40_u256;
        return abi::encode(params);
    }
    Bytes vault_params(const Address& steward, bool open, uint64_t tranche_count = 2) const {
        VaultTerms terms = world.terms();
        terms.steward = steward;
        std::vector<Tranche> plan;
        for (uint64_t i = 0; i < tranche_count; ++i) plan.push_back(world.tranche(i, 300_u256));
        return abi::encode(terms, plan, open);
    }
    u256 count() { return world.ask<"count()">(launcher).value<u256>(); }

    VaultWorld world;
};

TEST_F(LauncherTest, a_launched_token_is_the_one_that_was_described) {
    const Outcome out = launch(alice, "AssetToken", token_params());
    ASSERT_TRUE(out.ok());
    const Address token = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"symbol()">(token).value<std::string>(), "ROOF");
    EXPECT_EQ(world.money_of(alice, token), 40_u256);
    EXPECT_EQ(to_bytes(world.state().code(token)), (Bytes{0xef, 0x50, 0, 1, 0, 1}));
    const auto events = out.events<Launcher::Launched>(launcher);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], (std::tuple{alice, named("AssetToken"), token, world.mission()}));
    EXPECT_EQ(world.ask<"missionOf(address)">(launcher, token).value<Hash>(), world.mission());
}

TEST_F(LauncherTest, one_call_launches_a_vault_that_shares_revenue) {
    TokenParams params;
    params.name = "Solar income";
    params.record = world.mission();
    params.issuer = alice;
    params.initial_supply = 40_u256;
    const RevenueTerms terms{.currencies = {world.currency()},
                             .lines = {},
                             .beneficiary = alice,
                             .tax_authority = {},
                             .tax_payee = {}};
    const Outcome out = launch(alice, "Vault.RevenueShare", abi::encode(params, terms));
    ASSERT_TRUE(out.ok());
    const Address vault = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"describe(address)">(launcher, vault).value<std::string>(), "RevenueShare");
    EXPECT_EQ(world.ask<"currencies()">(vault).value<std::vector<Address>>(),
              std::vector{world.currency()});
}

TEST_F(LauncherTest, one_call_launches_a_pool) {
    const PoolTerms terms{.name = "Solar pool",
                          .symbol = "SOL",
                          .record = world.mission(),
                          .asset = world.currency(),
                          .operator_ = {},
                          .principal_max = {}};
    const Outcome out = launch(alice, "Vault.Pool", abi::encode(terms));
    ASSERT_TRUE(out.ok());
    const Address pool = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"describe(address)">(launcher, pool).value<std::string>(), "Pool");
    EXPECT_EQ(world.ask<"asset()">(pool).value<Address>(), world.currency());
}

TEST_F(LauncherTest, one_call_launches_a_pool_with_requests) {
    const PoolTerms terms{.name = "Land pool",
                          .symbol = "LAND",
                          .record = world.mission(),
                          .asset = world.currency(),
                          .operator_ = alice,
                          .principal_max = {}};
    const Outcome out = launch(alice, "Vault.QueuedPool", abi::encode(terms, uint64_t{86'400}));
    ASSERT_TRUE(out.ok());
    const Address pool = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"describe(address)">(launcher, pool).value<std::string>(), "QueuedPool");
    EXPECT_EQ(world.ask<"patience()">(pool).value<uint64_t>(), 86'400u);
}

TEST_F(LauncherTest, one_call_launches_a_stream_of_payments) {
    TokenParams params;
    params.name = "Lease";
    params.symbol = "L";
    params.record = world.mission();
    params.issuer = alice;
    params.initial_supply = 40_u256;
    StreamTerms terms{.currency = world.currency(), .obligor = bob, .schedule = {}};
    terms.schedule.first_due = world.block().timestamp + 100;
    terms.schedule.period_seconds = 100;
    terms.schedule.count = 3;
    terms.schedule.payment = {7_u256};
    const Outcome out = launch(alice, "AssetToken.Stream", abi::encode(params, terms));
    ASSERT_TRUE(out.ok());
    const Address token = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"describe(address)">(launcher, token).value<std::string>(),
              "RevenueStream");
    EXPECT_EQ(world.ask<"amountLeft()">(token).value<u256>(), 21_u256);
    EXPECT_EQ(world.ask<"balanceOf(address)">(token, alice).value<u256>(), 40_u256);
}

TEST_F(LauncherTest, one_call_launches_a_vault_with_its_plan) {
    const Outcome out = launch(alice, "Vault.Milestone", vault_params(alice, false));
    ASSERT_TRUE(out.ok());
    const Address vault = out.value<std::vector<Address>>().at(0);
    EXPECT_EQ(world.ask<"phase()">(vault).value<uint8_t>(), 0);
    EXPECT_EQ(world.ask<"trancheCount()">(vault).value<u256>(), 2_u256);
    EXPECT_EQ(world.ask<"goal()">(vault).value<u256>(), 600_u256);
    EXPECT_TRUE(world.send<"open()">(launcher, vault).refused_with(Vault::NotSteward{launcher}));
    EXPECT_TRUE(world.send<"open()">(alice, vault).ok());
}

TEST_F(LauncherTest, only_the_steward_himself_launches_a_vault_that_is_open) {
    EXPECT_TRUE(launch(alice, "Vault.Milestone", vault_params(bob, true))
                    .refused_with(Launcher::OpenedForAnother{bob, alice}));
    EXPECT_TRUE(launch(alice, "Vault.Milestone", vault_params(bob, false)).ok());
    const Address vault = launched(bob, "Vault.Milestone", vault_params(bob, true));
    EXPECT_EQ(world.ask<"phase()">(vault).value<uint8_t>(), 1);
}

TEST_F(LauncherTest, preview_says_what_launch_then_does) {
    for (const auto& [name, params] : {std::pair{"AssetToken", token_params()},
                                       {"AssetToken", token_params()},
                                       {"Vault.Milestone", vault_params(alice, true)}}) {
        const auto expected = preview(alice, name, params);
        launch(bob, name, name[0] == 'V' ? vault_params(bob, true) : params);
        EXPECT_EQ(preview(alice, name, params), expected) << "what others launch moves nothing";
        EXPECT_EQ(launch(alice, name, params).value<std::vector<Address>>(), expected);
    }
}

// The address is CREATE2's (EIP-1014), with the marker and the arguments as init code.
TEST_F(LauncherTest, addresses_can_be_computed_by_anyone) {
    const Bytes params = token_params();
    for (unsigned n = 0; n < 2; ++n) {
        Bytes init{0xef, 0x50, 0, 1, 0, 1};
        append(init, params);
        Bytes image{0xff};
        append(image, launcher);
        append(image, keccak256(abi::encode(alice, u256{n})));
        append(image, keccak256(init));
        EXPECT_EQ(launched(alice, "AssetToken", params), to_address(to_u256(keccak256(image))));
    }
}

TEST_F(LauncherTest, nobody_takes_anothers_address) {
    const auto expected = preview(alice, "AssetToken", token_params());
    EXPECT_NE(launched(bob, "AssetToken", token_params()), expected[0]);
    EXPECT_EQ(launched(alice, "AssetToken", token_params()), expected[0]);
}

TEST_F(LauncherTest, unknown_templates_are_refused) {
    for (const std::string_view name :
         {"", "Vault", "assettoken", "AssetToken2", "Vault.Unknown"}) {
        EXPECT_TRUE(launch(alice, name, token_params())
                        .refused_with(Launcher::UnknownTemplate{named(name)}));
        const Bytes data = world.calldata<"preview(bytes32,bytes)">(named(name), token_params());
        EXPECT_TRUE(world.ask_data(alice, launcher, data)
                        .refused_with(Launcher::UnknownTemplate{named(name)}));
    }
    Hash trailing = named("AssetToken");
    trailing[31] = 1;
    EXPECT_TRUE(world.send<"launch(bytes32,bytes)">(alice, launcher, trailing, token_params())
                    .refused_with(Launcher::UnknownTemplate{trailing}));
}

TEST_F(LauncherTest, params_that_are_none_are_refused) {
    for (const std::string_view name : {"AssetToken", "Vault.Milestone"}) {
        EXPECT_TRUE(launch(alice, name, {}).refused_with(InvalidArguments{}));
        EXPECT_TRUE(launch(alice, name, Bytes(320, 0xff)).refused_with(InvalidArguments{}));
    }
    Bytes cut = vault_params(alice, true);
    cut.resize(cut.size() - 32);
    EXPECT_TRUE(launch(alice, "Vault.Milestone", cut).refused_with(InvalidArguments{}));
    EXPECT_EQ(count(), 0_u256);
}

// F1, B1.
TEST_F(LauncherTest, nothing_is_launched_on_a_record_that_is_not_live) {
    test::revoke(world, world.steward(), eas::schema_uid("string mission", {}, true),
                 world.mission());
    for (const auto& [name, params] :
         {std::pair{"AssetToken", token_params()}, {"Vault.Milestone", vault_params(alice, false)}})
        EXPECT_TRUE(launch(alice, name, params).refused_with(RecordNotLive{world.mission()}));
    EXPECT_EQ(count(), 0_u256);
}

TEST_F(LauncherTest, a_refused_launch_leaves_nothing_behind) {
    const auto expected = preview(alice, "AssetToken", token_params());
    ASSERT_FALSE(launch(alice, "Vault.Milestone", vault_params(alice, true, 0)).ok());
    EXPECT_EQ(preview(alice, "AssetToken", token_params()), expected);
    EXPECT_EQ(count(), 0_u256);
}

TEST_F(LauncherTest, the_registry_lists_what_was_launched_in_order) {
    const Address token = launched(alice, "AssetToken", token_params());
    const Address vault = launched(bob, "Vault.Milestone", vault_params(bob, true));
    EXPECT_EQ(count(), 2_u256);
    EXPECT_EQ(world.ask<"at(uint256)">(launcher, 0_u256).value<Address>(), token);
    EXPECT_EQ(world.ask<"at(uint256)">(launcher, 1_u256).value<Address>(), vault);
    for (const u256& index : {2_u256, u256{1u} << 64, u256_max})
        EXPECT_TRUE((world.ask<"at(uint256)">(launcher, index)
                         .refused_with(Launcher::UnknownIndex{index, 2_u256})));
    EXPECT_EQ(world.ask<"describe(address)">(launcher, token).value<std::string>(), "AssetToken");
    EXPECT_EQ(world.ask<"describe(address)">(launcher, vault).value<std::string>(), "Vault");
    EXPECT_EQ(world.ask<"templateOf(address)">(launcher, vault).value<Hash>(),
              named("Vault.Milestone"));
    EXPECT_TRUE(world.ask<"isLaunched(address)">(launcher, vault).value<bool>());
}

// The currency of these tests was not made by the launcher.
TEST_F(LauncherTest, a_regulated_token_has_a_template_of_its_own) {
    const RegulatedTokenParams params{.name = "Share",
                                      .symbol = "SHR",
                                      .decimals = 0,
                                      .record = world.mission(),
                                      .contract_uri = "",
                                      .holder = alice,
                                      .initial_supply = 5_u256,
                                      .features = {.on = 255, .later = 0},
                                      .powers = {},
                                      .rules = {}};
    const Address token = launched(alice, "AssetToken.Regulated", abi::encode(params));
    EXPECT_EQ(world.ask<"describe(address)">(launcher, token).value<std::string>(),
              "RegulatedToken");
    EXPECT_EQ(world.ask<"getVotes(address)">(token, alice).value<u256>(), 0_u256);
    EXPECT_EQ(world.ask<"balanceOf(address)">(token, alice).value<u256>(), 5_u256);
}

TEST_F(LauncherTest, what_was_made_elsewhere_is_not_known) {
    EXPECT_FALSE(world.ask<"isLaunched(address)">(launcher, world.currency()).value<bool>());
    for (const Outcome& out : {world.ask<"describe(address)">(launcher, world.currency()),
                               world.ask<"templateOf(address)">(launcher, world.currency()),
                               world.ask<"missionOf(address)">(launcher, world.currency())})
        EXPECT_TRUE(out.refused_with(Launcher::NotLaunchedHere{world.currency()}));
}

/// A launcher that enters what it did not launch.
class Careless : public Launcher {
public:
    using Launcher::Launcher;

    void enter(Address instance) {
        set(Slot<u256>{}, 1_u256);
        emit(Launched{sender(), named("AssetToken"), instance, Hash{}});
    }
    void enter_silently() { set(Slot<u256>{}, 1_u256); }

    static constexpr auto abi =
        Launcher::abi + Methods<Method<"enter(address instance)", &Careless::enter>,
                                Method<"enterSilently()", &Careless::enter_silently>>{};
};

TEST(LauncherInvariant, the_registry_and_the_events_say_the_same) {
    const NativeType careless = native_type<Careless>(60'030, 1, "Careless");
    test::World world({&careless, 1});
    const Address instance = world.create(alice, "Careless", {}).value<Address>();
    world.expect_broken_invariants();
    EXPECT_NE(world.send<"enter(address)">(alice, instance, bob).broken.find("L-1"),
              std::string::npos);
    EXPECT_NE(world.send<"enterSilently()">(alice, instance).broken.find("L-1"), std::string::npos);
}

}  // namespace
}  // namespace plume
