// Ed25519 (RFC 8032), which meters and small machines sign with. Every function may be called from
// any thread.
//
// A signature is good when all of this holds; whoever checks the same block must come to the same
// word, so the rule is spelled out to the last case that libraries are known to differ on:
//   - the key is canonical (its y below 2^255 - 19) and not a point of small order: those "sign"
//     every message;
//   - s is below the group's order L, so that nobody makes a second signature of a first;
//   - [s]B = R + [h]A without the cofactor, both sides compared as their 32 bytes. That is the
//     equation of OpenSSL 1.1 and later; libsodium changed to the one with the cofactor between
//     versions, and verifying in batches is another rule again.
// The first two are tested here, before any library sees the bytes; on what is left the versions
// of OpenSSL agree, because the bytes of R are compared and never decoded.
#pragma once

#include "base/bytes.hpp"

namespace plume {

using Ed25519Key = FixedBytes<32>;
using Ed25519Signature = FixedBytes<64>;

/// Whether these bytes may stand for somebody's key at all: canonical and not of small order. A key
/// that is not on the curve passes, and verifies nothing.
bool is_ed25519_key(const Ed25519Key& key);

/// Whether the owner of `key` signed `message`. Some 65 microseconds.
bool ed25519_verify(BytesView message, const Ed25519Key& key, const Ed25519Signature& signature);

/// What a device does: the key that belongs to a seed, and the one signature of a message by it.
Ed25519Key ed25519_key(const FixedBytes<32>& seed);
Ed25519Signature ed25519_sign(BytesView message, const FixedBytes<32>& seed);

}  // namespace plume
