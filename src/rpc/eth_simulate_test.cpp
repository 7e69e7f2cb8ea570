#include "rpc/eth_simulate.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "state/state.hpp"
#include "support/fixtures.hpp"
#include "support/memory_store.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

/// The cases of execution-apis that this chain answers otherwise, and why.
const std::map<std::string_view, std::string_view> different{
    {"blobs", "there are no blobs"},
    {"move-ecrecover-and-call-old-and-new", "precompiled contracts stay where they are"},
    {"move-two-accounts-to-same-38023", "precompiled contracts stay where they are"},
    {"override-sha256", "precompiled contracts stay what they are"},
    {"blockhash-complex", "hashes of simulated blocks are over another state root"},
    {"blockhash-start-before-head", "hashes of simulated blocks are over another state root"},
    {"overwrite-existing-contract", "hashes of simulated blocks are over another state root"},
};

struct Case {
    std::string name;
    Json params;
    Json answer;
};

/// The request and the answer of a file of execution-apis.
Case read_case(std::string_view path) {
    const std::string_view prefix = "rpc/eth_simulateV1/ethSimulate-";
    Case out;
    out.name = path.substr(prefix.size(), path.size() - prefix.size() - 3);
    const Bytes content = test::fixture_bytes(path).value();
    std::string_view rest = text_of(content);
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with(">> ")) out.params = boost::json::parse(line.substr(3)).at("params");
        if (line.starts_with("<< ")) out.answer = boost::json::parse(line.substr(3));
    }
    return out;
}

/// The chain that the cases were made on: its genesis state, and the header of its head.
class Recorded : public testing::Test {
protected:
    void SetUp() override {
        const auto blocks = test::fixture_bytes("rpc/chain.rlp");
        const auto genesis = test::fixture("rpc/genesis.json");
        if (!blocks || !genesis) GTEST_SKIP() << test::no_fixtures;
        rlp::Decoder decoder(*blocks);
        BytesView last;
        while (!decoder.empty()) last = decoder.item().value();
        rlp::Decoder items = rlp::Decoder(last).list().value();
        head_ = decode_header(items.item().value()).value();
        rules_.chain_id = genesis->at("config").at("chainId").to_number<uint64_t>();
        State state(nothing_);
        for (const auto& [name, account] : genesis->at("alloc").as_object()) {
            const Address address = *Address::parse(name);
            if (const Json* balance = account.as_object().if_contains("balance"))
                state.set_balance(address, *parse_number(std::string_view(balance->as_string())));
            if (const Json* code = account.as_object().if_contains("code"))
                state.set_code(address, *from_hex(std::string_view(code->as_string()).substr(2)));
        }
        state_.apply(state.take(), {});
    }

    Json answer(const Case& test) const {
        try {
            return boost::json::object{{"result", simulate({state_, head_, hash_of(head_)}, rules_,
                                                           Field(&test.params.at(0), 0))}};
        } catch (const RpcError& error) {
            return boost::json::object{
                {"error", boost::json::object{{"code", error.code}, {"message", error.message}}}};
        }
    }

    test::MemoryStore nothing_;
    test::MemoryStore state_;
    Header head_;
    Rules rules_;
};

/// Compares what the case has, but for what follows from the state root, which is not computed.
void expect_alike(const Json& found, const Json& expected, const std::string& where) {
    const bool is_transaction = where.find(".transactions") != std::string::npos;
    const auto is_derived = [&](std::string_view name) {
        return name == "blockHash" || name == "parentHash" || name == "stateRoot" ||
               (name == "hash" && !is_transaction);
    };
    if (expected.is_object()) {
        for (const auto& [name, value] : expected.as_object()) {
            if (is_derived(name)) continue;
            const Json* member = found.is_object() ? found.as_object().if_contains(name) : nullptr;
            ASSERT_NE(member, nullptr) << where << " has no " << name;
            expect_alike(*member, value, where + "." + std::string(name));
        }
        return;
    }
    if (expected.is_array()) {
        ASSERT_TRUE(found.is_array()) << where;
        ASSERT_EQ(found.as_array().size(), expected.as_array().size()) << where;
        for (size_t i = 0; i < expected.as_array().size(); ++i)
            expect_alike(found.as_array()[i], expected.as_array()[i],
                         where + "[" + std::to_string(i) + "]");
        return;
    }
    EXPECT_EQ(found, expected) << where;
}

