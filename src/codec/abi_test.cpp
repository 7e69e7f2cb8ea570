#include "codec/abi.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

Bytes words(std::initializer_list<std::string_view> list) {
    Bytes out;
    for (const std::string_view word : list) append(out, *from_hex(word));
    return out;
}

/// A word with a small number in it.
std::string number(uint64_t value) {
    return to_hex(to_word(u256{value}));
}

struct Point {
    uint64_t x = 0;
    bool visible = false;

    static constexpr auto members = std::tuple{&Point::x, &Point::visible};
    friend bool operator==(const Point&, const Point&) = default;
};

struct Label {
    u256 id;
    std::string text;
    Point at;

    static constexpr auto members = std::tuple{&Label::id, &Label::text, &Label::at};
    friend bool operator==(const Label&, const Label&) = default;
};

// The examples of the contract ABI specification.

TEST(Abi, encodes_the_static_example_of_the_specification) {
    // baz(69, true)
    EXPECT_EQ(abi::encode(uint32_t{69}, true),
              words({"0000000000000000000000000000000000000000000000000000000000000045",
                     "0000000000000000000000000000000000000000000000000000000000000001"}));
}

TEST(Abi, encodes_the_dynamic_example_of_the_specification) {
    // sam("dave", true, [1,2,3])
    const Bytes expected =
        words({"0000000000000000000000000000000000000000000000000000000000000060",
               "0000000000000000000000000000000000000000000000000000000000000001",
               "00000000000000000000000000000000000000000000000000000000000000a0",
               "0000000000000000000000000000000000000000000000000000000000000004",
               "6461766500000000000000000000000000000000000000000000000000000000",
               "0000000000000000000000000000000000000000000000000000000000000003",
               "0000000000000000000000000000000000000000000000000000000000000001",
               "0000000000000000000000000000000000000000000000000000000000000002",
               "0000000000000000000000000000000000000000000000000000000000000003"});
    const Bytes dave = to_bytes(view_of("dave"));
    const std::vector<u256> numbers{1, 2, 3};
    EXPECT_EQ(abi::encode(dave, true, numbers), expected);
    EXPECT_EQ((abi::decode<Bytes, bool, std::vector<u256>>(expected)),
              std::tuple(dave, true, numbers));
}

TEST(Abi, encodes_the_nested_example_of_the_specification) {
    // g([[1, 2], [3]], ["one", "two", "three"])
    const Bytes expected =
        words({"0000000000000000000000000000000000000000000000000000000000000040",
               "0000000000000000000000000000000000000000000000000000000000000140",
               "0000000000000000000000000000000000000000000000000000000000000002",
               "0000000000000000000000000000000000000000000000000000000000000040",
               "00000000000000000000000000000000000000000000000000000000000000a0",
               "0000000000000000000000000000000000000000000000000000000000000002",
               "0000000000000000000000000000000000000000000000000000000000000001",
               "0000000000000000000000000000000000000000000000000000000000000002",
               "0000000000000000000000000000000000000000000000000000000000000001",
               "0000000000000000000000000000000000000000000000000000000000000003",
               "0000000000000000000000000000000000000000000000000000000000000003",
               "0000000000000000000000000000000000000000000000000000000000000060",
               "00000000000000000000000000000000000000000000000000000000000000a0",
               "00000000000000000000000000000000000000000000000000000000000000e0",
               "0000000000000000000000000000000000000000000000000000000000000003",
               "6f6e650000000000000000000000000000000000000000000000000000000000",
               "0000000000000000000000000000000000000000000000000000000000000003",
               "74776f0000000000000000000000000000000000000000000000000000000000",
               "0000000000000000000000000000000000000000000000000000000000000005",
               "7468726565000000000000000000000000000000000000000000000000000000"});
    using Numbers = std::vector<std::vector<u256>>;
    using Names = std::vector<std::string>;
    const Numbers numbers{{1, 2}, {3}};
    const Names names{"one", "two", "three"};
    EXPECT_EQ(abi::encode(numbers, names), expected);
    EXPECT_EQ((abi::decode<Numbers, Names>(expected)), std::tuple(numbers, names));
}

