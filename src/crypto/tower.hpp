// Extensions of a prime field in which -1 is no square, as both pairing curves need them:
//   Fp2 = Fp[u] / (u^2 + 1),  Fp6 = Fp2[v] / (v^3 - xi),  Fp12 = Fp6[w] / (w^2 - v),  xi = k + u
// with k = 9 for BN254 and k = 1 for BLS12-381. Products are summed before they are reduced, as in
// D. Aranha et al., "Faster explicit formulas for computing pairings over ordinary curves" (2011).
#pragma once

#include "crypto/field.hpp"

namespace plume {

template <class Fp>
struct Fp2 {
    Fp c0, c1;  ///< c0 + c1 u

    constexpr Fp2() = default;
    constexpr Fp2(const Fp& real, const Fp& imaginary) : c0(real), c1(imaginary) {}
    constexpr explicit Fp2(uint64_t number) : c0(number) {}

    constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
    friend constexpr bool operator==(const Fp2&, const Fp2&) = default;

    friend constexpr Fp2 operator+(const Fp2& a, const Fp2& b) {
        return {a.c0 + b.c0, a.c1 + b.c1};
    }
    friend constexpr Fp2 operator-(const Fp2& a, const Fp2& b) {
        return {a.c0 - b.c0, a.c1 - b.c1};
    }
    friend constexpr Fp2 operator-(const Fp2& a) { return {-a.c0, -a.c1}; }
    friend constexpr Fp2 operator*(const Fp2& a, const Fp2& b) { return reduced(product(a, b)); }
    friend constexpr Fp2 operator*(const Fp2& a, const Fp& b) { return {a.c0 * b, a.c1 * b}; }

    constexpr Fp2 squared() const { return {(c0 + c1) * (c0 - c1), (c0 * c1).doubled()}; }
    constexpr Fp2 doubled() const { return {c0.doubled(), c1.doubled()}; }
    constexpr Fp2 halved() const { return {c0.halved(), c1.halved()}; }
    /// The p-th power.
    constexpr Fp2 conjugate() const { return {c0, -c1}; }
    constexpr Fp norm() const { return c0.squared() + c1.squared(); }
    constexpr Fp2 inverse() const { return conjugate() * norm().inverse(); }

    /// A number whose square is this one, if there is one: the root of a norm is in Fp, and the
    /// root's first coordinate x fulfils 2 x^2 = c0 + n for one of the roots n of the norm.
    constexpr std::optional<Fp2> square_root() const {
        if (c1.is_zero()) {
            if (const auto real = c0.square_root()) return Fp2(*real, Fp{});
            const auto imaginary = (-c0).square_root();
            return imaginary ? std::optional(Fp2(Fp{}, *imaginary)) : std::nullopt;
        }
        const auto n = norm().square_root();
        if (!n) return std::nullopt;
        auto x = (c0 + *n).halved().square_root();
        if (!x) x = (c0 - *n).halved().square_root();
        if (!x) return std::nullopt;
        return Fp2(*x, c1 * x->doubled().inverse());
    }

    /// A product whose two parts are not reduced yet.
    struct Product {
        typename Fp::Product c0, c1;

        friend constexpr Product operator+(const Product& a, const Product& b) {
            return {a.c0 + b.c0, a.c1 + b.c1};
        }
        friend constexpr Product operator-(const Product& a, const Product& b) {
            return {a.c0 - b.c0, a.c1 - b.c1};
        }
    };
    static constexpr Product product(const Fp2& a, const Fp2& b) {
        const auto low = Fp::product(a.c0, b.c0);
        const auto high = Fp::product(a.c1, b.c1);
        const auto all = Fp::product_of_sums(a.c0, a.c1, b.c0, b.c1);
        return {low - high, all.minus_smaller(low).minus_smaller(high)};
    }
    static constexpr Fp2 reduced(const Product& product) {
        return {Fp::reduced(product.c0), Fp::reduced(product.c1)};
    }
};

/// xi times a number of Fp2, or times a product of two.
template <unsigned k, class T>
constexpr T times_xi(const T& a) {
    static_assert(k == 1 || k == 9);
    if constexpr (k == 1) {
        return {a.c0 - a.c1, a.c0 + a.c1};
    } else {
        const auto twice = a + a;
        const auto fourfold = twice + twice;
        const auto ninefold = fourfold + fourfold + a;
        return {ninefold.c0 - a.c1, ninefold.c1 + a.c0};
    }
}

template <class Fp, unsigned k>
struct Fp6 {
    using F2 = Fp2<Fp>;
    F2 c0, c1, c2;  ///< c0 + c1 v + c2 v^2

    constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero() && c2.is_zero(); }
    friend constexpr bool operator==(const Fp6&, const Fp6&) = default;

    friend constexpr Fp6 operator+(const Fp6& a, const Fp6& b) {
        return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
    }
    friend constexpr Fp6 operator-(const Fp6& a, const Fp6& b) {
        return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
    }
    friend constexpr Fp6 operator-(const Fp6& a) { return {-a.c0, -a.c1, -a.c2}; }
    friend constexpr Fp6 operator*(const Fp6& a, const Fp6& b) {
        const auto v0 = F2::product(a.c0, b.c0);
        const auto v1 = F2::product(a.c1, b.c1);
        const auto v2 = F2::product(a.c2, b.c2);
        const auto v01 = F2::product(a.c0 + a.c1, b.c0 + b.c1) - v0 - v1;
        const auto v02 = F2::product(a.c0 + a.c2, b.c0 + b.c2) - v0 - v2;
        const auto v12 = F2::product(a.c1 + a.c2, b.c1 + b.c2) - v1 - v2;
        return {F2::reduced(v0 + times_xi<k>(v12)), F2::reduced(v01 + times_xi<k>(v2)),
                F2::reduced(v02 + v1)};
    }
    friend constexpr Fp6 operator*(const Fp6& a, const F2& b) {
        return {a.c0 * b, a.c1 * b, a.c2 * b};
    }
    /// This times b0 + b1 v.
    constexpr Fp6 times(const F2& b0, const F2& b1) const {
        const auto v0 = F2::product(c0, b0);
        const auto v1 = F2::product(c1, b1);
        const auto v01 = F2::product(c0 + c1, b0 + b1) - v0 - v1;
        return {F2::reduced(v0 + times_xi<k>(F2::product(c2, b1))), F2::reduced(v01),
                F2::reduced(F2::product(c2, b0) + v1)};
    }
    constexpr Fp6 times_v() const { return {times_xi<k>(c2), c0, c1}; }
    constexpr Fp6 squared() const { return *this * *this; }

    constexpr Fp6 inverse() const {
        const F2 t0 = c0.squared() - times_xi<k>(c1 * c2);
        const F2 t1 = times_xi<k>(c2.squared()) - c0 * c1;
        const F2 t2 = c1.squared() - c0 * c2;
        const F2 norm = c0 * t0 + times_xi<k>(c2 * t1 + c1 * t2);
        return Fp6{t0, t1, t2} * norm.inverse();
    }
};

template <class Fp, unsigned k>
struct Fp12 {
    using F2 = Fp2<Fp>;
    using F6 = Fp6<Fp, k>;
    F6 c0, c1;  ///< c0 + c1 w; by powers of w: c0.c0, c1.c0, c0.c1, c1.c1, c0.c2, c1.c2

    static constexpr Fp12 one() { return {F6{F2(1), {}, {}}, {}}; }
    friend constexpr bool operator==(const Fp12&, const Fp12&) = default;

