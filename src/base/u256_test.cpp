#include "base/u256.hpp"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <random>
#include <vector>

namespace plume {
namespace {

using namespace literals;
/// The oracle: integers without bounds, written by others.
using Integer = boost::multiprecision::cpp_int;

constexpr unsigned seed = 1;
constexpr int rounds = 100'000;

const Integer modulus = Integer(1) << 256;

Integer oracle(const u256& value) {
    Integer out;
    for (unsigned i = 4; i-- > 0;) out = (out << 64) | value.words[i];
    return out;
}

/// `value` modulo 2^256.
u256 from_oracle(Integer value) {
    value %= modulus;
    if (value < 0) value += modulus;
    u256 out;
    for (unsigned i = 0; i < 4; ++i) {
        out.words[i] = static_cast<uint64_t>(value & ~uint64_t{0});
        value >>= 64;
    }
    return out;
}

/// Numbers of every length whose words are often the extreme ones, where carries and estimates go
/// wrong.
class Operands {
public:
    u256 next() {
        u256 out{word(), word(), word(), word()};
        return out >> static_cast<unsigned>(random_() % 5 * 64 + random_() % 3);
    }

private:
    uint64_t word() {
        switch (random_() % 8) {
            case 0:
                return 0;
            case 1:
                return 1;
            case 2:
                return ~uint64_t{0};
            case 3:
                return ~uint64_t{0} - 1;
            case 4:
                return uint64_t{1} << 63;
            case 5:
                return (uint64_t{1} << 63) - 1;
            default:
                return random_();
        }
    }

