#include "contracts/split.hpp"

#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;

class Split : public test::RegulatedTokenTest {
protected:
    Outcome set(const u256& multiplier, uint64_t effective_at) {
        return world.send<"setUIMultiplier(uint256,uint256)">(splitter, token, multiplier,
                                                              u256{effective_at});
    }
    u256 multiplier() { return world.ask<"uiMultiplier()">(token).value<u256>(); }
    u256 shown(const Address& account) {
        return world.ask<"balanceOfUI(address)">(token, account).value<u256>();
    }
    uint64_t now() { return world.block().timestamp; }
    const u256 one = split::one;
};

TEST_F(Split, without_one_as_much_is_shown_as_there_is) {
    EXPECT_EQ(multiplier(), one);
    EXPECT_EQ(shown(alice), u256{1'000u});
    EXPECT_EQ(world.ask<"newUIMultiplier()">(token).value<u256>(), one);
    EXPECT_EQ(world.ask<"effectiveAt()">(token).value<u256>(), u256{});
}

TEST_F(Split, two_for_one_shows_twice_as_much_and_touches_no_balance) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(encumber(alice, bob, 10).ok());
    const Outcome out = set(one + one, now() + 100);
    EXPECT_EQ(out.events<split::UIMultiplierUpdated>(token),
              (std::vector{std::tuple(one, one + one, u256{now()}, u256{now() + 100})}));
    EXPECT_EQ(multiplier(), one);
    EXPECT_EQ(world.ask<"newUIMultiplier()">(token).value<u256>(), one + one);
    world.advance(100);
    EXPECT_EQ(multiplier(), one + one);
    EXPECT_EQ(shown(alice), u256{2'000u});
    EXPECT_EQ(world.ask<"totalSupplyUI()">(token).value<u256>(), u256{2'000u});
    EXPECT_EQ(balance(alice), u256{1'000u});
    EXPECT_EQ(votes_of(alice), u256{1'000u});
    EXPECT_EQ(held(alice), u256{10u});
    EXPECT_EQ(world.ask<"toUIAmount(uint256)">(token, u256{3u}).value<u256>(), u256{6u});
    EXPECT_EQ(world.ask<"fromUIAmount(uint256)">(token, u256{7u}).value<u256>(), u256{3u})
        << "rounded down";
}

TEST_F(Split, one_that_is_announced_can_be_replaced) {
    ASSERT_TRUE(set(one + one, now() + 100).ok());
    world.advance(50);
    ASSERT_TRUE(set(one + one + one, now() + 100).ok());
    world.advance(60);
    EXPECT_EQ(multiplier(), one) << "the first was never in effect";
    world.advance(40);
    EXPECT_EQ(multiplier(), one + one + one);
}

TEST_F(Split, bounds) {
    using split::InvalidEffectiveTime;
    using split::InvalidMultiplier;
    const u256 most = split::multiplier_limit;
    EXPECT_TRUE(set({}, now() + 1).refused_with(InvalidMultiplier{u256{}, most}));
    EXPECT_TRUE(
        set(most + u256{1u}, now() + 1).refused_with(InvalidMultiplier{most + u256{1u}, most}));
    EXPECT_TRUE(set(most, now() + 1).ok());
    EXPECT_TRUE(set(one, now()).refused_with(InvalidEffectiveTime{u256{now()}}));
    const uint64_t latest = now() + split::announcement_span_max_seconds;
    EXPECT_TRUE(set(one, latest + 1).refused_with(InvalidEffectiveTime{u256{latest + 1}}));
    EXPECT_TRUE(set(one, latest).ok());
}

}  // namespace
}  // namespace plume
