// What turns a password into a key, and what encrypts with that key. Every function may be called
// from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace plume {

/// PBKDF2 (RFC 8018) with HMAC-SHA-256 and HMAC-SHA-512. At least one iteration and one byte.
Bytes pbkdf2_sha256(std::string_view password, BytesView salt, uint32_t iterations, size_t size);
Bytes pbkdf2_sha512(std::string_view password, BytesView salt, uint32_t iterations, size_t size);

/// The costs of scrypt (RFC 7914): memory is 128 n r bytes, time grows with n r p.
struct ScryptCosts {
    uint64_t n = 0;  ///< a power of two above 1
    uint64_t r = 0;
    uint64_t p = 0;
};

/// What `scrypt` may be asked to use: the memory that wallets take by default, and eight times
/// their work.
inline constexpr uint64_t scrypt_memory_max = 256u << 20;
inline constexpr uint64_t scrypt_work_max = 1u << 22;  ///< of n r p

/// `size` bytes (at least one) made from the password; an error when the costs are out of range or
/// the memory is not there.
Result<Bytes> scrypt(std::string_view password, BytesView salt, const ScryptCosts& costs,
                     size_t size);

/// AES in counter mode (NIST SP 800-38A, the counter of 128 bits), which both encrypts and
/// decrypts. The key has 16 or 32 bytes.
Bytes aes_ctr(BytesView key, const FixedBytes<16>& counter, BytesView data);

}  // namespace plume
