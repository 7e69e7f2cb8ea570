#include "rpc/refused.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(Refused, a_method_that_is_for_others_is_refused_with_the_reason) {
    test::RpcWorld world;
    EXPECT_EQ(world.error("wallet_switchEthereumChain"),
              "-32601 the method wallet_switchEthereumChain does not exist/is not available: it is "
              "for wallets, and this is a node");
    EXPECT_EQ(world.error("foo_bar"), "-32601 the method foo_bar does not exist/is not available");
    EXPECT_EQ(world.error("anvil_foo"),
              "-32601 the method anvil_foo does not exist/is not available");
    const auto router = make_router(world.services());
    EXPECT_NE(router->answer(R"({"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction"})")
                  .find("sign in the client"),
              std::string::npos);
}

TEST(Refused, no_method_that_exists_is_among_them) {
    for (const bool is_development : {false, true})
        for (const auto table : method_tables(is_development))
            for (const Method& method : table)
                EXPECT_EQ(why_refused(method.name, is_development), "") << method.name;
}

}  // namespace
}  // namespace plume::rpc
