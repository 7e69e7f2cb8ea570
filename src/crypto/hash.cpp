#include "crypto/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/result.hpp"

namespace plume {

namespace {

/// Looked up once and kept: finding an algorithm by name costs OpenSSL 3 more than a short hash.
const EVP_MD* fetch(const char* name) {
    const EVP_MD* found = EVP_MD_fetch(nullptr, name, nullptr);
    check(found != nullptr, "OpenSSL has the hash function");
    return found;
}

template <size_t N>
FixedBytes<N> digest(const EVP_MD* function, BytesView data) {
    FixedBytes<N> out;
    unsigned size = 0;
    check(EVP_Digest(data.data(), data.size(), out.data(), &size, function, nullptr) == 1,
          "a hash function takes any bytes");
    check(size == N, "a hash function has its size");
    return out;
}

}  // namespace

Hash sha256(BytesView data) {
    static const EVP_MD* const function = fetch("SHA256");
    return digest<32>(function, data);
}

FixedBytes<64> sha512(BytesView data) {
    static const EVP_MD* const function = fetch("SHA512");
    return digest<64>(function, data);
}

FixedBytes<20> ripemd160(BytesView data) {
    static const EVP_MD* const function = fetch("RIPEMD160");
    return digest<20>(function, data);
}

FixedBytes<64> hmac_sha512(BytesView key, BytesView data) {
    FixedBytes<64> out;
    unsigned size = 0;
    check(HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
               out.data(), &size) != nullptr,
          "a keyed hash takes any bytes");
    check(size == out.size, "a keyed hash has its size");
    return out;
}

}  // namespace plume
