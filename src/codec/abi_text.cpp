#include "codec/abi_text.hpp"

#include <optional>

namespace plume::abi {

namespace {

using Kind = Type::Kind;

Error malformed(const Type& type, std::string_view text) {
    return {.what = "not a value of type " + to_string(type) + ": " + std::string(text)};
}

/// An integer that `type` holds; signed ones in two's complement.
std::optional<Value> integer(const Type& type, std::string_view text) {
    const bool is_negative = type.kind == Kind::signed_integer && text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const auto magnitude = parse_number(text);
    if (!magnitude) return std::nullopt;
    const u256 number = is_negative ? -*magnitude : *magnitude;
    // A magnitude beyond 2^255 would come out with the other sign.
    const bool is_signed = type.kind == Kind::signed_integer;
    if (is_signed && !number.is_zero() && number.bit(255) != is_negative) return std::nullopt;
    if (!in_range(type, number)) return std::nullopt;
    return Value{number};
}

std::optional<Value> bytes(const Type& type, std::string_view text) {
    if (!text.starts_with("0x")) return std::nullopt;
    auto out = from_hex(text);
    if (!out || (type.kind == Kind::fixed_bytes && out->size() != type.size)) return std::nullopt;
    return Value{std::move(*out)};
}

std::optional<Value> word(const Type& type, std::string_view text) {
    switch (type.kind) {
        case Kind::unsigned_integer:
        case Kind::signed_integer:
            return integer(type, text);
        case Kind::boolean:
            if (text != "true" && text != "false") return std::nullopt;
            return Value{text == "true"};
        case Kind::address: {
            const auto address = Address::parse(text);
            if (!address) return std::nullopt;
            return Value{*address};
        }
        case Kind::fixed_bytes:
        case Kind::bytes:
            return bytes(type, text);
        default:
            return Value{std::string(text)};
    }
}

/// Reads from left to right; every function leaves the place after what it has read.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Value> value(const Type& type) {
        skip_spaces();
        if (!type.parts.empty()) return parts(type);
        if (type.kind == Kind::text && peek() == '"') return quoted(type);
        const size_t start = at_;
        at_ = std::min(text_.find_first_of(",])", at_), text_.size());
        std::string_view plain = text_.substr(start, at_ - start);
        while (plain.ends_with(' ')) plain.remove_suffix(1);
        auto out = word(type, plain);
        if (!out) return malformed(type, plain);
        return std::move(*out);
    }

    bool at_end() {
        skip_spaces();
        return at_ == text_.size();
    }

private:
    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool accept(char c) {
        skip_spaces();
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    Result<Value> parts(const Type& type) {
        const bool is_tuple = type.kind == Kind::tuple;
        const char closing = is_tuple ? ')' : ']';
        std::vector<Value> out;
        if (!accept(is_tuple ? '(' : '[')) return malformed(type, text_.substr(at_));
        if (accept(closing)) return counted(type, std::move(out));
        do {
            if (is_tuple && out.size() == type.parts.size()) return malformed(type, text_);
            TRY(next, value(is_tuple ? type.parts[out.size()].type : type.element()));
            out.push_back(std::move(next));
        } while (accept(','));
        if (!accept(closing)) return malformed(type, text_);
        return counted(type, std::move(out));
    }

    Result<Value> counted(const Type& type, std::vector<Value> values) {
        const size_t count = type.kind == Kind::tuple ? type.parts.size() : type.size;
        if (type.kind != Kind::array && values.size() != count) return malformed(type, text_);
        return Value{std::move(values)};
    }

    Result<Value> quoted(const Type& type) {
        std::string out;
        for (++at_; peek() != '"'; ++at_) {
            if (peek() == '\\') ++at_;
            if (at_ >= text_.size()) return malformed(type, text_);
            out += text_[at_];
        }
        ++at_;
        return Value{std::move(out)};
    }

    std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

Result<Value> from_text(const Type& type, std::string_view text) {
    if (type.kind == Kind::text) return Value{std::string(text)};
    Parser parser(text);
    TRY(out, parser.value(type));
    if (!parser.at_end()) return malformed(type, text);
    return out;
}

}  // namespace plume::abi
