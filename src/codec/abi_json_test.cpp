#include "codec/abi_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace plume::abi {
namespace {

namespace json = boost::json;

Result<Value> read(std::string_view type, std::string_view text) {
    return from_json(parse_type(type).value(), json::parse(text));
}

std::string written(std::string_view type, const Value& value) {
    return json::serialize(to_json(parse_type(type).value(), value));
}

TEST(AbiJson, integers_are_written_so_that_nobody_rounds_them) {
    EXPECT_EQ(written("uint256", {u256_max}), "\"" + to_decimal(u256_max) + "\"");
    EXPECT_EQ(written("int256", {u256_max}), "\"-1\"");
    EXPECT_EQ(to_signed_decimal(u256{1u} << 255), "-" + to_decimal(u256{1u} << 255));
    EXPECT_EQ(to_signed_decimal(u256{5u}), "5");
}

TEST(AbiJson, integers_are_read_as_numbers_or_strings) {
    EXPECT_EQ(read("uint8", "7").value(), Value{u256{7u}});
    EXPECT_EQ(read("uint8", "\"7\"").value(), Value{u256{7u}});
    EXPECT_EQ(read("uint64", "18446744073709551615").value(), Value{u256{~0ull}});
    EXPECT_EQ(read("int8", "-7").value(), Value{-u256{7u}});
    for (const char* wrong : {"256", "-1", "1.0", "true", "null", "[1]", "{}", "\"\""})
        EXPECT_FALSE(read("uint8", wrong)) << wrong;
}

TEST(AbiJson, tuples_are_objects_when_their_parts_have_names) {
    const Value pair{std::vector<Value>{{u256{1u}}, {true}}};
    EXPECT_EQ(written("(uint8 a, bool b)", pair), R"({"a":"1","b":true})");
    EXPECT_EQ(written("(uint8 a, bool a)", pair), R"(["1",true])");
    EXPECT_EQ(written("(uint8 a, bool)", pair), R"(["1",true])");
    EXPECT_EQ(read("(uint8 a, bool b)", R"({"b":true,"a":1})").value(), pair);
    EXPECT_EQ(read("(uint8 a, bool b)", "[1,true]").value(), pair);
    for (const char* wrong : {R"({"a":1})", R"({"a":1,"b":true,"c":0})", R"({"a":1,"c":true})",
                              "[1]", "[1,true,2]", "1", "\"(1,true)\""})
        EXPECT_FALSE(read("(uint8 a, bool b)", wrong)) << wrong;
    EXPECT_FALSE(read("bool[]", "{}"));
}

TEST(AbiJson, declarations_are_read_from_what_compilers_write) {
    const auto read = declarations_from_json(json::parse(R"([
        {"type":"constructor","inputs":[{"name":"supply","type":"uint256"}],
         "stateMutability":"nonpayable"},
        {"type":"receive","stateMutability":"payable"},
        {"type":"function","name":"plan","inputs":[{"name":"t","type":"tuple[2][]","components":[
            {"name":"to","type":"address"},
            {"name":"parts","type":"tuple","components":[{"name":"x","type":"bytes4"}]}]}],
         "outputs":[{"name":"","type":"bool"}],"stateMutability":"view"},
        {"type":"function","name":"old","inputs":[],"outputs":[],"constant":true,"payable":false},
        {"type":"event","name":"Paid","anonymous":false,
         "inputs":[{"name":"to","type":"address","indexed":true}]},
        {"type":"error","name":"Broke","inputs":[]}])"));
    ASSERT_TRUE(read) << read.error().what;
    ASSERT_EQ(read->size(), 5u);
    EXPECT_EQ((*read)[0].kind, Declaration::Kind::constructor);
    EXPECT_EQ(signature_of((*read)[1]), "plan((address,(bytes4))[2][])");
    EXPECT_TRUE((*read)[1].is_view);
    EXPECT_EQ((*read)[1].inputs[0].type.element().element().parts[0].name, "to");
    EXPECT_TRUE((*read)[2].is_view);
    EXPECT_EQ((*read)[3].kind, Declaration::Kind::event);
    EXPECT_TRUE((*read)[3].inputs[0].is_indexed);
    EXPECT_EQ((*read)[4].kind, Declaration::Kind::error);
}

TEST(AbiJson, malformed_declarations_are_refused) {
    for (const char* wrong :
         {"{}", "[1]", R"([{"type":"widget"}])", R"([{"type":1}])", R"([{}])",
          R"([{"type":"function","name":1}])", R"([{"type":"function","name":"f","inputs":{}}])",
          R"([{"type":"function","name":"f","inputs":[1]}])",
          R"([{"type":"function","name":"f","inputs":[{"type":"tuple"}]}])",
          R"([{"type":"error","inputs":[{"type":"tuplex","components":[{"type":"bool"}]}]}])",
          R"([{"type":"function","name":"f","inputs":[{"type":"bool","indexed":1}]}])"})
        EXPECT_FALSE(declarations_from_json(json::parse(wrong))) << wrong;
}

TEST(AbiJson, components_have_a_bounded_depth) {
    const auto nested = [](size_t depth) {
        std::string type = R"({"type":"bool"})";
        for (size_t i = 1; i < depth; ++i) type = R"({"type":"tuple","components":[)" + type + "]}";
        json::parse_options options;
        options.max_depth = 128;
        return declarations_from_json(
            json::parse(R"([{"type":"error","name":"e","inputs":[)" + type + "]}]",
                        json::storage_ptr{}, options));
    };
    EXPECT_TRUE(nested(type_depth_max));
    EXPECT_FALSE(nested(type_depth_max + 1));
}

}  // namespace
}  // namespace plume::abi
