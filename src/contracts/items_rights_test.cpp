// Rights when items are taken by force, and the tokens that stand for whole ones.
#include <gtest/gtest.h>

#include "contracts/token.hpp"
#include "support/items.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ItemsWorld;
using test::Outcome;
using test::person;

const Address ada = ItemsWorld::owner(0);
const Address bob = ItemsWorld::owner(1);
const Address tenant = ItemsWorld::owner(2);
const Address eve = person(99);
const Hash operate = keccak256("Operate()");
constexpr uint64_t house = 1;
constexpr uint64_t gpu = 2;
constexpr uint64_t year = 365 * 86'400;

class ItemRights : public testing::Test {
protected:
    ItemRights() {
        world.issue(ada, house, 1);
        world.issue(ada, gpu, 10);
    }
    Address user_of(uint64_t id) { return world.read<"userOf(uint256)", Address>(u256{id}); }
    u256 tokens_of(const Address& token, const Address& holder) {
        return world.ask<"balanceOf(address)">(token, holder).value<u256>();
    }

    ItemsWorld world;
};

TEST_F(ItemRights, go_along_when_their_items_are_taken_by_force) {
    ASSERT_TRUE(world.let(ada, tenant, gpu, 3, year).ok());
    ASSERT_TRUE(world.commit(ada, gpu, 5).ok());
    ASSERT_TRUE(world.grant(ada, 1, operate, tenant, world.now() + year, false).ok());
    EXPECT_TRUE(world.force(ada, bob, gpu, 4_u256).refused_as<usage::UserRecordIndivisible>());
    ASSERT_TRUE(world.force(ada, bob, gpu, 5_u256).ok());  // 2 free, and the record of 3
    EXPECT_EQ(world.user_record(1).owner, bob);
    ASSERT_TRUE(world.force(ada, bob, gpu, 5_u256).ok());
    EXPECT_EQ((world.read<"grantorOf(uint256)", Address>(1_u256)), bob);
    EXPECT_TRUE(world.release(bob, 1).refused_as<commitments::RoleNotRevocable>());
    EXPECT_EQ(world.balance(ada, gpu), 0_u256);
    EXPECT_EQ(world.usable(bob, gpu), 2_u256);
}

TEST_F(ItemRights, as_tokens_stand_for_a_whole_item_and_give_it_back) {
    ASSERT_TRUE(world.let(ada, tenant, house, 1, year).ok());
    const Outcome out = world.fractionalize(ada, house, 1'000);
    ASSERT_TRUE(out.ok());
    const Address token = out.value<Address>();
    EXPECT_TRUE(world.ask<"isLaunched(address)">(contracts::launcher, token).value<bool>());
    EXPECT_EQ(tokens_of(token, ada), 1'000_u256);
    EXPECT_EQ(world.balance(world.items(), house), 1_u256);
    EXPECT_EQ(user_of(house), tenant) << "who uses it stays";
    EXPECT_FALSE(world.ask<"mintable()">(token).value<bool>());
    EXPECT_EQ((world.read<"itemOf(uint256)", ItemTerms>(u256{house}).token), token);
    const AssetItems::IsFractionalized taken{u256{house}, token};
    EXPECT_TRUE(world.mint(ada, house, 1_u256).refused_with(taken));
    EXPECT_TRUE(world.fractionalize(ada, house, 1).refused_with(taken));
    EXPECT_TRUE(world.force(world.items(), eve, house, 1_u256).refused_with(taken));

    const auto pay = [&](const Address& from, const Address& to, const u256& amount) {
        ASSERT_TRUE(world.send<"transfer(address,uint256)">(from, token, to, amount).ok());
    };
    pay(ada, bob, 1_u256);
    EXPECT_TRUE(world.redeem(ada, house, ada)
                    .refused_with(AssetItems::NotWhole{u256{house}, 999_u256, 1'000_u256}));
    pay(ada, bob, 999_u256);
    EXPECT_TRUE(world.redeem(bob, house, bob).refused_as<AssetToken::ERC20InsufficientAllowance>());
    world.send<"approve(address,uint256)">(bob, token, world.items(), 1'000_u256);
    world.freeze(world.items(), house, 1_u256);
    world.pause(house);
    EXPECT_TRUE(
        world.redeem(bob, house, {}).refused_with(AssetItems::ERC1155InvalidReceiver{Address{}}));
    ASSERT_TRUE(world.redeem(bob, house, bob).ok()) << "past a pause";
    EXPECT_EQ(world.balance(bob, house), 1_u256);
    EXPECT_EQ(world.user_record(1).owner, bob);
    EXPECT_EQ(world.ask<"totalSupply()">(token).value<u256>(), 0_u256);
    EXPECT_TRUE(
        world.redeem(bob, house, bob).refused_with(AssetItems::NotFractionalized{u256{house}}));
}

TEST_F(ItemRights, as_tokens_are_made_by_who_has_all_and_may_move_it) {
    world.give(ada, bob, gpu, 1_u256);
    EXPECT_TRUE(world.fractionalize(ada, gpu, 100)
                    .refused_with(AssetItems::NotWhole{u256{gpu}, 9_u256, 10_u256}));
    EXPECT_TRUE(world.fractionalize(ada, 9, 100).refused_with(AssetItems::UnknownItem{9_u256}));
    EXPECT_TRUE(world.fractionalize(ada, house, 0).refused_as<AssetItems::NotWhole>());
    world.freeze(ada, house, 1_u256);
    EXPECT_TRUE(world.fractionalize(ada, house, 100)
                    .refused_as<AssetItems::ERC7943InsufficientUnfrozenBalance>());
    world.freeze(ada, house, 0_u256);
    world.pause(house);
    EXPECT_TRUE(world.fractionalize(ada, house, 100).refused_as<AssetItems::ItemPaused>());
}

TEST_F(ItemRights, as_tokens_that_were_all_burned_leave_the_item_to_the_forcer) {
    const Address token = world.fractionalize(ada, house, 100).value<Address>();
    world.send<"burn(uint256)">(ada, token, 100_u256);
    EXPECT_TRUE(
        world.redeem(ada, house, ada).refused_with(AssetItems::OwnableUnauthorizedAccount{ada}));
    EXPECT_TRUE(world.redeem(world.forcer(), house, ada).ok());
    EXPECT_EQ(world.balance(ada, house), 1_u256);
}

}  // namespace
}  // namespace plume
