#include "contracts/impact_log.hpp"

#include <gtest/gtest.h>

#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::attestations;
using test::Outcome;
using test::person;

constexpr FixedText record_text =
    "recordSnapshot(bytes32,bytes32,int256,uint8,bytes32,uint64,uint64,bytes32,string,uint256)";
constexpr uint8_t at_least = static_cast<uint8_t>(Comparison::greater_or_equal);

/// Attestations with a wrong correction beside the right one.
class WrongLog : public Attestations {
public:
    using Attestations::Attestations;
    void say_recorded(Hash subject, u256 corrects) {
        emit(impact_log::SnapshotRecorded{subject, Hash{}, u256{}, i256::of(1), 0, Hash{}, 1, 2,
                                          Hash{}, corrects, sender()});
    }
    static constexpr auto abi =
        Attestations::abi +
        Methods<
            Method<"sayRecorded(bytes32 subject, uint256 corrects)", &WrongLog::say_recorded>>{};
};

class ImpactLogTest : public testing::Test {
protected:
    ImpactLogTest() {
        mission = test::found_mission(world, founder);
        test::appoint(world, founder, mission, agent);
        world.next_block();
    }

    Outcome record(const Address& by, int64_t value, uint64_t start = 10, uint64_t end = 20,
                   const u256& corrects = impact_log::no_correction,
                   const std::string& uri = "ipfs://method") {
        return world.send<record_text>(by, attestations, mission, indicator, i256::of(value),
                                       uint8_t{2}, keccak256("kWh"), start, end,
                                       keccak256("method"), uri, corrects);
    }
    impact_log::Snapshot snapshot(const u256& index) {
        return world.ask<"getSnapshot(bytes32,uint256)">(attestations, mission, index)
            .value<impact_log::Snapshot>();
    }
    Outcome current(uint64_t start = 10, uint64_t end = 20) {
        return world.ask<"currentSnapshotForPeriod(bytes32,bytes32,uint64,uint64)">(
            attestations, mission, indicator, start, end);
    }
    Outcome impact(int64_t value, uint8_t op = at_least) {
        return world.ask<"impact(bytes32,bytes32,uint64,uint64,uint8,int256)">(
            attestations, mission, indicator, uint64_t{10}, uint64_t{20}, op, i256::of(value));
    }
    Outcome assess(const Address& by, const u256& index, const Hash& evidence = keccak256("e")) {
        return world.send<"attestSnapshot(bytes32,uint256,bool,bytes32,string)">(
            by, attestations, mission, index, true, evidence, std::string());
    }

