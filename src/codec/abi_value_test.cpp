#include "codec/abi_value.hpp"

#include <gtest/gtest.h>

#include "codec/abi_json.hpp"
#include "codec/abi_text.hpp"
#include "support/abi_values.hpp"
#include "support/fixtures.hpp"

namespace plume::abi {
namespace {

namespace json = boost::json;

std::vector<Parameter> row(std::initializer_list<std::string_view> types) {
    std::vector<Parameter> out;
    for (const std::string_view type : types) out.push_back({parse_type(type).value()});
    return out;
}

Bytes words(std::initializer_list<u256> values) {
    Bytes out;
    for (const u256& value : values) append(out, to_word(value));
    return out;
}

/// Encodes and decodes one published case.
void expect_case(const json::array& types, const json::array& values, const Bytes& encoded) {
    std::vector<Parameter> parameters;
    std::vector<Value> parsed;
    ASSERT_EQ(types.size(), values.size());
    for (size_t i = 0; i < types.size(); ++i) {
        auto type = parse_type(std::string_view(types[i].as_string()));
        ASSERT_TRUE(type) << types[i];
        auto value = from_json(*type, values[i]);
        ASSERT_TRUE(value) << value.error().what;
        EXPECT_EQ(from_json(*type, to_json(*type, *value)).value(), *value);
        parameters.push_back({std::move(*type)});
        parsed.push_back(std::move(*value));
    }
    EXPECT_EQ(to_hex(encode_values(parameters, parsed).value()), to_hex(encoded));
    const auto decoded = decode_values(parameters, encoded);
    ASSERT_TRUE(decoded) << decoded.error().what;
    EXPECT_EQ(*decoded, parsed);
}

void expect_interface_vectors(std::string_view path, size_t least) {
    const auto cases = test::fixture(path);
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), least);
    for (const json::value& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const bool is_normalized = entry.as_object().contains("normalizedValues");
        const std::string values =
            test::text_at(entry, is_normalized ? "normalizedValues" : "values");
        expect_case(json::parse(test::text_at(entry, "types")).as_array(),
                    test::unwrapped(json::parse(values)).as_array(), test::hex_at(entry, "result"));
    }
}

