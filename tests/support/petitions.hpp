// An arbitrable that brings disputes before the arbitrator, and what tests of disputes share.
#pragma once

#include <gtest/gtest.h>

#include "support/arbitration.hpp"

namespace plume::test {

using namespace literals;

/// An arbitrable that does with rulings as it is told.
class Petitioner : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void behave(uint8_t how) { set(how_, how); }
    u256 open(Address arbitrator, u256 choices, Bytes extra_data, Address token, u256 fee) {
        using Create = Remote<
            "createDispute(uint256 choices, bytes extraData, address feeToken, uint256 feeAmount) "
            "returns (uint256)",
            u256, u256, Bytes, Address, u256>;
        erc20::try_approve(*this, token, arbitrator, fee);
        return Create::call(*this, arbitrator, choices, extra_data, token, fee);
    }
    u256 reclaim(Address arbitrator, u256 id) {
        using Reclaim = Remote<"reclaimFee(uint256 disputeID) returns (uint256)", u256, u256>;
        return Reclaim::call(*this, arbitrator, id);
    }
    void rule(u256 id, u256 ruling) {
        const uint8_t how = get(how_);
        require(how != 1, ErrorString{"no"});
        while (how == 2) charge(10'000);  // Uses up all it is given.
        if (how == 3) {
            using Execute = Remote<"executeRuling(uint256 disputeID) returns (bool)", bool, u256>;
            Execute::call(*this, sender(), id);
        }
        set(ruling_, ruling);
        set(times_, get(times_) + 1_u256);
    }
    u256 ruling() const { return get(ruling_); }
    u256 times() const { return get(times_); }

    static constexpr auto constructor = Method<"constructor()", &Petitioner::construct>{};
    static constexpr auto abi = Methods<
        Method<"behave(uint8 how)", &Petitioner::behave>,
        Method<"open(address arbitrator, uint256 choices, bytes extraData, address token, uint256 "
               "fee) returns (uint256)",
               &Petitioner::open>,
        Method<"reclaim(address arbitrator, uint256 id) returns (uint256)", &Petitioner::reclaim>,
        Method<"rule(uint256 id, uint256 ruling)", &Petitioner::rule>,
        Method<"ruling() view returns (uint256)", &Petitioner::ruling>,
        Method<"times() view returns (uint256)", &Petitioner::times>>{};

private:
    static constexpr Slot<u256> ruling_{0};
    static constexpr Slot<u256> times_{1};
    static constexpr Slot<uint8_t> how_{2};
};

inline const NativeType& petitioner_type() {
    static const NativeType type = native_type<Petitioner>(60'001, 1, "Petitioner");
    return type;
}

class DisputeFixture : public testing::Test {
protected:
    DisputeFixture() : world(std::span(&petitioner_type(), 1)) {
        petitioner = world.create(world.founder(), "Petitioner", {}).value<Address>();
        above = world.create_panel(world.senior_panel()).value<u256>();
        plain = world.create_panel(world.panel()).value<u256>();
        appealable = world.create_panel(world.appealable_panel(above)).value<u256>();
        world.give(petitioner, 1'000_u256);
        for (const Address& who : {alice, bob, carol}) world.give(who, 1'000_u256);
    }

    u256 open(const u256& panel, uint64_t choices = 2) {
        const Outcome out = world.send<"open(address,uint256,bytes,address,uint256)">(
            world.anyone(), petitioner, world.arbitrator(), u256{choices},
            ArbitrationWorld::encoded(panel), world.currency(), 30_u256);
        return out.value<u256>();
    }
    void behave(uint8_t how) { world.send<"behave(uint8)">(world.anyone(), petitioner, how); }
    u256 told() { return world.ask<"ruling()">(petitioner).value<u256>(); }
    u256 times() { return world.ask<"times()">(petitioner).value<u256>(); }
    Outcome reclaim(const u256& id) {
        return world.send<"reclaim(address,uint256)">(world.anyone(), petitioner,
                                                      world.arbitrator(), id);
    }
    static Address juror(uint16_t n) { return ArbitrationWorld::juror(n); }
    static Address senior(uint16_t n) { return ArbitrationWorld::senior(n); }

    const Address alice = person(61);
    const Address bob = person(62);
    const Address carol = person(63);
    ArbitrationWorld world;
    Address petitioner;
    u256 above, plain, appealable;
};

}  // namespace plume::test
