#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plume {
namespace {

using namespace literals;

TEST(Bytes, become_hexadecimal_and_back) {
    EXPECT_EQ(to_hex(Bytes{}), "0x");
    EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xf0, 0xab}), "0x000ff0ab");
    EXPECT_EQ(from_hex("0x000ff0ab"), (Bytes{0x00, 0x0f, 0xf0, 0xab}));
    EXPECT_EQ(from_hex("000FF0AB"), (Bytes{0x00, 0x0f, 0xf0, 0xab}));
    EXPECT_EQ(from_hex("0x"), Bytes{});
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Bytes, spelled_wrongly_are_refused) {
    for (const char* text :
         {"0", "0x0", "0x000", "0xgg", "0x0g", "0x 0", " 0x00", "0x00 ", "0x0x", "-1"})
        EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Bytes, are_seen_as_text_without_a_copy) {
    const std::string text = "a\0b";
    EXPECT_EQ(text_of(view_of(text)), text);
    EXPECT_EQ(static_cast<const void*>(view_of(text).data()), text.data());
    EXPECT_EQ(to_bytes(view_of("ab")), (Bytes{'a', 'b'}));
    Bytes joined = to_bytes(view_of("a"));
    append(joined, view_of("bc"));
    EXPECT_TRUE(equal(joined, view_of("abc")));
    EXPECT_FALSE(equal(joined, view_of("ab")));
}

TEST(FixedBytes, are_parsed_at_their_exact_size_only) {
    const std::string digits(40, 'a');
    EXPECT_TRUE(Address::parse(digits));
    EXPECT_TRUE(Address::parse("0x" + digits));
    EXPECT_FALSE(Address::parse(digits.substr(1)));
    EXPECT_FALSE(Address::parse(digits.substr(2)));
    EXPECT_FALSE(Address::parse(digits + "aa"));
    EXPECT_FALSE(Address::parse("0x" + digits.substr(1) + "g"));
    EXPECT_FALSE(Address::parse(""));
    EXPECT_EQ(to_hex(*Address::parse(digits)), "0x" + digits);
    EXPECT_TRUE(Address::from(Bytes(20, 1)));
    EXPECT_FALSE(Address::from(Bytes(19, 1)));
    EXPECT_FALSE(Address::from(Bytes(21, 1)));
}

TEST(FixedBytes, are_ordered_as_big_endian_numbers) {
    const Address one = "0x0000000000000000000000000000000000000001"_address;
    const Address high = "0x0100000000000000000000000000000000000000"_address;
    EXPECT_LT(Address{}, one);
    EXPECT_LT(one, high);
    EXPECT_TRUE(Address{}.is_zero());
    EXPECT_FALSE(one.is_zero());
    EXPECT_FALSE(high.is_zero());
}

TEST(FixedBytes, of_small_numbers_and_common_prefixes_hash_apart) {
    std::set<size_t> hashes;
    for (unsigned i = 0; i < 256; ++i) {
        Address small{};
        small[19] = static_cast<uint8_t>(i);
        Address prefixed{};
        prefixed[0] = static_cast<uint8_t>(i);
        hashes.insert(std::hash<Address>{}(small));
        hashes.insert(std::hash<Address>{}(prefixed));
    }
    EXPECT_EQ(hashes.size(), 511u);  // The address 0 is in both series.
}

}  // namespace
}  // namespace plume
