// ECDSA signatures over secp256k1 (SEC 2) and the addresses that stand for their keys (Yellow
// Paper, appendix F). Every function may be called from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {

/// The order of the curve's group: keys, r and s lie in [1, n - 1].
inline constexpr u256 secp256k1_n{0xfffffffffffffffful, 0xfffffffffffffffeul, 0xbaaedce6af48a03bul,
                                  0xbfd25e8cd0364141ul};

/// The largest s that EIP-2 lets a transaction carry: floor(n / 2).
inline constexpr u256 secp256k1_half_n = secp256k1_n >> 1;

struct Signature {
    u256 r;
    u256 s;
    bool y_parity = false;  ///< whether the y coordinate of the point R is odd

    friend bool operator==(const Signature&, const Signature&) = default;
};

/// The point of a public key: x, then y, both big-endian.
using PublicKey = FixedBytes<64>;

/// A number in [1, n - 1]. Wiped from memory when it goes; never printed but on demand.
class PrivateKey {
public:
    /// The key with these 32 big-endian bytes; nothing when there are more or fewer, or the number
    /// is not a key.
    static std::optional<PrivateKey> from(BytesView bytes);

    /// The key spelled by 64 hexadecimal digits, with or without 0x.
    static std::optional<PrivateKey> parse(std::string_view hex);

    PrivateKey(const PrivateKey&) = default;
    PrivateKey& operator=(const PrivateKey&) = default;
    ~PrivateKey();

    const FixedBytes<32>& bytes() const { return bytes_; }

    friend bool operator==(const PrivateKey&, const PrivateKey&) = default;

private:
    explicit PrivateKey(const FixedBytes<32>& bytes) : bytes_(bytes) {}

    FixedBytes<32> bytes_;
};

PublicKey public_key(const PrivateKey& key);

/// The last 20 bytes of the key's keccak256.
Address address_of(const PublicKey& key);
Address address_of(const PrivateKey& key);

/// Signs with the nonce of RFC 6979, so that the same digest and key give the same signature; s is
/// never above `secp256k1_half_n`.
Signature sign(const Hash& digest, const PrivateKey& key);

/// The key that made the signature; nothing when r or s is 0 or >= n, or no such point exists. A
/// high s is accepted: refusing it is a rule of transactions (EIP-2), not of the curve. Some 35
/// microseconds.
std::optional<PublicKey> recover_public_key(const Hash& digest, const Signature& signature);

/// The address of the key that made the signature, under the same conditions.
std::optional<Address> recover(const Hash& digest, const Signature& signature);

}  // namespace plume
