// Human-readable ABI text, read at compile time.
//
//   text    = name "(" params ")" { word } [ "returns" "(" params ")" ]
//   params  = [ param { "," param } ]
//   param   = type { word }                        words: "indexed", a name
//   type    = ( "(" params ")" | identifier ) { "[]" }
#pragma once

#include <algorithm>
#include <array>
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
    std::string_view name;
    abi::StaticText inputs;   ///< canonical: "(address,uint256)"
    abi::StaticText outputs;  ///< likewise; "()" without returns
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
        params(out.inputs, &out);
        skip_spaces();
        while (at_ < text_.size()) {
            const std::string_view next = word();
            if (next == "view" || next == "pure")
                out.mutability = Mutability::view;
            else if (next == "payable")
                out.mutability = Mutability::payable;
            else if (next == "returns")
                params(out.outputs, nullptr);
            else
                throw "unknown word after the parameters";
            skip_spaces();
        }
        if (out.outputs.size == 0) out.outputs.append("()");
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
        while (peek() == '_' || (peek() >= '0' && peek() <= '9') ||
               (peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z'))
            ++at_;
        if (at_ == start) throw "expected a word";
        return text_.substr(start, at_ - start);
    }
    constexpr void type(abi::StaticText& out) {
        skip_spaces();
        if (peek() == '(')
            params(out, nullptr);
        else
            out.append(word());
        while (peek() == '[') {
            expect('[');
            expect(']');
            out.append("[]");
        }
    }
    /// `outer` is told about each parameter; null inside a tuple and for what is returned.
    constexpr void params(abi::StaticText& out, Signature* outer) {
        expect('(');
        out.append("(");
        bool first = true;
        for (skip_spaces(); peek() != ')'; skip_spaces()) {
            if (!first) {
                expect(',');
                out.append(",");
            }
            first = false;
            type(out);
            for (skip_spaces(); peek() != ',' && peek() != ')'; skip_spaces())
                if (word() == "indexed") outer->indexed[outer->input_count] = true;
            if (outer != nullptr) ++outer->input_count;
        }
        expect(')');
        out.append(")");
    }

    std::string_view text_;
    size_t at_ = 0;
};

template <class... T>
constexpr abi::StaticText tuple_name() {
    abi::StaticText out;
    abi::append_tuple_name<T...>(out);
    return out;
}

constexpr Signature parse_signature(std::string_view text) {
    return SignatureParser(text).parse();
}

/// Whether `text` declares exactly these parameter types.
template <FixedText text, class... T>
consteval bool takes() {
    return parse_signature(text.view()).inputs.view() == tuple_name<T...>().view();
}

/// keccak256 of the canonical signature: an event's first topic; a selector is its first four
/// bytes.
template <FixedText text>
consteval Hash signature_hash() {
    const Signature parsed = parse_signature(text.view());
    abi::StaticText canonical;
    canonical.append(parsed.name);
    canonical.append(parsed.inputs.view());
    return keccak256_constexpr(canonical.view());
}

constexpr Selector selector_of(const Hash& hash) {
    return {{hash.bytes[0], hash.bytes[1], hash.bytes[2], hash.bytes[3]}};
}

}  // namespace detail

/// The selector of a function by its text.
template <FixedText function>
inline constexpr Selector selector_called = detail::selector_of(detail::signature_hash<function>());

/// An ERC-165 interface's id: the exclusive or of its functions' selectors.
template <FixedText... functions>
consteval Selector interface_id() {
    Selector out;
    for (const Selector& one : {selector_called<functions>...})
        for (size_t i = 0; i < 4; ++i) out.bytes[i] ^= one.bytes[i];
    return out;
}

}  // namespace plume
