#include "crypto/blake2.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace plume {
namespace {

/// The state that BLAKE2b-512 without a key begins with, and "abc" as its only block.
Blake2bBlock abc() {
    return {
        .state = {0x6a09e667f2bdc948, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179},
        .message = {0x636261},
        .byte_count = {3, 0},
        .is_last = true};
}

std::string digest(const std::array<uint64_t, 8>& state) {
    Bytes out;
    for (const uint64_t word : state)
        for (unsigned shift = 0; shift < 64; shift += 8)
            out.push_back(static_cast<uint8_t>(word >> shift));
    return to_hex(out);
}

TEST(Blake2, hashes_abc_as_rfc_7693_does) {
    // Appendix A; also test vector 5 of EIP-152.
    EXPECT_EQ(digest(blake2b_compress(abc(), 12)),
              "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Blake2, of_a_block_that_is_not_the_last_differs) {
    // Test vector 6 of EIP-152.
    Blake2bBlock block = abc();
    block.is_last = false;
    EXPECT_EQ(digest(blake2b_compress(block, 12)),
              "0x75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
              "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735");
}

TEST(Blake2, takes_any_number_of_rounds) {
    // Test vectors 4 and 7 of EIP-152.
    EXPECT_EQ(digest(blake2b_compress(abc(), 0)),
              "0x08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
              "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b");
    EXPECT_EQ(digest(blake2b_compress(abc(), 1)),
              "0xb63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
              "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421");
}

}  // namespace
}  // namespace plume
