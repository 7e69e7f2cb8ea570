#include "crypto/modexp.hpp"

#include <gmp.h>

namespace plume {

namespace {

/// One of the library's numbers.
class Integer {
public:
    Integer() { mpz_init(number_); }
    explicit Integer(BytesView big_endian) : Integer() {
        mpz_import(number_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
    }
    ~Integer() { mpz_clear(number_); }
    Integer(const Integer&) = delete;
    Integer& operator=(const Integer&) = delete;

    mpz_ptr get() { return number_; }

private:
    mpz_t number_;
};

}  // namespace

Bytes modexp(BytesView base, BytesView exponent, BytesView modulus) {
    Bytes out(modulus.size());
    Integer m(modulus);
    if (mpz_sgn(m.get()) == 0) return out;
    Integer b(base);
    Integer e(exponent);
    Integer power;
    mpz_powm(power.get(), b.get(), e.get(), m.get());
    const size_t size = (mpz_sizeinbase(power.get(), 2) + 7) / 8;
    if (mpz_sgn(power.get()) != 0)
        mpz_export(out.data() + (out.size() - size), nullptr, 1, 1, 1, 0, power.get());
    return out;
}

}  // namespace plume
