#include "support/rlp_tree.hpp"

#include "codec/rlp.hpp"

namespace plume::test {

namespace json = boost::json;

namespace {

Bytes as_list(BytesView items) {
    Bytes out;
    rlp::append_list_header(out, items.size());
    append(out, items);
    return out;
}

Result<Bytes> recode_items(rlp::Decoder decoder) {
    Bytes out;
    while (!decoder.empty()) {
        if (decoder.at_list()) {
            TRY(items, decoder.list());
            TRY(again, recode_items(items));
            append(out, as_list(again));
        } else {
            TRY(content, decoder.string());
            rlp::append(out, content);
        }
    }
    return out;
}

/// The number that decimal digits spell, whatever its size, without leading zeros.
Bytes big_number(std::string_view digits) {
    Bytes out;  // lowest byte first
    for (const char digit : digits) {
        if (digit < '0' || digit > '9')
            throw Malformed("not a decimal number: " + std::string(digits));
        unsigned carry = static_cast<unsigned>(digit - '0');
        for (uint8_t& byte : out) {
            carry += byte * 10u;
            byte = static_cast<uint8_t>(carry);
            carry >>= 8;
        }
        if (carry != 0) out.push_back(static_cast<uint8_t>(carry));
    }
    std::ranges::reverse(out);
    return out;
}

}  // namespace

Bytes encode_tree(const json::value& value, const EncodeText& encode_text) {
    if (value.is_string()) return encode_text(string_of(value));
    if (value.is_number()) return rlp::encode(number_of(value));
    Bytes items;
    for (const json::value& element : array_of(value))
        append(items, encode_tree(element, encode_text));
    return as_list(items);
}

Bytes encode_ethereum_text(std::string_view text) {
    if (!text.starts_with('#')) return rlp::encode(view_of(text));
    return rlp::encode(BytesView{big_number(text.substr(1))});
}

Result<Bytes> recode(BytesView input) {
    rlp::Decoder decoder(input);
    TRY(item, decoder.item());
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    return recode_items(rlp::Decoder(item));
}

}  // namespace plume::test
