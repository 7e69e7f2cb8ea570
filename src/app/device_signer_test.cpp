#include "app/device_signer.hpp"

#include <gtest/gtest.h>

#include "support/feeds.hpp"

namespace plume {

TEST(DeviceSigner, signs_as_feeds_takes_it) {
    test::FeedsWorld world;
    const Hash metric = keccak256("gpu_busy|us");
    const DeviceSigner signer("node-01", metric,
                              world.ask<"DOMAIN_SEPARATOR()">(world.feeds()).value<Hash>());
    DeviceParams params = world.params(1);
    params.id = signer.id();
    params.key = signer.key();
    params.metric = metric;
    params.decimals = 0;
    const Hash binding = world.binding(signer.device(), test::FeedsWorld::owner(), 0);
    ASSERT_TRUE(world
                    .send<test::register_text>(test::FeedsWorld::owner(), world.feeds(), params,
                                               signer.sign(binding))
                    .ok());
    const Reading read = signer.read(world.now(), u256{7u}, 3);
    EXPECT_TRUE(world
                    .send<test::report_text>(test::FeedsWorld::owner(), world.feeds(), read.device,
                                             read.at, read.cumulative, read.seq, read.signature)
                    .ok());
}

TEST(DeviceSigner, one_name_one_key) {
    const auto key_of = [](std::string_view name) { return DeviceSigner(name, {}, {}).key(); };
    EXPECT_EQ(key_of("a"), key_of("a"));
    EXPECT_NE(key_of("a"), key_of("b"));
}

}  // namespace plume
