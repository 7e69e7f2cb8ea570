#include "crypto/bls12_381.hpp"

#include "crypto/bls12_381_group.hpp"
#include "crypto/bls12_381_map.hpp"

namespace plume::bls12_381 {

namespace {

/// What goes before the 48 bytes that a number needs.
constexpr size_t padding = number_size - Fp::byte_count;

/// How a field's numbers, and points of it, lie in bytes.
template <class Field>
struct Format;

template <>
struct Format<Fp> {
    static constexpr size_t size = number_size;

    static std::optional<Fp> parse(BytesView bytes) {
        const auto is_zero = [](uint8_t byte) { return byte == 0; };
        if (!std::ranges::all_of(bytes.first(padding), is_zero)) return std::nullopt;
        return Fp::parse(bytes.subspan(padding).first<Fp::byte_count>());
    }
    static void write(const Fp& number, std::span<uint8_t> to) {
        std::ranges::copy(number.to_bytes(), to.subspan(padding).begin());
    }
    static constexpr const Fp& b = curve_b;
};

template <>
struct Format<F2> {
    static constexpr size_t size = 2 * number_size;

    static std::optional<F2> parse(BytesView bytes) {
        const auto c0 = Format<Fp>::parse(bytes.first(number_size));
        const auto c1 = Format<Fp>::parse(bytes.last(number_size));
        return c0 && c1 ? std::optional(F2(*c0, *c1)) : std::nullopt;
    }
    static void write(const F2& number, std::span<uint8_t> to) {
        Format<Fp>::write(number.c0, to.first(number_size));
        Format<Fp>::write(number.c1, to.last(number_size));
    }
    static constexpr const F2& b = twist_b;
};

template <class Field>
constexpr size_t point_size = 2 * Format<Field>::size;

/// A point of the curve.
template <class Field>
std::optional<Affine<Field>> parse_point(BytesView bytes) {
    const auto x = Format<Field>::parse(bytes.first(Format<Field>::size));
    const auto y = Format<Field>::parse(bytes.last(Format<Field>::size));
    if (!x || !y) return std::nullopt;
    const Affine<Field> out{*x, *y};
    return out.is_on_curve(Format<Field>::b) ? std::optional(out) : std::nullopt;
}

/// A point of the group.
template <class Field>
std::optional<Affine<Field>> parse_member(BytesView bytes) {
    const auto out = parse_point<Field>(bytes);
    return out && is_in_group(*out) ? out : std::nullopt;
}

template <class Field>
FixedBytes<point_size<Field>> encode(const Affine<Field>& point) {
    FixedBytes<point_size<Field>> out;
    const std::span<uint8_t> bytes{out.bytes};
    Format<Field>::write(point.x, bytes.first(Format<Field>::size));
    Format<Field>::write(point.y, bytes.last(Format<Field>::size));
    return out;
}

template <class Field>
std::optional<FixedBytes<point_size<Field>>> add(BytesView input) {
    if (input.size() != 2 * point_size<Field>) return std::nullopt;
    const auto a = parse_point<Field>(input.first(point_size<Field>));
    const auto b = parse_point<Field>(input.last(point_size<Field>));
    if (!a || !b) return std::nullopt;
    return encode((Jacobian<Field>(*a) + *b).to_affine());
}

template <class Field>
std::optional<FixedBytes<point_size<Field>>> sum_of_multiples(BytesView input) {
    constexpr size_t size = point_size<Field> + scalar_size;
    if (input.empty() || input.size() % size != 0) return std::nullopt;
    std::vector<Affine<Field>> points;
    std::vector<u256> scalars;
    for (size_t at = 0; at < input.size(); at += size) {
        const auto point = parse_member<Field>(input.subspan(at, point_size<Field>));
        if (!point) return std::nullopt;
        points.push_back(*point);
        scalars.push_back(from_big_endian(input.subspan(at + point_size<Field>, scalar_size)));
    }
    return encode(multiply_sum(std::span<const Affine<Field>>(points), scalars).to_affine());
}

template <class Field>
std::optional<FixedBytes<point_size<Field>>> map(BytesView input) {
    if (input.size() != Format<Field>::size) return std::nullopt;
    const auto number = Format<Field>::parse(input);
    if (!number) return std::nullopt;
    return encode(map_to_group(*number));
}

}  // namespace

std::optional<G1Bytes> g1_add(BytesView input) {
    return add<Fp>(input);
}

std::optional<G2Bytes> g2_add(BytesView input) {
    return add<F2>(input);
}

std::optional<G1Bytes> g1_multiply_sum(BytesView input) {
    return sum_of_multiples<Fp>(input);
}

std::optional<G2Bytes> g2_multiply_sum(BytesView input) {
    return sum_of_multiples<F2>(input);
}

std::optional<bool> pairing_is_one(BytesView input) {
    constexpr size_t size = g1_size + g2_size;
    if (input.empty() || input.size() % size != 0) return std::nullopt;
    std::vector<Pair<Fp>> pairs;
    for (size_t at = 0; at < input.size(); at += size) {
        const auto p = parse_member<Fp>(input.subspan(at, g1_size));
        if (!p) return std::nullopt;
        const auto q = parse_member<F2>(input.subspan(at + g1_size, g2_size));
        if (!q) return std::nullopt;
        pairs.push_back({*p, *q});
    }
    return pairing_is_one(pairs);
}

std::optional<G1Bytes> map_to_g1(BytesView input) {
    return map<Fp>(input);
}

std::optional<G2Bytes> map_to_g2(BytesView input) {
    return map<F2>(input);
}

}  // namespace plume::bls12_381
