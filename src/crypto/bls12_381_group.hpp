// The groups G1 and G2 of BLS12-381 and their pairing, on numbers rather than bytes: what the
// precompiles of EIP-2537 and the commitments of EIP-4844 stand on.
#pragma once

#include "crypto/pairing.hpp"

namespace plume::bls12_381 {

struct Modulus {
    static constexpr Words<6> words{0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                    0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
};
using Fp = PrimeField<Modulus>;
using F2 = Fp2<Fp>;
using G1 = Affine<Fp>;
using G2 = Affine<F2>;

/// The order of both groups.
inline constexpr u256 order{0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe,
                            0xffffffff00000001};

/// The curve is y^2 = x^3 + 4; the twist of G2, of type M, y^2 = x^3 + 4 (1 + u).
inline constexpr Fp curve_b{4};
inline constexpr F2 twist_b{Fp(4), Fp(4)};

/// The curve's parameter is -x: p = (x^4 - x^2 + 1) (x + 1)^2 / 3 - x.
inline constexpr uint64_t minus_x = 0xd201000000010000;

inline constexpr G1 g1_generator{Fp::literal("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
                                             "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"),
                                 Fp::literal("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af6"
                                             "00db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")};
inline constexpr G2 g2_generator{{Fp::literal("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02"
                                              "b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"),
                                  Fp::literal("13e02b6052719f607dacd3a088274f65596bd0d09920b61a"
                                              "b5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e")},
                                 {Fp::literal("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a7"
                                              "6d429a695160d12c923ac9cc3baca289e193548608b82801"),
                                  Fp::literal("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af"
                                              "267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")}};

/// Whether a point of the curve, or of the twist, is in the group.
bool is_in_group(const G1& point);
bool is_in_group(const G2& point);

/// Points times the cofactor, or a multiple of it that RFC 9380 names: they end in the group.
Jacobian<Fp> without_cofactor(const Jacobian<Fp>& point);
Jacobian<F2> without_cofactor(const Jacobian<F2>& point);

/// scalars[0] * points[0] + ... for points of the group and as many scalars.
Jacobian<Fp> multiply_sum(std::span<const G1> points, std::span<const u256> scalars);
Jacobian<F2> multiply_sum(std::span<const G2> points, std::span<const u256> scalars);

/// Whether the product of the pairings of all pairs is 1. The points are in their groups.
bool pairing_is_one(std::span<const Pair<Fp>> pairs);

}  // namespace plume::bls12_381
