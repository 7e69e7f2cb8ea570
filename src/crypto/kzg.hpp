// Openings of KZG commitments to polynomials over the scalars of BLS12-381: what blobs are checked
// with (EIP-4844; the consensus specification's polynomial commitments).
#pragma once

#include "base/u256.hpp"

namespace plume::kzg {

/// What a blob's polynomial is evaluated modulo: the order of the curve's groups.
inline constexpr u256 modulus{0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe,
                              0xffffffff00000001};

/// A compressed point of G1 (the format of ZCash, as consensus clients use it).
using Point = FixedBytes<48>;

/// The claim that the polynomial behind a commitment is y at z.
struct Opening {
    Point commitment;
    u256 z;
    u256 y;
    Point proof;
};

/// Whether the proof shows the claim. Never when z or y are not below the modulus, or a point is
/// not one of the group. May be called from any thread.
bool verify(const Opening& opening);

}  // namespace plume::kzg