    std::mt19937_64 random_{seed};
};

const std::vector<u256> edges{
    u256{},
    u256{1u},
    u256{2u},
    u256{~0ull},
    u256{0, 0, 1, 0},
    u256{0, 0, 1, 1},
    u256{0, 0, ~0ull, ~0ull},
    u256{0, 1, 0, 0},
    u256{0, ~0ull, ~0ull, ~0ull},
    u256{1, 0, 0, 0},
    u256{1ull << 63, 0, 0, 0},
    u256{1ull << 63, 0, 0, 1},
    u256{(1ull << 63) - 1, ~0ull, ~0ull, ~0ull},
    u256_max - 1u,
    u256_max,
};

/// Calls `visit(a, b, c)` with all edges against each other, then with random operands.
template <class Visit>
void for_operands(Visit visit) {
    for (const u256& a : edges)
        for (const u256& b : edges)
            for (const u256& c : edges) visit(a, b, c);
    Operands operands;
    for (int i = 0; i < rounds; ++i) {
        const u256 a = operands.next();
        const u256 b = operands.next();
        visit(a, b, operands.next());
    }
}

TEST(U256, adds_subtracts_and_multiplies_modulo_2_to_the_256) {
    for_operands([](const u256& a, const u256& b, const u256&) {
        const Integer x = oracle(a);
        const Integer y = oracle(b);
        ASSERT_EQ(a + b, from_oracle(x + y));
        ASSERT_EQ(overflowing_add(a, b).overflow, x + y >= modulus);
        ASSERT_EQ(a - b, from_oracle(x - y));
        ASSERT_EQ(overflowing_sub(a, b).overflow, x < y);
        ASSERT_EQ(a * b, from_oracle(x * y));
        ASSERT_EQ(overflowing_mul(a, b).overflow, x * y >= modulus);
        ASSERT_EQ(-a, from_oracle(-x));
        ASSERT_EQ(a < b, x < y);
        ASSERT_EQ(a == b, x == y);
    });
}

TEST(U256, works_on_bits) {
    for_operands([](const u256& a, const u256& b, const u256&) {
        const Integer x = oracle(a);
        const Integer y = oracle(b);
        ASSERT_EQ(a & b, from_oracle(x & y));
        ASSERT_EQ(a | b, from_oracle(x | y));
        ASSERT_EQ(a ^ b, from_oracle(x ^ y));
        ASSERT_EQ(~a, from_oracle(modulus - 1 - x));
        ASSERT_EQ(a.bit_length(), x == 0 ? 0 : msb(x) + 1);
        ASSERT_EQ(a.byte_length(), (a.bit_length() + 7) / 8);
    });
}

TEST(U256, shifts_by_any_count) {
    Operands operands;
    for (unsigned n = 0; n <= 260; ++n) {
        for (int i = 0; i < 20; ++i) {
            const u256 a = operands.next();
            ASSERT_EQ(a << n, from_oracle(oracle(a) << n)) << n;
            ASSERT_EQ(a >> n, from_oracle(oracle(a) >> n)) << n;
            ASSERT_TRUE(n >= 256 || a.bit(n) == bit_test(oracle(a), n)) << n;
        }
    }
    EXPECT_EQ(u256_max << ~0u, u256{});
    EXPECT_EQ(u256_max >> ~0u, u256{});
}

TEST(U256, divides) {
    for_operands([](const u256& a, const u256& b, const u256&) {
        if (b.is_zero()) {
            ASSERT_EQ(a / b, u256{});
            ASSERT_EQ(a % b, u256{});
            return;
        }
        const auto [quotient, remainder] = divide(a, b);
        ASSERT_EQ(quotient, from_oracle(oracle(a) / oracle(b)));
        ASSERT_EQ(remainder, from_oracle(oracle(a) % oracle(b)));
        ASSERT_EQ(a / b, quotient);
        ASSERT_EQ(a % b, remainder);
    });
}

TEST(U256, divides_where_an_estimated_digit_is_too_high) {
    // q * d - 1 has its first digits equal to those of q * d, so that the estimate is one too high
    // and step D6 of Knuth's algorithm has to add back.
    Operands operands;
    for (int i = 0; i < rounds; ++i) {
        const u256 d = operands.next();
        const u256 q = operands.next();
        const auto [product, overflow] = overflowing_mul(q, d);
        if (overflow || product.is_zero()) continue;
        ASSERT_EQ((product - 1u) / d, q - 1u);
        ASSERT_EQ((product - 1u) % d, d - 1u);
        ASSERT_EQ(product / d, q);
        ASSERT_EQ(product % d, u256{});
    }
}

TEST(U256, divides_the_published_hard_cases) {
    // Hacker's Delight, section 9-2, tests of divmnu, with words of 64 bits instead of 16.
    const uint64_t top = 1ull << 63;
    // The digit has to be added back.
    EXPECT_EQ((u256{0, top, 0, 3} / u256{0, top >> 2, 0, 1}), u256{3u});
    EXPECT_EQ((u256{0, top, 0, 3} % u256{0, top >> 2, 0, 1}), (u256{0, top >> 2, 0, 0}));
    // The first estimate of the digit needs more than a word.
    EXPECT_EQ((u256{0, top, ~1ull, 0} / u256{0, 0, top, ~0ull}), u256{~0ull});
    EXPECT_EQ((u256{0, top, ~1ull, 0} % u256{0, 0, top, ~0ull}), (u256{0, 0, top - 1, ~0ull}));
    // The borrow out of the product has to be looked at.
    EXPECT_EQ((u256{top - 1, top, 0, 0} / u256{0, top, 0, 1}), u256{~1ull});
    EXPECT_EQ((u256{top - 1, top, 0, 0} % u256{0, top, 0, 1}), (u256{0, top - 1, ~0ull, 2}));
}

TEST(U256, reduces_sums_and_products_without_losing_bits) {
    for_operands([](const u256& a, const u256& b, const u256& m) {
        const Integer x = oracle(a);
        const Integer y = oracle(b);
        if (m.is_zero()) {
            ASSERT_EQ(addmod(a, b, m), u256{});
            ASSERT_EQ(mulmod(a, b, m), u256{});
            ASSERT_FALSE(mul_div(a, b, m));
            return;
        }
        const Integer z = oracle(m);
        ASSERT_EQ(addmod(a, b, m), from_oracle((x + y) % z));
        ASSERT_EQ(mulmod(a, b, m), from_oracle(x * y % z));
        const auto ratio = mul_div(a, b, m);
        ASSERT_EQ(ratio.has_value(), x * y / z < modulus);
        if (!ratio) return;
        ASSERT_EQ(ratio->quotient, from_oracle(x * y / z));
        ASSERT_EQ(ratio->remainder, from_oracle(x * y % z));
    });
}

TEST(U256, raises_to_powers) {
    Operands operands;
    for (int i = 0; i < 2'000; ++i) {
        const u256 base = operands.next();
        const u256 exponent = operands.next();
        const Integer expected = powm(oracle(base), oracle(exponent), modulus);
        ASSERT_EQ(exp(base, exponent), from_oracle(expected));
    }
    EXPECT_EQ(exp(u256{}, u256{}), u256{1u});
    EXPECT_EQ(exp(u256{2u}, u256{255u}), u256{1u} << 255);
    EXPECT_EQ(exp(u256{2u}, u256{256u}), u256{});
}

TEST(U256, is_evaluated_by_the_compiler) {
    static_assert(1000000000000000000_u256 * 1000000000000000000_u256 / 1000000000_u256 ==
                  1000000000000000000000000000_u256);
    static_assert(mulmod(u256_max, u256_max, 12_u256) == 9);
    static_assert((0xff_u256 << 248 >> 252) == 15);
}

TEST(U256, becomes_decimal_digits_and_back) {
    for_operands([](const u256& a, const u256&, const u256&) {
        ASSERT_EQ(to_decimal(a), oracle(a).str());
        ASSERT_EQ(parse_decimal(to_decimal(a)), a);
    });
}

TEST(U256, decimal_digits_out_of_range_are_refused) {
    EXPECT_EQ(parse_decimal(
                  "115792089237316195423570985008687907853269984665640564039457584007913129639935"),
              u256_max);
    EXPECT_FALSE(parse_decimal(
        "115792089237316195423570985008687907853269984665640564039457584007913129639936"));
    EXPECT_FALSE(parse_decimal(std::string(79, '9')));
    for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "a"})
        EXPECT_FALSE(parse_decimal(text)) << text;
    EXPECT_EQ(parse_decimal("007"), u256{7u});
}

