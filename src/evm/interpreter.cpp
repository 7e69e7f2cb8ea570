// The loop: each instruction's code ends with a jump of its own to the next one's, so that the
// processor predicts the instruction after an ADD apart from the one after a POP. What it does
// stands in instructions.hpp; pointers and gas live in registers, because everything it calls here
// is inlined.

#include "evm/interpreter.hpp"

#include "evm/instructions.hpp"
#include "evm/opcodes.hpp"
#include "evm/tracer.hpp"

namespace plume {

namespace {

/// Uninitialised on purpose: no instruction reads what was not pushed.
class Stack {
public:
    Stack() : words_(static_cast<u256*>(std::malloc((stack_size_max + 1) * sizeof(u256)))) {
        check(words_ != nullptr, "there is memory for a stack");
    }
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;
    ~Stack() { std::free(words_); }

    /// The place below the lowest word: `top` of an empty stack.
    u256* bottom() { return words_; }

private:
    u256* words_;
};

/// Whether the stack has the words that an instruction takes, and room for those it leaves.
template <int taken, int left>
[[gnu::always_inline]] inline Status check_stack(const u256* top, const u256* bottom) {
    if constexpr (taken > 0)
        if (top - bottom < taken) [[unlikely]]
            return Status::stack_underflow;
    if constexpr (left > taken)
        if (top - bottom > static_cast<ptrdiff_t>(stack_size_max) - (left - taken)) [[unlikely]]
            return Status::stack_overflow;
    return Status::success;
}

/// Runs one instruction: where to go on, or null when the frame ends.
template <auto function>
[[gnu::always_inline]] inline const uint8_t* run_one(const uint8_t* pc, u256* top, int64_t& gas,
                                                     Machine& m) {
    using Function = decltype(function);
    if constexpr (std::is_same_v<Function, void (*)(u256*)>) {
        function(top);
    } else if constexpr (std::is_same_v<Function, void (*)(u256*, const Machine&)>) {
        function(top, m);
    } else if constexpr (std::is_same_v<Function, void (*)(u256*, int64_t)>) {
        function(top, gas);
    } else if constexpr (std::is_same_v<Function, const uint8_t* (*)(u256*, const uint8_t*)>) {
        return function(top, pc);
    } else if constexpr (std::is_same_v<Function,
                                        const uint8_t* (*)(u256*, const uint8_t*, Machine&)>) {
        return function(top, pc, m);
    } else if constexpr (std::is_same_v<Function, op::Ending (*)(u256*, int64_t, Machine&)>) {
        gas = function(top, gas, m).gas;
        return nullptr;
    } else {
        static_assert(std::is_same_v<Function, int64_t (*)(u256*, int64_t, Machine&)>);
        gas = function(top, gas, m);
        if (gas < 0) [[unlikely]]
            return nullptr;
    }
    return pc + 1;
}

void report_step(const Machine& m, const uint8_t* pc, u256* bottom, const u256* top, int64_t gas) {
    m.execution().tracer->step({.pc = static_cast<uint64_t>(pc - m.code.begin()),
                                .opcode = *pc,
                                .gas = static_cast<uint64_t>(gas),
                                .stack = {bottom + 1, static_cast<size_t>(top - bottom)},
                                .memory = m.memory.all(),
                                .return_data = m.return_data,
                                .refund = m.execution().state.refund(),
                                .message = &m.message()});
}

#define PLUME_NEXT()                                                   \
    do {                                                               \
        if constexpr (is_traced) report_step(m, pc, bottom, top, gas); \
        goto* labels[*pc];                                             \
    } while (false)

#define PLUME_INSTRUCTION(opcode, name, function, taken, left, price)                       \
    label_##name : {                                                                        \
        if (const Status s = check_stack<taken, left>(top, bottom); s != Status::success) { \
            m.status = s;                                                                   \
            goto failed;                                                                    \
        }                                                                                   \
        if constexpr ((price) != 0)                                                         \
            if ((gas -= (price)) < 0) [[unlikely]]                                          \
                goto failed;                                                                \
        pc = run_one<&op::function>(pc, top, gas, m);                                       \
        if (pc == nullptr) [[unlikely]]                                                     \
            goto ended;                                                                     \
        top += (left) - (taken);                                                            \
        PLUME_NEXT();                                                                       \
    }

#define PLUME_LABEL(opcode, name, function, taken, left, price) &&label_##name,
#define PLUME_NO_LABEL(opcode) &&undefined,
#define PLUME_NO_INSTRUCTION(opcode)

template <bool is_traced>
void run(Machine& m) {
    static const void* const labels[] = {PLUME_OPCODES(PLUME_LABEL, PLUME_NO_LABEL)};
    Stack stack;
    u256* const bottom = stack.bottom();
    u256* top = bottom;
    const uint8_t* pc = m.code.begin();
    auto gas = static_cast<int64_t>(m.frame.gas_left());
    PLUME_NEXT();

    PLUME_OPCODES(PLUME_INSTRUCTION, PLUME_NO_INSTRUCTION)

undefined:
    m.status = Status::undefined_instruction;
failed:
ended:
    const bool keeps_gas = m.status == Status::success || m.status == Status::revert;
    m.frame.set_gas_left(keeps_gas ? static_cast<uint64_t>(gas) : 0);
}

}  // namespace

CallResult interpret(Frame& frame, const Code& code) {
    Machine machine{frame, code};
    Tracer* tracer = frame.execution().tracer;
    if (tracer != nullptr && tracer->wants_steps()) [[unlikely]] {
        run<true>(machine);
        tracer->ran(frame.message().depth, machine.status, frame.gas_left());
    } else {
        run<false>(machine);
    }
    return {machine.status, frame.gas_left(), std::move(machine.output)};
}

}  // namespace plume