TEST(AbiValue, agrees_with_the_public_interface_vectors) {
    expect_interface_vectors("vectors/contract-interface.json", 1'300);
}

TEST(AbiValue, agrees_with_the_public_vectors_of_tuples) {
    expect_interface_vectors("vectors/contract-interface-abi2.json", 1'200);
}

TEST(AbiValue, agrees_with_the_basic_vectors) {
    const auto cases = test::fixture("basic/ABITests/basic_abi_tests.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& [name, entry] : cases->as_object()) {
        SCOPED_TRACE(std::string(name));
        json::array values = entry.at("args").as_array();
        // Bytes stand as plain text in this file.
        for (size_t i = 0; i < values.size(); ++i)
            if (entry.at("types").at(i).as_string().starts_with("bytes"))
                values[i] = json::string(to_hex(view_of(values[i].as_string())));
        expect_case(entry.at("types").as_array(), values, test::hex_at(entry, "result"));
    }
}

TEST(AbiValue, integers_are_held_to_their_range) {
    const Type small = parse_type("uint8").value();
    EXPECT_TRUE(in_range(small, u256{255u}));
    EXPECT_FALSE(in_range(small, u256{256u}));
    const Type negative = parse_type("int8").value();
    EXPECT_TRUE(in_range(negative, u256{127u}));
    EXPECT_FALSE(in_range(negative, u256{128u}));
    EXPECT_TRUE(in_range(negative, -u256{128u}));
    EXPECT_FALSE(in_range(negative, -u256{129u}));
    EXPECT_TRUE(in_range(parse_type("int").value(), u256_max));
    EXPECT_TRUE(in_range(parse_type("uint").value(), u256_max));
}

TEST(AbiValue, that_does_not_fit_its_type_is_not_encoded) {
    EXPECT_FALSE(encode_values(row({"uint8"}), {{u256{256u}}}));
    EXPECT_FALSE(encode_values(row({"uint8"}), {{true}}));
    EXPECT_FALSE(encode_values(row({"bool"}), {{u256{1u}}}));
    EXPECT_FALSE(encode_values(row({"bytes4"}), {{Bytes(3)}}));
    EXPECT_TRUE(encode_values(row({"bytes4"}), {{Bytes(4)}}));
    EXPECT_FALSE(encode_values(row({"string"}), {{Bytes(4)}}));
    EXPECT_FALSE(encode_values(row({"bool[2]"}), {{std::vector<Value>{{true}}}}));
    EXPECT_FALSE(encode_values(row({"(bool,bool)"}), {{std::vector<Value>{{true}}}}));
    EXPECT_FALSE(encode_values(row({"bool"}), {}));
    EXPECT_FALSE(encode_values(row({}), {{true}}));
    EXPECT_EQ(encode_values(row({}), {}).value(), Bytes{});
}

TEST(AbiValue, with_dirty_padding_is_not_decoded) {
    EXPECT_TRUE(decode_values(row({"bool"}), words({1})));
    EXPECT_FALSE(decode_values(row({"bool"}), words({2})));
    EXPECT_FALSE(decode_values(row({"uint8"}), words({256})));
    EXPECT_FALSE(decode_values(row({"int8"}), words({128})));
    EXPECT_FALSE(decode_values(row({"address"}), words({u256{1u} << 160})));
    EXPECT_FALSE(decode_values(row({"bytes4"}), words({1})));
}

TEST(AbiValue, cut_off_anywhere_is_not_decoded) {
    const auto types = row({"uint8", "(string,bytes)[]", "bytes2[3]"});
    const std::vector<Value> values{
        {u256{7u}},
        {std::vector<Value>{{std::vector<Value>{{std::string("one")}, {Bytes(40, 1)}}}}},
        {std::vector<Value>(3, {Bytes{1, 2}})}};
    const Bytes encoded = encode_values(types, values).value();
    EXPECT_EQ(decode_values(types, encoded).value(), values);
    // The padding of the last bytes may be missing, nothing else.
    const size_t needed = encoded.size() - 24;
    EXPECT_TRUE(decode_values(types, BytesView{encoded}.first(needed)));
    for (size_t size = 0; size < needed; ++size)
        EXPECT_FALSE(decode_values(types, BytesView{encoded}.first(size))) << size;
}

TEST(AbiValue, bytes_after_the_last_are_ignored) {
    EXPECT_TRUE(decode_values(row({"uint256"}), words({1, 2})));
    EXPECT_TRUE(decode_values(row({}), words({1})));
}

TEST(AbiValue, lengths_and_offsets_out_of_range_are_refused) {
    EXPECT_FALSE(decode_values(row({"bytes"}), words({32, u256_max})));
    EXPECT_FALSE(decode_values(row({"bytes"}), words({u256_max, 0})));
    EXPECT_FALSE(decode_values(row({"bytes"}), words({64, 0})));
    EXPECT_FALSE(decode_values(row({"bytes"}), words({32, 33, 0})));
    EXPECT_TRUE(decode_values(row({"bytes"}), words({32, 32, 0})));
    EXPECT_FALSE(decode_values(row({"uint256[]"}), words({32, 2, 0})));
    EXPECT_FALSE(decode_values(row({"uint256[]"}), words({32, u256{1u} << 59, 0})));
    EXPECT_FALSE(decode_values(row({"string[30000]"}), words({32, 0})));
}

TEST(AbiValue, tails_that_are_shared_are_refused) {
    // Two offsets to the same text: short to send, long to keep when it is repeated.
    EXPECT_FALSE(decode_values(row({"string", "string"}), words({64, 64, 1, u256{'a'} << 248})));
    EXPECT_FALSE(decode_values(row({"string[]"}), words({32, 2, 64, 64, 0})));
    EXPECT_TRUE(decode_values(row({"string[]"}), words({32, 2, 64, 96, 0, 0})));
    // An array that contains itself.
    EXPECT_FALSE(decode_values(row({"uint256[][]"}), words({32, 1, 0})));
}

}  // namespace
}  // namespace plume::abi
