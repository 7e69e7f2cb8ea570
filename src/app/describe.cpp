#include "app/describe.hpp"

#include <cctype>

#include "app/session.hpp"
#include "codec/abi_json.hpp"
#include "contracts/catalog.hpp"
#include "contracts/sentences.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"
#include "native/contract.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// An entry of the catalog, parsed. The catalog is ours, so it parses.
abi::Declaration parsed(const AbiEntry& entry) {
    static constexpr std::string_view kinds[] = {"function ", "function ", "event ", "error "};
    auto declaration = abi::parse_declaration(std::string(kinds[static_cast<size_t>(entry.kind)]) +
                                              std::string(entry.text));
    check(declaration.ok(), "the compiler has read every declaration of the catalog");
    if (entry.kind == AbiEntry::Kind::constructor) {
        declaration->kind = abi::Declaration::Kind::constructor;
        declaration->name.clear();
    }
    return std::move(*declaration);
}

Result<std::vector<AbiEntry>> find_interface(std::string_view type_name) {
    auto entries = interface_of(type_name);
    if (!entries.empty()) return entries;
    std::string known;
    for (const NativeType& type : native_types())
        known += (known.empty() ? "" : ", ") + std::string(type.name);
    return Error{exit_code::usage,
                 "there is no contract type '" + std::string(type_name) + "'; there are " + known};
}

json::object parameter_json(const abi::Parameter& parameter, bool is_event);

json::array parameters_json(const std::vector<abi::Parameter>& parameters, bool is_event) {
    json::array out;
    for (const abi::Parameter& parameter : parameters)
        out.push_back(parameter_json(parameter, is_event));
    return out;
}

/// Tuples are written as "tuple" with components, arrays of them as "tuple[]".
json::object parameter_json(const abi::Parameter& parameter, bool is_event) {
    const abi::Type* inner = &parameter.type;
    while (inner->kind == abi::Type::Kind::array || inner->kind == abi::Type::Kind::fixed_array)
        inner = &inner->element();
    json::object out{{"name", parameter.name}};
    const std::string name = abi::to_string(parameter.type);
    if (inner->kind == abi::Type::Kind::tuple) {
        out["type"] = "tuple" + name.substr(abi::to_string(*inner).size());
        out["components"] = parameters_json(inner->parts, false);
    } else {
        out["type"] = name;
    }
    if (is_event) out["indexed"] = parameter.is_indexed;
    return out;
}

json::object declaration_json(const abi::Declaration& declaration) {
    using Kind = abi::Declaration::Kind;
    switch (declaration.kind) {
        case Kind::event:
            return {{"type", "event"},
                    {"name", declaration.name},
                    {"inputs", parameters_json(declaration.inputs, true)},
                    {"anonymous", false}};
        case Kind::error:
            return {{"type", "error"},
                    {"name", declaration.name},
                    {"inputs", parameters_json(declaration.inputs, false)}};
        case Kind::constructor:
            return {{"type", "constructor"},
                    {"inputs", parameters_json(declaration.inputs, false)},
                    {"stateMutability", "nonpayable"}};
        case Kind::function:
            break;
    }
    return {{"type", "function"},
            {"name", declaration.name},
            {"inputs", parameters_json(declaration.inputs, false)},
            {"outputs", parameters_json(declaration.outputs, false)},
            {"stateMutability", declaration.is_view      ? "view"
                                : declaration.is_payable ? "payable"
                                                         : "nonpayable"}};
}

/// Writes a Solidity interface. Inline tuples become structs, called after the first parameter that
/// has them.
class SolidityWriter {
public:
    std::string write(std::string_view name, const std::vector<AbiEntry>& entries) {
        std::string body;
        for (const AbiEntry& entry : entries) {
            if (entry.kind == AbiEntry::Kind::constructor) continue;
            body += "    " + line(parsed(entry)) + "\n";
        }
        std::string out =
            "// SPDX-License-Identifier: MIT\npragma solidity >=0.8.4;\n\ninterface I" +
            std::string(name) + " {\n";
        for (const auto& [fields, made] : structs_) out += made.text + "\n";
        return out + body + "}\n";
    }

private:
    struct Struct {
        std::string name;
        std::string text;
    };

    std::string line(const abi::Declaration& declaration) {
        using Kind = abi::Declaration::Kind;
        if (declaration.kind == Kind::event)
            return "event " + declaration.name + parameters(declaration.inputs, "") + ";";
        if (declaration.kind == Kind::error)
            return "error " + declaration.name + parameters(declaration.inputs, "") + ";";
        std::string out = "function " + declaration.name +
                          parameters(declaration.inputs, " calldata") + " external";
        if (declaration.is_view) out += " view";
        if (declaration.is_payable) out += " payable";
        if (!declaration.outputs.empty())
            out += " returns " + parameters(declaration.outputs, " memory");
        return out + ";";
    }

