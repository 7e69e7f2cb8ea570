#include "contracts/powers.hpp"

#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;

class Powers : public test::RegulatedTokenTest {
protected:
    static Hash named(Power power) { return powers::name_of(power); }
    Address holder(Power power) {
        return world.ask<"powerOf(bytes32)">(token, named(power)).value<Address>();
    }
    Outcome offer(const Address& by, Power power, const Address& to) {
        return world.send<"offerPower(bytes32,address)">(by, token, named(power), to);
    }
    Outcome accept(const Address& by, Power power) {
        return world.send<"acceptPower(bytes32)">(by, token, named(power));
    }
    Outcome renounce(const Address& by, Power power) {
        return world.send<"renouncePower(bytes32)">(by, token, named(power));
    }
};

// Request A-8: whoever has one power has no other.
TEST_F(Powers, each_is_one_address_and_implies_no_other) {
    using powers::AccessControlUnauthorizedAccount;
    const std::array<Address, 8> holders{minter,   freezer,   forcer,   recoverer,
                                         lawmaker, registrar, splitter, enabler};
    for (const Address& by : holders) {
        const auto refuses = [&](const Outcome& out, Power power) {
            EXPECT_EQ(out.refused_with(AccessControlUnauthorizedAccount{by, named(power)}),
                      by != holder(power));
        };
        refuses(world.send<"mint(address,uint256)">(by, token, bob, u256{1u}), Power::mint);
        refuses(world.send<"setFrozenTokens(address,uint256)">(by, token, bob, u256{1u}),
                Power::freeze);
        refuses(world.send<"setAddressFrozen(address,bool)">(by, token, bob, false), Power::freeze);
        refuses(
            world.send<"forcedTransfer(address,address,uint256)">(by, token, alice, bob, u256{1u}),
            Power::force);
        refuses(world.send<"recover(address,address)">(by, token, bob, carol), Power::recover);
        refuses(world.send<"setPolicy((bytes32,bytes32,uint8,uint16[],uint256,uint256,uint64))">(
                    by, token, TransferRules{}),
                Power::policy);
        refuses(world.send<"supersede(bytes32,string)">(by, token, record, std::string("x")),
                Power::metadata);
        refuses(world.send<"setUIMultiplier(uint256,uint256)">(by, token, split::one,
                                                               u256{world.block().timestamp + 1}),
                Power::split);
        refuses(world.send<"enable(uint32)">(by, token, uint32_t{1}), Power::enable);
    }
}

TEST_F(Powers, one_passes_on_by_offer_and_acceptance) {
    EXPECT_TRUE(
        offer(bob, Power::mint, bob)
            .refused_with(powers::AccessControlUnauthorizedAccount{bob, named(Power::mint)}));
    EXPECT_TRUE(
        accept(bob, Power::mint).refused_with(powers::PowerNotOffered{named(Power::mint), bob}));
    ASSERT_TRUE(offer(minter, Power::mint, bob).ok());
    EXPECT_EQ(holder(Power::mint), minter) << "until he accepts";
    EXPECT_EQ(world.ask<"powerOfferedTo(bytes32)">(token, named(Power::mint)).value<Address>(),
              bob);
    EXPECT_TRUE(accept(carol, Power::mint).refused_as<powers::PowerNotOffered>());
    const Outcome out = accept(bob, Power::mint);
    EXPECT_EQ(out.events<powers::PowerMoved>(token),
              (std::vector{std::tuple(named(Power::mint), minter, bob)}));
    EXPECT_TRUE(mint(bob, bob, 1).ok());
    EXPECT_FALSE(mint(minter, bob, 1).ok());
    EXPECT_FALSE(accept(bob, Power::mint).ok()) << "an offer serves once";
}

TEST_F(Powers, an_offer_can_be_withdrawn) {
    ASSERT_TRUE(offer(minter, Power::mint, bob).ok());
    ASSERT_TRUE(offer(minter, Power::mint, {}).ok());
    EXPECT_TRUE(accept(bob, Power::mint).refused_as<powers::PowerNotOffered>());
}

TEST_F(Powers, what_is_given_up_is_gone_with_its_offer) {
    ASSERT_TRUE(offer(minter, Power::mint, bob).ok());
    EXPECT_FALSE(renounce(bob, Power::mint).ok());
    ASSERT_TRUE(renounce(minter, Power::mint).ok());
    EXPECT_EQ(holder(Power::mint), Address{});
    EXPECT_TRUE(accept(bob, Power::mint).refused_as<powers::PowerNotOffered>());
    EXPECT_FALSE(mint(minter, bob, 1).ok());
    // A simulated call comes from nobody, who holds nothing either.
    EXPECT_TRUE(
        mint({}, bob, 1)
            .refused_with(powers::AccessControlUnauthorizedAccount{Address{}, named(Power::mint)}));
    EXPECT_TRUE(accept({}, Power::mint).refused_as<powers::PowerNotOffered>());
}

TEST_F(Powers, only_the_eight_have_a_name) {
    Hash unknown{{'m', 'i', 'n', 't', 'x'}};
    EXPECT_TRUE(
        world.ask<"powerOf(bytes32)">(token, unknown).refused_with(powers::UnknownPower{unknown}));
    EXPECT_EQ(named(Power::force), (Hash{{'f', 'o', 'r', 'c', 'e'}}));
}

}  // namespace
}  // namespace plume
