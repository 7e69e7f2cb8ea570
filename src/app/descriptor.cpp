#include "app/descriptor.hpp"

#include <cctype>

#include "app/describe.hpp"
#include "app/session.hpp"
#include "contracts/addresses.hpp"
#include "contracts/catalog.hpp"
#include "contracts/eas.hpp"
#include "contracts/launcher.hpp"
#include "contracts/sentences.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace json = boost::json;

namespace {

constexpr std::string_view schema_address =
    "https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json";

json::array deployments(const Address& address, uint64_t chain_id) {
    return {json::object{{"chainId", chain_id}, {"address", to_checksum(address)}}};
}

std::optional<Address> genesis_address(std::string_view type_name) {
    for (const GenesisContract& contract : genesis_contracts())
        if (contract.type_name == type_name) return contract.address;
    return std::nullopt;
}

json::object contract_context(std::string_view type_name, uint64_t chain_id) {
    if (const auto address = genesis_address(type_name))
        return {{"deployments", deployments(*address, chain_id)}};
    const auto launched =
        abi::parse_declaration("event " + std::string(Launcher::Launched::entry.text));
    check(launched.ok(), "the compiler has read every declaration of the catalog");
    return {{"factory", json::object{{"deployments", deployments(contracts::launcher, chain_id)},
                                     {"deployEvent", abi::signature_of(*launched)}}}};
}

/// "fundingDeadline" as "Funding deadline"; what is all capitals stays so.
std::string label_of(std::string_view name) {
    std::string out;
    for (size_t i = 0; i < name.size(); ++i) {
        const auto is_upper = [&](size_t at) {
            return at < name.size() && std::isupper(static_cast<unsigned char>(name[at])) != 0;
        };
        const bool begins_word = i > 0 && is_upper(i) && !is_upper(i - 1);
        if (begins_word) out += ' ';
        const bool is_plain_word = begins_word && !is_upper(i + 1);
        out += is_plain_word ? static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])))
                             : name[i];
    }
    if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out;
}

/// The key of a function's format: as its declaration, without spaces after commas.
std::string fragment(const std::vector<abi::Parameter>& parameters);

std::string fragment(const abi::Type& type) {
    using Kind = abi::Type::Kind;
    if (type.kind == Kind::array) return fragment(type.element()) + "[]";
    if (type.kind == Kind::fixed_array)
        return fragment(type.element()) + "[" + std::to_string(type.size) + "]";
    return type.kind == Kind::tuple ? fragment(type.parts) : abi::to_string(type);
}

std::string fragment(const std::vector<abi::Parameter>& parameters) {
    std::string out = "(";
    for (const abi::Parameter& parameter : parameters) {
        if (out.size() > 1) out += ",";
        out += fragment(parameter.type) + (parameter.name.empty() ? "" : " " + parameter.name);
    }
    return out + ")";
}

/// Writes the fields of a format, one for each value that is no tuple and no array.
class FieldWriter {
public:
    explicit FieldWriter(std::string_view sentence) : placeholders_(placeholders(sentence)) {}

    json::array write(const std::vector<abi::Parameter>& inputs, bool is_payable) {
        if (is_payable)
            fields_.push_back(
                json::object{{"path", "@.value"}, {"label", "Pay"}, {"format", "amount"}});
        add(inputs, "", "");
        return std::move(fields_);
    }

private:
    void add(const std::vector<abi::Parameter>& parameters, const std::string& prefix,
             std::string_view group) {
        for (const abi::Parameter& parameter : parameters) {
            std::string path = prefix + parameter.name;
            const abi::Type* inner = &parameter.type;
            while (inner->kind == abi::Type::Kind::array ||
                   inner->kind == abi::Type::Kind::fixed_array) {
                path += ".[]";
                inner = &inner->element();
            }
            if (inner->kind == abi::Type::Kind::tuple)
                add(inner->parts, path + ".", parameter.name);
            else
                add_field({*inner, parameter.name}, path, prefix, group, parameters);
        }
    }

