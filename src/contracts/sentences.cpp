#include "contracts/sentences.hpp"

#include <algorithm>
#include <array>

namespace plume {

namespace {

bool is_among(std::string_view word, std::string_view words) {
    while (!words.empty()) {
        const size_t end = words.find(' ');
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
    }
    return false;
}

constexpr std::array dates{"deadline",
                           "expiry",
                           "expires",
                           "expiration",
                           "expirationTime",
                           "expiresAt",
                           "newExpiresAt",
                           "newAttestationDate",
                           "expirationDate",
                           "opensAt",
                           "due",
                           "recordTime",
                           "lockedUntil",
                           "until",
                           "commitUntil",
                           "revealUntil",
                           "closesAt",
                           "periodStart",
                           "periodEnd",
                           "windowStart",
                           "windowEnd",
                           "valuationTimestamp",
                           "effectiveAtTimestamp",
                           "validFrom",
                           "validUntil"};
constexpr std::array durations{"challenge",       "liveness",      "heartbeat",
                               "maxValuationAge", "maxAge",        "commitSeconds",
                               "revealSeconds",   "appealSeconds", "epochSeconds"};
constexpr std::array hidden{"v", "r", "s", "signature"};

bool is_one_of(std::string_view name, auto& names) {
    return std::ranges::find(names, name) != names.end();
}

bool is_named(std::string_view method, const abi::Declaration& function) {
    return method == function.name || method == abi::signature_of(function);
}

}  // namespace

const Action* find_action(std::string_view type_name, const abi::Declaration& function) {
    const Action* best = nullptr;
    const auto rank = [&](const Action& action) {
        const int of_type = action.types.empty() ? 0 : action.types == type_name ? 4 : 2;
        return of_type + (action.method == function.name ? 0 : 1);
    };
    for (const Action& action : actions()) {
        if (!is_named(action.method, function)) continue;
        if (!action.types.empty() && !is_among(type_name, action.types)) continue;
        if (best == nullptr || rank(action) > rank(*best)) best = &action;
    }
    return best;
}

std::vector<SignedMessage> messages_of(std::string_view type_name) {
    std::vector<SignedMessage> out;
    for (const SignedMessage& message : signed_messages())
        if (is_among(type_name, message.types)) out.push_back(message);
    return out;
}

std::vector<Placeholder> placeholders(std::string_view sentence) {
    std::vector<Placeholder> out;
    for (size_t open = sentence.find('{'); open != std::string_view::npos;
         open = sentence.find('{', open + 1)) {
        const size_t close = sentence.find('}', open);
        if (close == std::string_view::npos) break;
        const std::string_view inside = sentence.substr(open + 1, close - open - 1);
        const size_t colon = inside.find(':');
        out.push_back({inside.substr(0, colon), colon == std::string_view::npos
                                                    ? std::string_view{}
                                                    : inside.substr(colon + 1)});
    }
    return out;
}

Shown form_of(const abi::Parameter& parameter) {
    using Kind = abi::Type::Kind;
    if (is_one_of(parameter.name, hidden)) return Shown::hidden;
    if (parameter.type.kind == Kind::address) return Shown::address;
    if (parameter.type.kind != Kind::unsigned_integer) return Shown::raw;
    if (is_one_of(parameter.name, dates)) return Shown::date;
    if (is_one_of(parameter.name, durations)) return Shown::duration;
    return parameter.name.ends_with("Bps") || parameter.name == "bps" ? Shown::percent : Shown::raw;
}

const abi::Parameter* find_parameter(const std::vector<abi::Parameter>& parameters,
                                     std::string_view path) {
    const size_t dot = path.find('.');
    for (const abi::Parameter& parameter : parameters) {
        if (parameter.name != path.substr(0, dot)) continue;
        if (dot == std::string_view::npos) return &parameter;
        if (parameter.type.kind != abi::Type::Kind::tuple) return nullptr;
        return find_parameter(parameter.type.parts, path.substr(dot + 1));
    }
    return nullptr;
}

}  // namespace plume
