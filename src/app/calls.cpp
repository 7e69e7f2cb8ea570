#include "app/calls.hpp"

#include <unistd.h>

#include <iostream>

#include "app/accounts.hpp"
#include "app/describe.hpp"
#include "app/key_file.hpp"
#include "app/serve.hpp"
#include "app/signing.hpp"
#include "codec/abi_json.hpp"
#include "codec/abi_text.hpp"
#include "contracts/catalog.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// One function of the contract at `to`, found by what the person wrote.
Result<abi::Declaration> find_function(Session& session, const Address& to,
                                       const std::string& written) {
    if (written.find('(') != std::string::npos) {
        auto declaration = abi::parse_declaration(written);
        if (!declaration) return Error{exit_code::usage, written + ": " + declaration.error().what};
        return declaration;
    }
    TRY(type, native_type_at(session, to));
    if (!type)
        return Error{
            exit_code::usage,
            to_checksum(to) +
                " is no native contract: write the function out, as in 'balanceOf(address) "
                "view returns (uint256)'"};
    for (const abi::Declaration& declaration : declarations_of(*type))
        if (declaration.kind == abi::Declaration::Kind::function && declaration.name == written)
            return declaration;
    return Error{exit_code::usage,
                 *type + " has no function '" + written + "'; see plume describe " + *type};
}

/// An argument as it is typed; for an address also a name.
Result<abi::Value> read_argument(const abi::Parameter& parameter, const std::string& text) {
    if (parameter.type.kind == abi::Type::Kind::address) {
        TRY(address, find_address(text));
        return abi::Value{address};
    }
    auto value = abi::from_text(parameter.type, text);
    if (!value)
        return Error{exit_code::usage,
                     (parameter.name.empty() ? "" : parameter.name + ": ") + value.error().what};
    return value;
}

Result<Bytes> encode_call(const abi::Declaration& function,
                          const std::vector<std::string>& arguments) {
    if (arguments.size() != function.inputs.size())
        return Error{exit_code::usage, abi::signature_of(function) + " takes " +
                                           std::to_string(function.inputs.size()) +
                                           " arguments, not " + std::to_string(arguments.size())};
    std::vector<abi::Value> values;
    for (size_t i = 0; i < arguments.size(); ++i) {
        TRY(value, read_argument(function.inputs[i], arguments[i]));
        values.push_back(std::move(value));
    }
    TRY(encoded, abi::encode_values(function.inputs, values));
    const Hash hash = keccak256(abi::signature_of(function));
    Bytes out(hash.begin(), hash.begin() + 4);
    append(out, encoded);
    return out;
}

std::string plain(const json::value& value) {
    return value.is_string() ? std::string(std::string_view(value.get_string()))
                             : json::serialize(value);
}

Result<int> call(const CallOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(to, find_address(options.to));
    TRY(function, find_function(session, to, options.function));
    TRY(input, encode_call(function, options.arguments));
    Address from;
    if (!options.signer.from.empty()) {
        TRY(sender, find_address(options.signer.from));
        from = sender;
    }
    TRY(output, session.call(to, input, from));
    const auto values = abi::decode_values(function.outputs, output);
    if (!values)
        return Error{exit_code::failed,
                     "the answer is not what " + options.function + " returns: " + to_hex(output)};
    json::array answers;
    for (size_t i = 0; i < values->size(); ++i)
        answers.push_back(abi::to_json(function.outputs[i].type, (*values)[i]));
    if (options.client.json) {
        std::cout << json::serialize(answers) << "\n";
        return exit_code::ok;
    }
    for (size_t i = 0; i < answers.size(); ++i) {
        if (answers.size() > 1 && !function.outputs[i].name.empty())
            std::cout << function.outputs[i].name << ": ";
        std::cout << plain(answers[i]) << "\n";
    }
    return exit_code::ok;
}

Result<int> send(const CallOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(to, find_address(options.to));
    const auto value = parse_number(options.value);
    if (!value) return Error{exit_code::usage, "'" + options.value + "' is no amount of wei"};
    Bytes input;
    if (!options.function.empty()) {
        TRY(encoded, call_input(session, to, options.function, options.arguments));
        input = std::move(encoded);
    }
    if (auto agreed = confirm_call(session, options.signer, signer, to, input, *value); !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send(signer, to, input, *value));
    if (options.client.json)
        std::cout << json::serialize(json::object{{"transaction", to_hex(mined.transaction)},
                                                  {"block", mined.block_number},
                                                  {"gasUsed", mined.gas_used}})
                  << "\n";
    else
        std::cout << to_hex(mined.transaction) << "\n";
    std::cerr << "in block " << mined.block_number << ", " << mined.gas_used << " gas\n"
              << describe_logs(mined.logs);
    return exit_code::ok;
}

}  // namespace

Result<Bytes> call_input(Session& session, const Address& to, const std::string& function,
                         const std::vector<std::string>& arguments) {
    TRY(declaration, find_function(session, to, function));
    return encode_call(declaration, arguments);
}

Result<Account> choose_signer(const SignerOptions& options) {
    if (options.keystore.empty()) {
        if (options.from.empty())
            return Error{exit_code::usage,
                         "who signs? Give --from with a development account's name, or --key-file"};
        return find_development_account(options.from);
    }
    TRY(file, find_key_file(options.keystore, key_folder()));
    if (auto kept = check_key_file(file); !kept) return std::move(kept).error();
    TRY(password, read_secret(options.password_file, "password", false));
    TRY(key, open_key_file(file, password.text()));
    return Account{options.keystore, key, address_of(key)};
}

Result<void> confirm(const SignerOptions& options, const std::string& what) {
    if (options.yes || isatty(STDIN_FILENO) == 0) return {};
    std::cerr << what << ". Go on? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return Error{exit_code::declined, "not confirmed, so nothing was sent"};
}

Result<std::optional<std::string>> native_type_at(Session& session, const Address& address) {
    TRY(answer, session.request("eth_getCode", {to_hex(address), "latest"}));
    const auto* text = answer.if_string();
    const auto code = text == nullptr ? std::nullopt : from_hex(std::string_view(*text));
    if (!code)
        return Error{exit_code::failed,
                     "the node's answer to eth_getCode is not what it should be"};
    for (const NativeType& type : native_types())
        if (equal(native_code(type), *code)) return std::optional<std::string>(type.name);
    return std::optional<std::string>();
}

std::string describe_logs(const std::vector<Log>& logs) {
    std::string out;
    for (const Log& log : logs)
        if (const auto text = explain_log(log)) out += "  " + *text + "\n";
    return out;
}

int run_call(const CallOptions& options) {
    const auto code = call(options);
    return code ? *code : report_error(code.error());
}

int run_send(const CallOptions& options) {
    const auto code = send(options);
    return code ? *code : report_error(code.error());
}

}  // namespace plume
