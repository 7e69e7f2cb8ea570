// The Arbitrator as ERC-792 has it: costs, rulings, and arbitrables that misbehave.
#include "contracts/arbitrator.hpp"

#include "support/petitions.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;

class ArbitratorTest : public test::DisputeFixture {};

TEST_F(ArbitratorTest, interface_ids_are_those_of_erc792) {
    const auto id_of = [](std::initializer_list<std::string_view> signatures) {
        Selector out;
        for (const auto signature : signatures)
            for (size_t i = 0; i < 4; ++i) out.bytes[i] ^= keccak256(signature).bytes[i];
        return out;
    };
    const Selector arbitrator =
        id_of({"createDispute(uint256,bytes)", "arbitrationCost(bytes)", "appeal(uint256,bytes)",
               "appealCost(uint256,bytes)", "appealPeriod(uint256)", "disputeStatus(uint256)",
               "currentRuling(uint256)"});
    EXPECT_EQ(to_hex(arbitrator), "0x2ef5e458");
    EXPECT_EQ(to_hex(id_of({"rule(uint256,uint256)"})), "0x311a6c56");
    EXPECT_TRUE(
        world.ask<"supportsInterface(bytes4)">(world.arbitrator(), arbitrator).value<bool>());
    EXPECT_FALSE(world
                     .ask<"supportsInterface(bytes4)">(world.arbitrator(),
                                                       Selector{{0xff, 0xff, 0xff, 0xff}})
                     .value<bool>());
}

// the ruling and the jurors' fees do not depend on the arbitrable.
TEST_F(ArbitratorTest, an_arbitrable_that_refuses_blocks_nobody) {
    for (const uint8_t how : {1, 2, 3}) {
        behave(how);
        const u256 before = times();
        const u256 id = open(plain);
        world.vote(id, {{juror(0), 1}, {juror(1), 1}});
        const Outcome out = world.execute(id);
        ASSERT_TRUE(out.ok());
        EXPECT_FALSE(out.value<bool>());
        EXPECT_EQ(out.events<Arbitrator::RulingUndelivered>(world.arbitrator()).size(), 1u);
        EXPECT_EQ(world.status(id), 2);
        EXPECT_TRUE(world.collect_fee(id, 0, juror(0)).ok()) << "the jurors are paid regardless";
        EXPECT_EQ(times(), before);
        behave(0);
        const Outcome again = world.execute(id);
        EXPECT_TRUE(again.value<bool>());
        EXPECT_TRUE(again.events<Arbitrator::Ruling>(world.arbitrator()).empty()) << "told once";
        EXPECT_EQ(times(), before + 1_u256);
        EXPECT_TRUE(world.execute(id).refused_with(Arbitrator::AlreadyDelivered{id}));
        EXPECT_EQ(times(), before + 1_u256) << "ruled once";
    }
}

TEST_F(ArbitratorTest, nobody_makes_a_ruling_fail_by_sparing_gas) {
    const u256 id = open(plain);
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    const Outcome out = world.send_data(alice, world.arbitrator(),
                                        world.calldata<"executeRuling(uint256)">(id), {}, 900'000);
    EXPECT_TRUE(out.refused_as<InsufficientGas>());
    EXPECT_TRUE(world.execute(id).value<bool>());
}

TEST_F(ArbitratorTest, exactly_the_posted_cost_is_taken) {
    EXPECT_EQ((world
                   .ask<"arbitrationCost(bytes,address)">(
                       world.arbitrator(), ArbitrationWorld::encoded(plain), world.currency())
                   .value<u256>()),
              30_u256);
    for (const u256& fee : {29_u256, 31_u256, 0_u256})
        EXPECT_TRUE(world.create_dispute(alice, plain, 2_u256, fee)
                        .refused_with(Arbitrator::FeeWrong{fee, 30_u256}));
    EXPECT_TRUE(world.create_dispute(alice, plain, 1_u256, 30_u256)
                    .refused_with(disputes::ChoicesInvalid{1_u256}));
    EXPECT_TRUE(
        world.create_dispute(alice, 9_u256, 2_u256, 30_u256).refused_as<panels::UnknownPanel>());
    EXPECT_TRUE(
        (world.ask<"arbitrationCost(bytes)">(world.arbitrator(), ArbitrationWorld::encoded(plain))
             .refused_as<Arbitrator::FeeTokenDiffers>()));
    EXPECT_TRUE((world.ask<"arbitrationCost(bytes)">(world.arbitrator(), Bytes{1, 2})
                     .refused_with(Arbitrator::ExtraDataInvalid{})));
    EXPECT_EQ(world.money_of(alice), 1'000_u256);
}

TEST_F(ArbitratorTest, a_panel_may_be_paid_in_coin) {
    Panel in_coin = world.panel();
    in_coin.currency = {};
    const u256 panel = world.create_panel(in_coin).value<u256>();
    world.state().set_balance(alice, 100_u256);
    const Bytes call =
        world.calldata<"createDispute(uint256,bytes)">(2_u256, ArbitrationWorld::encoded(panel));
    EXPECT_TRUE(world.send_data(alice, world.arbitrator(), call, 31_u256)
                    .refused_with(Arbitrator::FeeWrong{31_u256, 30_u256}));
    const u256 id = world.send_data(alice, world.arbitrator(), call, 30_u256).value<u256>();
    EXPECT_TRUE(world.create_dispute(alice, panel, 2_u256, 30_u256)
                    .refused_as<Arbitrator::FeeTokenDiffers>());
    world.vote(id, {{juror(0), 1}, {juror(1), 1}});
    EXPECT_FALSE(world.execute(id).value<bool>()) << "nobody to be told lives at an account";
    ASSERT_TRUE(world.collect_fee(id, 0, juror(0)).ok());
    ASSERT_TRUE(
        (world.send<"withdraw(address,address)">(alice, world.arbitrator(), Address{}, juror(0))
             .ok()));
    EXPECT_EQ(world.state().balance(juror(0)), 15_u256);
}

}  // namespace
}  // namespace plume
