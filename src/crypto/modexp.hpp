// Powers modulo a number of any size: what precompile 5 computes (EIP-198).
#pragma once

#include "base/bytes.hpp"

namespace plume {

/// base ^ exponent mod modulus in big-endian bytes, as many as `modulus` has; 0 when the modulus is
/// 0. Whoever calls bounds the sizes. May be called from any thread.
Bytes modexp(BytesView base, BytesView exponent, BytesView modulus);

}  // namespace plume
