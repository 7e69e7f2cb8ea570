#include "contracts/devices.hpp"

#include <gtest/gtest.h>

#include "crypto/ed25519.hpp"
#include "crypto/hash.hpp"
#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::key_of;
using test::Outcome;
using test::person;
using test::wallet_signature;

const Address owner = FeedsWorld::owner();
const Address buyer = person(2);
const Address stranger = person(3);

class DevicesTest : public testing::Test {
protected:
    Address owner_of(const u256& device) {
        return world.ask<"ownerOf(uint256)">(world.feeds(), device).value<Address>();
    }
    u256 balance_of(const Address& who) {
        return world.ask<"balanceOf(address)">(world.feeds(), who).value<u256>();
    }
    Outcome transfer(const Address& by, const Address& from, const Address& to,
                     const u256& device) {
        return world.send<"transferFrom(address,address,uint256)">(by, world.feeds(), from, to,
                                                                   device);
    }
    Outcome rotate(const u256& device, uint16_t to, uint32_t number, const Address& by = owner) {
        const PrivateKey key = FeedsWorld::device_key(to);
        const Bytes possession = wallet_signature(world.binding(device, by, number), key);
        return world.send<test::rotate_text>(by, world.feeds(), device, key_of(key), possession);
    }

    FeedsWorld world;
};

// Registration.

TEST_F(DevicesTest, a_device_is_registered_with_its_key_and_its_certificate) {
    const DeviceParams params = world.params(1);
    const Outcome out = world.register_device(params, FeedsWorld::device_key(1));
    ASSERT_TRUE(out.ok());
    const u256 device = FeedsWorld::device(1);
    EXPECT_EQ(out.value<u256>(), device);
    EXPECT_EQ(out.events<DeviceRegistry::Transfer>(world.feeds()),
              (std::vector{std::tuple{Address{}, owner, device}}));
    EXPECT_EQ(out.events<DeviceRegistry::DeviceRegistered>(world.feeds()).size(), 1u);
    EXPECT_EQ(owner_of(device), owner);
    EXPECT_EQ(balance_of(owner), 1_u256);
    EXPECT_EQ(world.status(device), static_cast<uint8_t>(DeviceStatus::active));
    EXPECT_EQ(world.ask<"manufacturerOf(uint256)">(world.feeds(), device).value<Address>(),
              FeedsWorld::manufacturer());
    EXPECT_EQ(world.ask<"deviceOfKey((uint8,bytes))">(world.feeds(), params.key).value<u256>(),
              device);
    const auto kept = world.ask<"deviceOf(uint256)">(world.feeds(), device).value<DeviceParams>();
    EXPECT_EQ(abi::encode(kept), abi::encode(params));
}

TEST_F(DevicesTest, the_three_kinds_of_keys_can_be_registered) {
    const Hash seed = sha256(view_of("plume-ed25519-device"));
    DeviceParams params = world.params(2);
    params.key = {2, to_bytes(ed25519_key(seed))};
    const Hash digest = world.binding(FeedsWorld::device(2), owner, 0);
    const auto with = [&](const DeviceParams& device, const Bytes& possession) {
        return world.send<test::register_text>(owner, world.feeds(), device, possession);
    };
    EXPECT_TRUE(with(params, to_bytes(ed25519_sign(digest, seed))).ok());
    const auto kept =
        world.ask<"deviceOf(uint256)">(world.feeds(), FeedsWorld::device(2)).value<DeviceParams>();
    EXPECT_EQ(kept.key, params.key);
}

TEST_F(DevicesTest, nobody_registers_a_device_twice_or_a_key_twice) {
    const u256 device = world.add_device(1);
    EXPECT_TRUE(world.register_device(world.params(1), FeedsWorld::device_key(1))
                    .refused_with(DeviceRegistry::DeviceExists{device}));
    // E2: "double key": one node reports as two.
    DeviceParams second = world.params(2);
    second.key = key_of(FeedsWorld::device_key(1));
    EXPECT_TRUE(world.register_device(second, FeedsWorld::device_key(1))
                    .refused_with(DeviceRegistry::KeyInUse{device}));
}

