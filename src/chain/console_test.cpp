#include "chain/console.hpp"

#include <gtest/gtest.h>

#include "codec/abi_value.hpp"
#include "crypto/keccak.hpp"

namespace plume {
namespace {

/// A call of `signature`, as console.sol makes it.
Bytes call(const std::string& signature, const std::vector<abi::Value>& values) {
    const Hash hash = keccak256(view_of(signature));
    Bytes out(hash.begin(), hash.begin() + 4);
    const auto parameters = abi::parse_declaration(signature)->inputs;
    append(out, *abi::encode_values(parameters, values));
    return out;
}

const abi::Value seven{u256{7u}};

TEST(Console, prints_values_of_every_type) {
    EXPECT_EQ(console_text(call("log(string)", {{std::string("hello")}})), "hello");
    EXPECT_EQ(console_text(call("log(uint256)", {seven})), "7");
    EXPECT_EQ(console_text(call("log(int256)", {{u256{} - u256{7u}}})), "-7");
    EXPECT_EQ(console_text(call("log(bool,address)", {{true}, {console_address}})),
              "true 0x000000000000000000636f6e736f6c652e6c6f67");
    EXPECT_EQ(console_text(call("log(bytes)", {{Bytes{1, 2}}})), "0x0102");
    EXPECT_EQ(console_text(call("log()", {})), "");
}

TEST(Console, knows_the_selectors_of_console_sol) {
    // From console.sol: log(string) and log(string,uint256), and the latter's first version.
    EXPECT_EQ(to_hex(BytesView{call("log(string)", {{std::string()}})}.first(4)), "0x41304fac");
    const Bytes now = call("log(string,uint256)", {{std::string("x")}, seven});
    EXPECT_EQ(to_hex(BytesView{now}.first(4)), "0xb60e72cc");
    const Bytes before = *from_hex("9710a9d0");
    Bytes old = before;
    append(old, BytesView{now}.subspan(4));
    EXPECT_EQ(console_text(old), "x 7");
}

TEST(Console, fills_placeholders_in_order) {
    const auto text = [](const std::string& format) {
        return console_text(call("log(string,uint256,bool)", {{format}, {u256{7u}}, {true}}));
    };
    EXPECT_EQ(text("a %d b %s"), "a 7 b true");
    EXPECT_EQ(text("a %s"), "a 7 true");
    EXPECT_EQ(text("100%% %i"), "100% 7 true");
    EXPECT_EQ(text("%s%s%s%"), "7true%s%");
}

TEST(Console, passes_over_what_is_no_message) {
    EXPECT_FALSE(console_text({}));
    EXPECT_FALSE(console_text(Bytes{1, 2, 3, 4}));
    EXPECT_FALSE(console_text(BytesView{call("log(uint256)", {seven})}.first(20)));
}

TEST(Console, a_message_and_a_block_have_an_end) {
    const auto size_of = [](size_t size) {
        return console_text(call("log(string)", {{std::string(size, 'x')}}))->size();
    };
    EXPECT_EQ(size_of(console_text_max), console_text_max);
    EXPECT_EQ(size_of(console_text_max + 1), console_text_max);
    size_t count = 0;
    Console console([&](const std::string&) { ++count; });
    const Bytes input = call("log(uint256)", {seven});
    for (size_t i = 0; i <= console_count_max; ++i)
        console.enter({.recipient = console_address,
                       .code_address = console_address,
                       .value = {},
                       .input = input},
                      {}, nullptr);
    EXPECT_EQ(count, console_count_max);
}

TEST(Console, hears_nothing_of_other_calls) {
    Console console([](const std::string&) { FAIL(); });
    const Bytes input = call("log(uint256)", {seven});
    console.enter(
        {.recipient = system_sender, .code_address = system_sender, .value = {}, .input = input},
        {}, nullptr);
}

}  // namespace
}  // namespace plume
