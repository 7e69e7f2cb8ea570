// Who watches a transaction run. Nothing that a tracer does changes what happens.
#pragma once

#include "evm/execution.hpp"

namespace plume {

/// The moment before an instruction runs.
struct Step {
    uint64_t pc = 0;
    uint8_t opcode = 0;
    uint64_t gas = 0;             ///< before it is charged
    std::span<const u256> stack;  ///< lowest word first
    BytesView memory;             ///< as far as it has grown
    BytesView return_data;        ///< of the call made last
    int64_t refund = 0;
    const Message* message = nullptr;  ///< of the frame it runs in
};

/// Calls come nested: `enter`, what happens inside, `leave`. One thread.
class Tracer {
public:
    virtual ~Tracer() = default;
    /// A transaction begins, on `state`, which lives until `end`.
    virtual void begin(const State& /*state*/, uint64_t /*gas_limit*/) {}
    /// It is over: the gas is paid for, the state final. `result` is what counts, whatever the
    /// outermost call left with: a broken invariant undoes it.
    virtual void end(const State& /*state*/, const CallResult& /*result*/, uint64_t /*gas_used*/) {}
    /// A call or creation begins; `native` when it runs a native contract, and `code` is what runs.
    virtual void enter(const Message& message, BytesView code, const NativeType* native) = 0;
    /// It has ended, and what it did is undone unless it succeeded.
    virtual void leave(const CallResult& result) = 0;
    virtual void log(const Log&) {}
    virtual void self_destruct(const Address& /*contract*/, const Address& /*heir*/,
                               const u256& /*balance*/) {}
    /// Whether `step` and `ran` are wanted: the interpreter then runs a slower loop.
    virtual bool wants_steps() const { return false; }
    virtual void step(const Step&) {}
    /// The frame at `depth`, in a call or a creation, is about to hand gas to a callee and keeps
    /// `gas_left`.
    virtual void gave(uint32_t /*depth*/, uint64_t /*gas_left*/) {}
    /// The bytecode of the frame at `depth` has run to its end; a failure leaves no gas.
    virtual void ran(uint32_t /*depth*/, Status, uint64_t /*gas_left*/) {}
};

}  // namespace plume
