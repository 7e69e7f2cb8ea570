#include "contracts/items.hpp"

#include <gtest/gtest.h>

#include "support/items.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ItemsWorld;
using test::Outcome;
using test::person;
using test::Receiver;

const Address ada = ItemsWorld::owner(0);
const Address bob = ItemsWorld::owner(1);
const Address eve = person(99);
constexpr uint64_t parcel = 1;
constexpr uint64_t panel = 2;

class Items : public testing::Test {
protected:
    Items() {
        world.issue(ada, parcel, 10);
        world.issue(ada, panel, 100);
    }

    ItemsWorld world;
};

TEST_F(Items, are_moved_by_their_owner_and_by_who_he_approves) {
    EXPECT_TRUE(world.give(ada, bob, parcel, 3_u256).ok());
    EXPECT_TRUE(world.give_by(eve, ada, eve, parcel, 1_u256)
                    .refused_with(AssetItems::ERC1155MissingApprovalForAll{eve, ada}));
    ASSERT_TRUE(world.approve(ada, eve).ok());
    const Outcome out = world.give_by(eve, ada, eve, parcel, 1_u256);
    const auto events = out.events<AssetItems::TransferSingle>(world.items());
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], std::tuple(eve, ada, eve, 1_u256, 1_u256));
    EXPECT_EQ(world.balance(ada, parcel), 6_u256);
    EXPECT_EQ(world.balance(bob, parcel), 3_u256);
    EXPECT_EQ(world.balance(eve, parcel), 1_u256);
    EXPECT_EQ(world.supply(parcel), 10_u256);
    EXPECT_TRUE(
        world.give(ada, bob, parcel, 7_u256)
            .refused_with(AssetItems::ERC1155InsufficientBalance{ada, 6_u256, 7_u256, 1_u256}));
    EXPECT_TRUE(world.give(ada, {}, parcel, 1_u256)
                    .refused_with(AssetItems::ERC1155InvalidReceiver{Address{}}));
}

TEST_F(Items, move_in_batches_of_at_most_256) {
    const auto batch = [&](size_t size, size_t values) {
        return world.send<"safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)">(
            ada, world.items(), ada, bob, std::vector<u256>(size, u256{panel}),
            std::vector<u256>(values, u256{}), Bytes{});
    };
    EXPECT_TRUE(batch(0, 0).ok());
    EXPECT_TRUE(batch(256, 256).ok());
    EXPECT_TRUE(batch(257, 257).refused_with(AssetItems::BatchTooLong{257_u256, 256_u256}));
    EXPECT_TRUE(batch(2, 1).refused_with(AssetItems::ERC1155InvalidArrayLength{2_u256, 1_u256}));
    EXPECT_EQ(batch(1, 1).events<AssetItems::TransferSingle>(world.items()).size(), 1u);
    const Outcome both =
        world.send<"safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)">(
            ada, world.items(), ada, bob, std::vector{u256{parcel}, u256{panel}},
            std::vector{4_u256, 50_u256}, Bytes{});
    EXPECT_EQ(both.events<AssetItems::TransferBatch>(world.items()).size(), 1u);
    EXPECT_EQ((world.read<"balanceOfBatch(address[],uint256[])", std::vector<u256>>(
                  std::vector{ada, bob}, std::vector{u256{parcel}, u256{panel}})),
              (std::vector{6_u256, 50_u256}));
    EXPECT_TRUE(world
                    .ask<"balanceOfBatch(address[],uint256[])">(
                        world.items(), std::vector<Address>(257), std::vector<u256>(257))
                    .refused_with(AssetItems::BatchTooLong{257_u256, 256_u256}));
}

TEST_F(Items, are_offered_to_a_contract_that_receives_them) {
    const auto in_mood = [&](uint8_t mood) {
        world.send<"setMood(uint8)">(eve, world.receiver(), mood);
        return world.give(ada, world.receiver(), parcel, 1_u256);
    };
    EXPECT_TRUE(in_mood(Receiver::takes).ok());
    EXPECT_TRUE(in_mood(Receiver::refuses)
                    .refused_with(AssetItems::ERC1155InvalidReceiver{world.receiver()}));
    EXPECT_TRUE(in_mood(Receiver::explains).refused_with(Receiver::Reason{7_u256}));
    EXPECT_TRUE(in_mood(Receiver::mumbles)
                    .refused_with(AssetItems::ERC1155InvalidReceiver{world.receiver()}));
    EXPECT_TRUE(in_mood(Receiver::calls_back).refused_as<ReentrancyGuardReentrantCall>());
    EXPECT_EQ(world.balance(world.receiver(), parcel), 1_u256);
    for (const Address& other : {world.items(), contracts::launcher})
        EXPECT_TRUE(world.give(ada, other, parcel, 1_u256)
                        .refused_with(AssetItems::ERC1155InvalidReceiver{other}));
}

