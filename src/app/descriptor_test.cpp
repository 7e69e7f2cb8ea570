#include "app/descriptor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "app/describe.hpp"
#include "app/session.hpp"
#include "contracts/catalog.hpp"
#include "contracts/sentences.hpp"
#include "crypto/keccak.hpp"

namespace plume {
namespace {

namespace json = boost::json;

const json::object& formats_of(const json::object& descriptor) {
    return descriptor.at("display").at("formats").as_object();
}

std::vector<std::string> paths_of(const json::value& format) {
    std::vector<std::string> out;
    for (const json::value& field : format.at("fields").as_array())
        out.emplace_back(field.at("path").as_string());
    return out;
}

const json::object& field_at(const json::value& format, std::string_view path) {
    for (const json::value& field : format.at("fields").as_array())
        if (std::string_view(field.at("path").as_string()) == path) return field.as_object();
    throw std::out_of_range(std::string(path));
}

/// What the ERC asks of a key: "no spaces behind commas, one between a type and its name", and
/// without the names the signature of the function.
TEST(Descriptor, keys_give_the_selectors_of_the_table_that_dispatches) {
    for (const NativeType& type : native_types()) {
        const auto made = call_descriptor(type.name, 7);
        if (!made) continue;
        for (const auto& [key, format] : formats_of(*made)) {
            const std::string text(key);
            EXPECT_EQ(text.find(", "), std::string::npos) << text;
            EXPECT_EQ(text.find("  "), std::string::npos) << text;
            const auto declaration = abi::parse_declaration(text);
            ASSERT_TRUE(declaration.ok()) << text;
            const Hash hash = keccak256(abi::signature_of(*declaration));
            EXPECT_EQ(method_called(type.name, hash), abi::signature_of(*declaration)) << text;
        }
    }
}

TEST(Descriptor, every_placeholder_is_a_field_that_is_always_shown) {
    size_t count = 0;
    const auto check_formats = [&](const Result<json::object>& made) {
        if (!made) return;
        for (const auto& [key, format] : formats_of(*made)) {
            ++count;
            const auto paths = paths_of(format);
            const std::string text(format.at("interpolatedIntent").as_string());
            for (const Placeholder& at : placeholders(text)) {
                EXPECT_NE(std::ranges::find(paths, at.path), paths.end()) << key << " " << at.path;
                EXPECT_EQ(at.form, "") << text;
                EXPECT_FALSE(field_at(format, at.path).contains("visible")) << text;
            }
        }
    };
    for (const NativeType& type : native_types()) {
        check_formats(call_descriptor(type.name, 7));
        check_formats(message_descriptor(type.name, 7));
    }
    EXPECT_GT(count, 200u);
}

/// erc7730-v2.schema.json, as far as it binds what is used here: which keys an object may have, and
/// which parameters belong to which format.
TEST(Descriptor, everything_is_as_the_schema_of_version_2_says) {
    const auto has_only = [](const json::object& object, std::vector<std::string_view> keys) {
        return std::ranges::all_of(object, [&](const auto& entry) {
            return std::ranges::find(keys, std::string_view(entry.key())) != keys.end();
        });
    };
    const std::map<std::string, std::vector<std::string_view>> parameters_of{
        {"raw", {}},
        {"amount", {}},
        {"duration", {}},
        {"addressName", {}},
        {"date", {"encoding"}},
        {"tokenAmount", {"tokenPath"}},
        {"calldata", {"calleePath"}},
        {"unit", {"base", "decimals"}}};
    const auto check_descriptor = [&](const Result<json::object>& made) {
        if (!made) return;
        EXPECT_TRUE(has_only(*made, {"$schema", "context", "metadata", "display"}));
        EXPECT_TRUE(has_only(made->at("context").as_object(), {"$id", "contract", "eip712"}));
        EXPECT_EQ(made->at("context").as_object().size(), 2u) << "a contract or messages";
        EXPECT_TRUE(made->at("metadata").as_object().contains("owner"));
        for (const auto& [key, format] : formats_of(*made)) {
            EXPECT_TRUE(has_only(format.as_object(), {"intent", "interpolatedIntent", "fields"}));
            for (const json::value& field : format.at("fields").as_array()) {
                const json::object& object = field.as_object();
                EXPECT_TRUE(has_only(object, {"path", "label", "format", "params", "visible"}));
                const auto known = parameters_of.find(std::string(object.at("format").as_string()));
                ASSERT_NE(known, parameters_of.end()) << key;
                EXPECT_EQ(object.contains("params"), !known->second.empty()) << key;
                if (object.contains("params")) {
                    EXPECT_EQ(object.at("params").as_object().size(), known->second.size());
                    EXPECT_TRUE(has_only(object.at("params").as_object(), known->second));
                }
            }
        }
    };
    for (const NativeType& type : native_types()) {
        check_descriptor(call_descriptor(type.name, 7));
        check_descriptor(message_descriptor(type.name, 7));
    }
}

TEST(Descriptor, values_are_shown_as_what_they_are) {
    const auto made = call_descriptor("AssetToken", 7);
    ASSERT_TRUE(made.ok());
    const auto& formats = formats_of(*made);
    const json::value& transfer = formats.at("transfer(address to,uint256 value)");
    EXPECT_EQ(transfer.at("intent"), "Send tokens");
    EXPECT_EQ(transfer.at("interpolatedIntent"), "Send {value} to {to}");
    EXPECT_EQ(field_at(transfer, "to").at("format"), "addressName");
    EXPECT_EQ(field_at(transfer, "value").at("format"), "tokenAmount");
    EXPECT_EQ(field_at(transfer, "value").at("params").at("tokenPath"), "@.to");
    const json::value& share = formats.at("distribute(address currency,uint256 amount)");
    EXPECT_EQ(field_at(share, "amount").at("params").at("tokenPath"), "currency");
    const json::value& permit = formats.at(
        "permit(address owner,address spender,uint256 value,uint256 deadline,uint8 v,bytes32 r,"
        "bytes32 s)");
    EXPECT_EQ(field_at(permit, "deadline").at("params").at("encoding"), "timestamp");
    EXPECT_EQ(field_at(permit, "v").at("visible"), "never");
}

TEST(Descriptor, tuples_arrays_coin_and_calls_have_their_paths) {
    const auto scheduler = call_descriptor("Scheduler", 7);
    ASSERT_TRUE(scheduler.ok());
    for (const auto& [key, format] : formats_of(*scheduler)) {
        if (!key.starts_with("schedule(")) continue;
        EXPECT_EQ(field_at(format, "@.value").at("format"), "amount");
        EXPECT_EQ(field_at(format, "data").at("format"), "calldata");
        EXPECT_EQ(field_at(format, "data").at("params").at("calleePath"), "target");
        EXPECT_EQ(field_at(format, "recurrence.count").at("label"), "Recurrence: count");
    }
    const auto vault = call_descriptor("Vault", 7);
    ASSERT_TRUE(vault.ok());
    for (const auto& [key, format] : formats_of(*vault)) {
        if (!key.starts_with("addTranche(")) continue;
        EXPECT_EQ(field_at(format, "tranche.payees.[].to").at("format"), "addressName");
        EXPECT_EQ(field_at(format, "tranche.release.data").at("params").at("calleePath"),
                  "tranche.release.target");
        // The vault's currency is not in the call.
        EXPECT_EQ(field_at(format, "tranche.amount").at("format"), "raw");
    }
}

TEST(Descriptor, contracts_are_bound_by_address_and_instances_by_the_launcher) {
    const auto agents = call_descriptor("Agents", 7);
    ASSERT_TRUE(agents.ok());
    const json::value& at = agents->at("context").at("contract").at("deployments").at(0);
    EXPECT_EQ(at.at("chainId"), 7);
    EXPECT_EQ(at.at("address"), "0x706C756D65000000000000000000000000000006");
    const auto pool = call_descriptor("Pool", 7);
    ASSERT_TRUE(pool.ok());
    const json::value& factory = pool->at("context").at("contract").at("factory");
    EXPECT_EQ(factory.at("deployEvent"), "Launched(address,bytes32,address,bytes32)");
    EXPECT_EQ(factory.at("deployments").at(0).at("address"),
              "0x706c756d65000000000000000000000000000003");
}

TEST(Descriptor, messages_are_bound_by_their_domain) {
    const auto records = message_descriptor("Attestations", 7);
    ASSERT_TRUE(records.ok());
    const json::value& bound = records->at("context").at("eip712");
    EXPECT_EQ(bound.at("domain"),
              (json::value{{"version", "1.4.0"}, {"chainId", 7}, {"name", "EAS"}}));
    EXPECT_EQ(bound.at("deployments").as_array().size(), 1u);
    const auto token = message_descriptor("AssetToken", 7);
    ASSERT_TRUE(token.ok());
    EXPECT_FALSE(token->at("context").at("eip712").at("domain").as_object().contains("name"));
}

TEST(Descriptor, what_has_nothing_to_sign_has_no_descriptor) {
    EXPECT_EQ(call_descriptor("Conditions", 7).error().code, exit_code::usage);
    EXPECT_EQ(message_descriptor("Scheduler", 7).error().code, exit_code::usage);
    EXPECT_EQ(call_descriptor("Vualt", 7).error().code, exit_code::usage);
    EXPECT_EQ(message_descriptor("", 7).error().code, exit_code::usage);
}

}  // namespace
}  // namespace plume
