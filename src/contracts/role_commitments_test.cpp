#include "contracts/role_commitments.hpp"

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
const Address eve = person(99);
const Hash operate = keccak256("Operate()");
constexpr uint64_t house = 1;
constexpr uint64_t gpu = 2;
constexpr uint64_t year = 365 * 86'400;

class RoleCommitments : public testing::Test {
protected:
    RoleCommitments() {
        world.issue(ada, house, 1);
        world.issue(ada, gpu, 10);
    }

    ItemsWorld world;
};

TEST_F(RoleCommitments, hold_units_that_do_not_move_until_released) {
    const Outcome out = world.commit(ada, gpu, 4);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<commitments::TokensCommitted>(world.items()).size(), 1u);
    EXPECT_EQ((world.read<"grantorOf(uint256)", Address>(1_u256)), ada);
    EXPECT_EQ((world.read<"tokenAddressOf(uint256)", Address>(1_u256)), world.items());
    EXPECT_EQ(world.read<"tokenIdOf(uint256)">(1_u256), u256{gpu});
    EXPECT_EQ(world.read<"tokenAmountOf(uint256)">(1_u256), 4_u256);
    EXPECT_TRUE(world.give(ada, bob, gpu, 7_u256)
                    .refused_with(AssetItems::ERC7943InsufficientUnfrozenBalance{ada, u256{gpu},
                                                                                 7_u256, 6_u256}));
    EXPECT_TRUE(world.commit(ada, gpu, 7).refused_as<AssetItems::InsufficientFreeBalance>());
    EXPECT_TRUE(world.let(ada, bob, gpu, 7, 1).refused_as<AssetItems::InsufficientFreeBalance>());
    EXPECT_TRUE(
        world.burn(ada, gpu, 7_u256).refused_as<AssetItems::ERC7943InsufficientUnfrozenBalance>());
    EXPECT_TRUE(world.commit(ada, gpu, 0).refused_with(commitments::NothingCommitted{}));
    EXPECT_TRUE(world.release(eve, 1).refused_with(commitments::NotApprovedForRoles{ada, eve}));
    EXPECT_TRUE(world.release(ada, 2).refused_with(commitments::UnknownCommitment{2_u256}));
    EXPECT_TRUE(world.release(ada, 1).ok());
    EXPECT_TRUE(world.release(ada, 1).refused_with(commitments::UnknownCommitment{1_u256}));
    EXPECT_TRUE(world.give(ada, bob, gpu, 10_u256).ok());
    EXPECT_TRUE(world
                    .send<"commitTokens(address,address,uint256,uint256)">(bob, world.items(), bob,
                                                                           eve, u256{gpu}, 1_u256)
                    .refused_with(AssetItems::NotThisContract{eve}));
}

TEST_F(RoleCommitments, carry_roles_that_bind_when_they_are_not_revocable) {
    ASSERT_TRUE(world.commit(ada, gpu, 4).ok());
    const uint64_t expiration = world.now() + year;
    const Bytes data = abi::encode(30_u256);
    EXPECT_TRUE(world.grant(eve, 1, operate, eve, expiration, true)
                    .refused_as<commitments::NotApprovedForRoles>());
    EXPECT_TRUE(world.grant(ada, 1, operate, tenant, world.now(), true)
                    .refused_as<commitments::InvalidRole>());
    EXPECT_TRUE(
        world.grant(ada, 1, operate, {}, expiration, true).refused_as<commitments::InvalidRole>());
    ASSERT_TRUE(world.grant(ada, 1, operate, tenant, expiration, false, data).ok());
    EXPECT_EQ((world.read<"roleData(uint256,bytes32,address)", Bytes>(1_u256, operate, tenant)),
              data);
    EXPECT_EQ((world.read<"roleExpirationDate(uint256,bytes32,address)", uint64_t>(1_u256, operate,
                                                                                   tenant)),
              expiration);
    EXPECT_FALSE(
        (world.read<"isRoleRevocable(uint256,bytes32,address)", bool>(1_u256, operate, tenant)));
    const commitments::RoleNotRevocable bound{1_u256, operate, tenant, u256{expiration}};
    EXPECT_TRUE(world.revoke_role(ada, 1, operate, tenant).refused_with(bound));
    EXPECT_TRUE(world.release(ada, 1).refused_with(bound));
    EXPECT_TRUE(world.grant(ada, 1, operate, tenant, expiration - 1, true).refused_with(bound));
    EXPECT_TRUE(
        world.revoke_role(eve, 1, operate, tenant).refused_as<commitments::NotApprovedForRoles>());
    EXPECT_TRUE(world.revoke_role(tenant, 1, operate, tenant).ok()) << "he may always give it up";
    EXPECT_TRUE(world.revoke_role(tenant, 1, operate, tenant)
                    .refused_with(commitments::UnknownRole{1_u256, operate, tenant}));
    EXPECT_TRUE(world.revoke_role(ada, 1, Hash{}, {}).refused_as<commitments::UnknownRole>());
    ASSERT_TRUE(world.grant(ada, 1, operate, tenant, expiration, true).ok());
    ASSERT_TRUE(world.grant(ada, 1, operate, tenant, expiration, false).ok());
    world.advance(year);
    EXPECT_TRUE(world.release(ada, 1).ok()) << "until it expires";
    EXPECT_EQ((world.read<"roleExpirationDate(uint256,bytes32,address)", uint64_t>(1_u256, operate,
                                                                                   tenant)),
              0u);
}

