#include "codec/abi_type.hpp"

#include <algorithm>
#include <optional>

namespace plume::abi {

namespace {

Error malformed(std::string why) {
    return {.what = "ABI: " + std::move(why)};
}

/// A number of at most seven digits without leading zeros: more than any size that is allowed.
std::optional<size_t> parse_size(std::string_view digits) {
    if (digits.empty() || digits.size() > 7 || digits.front() == '0') return std::nullopt;
    size_t out = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        out = 10 * out + static_cast<size_t>(c - '0');
    }
    return out;
}

size_t depth_of(const Type& type) {
    size_t deepest = 0;
    for (const Parameter& part : type.parts) deepest = std::max(deepest, depth_of(part.type));
    return deepest + 1;
}

/// Reads from left to right; every function leaves the place after what it has read.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Type> type(size_t depth = 1) {
        if (depth > type_depth_max) return malformed("types stand too deep in one another");
        TRY(out, peek() == '(' ? tuple(depth) : named(depth));
        while (accept('[')) {
            TRY(count, array_size());
            TRY(array, array_of(std::move(out), count));
            out = std::move(array);
        }
        return out;
    }

    Result<std::vector<Parameter>> parameters(size_t depth) {
        std::vector<Parameter> out;
        if (!accept('(')) return malformed("expected (");
        if (accept(')')) return out;
        do {
            TRY(next, parameter(depth));
            out.push_back(std::move(next));
        } while (accept(','));
        if (!accept(')')) return malformed("expected , or )");
        return out;
    }

    Result<Declaration> declaration() {
        Declaration out;
        out.name = word();
        if (peek() != '(') {
            if (out.name == "event")
                out.kind = Declaration::Kind::event;
            else if (out.name == "error")
                out.kind = Declaration::Kind::error;
            else if (out.name != "function")
                return malformed("expected a name and (");
            out.name = word();
        }
        if (out.name.empty() || out.name == "function" || out.name == "event")
            return malformed("expected a name");
        TRY(inputs, parameters(1));
        out.inputs = std::move(inputs);
        return modifiers(std::move(out));
    }

    bool at_end() {
        skip_spaces();
        return at_ == text_.size();
    }

private:
    void skip_spaces() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
            ++at_;
    }

    char peek() {
        skip_spaces();
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    bool accept(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    std::string word() {
        skip_spaces();
        const size_t start = at_;
        const auto is_letter = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '$';
        };
        while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    Result<Type> named(size_t depth) {
        const std::string name = word();
        if (name == "tuple" && peek() == '(') return tuple(depth);
        return elementary_type(name);
    }

    Result<Type> tuple(size_t depth) {
        TRY(parts, parameters(depth + 1));
        return tuple_of(std::move(parts));
    }

    /// The number before the closing bracket; 0 for none.
    Result<size_t> array_size() {
        const std::string digits = word();
        if (!accept(']')) return malformed("expected ]");
        if (digits.empty()) return size_t{0};
        const auto size = parse_size(digits);
        if (!size) return malformed("no size of an array: " + digits);
        return *size;
    }

    Result<Parameter> parameter(size_t depth) {
        TRY(parsed, type(depth));
        Parameter out{.type = std::move(parsed)};
        for (std::string next = word(); !next.empty(); next = word()) {
            if (next == "indexed")
                out.is_indexed = true;
            else if (next != "payable" && next != "memory" && next != "calldata" &&
                     next != "storage")
                out.name = next;
        }
        return out;
    }

    /// The words after the parameters: visibility says nothing here, and is passed over.
    Result<Declaration> modifiers(Declaration out) {
        for (std::string next = word(); !next.empty(); next = word()) {
            if (next == "view" || next == "pure") {
                out.is_view = true;
            } else if (next == "payable") {
                out.is_payable = true;
            } else if (next == "anonymous") {
                out.is_anonymous = true;
            } else if (next == "returns") {
                TRY(outputs, parameters(1));
                out.outputs = std::move(outputs);
            } else if (next != "external" && next != "public" && next != "nonpayable") {
                return malformed("unknown word " + next);
            }
        }
        accept(';');
        return out;
    }

    std::string_view text_;
    size_t at_ = 0;
};

std::string to_string(const std::vector<Parameter>& parameters) {
    std::string out = "(";
    for (const Parameter& parameter : parameters) {
        if (out.size() > 1) out += ',';
        out += to_string(parameter.type);
    }
    return out + ')';
}

}  // namespace

