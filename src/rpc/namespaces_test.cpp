#include "rpc/namespaces.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(Namespaces, a_method_is_known_by_its_name_and_without_development_only_some_are) {
    test::RpcWorld world;
    const auto plain = make_router(world.services());
    const auto ask = [](const Router& router, const std::string& method) {
        return boost::json::parse(
            router.answer(R"({"jsonrpc":"2.0","id":1,"method":")" + method + "\"}"));
    };
    EXPECT_TRUE(ask(*plain, "eth_chainId").as_object().contains("result"));
    EXPECT_EQ(ask(*plain, "evm_mine").at("error").at("code"), -32601);
    EXPECT_TRUE(ask(world.router(), "evm_mine").as_object().contains("result"));
    EXPECT_EQ(ask(world.router(), "eth_nothing").at("error").at("code"), -32601);
}

}  // namespace
}  // namespace plume::rpc
