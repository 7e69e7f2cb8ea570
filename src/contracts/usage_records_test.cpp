#include "contracts/usage_records.hpp"

#include <gtest/gtest.h>

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
const Address meter = person(50);
const Address eve = person(99);
constexpr uint64_t house = 1;
constexpr uint64_t gpu = 2;
constexpr uint64_t year = 365 * 86'400;

class UsageRecords : public testing::Test {
protected:
    UsageRecords() {
        world.issue(ada, house, 1);
        world.issue(ada, gpu, 10);
    }
    Outcome set_user(const Address& caller, const Address& user, uint64_t expires) {
        return world.send<"setUser(uint256,address,uint64)">(caller, world.items(), u256{house},
                                                             user, expires);
    }
    Address user_of(uint64_t id) { return world.read<"userOf(uint256)", Address>(u256{id}); }

    ItemsWorld world;
};

TEST_F(UsageRecords, give_the_use_of_an_amount_until_a_time) {
    const Outcome out = world.let(ada, tenant, gpu, 4, year);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 1_u256);
    const auto events = out.events<usage::CreateUserRecord>(world.items());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0],
              std::tuple(1_u256, u256{gpu}, uint64_t{4}, ada, tenant, world.now() + year));
    EXPECT_EQ(world.let_by(ada, gpu), 4_u256);
    EXPECT_EQ(world.usable(ada, gpu), 6_u256);
    EXPECT_EQ(world.usable(tenant, gpu), 4_u256);
    EXPECT_EQ(world.balance(ada, gpu), 10_u256) << "the owner stays the owner";
    EXPECT_TRUE(
        world.let(ada, tenant, gpu, 7, year)
            .refused_with(AssetItems::InsufficientFreeBalance{ada, u256{gpu}, 6_u256, 7_u256}));
    world.advance(year - 1);
    EXPECT_EQ(world.usable(tenant, gpu), 4_u256);
    world.advance(1);
    EXPECT_EQ(world.usable(tenant, gpu), 0_u256);
    EXPECT_EQ(world.usable(ada, gpu), 10_u256) << "it ends by itself";
}

TEST_F(UsageRecords, are_for_somebody_of_something_until_later) {
    using Invalid = usage::InvalidUserRecord;
    EXPECT_TRUE(world.let(ada, {}, gpu, 1, year).refused_as<Invalid>());
    EXPECT_TRUE(world.let(ada, tenant, gpu, 0, year).refused_as<Invalid>());
    EXPECT_TRUE(world.let(ada, tenant, gpu, 1, 0).refused_as<Invalid>());
    EXPECT_TRUE(world
                    .send<"createUserRecord(address,address,uint256,uint64,uint64)">(
                        eve, world.items(), ada, eve, u256{gpu}, uint64_t{1}, world.now() + 1)
                    .refused_with(AssetItems::ERC1155MissingApprovalForAll{eve, ada}));
}

TEST_F(UsageRecords, end_early_only_by_their_user) {
    ASSERT_TRUE(world.let(ada, tenant, gpu, 4, year).ok());
    EXPECT_TRUE(world.end(ada, 1).refused_with(AssetItems::MayNotEndRecord{1_u256, ada}));
    EXPECT_TRUE(world.end(tenant, 1).ok());
    EXPECT_TRUE(world.end(tenant, 1).refused_with(usage::UnknownUserRecord{1_u256}));
    EXPECT_EQ(world.usable(ada, gpu), 10_u256);
    ASSERT_TRUE(world.let(ada, tenant, gpu, 4, year).ok());
    world.advance(year);
    EXPECT_TRUE(world.end(ada, 2).ok()) << "what is over may be cleared away";
    EXPECT_TRUE(world.end(ada, u256_max.low64()).refused_as<usage::UnknownUserRecord>());
}

