#include "base/u256.hpp"

namespace plume {

std::string to_decimal(u256 value) {
    if (value.is_zero()) return "0";
    std::string reversed;
    while (!value.is_zero()) {
        const auto [quotient, remainder] = divide(value, u256{10'000'000'000'000'000'000u});
        uint64_t chunk = remainder.low64();
        for (unsigned i = 0; i < 19 && (chunk != 0 || !quotient.is_zero()); ++i) {
            reversed += static_cast<char>('0' + chunk % 10);
            chunk /= 10;
        }
        value = quotient;
    }
    return {reversed.rbegin(), reversed.rend()};
}

std::string to_quantity(const u256& value) {
    if (value.is_zero()) return "0x0";
    const std::string word = to_hex(to_word(value));
    return "0x" + word.substr(word.find_first_not_of('0', 2));
}

namespace {

std::optional<u256> parse_digits(std::string_view digits, unsigned base) {
    if (digits.empty()) return std::nullopt;
    u256 out;
    for (const char c : digits) {
        const int digit = hex_digit(c);
        if (digit < 0 || digit >= static_cast<int>(base)) return std::nullopt;
        const auto [scaled, high] = overflowing_mul(out, u256{base});
        const auto [sum, carry] = overflowing_add(scaled, u256{static_cast<uint64_t>(digit)});
        if (high || carry) return std::nullopt;
        out = sum;
    }
    return out;
}

}  // namespace

std::optional<u256> parse_decimal(std::string_view text) {
    return parse_digits(text, 10);
}

std::optional<u256> parse_number(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) return parse_digits(text.substr(2), 16);
    return parse_digits(text, 10);
}

}  // namespace plume
