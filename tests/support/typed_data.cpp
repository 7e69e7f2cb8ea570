#include "support/typed_data.hpp"

#include <map>

#include "codec/abi_json.hpp"
#include "crypto/keccak.hpp"

namespace plume::test {

namespace json = boost::json;

namespace {

/// "Mail(Person from,string contents)Person(...)": a struct and those it refers to, in alphabetical
/// order.
class Structs {
public:
    explicit Structs(const json::value& types) : types_(object_of(types)) {}

    Hash hash(const std::string& name, const json::value& data) const {
        Bytes image = to_bytes(keccak256(type_text(name)));
        for (const json::value& field : fields_of(name))
            append(image, encoded(text_at(field, "type"), at(data, text_at(field, "name"))));
        return keccak256(BytesView{image});
    }

private:
    const json::array& fields_of(const std::string& name) const {
        const json::value* fields = types_.if_contains(name);
        if (fields == nullptr) throw Malformed("no struct " + name);
        return array_of(*fields);
    }

    std::string own_text(const std::string& name) const {
        std::string out = name + "(";
        for (const json::value& field : fields_of(name)) {
            if (!out.ends_with('(')) out += ',';
            out += text_at(field, "type") + " " + text_at(field, "name");
        }
        return out + ")";
    }

    void collect(const std::string& name, std::map<std::string, std::string>& into) const {
        if (!types_.contains(name) || !into.emplace(name, own_text(name)).second) return;
        for (const json::value& field : fields_of(name)) {
            const std::string type = text_at(field, "type");
            collect(type.substr(0, type.find('[')), into);
        }
    }

    std::string type_text(const std::string& name) const {
        std::map<std::string, std::string> all;
        collect(name, all);
        std::string out = own_text(name);
        all.erase(name);
        for (const auto& [other, text] : all) out += text;
        return out;
    }

    Bytes encoded(const std::string& type, const json::value& value) const {
        if (type.ends_with(']')) {
            Bytes image;
            for (const json::value& part : array_of(value))
                append(image, encoded(type.substr(0, type.rfind('[')), part));
            return to_bytes(keccak256(BytesView{image}));
        }
        if (types_.contains(type)) return to_bytes(hash(type, value));
        if (type == "string") return to_bytes(keccak256(string_of(value)));
        if (type == "bytes") return to_bytes(keccak256(BytesView{bytes_of(value)}));
        const auto word = abi::parse_type(type);
        if (!word) throw Malformed(word.error().what);
        const auto read = abi::from_json(*word, value);
        if (!read) throw Malformed(read.error().what);
        return abi::encode_values({{*word}}, {*read}).value();
    }

    const json::object& types_;
};

}  // namespace

Hash hash_of_struct(const json::value& types, const std::string& name, const json::value& data) {
    return Structs(types).hash(name, data);
}

Hash hash_of_domain(const json::value& domain) {
    json::array fields;
    const std::pair<const char*, const char*> all[] = {{"name", "string"},
                                                       {"version", "string"},
                                                       {"chainId", "uint256"},
                                                       {"verifyingContract", "address"},
                                                       {"salt", "bytes32"}};
    for (const auto& [name, type] : all)
        if (find(domain, name) != nullptr) fields.push_back({{"name", name}, {"type", type}});
    const json::value types{{"EIP712Domain", fields}};
    return hash_of_struct(types, "EIP712Domain", domain);
}

}  // namespace plume::test
