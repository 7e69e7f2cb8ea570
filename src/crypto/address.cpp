#include "crypto/address.hpp"

#include "crypto/keccak.hpp"

namespace plume {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'F';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'f';
}

}  // namespace

std::string to_checksum(const Address& address) {
    std::string text = to_hex(address);
    const Hash hash = keccak256(std::string_view(text).substr(2));
    for (size_t i = 0; i < 2 * Address::size; ++i) {
        const int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
        char& digit = text[2 + i];
        if (is_lower(digit) && nibble >= 8) digit = static_cast<char>(digit - 'a' + 'A');
    }
    return text;
}

std::optional<Address> parse_address(std::string_view text) {
    const auto address = Address::parse(text);
    if (!address) return std::nullopt;
    const std::string_view digits = text.substr(text.size() - 2 * Address::size);
    const bool mixed =
        std::ranges::any_of(digits, is_upper) && std::ranges::any_of(digits, is_lower);
    if (mixed && digits != to_checksum(*address).substr(2)) return std::nullopt;
    return address;
}

}  // namespace plume
