#include "contracts/agent_identity.hpp"

#include <gtest/gtest.h>

#include "crypto/signature.hpp"
#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::agents;
using test::Outcome;
using test::person;
using Id = AgentIdentity;

class AgentIdentityTest : public testing::Test {
protected:
    AgentIdentityTest() { id = register_with("ipfs://file", {}).value<u256>(); }

    Outcome register_with(const std::string& uri, const std::vector<MetadataEntry>& entries) {
        return world.send<"register(string,(string,bytes)[])">(owner, agents, uri, entries);
    }
    Address owner_of() { return world.ask<"ownerOf(uint256)">(agents, id).value<Address>(); }
    Address wallet() { return world.ask<"getAgentWallet(uint256)">(agents, id).value<Address>(); }
    Outcome transfer(const Address& by, const Address& from, const Address& to) {
        return world.send<"transferFrom(address,address,uint256)">(by, agents, from, to, id);
    }
    Outcome set_metadata(const Address& by, const std::string& key, const Bytes& value) {
        return world.send<"setMetadata(uint256,string,bytes)">(by, agents, id, key, value);
    }

    test::World world;
    const Address owner = person(1);
    const Address other = person(2);
    u256 id;
};

TEST_F(AgentIdentityTest, registers_as_the_erc_says) {
    const Outcome out = register_with("ipfs://second", {{"name", Bytes{1, 2}}});
    const u256 second = out.value<u256>();
    EXPECT_EQ(second, id + 1_u256);
    EXPECT_EQ(out.events<Id::Transfer>(agents),
              (std::vector{std::tuple{Address{}, owner, second}}));
    EXPECT_EQ(out.events<Id::Registered>(agents),
              (std::vector{std::tuple{second, std::string("ipfs://second"), owner}}));
    const auto set = out.events<Id::MetadataSet>(agents);
    ASSERT_EQ(set.size(), 2u);
    EXPECT_EQ(std::get<2>(set[0]), "agentWallet");
    EXPECT_EQ(std::get<3>(set[0]), Bytes(owner.begin(), owner.end()));
    EXPECT_EQ(std::get<2>(set[1]), "name");
    EXPECT_EQ(out.logs.back().topics[2], keccak256("name")) << "the topic of a string is its hash";
    EXPECT_EQ(world.ask<"tokenURI(uint256)">(agents, second).value<std::string>(), "ipfs://second");
    EXPECT_EQ(world.ask<"balanceOf(address)">(agents, owner).value<u256>(), 2_u256);
    EXPECT_TRUE(world.send<"register()">(owner, agents).ok());
    EXPECT_TRUE(world.ask<"ownerOf(uint256)">(agents, 9_u256)
                    .refused_with(Id::ERC721NonexistentToken{9_u256}));
}

TEST_F(AgentIdentityTest, keeps_texts_within_their_bounds) {
    EXPECT_TRUE(register_with(std::string(Id::uri_size_max, 'x'), {}).ok());
    EXPECT_TRUE(
        register_with(std::string(Id::uri_size_max + 1, 'x'), {}).refused_as<Id::TextTooLong>());
    EXPECT_TRUE(register_with("", std::vector<MetadataEntry>(Id::metadata_entries_max)).ok());
    EXPECT_TRUE(register_with("", std::vector<MetadataEntry>(Id::metadata_entries_max + 1))
                    .refused_as<Id::TooManyEntries>());
    const std::string key(Id::metadata_key_size_max, 'k');
    EXPECT_TRUE(set_metadata(owner, key, Bytes(Id::metadata_value_size_max)).ok());
    EXPECT_TRUE(set_metadata(owner, key + "k", {}).refused_as<Id::TextTooLong>());
    EXPECT_TRUE(set_metadata(owner, key, Bytes(Id::metadata_value_size_max + 1))
                    .refused_as<Id::TextTooLong>());
}

TEST_F(AgentIdentityTest, is_managed_by_its_owner_and_whom_he_allows) {
    EXPECT_TRUE(set_metadata(other, "a", {1}).refused_as<Id::ERC721InsufficientApproval>());
    world.send<"approve(address,uint256)">(owner, agents, other, id);
    EXPECT_TRUE(set_metadata(other, "a", {1}).ok());
    world.send<"approve(address,uint256)">(owner, agents, Address{}, id);
    EXPECT_TRUE(set_metadata(other, "a", {1}).refused_as<Id::ERC721InsufficientApproval>());
    world.send<"setApprovalForAll(address,bool)">(owner, agents, other, true);
    EXPECT_TRUE(
        world.send<"setAgentURI(uint256,string)">(other, agents, id, std::string("x")).ok());
    EXPECT_TRUE((world.send<"approve(address,uint256)">(person(3), agents, other, id)
                     .refused_as<Id::ERC721InvalidApprover>()));
    EXPECT_EQ(world.ask<"getMetadata(uint256,string)">(agents, id, std::string("a")).value<Bytes>(),
              Bytes{1});
    EXPECT_TRUE(set_metadata(owner, "agentWallet", {1}).refused_as<Id::ReservedKey>());
}

