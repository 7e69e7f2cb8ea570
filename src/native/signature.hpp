// Human-readable ABI text, read at compile time.
//
//   text    = name "(" params ")" { word } [ "returns" "(" params ")" ]
//   params  = [ param { "," param } ]
//   param   = type { word }                        words: "indexed", a name
//   type    = ( "(" params ")" | identifier ) { "[]" }
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "codec/abi.hpp"
#include "crypto/keccak.hpp"

namespace plume {

/// A string literal as a template argument.
template <size_t N>
struct FixedText {
    char chars[N]{};

    constexpr FixedText(const char (&text)[N]) { std::copy_n(text, N, chars); }
    constexpr std::string_view view() const { return {chars, N - 1}; }
};

enum class Mutability : uint8_t { view, nonpayable, payable };

namespace detail {

/// What a text says. Lives in constant evaluation only.
struct Signature {
    std::string name;
    std::string inputs;   ///< canonical: "(address,uint256)"
    std::string outputs;  ///< likewise; "()" without returns
    std::array<bool, 16> indexed{};
    size_t input_count = 0;
    Mutability mutability = Mutability::nonpayable;
};

class SignatureParser {
public:
    constexpr explicit SignatureParser(std::string_view text) : text_(text) {}

    constexpr Signature parse() {
        Signature out;
        out.name = word();
        out.inputs = params(&out);
        skip_spaces();
        while (at_ < text_.size()) {
            const std::string_view next = word();
            if (next == "view" || next == "pure") out.mutability = Mutability::view;
            else if (next == "payable") out.mutability = Mutability::payable;
            else if (next == "returns") out.outputs = params(nullptr);
            else throw "unknown word after the parameters";
            skip_spaces();
        }
        if (out.outputs.empty()) out.outputs = "()";
        return out;
    }

private:
    constexpr void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    constexpr char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    constexpr void expect(char c) {
        skip_spaces();
        if (peek() != c) throw "unexpected character in a signature";
        ++at_;
    }
    constexpr std::string_view word() {
        skip_spaces();
        const size_t start = at_;
        while (peek() == '_' || (peek() >= '0' && peek() <= '9') || (peek() >= 'a' && peek() <= 'z') ||
               (peek() >= 'A' && peek() <= 'Z'))
            ++at_;
        if (at_ == start) throw "expected a word";
        return text_.substr(start, at_ - start);
    }
    constexpr std::string type() {
        skip_spaces();
        std::string out = peek() == '(' ? params(nullptr) : std::string(word());
        while (peek() == '[') {
            expect('[');
            expect(']');
            out += "[]";
        }
        return out;
    }
    constexpr std::string params(Signature* outer) {
        expect('(');
        std::string out = "(";
        skip_spaces();
        while (peek() != ')') {
            if (out.size() > 1) {
                expect(',');
                out += ',';
            }
            out += type();
            for (skip_spaces(); peek() != ',' && peek() != ')'; skip_spaces())
                if (word() == "indexed") outer->indexed[outer->input_count] = true;
            if (outer != nullptr) ++outer->input_count;
        }
        expect(')');
        return out + ")";
    }

    std::string_view text_;
    size_t at_ = 0;
};

template <class... T>
constexpr std::string tuple_name() {
    std::string out = "(";
    ((out += abi::name_of<T>(), out += ","), ...);
    if constexpr (sizeof...(T) > 0) out.pop_back();
    return out + ")";
}

constexpr Signature parse_signature(std::string_view text) { return SignatureParser(text).parse(); }

/// Whether `text` declares exactly these parameter types.
template <FixedText text, class... T>
consteval bool takes() {
    return parse_signature(text.view()).inputs == tuple_name<T...>();
}

/// keccak256 of the canonical signature: an event's first topic; a selector is its first four bytes.
template <FixedText text>
consteval Hash signature_hash() {
    const Signature parsed = parse_signature(text.view());
    return keccak256_constexpr(parsed.name + parsed.inputs);
}

constexpr Selector selector_of(const Hash& hash) {
    return {{hash.bytes[0], hash.bytes[1], hash.bytes[2], hash.bytes[3]}};
}

}  // namespace detail

}  // namespace plume
