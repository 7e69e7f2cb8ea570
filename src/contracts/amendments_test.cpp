#include "contracts/amendments.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using amendments::Stage;
using test::Outcome;
using test::person;
using test::World;

/// Nothing but the state of amendments.
class Amendable : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    u256 propose() { return u256{amendments::propose(*this, TrancheId{3}, Tranche{})}; }
    void agree(u256 shares) { amendments::set_agreement(*this, sender(), true, shares); }
    void accept() { amendments::accept(*this); }
    void put_in_force() { amendments::put_in_force(*this); }
    void moved(Address from, u256 left) { amendments::moved(*this, from, left); }
    uint8_t stage() const { return static_cast<uint8_t>(amendments::status(*this).stage); }
    u256 agreeing() const { return amendments::status(*this).agreeing; }
    u256 shares_of(Address party) const { return amendments::agreed_shares(*this, party); }
    static constexpr auto constructor = Method<"constructor()", &Amendable::construct>{};
    static constexpr auto abi =
        Methods<Method<"propose() returns (uint256)", &Amendable::propose>,
                Method<"agree(uint256 shares)", &Amendable::agree>,
                Method<"accept()", &Amendable::accept>,
                Method<"putInForce()", &Amendable::put_in_force>,
                Method<"moved(address from, uint256 left)", &Amendable::moved>,
                Method<"stage() view returns (uint8)", &Amendable::stage>,
                Method<"agreeing() view returns (uint256)", &Amendable::agreeing>,
                Method<"sharesOf(address party) view returns (uint256)", &Amendable::shares_of>>{};
};

const std::vector<NativeType> types{native_type<Amendable>(60'083, 1, "Amendable")};
const Address ann = person(1);
const Address bob = person(2);

class AmendmentsTest : public testing::Test {
protected:
    Stage stage() { return Stage{world.ask<"stage()">(contract).value<uint8_t>()}; }
    u256 agreeing() { return world.ask<"agreeing()">(contract).value<u256>(); }
    u256 shares_of(const Address& party) {
        return world.ask<"sharesOf(address)">(contract, party).value<u256>();
    }
    Outcome agree(const Address& party, const u256& shares) {
        return world.send<"agree(uint256)">(party, contract, shares);
    }
    void leave_with(const Address& party, const u256& left) {
        world.send<"moved(address,uint256)">(ann, contract, party, left);
    }

    World world{types};
    Address contract = world.create(ann, "Amendable", {}).value<Address>();
};

TEST_F(AmendmentsTest, agreements_add_up_and_are_replaced) {
    EXPECT_EQ(stage(), Stage::none);
    EXPECT_EQ(world.send<"propose()">(ann, contract).value<u256>(), 1_u256);
    agree(ann, 5_u256);
    agree(bob, 7_u256);
    EXPECT_EQ(agreeing(), 12_u256);
    agree(ann, 2_u256);
    EXPECT_EQ(agreeing(), 9_u256);
}

TEST_F(AmendmentsTest, another_proposal_begins_without_agreements) {
    world.send<"propose()">(ann, contract);
    agree(ann, 5_u256);
    EXPECT_EQ(world.send<"propose()">(ann, contract).value<u256>(), 2_u256);
    EXPECT_EQ(agreeing(), 0_u256);
    EXPECT_EQ(shares_of(ann), 0_u256);
}

TEST_F(AmendmentsTest, shares_that_go_away_agree_no_more) {
    world.send<"propose()">(ann, contract);
    agree(ann, 5_u256);
    leave_with(ann, 9_u256);
    EXPECT_EQ(agreeing(), 5_u256) << "he has more than he agrees with";
    leave_with(ann, 3_u256);
    EXPECT_EQ(agreeing(), 3_u256);
    EXPECT_EQ(shares_of(ann), 3_u256);
}

TEST_F(AmendmentsTest, what_is_in_force_stays_agreed) {
    world.send<"propose()">(ann, contract);
    agree(ann, 5_u256);
    world.send<"accept()">(ann, contract);
    world.send<"putInForce()">(ann, contract);
    leave_with(ann, 0_u256);
    EXPECT_EQ(agreeing(), 5_u256);
}

TEST_F(AmendmentsTest, a_proposal_is_void_the_second_after_its_last) {
    world.send<"propose()">(ann, contract);
    world.advance(amendments::proposal_seconds);
    EXPECT_EQ(stage(), Stage::proposed);
    world.advance(1);
    EXPECT_EQ(stage(), Stage::void_);
}

TEST_F(AmendmentsTest, so_is_an_acceptance) {
    world.send<"propose()">(ann, contract);
    world.advance(amendments::proposal_seconds);
    world.send<"accept()">(ann, contract);
    world.advance(amendments::acceptance_seconds);
    EXPECT_EQ(stage(), Stage::accepted);
    world.advance(1);
    EXPECT_EQ(stage(), Stage::void_);
}

}  // namespace
}  // namespace plume
