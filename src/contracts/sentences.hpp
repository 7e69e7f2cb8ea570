// Sentences: what a person does by signing, in plain words, for every method that writes and every
// message that is signed. One table for all who show it: `plume describe` (clear-signing
// descriptors, ERC-7730), the pages of docs/contracts, and the question before a signature.
//
//   sentence    = { text | "{" path [ ":" form ] "}" }
//   path        = parameter { "." member }  |  "@.value"    the coin sent along
//   form        = path of an address, or "@.to"   an amount of that token
//               | name "()"                       an amount of the token that this view of
//                                                 the called contract names
//
// Without a form, a value is shown as its type and name say: addresses by name, times as dates
// (form_of).
//
// Every path is one of the method's parameters, and no array: sentences_test.cpp holds that, and
// that no method which writes is without a sentence.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/abi_type.hpp"

namespace plume {

struct Action {
    std::string_view types;   ///< of contracts, between spaces; empty: whatever has the method
    std::string_view method;  ///< its name, or its signature where the name has several
    std::string_view intent;  ///< in a few words, at most `intent_room` bytes
    std::string_view sentence;
};

/// A message that is signed (EIP-712) and handed in by whoever has it.
struct SignedMessage {
    std::string_view types;
    std::string_view encoded_type;  ///< EIP-712's encodeType, whose hash the contract computes
    std::string_view intent;
    std::string_view sentence;
    std::string_view domain;  ///< the name in the domain; empty: each instance has its own
};

/// What the screens of small devices have room for.
inline constexpr size_t intent_room = 40;

std::span<const Action> actions();
std::span<const SignedMessage> signed_messages();

/// What calling `function` of a contract type does; null when the table has no such row. A row for
/// the type alone goes before one for several, and a signature before a name.
const Action* find_action(std::string_view type_name, const abi::Declaration& function);
/// The messages that a contract type takes.
std::vector<SignedMessage> messages_of(std::string_view type_name);

/// The placeholders of a sentence, in order.
struct Placeholder {
    std::string_view path;
    std::string_view form;  ///< empty without one
};
std::vector<Placeholder> placeholders(std::string_view sentence);
/// The sentence with each placeholder replaced by what `shown` says of it.
template <class F>
std::string fill_sentence(std::string_view sentence, F shown);

/// How a value of this type and name is shown when nothing else is said.
enum class Shown : uint8_t { raw, address, date, duration, percent, hidden };
Shown form_of(const abi::Parameter& parameter);

/// The parameter at `path` ("request.data.recipient"); null when there is none, or it is in an
/// array.
const abi::Parameter* find_parameter(const std::vector<abi::Parameter>& parameters,
                                     std::string_view path);

template <class F>
std::string fill_sentence(std::string_view sentence, F shown) {
    std::string out;
    while (!sentence.empty()) {
        const size_t open = sentence.find('{');
        out += sentence.substr(0, open);
        if (open == std::string_view::npos) break;
        const size_t close = sentence.find('}', open);
        out += shown(placeholders(sentence.substr(open, close - open + 1)).front());
        sentence.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace plume
