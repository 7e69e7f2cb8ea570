// Numbers modulo a prime of several 64-bit words, in Montgomery's form (P. Montgomery, "Modular
// multiplication without trial division", 1985): a is kept as a R mod p with R = 2^(64 N). Time
// depends on the values; no secret may be computed with.
#pragma once

#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "crypto/inverse.hpp"

namespace plume {

/// `Modulus::words` are those of an odd prime, least significant first. Two bits at the top are
/// free, so that sums of a few products need no care.
template <class Modulus>
class PrimeField {
public:
    static constexpr size_t word_count = Modulus::words.size();
    static constexpr size_t byte_count = 8 * word_count;
    using Words = plume::Words<word_count>;
    static constexpr Words modulus = Modulus::words;
    static_assert(modulus[0] % 2 == 1 && modulus[word_count - 1] >> 62 == 0);

    /// Zero.
    constexpr PrimeField() = default;
    /// A small number.
    constexpr explicit PrimeField(uint64_t number) : PrimeField(from(Words{number})) {}

    /// The number with these words, which must be below the modulus.
    static constexpr PrimeField from(const Words& number) {
        return reduced(product(PrimeField(number, raw), PrimeField(r_squared, raw)));
    }
    /// The number that as many big-endian bytes as the field's spell; nothing when it is not below
    /// the modulus.
    static constexpr std::optional<PrimeField> parse(std::span<const uint8_t, byte_count> bytes) {
        Words number{};
        for (size_t i = 0; i < byte_count; ++i)
            number[i / 8] |= static_cast<uint64_t>(bytes[byte_count - 1 - i]) << (8 * (i % 8));
        if (!is_below(number, modulus)) return std::nullopt;
        return from(number);
    }
    /// Big-endian digits, which must spell a number below the modulus.
    static consteval PrimeField literal(std::string_view hex) {
        return parse(FixedBytes<byte_count>::parse(hex).value().bytes).value();
    }

    constexpr Words words() const { return reduced(Product(words_)).words_; }
    constexpr FixedBytes<byte_count> to_bytes() const {
        const Words number = words();
        FixedBytes<byte_count> out;
        for (size_t i = 0; i < byte_count; ++i)
            out[byte_count - 1 - i] = static_cast<uint8_t>(number[i / 8] >> (8 * (i % 8)));
        return out;
    }

    constexpr bool is_zero() const {
        uint64_t all = 0;
        for (const uint64_t word : words_) all |= word;
        return all == 0;
    }
    /// Of the number in [0, p - 1].
    constexpr bool is_odd() const { return words()[0] % 2 != 0; }

    friend constexpr bool operator==(const PrimeField&, const PrimeField&) = default;

    friend constexpr PrimeField operator+(const PrimeField& a, const PrimeField& b) {
        return PrimeField(reduced_once(sum_of(a.words_, b.words_).words, modulus), raw);
    }
    friend constexpr PrimeField operator-(const PrimeField& a, const PrimeField& b) {
        const auto [difference, borrow] = difference_of(a.words_, b.words_);
        return PrimeField(sum_if(borrow != 0, difference, modulus), raw);
    }
    friend constexpr PrimeField operator-(const PrimeField& a) { return PrimeField{} - a; }
    friend constexpr PrimeField operator*(const PrimeField& a, const PrimeField& b) {
        return reduced(product(a, b));
    }
    constexpr PrimeField squared() const { return *this * *this; }
    constexpr PrimeField doubled() const { return *this + *this; }
    constexpr PrimeField halved() const {
        Words out = sum_if(words_[0] % 2 != 0, words_, modulus);
        for (size_t i = 0; i + 1 < word_count; ++i) out[i] = out[i] >> 1 | out[i + 1] << 63;
        out[word_count - 1] >>= 1;
        return PrimeField(out, raw);
    }

    /// The number whose product with this one is 1; zero for zero.
    constexpr PrimeField inverse() const {
        return PrimeField(detail::modular_quotient(r_squared, words_, modulus), raw);
    }

    /// A number whose square is this one, if there is one.
    constexpr std::optional<PrimeField> square_root() const;

    /// A product before its reduction, which costs as much again: sums of products are reduced
    /// once. Always below p R; what operations would exceed it is brought back by multiples of it.
    class Product {
    public:
        friend constexpr Product operator+(const Product& a, const Product& b) {
            const auto sum = sum_of(a.words_, b.words_).words;
            return Product(low(sum), reduced_once(high(sum), modulus));
        }
        friend constexpr Product operator-(const Product& a, const Product& b) {
            const auto [difference, borrow] = difference_of(a.words_, b.words_);
            return Product(low(difference), sum_if(borrow != 0, high(difference), modulus));
        }
        /// This minus a product that is not larger.
        constexpr Product minus_smaller(const Product& other) const {
            Product out;
            out.words_ = difference_of(words_, other.words_).words;
            return out;
        }

