#include "native/remote.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;

/// How tokens answer that call themselves ERC-20.
enum class Manner : uint8_t {
    proper,
    silent,
    says_false,
    refuses,
    refuses_silently,
    keeps_a_tenth
};

class OddToken : public Contract {
    static constexpr Slot<uint8_t> manner_{0};
    static constexpr Map<Address, u256> balances_{1};

public:
    using Contract::Contract;
    using Refused = CustomError<"Refused()">;

    void construct(uint8_t manner, Address owner, u256 amount) {
        set(manner_, manner);
        set(balances_[owner], amount);
    }
    u256 balance_of(Address owner) const { return get(balances_[owner]); }
    bool transfer(Address to, u256 value) { return move(sender(), to, value); }
    bool transfer_from(Address from, Address to, u256 value) { return move(from, to, value); }

    static constexpr auto constructor =
        Method<"constructor(uint8 manner, address owner, uint256 amount)", &OddToken::construct>{};
    static constexpr auto abi =
        Methods<Method<"balanceOf(address owner) view returns (uint256)", &OddToken::balance_of>,
                Method<"transfer(address to, uint256 value) returns (bool)", &OddToken::transfer>,
                Method<"transferFrom(address from, address to, uint256 value) returns (bool)",
                       &OddToken::transfer_from>>{};
    static constexpr auto declarations = Declarations<>{};

protected:
    Manner manner() const { return static_cast<Manner>(get(manner_)); }
    bool move(const Address& from, const Address& to, const u256& value) {
        require(manner() != Manner::refuses, Refused{});
        if (manner() == Manner::refuses_silently) throw Revert{};
        require(balance_of(from) >= value, Refused{});
        set(balances_[from], balance_of(from) - value);
        const u256 arrives = manner() == Manner::keeps_a_tenth ? value - value / u256{10u} : value;
        set(balances_[to], balance_of(to) + arrives);
        return manner() != Manner::says_false;
    }
};

/// Returns no bool at all, as some of the oldest do.
class SilentToken : public OddToken {
public:
    using OddToken::OddToken;
    void transfer_silently(Address to, u256 value) { move(sender(), to, value); }
    void transfer_from_silently(Address from, Address to, u256 value) { move(from, to, value); }

    static constexpr auto abi =
        OddToken::abi +
        Methods<Method<"transfer(address to, uint256 value)", &SilentToken::transfer_silently>,
                Method<"transferFrom(address from, address to, uint256 value)",
                       &SilentToken::transfer_from_silently>>{};
};

/// Returns a number.
class NumberToken : public OddToken {
public:
    using OddToken::OddToken;
    u256 transfer_counted(Address to, u256 value) {
        move(sender(), to, value);
        return u256{2u};
    }

    static constexpr auto abi =
        OddToken::abi + Methods<Method<"transfer(address to, uint256 value) returns (uint256)",
                                       &NumberToken::transfer_counted>>{};
};

/// Uses tokens as vaults do.
class Purse : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    bool send(Address token, Address to, u256 amount) {
        return erc20::try_transfer(*this, token, to, amount);
    }
    u256 take(Address token, Address from, u256 amount) {
        return erc20::pull(*this, token, from, amount);
    }
    u256 held(Address token) const { return erc20::BalanceOf::read(*this, token, self()); }
    void poke(Address target) { Remote<"poke()", void>::call(*this, target); }

    static constexpr auto constructor = Method<"constructor()", &Purse::construct>{};
    static constexpr auto abi = Methods<
        Method<"send(address token, address to, uint256 amount) returns (bool)", &Purse::send>,
        Method<"take(address token, address from, uint256 amount) returns (uint256)", &Purse::take>,
        Method<"held(address token) view returns (uint256)", &Purse::held>,
        Method<"poke(address target)", &Purse::poke>>{};
    static constexpr auto declarations = Declarations<>{};
};

class RemoteTest : public testing::Test {
protected:
    RemoteTest() : world(types) { purse = world.create(person(1), "Purse", {}).value<Address>(); }