TEST_F(Recorded, simulations_are_answered_as_execution_apis_has_it) {
    size_t count = 0;
    for (const std::string& path : test::fixtures_below("rpc/eth_simulateV1", ".io")) {
        const Case test = read_case(path);
        // States of older blocks are not to be had here.
        if (different.contains(test.name) || test.params.at(1) != "latest") continue;
        ++count;
        const Json found = answer(test);
        const Json* refused = test.answer.as_object().if_contains("error");
        if (refused != nullptr) {
            const Json* error = found.as_object().if_contains("error");
            ASSERT_NE(error, nullptr) << test.name;
            EXPECT_EQ(error->at("code"), refused->at("code")) << test.name;
        } else {
            const Json* result = found.as_object().if_contains("result");
            ASSERT_NE(result, nullptr) << test.name << ": " << boost::json::serialize(found);
            expect_alike(*result, test.answer.at("result"), test.name);
        }
    }
    EXPECT_GT(count, 40u);
}

class EthSimulate : public testing::Test {
protected:
    std::string refusal(const std::string& options) {
        return world_.error("eth_simulateV1", "[" + options + "]");
    }

    test::RpcWorld world_;
};

TEST_F(EthSimulate, blocks_stand_on_the_head_with_their_calls) {
    const std::string sender = to_hex(test::RpcWorld::sender());
    const Json blocks =
        world_.result("eth_simulateV1",
                      R"([{"blockStateCalls":[{"calls":[{"from":")" + sender +
                          R"(","to":"0x00000000000000000000000000000000000000dd","value":"0x5"}]},)"
                          R"({"calls":[{"from":"0x00000000000000000000000000000000000000dd",)"
                          R"("to":")" +
                          sender + R"(","value":"0x5"}]}]}])");
    ASSERT_EQ(blocks.as_array().size(), 2u);
    const Json& first = blocks.as_array()[0];
    const Json& second = blocks.as_array()[1];
    EXPECT_EQ(first.at("number"), Json("0x1"));
    EXPECT_EQ(first.at("parentHash"), Json(to_hex(world_.chain().head()->hash())));
    EXPECT_EQ(second.at("parentHash"), first.at("hash"));
    EXPECT_EQ(second.at("calls").as_array()[0].at("status"), Json("0x1"));
    EXPECT_EQ(world_.chain().head()->number(), 0u);
}

TEST_F(EthSimulate, what_is_not_understood_is_refused) {
    EXPECT_EQ(refusal(R"({"blockStateCalls":[]})"), "-32602 empty input");
    EXPECT_NE(refusal(R"({"blockStateCalls":[{}],"validate":true})"), "");
    EXPECT_NE(refusal(R"({"blockStateCalls":[{"overrides":{}}]})"), "");
    EXPECT_NE(refusal(R"({"blockStateCalls":[{"calls":[{"gas":1}]}]})"), "");
    std::string blocks = "{}";
    for (size_t i = 1; i < simulated_blocks_max; ++i) blocks += ",{}";
    EXPECT_EQ(world_.result("eth_simulateV1", R"([{"blockStateCalls":[)" + blocks + "]}]")
                  .as_array()
                  .size(),
              simulated_blocks_max);
    EXPECT_EQ(refusal(R"({"blockStateCalls":[)" + blocks + ",{}]}"), "-38026 too many blocks");
    std::string calls = "{}";
    for (size_t i = 1; i <= 2'500; ++i) calls += ",{}";
    EXPECT_TRUE(
        refusal(R"({"blockStateCalls":[{"calls":[)" + calls + "]}]}").starts_with("-32005 "));
}

}  // namespace
}  // namespace plume::rpc
