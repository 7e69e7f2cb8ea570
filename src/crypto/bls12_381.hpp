// The curve BLS12-381 as the precompiles of Prague offer it (EIP-2537), in bytes: a number of the
// field has 64, big-endian, of Fp2 the part without u first; a point is x, then y, and (0, 0)
// stands for infinity; a scalar has 32 bytes and may be any number.
//
// All functions give nothing when the input has another size, a number is not below the modulus, or
// a point is not on its curve. They may be called from any thread.
#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace plume::bls12_381 {

inline constexpr size_t number_size = 64;
inline constexpr size_t g1_size = 2 * number_size;
inline constexpr size_t g2_size = 4 * number_size;
inline constexpr size_t scalar_size = 32;

using G1Bytes = FixedBytes<g1_size>;
using G2Bytes = FixedBytes<g2_size>;

/// The sum of two points, of the group or not.
std::optional<G1Bytes> g1_add(BytesView input);
std::optional<G2Bytes> g2_add(BytesView input);

/// The sum of points times scalars: of pairs of a point and a scalar, one at least. Nothing when a
/// point is not in the group.
std::optional<G1Bytes> g1_multiply_sum(BytesView input);
std::optional<G2Bytes> g2_multiply_sum(BytesView input);

/// Whether the product of the pairings is 1: of pairs of a point of G1 and one of G2, one at least.
/// Nothing when a point is not in its group.
std::optional<bool> pairing_is_one(BytesView input);

/// The point that belongs to a number of Fp, or of Fp2.
std::optional<G1Bytes> map_to_g1(BytesView input);
std::optional<G2Bytes> map_to_g2(BytesView input);

}  // namespace plume::bls12_381