    Address token(std::string_view type, Manner manner) {
        salt[31] = static_cast<uint8_t>(salt[31] + 1);
        return world.create(person(1), type, salt, static_cast<uint8_t>(manner), purse, u256{1000u})
            .value<Address>();
    }
    Outcome send(const Address& token, uint64_t amount) {
        return world.send<"send(address,address,uint256)">(person(1), purse, token, person(5),
                                                           u256{amount});
    }
    Outcome take(const Address& token, uint64_t amount, const Address& from = person(7)) {
        return world.send<"take(address,address,uint256)">(person(1), purse, token, from,
                                                           u256{amount});
    }
    u256 balance(const Address& token, const Address& owner) {
        return world.ask<"balanceOf(address)">(token, owner).value<u256>();
    }

    const std::array<NativeType, 4> types{
        native_type<OddToken>(900, 1, "OddToken"), native_type<SilentToken>(901, 1, "SilentToken"),
        native_type<NumberToken>(902, 1, "NumberToken"), native_type<Purse>(903, 1, "Purse")};
    World world;
    Address purse;
    Hash salt;
};

TEST_F(RemoteTest, a_transfer_counts_when_the_token_says_true_or_nothing) {
    for (const std::string_view type : {"OddToken", "SilentToken"}) {
        const Address at = token(type, Manner::proper);
        EXPECT_TRUE(send(at, 10).value<bool>()) << type;
        EXPECT_EQ(balance(at, person(5)), u256{10u});
    }
}

TEST_F(RemoteTest, a_transfer_fails_when_the_token_says_anything_else) {
    EXPECT_FALSE(send(token("OddToken", Manner::says_false), 10).value<bool>());
    EXPECT_FALSE(send(token("OddToken", Manner::refuses), 10).value<bool>());
    EXPECT_FALSE(send(token("OddToken", Manner::refuses_silently), 10).value<bool>());
    EXPECT_FALSE(send(token("OddToken", Manner::proper), 1001).value<bool>());
    EXPECT_FALSE(send(token("NumberToken", Manner::proper), 10).value<bool>()) << "2 is not true";
}

TEST_F(RemoteTest, an_address_without_code_is_no_token) {
    EXPECT_FALSE(send(person(90), 10).value<bool>());
    EXPECT_TRUE(world.ask<"held(address)">(purse, person(90))
                    .refused_with(InvalidAnswer{person(90), erc20::BalanceOf::selector}));
    EXPECT_FALSE(take(person(90), 10).ok());
}

TEST_F(RemoteTest, taking_returns_what_arrived) {
    const Address at = token("OddToken", Manner::keeps_a_tenth);
    ASSERT_TRUE(world.send<"transfer(address,uint256)">(purse, at, person(7), u256{1000u}).ok());
    EXPECT_EQ(take(at, 100).value<u256>(), u256{90u});
    EXPECT_EQ(balance(at, purse), u256{90u});
}

TEST_F(RemoteTest, taking_is_refused_when_the_token_refuses) {
    EXPECT_TRUE(take(token("OddToken", Manner::refuses), 5).refused_as<OddToken::Refused>())
        << "the token's own reason is passed on";
    const Address silent = token("OddToken", Manner::refuses_silently);
    EXPECT_TRUE(take(silent, 5).refused_with(erc20::SafeERC20FailedOperation{silent}));
    const Address liar = token("OddToken", Manner::says_false);
    ASSERT_FALSE(
        world.send<"transfer(address,uint256)">(purse, liar, person(7), u256{10u}).value<bool>());
    EXPECT_TRUE(take(liar, 5).refused_with(erc20::SafeERC20FailedOperation{liar}));
    EXPECT_EQ(balance(liar, purse), u256{990u}) << "what it moved all the same is undone";
}

TEST_F(RemoteTest, a_call_that_returns_nothing_needs_code_at_its_target) {
    EXPECT_TRUE(
        world.send<"poke(address)">(person(1), purse, person(90)).refused_as<InvalidAnswer>());
    const Outcome out =
        world.send<"poke(address)">(person(1), purse, token("OddToken", Manner::proper));
    EXPECT_EQ(out.result.status, Status::revert)
        << "no such method: the callee's refusal becomes ours";
    EXPECT_TRUE(out.result.output.empty());
}

}  // namespace
}  // namespace plume
