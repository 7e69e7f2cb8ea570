// Shares of vaults as what votes and can be pledged: the modules of the token, at work in a pool
// and in a vault that shares revenue.
#include "contracts/voting_shares.hpp"

#include <gtest/gtest.h>

#include "contracts/revenue_vault.hpp"
#include "support/queued_pools.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::PoolWorld;
using test::QueuedPoolWorld;

const Address alice = person(2);
const Address bob = person(3);
const Address carol = person(4);

class VotingShareTest : public testing::Test {
protected:
    VotingShareTest() {
        world.deposit(alice, 100_u256);
        world.deposit(bob, 50_u256);
    }
    Outcome encumber(const Address& owner, const Address& taker, const u256& amount) {
        return world.send<"encumber(address,uint256)">(owner, pool, taker, amount);
    }
    u256 votes(const Address& who) { return world.number<"getVotes(address)">(who); }

    PoolWorld world;
    const Address pool = world.pool();
};

TEST_F(VotingShareTest, shares_say_what_they_can) {
    const auto supports = [&](const Address& at, const Selector& id) {
        return world.ask<"supportsInterface(bytes4)">(at, id).value<bool>();
    };
    EXPECT_TRUE(supports(pool, {{0x33, 0x27, 0xc9, 0xeb}})) << "ERC-5805";
    EXPECT_TRUE(supports(pool, {{0xe9, 0x0f, 0xb3, 0xf6}})) << "IVotes";
    EXPECT_TRUE(supports(pool, {{0xda, 0x28, 0x7a, 0x1d}})) << "ERC-6372";
    EXPECT_TRUE(supports(pool, {{0x36, 0x37, 0x2b, 0x07}})) << "ERC-20";
    EXPECT_FALSE(supports(world.euro(), {{0x33, 0x27, 0xc9, 0xeb}})) << "an AssetToken has none";
    EXPECT_EQ(world.ask<"CLOCK_MODE()">(pool).value<std::string>(), "mode=timestamp");
}

// G-3.
TEST_F(VotingShareTest, shares_vote_for_whom_their_owner_names) {
    EXPECT_EQ(votes(alice), 0_u256);
    const Outcome out = world.send<"delegate(address)">(alice, pool, carol);
    EXPECT_EQ(out.events<votes::DelegateVotesChanged>(pool),
              (std::vector{std::tuple{carol, 0_u256, 100'000'000_u256}}));
    world.send<"delegate(address)">(bob, pool, bob);
    const uint64_t then = world.block().timestamp;
    world.advance(10);
    world.deposit(alice, 20_u256);
    world.give(pool, alice, bob, 30'000'000_u256);
    world.redeem(bob, 10'000'000_u256);
    EXPECT_EQ(votes(carol), 90'000'000_u256);
    EXPECT_EQ(votes(bob), 70'000'000_u256);
    EXPECT_EQ((world.number<"getPastVotes(address,uint256)">(carol, u256{then})), 100'000'000_u256);
    EXPECT_EQ(world.number<"getPastTotalSupply(uint256)">(u256{then}), 150'000'000_u256);
    const u48 now{world.block().timestamp};
    EXPECT_TRUE((world.ask<"getPastVotes(address,uint256)">(pool, carol, u256{now.number})
                     .refused_with(votes::ERC5805FutureLookup{u256{now.number}, now})))
        << "what is borrowed now counts for nothing (G-1)";
}

//
TEST_F(VotingShareTest, pledged_shares_stay_and_vote) {
    world.send<"delegate(address)">(alice, pool, alice);
    EXPECT_EQ(encumber(alice, carol, 60'000'000_u256).events<holds::Encumber>(pool),
              (std::vector{std::tuple{alice, carol, 60'000'000_u256}}));
    EXPECT_EQ(votes(alice), 100'000'000_u256);
    EXPECT_EQ(votes(carol), 0_u256);
    EXPECT_EQ(world.shares(alice), 100'000'000_u256);
    EXPECT_EQ(world.number<"encumberedBalanceOf(address)">(alice), 60'000'000_u256);
    EXPECT_EQ(world.number<"availableBalanceOf(address)">(alice), 40'000'000_u256);
    EXPECT_TRUE(
        world.give(pool, alice, bob, 40'000'001_u256)
            .refused_with(holds::InsufficientAvailable{alice, 40'000'000_u256, 40'000'001_u256}));
    EXPECT_TRUE(world.give(pool, alice, bob, 100'000'001_u256)
                    .refused_with(AssetToken::ERC20InsufficientBalance{alice, 100'000'000_u256,
                                                                       100'000'001_u256}))
        << "more than there is, is refused as by ERC-20";
    EXPECT_TRUE((world
                     .send<"transferFrom(address,address,uint256)">(carol, pool, alice, carol,
                                                                    25'000'000_u256)
                     .ok()))
        << "a taker needs no allowance";
    EXPECT_EQ((world.number<"encumbrances(address,address)">(alice, carol)), 35'000'000_u256);
    EXPECT_FALSE((world
                      .send<"transferFrom(address,address,uint256)">(carol, pool, alice, carol,
                                                                     35'000'001_u256)
                      .ok()));
    EXPECT_TRUE((world.send<"release(address,uint256)">(carol, pool, alice, 35'000'000_u256).ok()));
    EXPECT_TRUE(world.give(pool, alice, bob, 75'000'000_u256).ok());
    EXPECT_EQ(votes(alice), 0_u256);
}

