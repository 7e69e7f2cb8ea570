#include "base/bytes.hpp"

#include <array>

namespace plume {

namespace {

constexpr char digits[] = "0123456789abcdef";

/// The value of each character as a digit, or -1.
constexpr auto digit_values = [] {
    std::array<int8_t, 256> out{};
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<int8_t>(hex_digit(static_cast<char>(i)));
    return out;
}();

int value_of(char c) {
    return digit_values[static_cast<unsigned char>(c)];
}

}  // namespace

std::string to_hex(BytesView bytes) {
    std::string out(2 + 2 * bytes.size(), '0');
    out[1] = 'x';
    char* to = out.data() + 2;
    for (const uint8_t b : bytes) {
        *to++ = digits[b >> 4];
        *to++ = digits[b & 15];
    }
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes out(text.size() / 2);
    int seen = 0;  // Negative once a value was.
    for (size_t i = 0; i < out.size(); ++i) {
        const int high = value_of(text[2 * i]);
        const int low = value_of(text[2 * i + 1]);
        seen |= high | low;
        out[i] = static_cast<uint8_t>(high << 4 | low);
    }
    if (seen < 0) return std::nullopt;
    return out;
}

}  // namespace plume
