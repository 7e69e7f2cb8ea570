#include "contracts/sentences.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

abi::Declaration declared(std::string_view text) {
    return abi::parse_declaration(text).value();
}

TEST(Sentences, placeholders_are_paths_with_or_without_a_form) {
    const auto found = placeholders("Send {value:@.to} to {request.data.recipient}, now");
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].path, "value");
    EXPECT_EQ(found[0].form, "@.to");
    EXPECT_EQ(found[1].path, "request.data.recipient");
    EXPECT_EQ(found[1].form, "");
    EXPECT_TRUE(placeholders("Do it").empty());
    EXPECT_TRUE(placeholders("Do {it").empty());
}

TEST(Sentences, a_sentence_is_filled_in_order) {
    const auto shown = [](const Placeholder& at) { return "<" + std::string(at.path) + ">"; };
    EXPECT_EQ(fill_sentence("Send {value:@.to} to {to}.", shown), "Send <value> to <to>.");
    EXPECT_EQ(fill_sentence("{a}{b}", shown), "<a><b>");
    EXPECT_EQ(fill_sentence("", shown), "");
}

TEST(Sentences, a_row_for_one_type_goes_before_one_for_several) {
    const auto mint = declared("mint(uint256 shares, address receiver) returns (uint256 assets)");
    ASSERT_NE(find_action("Pool", mint), nullptr);
    EXPECT_EQ(find_action("Pool", mint)->intent, "Buy shares");
    const auto issue = declared("mint(address to, uint256 value)");
    EXPECT_EQ(find_action("AssetToken", issue)->intent, "Issue tokens");
    EXPECT_EQ(find_action("Conditions", issue), nullptr);
    EXPECT_EQ(find_action("AssetToken", declared("mind(address to)")), nullptr);
}

TEST(Sentences, a_row_for_a_signature_goes_before_one_for_a_name) {
    EXPECT_EQ(find_action("Agents", declared("register()"))->sentence, "Register an agent");
    EXPECT_NE(find_action("Agents", declared("register(string agentURI)"))->sentence,
              "Register an agent");
}

TEST(Sentences, a_parameter_is_found_in_tuples_and_not_in_arrays) {
    const auto inputs = declared("f((uint256 a, (address b) c) t, (uint8 d)[] list)").inputs;
    ASSERT_NE(find_parameter(inputs, "t.c.b"), nullptr);
    EXPECT_EQ(find_parameter(inputs, "t.c.b")->type.kind, abi::Type::Kind::address);
    EXPECT_EQ(find_parameter(inputs, "t.a.b"), nullptr);
    EXPECT_EQ(find_parameter(inputs, "list.d"), nullptr);
    EXPECT_EQ(find_parameter(inputs, ""), nullptr);
}

TEST(Sentences, names_say_how_a_value_is_shown) {
    const auto shown = [](std::string_view parameter) {
        return form_of(declared("f(" + std::string(parameter) + ")").inputs.front());
    };
    EXPECT_EQ(shown("address deadline"), Shown::address);
    EXPECT_EQ(shown("uint64 deadline"), Shown::date);
    EXPECT_EQ(shown("uint32 challenge"), Shown::duration);
    EXPECT_EQ(shown("uint16 lowerBps"), Shown::percent);
    EXPECT_EQ(shown("bytes signature"), Shown::hidden);
    EXPECT_EQ(shown("bytes32 deadline"), Shown::raw);
    EXPECT_EQ(shown("uint256 amount"), Shown::raw);
}

}  // namespace
}  // namespace plume
