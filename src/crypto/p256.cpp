#include "crypto/p256.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <memory>

#include "base/result.hpp"

namespace plume {

namespace {

/// The field's modulus and the group's order.
constexpr u256 p{0xffffffff00000001, 0x0000000000000000, 0x00000000ffffffff, 0xffffffffffffffff};
constexpr u256 n{0xffffffff00000000, 0xffffffffffffffff, 0xbce6faada7179e84, 0xf3b9cac2fc632551};

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Point = std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)>;
using Scratch = std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)>;

const EC_GROUP* group() {
    static const EC_GROUP* const instance = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    check(instance != nullptr, "OpenSSL has P-256");
    return instance;
}

Number number(const u256& value) {
    const Hash word = to_word(value);
    Number out(BN_bin2bn(word.data(), 32, nullptr), &BN_free);
    check(out != nullptr, "there is memory for a number");
    return out;
}

u256 value_of(const Number& number) {
    Hash word;
    check(BN_bn2binpad(number.get(), word.data(), 32) == 32, "the number has 256 bits");
    return to_u256(word);
}

bool is_scalar(const u256& value) {
    return !value.is_zero() && value < n;
}

}  // namespace

bool p256_verify(const Hash& digest, const P256Signature& signature) {
    const auto& [r, s, x, y] = signature;
    if (!is_scalar(r) || !is_scalar(s) || x >= p || y >= p) return false;
    const Scratch scratch(BN_CTX_new(), &BN_CTX_free);
    const Point owner(EC_POINT_new(group()), &EC_POINT_free);
    // Refuses what is not on the curve, (0, 0) among it: infinity has no coordinates.
    if (EC_POINT_set_affine_coordinates(group(), owner.get(), number(x).get(), number(y).get(),
                                        scratch.get()) != 1)
        return false;

    const Number inverse(BN_mod_inverse(nullptr, number(s).get(), number(n).get(), scratch.get()),
                         &BN_free);
    check(inverse != nullptr, "the order is a prime");
    const u256 w = value_of(inverse);
    const Number u1 = number(mulmod(to_u256(digest), w, n));
    const Number u2 = number(mulmod(r, w, n));
    const Point sum(EC_POINT_new(group()), &EC_POINT_free);
    check(EC_POINT_mul(group(), sum.get(), u1.get(), owner.get(), u2.get(), scratch.get()) == 1,
          "points can be multiplied");
    if (EC_POINT_is_at_infinity(group(), sum.get()) == 1) return false;
    const Number found = number({});
    check(EC_POINT_get_affine_coordinates(group(), sum.get(), found.get(), nullptr,
                                          scratch.get()) == 1,
          "a finite point has coordinates");
    return value_of(found) % n == r;
}

}  // namespace plume
