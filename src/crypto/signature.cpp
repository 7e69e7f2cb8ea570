#include "crypto/signature.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>  // explicit_bzero
#include <sys/random.h>

#include "base/result.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

/// The library's tables, made once. Its functions only read them.
const secp256k1_context* context() {
    static const secp256k1_context* const instance = [] {
        secp256k1_context* made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        // Blinds the multiplications with secrets; the results do not depend on it.
        std::array<uint8_t, 32> seed{};
        check(getrandom(seed.data(), seed.size(), 0) == static_cast<ssize_t>(seed.size()),
              "the system has random numbers");
        check(secp256k1_context_randomize(made, seed.data()) == 1, "blinding works");
        return made;
    }();
    return instance;
}

PublicKey coordinates(const secp256k1_pubkey& point) {
    std::array<uint8_t, 65> serialized;
    size_t size = serialized.size();
    secp256k1_ec_pubkey_serialize(context(), serialized.data(), &size, &point,
                                  SECP256K1_EC_UNCOMPRESSED);
    PublicKey out;
    std::copy(serialized.begin() + 1, serialized.end(), out.bytes.begin());
    return out;
}

}  // namespace

std::optional<PrivateKey> PrivateKey::from(BytesView bytes) {
    const auto fixed = FixedBytes<32>::from(bytes);
    if (!fixed) return std::nullopt;
    const u256 number = to_u256(*fixed);
    if (number.is_zero() || number >= secp256k1_n) return std::nullopt;
    return PrivateKey(*fixed);
}

std::optional<PrivateKey> PrivateKey::parse(std::string_view hex) {
    const auto fixed = FixedBytes<32>::parse(hex);
    return fixed ? from(*fixed) : std::nullopt;
}

PrivateKey::~PrivateKey() {
    explicit_bzero(bytes_.bytes.data(), bytes_.bytes.size());
}

PublicKey public_key(const PrivateKey& key) {
    secp256k1_pubkey point;
    check(secp256k1_ec_pubkey_create(context(), &point, key.bytes().data()) == 1,
          "a PrivateKey is in range");
    return coordinates(point);
}

Address address_of(const PublicKey& key) {
    return *Address::from(BytesView{keccak256(key)}.subspan(12));
}

Address address_of(const PrivateKey& key) {
    return address_of(public_key(key));
}

Signature sign(const Hash& digest, const PrivateKey& key) {
    secp256k1_ecdsa_recoverable_signature made;
    check(secp256k1_ecdsa_sign_recoverable(context(), &made, digest.data(), key.bytes().data(),
                                           secp256k1_nonce_function_rfc6979, nullptr) == 1,
          "a PrivateKey can sign");
    std::array<uint8_t, 64> compact;
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), compact.data(), &recovery_id,
                                                            &made);
    // Above 1 the x coordinate of R would have to lie between n and the field's order: 1 in 2^127.
    check(recovery_id <= 1, "R has an x coordinate below n");
    const BytesView bytes{compact};
    return {from_big_endian(bytes.first(32)), from_big_endian(bytes.last(32)), recovery_id == 1};
}

std::optional<PublicKey> recover_public_key(const Hash& digest, const Signature& signature) {
    std::array<uint8_t, 64> compact;
    std::ranges::copy(to_word(signature.r), compact.begin());
    std::ranges::copy(to_word(signature.s), compact.begin() + 32);
    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parsed, compact.data(),
                                                            signature.y_parity ? 1 : 0) == 0)
        return std::nullopt;
    secp256k1_pubkey point;
    if (secp256k1_ecdsa_recover(context(), &point, &parsed, digest.data()) == 0)
        return std::nullopt;
    return coordinates(point);
}

std::optional<Address> recover(const Hash& digest, const Signature& signature) {
    const auto key = recover_public_key(digest, signature);
    if (!key) return std::nullopt;
    return address_of(*key);
}

}  // namespace plume
