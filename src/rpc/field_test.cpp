#include "rpc/field.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

/// What reading throws, as "code message"; empty when it does not.
template <class Read>
std::string refusal(std::string_view json, Read read, size_t argument = 0) {
    const Json value = boost::json::parse(json);
    try {
        read(Field(&value, argument));
    } catch (const RpcError& error) {
        return std::to_string(error.code) + " " + error.message;
    }
    return "";
}

template <class Read>
auto reading(std::string_view json, Read read) {
    const Json value = boost::json::parse(json);
    return read(Field(&value, 0));
}

constexpr auto as_quantity = [](const Field& field) { return field.quantity(); };
constexpr auto as_number = [](const Field& field) { return field.number(); };
constexpr auto as_lenient = [](const Field& field) { return field.lenient_number(); };
constexpr auto as_data = [](const Field& field) { return field.data(); };
constexpr auto as_address = [](const Field& field) { return field.address(); };
constexpr auto as_hash = [](const Field& field) { return field.hash(); };
constexpr auto as_block = [](const Field& field) { return field.block(); };
constexpr auto as_slot = [](const Field& field) { return field.slot(); };

TEST(Field, quantities_have_no_leading_zeros_and_at_most_256_bits) {
    EXPECT_EQ(reading(R"("0x0")", as_quantity), u256{});
    EXPECT_EQ(reading(R"("0x1aF")", as_quantity), u256{0x1afu});
    const std::string largest = "\"0x" + std::string(64, 'f') + "\"";
    EXPECT_EQ(reading(largest, as_quantity), u256_max);
    EXPECT_EQ(refusal("\"0x1" + std::string(64, '0') + "\"", as_quantity),
              "-32602 invalid argument 0: hex number > 256 bits");
    EXPECT_EQ(refusal(R"("0x01")", as_quantity),
              "-32602 invalid argument 0: hex number with leading zero digits");
    EXPECT_EQ(refusal(R"("0x")", as_quantity),
              "-32602 invalid argument 0: hex string \"0x\" has no digits");
    EXPECT_EQ(refusal(R"("12")", as_quantity),
              "-32602 invalid argument 0: hex string without 0x prefix");
    EXPECT_EQ(refusal(R"("0x1g")", as_quantity), "-32602 invalid argument 0: invalid hex string");
    EXPECT_EQ(refusal(R"("")", as_quantity), "-32602 invalid argument 0: empty hex string");
    EXPECT_EQ(refusal("12", as_quantity), "-32602 invalid argument 0: not a string");
}

TEST(Field, numbers_have_at_most_64_bits) {
    EXPECT_EQ(reading(R"("0xffffffffffffffff")", as_number), ~uint64_t{0});
    EXPECT_EQ(refusal(R"("0x10000000000000000")", as_number),
              "-32602 invalid argument 0: hex number > 64 bits");
}

TEST(Field, lenient_numbers_come_in_three_forms) {
    EXPECT_EQ(reading("10", as_lenient), 10u);
    EXPECT_EQ(reading(R"("10")", as_lenient), 10u);
    EXPECT_EQ(reading(R"("0xa")", as_lenient), 10u);
    EXPECT_EQ(reading("18446744073709551615", as_lenient), ~uint64_t{0});
    EXPECT_EQ(refusal("18446744073709551616", as_lenient),
              "-32602 invalid argument 0: not a number");
    EXPECT_EQ(refusal("-1", as_lenient), "-32602 invalid argument 0: not a number");
    EXPECT_EQ(refusal("1.5", as_lenient), "-32602 invalid argument 0: not a number");
    EXPECT_EQ(refusal(R"("ten")", as_lenient), "-32602 invalid argument 0: not a number");
}

TEST(Field, data_has_two_digits_a_byte) {
    EXPECT_EQ(reading(R"("0x")", as_data), Bytes{});
    EXPECT_EQ(reading(R"("0x00fF")", as_data), (Bytes{0x00, 0xff}));
    EXPECT_EQ(refusal(R"("0x0")", as_data), "-32602 invalid argument 0: hex string of odd length");
    EXPECT_EQ(refusal(R"("00")", as_data),
              "-32602 invalid argument 0: hex string without 0x prefix");
    EXPECT_EQ(refusal(R"("0xzz")", as_data), "-32602 invalid argument 0: invalid hex string");
}

