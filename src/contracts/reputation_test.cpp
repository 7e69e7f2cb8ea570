#include "contracts/reputation.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using test::person;

/// A contract that keeps a reputation of whomever it is told.
class Judge : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void note(Address subject, u256 weight, bool is_good) {
        reputation::record(*this, subject, topic(), weight, is_good);
    }
    std::tuple<i256, uint64_t> read(Address subject) const {
        return {reputation::score(*this, subject, topic()),
                reputation::count(*this, subject, topic())};
    }

    static constexpr auto constructor = Method<"constructor()", &Judge::construct>{};
    static constexpr auto abi =
        Methods<Method<"note(address subject, uint256 weight, bool isGood)", &Judge::note>,
                Method<"read(address subject) view returns (int256, uint64)", &Judge::read>>{};

private:
    static Hash topic() { return reputation::topic_of(person(7), Hash{{1}}); }
};

class ReputationTest : public testing::Test {
protected:
    ReputationTest()
        : world(std::vector<NativeType>{native_type<Judge>(60'102, 1, "Judge")}),
          judge(world.create(person(1), "Judge", {}).value<Address>()) {}

    void note(const u256& weight, bool is_good) {
        world.send<"note(address,uint256,bool)">(person(1), judge, person(2), weight, is_good);
    }
    std::tuple<i256, uint64_t> read() {
        return *abi::decode<i256, uint64_t>(
            world.ask<"read(address)">(judge, person(2)).result.output);
    }
    i256 score() { return std::get<0>(read()); }

    test::World world;
    Address judge;
};

TEST_F(ReputationTest, is_the_sum_of_outcomes) {
    note(100_u256, true);
    note(30_u256, false);
    EXPECT_EQ(score(), i256::of(70));
    note(100_u256, false);
    EXPECT_EQ(score(), i256::of(-30));
    EXPECT_EQ(std::get<1>(read()), 3u);
}

TEST_F(ReputationTest, halves_towards_zero_with_each_period_that_begins) {
    note(7_u256, false);
    const uint64_t into = world.block().timestamp % reputation::halving_seconds;
    world.advance(reputation::halving_seconds - into - 1);
    EXPECT_EQ(score(), i256::of(-7)) << "the last second of the period";
    world.advance(1);
    EXPECT_EQ(score(), i256::of(-3));
    note(1_u256, true);
    EXPECT_EQ(score(), i256::of(-2)) << "what is new counts whole";
    world.advance(reputation::halving_seconds * 2);
    EXPECT_EQ(score(), i256::of(0));
}

TEST_F(ReputationTest, of_any_size_and_age_is_a_number) {
    for (int i = 0; i < 4; ++i) note((u256{1u} << 130) - 1_u256, true);
    EXPECT_EQ(score().bits, ((u256{1u} << 130) - 1_u256) * 4_u256);
    world.advance(reputation::halving_seconds * 255);
    EXPECT_EQ(score(), i256::of(0));
    world.advance(reputation::halving_seconds * 1'000);
    EXPECT_EQ(score(), i256::of(0));
}

TEST_F(ReputationTest, starts_at_nothing) {
    EXPECT_EQ(read(), (std::tuple{i256::of(0), uint64_t{0}}));
}

}  // namespace
}  // namespace plume
