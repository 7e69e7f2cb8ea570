#include "codec/rlp.hpp"

#include <bit>

namespace plume::rlp {

namespace {

constexpr uint8_t string_base = 0x80;
constexpr uint8_t list_base = 0xc0;
/// The longest payload whose size stands in the prefix byte itself.
constexpr size_t short_max = 55;

size_t significant_bytes(uint64_t value) {
    return (64 - static_cast<size_t>(std::countl_zero(value)) + 7) / 8;
}

void append_big_endian(Bytes& out, uint64_t value, size_t size) {
    for (size_t i = size; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

void append_header(Bytes& out, uint8_t base, size_t payload_size) {
    if (payload_size <= short_max) {
        out.push_back(static_cast<uint8_t>(base + payload_size));
        return;
    }
    const size_t size_bytes = significant_bytes(payload_size);
    out.push_back(static_cast<uint8_t>(base + short_max + size_bytes));
    append_big_endian(out, payload_size, size_bytes);
}

}  // namespace

size_t header_size(size_t payload_size) {
    return payload_size <= short_max ? 1 : 1 + significant_bytes(payload_size);
}

void append_list_header(Bytes& out, size_t payload_size) {
    append_header(out, list_base, payload_size);
}

namespace detail {

size_t string_size(BytesView string) {
    if (string.size() == 1 && string[0] < string_base) return 1;
    return header_size(string.size()) + string.size();
}

void append_string(Bytes& out, BytesView string) {
    if (string.size() != 1 || string[0] >= string_base)
        append_header(out, string_base, string.size());
    plume::append(out, string);
}

void append_integer(Bytes& out, uint64_t value) {
    if (value != 0 && value < string_base) {
        out.push_back(static_cast<uint8_t>(value));
        return;
    }
    const size_t size = significant_bytes(value);
    append_header(out, string_base, size);
    append_big_endian(out, value, size);
}

void append_integer(Bytes& out, const u256& value) {
    if (value.fits_uint64()) {
        append_integer(out, value.low64());
        return;
    }
    const Hash word = to_word(value);
    append_string(out, BytesView{word}.last(value.byte_length()));
}

}  // namespace detail

Result<BytesView> Decoder::string() {
    TRY(found, next());
    if (found.is_list) return Error{.what = "rlp: a list where a string is expected"};
    return found.payload;
}

Result<Decoder> Decoder::list() {
    if (depth_ == depth_max) return Error{.what = "rlp: lists are nested too deeply"};
    TRY(found, next());
    if (!found.is_list) return Error{.what = "rlp: a string where a list is expected"};
    Decoder items(found.payload);
    items.depth_ = depth_ + 1;
    return items;
}

Result<BytesView> Decoder::item() {
    const BytesView start = rest_;
    if (auto found = next(); !found) return std::move(found).error();
    return start.first(start.size() - rest_.size());
}

Result<void> Decoder::finish() const {
    if (!rest_.empty()) return Error{.what = "rlp: bytes left over after the last item"};
    return {};
}

Result<u256> Decoder::integer() {
    TRY(digits, string());
    if (digits.size() > 32) return Error{.what = "rlp: number of more than 256 bits"};
    if (!digits.empty() && digits[0] == 0) return Error{.what = "rlp: number with leading zeros"};
    return from_big_endian(digits);
}

Result<Decoder::Item> Decoder::next() {
    if (rest_.empty()) return Error{.what = "rlp: an item is missing"};
    const uint8_t prefix = rest_[0];
    if (prefix < string_base) {
        const BytesView payload = rest_.first(1);
        rest_ = rest_.subspan(1);
        return Item{false, payload};
    }
    const bool is_list = prefix >= list_base;
    uint64_t size = prefix - (is_list ? list_base : string_base);
    size_t header = 1;
    if (size > short_max) {
        const size_t size_bytes = size - short_max;
        if (size_bytes >= rest_.size()) return Error{.what = "rlp: the input ends inside a length"};
        const BytesView digits = rest_.subspan(1, size_bytes);
        size = from_big_endian(digits).low64();
        if (digits[0] == 0 || size <= short_max)
            return Error{.what = "rlp: a length is not in its shortest form"};
        header += size_bytes;
    }
    if (size > rest_.size() - header) return Error{.what = "rlp: an item reaches beyond the end"};
    const BytesView payload = rest_.subspan(header, size);
    if (!is_list && size == 1 && payload[0] < string_base)
        return Error{.what = "rlp: a small byte must stand alone"};
    rest_ = rest_.subspan(header + size);
    return Item{is_list, payload};
}

}  // namespace plume::rlp
