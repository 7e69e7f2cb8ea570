// Where ABI values meet hash functions: public vectors of selectors, topics and packed hashes. It
// stands here because neither codec nor crypto may know the other.
#include <gtest/gtest.h>

#include "codec/abi_json.hpp"
#include "codec/abi_text.hpp"
#include "crypto/hash.hpp"
#include "crypto/keccak.hpp"
#include "support/fixtures.hpp"

namespace plume::abi {
namespace {

namespace json = boost::json;

/// The declaration called `name` in the JSON text `interface`.
Declaration declaration_of(const std::string& interface, std::string_view name) {
    const auto all = declarations_from_json(json::parse(interface)).value();
    const auto found = std::ranges::find(all, name, &Declaration::name);
    check(found != all.end(), "the interface has the declaration");
    return *found;
}

TEST(AbiVectors, functions_have_the_published_selectors) {
    const auto cases = test::fixture("vectors/contract-signatures.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 1'200u);
    for (const json::value& entry : cases->as_array()) {
        const std::string signature = test::text_at(entry, "signature");
        const std::string selector = test::text_at(entry, "sigHash");
        const Declaration compiled = declaration_of(test::text_at(entry, "abi"), "testSig");
        EXPECT_EQ(signature_of(compiled), signature);
        EXPECT_EQ(signature_of(parse_declaration("function " + signature).value()), signature);
        EXPECT_EQ(to_hex(BytesView{keccak256(signature)}.first(4)), selector);
    }
}

/// abi.encodePacked of one value (Solidity documentation, "Non-standard Packed Mode"): without
/// padding but in arrays.
void append_packed(Bytes& out, const Type& type, const Value& value, bool is_padded = false) {
    if (const auto* parts = std::get_if<std::vector<Value>>(&value.content)) {
        for (const Value& part : *parts) append_packed(out, type.element(), part, true);
    } else if (type.kind == Type::Kind::text) {
        append(out, view_of(std::get<std::string>(value.content)));
    } else if (type.kind == Type::Kind::bytes) {
        append(out, std::get<Bytes>(value.content));
    } else {
        const Bytes word = encode_values({{type}}, {value}).value();
        size_t width = type.kind == Type::Kind::address   ? 20
                       : type.kind == Type::Kind::boolean ? 1
                                                          : type.size / 8;
        if (is_padded) width = 32;
        if (type.kind == Type::Kind::fixed_bytes && !is_padded)
            append(out, BytesView{word}.first(type.size));
        else
            append(out, BytesView{word}.last(width));
    }
}

/// Integers of these files are hexadecimal also where they are negative.
json::value without_signed_hex(const json::value& value) {
    if (value.is_array()) {
        json::array out;
        for (const json::value& part : value.get_array()) out.push_back(without_signed_hex(part));
        return out;
    }
    if (!value.is_string() || !value.get_string().starts_with("-0x")) return value;
    const auto magnitude = parse_number(std::string_view(value.get_string()).substr(1));
    return json::string("-" + to_decimal(magnitude.value()));
}

Value value_of(const Type& type, const json::value& value) {
    auto out = from_json(type, without_signed_hex(value));
    check(out.ok(), "the vector's value is of its type");
    return std::move(*out);
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
            append_packed(packed, type, value_of(type, entry.at("values").at(i)));
        }
        EXPECT_EQ(to_hex(keccak256(BytesView{packed})), test::text_at(entry, "keccak256"));
        EXPECT_EQ(to_hex(sha256(packed)), test::text_at(entry, "sha256"));
        // This file pads the twenty bytes to a word.
        EXPECT_EQ(to_hex(ripemd160(packed)), test::text_at(entry, "ripemd160").substr(0, 42));
    }
}

/// The topic of an indexed value: the word itself, or a hash of what does not fit into one.
Bytes topic_of(const Type& type, const Value& value) {
    if (type.parts.empty() && !type.is_dynamic) return encode_values({{type}}, {value}).value();
    Bytes packed;
    append_packed(packed, type, value);
    return to_bytes(keccak256(BytesView{packed}));
}

TEST(AbiVectors, events_have_the_published_topics_and_data) {
    const auto cases = test::fixture("vectors/contract-events.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 1'300u);
    for (const json::value& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const Declaration event = declaration_of(test::text_at(entry, "interface"), "testEvent");
        std::vector<std::string> topics;
        if (!event.is_anonymous) topics.push_back(to_hex(keccak256(signature_of(event))));
        std::vector<Parameter> parameters;
        std::vector<Value> values;
        for (size_t i = 0; i < event.inputs.size(); ++i) {
            const Parameter& parameter = event.inputs[i];
            Value value = value_of(parameter.type, entry.at("values").at(i));
            if (parameter.is_indexed) {
                topics.push_back(to_hex(topic_of(parameter.type, value)));
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
