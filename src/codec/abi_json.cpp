#include "codec/abi_json.hpp"

#include <boost/json.hpp>
#include <optional>
#include <set>

#include "codec/abi_text.hpp"

namespace plume::abi {

namespace {

namespace json = boost::json;
using Kind = Type::Kind;

Error malformed(std::string why) {
    return {.what = "ABI JSON: " + std::move(why)};
}

const Type& part_type(const Type& type, size_t index) {
    return type.kind == Kind::tuple ? type.parts[index].type : type.element();
}

bool has_distinct_names(const std::vector<Parameter>& parts) {
    std::set<std::string_view> names;
    for (const Parameter& part : parts)
        if (part.name.empty() || !names.insert(part.name).second) return false;
    return true;
}

/// What `from_text` reads, of a word that JSON may write as a number or truth value.
Result<Value> word_from_json(const Type& type, const json::value& value) {
    const bool is_integer =
        type.kind == Kind::unsigned_integer || type.kind == Kind::signed_integer;
    if (value.is_string()) return from_text(type, std::string_view(value.get_string()));
    if (is_integer && value.is_uint64()) return from_text(type, std::to_string(value.get_uint64()));
    if (is_integer && value.is_int64()) return from_text(type, std::to_string(value.get_int64()));
    if (type.kind == Kind::boolean && value.is_bool()) return Value{value.get_bool()};
    return malformed("not a value of type " + to_string(type));
}

/// The parts of a tuple in their order, taken out of an object by their names.
Result<json::array> parts_of_object(const Type& type, const json::object& object) {
    if (type.kind != Kind::tuple || object.size() != type.parts.size())
        return malformed("not a value of type " + to_string(type));
    json::array out;
    for (const Parameter& part : type.parts) {
        const json::value* found = object.if_contains(part.name);
        if (found == nullptr) return malformed("no member " + part.name);
        out.push_back(*found);
    }
    return out;
}

Result<std::string> text_member(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr) return std::string();
    if (!found->is_string()) return malformed(std::string(key) + " is no text");
    return std::string(found->get_string());
}

Result<bool> bool_member(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || found->is_null()) return false;
    if (!found->is_bool()) return malformed(std::string(key) + " is no truth value");
    return found->get_bool();
}

Result<std::vector<Parameter>> parameters(const json::object& object, std::string_view key,
                                          size_t depth);

/// A type's name, such as "tuple[2]", with the components of its tuple beside it.
Result<Type> type_of(const json::object& object, size_t depth) {
    if (depth > type_depth_max) return malformed("types stand too deep in one another");
    TRY(name, text_member(object, "type"));
    if (!name.starts_with("tuple")) return parse_type(name);
    TRY(parts, parameters(object, "components", depth + 1));
    TRY(out, tuple_of(std::move(parts)));
    // The brackets are read by the parser of types, from the inside out, on a stand-in for the
    // tuple.
    TRY(stand_in, parse_type("bool" + name.substr(5)));
    std::vector<size_t> sizes;
    for (const Type* at = &stand_in; !at->parts.empty(); at = &at->element())
        sizes.push_back(at->size);
    for (; !sizes.empty(); sizes.pop_back()) {
        TRY(array, array_of(std::move(out), sizes.back()));
        out = std::move(array);
    }
    return out;
}

Result<std::vector<Parameter>> parameters(const json::object& object, std::string_view key,
                                          size_t depth) {
    std::vector<Parameter> out;
    const json::value* list = object.if_contains(key);
    if (list == nullptr) return out;
    if (!list->is_array()) return malformed(std::string(key) + " is no array");
    for (const json::value& entry : list->get_array()) {
        if (!entry.is_object()) return malformed("a parameter is no object");
        TRY(type, type_of(entry.get_object(), depth));
        TRY(name, text_member(entry.get_object(), "name"));
        TRY(is_indexed, bool_member(entry.get_object(), "indexed"));
        out.push_back({std::move(type), std::move(name), is_indexed});
    }
    return out;
}

