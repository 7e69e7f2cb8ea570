#include "crypto/bls12_381_map.hpp"

#include "crypto/bls12_381_isogeny.hpp"

namespace plume::bls12_381 {

namespace {

/// "sgn0" of RFC 9380, section 4.1.
bool is_odd(const Fp& number) {
    return number.is_odd();
}
bool is_odd(const F2& number) {
    return number.c0.is_zero() ? number.c1.is_odd() : number.c0.is_odd();
}

/// A point on y^2 = x^3 + a x + b (section 6.6.2): of two candidates for x, one at least gives a
/// square.
template <class Field>
Affine<Field> simplified_swu(const Field& u, const Field& a, const Field& b, const Field& z) {
    const auto g = [&](const Field& x) { return (x.squared() + a) * x + b; };
    const Field zuu = z * u.squared();
    const Field sum = zuu.squared() + zuu;
    Field x = sum.is_zero() ? b * (z * a).inverse() : -b * a.inverse() * (Field(1) + sum.inverse());
    auto y = g(x).square_root();
    if (!y) {
        x = zuu * x;
        y = g(x).square_root();
    }
    return {x, is_odd(u) == is_odd(*y) ? *y : -*y};
}

template <class Field, size_t N>
Field evaluated(const std::array<Field, N>& coefficients, const Field& x) {
    Field out = coefficients[N - 1];
    for (size_t i = N - 1; i-- > 0;) out = out * x + coefficients[i];
    return out;
}

/// (xn / xd, y yn / yd); infinity where a denominator is 0.
template <class Field>
Affine<Field> fractions(const Field& xn, const Field& xd, const Field& yn, const Field& yd,
                        const Field& y) {
    const Field inverse = (xd * yd).inverse();
    return {xn * yd * inverse, y * yn * xd * inverse};
}

}  // namespace

G1 map_to_group(const Fp& number) {
    const auto [x, y] = simplified_swu(number, g1_isogenous_a, g1_isogenous_b, Fp(11));
    const G1 point = fractions(evaluated(g1_x_numerator, x), evaluated(g1_x_denominator, x),
                               evaluated(g1_y_numerator, x), evaluated(g1_y_denominator, x), y);
    return without_cofactor(Jacobian<Fp>(point)).to_affine();
}

G2 map_to_group(const F2& number) {
    const F2 z{-Fp(2), -Fp(1)};
    const auto [x, y] = simplified_swu(number, g2_isogenous_a, g2_isogenous_b, z);
    const G2 point = fractions(evaluated(g2_x_numerator, x), evaluated(g2_x_denominator, x),
                               evaluated(g2_y_numerator, x), evaluated(g2_y_denominator, x), y);
    return without_cofactor(Jacobian<F2>(point)).to_affine();
}

}  // namespace plume::bls12_381
