#include "crypto/hd_key.hpp"

#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.hpp"
#include "crypto/password.hpp"

namespace plume {

namespace {

constexpr uint32_t hardened = 0x80000000;

/// A key with what its children are derived from.
struct Node {
    PrivateKey key;
    Hash chain_code;
};

/// Splits what HMAC gives into a number and a chain code, and adds the number to `parent` modulo
/// the group's order. Nothing in the cases, less likely than 1 in 2^127, where BIP-32 declares the
/// child invalid.
std::optional<Node> node_of(const FixedBytes<64>& mixed, const u256& parent) {
    const BytesView bytes{mixed};
    const u256 number = from_big_endian(bytes.first(32));
    if (number >= secp256k1_n) return std::nullopt;
    const auto key = PrivateKey::from(to_word(addmod(number, parent, secp256k1_n)));
    if (!key) return std::nullopt;
    return Node{*key, *Hash::from(bytes.last(32))};
}

/// The compressed point: 0x02 or 0x03 by the parity of y, then x.
Bytes compressed(const PublicKey& key) {
    Bytes out{static_cast<uint8_t>(2 + (key[63] & 1))};
    append(out, BytesView{key}.first(32));
    return out;
}

std::optional<Node> child_of(const Node& parent, uint32_t index) {
    Bytes data;
    if ((index & hardened) != 0) {
        data.push_back(0);
        append(data, parent.key.bytes());
    } else {
        data = compressed(public_key(parent.key));
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        data.push_back(static_cast<uint8_t>(index >> shift));
    return node_of(hmac_sha512(parent.chain_code, data), to_u256(parent.key.bytes()));
}

std::optional<uint32_t> parse_step(std::string_view step) {
    const bool is_hardened = step.ends_with('\'');
    if (is_hardened) step.remove_suffix(1);
    const auto number = parse_decimal(step);
    if (!number || *number >= u256{hardened}) return std::nullopt;
    return static_cast<uint32_t>(number->low64()) | (is_hardened ? hardened : 0);
}

Result<std::vector<uint32_t>> parse_path(std::string_view path) {
    const Error malformed{.what = "not a derivation path such as m/44'/60'/0'/0/0"};
    std::vector<uint32_t> steps;
    if (!path.starts_with('m')) return malformed;
    path.remove_prefix(1);
    while (!path.empty()) {
        if (path.front() != '/' || steps.size() == derivation_depth_max) return malformed;
        path.remove_prefix(1);
        const auto step = parse_step(path.substr(0, path.find('/')));
        if (!step) return malformed;
        steps.push_back(*step);
        path.remove_prefix(std::min(path.find('/'), path.size()));
    }
    return steps;
}

}  // namespace

Result<FixedBytes<64>> seed_of_mnemonic(std::string_view mnemonic, std::string_view passphrase) {
    constexpr auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (mnemonic.empty()) return Error{.what = "the mnemonic is empty"};
    if (!std::ranges::all_of(mnemonic, is_ascii) || !std::ranges::all_of(passphrase, is_ascii))
        return Error{.what = "only mnemonics and passphrases in ASCII are supported"};
    const std::string salt = "mnemonic" + std::string(passphrase);
    return *FixedBytes<64>::from(pbkdf2_sha512(mnemonic, view_of(salt), 2048, 64));
}

Result<PrivateKey> derive_key(BytesView seed, std::string_view path) {
    if (seed.size() < 16 || seed.size() > 64) return Error{.what = "a seed has 16 to 64 bytes"};
    TRY(steps, parse_path(path));
    auto node = node_of(hmac_sha512(view_of("Bitcoin seed"), seed), u256{});
    for (const uint32_t step : steps)
        if (node) node = child_of(*node, step);
    if (!node) return Error{.what = "no key at this path"};
    return node->key;
}

}  // namespace plume