TEST_F(Items, say_what_they_are) {
    for (const uint32_t id : {0x01ffc9a7u, 0xd9b67a26u, 0x0e89341cu, 0x41c4fbadu, 0xc26d96ccu,
                              0xc4c8a71du, 0xad092b5cu, 0x49064906u})
        EXPECT_TRUE((world.read<"supportsInterface(bytes4)", bool>(
            Selector{{static_cast<uint8_t>(id >> 24), static_cast<uint8_t>(id >> 16),
                      static_cast<uint8_t>(id >> 8), static_cast<uint8_t>(id)}})));
    EXPECT_FALSE((world.read<"supportsInterface(bytes4)", bool>(Selector{{255, 255, 255, 255}})));
    EXPECT_EQ((world.read<"uri(uint256)", std::string>(u256{parcel})), world.params().uri);
    EXPECT_EQ((world.read<"contractURI()", std::string>()), world.params().contract_uri);
    EXPECT_EQ((world.read<"recordOf(uint256)", Hash>(u256{parcel})), world.record());
    EXPECT_EQ(world.read<"totalSupply()">(), 110_u256);
    EXPECT_TRUE((world.read<"exists(uint256)", bool>(u256{parcel})));
    EXPECT_FALSE((world.read<"exists(uint256)", bool>(9_u256)));
}

TEST_F(Items, are_defined_once_and_made_up_to_their_cap) {
    EXPECT_TRUE(world.define(parcel).refused_with(AssetItems::ItemExists{u256{parcel}}));
    EXPECT_TRUE(world.mint(ada, 7, 1_u256).refused_with(AssetItems::UnknownItem{7_u256}));
    EXPECT_TRUE(world.define(7, {}).refused_with(AssetItems::InvalidCap{7_u256, {}, {}}));
    ASSERT_TRUE(world.define(7, 5_u256).ok());
    EXPECT_TRUE(world.mint(ada, 7, 5_u256).ok());
    EXPECT_TRUE(world.mint(ada, 7, 1_u256)
                    .refused_with(AssetItems::SupplyCapExceeded{7_u256, 5_u256, 6_u256}));
    EXPECT_TRUE(world.burn(ada, 7, 2_u256).ok());
    const auto lower = [&](const u256& cap) {
        return world.send<"lowerCap(uint256,uint256)">(world.issuer(), world.items(), 7_u256, cap);
    };
    EXPECT_TRUE(lower(2_u256).refused_with(AssetItems::InvalidCap{7_u256, 2_u256, 3_u256}));
    EXPECT_TRUE(lower(6_u256).refused_with(AssetItems::InvalidCap{7_u256, 6_u256, 3_u256}));
    EXPECT_TRUE(lower(3_u256).ok());
    EXPECT_TRUE(world.mint(ada, 7, 1_u256)
                    .refused_with(AssetItems::SupplyCapExceeded{7_u256, 3_u256, 4_u256}));
}

TEST_F(Items, need_a_live_record_to_be_made) {
    EXPECT_TRUE(world
                    .send<"defineItem(uint256,bytes32,uint256,bytes32)">(
                        world.issuer(), world.items(), 7_u256, keccak256("none"), 1_u256, Hash{})
                    .refused_with(RecordNotLive{keccak256("none")}));
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, world.issuer(), schema, world.record()).ok());
    EXPECT_TRUE(world.mint(ada, parcel, 1_u256).refused_with(RecordNotLive{world.record()}));
    EXPECT_TRUE(world.give(ada, bob, parcel, 1_u256).ok()) << "what exists may still change hands";
    const Hash other = test::found_mission(world, eve);
    const Outcome out = world.send<"supersedeRecord(uint256,bytes32)">(
        world.issuer(), world.items(), u256{parcel}, other);
    EXPECT_EQ(out.events<AssetItems::MetadataUpdate>(world.items()).size(), 1u);
    EXPECT_TRUE(world.create(eve, "AssetItems", keccak256("x"), world.params())
                    .refused_with(RecordNotLive{world.record()}));
}

