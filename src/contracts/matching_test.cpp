#include "contracts/matching.hpp"

#include <gtest/gtest.h>

#include "native/math.hpp"
#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::World;

class Round : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void voice(Address recipient, Address contributor, u256 value) {
        matching::voice(*this, recipient, contributor, value);
    }
    void add_weight() { set(Slot<u256>{namespace_slot("plume.matching")}, u256{9u}); }
    void voice_unsaid(Address recipient) {
        matching::voice(*this, recipient, person(1), u256{4u});
        emit(matching::Voiced{person(1), recipient, u256{4u}});
    }
    u256 weight(Address recipient) const { return matching::weight(*this, recipient); }
    u256 total() const { return matching::total(*this); }
    u256 given(Address recipient, Address contributor) const {
        return matching::given(*this, recipient, contributor);
    }
    std::optional<std::string> broken_invariant() const {
        return matching::broken_invariant(*this);
    }

    static constexpr auto constructor = Method<"constructor()", &Round::construct>{};
    static constexpr auto abi = Methods<
        Method<"voice(address recipient, address contributor, uint256 value)", &Round::voice>,
        Method<"addWeight()", &Round::add_weight>,
        Method<"voiceUnsaid(address recipient)", &Round::voice_unsaid>,
        Method<"weight(address recipient) view returns (uint256)", &Round::weight>,
        Method<"total() view returns (uint256)", &Round::total>,
        Method<"given(address recipient, address contributor) view returns (uint256)",
               &Round::given>>{};
};

class MatchingTest : public testing::Test {
protected:
    MatchingTest() : world(std::vector{native_type<Round>(60'031, 1, "Round")}) {
        round = world.create(person(9), "Round", {}).value<Address>();
    }
    Outcome voice(uint16_t recipient, uint16_t contributor, const u256& value) {
        return world.send<"voice(address,address,uint256)">(person(9), round, person(recipient),
                                                            person(contributor), value);
    }
    u256 weight(uint16_t recipient) {
        return world.ask<"weight(address)">(round, person(recipient)).value<u256>();
    }
    u256 total() { return world.ask<"total()">(round).value<u256>(); }

    World world;
    Address round;
};

// (1 + 2 + 3)^2 - 14 = 22; (2 * 10)^2 - 200 = 200.
TEST_F(MatchingTest, a_weight_is_the_square_of_the_roots_less_the_sum) {
    voice(50, 1, 1_u256);
    EXPECT_EQ(weight(50), 0_u256);
    voice(50, 2, 4_u256);
    EXPECT_EQ(weight(50), 4_u256);
    voice(50, 3, 9_u256);
    EXPECT_EQ(weight(50), 22_u256);
    voice(51, 1, 100_u256);
    voice(51, 2, 100_u256);
    EXPECT_EQ(weight(51), 200_u256);
    EXPECT_EQ(total(), 222_u256);
}

TEST_F(MatchingTest, the_sum_of_a_contributor_counts_not_its_parts) {
    for (int i = 0; i < 9; ++i) voice(50, 1, 1_u256);
    EXPECT_EQ(weight(50), 0_u256);
    voice(50, 2, 9_u256);
    EXPECT_EQ(weight(50), 18_u256);
    EXPECT_EQ(world.ask<"given(address,address)">(round, person(50), person(1)).value<u256>(),
              9_u256);
}

TEST_F(MatchingTest, a_root_that_does_not_come_out_even_gains_nothing) {
    voice(50, 1, 2_u256);
    EXPECT_EQ(weight(50), 0_u256) << "1 - 2 is no weight below 0";
    voice(50, 2, 3_u256);
    EXPECT_EQ(weight(50), 0_u256);
    EXPECT_EQ(total(), 0_u256);
}

TEST_F(MatchingTest, the_largest_sums_fit) {
    const u256 large = (1_u256 << 127) - 1_u256;
    ASSERT_TRUE(voice(50, 1, large).ok());
    ASSERT_TRUE(voice(50, 2, large).ok());
    EXPECT_GT(weight(50), large);
    EXPECT_TRUE(voice(50, 3, 4_u256).refused_with(Panic{panic_arithmetic}));
}

TEST_F(MatchingTest, sums_that_do_not_agree_break_an_invariant) {
    world.expect_broken_invariants();
    const auto breaks = [](const Outcome& out) {
        return out.broken.find("M-1") != std::string::npos;
    };
    EXPECT_TRUE(breaks(world.send<"addWeight()">(person(9), round)));
    EXPECT_TRUE(breaks(world.send<"voiceUnsaid(address)">(person(9), round, person(50))));
}

}  // namespace
}  // namespace plume