TEST_F(RoleCommitments, are_managed_by_who_is_approved_for_roles) {
    ASSERT_TRUE(world.commit(ada, gpu, 4).ok());
    const auto approve = [&](const Address& who, bool approved) {
        return world.send<"setRoleApprovalForAll(address,address,bool)">(
            who, world.items(), world.items(), eve, approved);
    };
    ASSERT_TRUE(approve(ada, true).ok());
    EXPECT_TRUE((world.read<"isRoleApprovedForAll(address,address,address)", bool>(world.items(),
                                                                                   ada, eve)));
    EXPECT_TRUE(world.grant(eve, 1, operate, tenant, world.now() + 1, true).ok());
    EXPECT_TRUE(world.revoke_role(eve, 1, operate, tenant).ok());
    EXPECT_TRUE(world.give_by(eve, ada, eve, gpu, 1_u256)
                    .refused_as<AssetItems::ERC1155MissingApprovalForAll>())
        << "no approval to move";
    ASSERT_TRUE(approve(ada, false).ok());
    EXPECT_TRUE(world.release(eve, 1).refused_as<commitments::NotApprovedForRoles>());
    ASSERT_TRUE(approve(tenant, true).ok());
    ASSERT_TRUE(world.grant(ada, 1, operate, tenant, world.now() + 1, false).ok());
    EXPECT_TRUE(world.revoke_role(eve, 1, operate, tenant).ok()) << "for the grantee";
}

TEST_F(RoleCommitments, have_bounds) {
    world.issue(ada, 7, 40);
    for (uint64_t n = 0; n < commitments::commitments_max; ++n)
        ASSERT_TRUE(world.commit(ada, 7, 1).ok());
    EXPECT_TRUE(world.commit(ada, 7, 1).refused_with(
        commitments::TooManyCommitments{ada, 7_u256, 16_u256}));
    const auto grant = [&](uint16_t n, size_t size) {
        return world.grant(ada, 1, operate, person(static_cast<uint16_t>(200 + n)),
                           world.now() + year, true, Bytes(size));
    };
    EXPECT_TRUE(grant(0, 1'025).refused_with(commitments::RoleDataTooLong{1'025_u256, 1'024_u256}));
    for (uint16_t n = 0; n < commitments::roles_max; ++n)
        ASSERT_TRUE(grant(n, n == 0 ? 1'024 : 0).ok());
    EXPECT_TRUE(grant(16, 0).refused_with(commitments::TooManyRoles{1_u256, 16_u256}));
    ASSERT_TRUE(world.revoke_role(ada, 1, operate, person(203)).ok());
    EXPECT_TRUE(grant(16, 0).ok()) << "a place that is free is used again";
    EXPECT_TRUE(world.release(ada, 1).ok());
}

}  // namespace
}  // namespace plume
