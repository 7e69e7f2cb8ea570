#include "crypto/password.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <bit>
#include <memory>

namespace plume {

namespace {

Bytes pbkdf2(const EVP_MD* function, std::string_view password, BytesView salt, uint32_t iterations,
             size_t size) {
    Bytes out(size);
    check(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                            static_cast<int>(salt.size()), static_cast<int>(iterations), function,
                            static_cast<int>(size), out.data()) == 1,
          "PBKDF2 is called with an iteration and a size");
    return out;
}

bool in_range(const ScryptCosts& costs) {
    const auto& [n, r, p] = costs;
    if (n < 2 || !std::has_single_bit(n) || r == 0 || p == 0) return false;
    if (n > scrypt_work_max || r > scrypt_work_max / n || p > scrypt_work_max / (n * r))
        return false;
    return 128 * n * r <= scrypt_memory_max;
}

}  // namespace

Bytes pbkdf2_sha256(std::string_view password, BytesView salt, uint32_t iterations, size_t size) {
    return pbkdf2(EVP_sha256(), password, salt, iterations, size);
}

Bytes pbkdf2_sha512(std::string_view password, BytesView salt, uint32_t iterations, size_t size) {
    return pbkdf2(EVP_sha512(), password, salt, iterations, size);
}

Result<Bytes> scrypt(std::string_view password, BytesView salt, const ScryptCosts& costs,
                     size_t size) {
    if (!in_range(costs)) return Error{.what = "scrypt parameters out of range"};
    // Not OpenSSL's: it holds n below 2^(16 r), as RFC 7914 wants it, and there are wallets that do
    // not.
    static const bool is_ready = sodium_init() >= 0;
    check(is_ready, "libsodium finds out what the processor can do");
    Bytes out(size);
    const int failed = crypto_pwhash_scryptsalsa208sha256_ll(
        reinterpret_cast<const uint8_t*>(password.data()), password.size(), salt.data(),
        salt.size(), costs.n, static_cast<uint32_t>(costs.r), static_cast<uint32_t>(costs.p),
        out.data(), out.size());
    if (failed != 0) return Error{.what = "no memory for scrypt"};
    return out;
}

Bytes aes_ctr(BytesView key, const FixedBytes<16>& counter, BytesView data) {
    const bool small = key.size() == 16;
    check(small || key.size() == 32, "an AES key has 16 or 32 bytes");
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    const EVP_CIPHER* cipher = small ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
    check(EVP_EncryptInit_ex2(context.get(), cipher, key.data(), counter.data(), nullptr) == 1,
          "OpenSSL has AES");
    Bytes out(data.size());
    int size = 0;
    check(EVP_EncryptUpdate(context.get(), out.data(), &size, data.data(),
                            static_cast<int>(data.size())) == 1,
          "counter mode takes any bytes");
    check(static_cast<size_t>(size) == data.size(), "counter mode keeps the size");
    return out;
}

}  // namespace plume
