// What a caller asks of the host, and how that ends.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {

/// How a call ended. Only `success` and `revert` leave gas to the caller; only `success` keeps
/// writes.
enum class Status : uint8_t {
    success,
    revert,
    out_of_gas,
    static_write,              ///< a write under STATICCALL
    depth_exceeded,            ///< more than 1,024 calls deep
    insufficient_balance,      ///< the caller has less than the value it sends
    nonce_exhausted,           ///< the creator's nonce is 2^64 - 1 (EIP-2681)
    address_taken,             ///< there is an account where a contract was to be created
    undefined_instruction,     ///< an opcode that means nothing in this revision
    stack_underflow,           ///< fewer words on the stack than the instruction takes
    stack_overflow,            ///< more than 1,024 words on the stack
    invalid_jump,              ///< the destination is no JUMPDEST
    return_data_out_of_range,  ///< RETURNDATACOPY beyond the end (EIP-211)
    init_code_too_large,       ///< more than 49,152 bytes (EIP-3860)
    code_too_large,            ///< a created contract has more than 24,576 bytes (EIP-170)
    code_reserved,             ///< a created contract's code begins with 0xef (EIP-3541)
    precompile_failed,         ///< a precompiled contract refused its input
    native_delegated,          ///< DELEGATECALL or CALLCODE into a native contract
    invariant_broken,          ///< a native contract found its own rules violated afterwards
};

/// What geth calls it.
std::string_view name_of(Status status);

enum class CallKind : uint8_t { call, delegate_call, call_code, create, create2 };

inline constexpr uint32_t depth_max = 1'024;

/// One message (Yellow Paper 9.3), as the code that it runs sees it.
struct Message {
    CallKind kind = CallKind::call;
    bool is_static = false;       ///< nothing may be written
    bool is_static_call = false;  ///< because this very call is a STATICCALL
    uint32_t depth = 0;
    uint64_t gas = 0;
    Address sender;
    Address recipient;     ///< whose storage and balance: "this"
    Address code_address;  ///< whose code; the same but for delegated calls
    u256 value;            ///< wei
    /// Calldata. In a creation, what the init code is followed by: nothing for bytecode, a native
    /// contract's constructor arguments.
    BytesView input;
};

struct CallResult {
    Status status = Status::success;
    uint64_t gas_left = 0;
    Bytes output;  ///< return data, or the reason of a revert
};

}  // namespace plume
