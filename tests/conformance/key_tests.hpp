// Vectors of keys, of what keeps them, and of hashes.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// {json, password, priv}: a key file of version 3.
Outcome run_key_store(const boost::json::value& entry);

/// {type, json, password, address, privateKey}: the key files of other wallets.
Cases wallet_cases(const Entry& entry);

/// {mnemonic, password?, seed, hdnodes: [{path, privateKey, address}]} (BIP-39, BIP-32).
Outcome run_derivation(const boost::json::value& entry);

/// {address, checksumAddress, privateKey?} (EIP-55).
Outcome run_account(const boost::json::value& entry);

/// {seed, key, addr}.
Outcome run_seeded_key(const boost::json::value& entry);

/// {data, keccak256, sha256, sha512}.
Outcome run_hashes(const boost::json::value& entry);

/// {wei, ether, gwei?, ...}: an amount in several units.
Outcome run_units(const boost::json::value& entry);

/// {decryption_type, key, cipher, payload}.
Cases cipher_cases(const Entry& entry);

}  // namespace plume::conformance
