#include "crypto/bls12_381_group.hpp"

#include <gtest/gtest.h>

#include <random>

namespace plume::bls12_381 {
namespace {

class Bls12381GroupTest : public ::testing::Test {
protected:
    Fp number() {
        Words<6> words{random_(), random_(), random_(), random_(), random_(), random_()};
        words[5] %= Modulus::words[5];
        return Fp::from(words);
    }
    /// Points of the curve and the twist, hardly ever in the groups.
    G1 any_g1() {
        while (true) {
            const Fp x = number();
            if (const auto y = (x.squared() * x + curve_b).square_root()) return {x, *y};
        }
    }
    G2 any_g2() {
        while (true) {
            const F2 x{number(), number()};
            if (const auto y = (x.squared() * x + twist_b).square_root()) return {x, *y};
        }
    }
    Words<4> scalar() { return {random_(), random_(), random_(), random_()}; }

    std::mt19937_64 random_{1};
};

TEST_F(Bls12381GroupTest, generators_are_of_the_known_order) {
    EXPECT_TRUE(g1_generator.is_on_curve(curve_b));
    EXPECT_TRUE(g2_generator.is_on_curve(twist_b));
    EXPECT_TRUE(multiply(g1_generator, order.words).is_infinity());
    EXPECT_TRUE(multiply(g2_generator, order.words).is_infinity());
}

TEST_F(Bls12381GroupTest, members_are_those_that_the_order_takes_to_infinity) {
    for (int i = 0; i < 20; ++i) {
        const G1 a = any_g1();
        const G2 b = any_g2();
        EXPECT_EQ(is_in_group(a), multiply(a, order.words).is_infinity());
        EXPECT_EQ(is_in_group(b), multiply(b, order.words).is_infinity());
        EXPECT_FALSE(is_in_group(a));
        EXPECT_FALSE(is_in_group(b));
        // What the order leaves is of the cofactor alone.
        EXPECT_FALSE(is_in_group(multiply(a, order.words).to_affine()));
        EXPECT_FALSE(is_in_group(multiply(b, order.words).to_affine()));
        EXPECT_TRUE(is_in_group(multiply(g1_generator, scalar()).to_affine()));
        EXPECT_TRUE(is_in_group(multiply(g2_generator, scalar()).to_affine()));
    }
    EXPECT_TRUE(is_in_group(G1{}));
    EXPECT_TRUE(is_in_group(G2{}));
}

TEST_F(Bls12381GroupTest, without_cofactor_points_are_in_the_group) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(is_in_group(without_cofactor(Jacobian<Fp>(any_g1())).to_affine()));
        EXPECT_TRUE(is_in_group(without_cofactor(Jacobian<F2>(any_g2())).to_affine()));
    }
}

TEST_F(Bls12381GroupTest, pairing_is_bilinear_and_not_degenerate) {
    for (int i = 0; i < 5; ++i) {
        const Words<4> a = scalar();
        const Words<4> b = scalar();
        const G1 p = multiply(g1_generator, a).to_affine();
        const G2 q = multiply(g2_generator, b).to_affine();
        const G1 both = multiply(p, b).to_affine();
        const std::array<Pair<Fp>, 2> right{{{p, q}, {-both, g2_generator}}};
        EXPECT_TRUE(pairing_is_one(right));
        const std::array<Pair<Fp>, 2> wrong{{{p, q}, {both, g2_generator}}};
        EXPECT_FALSE(pairing_is_one(wrong));
        const std::array<Pair<Fp>, 1> single{{{p, q}}};
        EXPECT_FALSE(pairing_is_one(single));
    }
    const std::array<Pair<Fp>, 2> infinite{{{G1{}, g2_generator}, {g1_generator, G2{}}}};
    EXPECT_TRUE(pairing_is_one(infinite));
    EXPECT_TRUE(pairing_is_one({}));
}

}  // namespace
}  // namespace plume::bls12_381
