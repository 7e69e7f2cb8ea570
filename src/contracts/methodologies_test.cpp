#include "contracts/methodologies.hpp"

#include <gtest/gtest.h>

#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using namespace methodologies;
using contracts::attestations;
using test::Outcome;
using test::person;

/// Attestations that say of a methodology what did not happen.
class WrongMethods : public Attestations {
public:
    using Attestations::Attestations;
    void say_superseded(Hash subject) {
        emit(MethodologySuperseded{subject, Hash{}, keccak256("a"), keccak256("b"), u256{}});
    }
    static constexpr auto abi =
        Attestations::abi +
        Methods<Method<"saySuperseded(bytes32 subject)", &WrongMethods::say_superseded>>{};
};

class MethodologiesTest : public testing::Test {
protected:
    MethodologiesTest() {
        mission = test::found_mission(world, founder);
        test::appoint(world, founder, mission, agent);
        world.next_block();
    }
    Outcome record(std::string_view method, uint64_t start,
                   const u256& corrects = impact_log::no_correction) {
        return world.send<
            "recordSnapshot(bytes32,bytes32,int256,uint8,bytes32,uint64,uint64,"
            "bytes32,string,uint256)">(agent, attestations, mission, indicator, i256::of(5),
                                       uint8_t{0}, Hash{}, start, start + 1, keccak256(method),
                                       std::string("ipfs://anywhere"), corrects);
    }
    Outcome supersede(std::string_view old, std::string_view next, const u256& from,
                      const std::string& uri = "ipfs://next") {
        return world.send<"supersedeMethodology(bytes32,bytes32,bytes32,bytes32,string,uint256)">(
            founder, attestations, mission, indicator, keccak256(old), keccak256(next), uri, from);
    }
    std::tuple<Hash, std::string> active() {
        return *abi::decode<Hash, std::string>(
            world.ask<"activeMethodology(bytes32,bytes32)">(attestations, mission, indicator)
                .result.output);
    }
    std::tuple<Hash, std::string, u256, bool> pending() {
        return *abi::decode<Hash, std::string, u256, bool>(
            world.ask<"pendingMethodology(bytes32,bytes32)">(attestations, mission, indicator)
                .result.output);
    }

    test::World world{
        std::vector<NativeType>{native_type<WrongMethods>(60'109, 1, "WrongMethods")}};
    const Address founder = person(1);
    const Address agent = person(2);
    const Hash indicator = keccak256("energy");
    Hash mission;
};

TEST_F(MethodologiesTest, the_first_snapshot_names_the_methodology_of_all) {
    EXPECT_EQ(active(), (std::tuple{Hash{}, std::string()}));
    EXPECT_TRUE(supersede("a", "b", 0_u256).refused_with(MethodologyInvalid{}));
    ASSERT_TRUE(record("a", 10).ok());
    EXPECT_EQ(active(), (std::tuple{keccak256("a"), std::string("ipfs://anywhere")}));
    EXPECT_TRUE(record("b", 11).refused_with(MethodologyDiffers{keccak256("a")}));
    EXPECT_TRUE(record("a", 11).ok());
}

TEST_F(MethodologiesTest, a_replacement_at_the_present_ordinal_holds_at_once) {
    ASSERT_TRUE(record("a", 10).ok());
    const Outcome out = supersede("a", "b", 1_u256);
    EXPECT_EQ(
        out.events<MethodologySuperseded>(attestations),
        (std::vector{std::tuple(mission, indicator, keccak256("a"), keccak256("b"), 1_u256)}));
    EXPECT_EQ(active(), (std::tuple{keccak256("b"), std::string("ipfs://next")}));
    EXPECT_FALSE(std::get<3>(pending()));
    EXPECT_TRUE(record("a", 11).refused_with(MethodologyDiffers{keccak256("b")}));
    EXPECT_TRUE(record("b", 10, 0_u256).ok()) << "recalculated values are corrections";
}

TEST_F(MethodologiesTest, a_replacement_announced_begins_at_its_ordinal) {
    ASSERT_TRUE(record("a", 10).ok());
    ASSERT_TRUE(supersede("a", "b", 3_u256).ok());
    EXPECT_EQ(pending(), (std::tuple{keccak256("b"), std::string("ipfs://next"), 3_u256, true}));
    EXPECT_TRUE(supersede("a", "c", 2_u256).refused_with(SupersessionPending{3_u256}));
    ASSERT_TRUE(record("a", 11).ok());
    EXPECT_TRUE(record("b", 12).refused_with(MethodologyDiffers{keccak256("a")}));
    ASSERT_TRUE(record("a", 12).ok());
    EXPECT_EQ(std::get<0>(active()), keccak256("b")) << "though nothing has stored it yet";
    EXPECT_EQ(pending(), (std::tuple{Hash{}, std::string(), 0_u256, false}));
    EXPECT_TRUE(record("a", 13).refused_with(MethodologyDiffers{keccak256("b")}));
    ASSERT_TRUE(record("b", 13).ok());
    EXPECT_TRUE(supersede("a", "c", 4_u256).refused_with(MethodologyDiffers{keccak256("b")}));
    EXPECT_TRUE(supersede("b", "c", 4_u256).ok());
}

TEST_F(MethodologiesTest, bounds_of_a_replacement) {
    ASSERT_TRUE(record("a", 10).ok());
    const u256 most{1 + lookahead_max};
    for (const u256& wrong : {0_u256, most + 1_u256, u256_max})
        EXPECT_TRUE(supersede("a", "b", wrong).refused_with(OrdinalInvalid{wrong, 1_u256, most}));
    EXPECT_TRUE(supersede("a", "b", most, "").refused_with(MethodologyInvalid{}));
    EXPECT_TRUE(supersede("a", "b", most, std::string(methodology_uri_max + 1, 'x'))
                    .refused_with(MethodologyInvalid{}));
    EXPECT_TRUE(supersede("a", "b", most, std::string(methodology_uri_max, 'x')).ok());
}

TEST_F(MethodologiesTest, only_the_attester_of_the_mission_replaces_one) {
    ASSERT_TRUE(record("a", 10).ok());
    EXPECT_TRUE(world
                    .send<"supersedeMethodology(bytes32,bytes32,bytes32,bytes32,string,uint256)">(
                        agent, attestations, mission, indicator, keccak256("a"), keccak256("b"),
                        std::string("u"), 1_u256)
                    .refused_with(Attestations::NotReporter{agent}));
}

TEST_F(MethodologiesTest, a_replacement_that_is_not_kept_is_caught) {
    world.expect_broken_invariants();
    const Address wrong = world.create(founder, "WrongMethods", {}).value<Address>();
    const Outcome out = world.send<"saySuperseded(bytes32)">(founder, wrong, mission);
    EXPECT_NE(out.broken.find("P-6"), std::string::npos) << out.broken;
}

}  // namespace
}  // namespace plume
