#include "conformance/abi_tests.hpp"

#include "codec/abi_json.hpp"
#include "crypto/hash.hpp"
#include "crypto/keccak.hpp"
#include "support/abi_values.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// Holds encoding and decoding of `values` against each other and against `encoded`.
void expect_encoding(Outcome& outcome, const std::vector<abi::Parameter>& parameters,
                     const std::vector<abi::Value>& values, const Bytes& encoded) {
    const auto made = abi::encode_values(parameters, values);
    if (made)
        outcome.expect_equal("encoding", encoded, *made);
    else
        outcome.fail("not encoded: " + made.error().what);
    const auto read = abi::decode_values(parameters, encoded);
    if (read)
        outcome.expect(*read == values, "decodes to other values: " + to_hex(encoded));
    else
        outcome.fail("not decoded: " + read.error().what);
}

Outcome run_values(const json::array& types, const json::array& values, const Bytes& encoded) {
    if (types.size() != values.size()) throw test::Malformed("not as many types as values");
    std::vector<abi::Parameter> parameters;
    std::vector<abi::Value> parsed;
    for (size_t i = 0; i < types.size(); ++i) {
        abi::Type type = test::abi_type_of(types[i]);
        parsed.push_back(test::abi_value_of(type, values[i]));
        parameters.push_back({std::move(type)});
    }
    Outcome outcome;
    expect_encoding(outcome, parameters, parsed, encoded);
    return outcome;
}

json::value parsed_at(const json::value& entry, std::string_view key) {
    return json::parse(test::text_at(entry, key));
}

}  // namespace

Outcome run_abi(const json::value& entry) {
    const json::array& types = test::array_of(test::at(entry, "types"));
    json::array values = test::array_of(test::at(entry, "args"));
    for (size_t i = 0; i < std::min(types.size(), values.size()); ++i)
        if (test::string_of(types[i]).starts_with("bytes"))
            values[i] = json::string(to_hex(view_of(test::string_of(values[i]))));
    return run_values(types, values, test::hex_at(entry, "result"));
}

Outcome run_interface(const json::value& entry) {
    const bool is_normalized = test::find(entry, "normalizedValues") != nullptr;
    const json::value types = parsed_at(entry, "types");
    const json::value values =
        test::unwrapped(parsed_at(entry, is_normalized ? "normalizedValues" : "values"));
    return run_values(test::array_of(types), test::array_of(values), test::hex_at(entry, "result"));
}

Outcome run_selector(const json::value& entry) {
    const std::string signature = test::text_at(entry, "signature");
    const std::string name = signature.substr(0, signature.find('('));
    const auto read = abi::parse_declaration("function " + signature);
    if (!read) return Outcome::failed("not read: " + read.error().what);
    const auto described = test::declaration_of(test::text_at(entry, "abi"), name);
    const Bytes selector = to_bytes(BytesView{keccak256(signature)}.first(4));
    Outcome outcome;
    outcome.expect_equal("signature as read", signature, abi::signature_of(*read));
    outcome.expect_equal("signature as described", signature, abi::signature_of(described));
    outcome.expect_equal("selector", test::hex_at(entry, "sigHash"), selector);
    return outcome;
}

Outcome run_event(const json::value& entry) {
    const auto event = test::declaration_of(test::text_at(entry, "interface"), "testEvent");
    const json::array& given = test::array_of(test::at(entry, "values"));
    if (given.size() != event.inputs.size()) throw test::Malformed("not a value a parameter");
    json::array topics;
    if (!event.is_anonymous) topics.emplace_back(to_hex(keccak256(abi::signature_of(event))));
    std::vector<abi::Parameter> parameters;
    std::vector<abi::Value> values;
    for (size_t i = 0; i < given.size(); ++i) {
        const abi::Parameter& parameter = event.inputs[i];
        abi::Value value = test::abi_value_of(parameter.type, given[i]);
        if (parameter.is_indexed) {
            topics.emplace_back(to_hex(test::topic_of(parameter.type, value)));
        } else {
            parameters.push_back(parameter);
            values.push_back(std::move(value));
        }
    }
    Outcome outcome;
    outcome.expect_equal("topics", json::serialize(test::at(entry, "topics")),
                         json::serialize(topics));
    expect_encoding(outcome, parameters, values, test::hex_at(entry, "data"));
    return outcome;
}

Outcome run_packed(const json::value& entry) {
    const json::array& types = test::array_of(test::at(entry, "types"));
    const json::array& values = test::array_of(test::at(entry, "values"));
    if (types.size() != values.size()) throw test::Malformed("not as many types as values");
    Bytes packed;
    for (size_t i = 0; i < types.size(); ++i) {
        const abi::Type type = test::abi_type_of(types[i]);
        test::append_packed(packed, type, test::abi_value_of(type, values[i]));
    }
    Outcome outcome;
    outcome.expect_equal("keccak256", test::hex_at(entry, "keccak256"),
                         to_bytes(keccak256(BytesView{packed})));
    outcome.expect_equal("sha256", test::hex_at(entry, "sha256"), to_bytes(sha256(packed)));
    // The vectors pad the twenty bytes to a word.
    Bytes padded = to_bytes(ripemd160(packed));
    padded.resize(Hash::size);
    outcome.expect_equal("ripemd160", test::hex_at(entry, "ripemd160"), padded);
    return outcome;
}

}  // namespace plume::conformance
