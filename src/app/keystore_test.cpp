#include "app/keystore.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/secret.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

namespace json = boost::json;

/// The cheapest of the public files (wallets.json, "life"), whose password is "foo".
json::value cheap_file() {
    return json::parse(R"({"address":"17c5185167401ed00cf5f5b2fc97d9bbfdb7d025",
        "id":"01234567-8901-4345-a789-012345678901","version":3,"Crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"deadbeef1deadbeef2deadbeef301234"},
        "ciphertext":"cea502df4b9405fa2b6d8d19ec4e2953c5ce08e0e01d4c0292512ce62baef8f3",
        "kdf":"scrypt",
        "kdfparams":{"salt":"abcd1abcd2abcd3abcd4abcd5abcd6ef","n":1024,"dklen":32,"p":2,"r":4},
        "mac":"6e0a8e2409261d464e35a251f4b1fddd6ad0f7045a18d3957c127387f1c0de72"}})");
}

json::object& kdf_settings(json::value& file) {
    return file.at("Crypto").at("kdfparams").as_object();
}

TEST(Keystore, of_the_public_vectors_opens) {
    const auto cases = test::fixture("basic/KeyStoreTests/basic_tests.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& [name, entry] : cases->as_object()) {
        SCOPED_TRACE(std::string(name));
        const auto key = open_keystore(entry.at("json"), test::text_at(entry, "password"));
        ASSERT_TRUE(key) << key.error().what;
        EXPECT_TRUE(equal(key->bytes(), test::hex_at(entry, "priv")));
    }
}

TEST(Keystore, of_other_wallets_opens) {
    const auto cases = test::fixture("vectors/wallets.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& entry : cases->as_array()) {
        SCOPED_TRACE(test::text_at(entry, "name"));
        const auto file = json::parse(test::text_at(entry, "json"));
        const auto key = open_keystore(file, test::text_at(entry, "password"));
        // Wallets of the crowd sale of 2014 are no secret storage, and say so by having no version.
        ASSERT_EQ(key.ok(), test::text_at(entry, "type") == "secret-storage");
        if (!key) continue;
        EXPECT_EQ(to_hex(key->bytes()), test::text_at(entry, "privateKey"));
        EXPECT_EQ(to_hex(address_of(*key)), test::text_at(entry, "address"));
    }
}

TEST(Keystore, opens_with_its_password_only) {
    EXPECT_TRUE(open_keystore(cheap_file(), "foo"));
    const auto refused = open_keystore(cheap_file(), "Foo");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "wrong password");
}

TEST(Keystore, with_another_address_is_refused) {
    json::value file = cheap_file();
    file.as_object()["address"] = "17c5185167401ed00cf5f5b2fc97d9bbfdb7d026";
    EXPECT_FALSE(open_keystore(file, "foo"));
    file.as_object().erase("address");
    EXPECT_TRUE(open_keystore(file, "foo"));
}

TEST(Keystore, that_is_damaged_is_refused) {
    const json::value good = cheap_file();
    for (const auto& [name, value] : good.at("Crypto").as_object()) {
        json::value file = good;
        file.at("Crypto").as_object().erase(name);
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
        file.at("Crypto").as_object()[name] = "00";
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
        file.at("Crypto").as_object()[name] = nullptr;
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
    }
    for (const auto& [name, value] : good.at("Crypto").at("kdfparams").as_object()) {
        json::value file = good;
        kdf_settings(file).erase(name);
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
        kdf_settings(file)[name] = -1;
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
        kdf_settings(file)[name] = 1.5;
        EXPECT_FALSE(open_keystore(file, "foo")) << name;
    }
    for (const char* wrong :
         {"null", "[]", "{}", R"({"version":4})", R"({"version":3})", R"({"version":"3"})"})
        EXPECT_FALSE(open_keystore(json::parse(wrong), "foo")) << wrong;
}

/// Why a file with this setting is refused.
std::string refusal_of(std::string_view setting, const json::value& value) {
    json::value file = cheap_file();
    kdf_settings(file)[setting] = value;
    const auto key = open_keystore(file, "foo");
    return key ? "" : key.error().what;
}

TEST(Keystore, asks_for_bounded_sizes) {
    // A longer key begins with the shorter one; with another salt the password does not fit.
    EXPECT_EQ(refusal_of("dklen", keystore_key_size_min), "");
    EXPECT_EQ(refusal_of("dklen", keystore_key_size_min - 1),
              "unusable key file: dklen out of range");
    EXPECT_EQ(refusal_of("dklen", keystore_key_size_max), "");
    EXPECT_EQ(refusal_of("dklen", keystore_key_size_max + 1),
              "unusable key file: dklen out of range");
    EXPECT_EQ(refusal_of("salt", json::string(2 * keystore_salt_size_max, '0')), "wrong password");
    EXPECT_EQ(refusal_of("salt", json::string(2 * keystore_salt_size_max + 2, '0')),
              "unusable key file: salt out of range");
    EXPECT_EQ(refusal_of("n", 1u << 30), "scrypt parameters out of range");
}

TEST(Keystore, asks_for_bounded_rounds) {
    json::value file = cheap_file();
    file.at("Crypto").as_object()["kdf"] = "pbkdf2";
    kdf_settings(file)["prf"] = "hmac-sha256";
    kdf_settings(file)["c"] = keystore_rounds_max;
    EXPECT_EQ(open_keystore(file, "foo").error().what, "wrong password");
    kdf_settings(file)["c"] = keystore_rounds_max + 1;
    EXPECT_EQ(open_keystore(file, "foo").error().what, "unusable key file: c out of range");
    kdf_settings(file)["c"] = 1;
    kdf_settings(file)["prf"] = "hmac-sha512";
    EXPECT_EQ(open_keystore(file, "foo").error().what,
              "unusable key file: unknown prf hmac-sha512");
}

/// Costs that take no time.
constexpr ScryptCosts cheap{.n = 2, .r = 8, .p = 1};

TEST(Keystore, opens_what_it_has_sealed) {
    const PrivateKey key = random_key();
    const auto file = seal_keystore(key, "a password", cheap);
    ASSERT_TRUE(file.ok());
    const auto opened = open_keystore(*file, "a password");
    ASSERT_TRUE(opened.ok()) << opened.error().what;
    EXPECT_EQ(*opened, key);
    EXPECT_EQ(open_keystore(*file, "another").error().what, "wrong password");
    EXPECT_EQ(boost::json::serialize(*file).find(to_hex(key.bytes()).substr(2)), std::string::npos);
}

TEST(Keystore, seals_the_same_key_differently_each_time) {
    const PrivateKey key = random_key();
    const auto first = seal_keystore(key, "", cheap);
    const auto second = seal_keystore(key, "", cheap);
    EXPECT_NE(first->at("crypto").at("ciphertext"), second->at("crypto").at("ciphertext"));
    EXPECT_NE(first->at("id"), second->at("id"));
    EXPECT_EQ(first->at("id").as_string()[14], '4');
}

TEST(Keystore, does_not_seal_at_costs_that_it_would_not_open) {
    EXPECT_FALSE(seal_keystore(random_key(), "x", {.n = 3, .r = 8, .p = 1}).ok());
    EXPECT_FALSE(seal_keystore(random_key(), "x", {.n = 1u << 20, .r = 8, .p = 1}).ok());
}

}  // namespace
}  // namespace plume
