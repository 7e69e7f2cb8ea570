#include <gtest/gtest.h>

#include <set>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(Discover, every_method_is_there_and_no_other) {
    test::RpcWorld world;
    const Json document = world.result("rpc.discover");
    std::set<std::string> listed;
    for (const Json& method : document.at("methods").as_array())
        EXPECT_TRUE(listed.emplace(method.at("name").as_string()).second);
    std::set<std::string> known;
    for (const auto table : method_tables(true))
        for (const Method& method : table) known.emplace(method.name);
    EXPECT_EQ(listed, known);
    EXPECT_EQ(document.at("openrpc"), "1.3.2");
    const auto plain = make_router(world.services());
    const Json public_document =
        boost::json::parse(plain->answer(R"({"jsonrpc":"2.0","id":1,"method":"rpc.discover"})"));
    for (const Json& method : public_document.at("result").at("methods").as_array())
        EXPECT_FALSE(std::string_view(method.at("name").as_string()).starts_with("evm_"));
}

TEST(Discover, parameters_are_as_many_as_a_method_takes) {
    test::RpcWorld world;
    std::map<std::string, size_t> counts;
    for (const auto table : method_tables(true))
        for (const Method& method : table) counts[std::string(method.name)] = method.arguments_max;
    const Json document = world.result("rpc.discover");
    for (const Json& method : document.at("methods").as_array())
        EXPECT_EQ(method.at("params").as_array().size(),
                  counts.at(std::string(method.at("name").as_string())))
            << method.at("name");
}

/// An answer, or a refusal for what the chain is: not for the form of the request.
TEST(Discover, every_example_is_answered) {
    test::RpcWorld world;
    const Json document = world.result("rpc.discover");
    for (const Json& method : document.at("methods").as_array()) {
        boost::json::array params;
        for (const Json& param : method.at("examples").at(0).at("params").as_array())
            params.push_back(param.at("value"));
        const std::string name(method.at("name").as_string());
        const Json answer = world.request(name, boost::json::serialize(params));
        const Json* error = answer.as_object().if_contains("error");
        if (error == nullptr) continue;
        // What only a WebSocket can be told of is answered so over HTTP.
        if (name.ends_with("subscribe")) continue;
        EXPECT_NE(error->at("code"), -32601) << name;
        EXPECT_NE(error->at("code"), -32603) << name;
        const bool is_form =
            error->at("code") == -32602 && error->at("message") != "No Signer available";
        EXPECT_FALSE(is_form) << name << boost::json::serialize(answer);
    }
}

}  // namespace
}  // namespace plume::rpc
