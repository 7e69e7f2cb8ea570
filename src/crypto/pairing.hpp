// Optimal ate pairings on curves of embedding degree 12 with a sextic twist: what BN254 and
// BLS12-381 have in common. Points of G2 are given on the twist, over Fp2; lines through them are
// sparse numbers of Fp12.
#pragma once

#include "crypto/curve.hpp"
#include "crypto/tower.hpp"

namespace plume {

/// How a point (x, y) of the twist lies on the curve over Fp12.
enum class Twist {
    d,  ///< (x w^2, y w^3); the twist is y^2 = x^3 + b / xi
    m,  ///< (x / w^2, y / w^3); the twist is y^2 = x^3 + b xi
};

/// The line through points of G2, as a function of a point (x, y) of G1: at_y y + at_x x +
/// constant, each with its power of w. Factors from subfields do not matter: the final
/// exponentiation makes them 1.
template <class Fp>
struct Line {
    Fp2<Fp> at_y, at_x, constant;
};

template <Twist twist, class Fp, unsigned k>
Fp12<Fp, k> times_line(const Fp12<Fp, k>& f, const Line<Fp>& line, const Affine<Fp>& at) {
    const auto y = line.at_y * at.y;
    const auto x = line.at_x * at.x;
    return twist == Twist::d ? f.times_013(y, x, line.constant) : f.times_023(line.constant, x, y);
}

/// A multiple of a point of G2 on its way through a Miller loop, in homogeneous coordinates (x / z,
/// y / z). Formulas after C. Costello, T. Lange and M. Naehrig, "Faster pairing computations on
/// curves with high-degree twists" (2010).
template <class Fp>
struct TwistPoint {
    Fp2<Fp> x, y, z{1};

    explicit TwistPoint(const Affine<Fp2<Fp>>& point) : x(point.x), y(point.y) {}

    /// Doubles this point; the tangent at it. `b` is the twist's.
    Line<Fp> double_up(const Fp2<Fp>& b) {
        const auto yy = y.squared();
        const auto zz = z.squared();
        const auto e = (zz.doubled() + zz) * b;
        const auto f = e.doubled() + e;
        const auto g = (yy + f).halved();
        const auto h = (y + z).squared() - yy - zz;  // 2 y z
        const auto xx = x.squared();
        const auto ee = e.squared();
        x = (x * y).halved() * (yy - f);
        y = g.squared() - (ee.doubled() + ee);
        z = yy * h;
        return {-h, xx.doubled() + xx, e - yy};
    }

    /// Adds another point; the line through both. They must differ, and not be opposite: multiples
    /// in a Miller loop are far below the order of a point of G2.
    Line<Fp> add(const Affine<Fp2<Fp>>& other) {
        const auto theta = y - other.y * z;
        const auto lambda = x - other.x * z;
        const auto ll = lambda.squared();
        const auto lll = lambda * ll;
        const auto g = x * ll;
        const auto h = lll + z * theta.squared() - g.doubled();
        x = lambda * h;
        y = theta * (g - h) - lll * y;
        z = z * lll;
        return {lambda, -theta, theta * other.x - lambda * other.y};
    }
};

/// A pair whose pairing is asked for. Both points are in their subgroups.
template <class Fp>
struct Pair {
    Affine<Fp> p;
    Affine<Fp2<Fp>> q;
};

/// What a Miller loop comes to, and which multiples of the q of each pair it has reached.
template <class Fp, unsigned k>
struct MillerLoop {
    Fp12<Fp, k> product;
    std::vector<TwistPoint<Fp>> multiples;
};

/// The product of the functions of all pairs that have a zero in q as often as `digits` say: a
/// number by `sparse_digits`. `b` is the twist's. No point may be infinity.
template <Twist twist, unsigned k, class Fp>
MillerLoop<Fp, k> miller_loop(std::span<const Pair<Fp>> pairs, std::span<const int8_t> digits,
                              const Fp2<Fp>& b) {
    MillerLoop<Fp, k> out{Fp12<Fp, k>::one(), {}};
    for (const auto& pair : pairs) out.multiples.emplace_back(pair.q);
    for (const int8_t digit : digits.subspan(1)) {
        out.product = out.product.squared();
        for (size_t i = 0; i < pairs.size(); ++i) {
            const auto& [p, q] = pairs[i];
            auto& multiple = out.multiples[i];
            out.product = times_line<twist>(out.product, multiple.double_up(b), p);
            if (digit == 0) continue;
            out.product = times_line<twist>(out.product, multiple.add(digit > 0 ? q : -q), p);
        }
    }
    return out;
}

/// The digits -1, 0 and 1 of a number, highest first, with no two neighbours different from 0.
/// `size` says how many there are.
template <size_t size>
consteval std::array<int8_t, size> sparse_digits(unsigned __int128 number) {
    std::array<int8_t, size> out{};
    for (size_t i = size; i-- > 0;) {
        const int digit = number % 2 == 0 ? 0 : 2 - static_cast<int>(number % 4);
        out[i] = static_cast<int8_t>(digit);
        number = (number - static_cast<unsigned __int128>(digit)) / 2;
    }
    if (number != 0 || out[0] != 1) throw "another size";
    return out;
}

/// (x, y) to (x^p, y^p), as seen on the twist. On G2 it multiplies by p.
template <Twist twist, unsigned k, class Fp>
Jacobian<Fp2<Fp>> frobenius(const Jacobian<Fp2<Fp>>& point) {
    static const auto& factors = Fp12<Fp, k>::frobenius_factors();
    static const auto for_x = twist == Twist::d ? factors[2] : factors[2].inverse();
    static const auto for_y = twist == Twist::d ? factors[3] : factors[3].inverse();
    return {point.x.conjugate() * for_x, point.y.conjugate() * for_y, point.z.conjugate()};
}

/// f ^ ((p^6 - 1) (p^2 + 1)), whose order divides p^4 - p^2 + 1; there the conjugate is the
/// inverse.
template <class Fp, unsigned k>
Fp12<Fp, k> easy_power(const Fp12<Fp, k>& f) {
    const auto g = f.conjugate() * f.inverse();
    return g.frobenius().frobenius() * g;
}

/// f ^ exponent for an f from `easy_power` and an exponent by `sparse_digits`.
template <class Fp, unsigned k>
Fp12<Fp, k> cyclotomic_power(const Fp12<Fp, k>& f, std::span<const int8_t> digits) {
    const auto inverse = f.conjugate();
    auto out = f;
    for (const int8_t digit : digits.subspan(1)) {
        out = out.cyclotomic_square();
        if (digit != 0) out = out * (digit > 0 ? f : inverse);
    }
    return out;
}

}  // namespace plume
