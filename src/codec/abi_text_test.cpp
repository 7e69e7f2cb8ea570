#include "codec/abi_text.hpp"

#include <gtest/gtest.h>

namespace plume::abi {
namespace {

Result<Value> read(std::string_view type, std::string_view text) {
    return from_text(parse_type(type).value(), text);
}

TEST(AbiText, integers_are_decimal_or_hexadecimal) {
    EXPECT_EQ(read("uint8", "255").value(), Value{u256{255u}});
    EXPECT_EQ(read("uint8", "0xff").value(), Value{u256{255u}});
    EXPECT_EQ(read("int8", "-128").value(), Value{-u256{128u}});
    EXPECT_EQ(read("int8", "-0").value(), Value{u256{}});
    EXPECT_EQ(read("int256", "-" + to_decimal(u256{1u} << 255)).value(), Value{u256{1u} << 255});
    for (const char* wrong : {"256", "-1", "", "1.5", "1e3", "x", "0x", "+1", "1 2"})
        EXPECT_FALSE(read("uint8", wrong)) << wrong;
    for (const char* wrong : {"128", "-129", "--1", "-", "0x80"})
        EXPECT_FALSE(read("int8", wrong)) << wrong;
    EXPECT_FALSE(read("int256", "-" + to_decimal((u256{1u} << 255) + 1u)));
    EXPECT_FALSE(read("int256", "-" + to_decimal(u256_max)));
    EXPECT_FALSE(read("int256", to_decimal(u256{1u} << 255)));
}

TEST(AbiText, words_and_bytes_are_spelled_exactly) {
    EXPECT_EQ(read("bool", "true").value(), Value{true});
    EXPECT_FALSE(read("bool", "1"));
    EXPECT_FALSE(read("bool", "True"));
    EXPECT_EQ(read("address", "0x" + std::string(40, '1')).value(),
              Value{Address::parse(std::string(40, '1')).value()});
    EXPECT_FALSE(read("address", "0x1111"));
    EXPECT_EQ(read("bytes", "0x").value(), Value{Bytes{}});
    EXPECT_EQ(read("bytes", "0x0102").value(), (Value{Bytes{1, 2}}));
    EXPECT_FALSE(read("bytes", "0102"));
    EXPECT_FALSE(read("bytes", "0x1"));
    EXPECT_EQ(read("bytes2", "0x0102").value(), (Value{Bytes{1, 2}}));
    EXPECT_FALSE(read("bytes2", "0x01"));
    EXPECT_FALSE(read("bytes2", "0x010203"));
}

TEST(AbiText, a_whole_string_is_taken_as_it_is) {
    EXPECT_EQ(read("string", "").value(), Value{std::string()});
    EXPECT_EQ(read("string", " a, \"b\"] ").value(), Value{std::string(" a, \"b\"] ")});
}

TEST(AbiText, arrays_and_tuples_stand_in_brackets) {
    const std::vector<Value> numbers{{u256{1u}}, {u256{2u}}};
    EXPECT_EQ(read("uint256[]", "[1,2]").value(), Value{numbers});
    EXPECT_EQ(read("uint256[2]", " [ 1 , 2 ] ").value(), Value{numbers});
    EXPECT_EQ(read("(uint256,uint256)", "(1, 2)").value(), Value{numbers});
    EXPECT_EQ(read("uint256[]", "[]").value(), Value{std::vector<Value>{}});
    const std::vector<Value> nested{
        {numbers}, {std::string("a,b\"\\]")}, {std::string("plain text")}};
    EXPECT_EQ(read("(uint256[],string,string)", R"(([1,2],"a,b\"\\]", plain text))").value(),
              Value{nested});
    for (const char* wrong : {"", "[", "[1", "[1,", "[1,]", "[,1]", "1,2", "(1,2)", "[1,2]]",
                              "[1,2] 3", "[1 2]", "[[1]]"})
        EXPECT_FALSE(read("uint256[]", wrong)) << wrong;
    for (const char* wrong : {"[1]", "[1,2,3]", "[]"})
        EXPECT_FALSE(read("uint256[2]", wrong)) << wrong;
    for (const char* wrong : {"(1)", "(1,2,3)", "()", "[1,2]"})
        EXPECT_FALSE(read("(uint256,uint256)", wrong)) << wrong;
    for (const char* wrong : {"[\"a", "[\"a\\", "[\"a\"b]"})
        EXPECT_FALSE(read("string[]", wrong)) << wrong;
}

}  // namespace
}  // namespace plume::abi
