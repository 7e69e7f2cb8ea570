#include "base/long_division.hpp"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <random>

// The division itself is held against other integers in u256_test.cpp.
namespace plume::detail {
namespace {

using Integer = boost::multiprecision::cpp_int;

void expect_reciprocal_of_word(uint64_t d) {
    const Integer expected = ((Integer(1) << 128) - 1) / d - (Integer(1) << 64);
    ASSERT_EQ(Integer(reciprocal(d)), expected) << d;
}

void expect_reciprocal_of_two_words(uint64_t high, uint64_t low) {
    const Integer d = (Integer(high) << 64) + low;
    const Integer expected = ((Integer(1) << 192) - 1) / d - (Integer(1) << 64);
    ASSERT_EQ(Integer(reciprocal(join(high, low))), expected) << high << " " << low;
}

constexpr uint64_t top = uint64_t{1} << 63;

TEST(LongDivision, has_exact_reciprocals_at_every_seed) {
    for (uint64_t i = 0; i < 256; ++i) {
        const uint64_t first = top | i << 55;
        const uint64_t last = first | ((uint64_t{1} << 55) - 1);
        for (uint64_t offset = 0; offset < 4; ++offset) {
            expect_reciprocal_of_word(first + offset);
            expect_reciprocal_of_word(last - offset);
            for (const uint64_t low : {uint64_t{0}, uint64_t{1}, top, ~uint64_t{0}}) {
                expect_reciprocal_of_two_words(first + offset, low + offset);
                expect_reciprocal_of_two_words(last - offset, low - offset);
            }
        }
    }
}

TEST(LongDivision, has_exact_reciprocals_of_random_words) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 100'000; ++i) {
        expect_reciprocal_of_word(top | random());
        expect_reciprocal_of_two_words(top | random(), random());
    }
}

}  // namespace
}  // namespace plume::detail
