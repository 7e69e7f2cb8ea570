#include "contracts/token.hpp"

#include <gtest/gtest.h>

#include "crypto/signature.hpp"
#include "native/typed_data.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;
using Token = AssetToken;

const PrivateKey key = *PrivateKey::parse(std::string(63, '0') + "9");
const Address signer = address_of(key);
const Address issuer = person(1);
const Address alice = person(2);
const Address bob = person(3);

class TokenTest : public testing::Test {
protected:
    TokenTest() {
        record = test::found_mission(world, issuer);
        token = create(params()).value<Address>();
    }

    TokenParams params() const {
        return {.name = "Class of 2026",
                .symbol = "CLS",
                .decimals = 6,
                .record = record,
                .issuer = issuer,
                .initial_supply = u256{1'000u},
                .mintable = true};
    }
    Outcome create(const TokenParams& with) {
        salt[0] = static_cast<uint8_t>(salt[0] + 1);
        return world.create(issuer, "AssetToken", salt, with);
    }

    Outcome transfer(const Address& from, const Address& to, const u256& value) {
        return world.send<"transfer(address,uint256)">(from, token, to, value);
    }
    Outcome approve(const Address& owner, const Address& spender, const u256& value) {
        return world.send<"approve(address,uint256)">(owner, token, spender, value);
    }
    Outcome transfer_from(const Address& spender, const Address& from, const Address& to,
                          const u256& value) {
        return world.send<"transferFrom(address,address,uint256)">(spender, token, from, to, value);
    }
    Outcome mint(const Address& by, const Address& to, const u256& value) {
        return world.send<"mint(address,uint256)">(by, token, to, value);
    }
    Outcome burn(const Address& by, const u256& value) {
        return world.send<"burn(uint256)">(by, token, value);
    }
    u256 balance(const Address& owner) {
        return world.ask<"balanceOf(address)">(token, owner).value<u256>();
    }
    u256 supply() { return world.ask<"totalSupply()">(token).value<u256>(); }
    u256 allowance(const Address& owner, const Address& spender) {
        return world.ask<"allowance(address,address)">(token, owner, spender).value<u256>();
    }

    struct Permit {
        Address owner = signer;
        Address spender = bob;
        u256 value = u256{50u};
        u256 nonce;
        u256 deadline = u256_max;
    };
    eas::Signature sign(const Permit& permit, const PrivateKey& with = key) {
        const Hash type_hash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        const Hash domain = world.ask<"DOMAIN_SEPARATOR()">(token).value<Hash>();
        const Hash digest = typed_data_digest(
            domain, keccak256(abi::encode(type_hash, permit.owner, permit.spender, permit.value,
                                          permit.nonce, permit.deadline)));
        const Signature made = plume::sign(digest, with);
        return {static_cast<uint8_t>(made.y_parity ? 28 : 27), to_word(made.r), to_word(made.s)};
    }
    Outcome send(const Permit& permit, const eas::Signature& signature) {
        return world.send<"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)">(
            alice, token, permit.owner, permit.spender, permit.value, permit.deadline, signature.v,
            signature.r, signature.s);
    }
    u256 nonce(const Address& owner) {
        return world.ask<"nonces(address)">(token, owner).value<u256>();
    }

    World world;
    Hash record;
    Address token;
    Hash salt;
};

TEST_F(TokenTest, a_token_is_what_it_was_made_with) {
    EXPECT_EQ(world.ask<"name()">(token).value<std::string>(), "Class of 2026");
    EXPECT_EQ(world.ask<"symbol()">(token).value<std::string>(), "CLS");
    EXPECT_EQ(world.ask<"decimals()">(token).value<uint8_t>(), 6);
    EXPECT_EQ(world.ask<"record()">(token).value<Hash>(), record);
    EXPECT_EQ(world.ask<"issuer()">(token).value<Address>(), issuer);
    EXPECT_TRUE(world.ask<"mintable()">(token).value<bool>());
    EXPECT_EQ(supply(), u256{1'000u});
    EXPECT_EQ(balance(issuer), u256{1'000u});
}

TEST_F(TokenTest, the_initial_supply_is_announced_as_minted) {
    const Outcome out = create(params());
    EXPECT_EQ(out.events<Token::Transfer>(out.value<Address>()),
              (std::vector{std::tuple(Address{}, issuer, u256{1'000u})}));
}

TEST_F(TokenTest, a_token_needs_a_live_record) {
    TokenParams with = params();
    with.record = Hash{{9}};
    EXPECT_TRUE(create(with).refused_with(RecordNotLive{with.record}));
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, issuer, schema, record).ok());
    EXPECT_TRUE(create(params()).refused_with(RecordNotLive{record}));
}

TEST_F(TokenTest, names_are_bounded) {
    TokenParams with = params();
    with.name = std::string(Token::name_size_max, 'n');
    with.symbol = std::string(Token::symbol_size_max, 's');
    EXPECT_TRUE(create(with).ok());
    with.name += 'n';
    EXPECT_TRUE(create(with).refused_with(Token::TextTooLong{u256{65u}, u256{64u}}));
    with = params();
    with.symbol = std::string(Token::symbol_size_max + 1, 's');
    EXPECT_TRUE(create(with).refused_with(Token::TextTooLong{u256{17u}, u256{16u}}));
}

TEST_F(TokenTest, nobody_receives_nothing_from_nobody) {
    TokenParams with = params();
    with.issuer = {};
    EXPECT_TRUE(create(with).refused_with(Token::ERC20InvalidReceiver{Address{}}));
    with.initial_supply = {};
    EXPECT_TRUE(create(with).ok()) << "a token that nobody can mint";
}

TEST_F(TokenTest, a_transfer_moves_and_says_so) {
    const Outcome out = transfer(issuer, alice, 300);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_EQ(out.events<Token::Transfer>(token),
              (std::vector{std::tuple(issuer, alice, u256{300u})}));
    EXPECT_EQ(balance(issuer), u256{700u});
    EXPECT_EQ(balance(alice), u256{300u});
    EXPECT_EQ(supply(), u256{1'000u});
}

TEST_F(TokenTest, moving_to_oneself_or_nothing_changes_nothing_but_is_announced) {
    EXPECT_EQ(transfer(issuer, issuer, 1'000).events<Token::Transfer>(token).size(), 1u);
    EXPECT_EQ(balance(issuer), u256{1'000u});
    EXPECT_EQ(transfer(bob, alice, 0).events<Token::Transfer>(token).size(), 1u);
    EXPECT_EQ(supply(), u256{1'000u});
}

TEST_F(TokenTest, impossible_transfers_are_refused_with_the_errors_of_erc6093) {
    EXPECT_TRUE(
        transfer(issuer, alice, 1'001)
            .refused_with(Token::ERC20InsufficientBalance{issuer, u256{1'000u}, u256{1'001u}}));
    EXPECT_TRUE(transfer(bob, alice, u256_max)
                    .refused_with(Token::ERC20InsufficientBalance{bob, u256{}, u256_max}));
    EXPECT_TRUE(transfer(issuer, {}, 1).refused_with(Token::ERC20InvalidReceiver{Address{}}));
    EXPECT_EQ(balance(issuer), u256{1'000u});
}

TEST_F(TokenTest, the_zero_address_neither_sends_nor_burns) {
    // Only a simulated call can come from there; it must not look as if it could mint.
    EXPECT_TRUE(transfer({}, alice, 1).refused_with(Token::ERC20InvalidSender{Address{}}));
    EXPECT_TRUE(burn({}, 1).refused_with(Token::ERC20InvalidSender{Address{}}));
    EXPECT_TRUE(approve({}, alice, 1).refused_with(Token::ERC20InvalidApprover{Address{}}));
    EXPECT_EQ(supply(), u256{1'000u});
}

TEST_F(TokenTest, an_allowance_is_used_up) {
    const Outcome out = approve(issuer, bob, 100);
    EXPECT_EQ(out.events<Token::Approval>(token),
              (std::vector{std::tuple(issuer, bob, u256{100u})}));
    const Outcome moved = transfer_from(bob, issuer, alice, 60);
    EXPECT_TRUE(moved.value<bool>());
    EXPECT_TRUE(moved.events<Token::Approval>(token).empty());
    EXPECT_EQ(allowance(issuer, bob), u256{40u});
    EXPECT_EQ(balance(alice), u256{60u});
    EXPECT_TRUE(transfer_from(bob, issuer, alice, 41)
                    .refused_with(Token::ERC20InsufficientAllowance{bob, u256{40u}, u256{41u}}));
    EXPECT_TRUE(approve(issuer, bob, 0).ok());
    EXPECT_FALSE(transfer_from(bob, issuer, alice, 1).ok());
}

TEST_F(TokenTest, an_infinite_allowance_stays) {
    approve(issuer, bob, u256_max);
    EXPECT_TRUE(transfer_from(bob, issuer, alice, 60).ok());
    EXPECT_EQ(allowance(issuer, bob), u256_max);
    approve(issuer, bob, u256_max - u256{1u});
    EXPECT_TRUE(transfer_from(bob, issuer, alice, 60).ok());
    EXPECT_EQ(allowance(issuer, bob), u256_max - u256{61u});
}

TEST_F(TokenTest, impossible_uses_of_allowances_are_refused) {
    EXPECT_TRUE(approve(issuer, {}, 1).refused_with(Token::ERC20InvalidSpender{Address{}}));
    approve(alice, bob, 100);
    EXPECT_TRUE(transfer_from(bob, alice, bob, 100)
                    .refused_with(Token::ERC20InsufficientBalance{alice, u256{}, u256{100u}}));
    EXPECT_EQ(allowance(alice, bob), u256{100u}) << "undone with the rest";
    EXPECT_TRUE(
        transfer_from(bob, alice, {}, 1).refused_with(Token::ERC20InvalidReceiver{Address{}}));
    EXPECT_TRUE(
        transfer_from(bob, {}, bob, 0).refused_with(Token::ERC20InvalidApprover{Address{}}));
    EXPECT_TRUE(transfer_from(issuer, issuer, bob, 1)
                    .refused_with(Token::ERC20InsufficientAllowance{issuer, u256{}, u256{1u}}))
        << "one's own tokens go by transfer";
}

TEST_F(TokenTest, the_issuer_mints_while_minting_is_open_and_the_record_lives) {
    const Outcome out = mint(issuer, alice, 500);
    EXPECT_EQ(out.events<Token::Transfer>(token),
              (std::vector{std::tuple(Address{}, alice, u256{500u})}));
    EXPECT_EQ(supply(), u256{1'500u});
    EXPECT_TRUE(mint(alice, alice, 1).refused_with(Token::OwnableUnauthorizedAccount{alice}));
    EXPECT_TRUE(mint(issuer, {}, 1).refused_with(Token::ERC20InvalidReceiver{Address{}}));
    EXPECT_TRUE(mint(issuer, bob, u256_max - u256{1'499u}).refused_with(Panic{panic_arithmetic}));
    EXPECT_TRUE(mint(issuer, bob, u256_max - u256{1'500u}).ok());
    EXPECT_EQ(supply(), u256_max);
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, issuer, schema, record).ok());
    EXPECT_TRUE(mint(issuer, alice, 0).refused_with(RecordNotLive{record}));
    EXPECT_TRUE(transfer(alice, bob, 500).ok())
        << "holders can leave whatever became of the record";
}

TEST_F(TokenTest, a_closed_token_is_never_minted) {
    TokenParams with = params();
    with.mintable = false;
    token = create(with).value<Address>();
    EXPECT_TRUE(mint(issuer, alice, 1).refused_as<Token::MintingClosed>());
}

TEST_F(TokenTest, holders_burn_their_own) {
    transfer(issuer, alice, 100);
    const Outcome out = burn(alice, 40);
    EXPECT_EQ(out.events<Token::Transfer>(token),
              (std::vector{std::tuple(alice, Address{}, u256{40u})}));
    EXPECT_EQ(supply(), u256{960u});
    EXPECT_TRUE(
        burn(alice, 61).refused_with(Token::ERC20InsufficientBalance{alice, u256{60u}, u256{61u}}));
}

TEST_F(TokenTest, a_permit_lets_another_send_the_approval) {
    const Permit permit;
    const Outcome out = send(permit, sign(permit));
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.events<Token::Approval>(token),
              (std::vector{std::tuple(signer, bob, u256{50u})}));
    EXPECT_EQ(allowance(signer, bob), u256{50u});
    EXPECT_EQ(nonce(signer), u256{1u});
}

TEST_F(TokenTest, a_permit_serves_once) {
    const Permit permit;
    const eas::Signature signature = sign(permit);
    ASSERT_TRUE(send(permit, signature).ok());
    EXPECT_TRUE(send(permit, signature).refused_as<Token::ERC2612InvalidSigner>());
    Permit next = permit;
    next.nonce = 1;
    EXPECT_TRUE(send(next, sign(next)).ok());
}

TEST_F(TokenTest, a_permit_lasts_to_its_deadline) {
    Permit permit;
    permit.deadline = u256{world.block().timestamp};
    const eas::Signature signature = sign(permit);
    world.advance(1);
    EXPECT_TRUE(
        send(permit, signature).refused_with(Token::ERC2612ExpiredSignature{permit.deadline}));
    --world.block().timestamp;
    EXPECT_TRUE(send(permit, signature).ok());
}

TEST_F(TokenTest, a_permit_for_anything_else_is_refused) {
    const Permit permit;
    const eas::Signature signature = sign(permit);
    Permit other = permit;
    other.value = 51;
    EXPECT_TRUE(send(other, signature).refused_as<Token::ERC2612InvalidSigner>());
    other = permit;
    other.spender = alice;
    EXPECT_TRUE(send(other, signature).refused_as<Token::ERC2612InvalidSigner>());
    other = permit;
    other.owner = issuer;
    EXPECT_TRUE(send(other, signature).refused_as<Token::ERC2612InvalidSigner>());
    world.block().chain_id = 1;
    EXPECT_TRUE(send(permit, signature).refused_as<Token::ERC2612InvalidSigner>())
        << "another chain";
    world.block().chain_id = 31'337;
    const PrivateKey stranger = *PrivateKey::parse(std::string(63, '0') + "5");
    EXPECT_TRUE(send(permit, sign(permit, stranger))
                    .refused_with(Token::ERC2612InvalidSigner{address_of(stranger), signer}));
    EXPECT_EQ(nonce(signer), u256{}) << "refusals use up no nonce";
    EXPECT_TRUE(send(permit, signature).ok());
}

TEST_F(TokenTest, signatures_of_a_permit_have_one_form) {
    const Permit permit;
    const eas::Signature good = sign(permit);
    eas::Signature other = good;
    other.s = to_word(secp256k1_n - to_u256(good.s));
    other.v = good.v == 27 ? 28 : 27;
    EXPECT_TRUE(send(permit, other).refused_with(ECDSAInvalidSignatureS{other.s}));
    for (const uint8_t v : {0, 1, 26, 29, 255}) {
        other = good;
        other.v = v;
        EXPECT_TRUE(send(permit, other).refused_as<ECDSAInvalidSignature>()) << unsigned{v};
    }
    other = good;
    other.r = {};
    EXPECT_TRUE(send(permit, other).refused_as<ECDSAInvalidSignature>());
    other = good;
    other.s = {};
    EXPECT_TRUE(send(permit, other).refused_as<ECDSAInvalidSignature>());
}

TEST_F(TokenTest, a_permit_for_nobody_is_refused) {
    Permit permit;
    permit.spender = {};
    EXPECT_TRUE(send(permit, sign(permit)).refused_with(Token::ERC20InvalidSpender{Address{}}));
}

TEST_F(TokenTest, the_domain_follows_the_chain) {
    using Domain =
        std::tuple<FixedBytes<1>, std::string, std::string, u256, Address, Hash, std::vector<u256>>;
    const auto domain = [&] {
        return abi::decode<FixedBytes<1>, std::string, std::string, u256, Address, Hash,
                           std::vector<u256>>(world.ask<"eip712Domain()">(token).result.output);
    };
    EXPECT_EQ(domain(), (Domain{{{0x0f}}, "Class of 2026", "1", u256{31'337u}, token, {}, {}}));
    const Hash here = world.ask<"DOMAIN_SEPARATOR()">(token).value<Hash>();
    EXPECT_EQ(here, domain_separator("Class of 2026", "1", u256{31'337u}, token));
    world.block().chain_id = 1;
    EXPECT_EQ(std::get<3>(*domain()), u256{1u});
    EXPECT_NE(world.ask<"DOMAIN_SEPARATOR()">(token).value<Hash>(), here);
}

/// The id of an interface: the exclusive or of its functions' selectors.
template <FixedText... functions>
Selector interface_of() {
    Selector out;
    for (const Selector& each : {detail::selector_of(detail::signature_hash<functions>())...})
        for (size_t i = 0; i < out.size; ++i) out[i] = static_cast<uint8_t>(out[i] ^ each[i]);
    return out;
}

TEST_F(TokenTest, it_says_which_interfaces_it_has) {
    const auto supports = [&](const Selector& id) {
        return world.ask<"supportsInterface(bytes4)">(token, id).value<bool>();
    };
    const Selector erc20 =
        interface_of<"totalSupply()", "balanceOf(address)", "allowance(address,address)",
                     "transfer(address,uint256)", "approve(address,uint256)",
                     "transferFrom(address,address,uint256)">();
    const Selector erc2612 =
        interface_of<"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
                     "nonces(address)", "DOMAIN_SEPARATOR()">();
    EXPECT_TRUE(supports(interface_of<"supportsInterface(bytes4)">()));
    EXPECT_TRUE(supports(erc20));
    EXPECT_TRUE(supports((interface_of<"name()", "symbol()", "decimals()">())));
    EXPECT_TRUE(supports(erc2612));
    EXPECT_TRUE(supports(interface_of<"eip712Domain()">()));
    EXPECT_FALSE(supports(Selector{{0xff, 0xff, 0xff, 0xff}}));
    EXPECT_FALSE(supports(Selector{}));
    EXPECT_FALSE(supports(interface_of<"mint(address,uint256)">()));
}

TEST_F(TokenTest, layout_is_that_of_an_erc20_in_solidity) {
    // Balances at slot 0, allowances at 1, the supply at 2, name and symbol at 3 and 4:
    // OpenZeppelin's order.
    Bytes image = to_bytes(to_word(to_u256(issuer)));
    image.resize(64);
    EXPECT_EQ(world.state().load(token, to_u256(keccak256(image))), u256{1'000u});
    EXPECT_EQ(world.state().load(token, u256{2u}), u256{1'000u});
    EXPECT_EQ(to_hex(to_word(world.state().load(token, u256{4u}))),
              "0x434c53" + std::string(56, '0') + "06");
}

TEST_F(TokenTest, prices_are_near_those_of_solidity) {
    // Execution only; the transaction's own 21,000 and its calldata come on top.
    EXPECT_LT(transfer(issuer, alice, 10).gas_used, 35'000u) << "to a new holder";
    EXPECT_LT(transfer(issuer, alice, 10).gas_used, 15'000u);
    EXPECT_LT(approve(issuer, bob, 10).gas_used, 30'000u);
    EXPECT_GT(transfer(issuer, alice, 10).gas_used, 2 * (gas::slot_reset + gas::cold_slot_access));
}

/// A token that makes the mistakes T-1 is there for.
class FaultyToken : public AssetToken {
    static constexpr Map<Address, u256> balances_{0};

public:
    using AssetToken::AssetToken;
    void forget_debit(Address to, u256 value) {
        set(balances_[to], balance_of(to) + value);
        emit(Transfer{sender(), to, value});
    }
    void forget_supply(Address to, u256 value) {
        set(balances_[to], balance_of(to) + value);
        emit(Transfer{Address{}, to, value});
    }
    void credit_twice(Address to, u256 value) {
        move(sender(), to, value);
        set(balances_[to], balance_of(to) + value);
    }

    static constexpr auto abi =
        AssetToken::abi +
        Methods<Method<"forgetDebit(address to, uint256 value)", &FaultyToken::forget_debit>,
                Method<"forgetSupply(address to, uint256 value)", &FaultyToken::forget_supply>,
                Method<"creditTwice(address to, uint256 value)", &FaultyToken::credit_twice>>{};
};

TEST(TokenInvariants, a_faulty_token_is_caught_and_undone) {
    const NativeType type = native_type<FaultyToken>(900, 1, "FaultyToken");
    World world({&type, 1});
    const TokenParams params{.name = "Faulty",
                             .symbol = "F",
                             .decimals = 18,
                             .record = test::found_mission(world, issuer),
                             .issuer = issuer,
                             .initial_supply = u256{1'000u},
                             .mintable = true};
    const Address token = world.create(issuer, "FaultyToken", {}, params).value<Address>();
    ASSERT_TRUE(world.send<"transfer(address,uint256)">(issuer, token, alice, u256{1u}).ok());
    world.expect_broken_invariants();
    const u256 value{100u};
    EXPECT_EQ(world.send<"forgetDebit(address,uint256)">(issuer, token, alice, value)
                  .broken.find("FaultyToken: T-1"),
              0u);
    EXPECT_EQ(world.send<"forgetSupply(address,uint256)">(issuer, token, alice, value)
                  .broken.find("FaultyToken: T-1"),
              0u);
    EXPECT_EQ(world.send<"creditTwice(address,uint256)">(issuer, token, alice, value)
                  .broken.find("FaultyToken: T-1"),
              0u);
    EXPECT_EQ(world.ask<"balanceOf(address)">(token, alice).value<u256>(), u256{1u});
    EXPECT_EQ(world.send<"transfer(address,uint256)">(issuer, token, alice, value).broken, "");
}

}  // namespace
}  // namespace plume