TEST_F(Items, hold_their_texts_to_a_length) {
    const auto set_uri = [&](size_t size) {
        return world.send<"setURI(string)">(world.issuer(), world.items(), std::string(size, 'x'));
    };
    EXPECT_TRUE(set_uri(0).ok());
    EXPECT_EQ(set_uri(1'024).events<AssetItems::BatchMetadataUpdate>(world.items()).size(), 1u);
    EXPECT_TRUE(set_uri(1'025).refused_with(AssetItems::TextTooLong{1'025_u256, 1'024_u256}));
    EXPECT_EQ(
        world.send<"setContractURI(string)">(world.issuer(), world.items(), std::string("ipfs://x"))
            .events<AssetItems::ContractURIUpdated>(world.items())
            .size(),
        1u);
}

TEST_F(Items, know_one_holder_of_each_power_who_may_hand_it_on) {
    const AssetItems::OwnableUnauthorizedAccount no{eve};
    const auto send = [&]<FixedText text>(const auto&... arguments) {
        return world.send<text>(eve, world.items(), arguments...);
    };
    const u256 id{parcel};
    const auto refused = [&](const Outcome& out) { EXPECT_TRUE(out.refused_with(no)); };
    refused(send.operator()<"defineItem(uint256,bytes32,uint256,bytes32)">(7_u256, world.record(),
                                                                           1_u256, Hash{}));
    refused(send.operator()<"mint(address,uint256,uint256,bytes)">(eve, id, 1_u256, Bytes{}));
    refused(send.operator()<"lowerCap(uint256,uint256)">(id, 1_u256));
    refused(send.operator()<"setURI(string)">(std::string()));
    refused(send.operator()<"setContractURI(string)">(std::string()));
    refused(send.operator()<"supersedeRecord(uint256,bytes32)">(id, world.record()));
    refused(send.operator()<"setDomain(uint256,bytes32)">(id, Hash{}));
    refused(send.operator()<"setPaused(uint256,bool)">(id, true));
    refused(send.operator()<"setFrozenTokens(address,uint256,uint256)">(ada, id, 1_u256));
    refused(
        send.operator()<"forcedTransfer(address,address,uint256,uint256)">(ada, eve, id, 1_u256));
    for (uint8_t power = 0; power <= AssetItems::last_power; ++power)
        refused(send.operator()<"handOn(uint8,address)">(power, eve));
    EXPECT_TRUE(send.operator()<"handOn(uint8,address)">(uint8_t{5}, eve)
                    .refused_with(AssetItems::UnknownPower{5}));

    ASSERT_TRUE(
        world.send<"handOn(uint8,address)">(world.pauser(), world.items(), uint8_t{2}, eve).ok());
    EXPECT_TRUE(world.pause(parcel).refused_as<AssetItems::OwnableUnauthorizedAccount>());
    EXPECT_TRUE(send.operator()<"setPaused(uint256,bool)">(id, true).ok());
    ASSERT_TRUE(send.operator()<"handOn(uint8,address)">(uint8_t{2}, Address{}).ok());
    EXPECT_TRUE(send.operator()<"setPaused(uint256,bool)">(id, false).refused_with(no));
}

TEST_F(Items, are_paused_one_by_one) {
    ASSERT_TRUE(world.pause(parcel).ok());
    EXPECT_FALSE(world.can_transfer(ada, bob, parcel, 1_u256));
    const AssetItems::ItemPaused paused{u256{parcel}};
    EXPECT_TRUE(world.give(ada, bob, parcel, 1_u256).refused_with(paused));
    EXPECT_TRUE(world.mint(ada, parcel, 1_u256).refused_with(paused));
    EXPECT_TRUE(world.burn(ada, parcel, 1_u256).refused_with(paused));
    EXPECT_TRUE(world.let(ada, bob, parcel, 1, 100).refused_with(paused));
    EXPECT_TRUE(world.give(ada, bob, panel, 1_u256).ok());
    EXPECT_TRUE(world.force(ada, bob, parcel, 1_u256).ok());
    ASSERT_TRUE(world.pause(parcel, false).ok());
    EXPECT_TRUE(world.give(ada, bob, parcel, 1_u256).ok());
}

TEST_F(Items, frozen_do_not_move_but_by_force) {
    ASSERT_TRUE(world.freeze(ada, parcel, 8_u256).ok());
    EXPECT_TRUE(world.can_transfer(ada, bob, parcel, 2_u256));
    EXPECT_FALSE(world.can_transfer(ada, bob, parcel, 3_u256));
    EXPECT_TRUE(world.can_transfer(ada, bob, parcel, 11_u256)) << "a lack of balance is no rule";
    EXPECT_TRUE(world.give(ada, bob, parcel, 3_u256)
                    .refused_with(AssetItems::ERC7943InsufficientUnfrozenBalance{ada, 1_u256,
                                                                                 3_u256, 2_u256}));
    EXPECT_TRUE(
        world.give(ada, bob, parcel, 11_u256).refused_as<AssetItems::ERC1155InsufficientBalance>());
    EXPECT_TRUE(world.give(ada, bob, parcel, 2_u256).ok());

    const Outcome out = world.force(ada, bob, parcel, 5_u256);
    ASSERT_EQ(out.logs.size(), 3u);
    EXPECT_TRUE(AssetItems::Frozen::decode(out.logs[0])) << "what is frozen falls first";
    EXPECT_TRUE(AssetItems::TransferSingle::decode(out.logs[1]));
    EXPECT_TRUE(AssetItems::ForcedTransfer::decode(out.logs[2]));
    EXPECT_EQ(world.read<"getFrozenTokens(address,uint256)">(ada, u256{parcel}), 3_u256);
    EXPECT_EQ(world.balance(ada, parcel), 3_u256);
    EXPECT_TRUE(world.force(ada, ada, parcel, 1_u256).refused_with(AssetItems::SelfTransfer{ada}));
    EXPECT_TRUE(
        world.force(ada, bob, parcel, 4_u256).refused_as<AssetItems::ERC1155InsufficientBalance>());

    ASSERT_TRUE(world.freeze(ada, parcel, 1'000_u256).ok()) << "more than there is, for later";
    ASSERT_TRUE(world.force(ada, bob, parcel, 3_u256).ok());
    EXPECT_EQ(world.read<"getFrozenTokens(address,uint256)">(ada, u256{parcel}), 997_u256);
}

TEST_F(Items, need_the_credentials_of_their_domain) {
    const Hash domain = keccak256("residents");
    ASSERT_TRUE(
        world
            .send<"setDomain(uint256,bytes32)">(world.policy(), world.items(), u256{parcel}, domain)
            .ok());
    EXPECT_TRUE(
        world.give(ada, bob, parcel, 1_u256).refused_with(AssetItems::ERC7943CannotSend{ada}))
        << "a question that fails is a no";
    world.open_desk();
    world.hand_out(ada, domain);
    EXPECT_FALSE(world.can_transfer(ada, bob, parcel, 1_u256));
    const AssetItems::ERC7943CannotReceive no{bob};
    EXPECT_TRUE(world.give(ada, bob, parcel, 1_u256).refused_with(no));
    EXPECT_TRUE(world.mint(bob, parcel, 1_u256).refused_with(no));
    EXPECT_TRUE(world.force(ada, bob, parcel, 1_u256).refused_with(no));
    EXPECT_TRUE(world.let(ada, bob, parcel, 1, 100).refused_with(no));
    EXPECT_TRUE(world.give(ada, bob, panel, 1_u256).ok());
    EXPECT_TRUE((world.read<"canReceive(address)", bool>(bob))) << "the contract asks for nothing";
    EXPECT_FALSE((world.read<"mayHold(address,uint256)", bool>(bob, u256{parcel})));
    world.hand_out(bob, domain);
    EXPECT_TRUE(world.can_transfer(ada, bob, parcel, 1_u256));
    EXPECT_TRUE(world.give(ada, bob, parcel, 1_u256).ok());
    world.hand_out(ada, domain, false);
    EXPECT_TRUE(world.burn(ada, parcel, 1_u256).refused_with(AssetItems::ERC7943CannotSend{ada}));
    EXPECT_TRUE(world.force(ada, bob, parcel, 1_u256).ok());
}

TEST_F(Items, made_with_a_domain_ask_it_of_every_holder) {
    ItemsParams params = world.params();
    params.domain = keccak256("members");
    const Address closed =
        world.create(eve, "AssetItems", keccak256("closed"), params).value<Address>();
    EXPECT_FALSE(world.ask<"canReceive(address)">(closed, ada).value<bool>());
    world.open_desk();
    world.hand_out(ada, params.domain);
    EXPECT_TRUE(world.ask<"canReceive(address)">(closed, ada).value<bool>());
    EXPECT_FALSE(world.ask<"canSend(address)">(closed, bob).value<bool>());
}

TEST_F(Items, supplies_do_not_wrap) {
    EXPECT_TRUE(world.mint(ada, parcel, u256_max).refused_with(Panic{panic_arithmetic}));
    ASSERT_TRUE(world.define(7).ok());
    EXPECT_TRUE(world.mint(ada, 7, u256_max).refused_with(Panic{panic_arithmetic}))
        << "the supply of all";
}

}  // namespace
}  // namespace plume
