// What every instruction of a transaction finds and costs.
#pragma once

#include <map>

#include "evm/trace_budget.hpp"
#include "evm/tracer.hpp"

namespace plume {

/// An instruction as it was about to run, and what it then took.
struct TracedStep {
    uint64_t pc = 0;
    uint8_t opcode = 0;
    uint64_t gas = 0;    ///< before it
    uint64_t cost = 0;   ///< with what a call hands to its callee; a creation's is its own price
    uint32_t depth = 0;  ///< of its frame; the outermost is 1
    uint64_t refund = 0;
    /// Why the frame failed here; `success` where it went on or ended by itself.
    Status status = Status::success;
    std::vector<u256> stack{};  ///< lowest word first
    Bytes memory{};
    Bytes return_data{};  ///< of the call made last
    /// After SLOAD and SSTORE: the slots of this contract that were looked at so far.
    std::map<u256, u256> storage{};
};

/// Remembers steps. Native and precompiled contracts have none.
class StepTracer final : public Tracer {
public:
    struct Options {
        bool with_stack = true;
        bool with_storage = true;
        bool with_memory = false;
        bool with_return_data = false;
        size_t count_max = 0;  ///< later steps are left out; 0: none is
    };

    StepTracer(Options options, TraceBudget& budget) : options_(options), budget_(budget) {}

    const std::vector<TracedStep>& steps() const { return steps_; }
    /// Once the transaction is over: how, and the gas it paid for.
    const CallResult& result() const { return result_; }
    uint64_t gas_used() const { return gas_used_; }

    bool wants_steps() const override { return !budget_.is_spent(); }
    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult& result) override;
    void step(const Step& step) override;
    void gave(uint32_t depth, uint64_t gas_left) override;
    void ran(uint32_t depth, Status status, uint64_t gas_left) override;
    void end(const State& state, const CallResult& result, uint64_t gas_used) override;

private:
    static constexpr size_t none = ~size_t{0};

    /// A frame in progress.
    struct Frame {
        Address account;                ///< whose storage it uses
        size_t step = none;             ///< the instruction that runs, if it is remembered
        bool is_paid = false;           ///< its cost is known, though it has not ended
        std::optional<u256> loading{};  ///< the slot that it loads
    };

    /// Whether `step` is to be remembered.
    bool is_wanted(const Step& step);
    void remember(const Step& step);
    /// What the step that runs in `frame` found or put in `slot`.
    void note_storage(const Frame& frame, const u256& slot, const u256& value);
    /// The step that runs in the innermost frame has left so much gas.
    void finish(uint64_t gas_left);

    Options options_;
    TraceBudget& budget_;
    std::vector<TracedStep> steps_;
    std::vector<Frame> frames_;  ///< outermost first
    std::map<Address, std::map<u256, u256>> storage_;
    CallResult result_;
    uint64_t gas_used_ = 0;
};

}  // namespace plume
