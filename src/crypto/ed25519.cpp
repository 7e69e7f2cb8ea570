#include "crypto/ed25519.hpp"

#include <openssl/evp.h>

#include <memory>

#include "base/result.hpp"
#include "base/u256.hpp"

namespace plume {

namespace {

/// The field's modulus 2^255 - 19, and the order of the base point's group.
constexpr u256 p{0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffed};
constexpr u256 order{0x1000000000000000, 0x0000000000000000, 0x14def9dea2f79cd6,
                     0x5812631a5cf5d3ed};
/// The y coordinates of the points of order 8; those of the other small orders are 0, 1 and p - 1.
constexpr u256 order_8_y{0x7a03ac9277fdc74e, 0xc6cc392cfa53202a, 0x0f67100d760b3cba,
                         0x4fd84d3d706a17c7};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

/// Numbers of this curve stand with their lowest byte first.
u256 from_little_endian(BytesView bytes) {
    Hash word;
    std::reverse_copy(bytes.begin(), bytes.end(), word.bytes.begin());
    return to_u256(word);
}

Context begin_context() {
    Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    check(context != nullptr, "there is memory for a context");
    return context;
}

Key key_of_seed(const FixedBytes<32>& seed) {
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size),
            &EVP_PKEY_free);
    check(key != nullptr, "every seed has a key");
    return key;
}

}  // namespace

bool is_ed25519_key(const Ed25519Key& key) {
    const u256 y = from_little_endian(key) & (u256_max >> 1);  // The top bit is the sign of x.
    if (y >= p) return false;
    return y != 0 && y != 1 && y != p - u256{1u} && y != order_8_y && y != p - order_8_y;
}

bool ed25519_verify(BytesView message, const Ed25519Key& key, const Ed25519Signature& signature) {
    if (!is_ed25519_key(key)) return false;
    if (from_little_endian(BytesView(signature).subspan(32)) >= order) return false;
    const Key owner(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size),
                    &EVP_PKEY_free);
    check(owner != nullptr, "OpenSSL takes any 32 bytes for a key");
    const Context context = begin_context();
    check(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, owner.get()) == 1,
          "OpenSSL has Ed25519");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size, message.data(),
                            message.size()) == 1;
}

Ed25519Key ed25519_key(const FixedBytes<32>& seed) {
    const Key key = key_of_seed(seed);
    Ed25519Key out;
    size_t size = out.size;
    check(EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size) == 1,
          "a private key knows its public one");
    return out;
}

Ed25519Signature ed25519_sign(BytesView message, const FixedBytes<32>& seed) {
    const Key key = key_of_seed(seed);
    const Context context = begin_context();
    check(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1,
          "OpenSSL has Ed25519");
    Ed25519Signature out;
    size_t size = out.size;
    check(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1,
          "whoever has the key can sign");
    return out;
}

}  // namespace plume
