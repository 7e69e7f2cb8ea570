#include "contracts/document_bundles.hpp"

#include <gtest/gtest.h>

#include "support/records.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::attestations;
using test::Outcome;
using test::person;
namespace bundles = document_bundles;

/// Attestations that say of a bundle what did not happen.
class WrongBundles : public Attestations {
public:
    using Attestations::Attestations;
    void say_superseded(Hash subject) {
        emit(bundles::BundleSuperseded{keccak256("a"), keccak256("b"), subject, keccak256("r")});
    }
    static constexpr auto abi =
        Attestations::abi +
        Methods<Method<"saySuperseded(bytes32 subject)", &WrongBundles::say_superseded>>{};
};

class DocumentBundlesTest : public testing::Test {
protected:
    DocumentBundlesTest() { mission = test::found_mission(world, founder); }

    Outcome anchor(const Hash& hash, const Address& by = person(1), uint64_t documents = 2,
                   const std::string& uri = "") {
        return world.send<"anchorBundle(bytes32,bytes32,bytes32,uint256,string)">(
            by, attestations, hash, mission, role, u256{documents}, uri);
    }
    Outcome supersede(const Hash& old, const Hash& hash, const Address& by = person(1)) {
        return world.send<"supersedeBundle(bytes32,bytes32,bytes32,bytes32,uint256,string)">(
            by, attestations, old, hash, mission, role, 3_u256, std::string("ipfs://docs"));
    }
    Hash active() {
        return world.ask<"activeBundle(bytes32,bytes32)">(attestations, mission, role)
            .value<Hash>();
    }
    bundles::Anchor kept(const Hash& hash) {
        return world.ask<"getAnchor(bytes32,bytes32,bytes32)">(attestations, hash, mission, role)
            .value<bundles::Anchor>();
    }

    test::World world{
        std::vector<NativeType>{native_type<WrongBundles>(60'108, 1, "WrongBundles")}};
    const Address founder = person(1);
    const Hash role = keccak256("LEGAL_BASIS");
    const Hash first = keccak256("first");
    const Hash second = keccak256("second");
    Hash mission;
};

TEST_F(DocumentBundlesTest, the_attester_of_a_record_anchors_its_documents) {
    EXPECT_EQ(active(), Hash{});
    EXPECT_TRUE(anchor(first, person(9)).refused_with(Attestations::NotReporter{person(9)}));
    EXPECT_TRUE(anchor(first).ok());
    EXPECT_EQ(active(), first);
    EXPECT_EQ(kept(first).anchored_by, founder);
    EXPECT_EQ(kept(first).document_count, 2_u256);
    EXPECT_TRUE(anchor(second).refused_with(bundles::SlotTaken{first}));
    EXPECT_TRUE(
        (world.ask<"getAnchor(bytes32,bytes32,bytes32)">(attestations, second, mission, role)
             .refused_with(bundles::UnknownBundle{second})));
}

TEST_F(DocumentBundlesTest, a_bundle_is_superseded_and_stays_readable) {
    anchor(first);
    EXPECT_TRUE(supersede(second, first).refused_with(bundles::UnknownBundle{second}));
    EXPECT_TRUE(supersede(first, first).refused_with(bundles::BundleExists{first}));
    EXPECT_TRUE(supersede(first, second).ok());
    EXPECT_EQ(active(), second);
    EXPECT_TRUE(kept(first).superseded);
    EXPECT_EQ(kept(first).superseded_by, second);
    EXPECT_FALSE(kept(second).superseded);
    EXPECT_TRUE(supersede(first, keccak256("x")).refused_with(bundles::BundleNotActive{first}));
    EXPECT_TRUE(supersede(second, first).refused_with(bundles::BundleExists{first}));
    EXPECT_TRUE(
        (world.ask<"isAnchored(bytes32,bytes32,bytes32)">(attestations, first, mission, role)
             .value<bool>()));
}

TEST_F(DocumentBundlesTest, nothing_about_a_bundle_is_zero_or_too_long) {
    EXPECT_TRUE(anchor({}).refused_as<bundles::BundleInvalid>());
    EXPECT_TRUE(anchor(first, founder, 0).refused_as<bundles::BundleInvalid>());
    const std::string longest(bundles::metadata_uri_size_max, 'u');
    EXPECT_TRUE(anchor(first, founder, 1, longest + "u").refused_as<bundles::BundleInvalid>());
    EXPECT_TRUE(anchor(first, founder, 1, longest).ok());
    test::revoke(world, founder, eas::schema_uid("string mission", {}, true), mission);
    EXPECT_TRUE(supersede(first, second).refused_with(RecordNotLive{mission}));
}

TEST_F(DocumentBundlesTest, an_event_without_its_anchor_breaks_the_invariant) {
    world.expect_broken_invariants();
    const Address wrong = world.create(founder, "WrongBundles", {}).value<Address>();
    const Outcome out = world.send<"saySuperseded(bytes32)">(founder, wrong, mission);
    EXPECT_NE(out.broken.find("P-5"), std::string::npos) << out.broken;
}

}  // namespace
}  // namespace plume
