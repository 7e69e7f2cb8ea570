#include "rpc/typed_data.hpp"

#include <charconv>
#include <map>
#include <set>
#include <vector>

#include "base/u256.hpp"
#include "crypto/keccak.hpp"

namespace plume::rpc {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw RpcError{code::invalid_params, "invalid typed data: " + why};
}

const boost::json::object& object_of(const Json& json, const std::string& what) {
    if (!json.is_object()) refuse(what + " is no object");
    return json.get_object();
}

std::string string_of(const Json* json, const std::string& what) {
    if (json == nullptr || !json->is_string()) refuse(what + " is no text");
    return std::string(json->get_string());
}

struct Member {
    std::string name;
    std::string type;
};
using Members = std::vector<Member>;

Members read_members(const Json& json, const std::string& type) {
    if (!json.is_array()) refuse("type " + type + " is no array");
    if (json.get_array().size() > typed_data_members_max)
        refuse("type " + type + " has more than " + std::to_string(typed_data_members_max) +
               " members");
    Members out;
    for (const Json& item : json.get_array()) {
        const auto& member = object_of(item, "a member of type " + type);
        out.push_back({string_of(member.if_contains("name"), "a member's name"),
                       string_of(member.if_contains("type"), "a member's type")});
    }
    return out;
}

/// "uint8[2][]" -> "uint8[2]" and "" for the size; nothing when `type` is no array.
struct ArrayType {
    std::string element;
    std::string size;
};
std::optional<ArrayType> array_of(const std::string& type) {
    if (!type.ends_with(']')) return std::nullopt;
    const size_t open = type.rfind('[');
    if (open == std::string::npos) refuse("type " + type + " is none");
    return ArrayType{type.substr(0, open), type.substr(open + 1, type.size() - open - 2)};
}

std::string without_arrays(const std::string& type) {
    return type.substr(0, type.find('['));
}

/// The number at the end of "uint256" or "bytes32"; nothing when there is none, or another text.
std::optional<unsigned> number_behind(const std::string& type, std::string_view word) {
    if (!type.starts_with(word)) return std::nullopt;
    unsigned out = 0;
    const char* begin = type.data() + word.size();
    const char* end = type.data() + type.size();
    const auto [stop, failure] = std::from_chars(begin, end, out);
    return failure == std::errc{} && stop == end ? std::optional(out) : std::nullopt;
}

u256 digits_of(std::string_view text, const std::string& what) {
    u256 out;
    const bool is_hex = text.starts_with("0x");
    const u256 base{is_hex ? 16u : 10u};
    if (is_hex) text.remove_prefix(2);
    if (text.empty()) refuse(what + " is no number");
    for (const char c : text) {
        const int digit = hex_digit(c);
        if (digit < 0 || (!is_hex && digit > 9)) refuse(what + " is no number");
        const auto [product, too_large] = overflowing_mul(out, base);
        const auto [sum, overflow] = overflowing_add(product, u256{static_cast<uint64_t>(digit)});
        if (too_large || overflow) refuse(what + " has more than 256 bits");
        out = sum;
    }
    return out;
}

/// An integer of `bits` bits, in two's complement when it is signed.
u256 integer(const Json& value, unsigned bits, bool is_signed, const std::string& what) {
    bool is_negative = false;
    u256 size;
    if (value.is_uint64()) {
        size = u256{value.get_uint64()};
    } else if (value.is_int64()) {
        is_negative = value.get_int64() < 0;
        const auto number = static_cast<uint64_t>(value.get_int64());
        size = u256{is_negative ? uint64_t{0} - number : number};
    } else {
        std::string text = string_of(&value, what);
        is_negative = text.starts_with('-');
        size = digits_of(std::string_view(text).substr(is_negative ? 1 : 0), what);
    }
    const unsigned room = is_signed ? bits - 1 : bits;
    const bool is_lowest = is_negative && size == u256{1u} << room;
    if ((size.bit_length() > room && !is_lowest) || (is_negative && !is_signed))
        refuse(what + " is out of range");
    return is_negative ? u256{} - size : size;
}

Bytes bytes_of(const Json& value, const std::string& what) {
    const std::string text = string_of(&value, what);
    const auto bytes = text.starts_with("0x") ? from_hex(text.substr(2)) : std::nullopt;
    if (!bytes) refuse(what + " is no bytes");
    return *bytes;
}

class TypedData {
public:
    explicit TypedData(const boost::json::object& types) {
        if (types.size() > typed_data_types_max)
            refuse("more than " + std::to_string(typed_data_types_max) + " types");
        for (const auto& [name, members] : types)
            types_.emplace(std::string(name), read_members(members, std::string(name)));
    }

    bool has(const std::string& type) const { return types_.contains(type); }
    void define(const std::string& type, Members members) {
        types_.emplace(type, std::move(members));
    }

