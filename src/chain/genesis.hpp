// Block 0 and the world it starts with, from a genesis file in geth's format:
//
//   { "config": { "chainId": 31337, ... },     other members of config are forks, all of which are
//   active from block 0
//     "alloc":  { "<address>": { "balance": "0x..", "nonce": "0x..", "storage": { "<slot>":
//     "<word>" } } }, "gasLimit", "baseFeePerGas", "timestamp", "coinbase", "extraData", "mixHash",
//     "nonce", "difficulty", "plume":  { "nativeContracts": true, "nativeCode": false } }
// With nativeCode, accounts may be instances of native contracts, as those of an exported state.
// Numbers are JSON integers, or decimal or 0x strings. Members that geth does not know are ignored,
// as geth does; unknown members of "plume" are refused. Only config.chainId must be there.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "chain/execute.hpp"

namespace plume {

inline constexpr uint64_t default_gas_limit = 100'000'000;
inline constexpr uint64_t default_base_fee = 1'000'000'000;  ///< wei

struct GenesisAccount {
    u256 balance;
    uint64_t nonce = 0;
    Bytes code;
    std::map<u256, u256> storage;

    friend bool operator==(const GenesisAccount&, const GenesisAccount&) = default;
};

struct Genesis {
    uint64_t chain_id = 0;
    uint64_t gas_limit = default_gas_limit;
    u256 base_fee{default_base_fee};
    uint64_t timestamp = 0;
    Address coinbase;
    Bytes extra_data;  ///< at most 32 bytes
    Hash prev_randao;
    FixedBytes<8> nonce;
    u256 difficulty;
    std::map<Address, GenesisAccount> accounts;
    /// Whether the contracts of `genesis_contracts()` stand at their addresses, and the history of
    /// blocks (EIP-2935), which `accounts` may give another code.
    bool has_native_contracts = true;

    friend bool operator==(const Genesis&, const Genesis&) = default;
};

/// No block has a smaller gas limit (Yellow Paper, equation 56).
inline constexpr uint64_t gas_limit_min = 5'000;
/// No block is later: the last second of the year 9999, what every client can still show.
inline constexpr uint64_t timestamp_max = 253'402'300'799;
/// A genesis file may have this many bytes.
inline constexpr size_t genesis_size_max = size_t{64} << 20;

/// Reads a genesis file. An error names the member at fault, as in "alloc.0xab...: balance is not a
/// number".
Result<Genesis> parse_genesis(std::string_view json);

/// Block 0 as the chain commits it: no transactions, all accounts new.
Executed build_genesis(const Genesis& genesis, std::span<const NativeType> natives);

}  // namespace plume
