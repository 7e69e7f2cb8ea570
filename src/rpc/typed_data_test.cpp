#include "rpc/typed_data.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"

namespace plume::rpc {
namespace {

/// The example of EIP-712, with what it says the hash is.
constexpr std::string_view mail = R"({
  "types": {
    "EIP712Domain": [{"name":"name","type":"string"},{"name":"version","type":"string"},
                     {"name":"chainId","type":"uint256"},
                     {"name":"verifyingContract","type":"address"}],
    "Person": [{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
    "Mail": [{"name":"from","type":"Person"},{"name":"to","type":"Person"},
             {"name":"contents","type":"string"}]},
  "primaryType": "Mail",
  "domain": {"name":"Ether Mail","version":"1","chainId":1,
             "verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
  "message": {"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
              "to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
              "contents":"Hello, Bob!"}})";

Json with(std::string text, std::string_view from, std::string_view to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return boost::json::parse(text.replace(at, from.size(), to));
}

std::string error_of(const Json& json) {
    try {
        typed_data_hash(json);
    } catch (const RpcError& error) {
        return std::to_string(error.code) + " " + error.message;
    }
    return "none";
}

TEST(TypedData, the_example_of_the_eip_has_its_hash) {
    EXPECT_EQ(to_hex(typed_data_hash(boost::json::parse(mail))),
              "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
}

TEST(TypedData, a_domain_without_a_type_has_the_members_it_shows) {
    Json json = boost::json::parse(mail);
    json.at("types").as_object().erase("EIP712Domain");
    EXPECT_EQ(typed_data_hash(json), typed_data_hash(boost::json::parse(mail)));
}

TEST(TypedData, numbers_come_as_numbers_decimals_and_hex) {
    const Hash hash = typed_data_hash(boost::json::parse(mail));
    const std::string text(mail);
    EXPECT_EQ(typed_data_hash(with(text, "\"chainId\":1", "\"chainId\":\"1\"")), hash);
    EXPECT_EQ(typed_data_hash(with(text, "\"chainId\":1", "\"chainId\":\"0x01\"")), hash);
    EXPECT_NE(typed_data_hash(with(text, "\"chainId\":1", "\"chainId\":2")), hash);
}

/// A message with one member.
Json single(const std::string& type, const std::string& value) {
    return boost::json::parse(R"({"types":{"A":[{"name":"a","type":")" + type +
                              R"("}]},"primaryType":"A","domain":{},"message":{"a":)" + value +
                              "}}");
}

TEST(TypedData, integers_keep_their_range) {
    EXPECT_EQ(error_of(single("uint8", "255")), "none");
    EXPECT_EQ(error_of(single("uint8", "256")), "-32602 invalid typed data: a is out of range");
    EXPECT_EQ(error_of(single("uint8", "-1")), "-32602 invalid typed data: a is out of range");
    EXPECT_EQ(error_of(single("int8", "-128")), "none");
    EXPECT_EQ(error_of(single("int8", "\"-129\"")), "-32602 invalid typed data: a is out of range");
    EXPECT_EQ(typed_data_hash(single("int256", "-1")),
              typed_data_hash(single("int256", "\"-0x1\"")));
    EXPECT_EQ(error_of(single("uint256", "\"0x1" + std::string(64, '0') + "\"")),
              "-32602 invalid typed data: a has more than 256 bits");
}

TEST(TypedData, arrays_have_their_elements_and_their_size) {
    EXPECT_EQ(error_of(single("uint8[2]", "[1,2]")), "none");
    EXPECT_EQ(error_of(single("uint8[2]", "[1]")),
              "-32602 invalid typed data: a does not have 2 elements");
    EXPECT_NE(typed_data_hash(single("uint8[]", "[1,2]")),
              typed_data_hash(single("uint8[]", "[2,1]")));
}

TEST(TypedData, says_what_is_wrong) {
    EXPECT_EQ(error_of(single("B", "1")), "-32602 invalid typed data: type B is not defined");
    EXPECT_EQ(error_of(single("uint7", "1")),
              "-32602 invalid typed data: type uint7 is not defined");
    EXPECT_EQ(error_of(single("string", "1")), "-32602 invalid typed data: a is no text");
    EXPECT_EQ(error_of(single("bytes2", "\"0x01\"")),
              "-32602 invalid typed data: a does not have 2 bytes");
    EXPECT_EQ(error_of(single("address", "\"0x01\"")),
              "-32602 invalid typed data: a is no address");
    EXPECT_EQ(error_of(Json(1)), "-32602 invalid typed data: it is no object");
    EXPECT_EQ(error_of(boost::json::parse("{}")), "-32602 invalid typed data: types is missing");
}

TEST(TypedData, depth_types_and_members_have_an_end) {
    const auto nested = [](size_t depth) {
        std::string type = "uint8";
        Json value = 1;
        for (size_t i = 0; i < depth; ++i) {
            type += "[]";
            boost::json::array list;
            list.push_back(std::move(value));
            value = std::move(list);
        }
        Json json = single(type, "[]");
        json.at("message").at("a") = std::move(value);
        return error_of(json);
    };
    // The member stands one deep itself.
    EXPECT_EQ(nested(typed_data_depth_max - 1), "none");
    EXPECT_EQ(nested(typed_data_depth_max),
              "-32602 invalid typed data: values are nested too deep");
    const auto sized = [](size_t types, size_t members) {
        Json out = single("uint8", "1");
        boost::json::array list;
        for (size_t i = 0; i < members; ++i)
            list.push_back(boost::json::object{{"name", std::to_string(i)}, {"type", "uint8"}});
        for (size_t i = 1; i < types; ++i)
            out.at("types").as_object()["T" + std::to_string(i)] = list;
        return error_of(out) == "none";
    };
    EXPECT_TRUE(sized(typed_data_types_max, typed_data_members_max));
    EXPECT_FALSE(sized(typed_data_types_max + 1, 1));
    EXPECT_FALSE(sized(2, typed_data_members_max + 1));
}

}  // namespace
}  // namespace plume::rpc
