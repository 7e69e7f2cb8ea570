// Hash functions other than keccak. Every function may be called from any thread.
#pragma once

#include "base/bytes.hpp"

namespace plume {

/// FIPS 180-4.
Hash sha256(BytesView data);
FixedBytes<64> sha512(BytesView data);

/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
FixedBytes<20> ripemd160(BytesView data);

/// HMAC (RFC 2104) with SHA-512.
FixedBytes<64> hmac_sha512(BytesView key, BytesView data);

}  // namespace plume