TEST_F(DevicesTest, a_key_says_itself_whose_it_is) {
    const DeviceParams params = world.params(1);
    const u256 device = FeedsWorld::device(1);
    EXPECT_TRUE(world.register_device(params, FeedsWorld::device_key(2))
                    .refused_with(DeviceRegistry::PossessionUnproven{device}))
        << "another key's signature";
    // A stranger who has seen the owner's registration cannot send it for himself.
    const Bytes seen = wallet_signature(world.binding(device, owner, 0), FeedsWorld::device_key(1));
    EXPECT_TRUE(world.send<test::register_text>(stranger, world.feeds(), params, seen)
                    .refused_with(DeviceRegistry::PossessionUnproven{device}));
    EXPECT_TRUE(world.send<test::register_text>(owner, world.feeds(), params, seen).ok());
}

TEST_F(DevicesTest, a_certificate_has_to_be_live) {
    DeviceParams params = world.params(1);
    params.record = keccak256("nothing");
    EXPECT_TRUE(world.register_device(params, FeedsWorld::device_key(1))
                    .refused_with(RecordNotLive{params.record}));
    test::revoke(world, FeedsWorld::manufacturer(), eas::schema_uid("string mission", {}, true),
                 world.record());
    EXPECT_TRUE(world.register_device(world.params(1), FeedsWorld::device_key(1))
                    .refused_with(RecordNotLive{world.record()}));
}

TEST_F(DevicesTest, terms_outside_their_bounds_are_refused) {
    const auto registers = [&](auto change) {
        DeviceParams params = world.params(1);
        change(params);
        const Outcome out = world.register_device(params, FeedsWorld::device_key(1));
        EXPECT_TRUE(out.ok() || out.refused_as<DeviceRegistry::DeviceParameterInvalid>());
        return out.ok();
    };
    constexpr uint32_t longest = DeviceRegistry::epoch_max_seconds;
    EXPECT_FALSE(registers([](DeviceParams& p) { p.id = {}; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.capacity = {}; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.heartbeat = 0; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.heartbeat = longest + 1; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.epoch_seconds = 59; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.epoch_seconds = longest + 1; }));
    EXPECT_FALSE(registers([](DeviceParams& p) { p.epoch_seconds = 0; }));
    EXPECT_FALSE(
        registers([](DeviceParams& p) { p.decimals = DeviceRegistry::device_decimals_max + 1; }));
    EXPECT_TRUE(registers([](DeviceParams& p) {
        p.decimals = DeviceRegistry::device_decimals_max;
        p.epoch_seconds = longest;
        p.heartbeat = longest;
    }));
}

// Keys.

TEST_F(DevicesTest, a_key_is_rotated_by_the_owner_to_one_that_agrees) {
    const u256 device = world.add_device(1);
    EXPECT_TRUE(rotate(device, 2, 1, stranger)
                    .refused_with(DeviceRegistry::NotDeviceOwner{device, stranger}));
    EXPECT_TRUE(rotate(device, 2, 0).refused_with(DeviceRegistry::PossessionUnproven{device}))
        << "signed for the first key's place";
    ASSERT_TRUE(rotate(device, 2, 1).ok());
    EXPECT_EQ(world.ask<"keyCount(uint256)">(world.feeds(), device).value<uint32_t>(), 2u);
    EXPECT_TRUE(rotate(device, 1, 2).refused_with(DeviceRegistry::KeyInUse{device}))
        << "a key that was given up does not come back";
}

TEST_F(DevicesTest, a_revoked_device_stays_so) {
    const u256 device = world.add_device(1);
    const auto revoke = [&](const Address& by) {
        return world.send<"revokeDevice(uint256)">(by, world.feeds(), device);
    };
    EXPECT_TRUE(revoke(stranger).refused_with(DeviceRegistry::NotDeviceOwner{device, stranger}));
    ASSERT_TRUE(revoke(FeedsWorld::manufacturer()).ok());
    const DeviceRegistry::DeviceNotActive gone{device, 2};
    EXPECT_TRUE(revoke(owner).refused_with(gone));
    EXPECT_TRUE(rotate(device, 2, 1).refused_with(gone));
    EXPECT_TRUE(world.report(1, world.now(), 0, 1).refused_with(gone));
    EXPECT_TRUE(
        world.send<"reinstateDevice(uint256)">(FeedsWorld::manufacturer(), world.feeds(), device)
            .refused_with(DeviceRegistry::DeviceNotSuspended{device, 2}));
}

// ERC-721.