TEST_F(UsageRecords, survive_a_sale) {
    ASSERT_TRUE(world.let(ada, tenant, house, 1, year).ok());
    EXPECT_TRUE(world.can_transfer(ada, bob, house, 1_u256));
    const Outcome out = world.give(ada, bob, house, 1_u256);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<usage::UserRecordMoved>(world.items()).size(), 1u);
    EXPECT_EQ(world.user_record(1).owner, bob);
    EXPECT_EQ(world.user_record(1).user, tenant);
    EXPECT_EQ(world.usable(tenant, house), 1_u256);
    EXPECT_EQ(world.usable(bob, house), 0_u256);
    EXPECT_EQ(world.let_by(ada, house), 0_u256);
    EXPECT_EQ(world.let_by(bob, house), 1_u256);
    EXPECT_TRUE(world.end(bob, 1).refused_as<AssetItems::MayNotEndRecord>());
    world.advance(year);
    EXPECT_EQ(world.usable(bob, house), 1_u256) << "then the use is the buyer's";
}

TEST_F(UsageRecords, move_whole_and_after_what_is_free) {
    ASSERT_TRUE(world.let(ada, tenant, gpu, 4, year).ok());
    ASSERT_TRUE(world.let(ada, tenant, gpu, 3, year).ok());  // 3 are free
    ASSERT_TRUE(world.give(ada, bob, gpu, 2_u256).ok());
    EXPECT_EQ(world.let_by(bob, gpu), 0_u256);
    EXPECT_FALSE(world.can_transfer(ada, bob, gpu, 3_u256));
    EXPECT_TRUE(world.give(ada, bob, gpu, 3_u256)
                    .refused_with(usage::UserRecordIndivisible{ada, u256{gpu}, 2_u256}));
    EXPECT_TRUE(world.can_transfer(ada, bob, gpu, 4_u256)) << "1 free, and the record of 3";
    ASSERT_TRUE(world.give(ada, bob, gpu, 4_u256).ok());
    EXPECT_EQ(world.user_record(1).owner, ada);
    EXPECT_EQ(world.user_record(2).owner, bob);
    ASSERT_TRUE(world.give(ada, bob, gpu, 4_u256).ok());
    EXPECT_EQ(world.let_by(bob, gpu), 7_u256);
    EXPECT_TRUE(world.give(bob, bob, gpu, 9_u256).ok()) << "nothing moves to oneself";
    EXPECT_TRUE(
        world.burn(bob, gpu, 4_u256)
            .refused_with(AssetItems::InsufficientFreeBalance{bob, u256{gpu}, 3_u256, 4_u256}));
    EXPECT_TRUE(world.burn(bob, gpu, 3_u256).ok());
}

TEST_F(UsageRecords, are_sixteen_for_an_owner_and_for_a_user) {
    world.issue(ada, 7, 40);
    world.issue(bob, 8, 40);
    for (uint16_t n = 0; n < usage::owner_records_max; ++n)
        ASSERT_TRUE(world.let(ada, person(static_cast<uint16_t>(100 + n)), 7, 1, year).ok());
    EXPECT_TRUE(world.let(ada, tenant, 7, 1, year)
                    .refused_with(usage::TooManyUserRecords{ada, 7_u256, 16_u256}));
    for (uint64_t n = 0; n < usage::user_records_max; ++n)
        ASSERT_TRUE(world.let(bob, tenant, 8, 1, year).ok());
    EXPECT_TRUE(world.give(bob, ada, 8, 24_u256).ok());
    EXPECT_TRUE(world.let(ada, tenant, 8, 1, year)
                    .refused_with(usage::TooManyUserRecords{tenant, 8_u256, 16_u256}));
    ASSERT_TRUE(world.let(ada, eve, 8, 1, year).ok());
    EXPECT_FALSE(world.can_transfer(bob, ada, 8, 16_u256)) << "17 would be one too many";
    EXPECT_TRUE(world.give(bob, ada, 8, 16_u256)
                    .refused_with(usage::TooManyUserRecords{ada, 8_u256, 16_u256}));
    EXPECT_TRUE(world.can_transfer(bob, ada, 8, 15_u256));
    EXPECT_TRUE(world.give(bob, ada, 8, 15_u256).ok());
    world.advance(year);
    EXPECT_TRUE(world.let(ada, tenant, 7, 1, year).ok()) << "ended ones make room";
}

