#include "crypto/field.hpp"

#include <gtest/gtest.h>

#include <random>

namespace plume {
namespace {

// The base fields of the two curves, and a prime that is smaller than its words by as little as is
// allowed.
struct Bn254 {
    static constexpr Words<4> words{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                    0x30644e72e131a029};
};
struct Bls12381 {
    static constexpr Words<6> words{0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                    0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
};
struct Small {
    static constexpr Words<1> words{0x3fffffffffffffc7};  // 2^62 - 57
};

template <class Modulus>
class FieldTest : public ::testing::Test {
protected:
    /// Any number, but often one with long runs of zeros or ones.
    PrimeField<Modulus> any() {
        Words<PrimeField<Modulus>::word_count> words{};
        for (uint64_t& word : words) {
            const uint64_t kind = random_() % 4;
            word = kind == 0 ? 0 : kind == 1 ? ~0ull : random_();
        }
        words[words.size() - 1] %= Modulus::words[words.size() - 1];
        return PrimeField<Modulus>::from(words);
    }

    std::mt19937_64 random_{1};
};

using Moduli = ::testing::Types<Bn254, Bls12381, Small>;
TYPED_TEST_SUITE(FieldTest, Moduli);

TYPED_TEST(FieldTest, has_the_laws_of_a_field) {
    using Field = PrimeField<TypeParam>;
    for (int i = 0; i < 500; ++i) {
        const Field a = this->any();
        const Field b = this->any();
        const Field c = this->any();
        EXPECT_EQ(a + b, b + a);
        EXPECT_EQ(a * b, b * a);
        EXPECT_EQ((a + b) + c, a + (b + c));
        EXPECT_EQ((a * b) * c, a * (b * c));
        EXPECT_EQ((a + b) * c, a * c + b * c);
        EXPECT_EQ((a - b) + b, a);
        EXPECT_EQ(a + -a, Field{});
        EXPECT_EQ(a * Field(1), a);
        EXPECT_EQ(a * Field{}, Field{});
        EXPECT_EQ(a.squared(), a * a);
        EXPECT_EQ(a.halved().doubled(), a);
        EXPECT_EQ(a.doubled(), a * Field(2));
        EXPECT_EQ(a * a.inverse(), a.is_zero() ? Field{} : Field(1));
    }
    EXPECT_EQ(Field{}.inverse(), Field{});
    EXPECT_EQ(Field(1).inverse(), Field(1));
    EXPECT_EQ((-Field(1)).inverse(), -Field(1));
}

TYPED_TEST(FieldTest, obeys_fermat) {
    using Field = PrimeField<TypeParam>;
    auto exponent = TypeParam::words;
    --exponent[0];
    for (int i = 0; i < 20; ++i) {
        const Field a = this->any();
        EXPECT_EQ(power(a, std::span<const uint64_t>(exponent)), a.is_zero() ? a : Field(1));
    }
}

TYPED_TEST(FieldTest, reduces_sums_of_products_once) {
    using Field = PrimeField<TypeParam>;
    for (int i = 0; i < 500; ++i) {
        const Field a = this->any();
        const Field b = this->any();
        const Field c = this->any();
        const Field d = this->any();
        const auto ab = Field::product(a, b);
        const auto cd = Field::product(c, d);
        EXPECT_EQ(Field::reduced(ab + cd + cd + ab), (a * b + c * d).doubled());
        EXPECT_EQ(Field::reduced(ab - cd - cd), a * b - (c * d).doubled());
        EXPECT_EQ(Field::reduced(Field::product_of_sums(a, b, c, d)), (a + b) * (c + d));
    }
}

TYPED_TEST(FieldTest, has_roots_of_squares_only) {
    using Field = PrimeField<TypeParam>;
    for (int i = 0; i < 50; ++i) {
        const Field a = this->any();
        const auto root = a.squared().square_root();
        ASSERT_TRUE(root);
        EXPECT_TRUE(*root == a || *root == -a);
        // -1 is no square modulo any of the primes.
        EXPECT_EQ((-a.squared()).square_root().has_value(), a.is_zero());
    }
}

TYPED_TEST(FieldTest, reads_and_writes_numbers_below_the_modulus) {
    using Field = PrimeField<TypeParam>;
    using Number = FixedBytes<Field::byte_count>;
    for (int i = 0; i < 100; ++i) {
        const Field a = this->any();
        const Number bytes = a.to_bytes();
        EXPECT_EQ(Field::parse(bytes.bytes), a);
        EXPECT_EQ(Field::from(a.words()), a);
        EXPECT_EQ(a.is_odd(), bytes[Field::byte_count - 1] % 2 != 0);
    }
    Number modulus = (-Field(1)).to_bytes();
    ++modulus[Field::byte_count - 1];  // The moduli end in an odd byte.
    EXPECT_FALSE(Field::parse(modulus.bytes));
    Number highest;
    highest.bytes.fill(0xff);
    EXPECT_FALSE(Field::parse(highest.bytes));
}

TYPED_TEST(FieldTest, computes_while_compiling) {
    using Field = PrimeField<TypeParam>;
    static_assert(Field(6) * Field(7) == Field(42));
    static_assert(Field(7).inverse() * Field(7) == Field(1));
}

TEST(Field, multiplies_as_256_bit_integers_do) {
    using Field = PrimeField<Bn254>;
    const u256 p = from_words(Bn254::words);
    std::mt19937_64 random(2);
    for (int i = 0; i < 500; ++i) {
        const u256 a = u256{random(), random(), random(), random()} % p;
        const u256 b = u256{random(), random(), random(), random()} % p;
        EXPECT_EQ(from_words((Field::from(a.words) * Field::from(b.words)).words()),
                  mulmod(a, b, p));
        EXPECT_EQ(from_words((Field::from(a.words) + Field::from(b.words)).words()),
                  addmod(a, b, p));
    }
}

}  // namespace
}  // namespace plume
