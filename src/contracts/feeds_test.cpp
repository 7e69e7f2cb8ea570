#include "contracts/feeds.hpp"

#include <gtest/gtest.h>

#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;

TEST(Feeds, says_what_it_supports) {
    FeedsWorld world;
    const auto supports = [&](uint32_t id) {
        const Selector selector{{static_cast<uint8_t>(id >> 24), static_cast<uint8_t>(id >> 16),
                                 static_cast<uint8_t>(id >> 8), static_cast<uint8_t>(id)}};
        const Outcome out = world.ask<"supportsInterface(bytes4)">(world.feeds(), selector);
        EXPECT_LT(out.gas_used, 30'000u);
        return out.value<bool>();
    };
    EXPECT_TRUE(supports(0x01ffc9a7));
    EXPECT_TRUE(supports(0x80ac58cd)) << "ERC-721";
    EXPECT_TRUE(supports(0x84b0196e)) << "ERC-5267";
    const Selector navs = Navs::oracle_interface();
    EXPECT_TRUE(world.ask<"supportsInterface(bytes4)">(world.feeds(), navs).value<bool>());
    EXPECT_FALSE(supports(0xffffffff));
}

TEST(Feeds, says_in_which_domain_devices_sign) {
    FeedsWorld world;
    const auto domain =
        abi::decode<FixedBytes<1>, std::string, std::string, u256, Address, Hash,
                    std::vector<u256>>(world.ask<"eip712Domain()">(world.feeds()).result.output);
    ASSERT_TRUE(domain.has_value());
    EXPECT_EQ(std::get<1>(*domain), "PlumeDePIN");
    EXPECT_EQ(std::get<2>(*domain), "1");
    EXPECT_EQ(std::get<3>(*domain), u256{world.block().chain_id});
    EXPECT_EQ(std::get<4>(*domain), world.feeds());
}

TEST(Feeds, each_feed_has_one_face_that_anyone_makes) {
    FeedsWorld world;
    const Hash feed = world.create_feed(world.feed_params());
    const auto create = [&](const Hash& of) {
        return world.send<"createFace(bytes32)">(person(9), world.feeds(), of);
    };
    EXPECT_EQ(world.ask<"faceOf(bytes32)">(world.feeds(), feed).value<Address>(), Address{});
    const Outcome out = create(feed);
    const Address face = out.value<Address>();
    EXPECT_EQ(out.events<Feeds::FaceCreated>(world.feeds()), (std::vector{std::tuple{feed, face}}));
    EXPECT_EQ(world.ask<"faceOf(bytes32)">(world.feeds(), feed).value<Address>(), face);
    EXPECT_TRUE(create(feed).refused_with(Feeds::FaceExists{feed, face}));
    EXPECT_TRUE(create(Hash{}).refused_with(PriceFeeds::UnknownFeed{Hash{}}));
}

}  // namespace
}  // namespace plume
