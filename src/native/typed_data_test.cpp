#include "native/typed_data.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/abi_json.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

namespace json = boost::json;

// Contracts hash their own few structs; here a small general encoder stands in for them, so that
// domain separators, digests and signatures are held against what other libraries publish.

/// "Mail(Person from,string contents)Person(...)": a struct and those it refers to, in alphabetical
/// order.
class Structs {
public:
    explicit Structs(const json::value& types) : types_(types.as_object()) {}

    Hash hash(const std::string& name, const json::value& data) const {
        Bytes image = to_bytes(keccak256(type_text(name)));
        for (const json::value& field : types_.at(name).as_array())
            append(image, encoded(test::text_at(field, "type"),
                                  data.at(std::string(field.at("name").as_string()))));
        return keccak256(BytesView{image});
    }

private:
    std::string own_text(const std::string& name) const {
        std::string out = name + "(";
        for (const json::value& field : types_.at(name).as_array()) {
            if (!out.ends_with('(')) out += ',';
            out += test::text_at(field, "type") + " " + test::text_at(field, "name");
        }
        return out + ")";
    }

    void collect(const std::string& name, std::map<std::string, std::string>& into) const {
        if (!types_.contains(name) || !into.emplace(name, own_text(name)).second) return;
        for (const json::value& field : types_.at(name).as_array()) {
            const std::string type = test::text_at(field, "type");
            collect(type.substr(0, type.find('[')), into);
        }
    }

    std::string type_text(const std::string& name) const {
        std::map<std::string, std::string> all;
        collect(name, all);
        std::string out = all.at(name);
        all.erase(name);
        for (const auto& [other, text] : all) out += text;
        return out;
    }

    Bytes encoded(const std::string& type, const json::value& value) const {
        if (type.ends_with(']')) {
            Bytes image;
            for (const json::value& part : value.as_array())
                append(image, encoded(type.substr(0, type.rfind('[')), part));
            return to_bytes(keccak256(BytesView{image}));
        }
        if (types_.contains(type)) return to_bytes(hash(type, value));
        if (type == "string") return to_bytes(keccak256(std::string_view(value.as_string())));
        if (type == "bytes")
            return to_bytes(
                keccak256(BytesView{from_hex(std::string_view(value.as_string())).value()}));
        const abi::Type word = abi::parse_type(type).value();
        return abi::encode_values({{word}}, {abi::from_json(word, value).value()}).value();
    }

    const json::object& types_;
};

/// The domain's hash by the general encoder: its type has those fields only that the domain has.
Hash general_domain(const json::object& domain) {
    json::array fields;
    const std::pair<const char*, const char*> all[] = {{"name", "string"},
                                                       {"version", "string"},
                                                       {"chainId", "uint256"},
                                                       {"verifyingContract", "address"},
                                                       {"salt", "bytes32"}};
    for (const auto& [name, type] : all)
        if (domain.contains(name)) fields.push_back({{"name", name}, {"type", type}});
    const json::value types{{"EIP712Domain", fields}};
    return Structs(types).hash("EIP712Domain", domain);
}

TEST(TypedData, agrees_with_the_public_vectors) {
    const auto cases = test::fixture("vectors/eip712.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 600u);
    for (const json::value& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const Hash struct_hash =
            Structs(entry.at("types")).hash(test::text_at(entry, "primaryType"), entry.at("data"));
        EXPECT_EQ(struct_hash, keccak256(BytesView{test::hex_at(entry, "encoded")}));
        const Hash domain = general_domain(entry.at("domain").as_object());
        EXPECT_EQ(to_hex(typed_data_digest(domain, struct_hash)), test::text_at(entry, "digest"));
    }
}

TEST(TypedData, domains_of_contracts_are_the_general_ones) {
    const auto cases = test::fixture("vectors/eip712.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t count = 0;
    for (const json::value& entry : cases->as_array()) {
        const json::object& domain = entry.at("domain").as_object();
        if (domain.size() != 4 || domain.contains("salt")) continue;
        const auto contract = Address::parse(test::text_at(domain, "verifyingContract"));
        EXPECT_EQ(
            domain_separator(test::text_at(domain, "name"), test::text_at(domain, "version"),
                             u256{domain.at("chainId").to_number<uint64_t>()}, contract.value()),
            general_domain(domain));
        ++count;
    }
    EXPECT_GE(count, 20u);
}

TEST(TypedData, digests_are_signed_as_published) {
    const auto cases = test::fixture("vectors/eip712.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t count = 0;
    for (const json::value& entry : cases->as_array()) {
        if (!entry.as_object().contains("signature")) continue;
        const auto key = PrivateKey::parse(test::text_at(entry, "privateKey")).value();
        const Hash digest = Hash::parse(test::text_at(entry, "digest")).value();
        const Signature made = sign(digest, key);
        Bytes published = to_bytes(to_word(made.r));
        append(published, to_word(made.s));
        published.push_back(made.y_parity ? 28 : 27);
        EXPECT_EQ(published, test::hex_at(entry, "signature"));
        ++count;
    }
    EXPECT_GE(count, 1u);
}

}  // namespace
}  // namespace plume
