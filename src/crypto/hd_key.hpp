// Many keys from one phrase: BIP-39 phrases, BIP-32 derivation. Every function may be called from
// any thread.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/signature.hpp"

namespace plume {

/// Where Ethereum wallets look for their first account (BIP-44); the last number counts the
/// accounts.
inline constexpr std::string_view ethereum_account_path = "m/44'/60'/0'/0/";

/// The 64 bytes that a phrase stands for (BIP-39). Words and checksum are not looked up in a word
/// list: BIP-39 lets any text stand for a seed. Only ASCII is accepted, since another text would
/// first need Unicode normalization.
Result<FixedBytes<64>> seed_of_mnemonic(std::string_view mnemonic,
                                        std::string_view passphrase = "");

/// The most steps a path may have: a key's depth is one byte.
inline constexpr size_t derivation_depth_max = 255;

/// The key at `path` below the master key of `seed` (BIP-32, private derivation). The path is "m",
/// or "m/" and numbers below 2^31 between slashes, each hardened when an apostrophe follows it. The
/// seed has 16 to 64 bytes.
Result<PrivateKey> derive_key(BytesView seed, std::string_view path);

}  // namespace plume
