// The group of points on y^2 = x^3 + b over any field, and sums of multiples of points. No secret
// may be multiplied with: time depends on the scalars.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <span>
#include <vector>

#include "crypto/words.hpp"

namespace plume {

/// A point, or infinity: (0, 0), which is on no curve with b != 0.
template <class Field>
struct Affine {
    Field x, y;

    constexpr bool is_infinity() const { return x.is_zero() && y.is_zero(); }
    constexpr bool is_on_curve(const Field& b) const {
        return is_infinity() || y.squared() == x.squared() * x + b;
    }
    friend constexpr Affine operator-(const Affine& a) { return {a.x, -a.y}; }
    friend constexpr bool operator==(const Affine&, const Affine&) = default;
};

/// The point (x / z^2, y / z^3), or infinity when z is 0. Formulas are those of the
/// Explicit-Formulas Database for a = 0, by the names given there.
template <class Field>
struct Jacobian {
    Field x, y, z;

    constexpr Jacobian() = default;
    constexpr Jacobian(const Field& the_x, const Field& the_y, const Field& the_z)
        : x(the_x), y(the_y), z(the_z) {}
    constexpr Jacobian(const Affine<Field>& a) {
        if (!a.is_infinity()) *this = {a.x, a.y, Field(1)};
    }

    constexpr bool is_infinity() const { return z.is_zero(); }

    /// Whether it is the same point, whatever its z.
    friend constexpr bool operator==(const Jacobian& a, const Jacobian& b) {
        if (a.is_infinity() || b.is_infinity()) return a.is_infinity() == b.is_infinity();
        const Field aa = a.z.squared();
        const Field bb = b.z.squared();
        return a.x * bb == b.x * aa && a.y * (bb * b.z) == b.y * (aa * a.z);
    }
    friend constexpr Jacobian operator-(const Jacobian& a) { return {a.x, -a.y, a.z}; }

    /// dbl-2009-l.
    constexpr Jacobian doubled() const {
        const Field a = x.squared();
        const Field b = y.squared();
        const Field c = b.squared();
        const Field d = ((x + b).squared() - a - c).doubled();
        const Field e = a.doubled() + a;
        const Field x3 = e.squared() - d.doubled();
        return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
    }
    /// madd-2007-bl.
    friend constexpr Jacobian operator+(const Jacobian& a, const Affine<Field>& b) {
        if (b.is_infinity()) return a;
        if (a.is_infinity()) return b;
        const Field zz = a.z.squared();
        const Field h = b.x * zz - a.x;
        const Field r = (b.y * a.z * zz - a.y).doubled();
        if (h.is_zero()) return r.is_zero() ? a.doubled() : Jacobian{};
        const Field hh = h.squared();
        const Field i = hh.doubled().doubled();
        const Field j = h * i;
        const Field v = a.x * i;
        const Field x3 = r.squared() - j - v.doubled();
        return {x3, r * (v - x3) - (a.y * j).doubled(), (a.z + h).squared() - zz - hh};
    }
    /// add-2007-bl.
    friend constexpr Jacobian operator+(const Jacobian& a, const Jacobian& b) {
        if (b.is_infinity()) return a;
        if (a.is_infinity()) return b;
        const Field aa = a.z.squared();
        const Field bb = b.z.squared();
        const Field u = a.x * bb;
        const Field s = a.y * b.z * bb;
        const Field h = b.x * aa - u;
        const Field r = (b.y * a.z * aa - s).doubled();
        if (h.is_zero()) return r.is_zero() ? a.doubled() : Jacobian{};
        const Field i = h.doubled().squared();
        const Field j = h * i;
        const Field v = u * i;
        const Field x3 = r.squared() - j - v.doubled();
        return {x3, r * (v - x3) - (s * j).doubled(), ((a.z + b.z).squared() - aa - bb) * h};
    }

