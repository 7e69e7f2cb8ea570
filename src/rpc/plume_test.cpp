#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(PlumeMethods, contracts_are_listed_where_they_stand) {
    const test::RpcWorld world;
    const Json contracts = world.result("plume_contracts");
    ASSERT_FALSE(contracts.as_array().empty());
    for (const Json& contract : contracts.as_array()) {
        const std::string address(contract.at("address").as_string());
        EXPECT_TRUE(
            world.result("eth_getCode", "[\"" + address + "\"]").as_string().starts_with("0xef50"))
            << contract;
        EXPECT_TRUE(contract.at("name").is_string());
        EXPECT_NE(find_native(contract.at("type").as_string()), nullptr);
    }
}

}  // namespace
}  // namespace plume::rpc