std::optional<Declaration::Kind> kind_of(std::string_view name) {
    if (name == "function") return Declaration::Kind::function;
    if (name == "event") return Declaration::Kind::event;
    if (name == "error") return Declaration::Kind::error;
    if (name == "constructor") return Declaration::Kind::constructor;
    return std::nullopt;
}

Result<Declaration> declaration(const json::object& object, Declaration::Kind kind) {
    Declaration out;
    out.kind = kind;
    TRY(name, text_member(object, "name"));
    TRY(mutability, text_member(object, "stateMutability"));
    // Compilers before Solidity 0.5 wrote these two instead.
    TRY(is_constant, bool_member(object, "constant"));
    TRY(is_payable, bool_member(object, "payable"));
    TRY(is_anonymous, bool_member(object, "anonymous"));
    TRY(inputs, parameters(object, "inputs", 1));
    TRY(outputs, parameters(object, "outputs", 1));
    out.name = std::move(name);
    out.inputs = std::move(inputs);
    out.outputs = std::move(outputs);
    out.is_view = is_constant || mutability == "view" || mutability == "pure";
    out.is_payable = is_payable || mutability == "payable";
    out.is_anonymous = is_anonymous;
    return out;
}

}  // namespace

std::string to_signed_decimal(const u256& value) {
    return value.bit(255) ? "-" + to_decimal(-value) : to_decimal(value);
}

json::value to_json(const Type& type, const Value& value) {
    switch (type.kind) {
        case Kind::unsigned_integer:
            return json::string(to_decimal(std::get<u256>(value.content)));
        case Kind::signed_integer:
            return json::string(to_signed_decimal(std::get<u256>(value.content)));
        case Kind::boolean:
            return std::get<bool>(value.content);
        case Kind::address:
            return json::string(to_hex(std::get<Address>(value.content)));
        case Kind::fixed_bytes:
        case Kind::bytes:
            return json::string(to_hex(std::get<Bytes>(value.content)));
        case Kind::text:
            return json::string(std::get<std::string>(value.content));
        default:
            break;
    }
    const auto& parts = std::get<std::vector<Value>>(value.content);
    if (type.kind == Kind::tuple && has_distinct_names(type.parts)) {
        json::object out;
        for (size_t i = 0; i < parts.size(); ++i)
            out[type.parts[i].name] = to_json(type.parts[i].type, parts[i]);
        return out;
    }
    json::array out;
    for (size_t i = 0; i < parts.size(); ++i) out.push_back(to_json(part_type(type, i), parts[i]));
    return out;
}

Result<Value> from_json(const Type& type, const json::value& value) {
    if (type.parts.empty()) return word_from_json(type, value);
    if (value.is_object()) {
        TRY(parts, parts_of_object(type, value.get_object()));
        return from_json(type, json::value(std::move(parts)));
    }
    if (!value.is_array()) return malformed("not a value of type " + to_string(type));
    const json::array& array = value.get_array();
    const size_t count = type.kind == Kind::tuple ? type.parts.size() : type.size;
    if (type.kind != Kind::array && array.size() != count)
        return malformed("not a value of type " + to_string(type));
    std::vector<Value> out;
    for (size_t i = 0; i < array.size(); ++i) {
        TRY(part, from_json(part_type(type, i), array[i]));
        out.push_back(std::move(part));
    }
    return Value{std::move(out)};
}

Result<std::vector<Declaration>> declarations_from_json(const json::value& value) {
    if (!value.is_array()) return malformed("not an array");
    std::vector<Declaration> out;
    for (const json::value& entry : value.get_array()) {
        if (!entry.is_object()) return malformed("an entry is no object");
        TRY(kind, text_member(entry.get_object(), "type"));
        if (kind == "fallback" || kind == "receive") continue;
        const auto known = kind_of(kind);
        if (!known) return malformed("unknown type of entry " + kind);
        TRY(next, declaration(entry.get_object(), *known));
        out.push_back(std::move(next));
    }
    return out;
}

}  // namespace plume::abi
