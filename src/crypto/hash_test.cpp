#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"

namespace plume {
namespace {

TEST(HashFunctions, agree_with_the_public_vectors) {
    const auto cases = test::fixture("vectors/hashes.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& entry : cases->as_array()) {
        const Bytes data = test::hex_at(entry, "data");
        EXPECT_EQ(to_hex(sha256(data)), test::text_at(entry, "sha256"));
        EXPECT_EQ(to_hex(sha512(data)), test::text_at(entry, "sha512"));
    }
}

TEST(HashFunctions, take_no_bytes_at_all) {
    EXPECT_EQ(to_hex(sha256({})),
              "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(HashFunctions, agree_with_the_authors_of_ripemd160) {
    EXPECT_EQ(to_hex(ripemd160({})), "0x9c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(to_hex(ripemd160(view_of("abc"))), "0x8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(to_hex(ripemd160(view_of("message digest"))),
              "0x5d0689ef49d2fae572b881b123a85ffa21595f36");
}

TEST(HashFunctions, keyed_agree_with_rfc_4231) {
    // Test case 2.
    EXPECT_EQ(to_hex(hmac_sha512(view_of("Jefe"), view_of("what do ya want for nothing?"))),
              "0x164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
              "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

}  // namespace
}  // namespace plume
