// Running a message: depth, value, whose code, and undoing everything when it fails.
#pragma once

#include "evm/frame.hpp"

namespace plume {

/// Runs `message`: moves its value, picks the code of `code_address`, and rolls the state back
/// unless it succeeds. The output of a failed call other than a revert is empty, and no gas is left
/// of it.
CallResult call(Execution& execution, const Message& message);

/// Puts an instance of `type` at `message.recipient` and runs its constructor.
CallResult create_native(Execution& execution, const NativeType& type, const Message& message);

}  // namespace plume
