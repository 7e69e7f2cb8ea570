// The first line of the input is a row of types, the rest is what claims to encode values of them.
// Whatever decodes must encode to something that decodes to the same, and its JSON must be read
// back as the same.
#include "codec/abi_json.hpp"
#include "codec/abi_text.hpp"

namespace {

using namespace plume;

void try_values(const std::vector<abi::Parameter>& parameters, BytesView data) {
    const auto values = abi::decode_values(parameters, data);
    if (!values) return;
    const auto encoded = abi::encode_values(parameters, *values);
    check(encoded.ok(), "what was decoded can be encoded");
    const auto again = abi::decode_values(parameters, *encoded);
    check(again.ok(), "what was encoded can be decoded");
    check(*again == *values, "values survive a round trip");
    for (size_t i = 0; i < values->size(); ++i) {
        const abi::Type& type = parameters[i].type;
        const auto read = abi::from_json(type, abi::to_json(type, (*values)[i]));
        check(read.ok(), "what was written as JSON can be read");
        check(*read == (*values)[i], "values survive JSON");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input = text_of({data, size});
    const std::string_view line = input.substr(0, input.find('\n'));
    const std::string_view rest = input.substr(std::min(line.size() + 1, input.size()));
    if (const auto declared = abi::parse_declaration(line))
        try_values(declared->inputs, view_of(rest));
    if (const auto type = abi::parse_type(line)) {
        check(abi::parse_type(abi::to_string(*type)).ok(), "a canonical name can be parsed");
        if (const auto value = abi::from_text(*type, rest))
            check(abi::encode_values({{*type}}, {*value}).ok(), "what was typed can be encoded");
    }
    return 0;
}
