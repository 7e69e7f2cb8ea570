#include "support/abi_values.hpp"

#include "codec/abi_json.hpp"
#include "crypto/keccak.hpp"

namespace plume::test {

namespace json = boost::json;

namespace {

template <class T>
T taken(Result<T> result) {
    if (!result) throw Malformed(result.error().what);
    return std::move(result).value();
}

json::value without_signed_hex(const json::value& value) {
    if (const json::array* array = value.if_array()) {
        json::array out;
        for (const json::value& part : *array) out.push_back(without_signed_hex(part));
        return out;
    }
    if (!value.is_string() || !string_of(value).starts_with("-0x")) return value;
    return json::string("-" + to_decimal(number_of(json::value(string_of(value).substr(1)))));
}

}  // namespace

abi::Type abi_type_of(const json::value& name) {
    return taken(abi::parse_type(string_of(name)));
}

abi::Value abi_value_of(const abi::Type& type, const json::value& value) {
    return taken(abi::from_json(type, without_signed_hex(value)));
}

json::value unwrapped(const json::value& value) {
    if (value.is_object()) return unwrapped(at(value, "value"));
    if (!value.is_array()) return value;
    json::array out;
    for (const json::value& part : value.get_array()) out.push_back(unwrapped(part));
    return out;
}

abi::Declaration declaration_of(std::string_view interface, std::string_view name) {
    const auto all = taken(abi::declarations_from_json(json::parse(interface)));
    const auto found = std::ranges::find(all, name, &abi::Declaration::name);
    if (found == all.end()) throw Malformed("no declaration of " + std::string(name));
    return *found;
}

void append_packed(Bytes& out, const abi::Type& type, const abi::Value& value, bool is_padded) {
    using Kind = abi::Type::Kind;
    if (const auto* parts = std::get_if<std::vector<abi::Value>>(&value.content)) {
        for (const abi::Value& part : *parts) append_packed(out, type.element(), part, true);
    } else if (type.kind == Kind::text) {
        append(out, view_of(std::get<std::string>(value.content)));
    } else if (type.kind == Kind::bytes) {
        append(out, std::get<Bytes>(value.content));
    } else {
        const Bytes word = taken(abi::encode_values({{type}}, {value}));
        const size_t width = is_padded                    ? 32
                             : type.kind == Kind::address ? 20
                             : type.kind == Kind::boolean ? 1
                                                          : type.size / 8;
        if (type.kind == Kind::fixed_bytes && !is_padded)
            append(out, BytesView{word}.first(type.size));
        else
            append(out, BytesView{word}.last(width));
    }
}

Hash topic_of(const abi::Type& type, const abi::Value& value) {
    if (type.parts.empty() && !type.is_dynamic)
        return Hash::from(taken(abi::encode_values({{type}}, {value}))).value();
    Bytes packed;
    append_packed(packed, type, value);
    return keccak256(BytesView{packed});
}

}  // namespace plume::test
