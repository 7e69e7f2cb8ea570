#include "contracts/device_key.hpp"

#include "crypto/ed25519.hpp"
#include "crypto/p256.hpp"
#include "crypto/signature.hpp"

namespace plume::device_key {

namespace {

u256 word_at(BytesView bytes, size_t index) {
    return from_big_endian(bytes.subspan(32 * index, 32));
}

bool signed_by_secp256k1(BytesView key, const Hash& digest, BytesView signature) {
    if (signature.size() != 65) return false;
    const uint8_t v = signature[64];
    const u256 s = word_at(signature, 1);
    if ((v != 27 && v != 28) || s > secp256k1_half_n) return false;
    const auto signer = recover(digest, {word_at(signature, 0), s, v == 28});
    return signer.has_value() && equal(*signer, key);
}

bool signed_by_p256(BytesView key, const Hash& digest, BytesView signature) {
    return key.size() == 64 && signature.size() == 64 &&
           p256_verify(digest, {.r = word_at(signature, 0),
                                .s = word_at(signature, 1),
                                .x = word_at(key, 0),
                                .y = word_at(key, 1)});
}

bool signed_by_ed25519(BytesView key, const Hash& digest, BytesView signature) {
    const auto owner = Ed25519Key::from(key);
    const auto made = Ed25519Signature::from(signature);
    return owner && made && ed25519_verify(digest, *owner, *made);
}

bool is_valid(const DeviceKey& key) {
    switch (static_cast<KeyAlgorithm>(key.algorithm)) {
        case KeyAlgorithm::secp256k1:
            return key.key.size() == 20 && !Address::from(key.key)->is_zero();
        case KeyAlgorithm::p256:
            return key.key.size() == 64;
        case KeyAlgorithm::ed25519:
            return key.key.size() == 32 && is_ed25519_key(*Ed25519Key::from(key.key));
    }
    return false;
}

}  // namespace

void require_valid(const Contract& contract, const DeviceKey& key) {
    contract.require(is_valid(key), InvalidDeviceKey{key.algorithm, key.key});
}

Hash identity(const DeviceKey& key) {
    Bytes image{key.algorithm};
    append(image, key.key);
    return keccak256(image);
}

bool signed_by(const Contract& contract, const DeviceKey& key, const Hash& digest,
               BytesView signature) {
    switch (static_cast<KeyAlgorithm>(key.algorithm)) {
        case KeyAlgorithm::secp256k1:
            contract.charge(gas::recover);
            return signed_by_secp256k1(key.key, digest, signature);
        case KeyAlgorithm::p256:
            contract.charge(gas::p256_verify);
            return signed_by_p256(key.key, digest, signature);
        case KeyAlgorithm::ed25519:
            contract.charge(gas::ed25519_verify);
            return signed_by_ed25519(key.key, digest, signature);
    }
    return false;
}

}  // namespace plume::device_key
