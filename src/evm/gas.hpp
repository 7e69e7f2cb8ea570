// Every price, once. Numbers are the Yellow Paper's (appendix G) as the EIPs of Osaka leave them;
// prices of native contracts, which Ethereum does not have, stand at the end.
#pragma once

#include <cstdint>

#include "evm/revision.hpp"
#include "types/transaction.hpp"

namespace plume {

namespace gas {

// Access (EIP-2929) and storage (EIP-2200, EIP-3529).
inline constexpr uint64_t warm_access = 100;
inline constexpr uint64_t cold_account_access = 2'600;
inline constexpr uint64_t cold_slot_access = 2'100;
inline constexpr uint64_t slot_set = 20'000;
inline constexpr uint64_t slot_reset = 5'000 - cold_slot_access;
inline constexpr uint64_t slot_clear_refund = 4'800;
/// A store with this much gas or less fails: what a 2,300 gas stipend buys must not write
/// (EIP-2200).
inline constexpr uint64_t store_sentry = 2'300;
inline constexpr uint64_t transient_access = 100;

inline constexpr uint64_t log = 375;
inline constexpr uint64_t log_topic = 375;
inline constexpr uint64_t log_byte = 8;

// Calls and creations (EIP-150, EIP-161, EIP-1014).
inline constexpr uint64_t call_value = 9'000;
inline constexpr uint64_t call_stipend = 2'300;
inline constexpr uint64_t new_account = 25'000;
inline constexpr uint64_t create = 32'000;
inline constexpr uint64_t code_byte = 200;
inline constexpr uint64_t self_destruct = 5'000;
inline constexpr uint64_t keccak = 30;
inline constexpr uint64_t keccak_word = 6;

// Instructions whose price depends on their operands; the flat prices stand in opcodes.hpp.
inline constexpr uint64_t memory_word = 3;
inline constexpr uint64_t memory_quadratic_divisor = 512;
inline constexpr uint64_t copy_word = 3;
inline constexpr uint64_t exp_byte = 50;

// Transactions (EIP-2028, EIP-2930, EIP-3529, EIP-3860, EIP-7623, EIP-7702, EIP-7825).
inline constexpr uint64_t transaction = 21'000;
inline constexpr uint64_t transaction_create = 32'000;
inline constexpr uint64_t data_zero_byte = 4;
inline constexpr uint64_t data_byte = 16;
inline constexpr uint64_t access_list_address = 2'400;
inline constexpr uint64_t access_list_slot = 1'900;
inline constexpr uint64_t init_code_word = 2;
inline constexpr uint64_t authorization = 25'000;
inline constexpr uint64_t authorization_refund = 12'500;  ///< for an authority that exists
inline constexpr uint64_t blob = 1 << 17;                 ///< blob gas, a market of its own
inline constexpr uint64_t floor_token = 10;
inline constexpr uint64_t refund_quotient = 5;
inline constexpr uint64_t transaction_max = 1 << 24;

// Native contracts (decision 0026, which has the times behind these prices). Everything else that
// one does is charged by the host at the prices above.
/// Finding the method, its lock and its frame.
inline constexpr uint64_t native_call = 200;
/// Decoding calldata and encoding answers, a word.
inline constexpr uint64_t native_word = 6;
/// A refusal, on top of the call: it unwinds the C++ stack, which takes as long as ten calls.
inline constexpr uint64_t native_refusal = 800;
/// Loading a slot that the same frame has loaded or stored already: no look into the state.
inline constexpr uint64_t native_reload = 5;
/// The first look of a transaction at a slot that turns out to be empty: a filter in memory says so
/// and no disk is read.
inline constexpr uint64_t native_cold_empty = 800;
/// secp256k1 recovery, at the price of the precompile at address 1.
inline constexpr uint64_t recover = 3'000;
/// P-256 verification, at the price of the precompile at address 0x100 (EIP-7951).
inline constexpr uint64_t p256_verify = 6'900;
/// Ed25519 verification, by the time it takes beside the two above.
inline constexpr uint64_t ed25519_verify = 6'900;

}  // namespace gas

/// EIP-170: bytes of a created contract.
inline constexpr size_t code_size_max = 24'576;
/// EIP-3860: bytes of init code.
inline constexpr size_t init_code_size_max = 49'152;

/// A transaction's price before it runs.
struct IntrinsicGas {
    uint64_t standard;  ///< taken at the start
    /// The least that is used in the end: 21,000 and 10 a token of calldata (EIP-7623); 0 before
    /// Prague.
    uint64_t floor;
};

/// Sums without overflow for anything a 128 KiB transaction can hold.
IntrinsicGas intrinsic_gas(const Transaction& transaction, Revision revision);

constexpr uint64_t words_of(uint64_t bytes) {
    return bytes / 32 + (bytes % 32 != 0 ? 1 : 0);
}

}  // namespace plume