TEST_F(AgentIdentityTest, moves_like_an_erc_721_and_loses_its_wallet) {
    EXPECT_EQ(wallet(), owner);
    EXPECT_TRUE(transfer(other, owner, other).refused_as<Id::ERC721InsufficientApproval>());
    EXPECT_TRUE(transfer(owner, other, person(3)).refused_as<Id::ERC721IncorrectOwner>());
    EXPECT_TRUE(transfer(owner, owner, {}).refused_as<Id::ERC721InvalidReceiver>());
    EXPECT_TRUE(transfer(owner, owner, owner).ok()) << "to oneself";
    EXPECT_TRUE(transfer(owner, owner, other).ok());
    EXPECT_EQ(owner_of(), other);
    EXPECT_EQ(wallet(), Address{});
    EXPECT_EQ(world.ask<"balanceOf(address)">(agents, owner).value<u256>(), 0_u256);
    // Conditions is a contract that takes no tokens.
    EXPECT_TRUE((world
                     .send<"safeTransferFrom(address,address,uint256)">(other, agents, other,
                                                                        contracts::conditions, id)
                     .refused_as<Id::ERC721InvalidReceiver>()));
    EXPECT_TRUE((world
                     .send<"safeTransferFrom(address,address,uint256,bytes)">(other, agents, other,
                                                                              owner, id, Bytes{1})
                     .ok()));
}

TEST_F(AgentIdentityTest, a_wallet_signs_for_itself) {
    const PrivateKey key = *PrivateKey::parse(std::string(63, '0') + "9");
    const Address signer = address_of(key);
    const uint64_t now = world.block().timestamp;
    const auto set_wallet = [&](const Address& to, uint64_t deadline, uint64_t signed_deadline) {
        const Hash digest = typed_data_digest(
            domain_separator("ERC8004IdentityRegistry", "1", u256{31'337u}, agents),
            keccak256(abi::encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 "
                          "deadline)"),
                id, to, owner, u256{signed_deadline})));
        const Signature made = sign(digest, key);
        Bytes signature;
        append(signature, to_word(made.r));
        append(signature, to_word(made.s));
        signature.push_back(static_cast<uint8_t>(made.y_parity ? 28 : 27));
        return world.send<"setAgentWallet(uint256,address,uint256,bytes)">(
            owner, agents, id, to, u256{deadline}, signature);
    };
    EXPECT_TRUE(set_wallet(signer, now + 10, now + 10).ok());
    EXPECT_EQ(wallet(), signer);
    EXPECT_TRUE(set_wallet(other, now + 10, now + 10).refused_as<Id::WalletNotProven>());
    EXPECT_TRUE(set_wallet(signer, now + 10, now + 11).refused_as<Id::WalletNotProven>());
    EXPECT_TRUE(set_wallet(signer, now - 1, now - 1).refused_as<Id::WalletDeadlineInvalid>());
    EXPECT_TRUE(set_wallet(signer, now + 300, now + 300).ok());
    EXPECT_TRUE(set_wallet(signer, now + 301, now + 301).refused_as<Id::WalletDeadlineInvalid>());
    EXPECT_TRUE(set_wallet({}, now + 10, now + 10).refused_as<Id::WalletMissing>());
    EXPECT_TRUE(world.send<"unsetAgentWallet(uint256)">(owner, agents, id).ok());
    EXPECT_EQ(wallet(), Address{});
}

TEST_F(AgentIdentityTest, tells_its_interfaces) {
    const auto supports = [&](Selector interface) {
        return world.ask<"supportsInterface(bytes4)">(agents, interface).value<bool>();
    };
    EXPECT_TRUE(supports({{0x80, 0xac, 0x58, 0xcd}}));
    EXPECT_TRUE(supports({{0x5b, 0x5e, 0x13, 0x9f}}));
    EXPECT_TRUE(supports({{0x31, 0x1a, 0x6c, 0x56}}));
    EXPECT_FALSE(supports({{0xff, 0xff, 0xff, 0xff}}));
}

}  // namespace
}  // namespace plume
