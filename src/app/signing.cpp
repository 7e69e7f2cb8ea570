#include "app/signing.hpp"

#include <iostream>

#include "app/accounts.hpp"
#include "app/describe.hpp"
#include "app/text.hpp"
#include "codec/abi_json.hpp"
#include "contracts/sentences.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

/// A call with everything that its sentence may name.
struct Call {
    Address to;
    u256 value;
    abi::Declaration function;
    std::vector<abi::Value> arguments;
};

/// The value at `path`, which find_parameter has found.
const abi::Value* find_value(const std::vector<abi::Parameter>& parameters,
                             const std::vector<abi::Value>& values, std::string_view path) {
    const size_t dot = path.find('.');
    for (size_t i = 0; i < parameters.size(); ++i) {
        if (parameters[i].name != path.substr(0, dot)) continue;
        if (dot == std::string_view::npos) return &values[i];
        const auto* parts = std::get_if<std::vector<abi::Value>>(&values[i].content);
        if (parts == nullptr) return nullptr;
        return find_value(parameters[i].type.parts, *parts, path.substr(dot + 1));
    }
    return nullptr;
}

std::string plain(const abi::Parameter& parameter, const abi::Value& value) {
    const boost::json::value as_json = abi::to_json(parameter.type, value);
    return as_json.is_string() ? std::string(std::string_view(as_json.get_string()))
                               : boost::json::serialize(as_json);
}

std::string duration_text(const u256& seconds) {
    constexpr std::pair<uint64_t, std::string_view> units[] = {
        {86'400, "days"}, {3'600, "hours"}, {60, "minutes"}};
    if (!seconds.fits_uint64()) return to_decimal(seconds) + " seconds";
    for (const auto& [size, name] : units)
        if (seconds.low64() >= 2 * size && seconds.low64() % size == 0)
            return std::to_string(seconds.low64() / size) + " " + std::string(name);
    return to_decimal(seconds) + " seconds";
}

/// Zero and the far end of uint64 and uint256 are no dates.
std::string date_text(const u256& time) {
    constexpr uint64_t year_10000 = 253'402'300'800;
    if (time.is_zero() || time >= u256{year_10000}) return to_decimal(time);
    return format_day(time.low64());
}

/// The token that a form names for this call; nothing when it cannot be told.
Result<std::optional<Address>> token_of(Session& session, const Call& call, std::string_view form) {
    if (form == "@.to") return std::optional(call.to);
    if (form.ends_with("()")) {
        const Hash hash = keccak256(form);
        TRY(output, session.call(call.to, BytesView(hash).first(4)));
        return abi::decode_one<Address>(output);
    }
    const abi::Value* value = find_value(call.function.inputs, call.arguments, form);
    const auto* address = value == nullptr ? nullptr : std::get_if<Address>(&value->content);
    return address == nullptr ? std::nullopt : std::optional(*address);
}

/// An amount of a token as its symbol and decimals say; in bare units where it has none.
std::string token_amount(Session& session, const Address& token, const u256& amount) {
    const auto symbol = session.ask<"symbol() view returns (string)", std::string>(token);
    const auto decimals = session.ask<"decimals() view returns (uint8)", uint8_t>(token);
    if (!symbol || !decimals || *decimals > 77)
        return to_decimal(amount) + " units of " + to_checksum(token);
    if (amount == u256_max) return "any amount of " + *symbol;
    return format_amount(amount, *decimals) + " " + *symbol;
}

Result<std::string> value_text(Session& session, const Call& call, const Placeholder& at) {
    if (at.path == "@.value") return to_decimal(call.value) + " wei";
    const abi::Parameter* parameter = find_parameter(call.function.inputs, at.path);
    const abi::Value* value = find_value(call.function.inputs, call.arguments, at.path);
    check(parameter != nullptr, "sentences_table_test finds every path of a sentence");
    check(value != nullptr, "sentences_table_test finds every path of a sentence");
    const auto* number = std::get_if<u256>(&value->content);
    if (number != nullptr && !at.form.empty()) {
        TRY(token, token_of(session, call, at.form));
        if (token) return token_amount(session, *token, *number);
    }
    switch (form_of(*parameter)) {
        case Shown::address:
            return name_of(std::get<Address>(value->content));
        case Shown::date:
            return date_text(*number);
        case Shown::duration:
            return duration_text(*number);
        case Shown::percent:
            return number->fits_uint64() ? format_bps(number->low64()) : to_decimal(*number);
        case Shown::raw:
        case Shown::hidden:
            break;
    }
    return plain(*parameter, *value);
}

/// The call that `calldata` makes of a native contract; nothing when it makes none.
std::optional<Call> decode_call(std::string_view type_name, const Address& to, BytesView calldata,
                                const u256& value) {
    if (calldata.size() < Selector::size) return std::nullopt;
    for (const abi::Declaration& declaration : declarations_of(type_name)) {
        if (declaration.kind != abi::Declaration::Kind::function) continue;
        const Hash hash = keccak256(abi::signature_of(declaration));
        if (!equal(BytesView(hash).first(Selector::size), calldata.first(Selector::size))) continue;
        auto arguments = abi::decode_values(declaration.inputs, calldata.subspan(Selector::size));
        if (!arguments) return std::nullopt;
        return Call{to, value, declaration, std::move(*arguments)};
    }
    return std::nullopt;
}

}  // namespace

Hash calldata_digest(BytesView calldata) {
    Bytes image = to_bytes(to_word(u256{calldata.size()}));
    append(image, calldata);
    return keccak256(image);
}

Result<std::string> read_out(Session& session, const Address& to, BytesView calldata,
                             const u256& value) {
    if (calldata.empty()) return "Pay " + to_decimal(value) + " wei to " + name_of(to);
    const std::string gift = value.is_zero() ? "" : " with " + to_decimal(value) + " wei";
    TRY(type, native_type_at(session, to));
    const auto call = type ? decode_call(*type, to, calldata, value) : std::nullopt;
    const Action* action = call ? find_action(*type, call->function) : nullptr;
    if (action == nullptr)
        return "Call " +
               (call ? call->function.name
                     : to_hex(calldata.first(std::min<size_t>(4, calldata.size())))) +
               " of " + name_of(to) + gift;
    std::vector<std::string> values;
    for (const Placeholder& at : placeholders(action->sentence)) {
        TRY(text, value_text(session, *call, at));
        values.push_back(std::move(text));
    }
    auto next = values.begin();
    return fill_sentence(action->sentence, [&](const Placeholder&) { return *next++; });
}

Result<void> confirm_call(Session& session, const SignerOptions& options, const Account& signer,
                          const Address& to, BytesView calldata, const u256& value) {
    TRY(sentence, read_out(session, to, calldata, value));
    std::string what = signer.name + " signs: " + sentence + "\n  to " + to_checksum(to) + "\n";
    if (!calldata.empty()) what += "  Calldata Digest " + to_hex(calldata_digest(calldata)) + "\n";
    std::cerr << what;
    return confirm(options, "This is signed and sent");
}

}  // namespace plume