    private:
        friend class PrimeField;

        constexpr Product() = default;

        using Wide = std::array<uint64_t, 2 * word_count>;

        constexpr explicit Product(const Words& low, const Words& high = {}) {
#pragma GCC unroll 8
            for (size_t i = 0; i < word_count; ++i) words_[i] = low[i];
#pragma GCC unroll 8
            for (size_t i = 0; i < word_count; ++i) words_[word_count + i] = high[i];
        }
        static constexpr Words half(const Wide& words, size_t from) {
            Words out;
#pragma GCC unroll 8
            for (size_t i = 0; i < word_count; ++i) out[i] = words[from + i];
            return out;
        }
        static constexpr Words low(const Wide& words) { return half(words, 0); }
        static constexpr Words high(const Wide& words) { return half(words, word_count); }

        Wide words_;
    };

    // Products and reductions are not inlined: a function with several of them in its body would
    // keep their words in memory instead of registers.
    [[gnu::noinline]] static constexpr Product product(const PrimeField& a, const PrimeField& b) {
        Product out;
        auto& t = out.words_;
#pragma GCC unroll 8
        for (size_t i = 0; i < word_count; ++i) {
            uint64_t carry = 0;
#pragma GCC unroll 8
            for (size_t k = 0; k < word_count; ++k)
                t[i + k] = multiply_add(a.words_[k], b.words_[i], i == 0 ? 0 : t[i + k], carry);
            t[i + word_count] = carry;
        }
        return out;
    }
    /// (a1 + a2) (b1 + b2) with neither sum reduced.
    static constexpr Product product_of_sums(const PrimeField& a1, const PrimeField& a2,
                                             const PrimeField& b1, const PrimeField& b2) {
        return product(PrimeField(sum_of(a1.words_, a2.words_).words, raw),
                       PrimeField(sum_of(b1.words_, b2.words_).words, raw));
    }
    /// Divides by R: each round adds the multiple of p that clears the lowest word, and drops it.
    [[gnu::noinline]] static constexpr PrimeField reduced(const Product& product) {
        Words t = Product::low(product.words_);
#pragma GCC unroll 8
        for (size_t i = 0; i < word_count; ++i) {
            const uint64_t times = t[0] * minus_inverse;
            uint64_t carry = 0;
            multiply_add(times, modulus[0], t[0], carry);
#pragma GCC unroll 8
            for (size_t k = 1; k < word_count; ++k)
                t[k - 1] = multiply_add(times, modulus[k], t[k], carry);
            t[word_count - 1] = carry;
        }
        // Of the low half p at most is left, and the high one is below p.
        const Words sum = sum_of(t, Product::high(product.words_)).words;
        return PrimeField(reduced_once(sum, modulus), raw);
    }

private:
    enum Raw { raw };
    constexpr PrimeField(const Words& words, Raw) : words_(words) {}

    static constexpr uint64_t minus_inverse = 0 - detail::inverse_of_odd(modulus[0]);
    /// R^2 mod p: 1, doubled as often as R^2 has factors.
    static constexpr Words r_squared = [] {
        Words out{1};
        for (size_t i = 0; i < 128 * word_count; ++i) {
            out = reduced_once(sum_of(out, out).words, modulus);
        }
        return out;
    }();

    Words words_{};
};

/// base ^ exponent in any field, four bits of the exponent at a time. The exponent's words go from
/// the least significant to the most.
template <class Field>
constexpr Field power(const Field& base, std::span<const uint64_t> exponent) {
    std::array<Field, 16> powers{Field(1)};
    for (size_t i = 1; i < 16; ++i) powers[i] = powers[i - 1] * base;
    Field out(1);
    for (size_t i = 16 * exponent.size(); i-- > 0;) {
        if (out != Field(1)) out = out.squared().squared().squared().squared();
        out = out * powers[exponent[i / 16] >> (4 * (i % 16)) & 15];
    }
    return out;
}

template <class Modulus>
constexpr std::optional<PrimeField<Modulus>> PrimeField<Modulus>::square_root() const {
    // For p = 3 mod 4 a square a has the root a^((p + 1) / 4).
    static_assert(modulus[0] % 4 == 3);
    constexpr Words exponent = [] {
        Words out{};
        for (size_t i = 0; i < word_count; ++i)
            out[i] = modulus[i] >> 2 | (i + 1 < word_count ? modulus[i + 1] << 62 : 0);
        ++out[0];  // (p - 3) / 4 + 1, and p / 4 does not end in 64 ones
        return out;
    }();
    static_assert(exponent[0] != 0);
    const PrimeField root = power(*this, exponent);
    if (root.squared() != *this) return std::nullopt;
    return root;
}

}  // namespace plume
