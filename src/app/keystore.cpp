#include "app/keystore.hpp"

#include <boost/json.hpp>

#include "crypto/keccak.hpp"
#include "crypto/secret.hpp"

namespace plume {

namespace {

namespace json = boost::json;

Error unusable(std::string why) {
    return {.what = "unusable key file: " + std::move(why)};
}

const json::value* find(const json::value& value, std::string_view key) {
    return value.is_object() ? value.get_object().if_contains(key) : nullptr;
}

Result<json::value> object_at(const json::value& value, std::string_view key) {
    const json::value* found = find(value, key);
    if (found == nullptr || !found->is_object()) return unusable("no " + std::string(key));
    return *found;
}

Result<std::string> text_at(const json::value& value, std::string_view key) {
    const json::value* found = find(value, key);
    if (found == nullptr || !found->is_string()) return unusable("no " + std::string(key));
    return std::string(found->get_string());
}

Result<Bytes> bytes_at(const json::value& value, std::string_view key) {
    TRY(text, text_at(value, key));
    auto out = from_hex(text);
    if (!out) return unusable(std::string(key) + " is not hexadecimal");
    return std::move(*out);
}

/// A whole number of at least 1.
Result<uint64_t> count_at(const json::value& value, std::string_view key) {
    const json::value* found = find(value, key);
    if (found == nullptr || !found->is_number()) return unusable("no " + std::string(key));
    boost::system::error_code not_whole;
    const auto out = found->to_number<uint64_t>(not_whole);
    if (not_whole || out == 0) return unusable(std::string(key) + " out of range");
    return out;
}

/// What scrypt or PBKDF2 makes of the password, as the file says.
Result<Bytes> derived_key(const json::value& crypto, std::string_view password) {
    TRY(function, text_at(crypto, "kdf"));
    TRY(settings, object_at(crypto, "kdfparams"));
    TRY(salt, bytes_at(settings, "salt"));
    TRY(size, count_at(settings, "dklen"));
    if (size < keystore_key_size_min || size > keystore_key_size_max)
        return unusable("dklen out of range");
    if (salt.size() > keystore_salt_size_max) return unusable("salt out of range");
    if (function == "scrypt") {
        TRY(n, count_at(settings, "n"));
        TRY(r, count_at(settings, "r"));
        TRY(p, count_at(settings, "p"));
        return scrypt(password, salt, {.n = n, .r = r, .p = p}, size);
    }
    if (function != "pbkdf2") return unusable("unknown kdf " + function);
    TRY(pseudo_random, text_at(settings, "prf"));
    TRY(rounds, count_at(settings, "c"));
    if (pseudo_random != "hmac-sha256") return unusable("unknown prf " + pseudo_random);
    if (rounds > keystore_rounds_max) return unusable("c out of range");
    return pbkdf2_sha256(password, salt, static_cast<uint32_t>(rounds), size);
}

Result<PrivateKey> decrypt(const json::value& crypto, std::string_view password) {
    TRY(cipher, text_at(crypto, "cipher"));
    if (cipher != "aes-128-ctr") return unusable("unknown cipher " + cipher);
    TRY(settings, object_at(crypto, "cipherparams"));
    TRY(counter_bytes, bytes_at(settings, "iv"));
    TRY(encrypted, bytes_at(crypto, "ciphertext"));
    TRY(mac, bytes_at(crypto, "mac"));
    const auto counter = FixedBytes<16>::from(counter_bytes);
    if (!counter) return unusable("iv has not 16 bytes");
    if (encrypted.size() != 32) return unusable("ciphertext has not 32 bytes");

    TRY(derived, derived_key(crypto, password));
    Bytes guarded = to_bytes(BytesView{derived}.subspan(16, 16));
    append(guarded, encrypted);
    const bool is_right = equal(keccak256(BytesView{guarded}), mac);
    wipe(guarded);
    Bytes plain = aes_ctr(BytesView{derived}.first(16), *counter, encrypted);
    wipe(derived);
    const auto key = is_right ? PrivateKey::from(plain) : std::nullopt;
    wipe(plain);
    if (!is_right) return Error{.what = "wrong password"};
    if (!key) return unusable("no valid key in it");
    return *key;
}

/// A UUID of version 4 (RFC 9562).
std::string random_id() {
    Bytes bytes = random_bytes(16);
    bytes[6] = static_cast<uint8_t>(0x40 | (bytes[6] & 0x0f));
    bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));
    std::string out = to_hex(bytes).substr(2);
    for (const size_t dash : {20, 16, 12, 8}) out.insert(dash, 1, '-');
    return out;
}

}  // namespace

Result<PrivateKey> open_keystore(const json::value& file, std::string_view password) {
    TRY(version, count_at(file, "version"));
    if (version != 3) return unusable("not version 3");
    // Some wallets write this one name with a capital letter.
    TRY(crypto, object_at(file, find(file, "crypto") != nullptr ? "crypto" : "Crypto"));
    TRY(key, decrypt(crypto, password));
    if (find(file, "address") == nullptr) return key;
    TRY(address, text_at(file, "address"));
    if (Address::parse(address) != address_of(key)) return unusable("the key is not the address's");
    return key;
}

Result<json::object> seal_keystore(const PrivateKey& key, std::string_view password,
                                   const ScryptCosts& costs) {
    constexpr size_t key_size = 32;
    const Bytes salt = random_bytes(key_size);
    const auto counter = FixedBytes<16>::from(random_bytes(16)).value();
    TRY(derived, scrypt(password, salt, costs, key_size));
    const Bytes encrypted = aes_ctr(BytesView{derived}.first(16), counter, key.bytes());
    Bytes guarded = to_bytes(BytesView{derived}.subspan(16, 16));
    append(guarded, encrypted);
    const Hash mac = keccak256(BytesView{guarded});
    wipe(derived);
    wipe(guarded);
    const auto plain = [](BytesView bytes) { return to_hex(bytes).substr(2); };
    return json::object{
        {"version", 3},
        {"id", random_id()},
        {"address", plain(address_of(key))},
        {"crypto", json::object{{"cipher", "aes-128-ctr"},
                                {"cipherparams", json::object{{"iv", plain(counter)}}},
                                {"ciphertext", plain(encrypted)},
                                {"kdf", "scrypt"},
                                {"kdfparams", json::object{{"n", costs.n},
                                                           {"r", costs.r},
                                                           {"p", costs.p},
                                                           {"dklen", key_size},
                                                           {"salt", plain(salt)}}},
                                {"mac", plain(mac)}}}};
}

}  // namespace plume
