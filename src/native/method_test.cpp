#include "native/method.hpp"

#include <gtest/gtest.h>

#include "types/block.hpp"

namespace plume {
namespace {

using namespace literals;

using Transfer = Event<"Transfer(address indexed from, address indexed to, uint256 value)", Address,
                       Address, u256>;
using Named = Event<"Named(bytes32 indexed id, string name, uint64 indexed time, bool good)", Hash,
                    std::string, uint64_t, bool>;
using InsufficientBalance =
    CustomError<"ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
                Address, u256, u256>;

constexpr Address alice{{1}};
constexpr Address bob{{2}};

template <FixedText text>
std::string selector() {
    return to_hex(detail::selector_of(detail::signature_hash<text>()));
}

TEST(Method, selectors_are_those_everybody_knows) {
    EXPECT_EQ(selector<"transfer(address to, uint256 value) returns (bool)">(), "0xa9059cbb");
    EXPECT_EQ(selector<"balanceOf(address owner) view returns (uint256)">(), "0x70a08231");
    EXPECT_EQ(selector<"totalSupply() view returns (uint256)">(), "0x18160ddd");
    EXPECT_EQ(selector<"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)">(),
              "0xd505accf");
    EXPECT_EQ(selector<"eip712Domain() view returns (bytes1 fields)">(), "0x84b0196e");
    // From the Solidity ABI specification.
    EXPECT_EQ(selector<"baz(uint32 x, bool y) pure returns (bool)">(), "0xcdcd77c0");
    EXPECT_EQ(selector<"sam(bytes, bool, uint256[])">(), "0xa5643bf2");
    EXPECT_EQ(selector<"g(uint256[][],string[])">(), "0x2289b18c");
}

TEST(Method, names_and_words_do_not_enter_a_selector) {
    EXPECT_EQ(
        (selector<"f((address target, bytes data)[] parts, uint8 k) view returns (bool ok)">()),
        (selector<"f((address,bytes)[],uint8)">()));
    EXPECT_EQ(to_hex(BytesView(keccak256("f((address,bytes)[],uint8)")).first(4)),
              (selector<"f((address,bytes)[],uint8)">()));
}

TEST(Method, text_says_what_may_be_done) {
    constexpr auto mutability = [](std::string_view text) {
        return detail::parse_signature(text).mutability;
    };
    EXPECT_EQ(mutability("f()"), Mutability::nonpayable);
    EXPECT_EQ(mutability("f() returns (bool)"), Mutability::nonpayable);
    EXPECT_EQ(mutability("f() view returns (bool)"), Mutability::view);
    EXPECT_EQ(mutability("f() pure"), Mutability::view);
    EXPECT_EQ(mutability("f() payable"), Mutability::payable);
}

TEST(Method, text_and_types_are_held_against_each_other) {
    static_assert(
        detail::takes<"f(address owner, uint256[] values)", Address, std::vector<u256>>());
    static_assert(!detail::takes<"f(address owner)", u256>());
    static_assert(!detail::takes<"f(address owner)">());
    static_assert(!detail::takes<"f(uint64 time)", u256>());
}

TEST(Event, topics_and_data_are_those_of_solidity) {
    EXPECT_EQ(Transfer::topic,
              "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"_hash);
    const Transfer event{alice, bob, u256{5u}};
    EXPECT_EQ(event.topics(),
              (std::vector{Transfer::topic, to_word(to_u256(alice)), to_word(to_u256(bob))}));
    EXPECT_EQ(event.data(), to_bytes(to_word(u256{5u})));
}

TEST(Event, decodes_what_it_encodes_wherever_the_indexed_ones_stand) {
    const Named event{Hash{{9}}, "a name that is longer than a single word of data", 77, true};
    const Log log{alice, event.topics(), event.data()};
    EXPECT_EQ(Named::decode(log), event.values);
}

TEST(Event, is_not_found_in_other_logs) {
    const Transfer event{alice, bob, u256{5u}};
    const Log log{alice, event.topics(), event.data()};
    EXPECT_FALSE(Named::decode(log).has_value());
    Log other = log;
    other.topics.pop_back();
    EXPECT_FALSE(Transfer::decode(other).has_value());
    other = log;
    other.topics.clear();
    EXPECT_FALSE(Transfer::decode(other).has_value());
    other = log;
    other.data.pop_back();
    EXPECT_FALSE(Transfer::decode(other).has_value());
    other = log;
    other.topics[1][0] = 1;  // above the twenty bytes of an address
    EXPECT_FALSE(Transfer::decode(other).has_value());
}

TEST(CustomError, data_is_selector_and_arguments) {
    const InsufficientBalance error{alice, u256{1u}, u256{2u}};
    EXPECT_EQ(to_hex(BytesView(error.data()).first(4)), "0xe450d38c");  // ERC-6093
    EXPECT_EQ(error.data().size(), 4u + 96u);
    EXPECT_EQ(InsufficientBalance::decode(error.data()), error.values);
    Bytes other = error.data();
    other[0] ^= 1;
    EXPECT_FALSE(InsufficientBalance::decode(other).has_value());
    EXPECT_FALSE(InsufficientBalance::decode(BytesView(error.data()).first(99)).has_value());
    EXPECT_FALSE(InsufficientBalance::decode({}).has_value());
}

}  // namespace
}  // namespace plume