TEST(U256, is_a_json_rpc_quantity_without_leading_zeros) {
    EXPECT_EQ(to_quantity(u256{}), "0x0");
    EXPECT_EQ(to_quantity(u256{1024u}), "0x400");
    EXPECT_EQ(to_quantity(u256{1u} << 252), "0x1" + std::string(63, '0'));
    EXPECT_EQ(to_quantity(u256_max), "0x" + std::string(64, 'f'));
    EXPECT_EQ(parse_number("0x400"), u256{1024u});
    EXPECT_EQ(parse_number("1024"), u256{1024u});
    EXPECT_EQ(parse_number("0X" + std::string(64, 'F')), u256_max);
    EXPECT_FALSE(parse_number("0x1" + std::string(64, '0')));
    EXPECT_FALSE(parse_number("0x"));
    EXPECT_FALSE(parse_number("0xg"));
}

TEST(U256, becomes_a_word_of_bytes_and_back) {
    const Hash word =
        Hash::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").value();
    EXPECT_EQ(to_word(to_u256(word)), word);
    EXPECT_EQ(to_quantity(to_u256(word)),
              "0x102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(to_hex(to_address(to_u256(word))), "0x0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(to_u256(to_address(u256_max)), (u256{1u} << 160) - 1u);
    EXPECT_EQ(from_big_endian({}), u256{});
    EXPECT_EQ(from_big_endian(Bytes{1, 0}), u256{256u});
    Bytes longer(33, 0);
    longer[0] = 0xff;
    longer[32] = 7;
    EXPECT_EQ(from_big_endian(longer), u256{7u});
}

}  // namespace
}  // namespace plume