TEST(Abi, structures_are_tuples) {
    const Point point{5, true};
    EXPECT_EQ(abi::encode(point), words({number(5), number(1)})) << "a static one stands in place";
    const Label label{7, "seven", point};
    const Bytes expected =
        words({number(32), number(7), number(128), number(5), number(1), number(5),
               "736576656e000000000000000000000000000000000000000000000000000000"});
    EXPECT_EQ(abi::encode(label), expected);
    EXPECT_EQ(abi::decode_one<Label>(expected), label);
    const std::vector<Label> many{label, {8, "", {}}, {9, std::string(40, 'x'), {1, false}}};
    EXPECT_EQ(abi::decode_one<std::vector<Label>>(abi::encode(many)), many);
    const std::vector<Point> points{point, {6, false}};
    EXPECT_EQ(abi::encode(points),
              words({number(32), number(2), number(5), number(1), number(6), number(0)}));
    EXPECT_EQ(abi::decode_one<std::vector<Point>>(abi::encode(points)), points);
}

TEST(Abi, signed_numbers_are_in_twos_complement) {
    EXPECT_EQ(abi::encode(i256::of(-1)), Bytes(32, 0xff));
    EXPECT_EQ(abi::decode_one<i256>(Bytes(32, 0xff)), i256::of(-1));
    EXPECT_LT(i256::of(-1), i256::of(0));
    EXPECT_LT(i256::of(-2), i256::of(-1));
    EXPECT_LT(i256::of(1), i256::of(2));
    const i256 smallest{u256{1u} << 255};
    const i256 largest{(u256{1u} << 255) - u256{1u}};
    EXPECT_LT(smallest, i256::of(std::numeric_limits<int64_t>::min()));
    EXPECT_GT(largest, i256::of(std::numeric_limits<int64_t>::max()));
    EXPECT_EQ(i256::of(std::numeric_limits<int64_t>::min()).bits, -(u256{1u} << 63));
}

// Refusals.

template <class T>
bool decodes(const Bytes& data) {
    return abi::decode_one<T>(data).has_value();
}

TEST(Abi, padding_of_words_is_clean_or_refused) {
    const auto word = [](const u256& value) { return to_bytes(to_word(value)); };
    EXPECT_TRUE(decodes<bool>(word(1)));
    EXPECT_FALSE(decodes<bool>(word(2)));
    EXPECT_TRUE(decodes<uint8_t>(word(255)));
    EXPECT_FALSE(decodes<uint8_t>(word(256)));
    EXPECT_TRUE(decodes<uint64_t>(word(~0ull)));
    EXPECT_FALSE(decodes<uint64_t>(word(u256{1u} << 64)));
    EXPECT_TRUE(decodes<u128>(word((u256{1u} << 128) - u256{1u})));
    EXPECT_FALSE(decodes<u128>(word(u256{1u} << 128)));
    EXPECT_TRUE(decodes<u80>(word((u256{1u} << 80) - u256{1u})));
    EXPECT_FALSE(decodes<u80>(word(u256{1u} << 80)));
    EXPECT_TRUE(decodes<u48>(word((u256{1u} << 48) - u256{1u})));
    EXPECT_FALSE(decodes<u48>(word(u256{1u} << 48)));
    EXPECT_TRUE(decodes<u208>(word((u256{1u} << 208) - u256{1u})));
    EXPECT_FALSE(decodes<u208>(word(u256{1u} << 208)));
    EXPECT_TRUE(decodes<Address>(word((u256{1u} << 160) - u256{1u})));
    EXPECT_FALSE(decodes<Address>(word(u256{1u} << 160)));
    EXPECT_TRUE(decodes<Selector>(word(u256{1u} << 224)));
    EXPECT_FALSE(decodes<Selector>(word(u256{1u} << 223)));
}

