#include "crypto/bls12_381_group.hpp"

namespace plume::bls12_381 {

namespace {

constexpr unsigned xi_real = 1;
using F12 = Fp12<Fp, xi_real>;

constexpr auto digits = sparse_digits<65>(minus_x);
constexpr auto digits_and_one = sparse_digits<65>(minus_x + 1);

/// A cube root of 1: (x, y) to (beta x, y) multiplies points of G1 by -x^2.
constexpr Fp beta = Fp::literal(
    "00000000000000005f19672fdf76ce51ba69c6076a0f77ea"
    "ddb3a93be6f89688de17d813620a00022e01fffffffefffe");
static_assert(beta.squared() + beta + Fp(1) == Fp{});

Jacobian<F2> frobenius(const Jacobian<F2>& point) {
    return plume::frobenius<Twist::m, xi_real>(point);
}

template <class Field>
Jacobian<Field> times_x(const Jacobian<Field>& point) {
    return -multiply(point, minus_x);
}

F12 power_x(const F12& f) {
    return cyclotomic_power(f, digits).conjugate();
}

F12 power_x_minus_one(const F12& f) {
    return cyclotomic_power(f, digits_and_one).conjugate();
}

/// f ^ (3 (p^12 - 1) / r): the hard part is (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3 (D. Hayashida, K.
/// Hayasaka and T. Teruya, "Efficient final exponentiation via cyclotomic structure for pairings
/// over families of elliptic curves", 2020).
F12 final_power(const F12& f) {
    const F12 g = easy_power(f);
    const F12 a = power_x_minus_one(power_x_minus_one(g));
    const F12 c = power_x(a) * a.frobenius();
    const F12 d = power_x(power_x(c)) * c.frobenius().frobenius() * c.conjugate();
    return d * g.cyclotomic_square() * g;
}

}  // namespace

// Memberships by M. Scott, "A note on group membership tests for G1, G2 and GT on BLS
// pairing-friendly curves" (2021): an endomorphism multiplies by a known number in the group, and
// nowhere else.

bool is_in_group(const G1& point) {
    const Jacobian<Fp> image = G1{point.x * beta, point.y};
    return image == -times_x(times_x(Jacobian<Fp>(point)));
}

bool is_in_group(const G2& point) {
    const Jacobian<F2> itself = point;
    return frobenius(itself) == times_x(itself);
}

/// [1 - x] P.
Jacobian<Fp> without_cofactor(const Jacobian<Fp>& point) {
    return point + -times_x(point);
}

/// [x^2 - x - 1] P + [x - 1] psi(P) + psi^2([2] P) (A. Budroni and F. Pintore, "Efficient hash maps
/// to G2 on BLS curves", 2017).
Jacobian<F2> without_cofactor(const Jacobian<F2>& point) {
    const Jacobian<F2> a = times_x(point);
    const Jacobian<F2> b = frobenius(point);
    const Jacobian<F2> c = frobenius(frobenius(point.doubled()));
    return times_x(a + b) + -a + -b + -point + c;
}

// Scalars are written in base x^2 for G1, and |x| for G2: times these, points are images under an
// endomorphism, and there are half (or a quarter) of the doublings.

Jacobian<Fp> multiply_sum(std::span<const G1> points, std::span<const u256> scalars) {
    constexpr u256 base = u256{minus_x} * u256{minus_x};
    std::vector<G1> images;
    std::vector<Words<2>> digits_of_scalars;
    for (size_t i = 0; i < points.size(); ++i) {
        const auto [high, low] = divide(scalars[i] % order, base);
        images.push_back(points[i]);
        digits_of_scalars.push_back({low.words[0], low.words[1]});
        images.push_back({points[i].x * beta, -points[i].y});
        digits_of_scalars.push_back({high.words[0], high.words[1]});
    }
    return plume::multiply_sum<Fp, 2>(images, digits_of_scalars);
}

Jacobian<F2> multiply_sum(std::span<const G2> points, std::span<const u256> scalars) {
    std::vector<G2> images;
    std::vector<Words<1>> digits_of_scalars;
    for (size_t i = 0; i < points.size(); ++i) {
        u256 rest = scalars[i] % order;
        G2 image = points[i];
        for (int k = 0; k < 4; ++k) {
            const auto [quotient, digit] = divide(rest, u256{minus_x});
            rest = quotient;
            images.push_back(image);
            digits_of_scalars.push_back({digit.low64()});
            const Jacobian<F2> next = -frobenius(image);  // its z stays 1
            if (!image.is_infinity()) image = {next.x, next.y};
        }
    }
    return plume::multiply_sum<F2, 1>(images, digits_of_scalars);
}

bool pairing_is_one(std::span<const Pair<Fp>> pairs) {
    std::vector<Pair<Fp>> finite;
    for (const auto& pair : pairs)  // The pairing with infinity is 1.
        if (!pair.p.is_infinity() && !pair.q.is_infinity()) finite.push_back(pair);
    // As x is negative, this is the inverse of the product, and 1 when that is.
    const auto loop = miller_loop<Twist::m, xi_real, Fp>(finite, digits, twist_b);
    return final_power(loop.product) == F12::one();
}

}  // namespace plume::bls12_381