    std::string parameters(const std::vector<abi::Parameter>& parameters,
                           std::string_view location) {
        std::string out = "(";
        for (const abi::Parameter& parameter : parameters) {
            if (out.size() > 1) out += ", ";
            out += type_name(parameter.type, parameter.name);
            if (parameter.is_indexed) out += " indexed";
            if (needs_location(parameter.type)) out += location;
            if (!parameter.name.empty()) out += " " + parameter.name;
        }
        return out + ")";
    }

    static bool needs_location(const abi::Type& type) {
        using Kind = abi::Type::Kind;
        return type.kind == Kind::array || type.kind == Kind::fixed_array ||
               type.kind == Kind::tuple || type.kind == Kind::bytes || type.kind == Kind::text;
    }

    std::string type_name(const abi::Type& type, std::string_view name) {
        using Kind = abi::Type::Kind;
        if (type.kind == Kind::array) return type_name(type.element(), name) + "[]";
        if (type.kind == Kind::fixed_array)
            return type_name(type.element(), name) + "[" + std::to_string(type.size) + "]";
        return type.kind == Kind::tuple ? struct_name(type, name) : abi::to_string(type);
    }

    std::string struct_name(const abi::Type& type, std::string_view name) {
        std::string text;
        for (const abi::Parameter& part : type.parts)
            text += "        " + type_name(part.type, part.name) + " " + part.name + ";\n";
        for (const auto& [fields, made] : structs_)
            if (fields == text) return made.name;
        std::string wanted = name.empty() ? "Struct" : std::string(name);
        wanted[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(wanted[0])));
        std::string unique = wanted;
        for (size_t i = 2; is_taken(unique); ++i) unique = wanted + std::to_string(i);
        structs_.push_back({text, {unique, "    struct " + unique + " {\n" + text + "    }\n"}});
        return unique;
    }

    bool is_taken(std::string_view name) const {
        for (const auto& [fields, made] : structs_)
            if (made.name == name) return true;
        return false;
    }

    std::vector<std::pair<std::string, Struct>> structs_;  ///< in the order in which they are used
};

/// A decoded argument as people read it.
std::string argument_text(const abi::Parameter& parameter, const abi::Value& value) {
    const json::value as_json = abi::to_json(parameter.type, value);
    const std::string text = as_json.is_string()
                                 ? std::string(std::string_view(as_json.get_string()))
                                 : json::serialize(as_json);
    return parameter.name.empty() ? text : parameter.name + " " + text;
}

/// "Name(a 1, b 2)" when `data` is this error.
std::optional<std::string> error_text(const abi::Declaration& declaration, BytesView data) {
    const Hash hash = keccak256(abi::signature_of(declaration));
    if (!equal(data.first(4), BytesView(hash).first(4))) return std::nullopt;
    const auto values = abi::decode_values(declaration.inputs, data.subspan(4));
    if (!values) return std::nullopt;
    std::string out = declaration.name + "(";
    for (size_t i = 0; i < values->size(); ++i)
        out += (i > 0 ? ", " : "") + argument_text(declaration.inputs[i], (*values)[i]);
    return out + ")";
}

/// "Name(a 1, b 2)" when `log` is this event. Indexed values stand in the topics, the others in the
/// data.
std::optional<std::string> event_text(const abi::Declaration& declaration, const Log& log) {
    if (keccak256(abi::signature_of(declaration)) != log.topics.front()) return std::nullopt;
    std::vector<abi::Parameter> plain;
    for (const abi::Parameter& input : declaration.inputs)
        if (!input.is_indexed) plain.push_back(input);
    const auto values = abi::decode_values(plain, log.data);
    if (!values || log.topics.size() != 1 + declaration.inputs.size() - plain.size())
        return std::nullopt;
    std::string out = declaration.name + "(";
    auto topic = log.topics.begin() + 1;
    auto value = values->begin();
    for (const abi::Parameter& input : declaration.inputs) {
        if (out.back() != '(') out += ", ";
        if (!input.is_indexed) {
            out += argument_text(input, *value++);
        } else {
            const auto indexed = abi::decode_values({input}, BytesView(*topic++));
            if (!indexed) return std::nullopt;
            out += argument_text(input, indexed->front());
        }
    }
    return out + ")";
}

}  // namespace

