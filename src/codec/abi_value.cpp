#include "codec/abi_value.hpp"

#include <algorithm>
#include <optional>

namespace plume::abi {

namespace {

using Kind = Type::Kind;
using Values = std::vector<Value>;

/// A row of parameters is encoded as the tuple of them, which may be empty here.
Type row_of(const std::vector<Parameter>& parameters) {
    Type out;
    out.kind = Kind::tuple;
    out.parts = parameters;
    return out;
}

const Type& part_type(const Type& type, size_t index) {
    return type.kind == Kind::tuple ? type.parts[index].type : type.element();
}

/// The bytes that the heads of `count` parts take up.
size_t heads_size(const Type& type, size_t count) {
    if (type.kind != Kind::tuple) return count * type.element().head_size;
    size_t out = 0;
    for (const Parameter& part : type.parts) out += part.type.head_size;
    return out;
}

/// The first type within `type` that its part of `value` does not fit; null when all do.
const Type* misfit(const Type& type, const Value& value) {
    bool fits = false;
    switch (type.kind) {
        case Kind::unsigned_integer:
        case Kind::signed_integer: {
            const auto* number = std::get_if<u256>(&value.content);
            fits = number != nullptr && in_range(type, *number);
            break;
        }
        case Kind::boolean:
            fits = std::holds_alternative<bool>(value.content);
            break;
        case Kind::address:
            fits = std::holds_alternative<Address>(value.content);
            break;
        case Kind::bytes:
            fits = std::holds_alternative<Bytes>(value.content);
            break;
        case Kind::text:
            fits = std::holds_alternative<std::string>(value.content);
            break;
        case Kind::fixed_bytes: {
            const auto* bytes = std::get_if<Bytes>(&value.content);
            fits = bytes != nullptr && bytes->size() == type.size;
            break;
        }
        default: {
            const auto* parts = std::get_if<Values>(&value.content);
            const size_t count = type.kind == Kind::tuple ? type.parts.size() : type.size;
            if (parts == nullptr || (type.kind != Kind::array && parts->size() != count)) break;
            for (size_t i = 0; i < parts->size(); ++i)
                if (const Type* found = misfit(part_type(type, i), (*parts)[i])) return found;
            fits = true;
        }
    }
    return fits ? nullptr : &type;
}

/// Writes values that fit their types.
class Writer {
public:
    /// The heads of all parts, then the tails of the dynamic ones, whose offsets count from the
    /// first head.
    void parts(const Type& type, const Values& values) {
        const size_t start = out_.size();
        out_.resize(start + heads_size(type, values.size()));
        parts_at(type, values, start, start);
    }

    Bytes take() { return std::move(out_); }

private:
    void parts_at(const Type& type, const Values& values, size_t start, size_t at) {
        for (size_t i = 0; i < values.size(); ++i) {
            const Type& part = part_type(type, i);
            put(part, values[i], start, at);
            at += part.head_size;
        }
    }

    void put(const Type& type, const Value& value, size_t start, size_t at) {
        if (type.is_dynamic) {
            put_word(at, u256{out_.size() - start});
            tail(type, value);
        } else if (const auto* values = std::get_if<Values>(&value.content)) {
            parts_at(type, *values, start, at);
        } else {
            put_word(at, word_of(value));
        }
    }

    static u256 word_of(const Value& value) {
        if (const auto* truth = std::get_if<bool>(&value.content)) return u256{*truth ? 1u : 0u};
        if (const auto* address = std::get_if<Address>(&value.content)) return to_u256(*address);
        if (const auto* bytes = std::get_if<Bytes>(&value.content))
            return from_big_endian(*bytes) << static_cast<unsigned>(8 * (32 - bytes->size()));
        return std::get<u256>(value.content);
    }

    void tail(const Type& type, const Value& value) {
        if (const auto* values = std::get_if<Values>(&value.content)) {
            if (type.kind == Kind::array) push_word(u256{values->size()});
            parts(type, *values);
        } else if (const auto* text = std::get_if<std::string>(&value.content)) {
            push_bytes(view_of(*text));
        } else {
            push_bytes(std::get<Bytes>(value.content));
        }
    }

    void put_word(size_t at, const u256& word) {
        std::ranges::copy(to_word(word), out_.begin() + static_cast<ptrdiff_t>(at));
    }

    void push_word(const u256& word) { append(out_, to_word(word)); }

    void push_bytes(BytesView content) {
        push_word(u256{content.size()});
        append(out_, content);
        out_.resize(out_.size() + (32 - content.size() % 32) % 32);
    }

