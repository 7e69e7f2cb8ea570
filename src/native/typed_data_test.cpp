#include "native/typed_data.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"
#include "support/typed_data.hpp"

namespace plume {
namespace {

namespace json = boost::json;

TEST(TypedData, agrees_with_the_public_vectors) {
    const auto cases = test::fixture("vectors/eip712.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    ASSERT_GE(cases->as_array().size(), 600u);
    for (const json::value& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const Hash struct_hash = test::hash_of_struct(
            entry.at("types"), test::text_at(entry, "primaryType"), entry.at("data"));
        EXPECT_EQ(struct_hash, keccak256(BytesView{test::hex_at(entry, "encoded")}));
        const Hash domain = test::hash_of_domain(entry.at("domain"));
        EXPECT_EQ(to_hex(typed_data_digest(domain, struct_hash)), test::text_at(entry, "digest"));
    }
}

TEST(TypedData, domains_of_contracts_are_the_general_ones) {
    const auto cases = test::fixture("vectors/eip712.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t count = 0;
    for (const json::value& entry : cases->as_array()) {
        const json::value& domain = entry.at("domain");
        if (domain.as_object().size() != 4 || test::find(domain, "salt") != nullptr) continue;
        const auto contract = Address::parse(test::text_at(domain, "verifyingContract"));
        EXPECT_EQ(
            domain_separator(test::text_at(domain, "name"), test::text_at(domain, "version"),
                             u256{domain.at("chainId").to_number<uint64_t>()}, contract.value()),
            test::hash_of_domain(domain));
        ++count;
    }
    EXPECT_GE(count, 20u);
}

TEST(TypedData, the_description_of_a_domain_has_the_id_of_erc_5267) {
    EXPECT_EQ(to_hex(erc5267), "0x84b0196e");
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