    test::World world{std::vector<NativeType>{native_type<WrongLog>(60'107, 1, "WrongLog")}};
    const Address founder = person(1);
    const Address agent = person(2);
    const Hash indicator = keccak256("ERC-8329:INDICATOR:ENERGY_GENERATED");
    Hash mission;
};

TEST_F(ImpactLogTest, the_attester_and_the_agents_of_a_mission_report) {
    EXPECT_EQ(record(founder, 100).value<u256>(), 0_u256);
    EXPECT_EQ(record(agent, -5, 20, 30).value<u256>(), 1_u256);
    EXPECT_TRUE(record(person(9), 1, 30, 40).refused_with(Attestations::NotReporter{person(9)}));
    const impact_log::Snapshot kept = snapshot(1_u256);
    EXPECT_EQ(kept.value, i256::of(-5));
    EXPECT_EQ(kept.reported_by, agent);
    EXPECT_EQ(kept.reported_at, world.block().timestamp);
    EXPECT_EQ(kept.corrects, impact_log::no_correction);
    EXPECT_EQ(world.ask<"snapshotCount(bytes32)">(attestations, mission).value<u256>(), 2_u256);
    EXPECT_EQ(
        world.ask<"latestIndicatorSnapshot(bytes32,bytes32)">(attestations, mission, indicator)
            .value<u256>(),
        1_u256);
    EXPECT_TRUE((world.ask<"getSnapshot(bytes32,uint256)">(attestations, mission, 2_u256)
                     .refused_as<impact_log::UnknownSnapshot>()));
    EXPECT_TRUE((world
                     .ask<"indicatorSnapshotAt(bytes32,bytes32,uint256)">(attestations, mission,
                                                                          indicator, 2_u256)
                     .refused_as<impact_log::UnknownSnapshot>()));
}

TEST_F(ImpactLogTest, a_period_is_over_and_has_one_original) {
    const uint64_t now = world.block().timestamp;
    EXPECT_TRUE(record(founder, 1, 20, 20).refused_as<impact_log::PeriodInvalid>());
    EXPECT_TRUE(record(founder, 1, 20, now + 1).refused_as<impact_log::PeriodInvalid>());
    EXPECT_TRUE(record(founder, 1, 20, now).ok());
    EXPECT_TRUE(record(founder, 1).ok());
    EXPECT_TRUE(record(agent, 1).refused_with(impact_log::PeriodTaken{1_u256}));
    EXPECT_TRUE(record(agent, 1, 10, 21).ok()) << "periods may overlap";
    EXPECT_TRUE(record(founder, 1, 1, 2, impact_log::no_correction, "")
                    .refused_as<impact_log::MethodologyMissing>());
    const std::string longest(impact_log::uri_size_max, 'u');
    EXPECT_TRUE(record(founder, 1, 1, 2, impact_log::no_correction, longest).ok());
    EXPECT_TRUE(record(founder, 1, 2, 3, impact_log::no_correction, longest + "u")
                    .refused_as<impact_log::UriTooLong>());
}

TEST_F(ImpactLogTest, corrections_form_one_chain_by_the_reporter_himself) {
    record(founder, 100);
    EXPECT_TRUE(record(agent, 90, 10, 20, 0_u256).refused_as<impact_log::CorrectionInvalid>());
    EXPECT_TRUE(record(founder, 90, 10, 21, 0_u256).refused_as<impact_log::CorrectionInvalid>());
    EXPECT_TRUE(record(founder, 90, 10, 20, 7_u256).refused_as<impact_log::UnknownSnapshot>());
    EXPECT_TRUE(record(founder, 90, 10, 20, 0_u256).ok());
    EXPECT_TRUE(record(founder, 80, 10, 20, 0_u256).refused_as<impact_log::CorrectionInvalid>());
    EXPECT_TRUE(record(founder, 80, 10, 20, 1_u256).ok());
    EXPECT_EQ(snapshot(0_u256).value, i256::of(100));
    EXPECT_EQ(snapshot(0_u256).corrected_by, 1_u256);
    EXPECT_EQ(current().value<u256>(), 2_u256);
    EXPECT_TRUE(current(1, 2).refused_as<impact_log::UnknownSnapshot>());
}

TEST_F(ImpactLogTest, a_corrected_snapshot_satisfies_no_condition) {
    record(founder, 100);
    EXPECT_TRUE(impact(90).refused_as<Attestations::SnapshotTooNew>()) << "in the same block";
    world.next_block();
    EXPECT_TRUE(impact(90).value<bool>());
    record(founder, 50, 10, 20, 0_u256);
    EXPECT_TRUE(impact(90).refused_as<Attestations::SnapshotTooNew>());
    world.next_block();
    EXPECT_FALSE(impact(90).value<bool>());
    EXPECT_TRUE(impact(90, 9).refused_as<UnknownComparison>());
    const Hash schema = eas::schema_uid("string mission", {}, true);
    test::revoke(world, founder, schema, mission);
    EXPECT_TRUE(impact(10).refused_with(RecordNotLive{mission}));
    EXPECT_TRUE(record(founder, 1, 1, 2).refused_with(RecordNotLive{mission}));
}

TEST_F(ImpactLogTest, anybody_but_its_reporter_assesses_a_snapshot) {
    record(founder, 100);
    EXPECT_TRUE(assess(founder, 0_u256).refused_as<impact_log::OwnSnapshot>());
    EXPECT_TRUE(assess(person(9), 0_u256, {}).refused_as<impact_log::EvidenceMissing>());
    EXPECT_TRUE(assess(person(9), 1_u256).refused_as<impact_log::UnknownSnapshot>());
    EXPECT_EQ(assess(person(9), 0_u256).value<u256>(), 0_u256);
    EXPECT_EQ(assess(person(9), 0_u256).value<u256>(), 1_u256);
    const auto last =
        world.ask<"getAttestation(bytes32,uint256,uint256)">(attestations, mission, 0_u256, 1_u256)
            .value<impact_log::Assessment>();
    EXPECT_EQ(last.attestor, person(9));
    EXPECT_TRUE(last.endorsed);
    EXPECT_EQ((world.ask<"attestationCount(bytes32,uint256)">(attestations, mission, 0_u256)
                   .value<u256>()),
              2_u256);
}

TEST_F(ImpactLogTest, tells_its_interfaces) {
    const auto supports = [&](Selector id) {
        return world.ask<"supportsInterface(bytes4)">(attestations, id).value<bool>();
    };
    EXPECT_TRUE(supports(Attestations::snapshot_log.interface_id()));
    EXPECT_TRUE(supports(Attestations::snapshot_assessments.interface_id()));
    EXPECT_TRUE(supports(Attestations::bundles.interface_id()));
    EXPECT_TRUE(supports({{0x01, 0xff, 0xc9, 0xa7}}));
    EXPECT_FALSE(supports({{0xff, 0xff, 0xff, 0xff}}));
}

TEST_F(ImpactLogTest, an_event_without_its_snapshot_breaks_the_invariant) {
    world.expect_broken_invariants();
    const Address wrong = world.create(founder, "WrongLog", {}).value<Address>();
    for (const u256& corrects : {impact_log::no_correction, 5_u256}) {
        const Outcome out =
            world.send<"sayRecorded(bytes32,uint256)">(founder, wrong, mission, corrects);
        EXPECT_NE(out.broken.find("P-4"), std::string::npos) << out.broken;
    }
}

}  // namespace
}  // namespace plume
