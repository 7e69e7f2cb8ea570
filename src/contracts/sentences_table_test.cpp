#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "contracts/catalog.hpp"
#include "contracts/eas.hpp"
#include "contracts/sentences.hpp"
#include "crypto/keccak.hpp"

namespace plume {
namespace {

std::vector<abi::Declaration> functions_of(std::string_view type) {
    std::vector<abi::Declaration> out;
    for (const AbiEntry& entry : interface_of(type))
        if (entry.kind == AbiEntry::Kind::function)
            out.push_back(abi::parse_declaration(entry.text).value());
    return out;
}

/// What is wrong with a sentence about these parameters; empty when nothing is.
std::string fault(std::string_view sentence, const std::vector<abi::Parameter>& inputs,
                  bool is_payable, const std::vector<abi::Declaration>& views) {
    for (const Placeholder& at : placeholders(sentence)) {
        const std::string name(at.path);
        if (at.path == "@.value") {
            if (!is_payable) return "nothing can be sent along";
            continue;
        }
        const abi::Parameter* parameter = find_parameter(inputs, at.path);
        if (parameter == nullptr) return "no parameter " + name;
        using Kind = abi::Type::Kind;
        const Kind kind = parameter->type.kind;
        if (kind == Kind::array || kind == Kind::fixed_array || kind == Kind::tuple)
            return name + " is no single value";
        if (form_of(*parameter) == Shown::hidden) return name + " is never shown";
        if (at.form.empty() || at.form == "@.to") continue;
        if (kind != Kind::unsigned_integer) return name + " is no amount";
        if (at.form.ends_with("()")) {
            const auto is_it = [&](const abi::Declaration& view) {
                return view.is_view && abi::signature_of(view) == at.form &&
                       view.outputs.size() == 1 && view.outputs.front().type.kind == Kind::address;
            };
            if (std::ranges::none_of(views, is_it)) return "no view " + std::string(at.form);
            continue;
        }
        const abi::Parameter* token = find_parameter(inputs, at.form);
        if (token == nullptr || token->type.kind != Kind::address)
            return std::string(at.form) + " is no token";
    }
    return {};
}

TEST(SentencesTable, every_method_that_writes_has_a_sentence_about_its_parameters) {
    std::set<const Action*> used;
    size_t count = 0;
    for (const NativeType& type : native_types()) {
        const auto functions = functions_of(type.name);
        for (const abi::Declaration& function : functions) {
            const std::string name = std::string(type.name) + "." + abi::signature_of(function);
            if (function.is_view) continue;
            ++count;
            const Action* action = find_action(type.name, function);
            ASSERT_NE(action, nullptr) << name;
            used.insert(action);
            EXPECT_EQ(fault(action->sentence, function.inputs, function.is_payable, functions), "")
                << name;
        }
    }
    EXPECT_GT(count, 200u);
    for (const Action& action : actions())
        EXPECT_TRUE(used.contains(&action)) << "no method for " << action.method;
}

TEST(SentencesTable, intents_and_sentences_read_as_such) {
    const auto check_text = [](std::string_view intent, std::string_view sentence) {
        EXPECT_FALSE(intent.empty());
        EXPECT_LE(intent.size(), intent_room) << intent;
        EXPECT_EQ(intent.find('{'), std::string_view::npos) << intent;
        ASSERT_FALSE(sentence.empty()) << intent;
        EXPECT_TRUE(sentence.front() >= 'A' && sentence.front() <= 'Z') << sentence;
        EXPECT_FALSE(sentence.ends_with('.')) << sentence;
        EXPECT_EQ(std::ranges::count(sentence, '{'), std::ranges::count(sentence, '}')) << sentence;
    };
    for (const Action& action : actions()) check_text(action.intent, action.sentence);
    for (const SignedMessage& message : signed_messages())
        check_text(message.intent, message.sentence);
}

TEST(SentencesTable, messages_are_what_contracts_hash) {
    std::set<Hash> hashes;
    for (const SignedMessage& message : signed_messages()) {
        const auto declared = abi::parse_declaration(message.encoded_type);
        ASSERT_TRUE(declared.ok()) << message.encoded_type;
        EXPECT_EQ(fault(message.sentence, declared->inputs, false, {}), "") << message.encoded_type;
        hashes.insert(keccak256(message.encoded_type));
    }
    EXPECT_TRUE(hashes.contains(eas::attest_type_hash));
    EXPECT_TRUE(hashes.contains(eas::revoke_type_hash));
    // Those of ERC-2612, of OpenZeppelin's votes, and of readings.
    for (const std::string_view known :
         {"0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9",
          "0xe48329057bfd03d55e49b547132e39cffd9c1820ad7b9d4c5307691425d15adf"})
        EXPECT_TRUE(hashes.contains(Hash::parse(known).value())) << known;
    EXPECT_EQ(messages_of("Vault").size(), 1u);
    EXPECT_EQ(messages_of("RegulatedToken").size(), 2u);
    EXPECT_TRUE(messages_of("Conditions").empty());
}

}  // namespace
}  // namespace plume
