// Where ABI values meet hash functions: public vectors of selectors, topics and packed hashes. It
// stands here because neither codec nor crypto may know the other.
#include <gtest/gtest.h>

#include "codec/abi_text.hpp"
#include "crypto/hash.hpp"
#include "crypto/keccak.hpp"
#include "support/abi_values.hpp"
#include "support/fixtures.hpp"

namespace plume::abi {
namespace {

namespace json = boost::json;

TEST(AbiVectors, functions_have_the_published_selectors) {
    const auto cases = test::fixture("vectors/contract-signatures.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 1'200u);
    for (const json::value& entry : cases->as_array()) {
        const std::string signature = test::text_at(entry, "signature");
        const std::string selector = test::text_at(entry, "sigHash");
        const Declaration compiled = test::declaration_of(test::text_at(entry, "abi"), "testSig");
        EXPECT_EQ(signature_of(compiled), signature);
        EXPECT_EQ(signature_of(parse_declaration("function " + signature).value()), signature);
        EXPECT_EQ(to_hex(BytesView{keccak256(signature)}.first(4)), selector);
    }
}

TEST(AbiVectors, packed_values_have_the_published_hashes) {
    const auto cases = test::fixture("vectors/solidity-hashes.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 1'300u);
    for (const json::value& entry : cases->as_array()) {
        Bytes packed;
        const auto& types = entry.at("types").as_array();
        for (size_t i = 0; i < types.size(); ++i) {
            const Type type = parse_type(std::string_view(types[i].as_string())).value();
            test::append_packed(packed, type, test::abi_value_of(type, entry.at("values").at(i)));
        }
        EXPECT_EQ(to_hex(keccak256(BytesView{packed})), test::text_at(entry, "keccak256"));
        EXPECT_EQ(to_hex(sha256(packed)), test::text_at(entry, "sha256"));
        // This file pads the twenty bytes to a word.
        EXPECT_EQ(to_hex(ripemd160(packed)), test::text_at(entry, "ripemd160").substr(0, 42));
    }
}

TEST(AbiVectors, events_have_the_published_topics_and_data) {
    const auto cases = test::fixture("vectors/contract-events.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 1'300u);
    for (const json::value& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const Declaration event =
            test::declaration_of(test::text_at(entry, "interface"), "testEvent");
        std::vector<std::string> topics;
        if (!event.is_anonymous) topics.push_back(to_hex(keccak256(signature_of(event))));
        std::vector<Parameter> parameters;
        std::vector<Value> values;
        for (size_t i = 0; i < event.inputs.size(); ++i) {
            const Parameter& parameter = event.inputs[i];
            Value value = test::abi_value_of(parameter.type, entry.at("values").at(i));
            if (parameter.is_indexed) {
                topics.push_back(to_hex(test::topic_of(parameter.type, value)));
                continue;
            }
            parameters.push_back(parameter);
            values.push_back(std::move(value));
        }
        std::vector<std::string> expected;
        for (const json::value& topic : entry.at("topics").as_array())
            expected.emplace_back(topic.as_string());
        EXPECT_EQ(topics, expected);
        const Bytes data = test::hex_at(entry, "data");
        EXPECT_EQ(to_hex(encode_values(parameters, values).value()), to_hex(data));
        EXPECT_EQ(decode_values(parameters, data).value(), values);
    }
}

}  // namespace
}  // namespace plume::abi