std::string explain_revert(BytesView data) {
    if (data.empty()) return "refused without a reason";
    if (data.size() < 4) return "refused: " + to_hex(data);
    if (const auto reason = ErrorString::decode(data)) return std::get<0>(*reason);
    if (auto text = error_text(parsed(Panic::entry), data)) return *text;
    for (const NativeType& type : native_types())
        for (const AbiEntry& entry : interface_of(type.name))
            if (entry.kind == AbiEntry::Kind::error)
                if (auto text = error_text(parsed(entry), data)) return *text;
    return "refused: " + to_hex(data);
}

std::vector<abi::Declaration> declarations_of(std::string_view type_name) {
    std::vector<abi::Declaration> out;
    for (const AbiEntry& entry : interface_of(type_name)) out.push_back(parsed(entry));
    return out;
}

std::optional<std::string> explain_log(const Log& log) {
    if (log.topics.empty()) return std::nullopt;
    for (const NativeType& type : native_types())
        for (const AbiEntry& entry : interface_of(type.name))
            if (entry.kind == AbiEntry::Kind::event)
                if (auto text = event_text(parsed(entry), log)) return text;
    return std::nullopt;
}

std::string list_contracts() {
    std::string out;
    for (const NativeType& type : native_types()) {
        out += type.name;
        for (const GenesisContract& contract : genesis_contracts())
            if (contract.type_name == type.name) out += "  " + to_checksum(contract.address);
        out += "\n";
    }
    return out;
}

boost::json::array contracts_json() {
    boost::json::array out;
    for (const NativeType& type : native_types()) {
        boost::json::object row{{"type", type.name}, {"address", nullptr}};
        for (const GenesisContract& contract : genesis_contracts())
            if (contract.type_name == type.name) row["address"] = to_checksum(contract.address);
        out.push_back(std::move(row));
    }
    return out;
}

Result<std::string> describe_text(std::string_view type_name) {
    TRY(entries, find_interface(type_name));
    static constexpr std::string_view words[] = {"", "function ", "event ", "error "};
    std::string out;
    for (const AbiEntry& entry : entries)
        out += std::string(words[static_cast<size_t>(entry.kind)]) + std::string(entry.text) + "\n";
    return out;
}

Result<std::string> describe_solidity(std::string_view type_name) {
    TRY(entries, find_interface(type_name));
    return SolidityWriter().write(type_name, entries);
}

namespace {

/// What each function that writes does, a line each; empty when none does.
std::string plain_words(std::string_view type_name) {
    std::string lines;
    for (const abi::Declaration& declaration : declarations_of(type_name)) {
        if (declaration.kind != abi::Declaration::Kind::function || declaration.is_view) continue;
        const Action* action = find_action(type_name, declaration);
        check(action != nullptr, "sentences_table_test finds a sentence for every method");
        lines += "- `" + abi::signature_of(declaration) + "`: " +
                 fill_sentence(
                     action->sentence,
                     [](const Placeholder& at) {
                         return "*" + std::string(at.path == "@.value" ? "value" : at.path) + "*";
                     }) +
                 ".\n";
    }
    return lines.empty() ? "" : "## In plain words\n\n" + lines + "\n";
}

}  // namespace

Result<std::string> describe_markdown(std::string_view type_name) {
    TRY(entries, find_interface(type_name));
    std::string out = "# " + std::string(type_name) + "\n\n";
    for (const GenesisContract& contract : genesis_contracts())
        if (contract.type_name == type_name)
            out += "Stands at `" + to_checksum(contract.address) + "` from genesis on.\n\n";
    using Kind = AbiEntry::Kind;
    static constexpr std::pair<Kind, std::string_view> sections[] = {
        {Kind::constructor, "Made with"},
        {Kind::function, "Functions"},
        {Kind::event, "Events"},
        {Kind::error, "Errors"}};
    for (const auto& [kind, title] : sections) {
        std::string lines;
        for (const AbiEntry& entry : entries)
            if (entry.kind == kind) lines += "    " + std::string(entry.text) + "\n";
        if (!lines.empty() && lines != "    constructor()\n")
            out += "## " + std::string(title) + "\n\n" + lines + "\n";
        if (kind == Kind::function) out += plain_words(type_name);
    }
    return out + "Made by `plume describe " + std::string(type_name) + " --markdown`.\n";
}

Result<json::array> describe_json(std::string_view type_name) {
    TRY(entries, find_interface(type_name));
    json::array out;
    for (const AbiEntry& entry : entries) out.push_back(declaration_json(parsed(entry)));
    return out;
}

}  // namespace plume