    void add_field(const abi::Parameter& parameter, const std::string& path,
                   const std::string& prefix, std::string_view group,
                   const std::vector<abi::Parameter>& siblings) {
        std::string label = label_of(parameter.name);
        if (!group.empty()) {
            label[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(label[0])));
            label = label_of(group) + ": " + label;
        }
        json::object field{{"path", path}, {"label", label}, {"format", "raw"}};
        if (const auto token = token_of(path)) {
            field["format"] = "tokenAmount";
            field["params"] = json::object{{"tokenPath", *token}};
        } else if (is_call(parameter, siblings)) {
            field["format"] = "calldata";
            field["params"] = json::object{{"calleePath", prefix + "target"}};
        } else {
            set_format(field, form_of(parameter));
        }
        fields_.push_back(std::move(field));
    }

    /// Where a descriptor finds the token of this amount. What only a view could tell it cannot.
    std::optional<std::string> token_of(std::string_view path) const {
        for (const Placeholder& at : placeholders_)
            if (at.path == path && !at.form.empty() && !at.form.ends_with("()"))
                return std::string(at.form);
        return std::nullopt;
    }

    static bool is_call(const abi::Parameter& parameter,
                        const std::vector<abi::Parameter>& siblings) {
        if (parameter.name != "data" || parameter.type.kind != abi::Type::Kind::bytes) return false;
        const abi::Parameter* target = find_parameter(siblings, "target");
        return target != nullptr && target->type.kind == abi::Type::Kind::address;
    }

    static void set_format(json::object& field, Shown shown) {
        switch (shown) {
            case Shown::raw:
                break;
            case Shown::address:
                field["format"] = "addressName";
                break;
            case Shown::date:
                field["format"] = "date";
                field["params"] = json::object{{"encoding", "timestamp"}};
                break;
            case Shown::duration:
                field["format"] = "duration";
                break;
            case Shown::percent:
                field["format"] = "unit";
                field["params"] = json::object{{"base", "%"}, {"decimals", 2}};
                break;
            case Shown::hidden:
                field["visible"] = "never";
                break;
        }
    }

    std::vector<Placeholder> placeholders_;
    json::array fields_;
};

json::object format_of(std::string_view intent, std::string_view sentence,
                       const abi::Declaration& declaration) {
    const std::string interpolated = fill_sentence(
        sentence, [](const Placeholder& at) { return "{" + std::string(at.path) + "}"; });
    return {{"intent", intent},
            {"interpolatedIntent", interpolated},
            {"fields", FieldWriter(sentence).write(declaration.inputs, declaration.is_payable)}};
}

json::object descriptor(std::string_view type_name, json::object context, json::object formats) {
    context["$id"] = "Plume " + std::string(type_name);
    return {{"$schema", schema_address},
            {"context", std::move(context)},
            {"metadata", json::object{{"owner", "Plume"}, {"contractName", type_name}}},
            {"display", json::object{{"formats", std::move(formats)}}}};
}

Error nothing_to_sign(std::string_view type_name, std::string_view what) {
    return {exit_code::usage, std::string(type_name) + " has " + std::string(what)};
}

}  // namespace

Result<json::object> call_descriptor(std::string_view type_name, uint64_t chain_id) {
    TRY(known, describe_text(type_name));
    json::object formats;
    for (const abi::Declaration& declaration : declarations_of(type_name)) {
        if (declaration.kind != abi::Declaration::Kind::function || declaration.is_view) continue;
        const Action* action = find_action(type_name, declaration);
        check(action != nullptr, "sentences_table_test finds a sentence for every method");
        formats[declaration.name + fragment(declaration.inputs)] =
            format_of(action->intent, action->sentence, declaration);
    }
    if (formats.empty())
        return nothing_to_sign(type_name, "nothing to sign: it only answers questions");
    return descriptor(type_name, json::object{{"contract", contract_context(type_name, chain_id)}},
                      std::move(formats));
}

Result<json::object> message_descriptor(std::string_view type_name, uint64_t chain_id) {
    TRY(known, describe_text(type_name));
    const auto messages = messages_of(type_name);
    if (messages.empty()) return nothing_to_sign(type_name, "no messages to sign");
    json::object formats;
    for (const SignedMessage& message : messages) {
        const auto declaration = abi::parse_declaration(message.encoded_type);
        check(declaration.ok(), "sentences_table_test has parsed every message");
        formats[message.encoded_type] = format_of(message.intent, message.sentence, *declaration);
    }
    const std::string_view name = messages.front().domain;
    json::object domain{{"version", name == eas::name ? eas::version : std::string_view("1")},
                        {"chainId", chain_id}};
    if (!name.empty()) domain["name"] = name;
    json::object binding{{"domain", std::move(domain)}};
    if (const auto address = genesis_address(type_name))
        binding["deployments"] = deployments(*address, chain_id);
    return descriptor(type_name, json::object{{"eip712", std::move(binding)}}, std::move(formats));
}

}  // namespace plume
