#include "contracts/recipients.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using recipients::recipients_max;
using recipients::Status;
using test::Outcome;
using test::person;
using test::World;

class Club : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void enroll(Address who) { recipients::enroll(*this, who, keccak256("record")); }
    void review(Address who, bool accept) { recipients::review(*this, who, accept); }
    void undo(Address who) {
        const Map<Address, uint8_t> statuses{{namespace_slot("plume.recipients") + u256{1u}}};
        set(statuses[who], uint8_t{3});
    }
    void shrink() { set(Slot<u256>{namespace_slot("plume.recipients")}, u256{}); }
    uint8_t status(Address who) const {
        return static_cast<uint8_t>(recipients::status(*this, who));
    }
    Hash record(Address who) const { return recipients::record(*this, who); }
    Address at(u256 index) const { return recipients::at(*this, index); }
    std::optional<std::string> broken_invariant() const {
        return recipients::broken_invariant(*this);
    }

    static constexpr auto constructor = Method<"constructor()", &Club::construct>{};
    static constexpr auto abi =
        Methods<Method<"enroll(address who)", &Club::enroll>,
                Method<"review(address who, bool accept)", &Club::review>,
                Method<"undo(address who)", &Club::undo>, Method<"shrink()", &Club::shrink>,
                Method<"status(address who) view returns (uint8)", &Club::status>,
                Method<"record(address who) view returns (bytes32)", &Club::record>,
                Method<"at(uint256 index) view returns (address)", &Club::at>>{};
};

class RecipientsTest : public testing::Test {
protected:
    RecipientsTest() : world(std::vector{native_type<Club>(60'032, 1, "Club")}) {
        club = world.create(person(9), "Club", {}).value<Address>();
    }
    Outcome enroll(uint16_t who) {
        return world.send<"enroll(address)">(person(9), club, person(who));
    }
    Outcome review(uint16_t who, bool accept) {
        return world.send<"review(address,bool)">(person(9), club, person(who), accept);
    }
    Status status(uint16_t who) {
        return Status{world.ask<"status(address)">(club, person(who)).value<uint8_t>()};
    }

    World world;
    Address club;
};

TEST_F(RecipientsTest, who_is_registered_can_be_accepted_once) {
    EXPECT_TRUE(review(50, true).refused_with(recipients::NotReviewable{person(50), 0}));
    enroll(50);
    EXPECT_EQ(status(50), Status::registered);
    EXPECT_EQ(world.ask<"record(address)">(club, person(50)).value<Hash>(), keccak256("record"));
    ASSERT_TRUE(review(50, true).ok());
    EXPECT_EQ(status(50), Status::accepted);
    EXPECT_EQ(world.ask<"at(uint256)">(club, 0_u256).value<Address>(), person(50));
    EXPECT_TRUE(review(50, false).refused_with(recipients::NotReviewable{person(50), 2}));
    EXPECT_TRUE(enroll(50).refused_with(recipients::AlreadyAccepted{person(50)}));
}

TEST_F(RecipientsTest, who_was_rejected_may_try_again) {
    enroll(50);
    review(50, false);
    EXPECT_EQ(status(50), Status::rejected);
    enroll(50);
    EXPECT_EQ(status(50), Status::registered);
    review(50, false);
    ASSERT_TRUE(review(50, true).ok()) << "a reviewer may think better of it";
}

TEST_F(RecipientsTest, no_more_are_accepted_than_fit) {
    for (uint16_t n = 0; n < recipients_max; ++n) {
        enroll(static_cast<uint16_t>(1'000 + n));
        ASSERT_TRUE(review(static_cast<uint16_t>(1'000 + n), true).ok());
    }
    enroll(50);
    EXPECT_TRUE(review(50, true).refused_with(recipients::TooManyRecipients{u256{recipients_max}}));
    EXPECT_TRUE(review(50, false).ok());
    EXPECT_TRUE(world.ask<"at(uint256)">(club, u256{recipients_max})
                    .refused_as<recipients::UnknownRecipient>());
}

TEST_F(RecipientsTest, an_acceptance_that_is_undone_breaks_an_invariant) {
    world.expect_broken_invariants();
    enroll(50);
    review(50, true);
    const auto breaks = [](const Outcome& out) {
        return out.broken.find("R-1") != std::string::npos;
    };
    EXPECT_TRUE(breaks(world.send<"undo(address)">(person(9), club, person(50))));
    EXPECT_TRUE(breaks(world.send<"shrink()">(person(9), club)));
}

}  // namespace
}  // namespace plume
