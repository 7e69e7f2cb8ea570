#include "conformance/key_tests.hpp"

#include "app/keystore.hpp"
#include "app/text.hpp"
#include "crypto/address.hpp"
#include "crypto/hash.hpp"
#include "crypto/hd_key.hpp"
#include "crypto/keccak.hpp"
#include "crypto/password.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Outcome run_wallet(const json::value& entry) {
    const json::value file = json::parse(test::text_at(entry, "json"));
    const auto key = open_keystore(file, test::text_at(entry, "password"));
    if (!key) return Outcome::failed("not opened: " + key.error().what);
    Outcome outcome;
    outcome.expect_equal("key", test::text_at(entry, "privateKey"), to_hex(key->bytes()));
    outcome.expect_equal("address", test::text_at(entry, "address"), to_hex(address_of(*key)));
    return outcome;
}

Outcome run_aes(const json::value& entry) {
    const Bytes key = test::hex_at(entry, "key");
    if (key.size() != 16 && key.size() != 32) throw test::Malformed("not a key of AES");
    Outcome outcome;
    outcome.expect_equal("payload", test::hex_at(entry, "payload"),
                         aes_ctr(key, {}, test::hex_at(entry, "cipher")));
    return outcome;
}

}  // namespace

Outcome run_key_store(const json::value& entry) {
    const auto key = open_keystore(test::at(entry, "json"), test::text_at(entry, "password"));
    if (!key) return Outcome::failed("not opened: " + key.error().what);
    Outcome outcome;
    outcome.expect_equal("key", test::hex_at(entry, "priv"), to_bytes(key->bytes()));
    return outcome;
}

Cases wallet_cases(const Entry& entry) {
    if (test::text_at(entry.value, "type") == "crowdsale")
        return skipped_case(entry, "wallets of the crowd sale of 2014 are not read");
    return one_case(entry, run_wallet);
}

Outcome run_derivation(const json::value& entry) {
    const std::string mnemonic = test::text_at(entry, "mnemonic");
    const json::value* given = test::find(entry, "password");
    const std::string password(given == nullptr ? "" : test::string_of(*given));
    const Bytes seed = test::hex_at(entry, "seed");
    Outcome outcome;
    const auto made = seed_of_mnemonic(mnemonic, password);
    outcome.expect(made.ok() == (is_ascii(mnemonic) && is_ascii(password)),
                   "a phrase is accepted when it is ASCII, and refused when not");
    if (made) outcome.expect_equal("seed", seed, to_bytes(*made));
    for (const json::value& node : test::array_of(test::at(entry, "hdnodes"))) {
        const std::string path = test::text_at(node, "path");
        const auto key = derive_key(seed, path);
        if (!key) return Outcome::failed("no key at " + path + ": " + key.error().what);
        outcome.expect_equal(path, test::text_at(node, "privateKey"), to_hex(key->bytes()));
        outcome.expect_equal(path, test::text_at(node, "address"), to_hex(address_of(*key)));
    }
    return outcome;
}

Outcome run_account(const json::value& entry) {
    Outcome outcome;
    const std::string checksummed = test::text_at(entry, "checksumAddress");
    const Address address = test::fixed_of<Address>(test::at(entry, "address"));
    outcome.expect_equal("checksum", checksummed, to_checksum(address));
    outcome.expect(parse_address(checksummed) == address, "not read: " + checksummed);
    if (test::find(entry, "privateKey") == nullptr) return outcome;
    const auto key = PrivateKey::parse(test::text_at(entry, "privateKey"));
    if (!key) throw test::Malformed("not a private key");
    outcome.expect_equal("address", address, address_of(*key));
    return outcome;
}

Outcome run_seeded_key(const json::value& entry) {
    const auto key = PrivateKey::parse(test::text_at(entry, "key"));
    if (!key) throw test::Malformed("not a private key");
    Outcome outcome;
    outcome.expect_equal("key", key->bytes(), keccak256(test::text_at(entry, "seed")));
    outcome.expect_equal("address", test::fixed_of<Address>(test::at(entry, "addr")),
                         address_of(*key));
    return outcome;
}

Outcome run_hashes(const json::value& entry) {
    const Bytes data = test::hex_at(entry, "data");
    Outcome outcome;
    outcome.expect_equal("keccak256", test::text_at(entry, "keccak256"),
                         to_hex(keccak256(BytesView{data})));
    outcome.expect_equal("sha256", test::text_at(entry, "sha256"), to_hex(sha256(data)));
    outcome.expect_equal("sha512", test::text_at(entry, "sha512"), to_hex(sha512(data)));
    return outcome;
}

Outcome run_units(const json::value& entry) {
    constexpr std::pair<std::string_view, unsigned> units[] = {
        {"kwei", 3},   {"mwei", 6},    {"satoshi", 8}, {"gwei", 9},
        {"szabo", 12}, {"finney", 15}, {"ether", 18}};
    const std::string wei = test::text_at(entry, "wei");
    Outcome outcome;
    for (const auto& [unit, decimals] : units) {
        const json::value* text = test::find(entry, unit);
        if (text == nullptr) continue;
        // An amount of ours begins with a digit: not with a sign, not with the point.
        const auto given = test::string_of(*text);
        const auto amount = parse_amount(given, decimals);
        outcome.expect_equal(unit, given.find_first_of("-.") == 0 ? "nothing" : wei,
                             amount ? to_decimal(*amount) : "nothing");
    }
    return outcome;
}

Cases cipher_cases(const Entry& entry) {
    if (test::text_at(entry.value, "decryption_type") != "aes_ctr")
        return skipped_case(entry, "ECIES is the business of peer-to-peer networks");
    return one_case(entry, run_aes);
}

}  // namespace plume::conformance