TEST(Abi, every_cut_of_an_encoding_is_refused) {
    const Bytes whole =
        abi::encode(Label{7, std::string(64, 'x'), {5, true}}, std::vector<u256>{1, 2, 3});
    using Numbers = std::vector<u256>;
    ASSERT_TRUE((abi::decode<Label, Numbers>(whole).has_value()));
    for (size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE((abi::decode<Label, Numbers>(BytesView(whole).first(size)).has_value()))
            << size;
}

TEST(Abi, missing_padding_of_the_last_bytes_is_accepted_as_solidity_accepts_it) {
    Bytes data = abi::encode(std::string("abc"));
    data.resize(data.size() - 29);
    EXPECT_EQ(abi::decode_one<std::string>(data), "abc");
    data.pop_back();
    EXPECT_FALSE(decodes<std::string>(data));
}

TEST(Abi, offsets_and_lengths_outside_are_refused) {
    const auto string_at = [](const u256& offset, const u256& size) {
        Bytes data = to_bytes(to_word(offset));
        append(data, to_word(size));
        data.resize(data.size() + 32);
        return data;
    };
    EXPECT_TRUE(decodes<std::string>(string_at(32, 32)));
    EXPECT_FALSE(decodes<std::string>(string_at(32, 33)));
    EXPECT_FALSE(decodes<std::string>(string_at(97, 0)));
    for (const u256& far :
         {u256{1u} << 32, u256{~0ull}, u256{~0ull - 31}, u256{1u} << 64, u256_max}) {
        EXPECT_FALSE(decodes<std::string>(string_at(far, 0)));
        EXPECT_FALSE(decodes<std::string>(string_at(32, far)));
        EXPECT_FALSE(decodes<std::vector<u256>>(string_at(32, far)));
        EXPECT_FALSE(decodes<std::vector<Label>>(string_at(32, far)));
    }
    EXPECT_TRUE(decodes<std::vector<u256>>(string_at(32, 1)));
    EXPECT_FALSE(decodes<std::vector<u256>>(string_at(32, 2)));
}

TEST(Abi, no_bytes_are_read_twice) {
    // An array whose elements all point to the same tail would decode to far more than was sent.
    const auto aliases = [](size_t count, size_t tail_size) {
        Bytes data = words({number(32), number(count)});
        for (size_t i = 0; i < count; ++i) append(data, *from_hex(number(32 * count)));
        append(data, *from_hex(number(tail_size)));
        data.resize(data.size() + tail_size);
        return data;
    };
    EXPECT_TRUE(decodes<std::vector<Bytes>>(aliases(1, 320)));
    EXPECT_FALSE(decodes<std::vector<Bytes>>(aliases(64, 320)));
    EXPECT_FALSE(decodes<std::vector<std::vector<u256>>>(aliases(64, 10)));

    Bytes labels = words({number(32), number(64)});
    for (size_t i = 0; i < 64; ++i) append(labels, *from_hex(number(32 * 64)));
    append(labels, words({number(7), number(128), number(5), number(1), number(0)}));
    EXPECT_FALSE(decodes<std::vector<Label>>(labels)) << "64 structures out of one";
}

TEST(Abi, bytes_after_the_last_value_are_ignored) {
    Bytes data = abi::encode(u256{5u});
    data.push_back(0xff);
    EXPECT_EQ(abi::decode_one<u256>(data), u256{5u});
    EXPECT_TRUE(abi::decode<>(data).has_value());
    EXPECT_TRUE(abi::decode<>({}).has_value());
}

TEST(Abi, an_offset_may_lead_back_into_the_head_as_in_solidity) {
    EXPECT_EQ(abi::decode_one<std::string>(words({number(0)})), "");
}

}  // namespace
}  // namespace plume
