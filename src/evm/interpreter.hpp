// Runs bytecode in a frame.
#pragma once

#include "evm/code.hpp"
#include "evm/frame.hpp"

namespace plume {

/// The words a stack can hold (Yellow Paper 9.1).
inline constexpr size_t stack_size_max = 1'024;

/// Runs `code` until it ends. Throws nothing. Recursion through the host's calls needs a stack of
/// `contract_stack_size`.
CallResult interpret(Frame& frame, const Code& code);

}  // namespace plume
