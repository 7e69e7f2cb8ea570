#include "crypto/bn254.hpp"

#include "crypto/pairing.hpp"

namespace plume::bn254 {

namespace {

struct Modulus {
    static constexpr Words<4> words{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                    0x30644e72e131a029};
};
using Fp = PrimeField<Modulus>;
using F2 = Fp2<Fp>;
constexpr unsigned xi_real = 9;
using F12 = Fp12<Fp, xi_real>;
using G1 = Affine<Fp>;
using G2 = Affine<F2>;

constexpr Fp b{3};
constexpr F2 twist_b = F2(3) * F2(Fp(xi_real), Fp(1)).inverse();

/// The curve's parameter: p = 36 x^4 + 36 x^3 + 24 x^2 + 6 x + 1.
constexpr uint64_t x = 0x44e992b44a6909f1;
constexpr auto x_digits = sparse_digits<63>(x);
constexpr auto loop_digits = sparse_digits<66>(static_cast<unsigned __int128>(x) * 6 + 2);

std::optional<Fp> parse_number(BytesView bytes, size_t at) {
    return Fp::parse(bytes.subspan(at).first<32>());
}

std::optional<G1> parse_g1(BytesView bytes) {
    const auto px = parse_number(bytes, 0);
    const auto py = parse_number(bytes, 32);
    if (!px || !py) return std::nullopt;
    const G1 out{*px, *py};
    return out.is_on_curve(b) ? std::optional(out) : std::nullopt;
}

Jacobian<F2> frobenius(const Jacobian<F2>& point) {
    return plume::frobenius<Twist::d, xi_real>(point);
}

/// Whether a point of the twist is in the subgroup of the curve's order: [x + 1] Q + psi([x] Q) +
/// psi^2([x] Q) = psi^3([2 x] Q) holds there and nowhere else (Y. Dai et al., "Fast subgroup
/// membership testings for G1, G2 and GT on pairing-friendly curves", 2022, section 4.2).
bool is_in_g2(const G2& point) {
    const Jacobian<F2> multiple = multiply(Jacobian<F2>(point), x);
    const Jacobian<F2> once = frobenius(multiple);
    const Jacobian<F2> twice = frobenius(once);
    return multiple + point + once + twice == frobenius(twice).doubled();
}

std::optional<G2> parse_g2(BytesView bytes) {
    const auto x1 = parse_number(bytes, 0);
    const auto x0 = parse_number(bytes, 32);
    const auto y1 = parse_number(bytes, 64);
    const auto y0 = parse_number(bytes, 96);
    if (!x1 || !x0 || !y1 || !y0) return std::nullopt;
    const G2 out{{*x0, *x1}, {*y0, *y1}};
    return out.is_on_curve(twist_b) && is_in_g2(out) ? std::optional(out) : std::nullopt;
}

Point encode(const G1& point) {
    Point out;
    std::ranges::copy(point.x.to_bytes(), out.bytes.begin());
    std::ranges::copy(point.y.to_bytes(), out.bytes.begin() + 32);
    return out;
}

/// The optimal ate pairing before its final exponentiation: the loop over 6 x + 2, and two lines
/// more, through psi(Q) and -psi^2(Q) (F. Vercauteren, "Optimal pairings", 2010).
F12 miller_product(std::span<const Pair<Fp>> pairs) {
    auto [product, multiples] = miller_loop<Twist::d, xi_real>(pairs, loop_digits, twist_b);
    for (size_t i = 0; i < pairs.size(); ++i) {
        const Jacobian<F2> once = frobenius(pairs[i].q);  // its z stays 1
        const Jacobian<F2> twice = frobenius(once);
        product = times_line<Twist::d>(product, multiples[i].add({once.x, once.y}), pairs[i].p);
        product = times_line<Twist::d>(product, multiples[i].add({twice.x, -twice.y}), pairs[i].p);
    }
    return product;
}

/// A power of f that is 1 when f ^ ((p^12 - 1) / n) is, and only then (L. Fuentes-Castañeda, E.
/// Knapp and F. Rodríguez-Henríquez, "Faster hashing to G2", 2011, section 5).
F12 final_power(const F12& f) {
    const F12 g = easy_power(f);
    const F12 g_2x = cyclotomic_power(g, x_digits).cyclotomic_square();
    const F12 g_6x = g_2x.cyclotomic_square() * g_2x;
    const F12 g_6xx = cyclotomic_power(g_6x, x_digits);
    const F12 g_12xxx = cyclotomic_power(g_6xx.cyclotomic_square(), x_digits);
    const F12 s = g_12xxx * g_6xx * g_6x;
    const F12 t = s * g_2x.conjugate();
    const F12 first = s * g_6xx * g;
    return first * t.frobenius() * s.frobenius().frobenius() *
           (t * g.conjugate()).frobenius().frobenius().frobenius();
}

}  // namespace

std::optional<Point> add(const Point& left, const Point& right) {
    const auto l = parse_g1(left);
    const auto r = parse_g1(right);
    if (!l || !r) return std::nullopt;
    return encode((Jacobian<Fp>(*l) + *r).to_affine());
}

std::optional<Point> multiply(const Point& point, const u256& scalar) {
    const auto p = parse_g1(point);
    if (!p) return std::nullopt;
    return encode(plume::multiply(*p, scalar.words).to_affine());
}

std::optional<bool> pairing_is_one(BytesView pairs) {
    std::vector<Pair<Fp>> parsed;
    for (size_t at = 0; at < pairs.size(); at += pair_size) {
        const auto p = parse_g1(pairs.subspan(at, 64));
        if (!p) return std::nullopt;
        const auto q = parse_g2(pairs.subspan(at + 64, 128));
        if (!q) return std::nullopt;
        // The pairing with infinity is 1.
        if (!p->is_infinity() && !q->is_infinity()) parsed.push_back({*p, *q});
    }
    return final_power(miller_product(parsed)) == F12::one();
}

}  // namespace plume::bn254