Result<Type> elementary_type(std::string_view name) {
    using enum Type::Kind;
    if (name == "bool") return Type{.kind = boolean};
    if (name == "address") return Type{.kind = address};
    if (name == "bytes") return Type{.kind = bytes, .is_dynamic = true};
    if (name == "string") return Type{.kind = text, .is_dynamic = true};
    if (name == "uint") return Type{.kind = unsigned_integer, .size = 256};
    if (name == "int") return Type{.kind = signed_integer, .size = 256};
    const size_t letters = std::min(name.find_first_of("0123456789"), name.size());
    const std::string_view base = name.substr(0, letters);
    const size_t size = parse_size(name.substr(letters)).value_or(0);
    const bool is_bits = size != 0 && size <= 256 && size % 8 == 0;
    if (base == "uint" && is_bits) return Type{.kind = unsigned_integer, .size = size};
    if (base == "int" && is_bits) return Type{.kind = signed_integer, .size = size};
    if (base == "bytes" && size != 0 && size <= 32) return Type{.kind = fixed_bytes, .size = size};
    return malformed("no type: " + std::string(name));
}

Result<Type> array_of(Type element, size_t size) {
    if (depth_of(element) >= type_depth_max)
        return malformed("types stand too deep in one another");
    if (size > static_size_max / element.head_size) return malformed("an array is too large");
    Type out;
    out.kind = size == 0 ? Type::Kind::array : Type::Kind::fixed_array;
    out.size = size;
    out.is_dynamic = size == 0 || element.is_dynamic;
    out.head_size = out.is_dynamic ? 32 : size * element.head_size;
    out.parts.push_back({.type = std::move(element)});
    return out;
}

Result<Type> tuple_of(std::vector<Parameter> parts) {
    if (parts.empty()) return malformed("a tuple without parts");
    Type out;
    out.kind = Type::Kind::tuple;
    out.parts = std::move(parts);
    size_t total = 0;
    for (const Parameter& part : out.parts) {
        total += part.type.head_size;
        out.is_dynamic = out.is_dynamic || part.type.is_dynamic;
    }
    if (depth_of(out) > type_depth_max) return malformed("types stand too deep in one another");
    if (total > static_size_max) return malformed("a tuple is too large");
    out.head_size = out.is_dynamic ? 32 : total;
    return out;
}

Result<Type> parse_type(std::string_view text) {
    if (text.size() > declaration_size_max) return malformed("a type is too long");
    Parser parser(text);
    TRY(out, parser.type());
    if (!parser.at_end()) return malformed("unexpected text after a type: " + std::string(text));
    return out;
}

Result<Declaration> parse_declaration(std::string_view text) {
    if (text.size() > declaration_size_max) return malformed("a declaration is too long");
    Parser parser(text);
    TRY(out, parser.declaration());
    if (!parser.at_end()) return malformed("unexpected text in " + std::string(text));
    return out;
}

std::string to_string(const Type& type) {
    switch (type.kind) {
        case Type::Kind::unsigned_integer:
            return "uint" + std::to_string(type.size);
        case Type::Kind::signed_integer:
            return "int" + std::to_string(type.size);
        case Type::Kind::boolean:
            return "bool";
        case Type::Kind::address:
            return "address";
        case Type::Kind::fixed_bytes:
            return "bytes" + std::to_string(type.size);
        case Type::Kind::bytes:
            return "bytes";
        case Type::Kind::text:
            return "string";
        case Type::Kind::array:
            return to_string(type.element()) + "[]";
        case Type::Kind::fixed_array:
            return to_string(type.element()) + "[" + std::to_string(type.size) + "]";
        case Type::Kind::tuple:
            return to_string(type.parts);
    }
    fail("a type has a kind");
}

std::string signature_of(const Declaration& declaration) {
    return declaration.name + to_string(declaration.inputs);
}

}  // namespace plume::abi
