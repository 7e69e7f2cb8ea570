#include "contracts/claims.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::World;

/// Nothing but the state of claims.
class Claimed : public Contract {
public:
    using Contract::Contract;
    void construct() { claims::set_panel(*this, Bytes{1}, u128{40_u256}); }
    void begin(u256 bond) { claims::begin(*this, TrancheId{0}, sender(), bond); }
    void open(u256 number) { claims::open(*this, TrancheId{0}, number, sender()); }
    void stand() { claims::end(*this, TrancheId{0}, claims::Stage::stands); }
    u256 take() { return claims::take_bond(*this, TrancheId{0}); }
    bool is_open() const { return claims::is_open(*this, TrancheId{0}); }
    uint64_t last_second(uint64_t deadline) const {
        return claims::last_second(*this, TrancheId{0}, deadline);
    }
    static constexpr auto constructor = Method<"constructor()", &Claimed::construct>{};
    static constexpr auto abi = Methods<
        Method<"begin(uint256 bond)", &Claimed::begin>,
        Method<"open(uint256 number)", &Claimed::open>, Method<"stand()", &Claimed::stand>,
        Method<"take() returns (uint256)", &Claimed::take>,
        Method<"isOpen() view returns (bool)", &Claimed::is_open>,
        Method<"lastSecond(uint64 deadline) view returns (uint64)", &Claimed::last_second>>{};
};

const std::vector<NativeType> types{native_type<Claimed>(60'082, 1, "Claimed")};

class ClaimsTest : public testing::Test {
protected:
    template <FixedText signature, class... T>
    Outcome send(const T&... arguments) {
        return world.send<signature>(person(1), contract, arguments...);
    }
    uint64_t last_second(uint64_t deadline) {
        return send<"lastSecond(uint64)">(deadline).value<uint64_t>();
    }

    World world{types};
    Address contract = world.create(person(1), "Claimed", {}).value<Address>();
};

TEST_F(ClaimsTest, a_dispute_gives_back_the_time_that_it_takes_and_no_more) {
    const uint64_t start = world.block().timestamp;
    EXPECT_EQ(last_second(start), start);
    send<"open(uint256)">(7_u256);
    const uint64_t until = start + claims::arbitration_max_seconds;
    EXPECT_EQ(last_second(start), until + claims::grace_seconds);
    EXPECT_EQ(last_second(until * 2), until * 2) << "none of what is left anyway";
    world.advance(100);
    send<"stand()">();
    EXPECT_EQ(last_second(start), start + 100 + claims::grace_seconds);
}

TEST_F(ClaimsTest, a_dispute_ends_by_itself) {
    send<"open(uint256)">(7_u256);
    world.advance(claims::arbitration_max_seconds);
    EXPECT_TRUE(send<"isOpen()">().value<bool>());
    world.advance(1);
    EXPECT_FALSE(send<"isOpen()">().value<bool>());
}

TEST_F(ClaimsTest, a_bond_is_taken_once) {
    send<"begin(uint256)">(40_u256);
    EXPECT_EQ(send<"take()">().value<u256>(), 40_u256);
    EXPECT_EQ(send<"take()">().value<u256>(), 0_u256);
}

}  // namespace
}  // namespace plume