    friend constexpr Fp12 operator*(const Fp12& a, const Fp12& b) {
        const F6 v0 = a.c0 * b.c0;
        const F6 v1 = a.c1 * b.c1;
        return {v0 + v1.times_v(), (a.c0 + a.c1) * (b.c0 + b.c1) - v0 - v1};
    }
    constexpr Fp12 squared() const {
        const F6 v = c0 * c1;
        return {(c0 + c1) * (c0 + c1.times_v()) - v - v.times_v(), v + v};
    }
    /// This times a + b w + c w^3.
    constexpr Fp12 times_013(const F2& a, const F2& b, const F2& c) const {
        const F6 v0 = c0 * a;
        const F6 v1 = c1.times(b, c);
        return {v0 + v1.times_v(), (c0 + c1).times(a + b, c) - v0 - v1};
    }
    /// This times a + b w^2 + c w^3.
    constexpr Fp12 times_023(const F2& a, const F2& b, const F2& c) const {
        const F6 v0 = c0.times(a, b);
        const F6 v1 = (c1 * c).times_v();
        return {v0 + v1.times_v(), (c0 + c1).times(a, b + c) - v0 - v1};
    }
    constexpr Fp12 inverse() const {
        const F6 inverse_norm = (c0.squared() - c1.squared().times_v()).inverse();
        return {c0 * inverse_norm, -(c1 * inverse_norm)};
    }

    /// The p^6-th power; for numbers whose norm to Fp6 is 1, the inverse.
    constexpr Fp12 conjugate() const { return {c0, -c1}; }

    /// w^(p - 1) to the powers 0 to 5: what the p-th power puts in front of each coordinate.
    static const std::array<F2, 6>& frobenius_factors() {
        static const std::array<F2, 6> factors = [] {
            // w^(p - 1) = xi^((p - 1) / 6), and p = 1 mod 6.
            typename Fp::Words exponent;
            uint64_t rest = 0;
            for (size_t i = exponent.size(); i-- > 0;) {
                const auto part = static_cast<unsigned __int128>(rest) << 64 | Fp::modulus[i];
                exponent[i] = static_cast<uint64_t>(part / 6);
                rest = static_cast<uint64_t>(part % 6);
            }
            const F2 first = power(F2(Fp(k), Fp(1)), std::span<const uint64_t>(exponent));
            std::array<F2, 6> out{F2(1)};
            for (size_t i = 1; i < 6; ++i) out[i] = out[i - 1] * first;
            return out;
        }();
        return factors;
    }

    /// The p-th power.
    Fp12 frobenius() const {
        const auto& f = frobenius_factors();
        return {{c0.c0.conjugate(), c0.c1.conjugate() * f[2], c0.c2.conjugate() * f[4]},
                {c1.c0.conjugate() * f[1], c1.c1.conjugate() * f[3], c1.c2.conjugate() * f[5]}};
    }

    /// The square of a number whose order divides p^4 - p^2 + 1 (R. Granger and M. Scott, "Faster
    /// squaring in the cyclotomic subgroup of sixth degree extensions", 2010).
    constexpr Fp12 cyclotomic_square() const {
        // Three squares in Fp4 = Fp2[w^3]; of each, three times, and the number itself twice.
        const auto [a0, a1] = fp4_square(c0.c0, c1.c1);
        const auto [b0, b1] = fp4_square(c1.c0, c0.c2);
        const auto [d0, d1] = fp4_square(c0.c1, c1.c2);
        constexpr auto minus = [](const F2& square, const F2& x) {
            return (square - x).doubled() + square;
        };
        constexpr auto plus = [](const F2& square, const F2& x) {
            return (square + x).doubled() + square;
        };
        return {{minus(a0, c0.c0), minus(b0, c0.c1), minus(d0, c0.c2)},
                {plus(times_xi<k>(d1), c1.c0), plus(a1, c1.c1), plus(b1, c1.c2)}};
    }

private:
    struct Fp4 {
        F2 c0, c1;
    };
    /// (a + b s)^2 with s^2 = xi.
    static constexpr Fp4 fp4_square(const F2& a, const F2& b) {
        const F2 aa = a.squared();
        const F2 bb = b.squared();
        return {aa + times_xi<k>(bb), (a + b).squared() - aa - bb};
    }
};

}  // namespace plume
