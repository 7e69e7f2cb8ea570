// Key files as Ethereum wallets write them: Web3 Secret Storage, version 3. The password opens
// them; nothing in them is trusted, so what they may ask of this machine is bounded.
#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/result.hpp"
#include "crypto/password.hpp"
#include "crypto/signature.hpp"

namespace plume {

/// The most rounds of PBKDF2 that a file may ask for: some seconds. The bounds of scrypt are its
/// own (crypto/password.hpp).
inline constexpr uint64_t keystore_rounds_max = 4'000'000;
/// The sizes of the derived key and of the salt, in bytes.
inline constexpr size_t keystore_key_size_min = 32;
inline constexpr size_t keystore_key_size_max = 64;
inline constexpr size_t keystore_salt_size_max = 1024;

/// The key in `file`: AES-128-CTR under a key made by scrypt or PBKDF2-HMAC-SHA256, guarded by a
/// keccak256. An error when it is another kind of file, asks for too much, was damaged, or the
/// password is wrong; and when the file names an address that is not the key's. Takes half a second
/// with the usual costs.
Result<PrivateKey> open_keystore(const boost::json::value& file, std::string_view password);

/// The costs that wallets take by default: 256 MiB and about a second.
inline constexpr ScryptCosts keystore_costs{.n = 262'144, .r = 8, .p = 1};

/// A file with `key`, as `open_keystore` reads it; the salt, the counter and the id are random. An
/// error when the costs are out of range or the memory for them is not there.
Result<boost::json::object> seal_keystore(const PrivateKey& key, std::string_view password,
                                          const ScryptCosts& costs = keystore_costs);

}  // namespace plume
