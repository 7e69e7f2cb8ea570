// The curve BN254 ("alt_bn128") as the precompiles of Byzantium offer it: EIP-196 and EIP-197.
// Coordinates are 32 big-endian bytes; (0, 0) stands for infinity. Every function may be called
// from any thread.
#pragma once

#include <optional>

#include "base/u256.hpp"

namespace plume::bn254 {

/// x, then y.
using Point = FixedBytes<64>;

/// a + b; nothing when a coordinate is not below the field's modulus, or a point not on the curve.
std::optional<Point> add(const Point& a, const Point& b);

/// scalar * point, under the same conditions.
std::optional<Point> multiply(const Point& point, const u256& scalar);

/// The size of a pair for `pairing_is_one`: a point of G1, then one of G2, whose coordinates have
/// two parts each, the one that goes with u first.
inline constexpr size_t pair_size = 192;

/// Whether the product of the pairings of all pairs is 1. Nothing when a point is not on its curve
/// or, of G2, not in the subgroup of the curve's order. `pairs` has a multiple of `pair_size`
/// bytes.
std::optional<bool> pairing_is_one(BytesView pairs);

}  // namespace plume::bn254
