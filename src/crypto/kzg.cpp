#include "crypto/kzg.hpp"

#include "crypto/bls12_381_group.hpp"

namespace plume::kzg {

namespace {

using namespace bls12_381;

static_assert(modulus == order);

/// The secret of the ceremony of 2023 times the generator of G2: of its setup, all that verifying
/// needs.
constexpr G2 setup{{Fp::literal("185cbfee53492714734429b7b38608e23926c911cceceac9"
                                "a36851477ba4c60b087041de621000edc98edada20c1def2"),
                    Fp::literal("15bfd7dd8cdeb128843bc287230af38926187075cbfbefa8"
                                "1009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72")},
                   {Fp::literal("014353bdb96b626dd7d5ee8599d1fca2131569490e28de18"
                                "e82451a496a9c9794ce26d105941f383ee689bfbbb832a99"),
                    Fp::literal("1666c54b0a32529503432fcae0181b4bef79de09fc63671f"
                                "da5ed1ba9bfa07899495346f3d7ac9cd23048ef30d0a154f")}};

// The three highest bits of a compressed point.
constexpr uint8_t is_compressed = 0x80;
constexpr uint8_t is_infinite = 0x40;
constexpr uint8_t has_larger_y = 0x20;

/// Of y and -y, whether y is the larger number.
bool is_larger(const Fp& y) {
    return is_below((-y).words(), y.words());
}

std::optional<G1> decompressed(Point bytes) {
    const uint8_t flags = bytes[0] & (is_compressed | is_infinite | has_larger_y);
    bytes[0] ^= flags;
    if (flags == (is_compressed | is_infinite))
        return bytes.is_zero() ? std::optional(G1{}) : std::nullopt;
    if ((flags & is_compressed) == 0 || (flags & is_infinite) != 0) return std::nullopt;
    const auto x = Fp::parse(bytes.bytes);
    if (!x) return std::nullopt;
    const auto y = (x->squared() * *x + curve_b).square_root();
    if (!y) return std::nullopt;
    const bool larger = (flags & has_larger_y) != 0;
    const G1 out{*x, is_larger(*y) == larger ? *y : -*y};
    return is_in_group(out) ? std::optional(out) : std::nullopt;
}

}  // namespace

bool verify(const Opening& opening) {
    const auto& [commitment, z, y, proof] = opening;
    if (z >= modulus || y >= modulus) return false;
    const auto c = decompressed(commitment);
    if (!c) return false;
    const auto q = decompressed(proof);
    if (!q) return false;
    // The proof commits to the quotient of p(X) - y by X - z, so that e(C - [y] G, H) = e(Q, [tau -
    // z] H). With z on the left side, both points of G2 are known beforehand.
    const std::array<G1, 2> points{-g1_generator, *q};
    const std::array<u256, 2> scalars{y, z};
    const auto left = multiply_sum(std::span<const G1>(points), scalars) + *c;
    const std::array<Pair<Fp>, 2> pairs{{{left.to_affine(), -g2_generator}, {*q, setup}}};
    return pairing_is_one(pairs);
}

}  // namespace plume::kzg
