#include "crypto/tower.hpp"

#include <gtest/gtest.h>

#include <random>

namespace plume {
namespace {

struct Bn254 {
    static constexpr Words<4> words{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                    0x30644e72e131a029};
    static constexpr unsigned xi_real = 9;
};
struct Bls12381 {
    static constexpr Words<6> words{0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                    0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
    static constexpr unsigned xi_real = 1;
};

template <class Curve>
class TowerTest : public ::testing::Test {
protected:
    PrimeField<Curve> number() {
        Words<Curve::words.size()> words{};
        for (uint64_t& word : words) word = random_() % 8 == 0 ? 0 : random_();
        words.back() %= Curve::words.back();
        return PrimeField<Curve>::from(words);
    }
    Fp2<PrimeField<Curve>> pair() { return {number(), number()}; }
    Fp6<PrimeField<Curve>, Curve::xi_real> triple() { return {pair(), pair(), pair()}; }
    Fp12<PrimeField<Curve>, Curve::xi_real> dozen() { return {triple(), triple()}; }

    std::mt19937_64 random_{1};
};

using Curves = ::testing::Types<Bn254, Bls12381>;
TYPED_TEST_SUITE(TowerTest, Curves);

/// The ways to multiply, checked against one another and the laws of a ring.
template <class T>
void expect_ring(const T& a, const T& b, const T& c) {
    EXPECT_EQ(a * b, b * a);
    EXPECT_EQ((a * b) * c, a * (b * c));
    EXPECT_EQ(a.squared(), a * a);
}

TYPED_TEST(TowerTest, has_the_laws_of_fields) {
    using Fp = PrimeField<TypeParam>;
    for (int i = 0; i < 100; ++i) {
        const auto a = this->pair();
        const auto b = this->pair();
        const auto c = this->pair();
        expect_ring(a, b, c);
        EXPECT_EQ((a + b) * c, a * c + b * c);
        EXPECT_EQ(a * a.inverse(), Fp2<Fp>(1));
        EXPECT_EQ(a * a.conjugate(), (Fp2<Fp>{a.norm(), Fp{}}));

        const auto d = this->triple();
        const auto e = this->triple();
        const auto f = this->triple();
        expect_ring(d, e, f);
        EXPECT_EQ((d + e) * f, d * f + e * f);
        EXPECT_EQ(d * d.inverse() * e, e);

        const auto g = this->dozen();
        const auto h = this->dozen();
        expect_ring(g, h, this->dozen());
        EXPECT_EQ(g * g.inverse(), (Fp12<Fp, TypeParam::xi_real>::one()));
    }
}

TYPED_TEST(TowerTest, is_defined_by_its_generators) {
    using Fp = PrimeField<TypeParam>;
    using F2 = Fp2<Fp>;
    using F12 = Fp12<Fp, TypeParam::xi_real>;
    const F2 u{Fp{}, Fp(1)};
    EXPECT_EQ(u.squared(), -F2(1));
    const F12 w{{}, {F2(1), {}, {}}};
    F12 power = F12::one();
    for (int i = 0; i < 6; ++i) power = power * w;
    EXPECT_EQ(power, (F12{{F2(Fp(TypeParam::xi_real), Fp(1)), {}, {}}, {}}));
}

TYPED_TEST(TowerTest, multiplies_sparse_numbers_as_whole_ones) {
    using F12 = Fp12<PrimeField<TypeParam>, TypeParam::xi_real>;
    for (int i = 0; i < 50; ++i) {
        const auto f = this->dozen();
        const auto a = this->pair();
        const auto b = this->pair();
        const auto c = this->pair();
        EXPECT_EQ(f.times_013(a, b, c), f * (F12{{a, {}, {}}, {b, c, {}}}));
        EXPECT_EQ(f.times_023(a, b, c), f * (F12{{a, b, {}}, {{}, c, {}}}));
    }
}

TYPED_TEST(TowerTest, frobenius_is_the_power_of_p) {
    using F12 = Fp12<PrimeField<TypeParam>, TypeParam::xi_real>;
    const auto f = this->dozen();
    F12 power = F12::one();
    for (size_t i = 64 * TypeParam::words.size(); i-- > 0;) {
        power = power.squared();
        if ((TypeParam::words[i / 64] >> (i % 64) & 1) != 0) power = power * f;
    }
    EXPECT_EQ(f.frobenius(), power);
    F12 six = f;
    for (int i = 0; i < 6; ++i) six = six.frobenius();
    EXPECT_EQ(six, f.conjugate());
}

TYPED_TEST(TowerTest, squares_cyclotomic_numbers_faster_and_the_same) {
    const auto f = this->dozen();
    const auto g = f.conjugate() * f.inverse();
    const auto h = g.frobenius().frobenius() * g;
    EXPECT_EQ(h.cyclotomic_square(), h.squared());
    EXPECT_EQ(h.conjugate(), h.inverse());
}

TYPED_TEST(TowerTest, has_roots_of_squares_only) {
    using Fp = PrimeField<TypeParam>;
    using F2 = Fp2<Fp>;
    int squares = 0;
    for (int i = 0; i < 100; ++i) {
        // Numbers on the axes, too.
        const F2 a{i % 7 == 0 ? Fp{} : this->number(), i % 5 == 0 ? Fp{} : this->number()};
        const auto root = a.squared().square_root();
        ASSERT_TRUE(root);
        EXPECT_EQ(root->squared(), a.squared());
        const auto own = a.square_root();
        EXPECT_EQ(own.value_or(F2{}).squared(), own ? a : F2{});
        squares += own ? 1 : 0;
    }
    // All of Fp, and half of the rest.
    EXPECT_GT(squares, 40);
    EXPECT_LT(squares, 80);
}

}  // namespace
}  // namespace plume