    Bytes out_;
};

/// Reads values. After a failure it goes on with empty ones, which the caller throws away.
class Reader {
public:
    explicit Reader(BytesView data) : data_(data), budget_(data.size()) {}

    bool ok() const { return ok_; }

    /// `count` parts whose heads begin at `at` and whose offsets count from `start`.
    Values parts(const Type& type, size_t count, size_t start, size_t at) {
        Values out;
        out.reserve(count);
        for (size_t i = 0; i < count && ok_; ++i) {
            const Type& part = part_type(type, i);
            out.push_back(value(part, start, at));
            at += part.head_size;
        }
        return out;
    }

private:
    Value value(const Type& type, size_t start, size_t at) {
        if (type.is_dynamic) {
            const u256 offset = word(at);
            if (!offset.fits_uint64() || offset.low64() > data_.size()) ok_ = false;
            return ok_ ? tail(type, start + offset.low64()) : Value{};
        }
        if (type.parts.empty()) return word_value(type, word(at));
        return structure(type, start, at);
    }

    Value tail(const Type& type, size_t at) {
        if (type.kind == Kind::bytes) return {to_bytes(content(at))};
        if (type.kind == Kind::text) return {std::string(text_of(content(at)))};
        if (type.kind != Kind::array) return structure(type, at, at);
        const size_t count = length(at, type.element().head_size);
        return {parts(type, count, at + 32, at + 32)};
    }

    Value structure(const Type& type, size_t start, size_t at) {
        const size_t count = type.kind == Kind::tuple ? type.parts.size() : type.size;
        if (heads_size(type, count) > budget_) ok_ = false;
        return ok_ ? Value{parts(type, count, start, at)} : Value{};
    }

    Value word_value(const Type& type, const u256& word) {
        switch (type.kind) {
            case Kind::boolean:
                ok_ = ok_ && word <= 1;
                return {!word.is_zero()};
            case Kind::address:
                ok_ = ok_ && word.bit_length() <= 160;
                return {to_address(word)};
            case Kind::fixed_bytes: {
                ok_ = ok_ && (word << static_cast<unsigned>(8 * type.size)).is_zero();
                const Hash bytes = to_word(word);
                return {to_bytes(BytesView{bytes}.first(type.size))};
            }
            default:
                ok_ = ok_ && in_range(type, word);
                return {word};
        }
    }

    BytesView content(size_t at) {
        const size_t size = length(at, 1);
        return spend(at + 32, size);
    }

    /// A length at `at`, of items that take up `item_size` bytes each behind it.
    size_t length(size_t at, size_t item_size) {
        const u256 count = word(at);
        if (!count.fits_uint64() || count.low64() > budget_ / item_size) ok_ = false;
        return ok_ ? count.low64() : 0;
    }

    u256 word(size_t at) { return from_big_endian(spend(at, 32)); }

    /// The bytes at `at`, each of which may be read once.
    BytesView spend(size_t at, size_t size) {
        if (at > data_.size() || size > data_.size() - at || size > budget_) ok_ = false;
        if (!ok_) return {};
        budget_ -= size;
        return data_.subspan(at, size);
    }

    BytesView data_;
    size_t budget_;
    bool ok_ = true;
};

}  // namespace

bool in_range(const Type& integer, const u256& value) {
    if (integer.kind == Kind::unsigned_integer) return value.bit_length() <= integer.size;
    if (integer.kind != Kind::signed_integer) return false;
    // The bits above the number's own are copies of its sign.
    return (value.bit(255) ? ~value : value).bit_length() < integer.size;
}

Result<Bytes> encode_values(const std::vector<Parameter>& parameters,
                            const std::vector<Value>& values) {
    if (values.size() != parameters.size())
        return Error{.what = "ABI: " + std::to_string(parameters.size()) +
                             " values expected, got " + std::to_string(values.size())};
    for (size_t i = 0; i < values.size(); ++i)
        if (const Type* type = misfit(parameters[i].type, values[i]))
            return Error{.what = "ABI: value " + std::to_string(i + 1) + " does not fit " +
                                 to_string(*type)};
    Writer writer;
    writer.parts(row_of(parameters), values);
    return writer.take();
}

Result<std::vector<Value>> decode_values(const std::vector<Parameter>& parameters, BytesView data) {
    const Type row = row_of(parameters);
    Reader reader(data);
    Values out = reader.parts(row, parameters.size(), 0, 0);
    if (!reader.ok()) return Error{.what = "ABI: the data is not an encoding of " + to_string(row)};
    return out;
}

}  // namespace plume::abi
