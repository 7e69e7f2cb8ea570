#include "app/describe.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "app/accounts.hpp"
#include "app/descriptor.hpp"
#include "app/session.hpp"
#include "codec/abi_json.hpp"
#include "contracts/catalog.hpp"
#include "contracts/vault.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace json = boost::json;

namespace {

std::string read_text(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST(Describe, the_json_of_every_type_reads_back_as_the_same_interface) {
    for (const NativeType& type : native_types()) {
        const auto json = describe_json(type.name);
        ASSERT_TRUE(json.ok()) << type.name;
        const auto read = abi::declarations_from_json(*json);
        ASSERT_TRUE(read.ok()) << type.name << ": " << read.error().what;
        const auto declared = declarations_of(type.name);
        ASSERT_EQ(read->size(), declared.size());
        for (size_t i = 0; i < declared.size(); ++i) {
            EXPECT_EQ(abi::signature_of((*read)[i]), abi::signature_of(declared[i]));
            EXPECT_EQ((*read)[i].kind, declared[i].kind);
            EXPECT_EQ((*read)[i].is_view, declared[i].is_view);
            EXPECT_EQ((*read)[i].is_payable, declared[i].is_payable);
        }
    }
}

/// The text of an entry is what its selector was hashed from when the program was compiled.
TEST(Describe, what_is_described_is_what_dispatches) {
    const auto declared = declarations_of("Vault");
    size_t found = 0;
    for (const abi::Declaration& declaration : declared) {
        if (declaration.kind != abi::Declaration::Kind::function) continue;
        const Hash hash = keccak256(abi::signature_of(declaration));
        const Selector selector = *Selector::from(BytesView(hash).first(4));
        found += Vault::abi.find(selector, []<class M>() {}) ? 1 : 0;
    }
    EXPECT_EQ(found, Vault::abi.entries.size());
}

TEST(Describe, the_pages_and_interfaces_in_the_repository_are_up_to_date) {
    for (const NativeType& type : native_types()) {
        const std::string file =
            std::string(PLUME_SOURCE_DIR) + "/docs/contracts/" + std::string(type.name) + ".md";
        EXPECT_EQ(read_text(file), *describe_markdown(type.name)) << "run: make docs";
        const std::string interface = std::string(PLUME_SOURCE_DIR) +
                                      "/docs/contracts/interfaces/I" + std::string(type.name) +
                                      ".sol";
        EXPECT_EQ(read_text(interface), *describe_solidity(type.name)) << "run: make docs";
        const auto is_current = [&](std::string_view kind, const Result<json::object>& made) {
            const std::string descriptor = std::string(PLUME_SOURCE_DIR) +
                                           "/docs/contracts/descriptors/" + std::string(kind) +
                                           "-" + std::string(type.name) + ".json";
            const std::string expected = made ? json::serialize(*made) + "\n" : "";
            EXPECT_EQ(read_text(descriptor), expected) << "run: make docs";
        };
        is_current("calldata", call_descriptor(type.name, development_chain_id));
        is_current("eip712", message_descriptor(type.name, development_chain_id));
    }
}

TEST(Describe, unknown_types_are_refused_with_the_known_ones) {
    const auto unknown = describe_text("Vualt");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code, exit_code::usage);
    EXPECT_NE(unknown.error().what.find("Vault"), std::string::npos);
    EXPECT_FALSE(describe_json("").ok());
    EXPECT_FALSE(describe_solidity("nothing").ok());
}

TEST(Describe, a_refusal_is_put_into_words) {
    EXPECT_EQ(
        explain_revert(AssetToken::ERC20InsufficientBalance{Address{}, u256{5u}, u256{7u}}.data()),
        "ERC20InsufficientBalance(sender 0x0000000000000000000000000000000000000000, balance 5, "
        "needed 7)");
    EXPECT_EQ(explain_revert(ErrorString{"no"}.data()), "no");
    EXPECT_EQ(explain_revert(Panic{panic_arithmetic}.data()), "Panic(code 17)");
    EXPECT_EQ(explain_revert({}), "refused without a reason");
    EXPECT_EQ(explain_revert(Bytes{1, 2, 3, 4}), "refused: 0x01020304");
    // The selector of a known error with data that does not decode.
    const Bytes data = AssetToken::ERC20InsufficientBalance{Address{}, u256{5u}, u256{7u}}.data();
    EXPECT_EQ(explain_revert(BytesView(data).first(40)),
              "refused: " + to_hex(BytesView(data).first(40)));
}

TEST(Describe, a_log_is_put_into_words) {
    const AssetToken::Transfer transfer{Address{}, Address{}, u256{9u}};
    const auto text = explain_log({Address{}, transfer.topics(), transfer.data()});
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(*text,
              "Transfer(from 0x0000000000000000000000000000000000000000, "
              "to 0x0000000000000000000000000000000000000000, value 9)");
    EXPECT_FALSE(explain_log({Address{}, {Hash{}}, {}}).has_value());
    EXPECT_FALSE(explain_log({Address{}, {}, {}}).has_value());
}

}  // namespace plume
