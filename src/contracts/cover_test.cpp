#include "contracts/cover.hpp"

#include <gtest/gtest.h>

#include "support/revenue.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::RevenueWorld;

/// Books whatever it is told.
class Booker : public Contract {
public:
    using Contract::Contract;
    void construct(Address currency) { set(currency_, currency); }
    void book(u256 amount) { set(booked_, amount); }
    void pay(Address to, u256 amount) { erc20::try_transfer(*this, get(currency_), to, amount); }
    std::optional<std::string> broken_invariant() const {
        return cover::broken_by(*this, get(currency_), get(booked_), before(booked_));
    }
    static constexpr auto constructor =
        Method<"constructor(address currency)", &Booker::construct>{};
    static constexpr auto abi = Methods<Method<"book(uint256 amount)", &Booker::book>,
                                        Method<"pay(address to, uint256 amount)", &Booker::pay>>{};

private:
    static constexpr Slot<Address> currency_{0};
    static constexpr Slot<u256> booked_{1};
};

class CoverTest : public testing::Test {
protected:
    CoverTest() : world({native_type<Booker>(60'103, 1, "Booker")}) {
        booker = world.create(person(1), "Booker", {}, world.euro()).value<Address>();
        world.give(world.euro(), person(1), booker, 100_u256);
        world.expect_broken_invariants();
    }
    bool breaks(const Outcome& out) { return out.broken.find("V-12") != std::string::npos; }

    RevenueWorld world;
    Address booker;
};

TEST_F(CoverTest, what_is_there_may_be_booked_and_not_a_unit_more) {
    EXPECT_FALSE(breaks(world.send<"book(uint256)">(person(2), booker, 100_u256)));
    EXPECT_TRUE(breaks(world.send<"book(uint256)">(person(2), booker, 101_u256)));
}

TEST_F(CoverTest, what_is_booked_may_not_be_paid_out) {
    world.send<"book(uint256)">(person(2), booker, 90_u256);
    EXPECT_FALSE(breaks(world.send<"pay(address,uint256)">(person(2), booker, person(3), 10_u256)));
    EXPECT_TRUE(breaks(world.send<"pay(address,uint256)">(person(2), booker, person(3), 1_u256)));
}

}  // namespace
}  // namespace plume
