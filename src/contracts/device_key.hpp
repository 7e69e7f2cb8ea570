// The keys that devices sign with, of three kinds, and the one question asked of them.
//
//   algorithm       key                                signature
//   0  secp256k1    its address, 20 bytes              r . s . v, 65 bytes; v 27 or 28, s not high
//   1  p256         the point's x . y, 64 bytes        r . s, 64 bytes; s may be high (EIP-7951)
//   2  ed25519      32 bytes as in RFC 8032            64 bytes; the rule of crypto/ed25519.hpp
//
// What is signed is a digest of 32 bytes (EIP-712); ed25519 takes it as its message. The answer is
// the same on every machine, and so is the price: that of the precompile where there is one.
#pragma once

#include "native/contract.hpp"

namespace plume {

enum class KeyAlgorithm : uint8_t { secp256k1 = 0, p256 = 1, ed25519 = 2 };

/// A key as it is handed over.
struct DeviceKey {
    uint8_t algorithm = 0;
    Bytes key;

    static constexpr auto members = std::tuple{&DeviceKey::algorithm, &DeviceKey::key};
    friend bool operator==(const DeviceKey&, const DeviceKey&) = default;
};

/// No algorithm has this number, the key has not the algorithm's size, or nobody can have it: the
/// zero address, a point of small order.
using InvalidDeviceKey =
    CustomError<"InvalidDeviceKey(uint8 algorithm, bytes key)", uint8_t, Bytes>;

namespace device_key {

void require_valid(const Contract& contract, const DeviceKey& key);

/// What tells one key from another: keccak256 of its algorithm's number and bytes.
Hash identity(const DeviceKey& key);

/// Whether the key's owner signed `digest`. No refusal, whatever the signature is.
bool signed_by(const Contract& contract, const DeviceKey& key, const Hash& digest,
               BytesView signature);

}  // namespace device_key

}  // namespace plume
