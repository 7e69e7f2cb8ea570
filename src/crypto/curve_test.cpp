#include "crypto/curve.hpp"

#include <gtest/gtest.h>

#include <random>

#include "crypto/bls12_381_group.hpp"

namespace plume {
namespace {

using bls12_381::F2;
using bls12_381::Fp;
using bls12_381::g1_generator;
using bls12_381::g2_generator;

template <class Field>
Affine<Field> generator();
template <>
Affine<Fp> generator<Fp>() {
    return g1_generator;
}
template <>
Affine<F2> generator<F2>() {
    return g2_generator;
}

template <class Field>
class CurveTest : public ::testing::Test {
protected:
    Words<4> scalar() { return {random_(), random_(), random_(), random_()}; }

    std::mt19937_64 random_{1};
};

using Fields = ::testing::Types<Fp, F2>;
TYPED_TEST_SUITE(CurveTest, Fields);

TYPED_TEST(CurveTest, adds_mixed_and_jacobian_points_alike) {
    const auto g = generator<TypeParam>();
    for (int i = 0; i < 20; ++i) {
        const Jacobian<TypeParam> a = multiply(g, this->scalar());
        const Jacobian<TypeParam> b = multiply(g, this->scalar());
        EXPECT_EQ(a + b, a + b.to_affine());
        EXPECT_EQ(a + b, b + a);
        EXPECT_EQ(a + a, a.doubled());
        EXPECT_EQ(a + a.to_affine(), a.doubled());
        EXPECT_TRUE((a + -a).is_infinity());
        EXPECT_TRUE((a + -a.to_affine()).is_infinity());
        EXPECT_EQ(a + Jacobian<TypeParam>{}, a);
        EXPECT_EQ(Jacobian<TypeParam>{} + a, a);
        EXPECT_EQ(a + Affine<TypeParam>{}, a);
        EXPECT_EQ(Jacobian<TypeParam>{} + b.to_affine(), b);
    }
}

TYPED_TEST(CurveTest, infinity_is_0_0) {
    const Jacobian<TypeParam> infinity;
    EXPECT_TRUE(infinity.to_affine().is_infinity());
    EXPECT_TRUE(infinity.doubled().is_infinity());
    EXPECT_TRUE(Jacobian<TypeParam>(Affine<TypeParam>{}).is_infinity());
    EXPECT_TRUE(multiply(Affine<TypeParam>{}, this->scalar()).is_infinity());
}

TYPED_TEST(CurveTest, digits_spell_the_scalar) {
    const auto g = generator<TypeParam>();
    const Words<4> highest{~0ull, ~0ull, ~0ull, ~0ull};
    for (unsigned width = 2; width <= 16; ++width) {
        for (const Words<4>& scalar : {this->scalar(), this->scalar(), highest, Words<4>{}}) {
            const std::vector<int> digits = signed_digits(scalar, width);
            Jacobian<TypeParam> sum;
            for (size_t i = digits.size(); i-- > 0;) {
                EXPECT_LE(std::abs(digits[i]), 1 << (width - 1));
                for (unsigned k = 0; k < width; ++k) sum = sum.doubled();
                const auto term =
                    multiply(Jacobian<TypeParam>(g), static_cast<uint64_t>(std::abs(digits[i])));
                sum = sum + (digits[i] < 0 ? -term : term);
            }
            EXPECT_EQ(sum, multiply(g, scalar)) << width;
        }
    }
}

TYPED_TEST(CurveTest, sums_of_multiples_are_that) {
    const auto g = generator<TypeParam>();
    for (const size_t count : {1, 2, 3, 7, 8, 15, 33, 100}) {
        std::vector<Affine<TypeParam>> points;
        std::vector<Words<4>> scalars;
        Jacobian<TypeParam> expected;
        for (size_t i = 0; i < count; ++i) {
            // Points that meet, cancel and vanish on the way, and scalars at the ends.
            points.push_back(i % 5 == 4   ? -points[i - 1]
                             : i % 7 == 6 ? Affine<TypeParam>{}
                                          : multiply(g, Words<4>{this->random_() % 4}).to_affine());
            scalars.push_back(i % 3 == 0   ? Words<4>{~0ull, ~0ull, ~0ull, ~0ull}
                              : i % 5 == 0 ? Words<4>{}
                                           : this->scalar());
            expected = expected + multiply(points[i], scalars[i]);
        }
        EXPECT_EQ((multiply_few<TypeParam, 4>(points, scalars)), expected) << count;
        EXPECT_EQ((multiply_many<TypeParam, 4>(points, scalars)), expected) << count;
        EXPECT_EQ((multiply_sum<TypeParam, 4>(points, scalars)), expected) << count;
    }
}

}  // namespace
}  // namespace plume