TEST_F(DevicesTest, a_device_changes_hands_as_a_token_does) {
    const u256 device = world.add_device(1);
    EXPECT_TRUE(transfer(stranger, owner, stranger, device)
                    .refused_with(DeviceRegistry::ERC721InsufficientApproval{stranger, device}));
    EXPECT_TRUE(transfer(owner, buyer, owner, device)
                    .refused_with(DeviceRegistry::ERC721IncorrectOwner{buyer, device, owner}));
    EXPECT_TRUE(transfer(owner, owner, {}, device)
                    .refused_with(DeviceRegistry::ERC721InvalidReceiver{Address{}}));
    EXPECT_TRUE(transfer(owner, owner, buyer, 5_u256)
                    .refused_with(DeviceRegistry::ERC721NonexistentToken{5_u256}));
    const Outcome sold = transfer(owner, owner, buyer, device);
    EXPECT_EQ(sold.events<DeviceRegistry::Transfer>(world.feeds()),
              (std::vector{std::tuple{owner, buyer, device}}));
    EXPECT_EQ(owner_of(device), buyer);
    EXPECT_EQ(balance_of(owner), 0_u256);
    EXPECT_EQ(balance_of(buyer), 1_u256);
    // With the device goes the right over its key.
    EXPECT_TRUE(rotate(device, 2, 1).refused_with(DeviceRegistry::NotDeviceOwner{device, owner}));
    EXPECT_TRUE(rotate(device, 2, 1, buyer).ok());
}

TEST_F(DevicesTest, approvals_serve_once_and_operators_always) {
    const u256 device = world.add_device(1);
    const auto approve = [&](const Address& by, const Address& to) {
        return world.send<"approve(address,uint256)">(by, world.feeds(), to, device);
    };
    EXPECT_TRUE(
        approve(stranger, stranger).refused_with(DeviceRegistry::ERC721InvalidApprover{stranger}));
    ASSERT_TRUE(approve(owner, stranger).ok());
    EXPECT_EQ(world.ask<"getApproved(uint256)">(world.feeds(), device).value<Address>(), stranger);
    ASSERT_TRUE(transfer(stranger, owner, buyer, device).ok());
    EXPECT_EQ(world.ask<"getApproved(uint256)">(world.feeds(), device).value<Address>(), Address{});
    EXPECT_FALSE(transfer(stranger, buyer, stranger, device).ok());

    const auto operate = [&](const Address& by) {
        return world.send<"setApprovalForAll(address,bool)">(buyer, world.feeds(), by, true);
    };
    EXPECT_TRUE(operate({}).refused_with(DeviceRegistry::ERC721InvalidOperator{Address{}}));
    ASSERT_TRUE(operate(stranger).ok());
    EXPECT_TRUE(approve(stranger, owner).ok()) << "an operator may approve";
    EXPECT_TRUE(transfer(stranger, buyer, owner, device).ok());
}

TEST_F(DevicesTest, a_safe_transfer_asks_contracts_and_nobody_else) {
    const u256 device = world.add_device(1);
    const auto send = [&](const Address& to) {
        return world.send<"safeTransferFrom(address,address,uint256)">(owner, world.feeds(), owner,
                                                                       to, device);
    };
    // The conditions contract has no such method and refuses without a word.
    EXPECT_TRUE(send(contracts::conditions)
                    .refused_with(DeviceRegistry::ERC721InvalidReceiver{contracts::conditions}));
    EXPECT_EQ(owner_of(device), owner);
    EXPECT_TRUE(send(buyer).ok());
    EXPECT_EQ(owner_of(device), buyer);
}

TEST_F(DevicesTest, asking_for_nobody_and_nothing_is_refused) {
    EXPECT_TRUE(world.ask<"balanceOf(address)">(world.feeds(), Address{})
                    .refused_with(DeviceRegistry::ERC721InvalidOwner{Address{}}));
    EXPECT_TRUE(world.ask<"ownerOf(uint256)">(world.feeds(), 5_u256)
                    .refused_with(DeviceRegistry::ERC721NonexistentToken{5_u256}));
    EXPECT_TRUE(world.ask<"deviceOf(uint256)">(world.feeds(), 5_u256)
                    .refused_with(DeviceRegistry::ERC721NonexistentToken{5_u256}));
}

// T-5: the domain is that of the chain of the moment.
TEST_F(DevicesTest, the_domain_follows_the_chain_id) {
    const auto separator = [&] {
        return world.ask<"DOMAIN_SEPARATOR()">(world.feeds()).value<Hash>();
    };
    const Hash here = separator();
    EXPECT_EQ(here,
              domain_separator("PlumeDePIN", "1", u256{world.block().chain_id}, world.feeds()));
    world.block().chain_id = 1;
    EXPECT_NE(separator(), here);
}

}  // namespace
}  // namespace plume
