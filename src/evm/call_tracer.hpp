// Which calls a transaction makes, as a tree.
#pragma once

#include "evm/trace_budget.hpp"
#include "evm/tracer.hpp"

namespace plume {

/// A log, and how many calls its frame had made before it.
struct TracedLog {
    Log log;
    size_t position = 0;
};

struct TracedCall {
    enum class Kind : uint8_t {
        call,
        static_call,
        delegate_call,
        call_code,
        create,
        create2,
        self_destruct,
    };

    Kind kind = Kind::call;
    Address from;  ///< whose code makes the call: for delegated calls, too
    Address to;    ///< whose code is run; the heir of a contract that destroys itself
    u256 value;    ///< wei; of a delegated call, its caller's; nothing is sent by a static one
    uint64_t gas = 0;
    uint64_t gas_used = 0;
    Bytes input;  ///< calldata, or init code
    Bytes output;
    Status status = Status::success;
    const NativeType* native = nullptr;  ///< the native contract that runs, if one does
    std::vector<TracedCall> calls{};
    std::vector<TracedLog> logs{};
};

/// Remembers calls, and on demand the logs that count in the end: those of calls that, with all
/// around them, succeeded. The outermost call is the transaction itself, with the gas that it has
/// and pays for.
class CallTracer final : public Tracer {
public:
    struct Options {
        bool with_logs = false;
        bool only_outermost = false;
    };

    CallTracer(Options options, TraceBudget& budget) : options_(options), budget_(budget) {}

    /// Once the transaction is over.
    const TracedCall& outermost() const { return outermost_; }

    void begin(const State& state, uint64_t gas_limit) override;
    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult& result) override;
    void log(const Log& log) override;
    void self_destruct(const Address& contract, const Address& heir, const u256& balance) override;
    void end(const State& state, const CallResult& result, uint64_t gas_used) override;

private:
    /// Whether what happens now, in a call `depth_` deep, is to be remembered.
    bool is_wanted(size_t size);

    Options options_;
    TraceBudget& budget_;
    uint64_t gas_limit_ = 0;
    size_t depth_ = 0;              ///< calls that have been entered and not left
    std::vector<TracedCall> open_;  ///< those of them that are remembered, outermost first
    TracedCall outermost_;
};

}  // namespace plume