TEST_F(UsageRecords, with_a_meter_are_counted_down_to_their_end) {
    ASSERT_TRUE(world.let_metered(ada, tenant, gpu, 4, year, meter, 100).ok());
    EXPECT_TRUE(world.consume(tenant, 1, 1).refused_with(usage::NotTheMeter{meter, tenant}));
    const Outcome out = world.consume(meter, 1, 60);
    const auto events = out.events<usage::Consumed>(world.items());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], std::tuple(1_u256, meter, 60_u256, 40_u256));
    EXPECT_TRUE(
        world.consume(meter, 1, 41).refused_with(usage::UsageExceeded{1_u256, 40_u256, 41_u256}));
    ASSERT_TRUE(world.give(ada, bob, gpu, 10_u256).ok());
    EXPECT_TRUE(world.consume(meter, 1, 40).ok()) << "after a sale as before";
    EXPECT_EQ(world.usable(tenant, gpu), 0_u256);
    EXPECT_EQ(world.usable(bob, gpu), 10_u256);
    EXPECT_TRUE(world.consume(meter, 1, 0).refused_with(usage::UnknownUserRecord{1_u256}));

    ASSERT_TRUE(world.let(bob, tenant, gpu, 4, year).ok());
    EXPECT_TRUE(world.consume({}, 2, 0).refused_as<usage::NotTheMeter>()) << "not metered";
    ASSERT_TRUE(world.let_metered(bob, tenant, gpu, 4, year, meter, 100).ok());
    world.advance(year);
    EXPECT_TRUE(world.consume(meter, 3, 1).refused_as<usage::UnknownUserRecord>());
    EXPECT_TRUE(
        world.let_metered(bob, tenant, gpu, 1, 1, {}, 1).refused_as<usage::InvalidUserRecord>());
    EXPECT_TRUE(
        world.let_metered(bob, tenant, gpu, 1, 1, meter, 0).refused_as<usage::InvalidUserRecord>());
}

TEST_F(UsageRecords, of_a_single_item_are_its_user) {
    const uint64_t expires = world.now() + year;
    EXPECT_TRUE(
        set_user(eve, tenant, expires).refused_as<AssetItems::ERC1155InsufficientBalance>());
    const Outcome out = set_user(ada, tenant, expires);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<AssetItems::UpdateUser>(world.items()).size(), 1u);
    EXPECT_EQ(user_of(house), tenant);
    EXPECT_EQ(world.read<"userExpires(uint256)">(u256{house}), u256{expires});
    EXPECT_TRUE(set_user(ada, eve, expires)
                    .refused_with(AssetItems::UserStays{u256{house}, tenant, u256{expires}}));
    EXPECT_TRUE(set_user(ada, {}, 0).refused_as<AssetItems::UserStays>());
    EXPECT_TRUE(set_user(ada, tenant, expires - 1).refused_as<AssetItems::UserStays>());
    EXPECT_TRUE(set_user(ada, tenant, expires + 1).ok());
    ASSERT_TRUE(world.give(ada, bob, house, 1_u256).ok());
    EXPECT_EQ(user_of(house), tenant) << "a sale evicts nobody";
    const Outcome gone = world.end(tenant, 1);
    const auto events = gone.events<AssetItems::UpdateUser>(world.items());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(std::get<1>(events[0]), Address{});
    EXPECT_EQ(user_of(house), Address{});
    EXPECT_TRUE(set_user(bob, eve, expires).ok());
    world.advance(year);
    EXPECT_EQ(user_of(house), Address{});
    EXPECT_TRUE(set_user(bob, {}, 0).ok());
    EXPECT_TRUE(world
                    .send<"setUser(uint256,address,uint64)">(ada, world.items(), u256{gpu}, tenant,
                                                             world.now() + 1)
                    .refused_with(AssetItems::NotSingle{u256{gpu}, 10_u256}));
    EXPECT_EQ(user_of(gpu), Address{});
}

}  // namespace
}  // namespace plume