TEST(Field, addresses_and_hashes_have_their_size) {
    const std::string digits(40, 'a');
    EXPECT_EQ(reading("\"0x" + digits + "\"", as_address), Address::parse(digits));
    EXPECT_EQ(refusal(R"("0xab")", as_address),
              "-32602 invalid argument 0: hex string has length 2, want 40 for an address");
    EXPECT_EQ(refusal("\"0x" + std::string(65, '0') + "\"", as_hash),
              "-32602 invalid argument 0: hex string has length 65, want 64 for a hash");
    EXPECT_EQ(refusal("\"0x" + std::string(40, 'x') + "\"", as_address),
              "-32602 invalid argument 0: invalid hex string");
}

TEST(Field, what_is_missing_is_named) {
    EXPECT_EQ(refusal("null", as_address, 2), "-32602 missing value for required argument 2");
    EXPECT_EQ(refusal(
                  "{}", [](const Field& field) { return field["gas"].number(); }, 1),
              "-32602 invalid argument 1: member gas: missing value");
    EXPECT_EQ(refusal(R"({"gas":"1"})", [](const Field& field) { return field["gas"].number(); }),
              "-32602 invalid argument 0: member gas: hex string without 0x prefix");
}

TEST(Field, blocks_come_by_name_number_and_hash) {
    const std::string hash(64, 'b');
    EXPECT_EQ(reading(R"("latest")", as_block), BlockId{BlockTag::latest});
    EXPECT_EQ(reading(R"("earliest")", as_block), BlockId{BlockTag::earliest});
    EXPECT_EQ(reading(R"("safe")", as_block), BlockId{BlockTag::safe});
    EXPECT_EQ(reading(R"("finalized")", as_block), BlockId{BlockTag::finalized});
    EXPECT_EQ(reading(R"("pending")", as_block), BlockId{BlockTag::pending});
    EXPECT_EQ(reading(R"("0x10")", as_block), BlockId{uint64_t{16}});
    EXPECT_EQ(reading("\"0x" + hash + "\"", as_block), BlockId{Hash::parse(hash).value()});
    EXPECT_EQ(refusal(R"("newest")", as_block),
              "-32602 invalid argument 0: hex string without 0x prefix");
    EXPECT_EQ(refusal("16", as_block), "-32602 invalid argument 0: not a string");
}

// EIP-1898.
TEST(Field, blocks_come_as_objects) {
    const std::string hash = "0x" + std::string(64, 'c');
    EXPECT_EQ(reading(R"({"blockNumber":"0x5"})", as_block), BlockId{uint64_t{5}});
    EXPECT_EQ(reading(R"({"blockHash":")" + hash + R"(","requireCanonical":true})", as_block),
              BlockId{Hash::parse(hash).value()});
    EXPECT_EQ(refusal("{}", as_block),
              "-32602 invalid argument 0: blockNumber or blockHash is missing");
    EXPECT_NE(refusal(R"({"blockNumber":"0x5","blockHash":")" + hash + "\"}", as_block), "");
    EXPECT_NE(refusal(R"({"number":"0x5"})", as_block), "");
}

// The texts of execution-apis' eth_getStorageAt cases.
TEST(Field, slots_are_up_to_32_bytes_of_hexadecimal_digits) {
    EXPECT_EQ(reading(R"("0x0")", as_slot), u256{});
    EXPECT_EQ(reading(R"("0x00a")", as_slot), u256{10u});
    EXPECT_EQ(reading("\"0x" + std::string(64, 'f') + "\"", as_slot), u256_max);
    EXPECT_EQ(refusal(R"("0xasdf")", as_slot), "-32602 invalid hex in storage key: \"0xasdf\"");
    const std::string longer = "\"0x" + std::string(65, '0') + "\"";
    EXPECT_EQ(refusal(longer, as_slot),
              "-32602 storage key too long (want at most 32 bytes): " + longer);
}

TEST(Field, arrays_and_objects_are_bounded) {
    const auto two_items = [](const Field& field) { return field.items(2); };
    const auto two_members = [](const Field& field) { return field.members(2); };
    EXPECT_EQ(reading("[1,2]", two_items).size(), 2u);
    EXPECT_EQ(reading("[]", two_items).size(), 0u);
    EXPECT_EQ(refusal("[1,2,3]", two_items),
              "-32005 invalid argument 0: more than 2 items; ask in several requests");
    EXPECT_EQ(refusal("{}", two_items), "-32602 invalid argument 0: not an array");
    const auto second_name = [](const Field& field) {
        return std::string(field.members(2)[1].name());
    };
    EXPECT_EQ(reading(R"({"a":1,"b":2})", second_name), "b");
    EXPECT_EQ(refusal(R"({"a":1,"b":2,"c":3})", two_members),
              "-32005 invalid argument 0: more than 2 items; ask in several requests");
    EXPECT_EQ(refusal("[]", two_members), "-32602 invalid argument 0: not an object");
}

}  // namespace
}  // namespace plume::rpc
