#include "codec/rlp.hpp"

#include <gtest/gtest.h>

#include "support/fixtures.hpp"
#include "support/rlp_tree.hpp"

namespace plume {

namespace {

namespace json = boost::json;

struct Point {
    uint64_t x = 0;
    std::vector<Hash> tags;

    friend bool operator==(const Point&, const Point&) = default;
};

template <class P>
    requires std::same_as<std::remove_const_t<P>, Point>
auto rlp_fields(P& point) {
    return std::tie(point.x, point.tags);
}

Bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

template <class T>
void expect_value(std::string_view digits, const T& value) {
    const Bytes bytes = hex(digits);
    EXPECT_EQ(to_hex(rlp::encode(value)), to_hex(bytes));
    EXPECT_EQ(rlp::size_of(value), bytes.size());
    const auto decoded = rlp::decode<T>(bytes);
    ASSERT_TRUE(decoded.ok()) << digits << ": " << decoded.error().what;
    EXPECT_EQ(*decoded, value);
}

template <class T>
std::string refusal(std::string_view digits) {
    const auto decoded = rlp::decode<T>(hex(digits));
    return decoded.ok() ? "accepted" : decoded.error().what;
}

void expect_invalid(const json::value& cases) {
    for (const auto& [name, sample] : cases.as_object()) {
        const auto again = test::recode(test::hex_at(sample, "out"));
        const bool valid = test::text_at(sample, "in") == "VALID";
        EXPECT_EQ(again.ok(), valid) << std::string_view(name);
    }
}

}  // namespace

TEST(Rlp, encodes_and_decodes_the_ethereum_vectors) {
    const auto cases = test::fixture("basic/RLPTests/rlptest.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const auto& [name, sample] : cases->as_object()) {
        const Bytes expected = test::hex_at(sample, "out");
        EXPECT_EQ(test::encode_tree(sample.at("in"), test::encode_ethereum_text), expected)
            << std::string_view(name);
        const auto again = test::recode(expected);
        ASSERT_TRUE(again.ok()) << std::string_view(name);
        EXPECT_EQ(*again, expected) << std::string_view(name);
    }
}

TEST(Rlp, refuses_the_invalid_ethereum_vectors) {
    const auto cases = test::fixture("basic/RLPTests/invalidRLPTest.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(cases->as_object().size(), 26u);
    expect_invalid(*cases);
}

TEST(Rlp, agrees_with_the_random_ethereum_vectors) {
    const auto cases = test::fixture("basic/RLPTests/RandomRLPTests/example.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    expect_invalid(*cases);
}

TEST(Rlp, encodes_and_decodes_the_ethers_vectors) {
    const auto cases = test::fixture("vectors/rlp-coder.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const json::value& sample : cases->as_array()) {
        const Bytes expected = test::hex_at(sample, "encoded");
        const auto encode_hex = [](std::string_view text) { return rlp::encode(hex(text)); };
        const std::string name = test::text_at(sample, "name");
        EXPECT_EQ(test::encode_tree(sample.at("decoded"), encode_hex), expected) << name;
        const auto again = test::recode(expected);
        ASSERT_TRUE(again.ok()) << name;
        EXPECT_EQ(*again, expected) << name;
    }
}

TEST(Rlp, reads_back_every_type_it_writes) {
    expect_value<uint64_t>("80", 0);
    expect_value<uint64_t>("7f", 127);
    expect_value<uint64_t>("8180", 128);
    expect_value<uint64_t>("88ffffffffffffffff", ~0ull);
    expect_value<u256>("89010000000000000000", u256{0, 0, 1, 0});
    expect_value<u256>("a0" + std::string(64, 'f'), u256_max);
    expect_value<bool>("01", true);
    expect_value<Bytes>("00", {0});
    expect_value<FixedBytes<1>>("05", FixedBytes<1>{{5}});
    expect_value<std::optional<Address>>("80", std::nullopt);
    expect_value<std::optional<Address>>("94" + std::string(40, '1'),
                                         Address::parse(std::string(40, '1')));
    expect_value<std::vector<uint64_t>>("c20180", {1, 0});
    expect_value<Point>("e305e1a0" + std::string(64, '2'),
                        Point{5, {*Hash::parse(std::string(64, '2'))}});
}

TEST(Rlp, writes_what_is_encoded_already_as_it_stands) {
    const Bytes inner = hex("c20102");
    EXPECT_EQ(to_hex(rlp::encode_list(rlp::Raw{inner}, uint64_t{3})), "0xc4c2010203");
}

TEST(Rlp, changes_the_form_of_lengths_between_55_and_56_bytes) {
    EXPECT_EQ(rlp::encode(Bytes(55, 1))[0], 0xb7);
    EXPECT_EQ(to_hex(BytesView{rlp::encode(Bytes(56, 1))}.first(2)), "0xb838");
    EXPECT_EQ(rlp::encode(std::vector<uint64_t>(55, 1))[0], 0xf7);
    EXPECT_EQ(to_hex(BytesView{rlp::encode(std::vector<uint64_t>(56, 1))}.first(2)), "0xf838");
}

TEST(Rlp, refuses_numbers_that_are_out_of_range_or_padded) {
    EXPECT_EQ(refusal<uint64_t>("89010000000000000000"), "rlp: number out of range");
    EXPECT_EQ(refusal<uint8_t>("820100"), "rlp: number out of range");
    EXPECT_EQ(refusal<bool>("02"), "rlp: number out of range");
    EXPECT_EQ(refusal<u256>("a101" + std::string(64, '0')), "rlp: number of more than 256 bits");
    EXPECT_EQ(refusal<uint64_t>("00"), "rlp: number with leading zeros");
    EXPECT_EQ(refusal<uint64_t>("820001"), "rlp: number with leading zeros");
    EXPECT_EQ(refusal<uint64_t>("8105"), "rlp: a small byte must stand alone");
    EXPECT_EQ(refusal<uint64_t>("c0"), "rlp: a list where a string is expected");
}

TEST(Rlp, refuses_strings_of_another_size_than_the_type_has) {
    EXPECT_EQ(refusal<Address>("93" + std::string(38, '1')), "rlp: string of the wrong size");
    EXPECT_EQ(refusal<Address>("95" + std::string(42, '1')), "rlp: string of the wrong size");
    EXPECT_EQ(refusal<Address>("80"), "rlp: string of the wrong size");
}

TEST(Rlp, refuses_records_with_a_field_too_few_or_too_many) {
    EXPECT_EQ(refusal<Point>("c105"), "rlp: an item is missing");
    EXPECT_EQ(refusal<Point>("c305c001"), "rlp: bytes left over after the last item");
    EXPECT_EQ(refusal<Point>("8205c0"), "rlp: a string where a list is expected");
    EXPECT_EQ(refusal<Point>("c205c000"), "rlp: bytes left over after the last item");
}

TEST(Rlp, refuses_sizes_beyond_the_end_without_wrapping_around) {
    EXPECT_EQ(refusal<Bytes>("bfffffffffffffffff00"), "rlp: an item reaches beyond the end");
    EXPECT_EQ(refusal<Bytes>("bf"), "rlp: the input ends inside a length");
    EXPECT_EQ(refusal<Bytes>("b8"), "rlp: the input ends inside a length");
    EXPECT_EQ(refusal<Bytes>("8201"), "rlp: an item reaches beyond the end");
}

TEST(Rlp, refuses_lists_beyond_the_greatest_depth) {
    const auto descend = [](size_t depth) {
        Bytes nested;
        for (size_t i = 0; i < depth; ++i) {
            Bytes outer;
            rlp::append_list_header(outer, nested.size());
            append(outer, nested);
            nested = std::move(outer);
        }
        return test::recode(nested).ok();
    };
    EXPECT_TRUE(descend(rlp::Decoder::depth_max));
    EXPECT_FALSE(descend(rlp::Decoder::depth_max + 1));
}

}  // namespace plume
