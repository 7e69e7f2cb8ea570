#include "codec/abi_type.hpp"

#include <gtest/gtest.h>

namespace plume::abi {
namespace {

std::string canonical(std::string_view text) {
    const auto type = parse_type(text);
    return type ? to_string(*type) : "refused";
}

TEST(AbiType, is_read_with_or_without_names_and_spaces) {
    EXPECT_EQ(canonical("uint256"), "uint256");
    EXPECT_EQ(canonical("uint"), "uint256");
    EXPECT_EQ(canonical(" int [] "), "int256[]");
    EXPECT_EQ(canonical("(uint256,bytes32[])[2]"), "(uint256,bytes32[])[2]");
    EXPECT_EQ(canonical("tuple(address payable to, uint[2][] memory amounts)[]"),
              "(address,uint256[2][])[]");
    EXPECT_EQ(canonical("((bool a) inner, string b)"), "((bool),string)");
}

TEST(AbiType, that_solidity_does_not_have_is_refused) {
    for (const char* wrong : {"",
                              "uint7",
                              "uint0",
                              "uint264",
                              "uint08",
                              "int257",
                              "bytes0",
                              "bytes33",
                              "fixed",
                              "Uint256",
                              "uint256[",
                              "uint256]",
                              "uint256[0]",
                              "uint256[-1]",
                              "uint256[1",
                              "uint256[x]",
                              "()",
                              "(uint256",
                              "(uint256,)",
                              "(,uint256)",
                              "uint256 a b(",
                              "tuple",
                              "uint256,uint256",
                              "mapping(uint=>uint)"})
        EXPECT_EQ(canonical(wrong), "refused") << wrong;
}

TEST(AbiType, knows_its_place_in_an_encoding) {
    const Type fixed = parse_type("(uint8,bytes3[2])[3]").value();
    EXPECT_FALSE(fixed.is_dynamic);
    EXPECT_EQ(fixed.head_size, 3u * 3u * 32u);
    const Type dynamic = parse_type("(uint8,string)[3]").value();
    EXPECT_TRUE(dynamic.is_dynamic);
    EXPECT_EQ(dynamic.head_size, 32u);
}

TEST(AbiType, has_a_bounded_depth) {
    std::string text = "bool";
    for (size_t i = 1; i < type_depth_max; ++i) text += "[]";
    EXPECT_TRUE(parse_type(text));
    EXPECT_FALSE(parse_type(text + "[]"));
    const std::string open(type_depth_max - 1, '(');
    const std::string close(type_depth_max - 1, ')');
    EXPECT_TRUE(parse_type(open + "bool" + close));
    EXPECT_FALSE(parse_type("(" + open + "bool" + close + ")"));
    EXPECT_FALSE(parse_type(std::string(60'000, '(')));
}

TEST(AbiType, has_a_bounded_size) {
    constexpr size_t words = static_size_max / 32;
    const std::string most = "uint256[" + std::to_string(words) + "]";
    EXPECT_TRUE(parse_type(most));
    EXPECT_FALSE(parse_type("uint256[" + std::to_string(words + 1) + "]"));
    EXPECT_FALSE(parse_type(most + "[2]"));
    EXPECT_FALSE(parse_type("(bool," + most + ")"));
    EXPECT_TRUE(parse_type("string[" + std::to_string(words) + "]"));
    EXPECT_FALSE(parse_type("string[" + std::to_string(words + 1) + "]"));
    EXPECT_FALSE(parse_type("bool[99999999999999999999]"));
}

TEST(AbiType, text_has_a_bounded_size) {
    EXPECT_TRUE(parse_type("bool" + std::string(declaration_size_max - 4, ' ')));
    EXPECT_FALSE(parse_type("bool" + std::string(declaration_size_max - 3, ' ')));
    EXPECT_TRUE(parse_declaration("f()" + std::string(declaration_size_max - 3, ' ')));
    EXPECT_FALSE(parse_declaration("f()" + std::string(declaration_size_max - 2, ' ')));
}

TEST(AbiDeclaration, of_a_function_has_inputs_and_outputs) {
    const auto read = parse_declaration(
        "function transfer(address to, uint amount) external view returns (bool ok, (uint8 a)[] "
        "list)");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, Declaration::Kind::function);
    EXPECT_EQ(signature_of(*read), "transfer(address,uint256)");
    ASSERT_EQ(read->inputs.size(), 2u);
    EXPECT_EQ(read->inputs[1].name, "amount");
    ASSERT_EQ(read->outputs.size(), 2u);
    EXPECT_EQ(to_string(read->outputs[1].type), "(uint8)[]");
    EXPECT_TRUE(read->is_view);
    EXPECT_FALSE(read->is_payable);
    EXPECT_EQ(signature_of(parse_declaration("f()").value()), "f()");
    EXPECT_TRUE(parse_declaration("deposit() payable")->is_payable);
}

TEST(AbiDeclaration, of_events_and_errors_says_so) {
    const auto event = parse_declaration(
        "event Transfer(address indexed from, address indexed to, uint256 value) anonymous;");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, Declaration::Kind::event);
    EXPECT_TRUE(event->inputs[1].is_indexed);
    EXPECT_FALSE(event->inputs[2].is_indexed);
    EXPECT_TRUE(event->is_anonymous);
    const auto error = parse_declaration("error InsufficientBalance(uint256, uint256)");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, Declaration::Kind::error);
    EXPECT_EQ(signature_of(*error), "InsufficientBalance(uint256,uint256)");
}

TEST(AbiDeclaration, that_is_malformed_is_refused) {
    for (const char* wrong : {"", "transfer", "(address)", "transfer(", "transfer(address",
                              "transfer)", "f() returns", "f() returns bool", "f() sometimes",
                              "f()()", "class f()", "f(uint256 a,)", "f(foo)", "function (bool)"})
        EXPECT_FALSE(parse_declaration(wrong)) << wrong;
}

}  // namespace
}  // namespace plume::abi
