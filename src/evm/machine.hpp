// What the interpreter keeps of a frame beside its stack.
#pragma once

#include "evm/code.hpp"
#include "evm/frame.hpp"
#include "evm/memory.hpp"

namespace plume {

struct Machine {
    Frame& frame;
    const Code& code;
    /// The place below the stack's lowest word: where its top is while it is empty.
    u256* bottom = nullptr;
    Memory memory{};
    Bytes return_data{};  ///< of the call made last (EIP-211)
    Bytes output{};       ///< of this frame, once it has ended
    /// Why the frame ends, from the moment that an instruction says it does.
    Status status = Status::out_of_gas;

    const Message& message() const { return frame.message(); }
    const Execution& execution() const { return frame.execution(); }
    const BlockEnvironment& block() const { return frame.execution().block; }
};

}  // namespace plume