    Hash hash_struct(const std::string& type, const Json& value, size_t depth) const {
        if (depth > typed_data_depth_max) refuse("values are nested too deep");
        const auto found = types_.find(type);
        if (found == types_.end()) refuse("type " + type + " is not defined");
        const auto& members = object_of(value, "a value of type " + type);
        Bytes out = to_bytes(keccak256(view_of(encode_type(type))));
        for (const Member& member : found->second) {
            const Json* given = members.if_contains(member.name);
            append(out,
                   encode(member.type, given == nullptr ? Json() : *given, member.name, depth + 1));
        }
        return keccak256(out);
    }

private:
    /// The type, and then those it refers to in the order of their names.
    std::string encode_type(const std::string& type) const {
        std::set<std::string> others;
        collect(type, others);
        others.erase(type);
        std::string out = encode_one(type);
        for (const std::string& other : others) out += encode_one(other);
        return out;
    }

    void collect(const std::string& type, std::set<std::string>& out) const {
        const auto found = types_.find(type);
        if (found == types_.end() || !out.insert(type).second) return;
        for (const Member& member : found->second) collect(without_arrays(member.type), out);
    }

    std::string encode_one(const std::string& type) const {
        std::string out = type + "(";
        for (const Member& member : types_.at(type))
            out += (out.ends_with('(') ? "" : ",") + member.type + " " + member.name;
        return out + ")";
    }

    /// The 32 bytes that stand for a member.
    Hash encode(const std::string& type, const Json& value, const std::string& name,
                size_t depth) const {
        if (depth > typed_data_depth_max) refuse("values are nested too deep");
        if (const auto array = array_of(type)) return encode_array(*array, value, name, depth);
        // ethers and eth-sig-util agree that an absent struct is 32 bytes of zero.
        if (has(type)) return value.is_null() ? Hash{} : hash_struct(type, value, depth);
        return encode_atom(type, value, name);
    }

    Hash encode_array(const ArrayType& type, const Json& value, const std::string& name,
                      size_t depth) const {
        if (!value.is_array()) refuse(name + " is no array");
        const auto& items = value.get_array();
        if (!type.size.empty() && type.size != std::to_string(items.size()))
            refuse(name + " does not have " + type.size + " elements");
        Bytes out;
        for (const Json& item : items) append(out, encode(type.element, item, name, depth + 1));
        return keccak256(out);
    }

    static Hash encode_atom(const std::string& type, const Json& value, const std::string& name) {
        if (type == "string") return keccak256(view_of(string_of(&value, name)));
        if (type == "bytes") return keccak256(bytes_of(value, name));
        if (type == "bool") {
            if (!value.is_bool()) refuse(name + " is no boolean");
            return to_word(u256{value.get_bool() ? 1u : 0u});
        }
        if (type == "address") {
            const auto address = Address::from(bytes_of(value, name));
            if (!address) refuse(name + " is no address");
            return to_word(to_u256(*address));
        }
        if (const auto size = number_behind(type, "bytes"); size && *size >= 1 && *size <= 32) {
            Bytes bytes = bytes_of(value, name);
            if (bytes.size() != *size) refuse(name + " does not have " + type.substr(5) + " bytes");
            bytes.resize(Hash::size);
            return *Hash::from(bytes);
        }
        for (const bool is_signed : {false, true}) {
            const std::string_view word = is_signed ? "int" : "uint";
            const auto bits = type == word ? 256u : number_behind(type, word).value_or(0);
            if (bits >= 8 && bits <= 256 && bits % 8 == 0)
                return to_word(integer(value, bits, is_signed, name));
        }
        refuse("type " + type + " is not defined");
    }

    std::map<std::string, Members> types_;
};

/// The standard members that `domain` has, in the order of EIP-712.
Members domain_members(const boost::json::object& domain) {
    Members out;
    for (const Member& member : Members{{"name", "string"},
                                        {"version", "string"},
                                        {"chainId", "uint256"},
                                        {"verifyingContract", "address"},
                                        {"salt", "bytes32"}})
        if (domain.contains(member.name)) out.push_back(member);
    return out;
}

}  // namespace

Hash typed_data_hash(const Json& typed_data) {
    static const std::string domain_type = "EIP712Domain";
    const auto& all = object_of(typed_data, "it");
    const auto member = [&](const char* name) -> const Json& {
        const Json* found = all.if_contains(name);
        if (found == nullptr) refuse(std::string(name) + " is missing");
        return *found;
    };
    TypedData types(object_of(member("types"), "types"));
    const std::string primary = string_of(&member("primaryType"), "primaryType");
    const Json& domain = member("domain");
    if (!types.has(domain_type))
        types.define(domain_type, domain_members(object_of(domain, "domain")));
    Bytes out{0x19, 0x01};
    append(out, types.hash_struct(domain_type, domain, 0));
    if (primary != domain_type) append(out, types.hash_struct(primary, member("message"), 0));
    return keccak256(out);
}

}  // namespace plume::rpc