// The maxima of ERC-4626 are of what can be given back.
TEST_F(VotingShareTest, pledged_shares_are_not_given_back) {
    encumber(alice, carol, 60'000'000_u256);
    EXPECT_EQ(world.number<"maxRedeem(address)">(alice), 40'000'000_u256);
    EXPECT_EQ(world.number<"maxWithdraw(address)">(alice), 40_u256);
    EXPECT_FALSE(world.redeem(alice, 40'000'001_u256).ok());
    world.approve(alice, carol, u256_max);
    EXPECT_FALSE(world.redeem_for(carol, 40'000'001_u256, alice).ok())
        << "who holds them takes them first";
    EXPECT_TRUE(world.redeem(alice, 40'000'000_u256).ok());
    EXPECT_EQ(world.number<"maxRedeem(address)">(alice), 0_u256);

    QueuedPoolWorld queued;
    queued.come(alice, 100_u256);
    queued.send<"encumber(address,uint256)">(alice, queued.pool(), carol, 60'000'000_u256);
    EXPECT_FALSE(queued.request_redeem(alice, 40'000'001_u256).ok());
    EXPECT_TRUE(queued.request_redeem(alice, 40'000'000_u256).ok());
}

TEST_F(VotingShareTest, shares_that_wait_for_an_answer_do_not_vote) {
    QueuedPoolWorld queued;
    queued.come(alice, 100_u256);
    queued.send<"delegate(address)">(alice, queued.pool(), alice);
    queued.request_redeem(alice, 30'000'000_u256);
    EXPECT_EQ(queued.number<"getVotes(address)">(alice), 70'000'000_u256);
    queued.cancel_redeem(alice);
    queued.claim_cancelled_redeem(alice);
    EXPECT_EQ(queued.number<"getVotes(address)">(alice), 100'000'000_u256);
}

/// A pool whose shares move without telling.
class Mute : public Pool {
public:
    using Pool::Pool;
    void give_silently(Address to) {
        is_mute_ = true;
        move(sender(), to, 1_u256);
    }
    static constexpr auto abi =
        Pool::abi + Methods<Method<"giveSilently(address to)", &Mute::give_silently>>{};

protected:
    void on_move(const Address& from, const Address& to, const u256& value) override {
        if (!is_mute_) Pool::on_move(from, to, value);
    }
    void on_moved(const Address& from, const Address& to, const u256& value) override {
        if (!is_mute_) Pool::on_moved(from, to, value);
    }

private:
    bool is_mute_ = false;
};

TEST(VotingShareInvariants, no_share_votes_twice_and_none_that_is_held_is_gone) {
    PoolWorld world({native_type<Mute>(60'153, 1, "Mute")}, "Mute");
    world.expect_broken_invariants();
    world.deposit(alice, 1_u256);
    world.send<"delegate(address)">(alice, world.pool(), alice);
    EXPECT_EQ(world.send<"giveSilently(address)">(alice, world.pool(), bob).broken,
              "Mute: G-3: the votes of " + to_hex(alice) + " are not the units of his");
    world.send<"delegate(address)">(alice, world.pool(), Address{});
    world.send<"encumber(address,uint256)">(alice, world.pool(), carol, 1'000'000_u256);
    EXPECT_EQ(world.send<"giveSilently(address)">(alice, world.pool(), bob).broken,
              "Mute: H-2: more is held of " + to_hex(alice) + " than it has");
}

// A-2, of revenue: who pledges his shares goes on earning.
TEST(VotingShareRevenue, pledged_shares_earn_and_vote) {
    test::RevenueWorld world;
    RevenueTerms terms;
    terms.currencies = {world.euro()};
    terms.beneficiary = person(90);
    const Address vault =
        world.create(person(1), "RevenueShare", world.next_salt(), world.params(1'000_u256), terms)
            .value<Address>();
    world.send<"transfer(address,uint256)">(person(1), vault, alice, 400_u256);
    world.send<"delegate(address)">(alice, vault, alice);
    world.send<"encumber(address,uint256)">(alice, vault, carol, 400_u256);
    world.send<"approve(address,uint256)">(person(1), world.euro(), vault, 1'000_u256);
    world.next_block();
    ASSERT_TRUE(
        (world.send<"distribute(address,uint256)">(person(1), vault, world.euro(), 1'000_u256)
             .ok()));
    world.send<"claimFor(address,address)">(bob, vault, alice, world.euro());
    EXPECT_EQ(world.money(world.euro(), alice), 400_u256);
    EXPECT_EQ(world.ask<"getVotes(address)">(vault, alice).value<u256>(), 400_u256);
    EXPECT_FALSE(world.give(vault, alice, bob, 1_u256).ok());
    EXPECT_TRUE(
        (world.send<"transferFrom(address,address,uint256)">(carol, vault, alice, carol, 400_u256)
             .ok()));
    EXPECT_EQ(world.ask<"getVotes(address)">(vault, alice).value<u256>(), 0_u256);
}

}  // namespace
}  // namespace plume
