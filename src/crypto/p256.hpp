// ECDSA over NIST's curve P-256 (FIPS 186-4), which phones and passkeys sign with.
#pragma once

#include "base/u256.hpp"

namespace plume {

/// A point (x, y) and a signature (r, s) by its owner.
struct P256Signature {
    u256 r;
    u256 s;
    u256 x;
    u256 y;
};

/// Whether the owner of the point signed the digest (EIP-7951). Never for numbers out of range or a
/// point that is not on the curve; a high s is as good as a low one. Some 60 microseconds. May be
/// called from any thread.
bool p256_verify(const Hash& digest, const P256Signature& signature);

}  // namespace plume
