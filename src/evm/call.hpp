// Running a message: depth, value, whose code, and undoing everything when it fails.
#pragma once

#include "evm/frame.hpp"

namespace plume {

/// Runs `message`: moves its value, picks the code of `code_address`, and rolls the state back
/// unless it succeeds. The output of a failed call other than a revert is empty, and no gas is left
/// of it.
CallResult call(Execution& execution, const Message& message);

/// Makes a contract of `message.recipient`: moves the value there, runs `init_code` and keeps what
/// it returns as the contract's code (Yellow Paper 7), which is the output.
CallResult create(Execution& execution, const Message& message, BytesView init_code);

/// Puts an instance of `type` at `message.recipient` and runs its constructor.
CallResult create_native(Execution& execution, const NativeType& type, const Message& message);

/// Where CREATE puts the contract that `creator` makes with its `nonce`.
Address created_address(const Address& creator, uint64_t nonce);
/// Where CREATE2 puts it (EIP-1014).
Address created_address(const Address& creator, const Hash& salt, BytesView init_code);

}  // namespace plume
