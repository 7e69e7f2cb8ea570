#include "rpc/eth_config.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using namespace literals;

// EIP-2124's test cases: the main network before its first fork, and Sepolia's, from its own.
TEST(EthConfig, the_fork_hash_is_that_of_known_networks) {
    EXPECT_EQ(to_hex(fork_hash(
                  "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"_hash)),
              "0xfc64ec04");
    EXPECT_EQ(to_hex(fork_hash(
                  "0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9"_hash)),
              "0xfe3366e7");
}

// The names and the members are EIP-7910's.
TEST(EthConfig, tells_the_rules_there_are_and_no_others_to_come) {
    const test::RpcWorld world;
    const Json config = world.result("eth_config");
    EXPECT_EQ(config.as_object().size(), 3u);
    EXPECT_TRUE(config.at("next").is_null());
    EXPECT_TRUE(config.at("last").is_null());
    const Json& current = config.at("current");
    EXPECT_EQ(current.as_object().size(), 6u);
    EXPECT_EQ(current.at("activationTime"), 0);
    EXPECT_EQ(current.at("chainId"), "0x7a69");
    EXPECT_EQ(
        current.at("blobSchedule"),
        (boost::json::object{{"baseFeeUpdateFraction", 5'007'716}, {"max", 0}, {"target", 0}}));
    const auto& known = current.at("precompiles").as_object();
    EXPECT_EQ(known.size(), 18u);
    EXPECT_EQ(known.at("ECREC"), "0x0000000000000000000000000000000000000001");
    EXPECT_EQ(known.at("BN254_PAIRING"), "0x0000000000000000000000000000000000000008");
    EXPECT_EQ(known.at("BLS12_MAP_FP2_TO_G2"), "0x0000000000000000000000000000000000000011");
    EXPECT_EQ(known.at("P256VERIFY"), "0x0000000000000000000000000000000000000100");
    EXPECT_EQ(current.at("systemContracts"),
              (boost::json::object{
                  {"HISTORY_STORAGE_ADDRESS", "0x0000f90827f1c53a10cb7a02335b175320002935"}}));
}

TEST(EthConfig, names_the_beacon_roots_where_the_chain_has_them) {
    test::RpcWorld world;
    world.result("anvil_setCode", R"(["0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02","0x00"])");
    const Json config = world.result("eth_config");
    EXPECT_EQ(config.at("current").at("systemContracts").at("BEACON_ROOTS_ADDRESS"),
              "0x000f3df6d732807ef1319fb7b8bb8522d0beac02");
}

}  // namespace
}  // namespace plume::rpc