    constexpr Affine<Field> to_affine() const {
        const Field inverse = z.inverse();  // 0 for infinity, which gives (0, 0)
        const Field square = inverse.squared();
        return {x * square, y * square * inverse};
    }
};

/// All points at the price of one inversion (Montgomery's trick).
template <class Field>
std::vector<Affine<Field>> to_affine(std::span<const Jacobian<Field>> points) {
    std::vector<Field> products;  // of all z before
    products.reserve(points.size());
    Field product(1);
    for (const auto& point : points) {
        products.push_back(product);
        if (!point.is_infinity()) product = product * point.z;
    }
    Field inverse = product.inverse();
    std::vector<Affine<Field>> out(points.size());
    for (size_t i = points.size(); i-- > 0;) {
        if (points[i].is_infinity()) continue;
        const Field own = inverse * products[i];
        const Field square = own.squared();
        out[i] = {points[i].x * square, points[i].y * square * own};
        inverse = inverse * points[i].z;
    }
    return out;
}

/// How many digits `signed_digits` finds: the last one takes a carry.
template <size_t N>
constexpr size_t digit_count(unsigned width) {
    return 64 * N / width + 1;
}

/// Digits of a scalar in base 2^width from -2^(width - 1) to 2^(width - 1), lowest first.
template <size_t N>
std::vector<int> signed_digits(const Words<N>& scalar, unsigned width) {
    std::vector<int> out(digit_count<N>(width));
    int carry = 0;
    for (size_t i = 0; i < out.size(); ++i) {
        const size_t at = i * width;
        const size_t word = at / 64;
        uint64_t digit = word < N ? scalar[word] >> (at % 64) : 0;
        if (at % 64 + width > 64 && word + 1 < N) digit |= scalar[word + 1] << (64 - at % 64);
        const int value = static_cast<int>(digit & ((uint64_t{1} << width) - 1)) + carry;
        carry = value > 1 << (width - 1) ? 1 : 0;
        out[i] = value - (carry << width);
    }
    return out;
}

/// scalars[0] * points[0] + ..., with the doublings shared (E. Straus, "Addition chains of
/// vectors", 1964): for few points.
template <class Field, size_t N>
Jacobian<Field> multiply_few(std::span<const Affine<Field>> points,
                             std::span<const Words<N>> scalars) {
    constexpr unsigned width = 4;
    constexpr size_t largest = size_t{1} << (width - 1);
    std::vector<Jacobian<Field>> sums;  // of each point 1 to 8 times
    std::vector<std::vector<int>> digits;
    for (size_t i = 0; i < points.size(); ++i) {
        sums.push_back(points[i]);
        for (size_t k = 1; k < largest; ++k) sums.push_back(sums.back() + points[i]);
        digits.push_back(signed_digits(scalars[i], width));
    }
    const auto multiples = to_affine<Field>(sums);

    Jacobian<Field> out;
    for (size_t place = digit_count<N>(width); place-- > 0;) {
        for (unsigned k = 0; k < width; ++k) out = out.doubled();
        for (size_t i = 0; i < points.size(); ++i) {
            const int digit = digits[i][place];
            if (digit == 0) continue;
            const auto& multiple =
                multiples[largest * i + static_cast<size_t>(std::abs(digit)) - 1];
            out = out + (digit < 0 ? -multiple : multiple);
        }
    }
    return out;
}

/// scalar * point.
template <class Field, size_t N>
Jacobian<Field> multiply(const Affine<Field>& point, const Words<N>& scalar) {
    return multiply_few<Field, N>({&point, 1}, {&scalar, 1});
}

/// scalar * point for one word, bit by bit: for scalars with few bits.
template <class Field>
Jacobian<Field> multiply(const Jacobian<Field>& point, uint64_t scalar) {
    Jacobian<Field> out;
    for (unsigned i = 64; i-- > 0;) {
        out = out.doubled();
        if ((scalar >> i & 1) != 0) out = out + point;
    }
    return out;
}

/// The same as `multiply_few`, by N. Pippenger's method ("On the evaluation of powers and related
/// problems", 1976), which is the faster the more points there are: for each place of the scalars,
/// points with the same digit are summed first, and these sums weighted by adding them up twice.
template <class Field, size_t N>
Jacobian<Field> multiply_many(std::span<const Affine<Field>> points,
                              std::span<const Words<N>> scalars) {
    const unsigned width = std::max(3u, static_cast<unsigned>(std::bit_width(points.size()))) - 1;
    std::vector<std::vector<int>> digits;
    for (const Words<N>& scalar : scalars) digits.push_back(signed_digits(scalar, width));

    Jacobian<Field> out;
    for (size_t place = digit_count<N>(width); place-- > 0;) {
        for (unsigned k = 0; k < width; ++k) out = out.doubled();
        std::vector<Jacobian<Field>> buckets(size_t{1} << (width - 1));
        for (size_t i = 0; i < points.size(); ++i) {
            const int digit = digits[i][place];
            if (digit == 0) continue;
            auto& bucket = buckets[static_cast<size_t>(std::abs(digit)) - 1];
            bucket = bucket + (digit < 0 ? -points[i] : points[i]);
        }
        Jacobian<Field> running;
        Jacobian<Field> weighted;
        for (size_t i = buckets.size(); i-- > 0;) {
            running = running + buckets[i];
            weighted = weighted + running;
        }
        out = out + weighted;
    }
    return out;
}

/// scalars[0] * points[0] + ...; as many scalars as points.
template <class Field, size_t N>
Jacobian<Field> multiply_sum(std::span<const Affine<Field>> points,
                             std::span<const Words<N>> scalars) {
    constexpr size_t many = 32;  // by measurement, about where the two are equally fast
    return points.size() < many ? multiply_few(points, scalars) : multiply_many(points, scalars);
}

}  // namespace plume
