#include "contracts/agent_books.hpp"

#include <gtest/gtest.h>

#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::agents;
using test::AgentsWorld;
using test::Outcome;
using test::person;

/// A currency that keeps a tenth of what is transferred, or has too many decimals.
class OddCurrency : public Contract {
public:
    using Contract::Contract;

    void construct(uint8_t decimals) { set(decimals_, decimals); }
    uint8_t decimals() const { return get(decimals_); }
    u256 balance_of(Address owner) const { return get(balances_[owner]); }
    bool transfer(Address, u256) { return false; }
    bool transfer_from(Address, Address to, u256 value) {
        set(balances_[to], get(balances_[to]) + value - value / u256{10u});
        return true;
    }

    static constexpr auto constructor =
        Method<"constructor(uint8 decimals)", &OddCurrency::construct>{};
    static constexpr auto abi = Methods<
        Method<"decimals() view returns (uint8)", &OddCurrency::decimals>,
        Method<"balanceOf(address owner) view returns (uint256)", &OddCurrency::balance_of>,
        Method<"transfer(address to, uint256 value) returns (bool)", &OddCurrency::transfer>,
        Method<"transferFrom(address from, address to, uint256 value) returns (bool)",
               &OddCurrency::transfer_from>>{};

private:
    static constexpr Slot<uint8_t> decimals_{0};
    static constexpr Map<Address, u256> balances_{1};
};

class AgentBooksTest : public testing::Test {
protected:
    AgentBooksTest() : world({native_type<OddCurrency>(60'104, 1, "OddCurrency")}) {}

    Address odd(uint8_t decimals) {
        return world.create(person(1), "OddCurrency", {}, decimals).value<Address>();
    }
    Outcome stake(const Address& currency, const u256& amount) {
        return world.send<"stake(address,uint256)">(AgentsWorld::owner(0), agents, currency,
                                                    amount);
    }
    std::tuple<u256, u256, u256, u256> books() {
        return *abi::decode<u256, u256, u256, u256>(
            world.ask<"books(address)">(agents, world.currency()).result.output);
    }

    AgentsWorld world;
};

TEST_F(AgentBooksTest, every_unit_is_staked_escrowed_or_owed) {
    const u256 stakes = AgentsWorld::endowment * u256{AgentsWorld::owner_count};
    EXPECT_EQ(books(), (std::tuple{stakes, 0_u256, 0_u256, stakes}));
    const u256 id = world.settled({5, 5, 5});
    EXPECT_EQ(books(), (std::tuple{stakes, 900_u256, 0_u256, stakes + 900_u256}));
    world.advance(AgentsWorld::challenge_seconds + 1);
    world.finalize(id);
    EXPECT_EQ(books(), (std::tuple{stakes, 0_u256, 900_u256, stakes + 900_u256}));
    for (uint16_t i = 0; i < 3; ++i) world.collect(AgentsWorld::owner(i));
    EXPECT_EQ(books(), (std::tuple{stakes, 0_u256, 0_u256, stakes}));
    EXPECT_EQ(world.money_of(agents), stakes);
}

TEST_F(AgentBooksTest, a_donation_changes_no_book) {
    const auto before = books();
    world.send<"transfer(address,uint256)">(AgentsWorld::requester(), world.currency(), agents,
                                            77_u256);
    EXPECT_EQ(books(), before);
    EXPECT_EQ(world.money_of(agents), std::get<3>(before) + 77_u256);
}

TEST_F(AgentBooksTest, odd_currencies_are_refused) {
    EXPECT_TRUE(stake(person(5), 1_u256).refused_as<agent_books::CurrencyInvalid>()) << "no code";
    EXPECT_TRUE(stake(agents, 1_u256).refused_as<agent_books::CurrencyInvalid>());
    EXPECT_TRUE(stake(odd(agent_books::decimals_max + 1), 1_u256)
                    .refused_as<agent_books::CurrencyInvalid>());
    EXPECT_TRUE(stake(world.currency(), 0_u256).refused_as<agent_books::AmountZero>());
}

TEST_F(AgentBooksTest, a_currency_that_takes_a_fee_is_not_believed) {
    EXPECT_TRUE(stake(odd(agent_books::decimals_max), 100_u256)
                    .refused_with(agent_books::AmountsNotReceived{90_u256, 100_u256}));
}

TEST_F(AgentBooksTest, nothing_is_staked_without_an_allowance) {
    EXPECT_FALSE(
        world.send<"stake(address,uint256)">(person(55), agents, world.currency(), 1_u256).ok());
}

}  // namespace
}  // namespace plume
