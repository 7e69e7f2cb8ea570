// From field elements to points of G1 and G2: the simplified SWU map of RFC 9380, section 6.6, on
// isogenous curves, for BLS12381G1_XMD:SHA-256_SSWU_RO_ and its like.
#pragma once

#include "crypto/bls12_381_group.hpp"

namespace plume::bls12_381 {

/// A point of the group for every number, without cofactor.
G1 map_to_group(const Fp& number);
G2 map_to_group(const F2& number);

}  // namespace plume::bls12_381
