// Two loops over the same instructions. The fast one runs the operations that evm/program.hpp made
// of the code and checks block by block. The plain one goes by the bytes and checks each
// instruction: it runs code that has not burnt enough gas yet to be worth decoding, tracers watch
// it, and it is what the fast one is held against.
//
// In both each instruction's code ends with a jump of its own to the next one's, so that the
// processor predicts the instruction after an ADD apart from the one after a POP. What it does
// stands in instructions.hpp; pointers and gas live in registers, because everything small that is
// called here is inlined.

#include "evm/interpreter.hpp"

#include <bit>

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

#define PLUME_LABEL(opcode, name, function, taken, left, price) &&label_##name,
#define PLUME_NO_LABEL(opcode) &&undefined,
#define PLUME_NO_INSTRUCTION(opcode)

#define PLUME_NEXT()                                                      \
    do {                                                                  \
        if constexpr (is_watched) report_step(m, pc, m.bottom, top, gas); \
        goto* labels[*pc];                                                \
    } while (false)

#define PLUME_INSTRUCTION(opcode, name, function, taken, left, price)                         \
    label_##name : {                                                                          \
        if (const Status s = check_stack<taken, left>(top, m.bottom); s != Status::success) { \
            m.status = s;                                                                     \
            goto ended;                                                                       \
        }                                                                                     \
        if ((gas -= (price)) < 0) goto ended;                                                 \
        pc = run_one<&op::function>(pc, top, gas, m);                                         \
        if (pc == nullptr) goto ended;                                                        \
        top += (left) - (taken);                                                              \
        if constexpr (!is_watched && (opcode) == jump_destination)                            \
            if (gas < patience) return {gas + 1, top, pc - 1};                                \
        PLUME_NEXT();                                                                         \
    }

constexpr uint8_t jump_destination = opcode::JUMPDEST;

/// Where a loop has come to.
struct Halt {
    int64_t gas;
    u256* top;
    const uint8_t*
        destination;  ///< of a jump, from where the other loop is to go on; null: the end
};

/// Goes by the bytes: to the end and telling the tracer of every step, or until the first jump with
/// less than `patience` gas left.
template <bool is_watched>
Halt run_plain(Machine& m, int64_t patience) {
    static const void* const labels[] = {PLUME_OPCODES(PLUME_LABEL, PLUME_NO_LABEL)};
    u256* top = m.bottom;
    const uint8_t* pc = m.code.begin();
    auto gas = static_cast<int64_t>(m.frame.gas_left());
    PLUME_NEXT();

    PLUME_OPCODES(PLUME_INSTRUCTION, PLUME_NO_INSTRUCTION)

undefined:
    m.status = Status::undefined_instruction;
ended:
    return {gas, top, nullptr};
}

#undef PLUME_NEXT
#undef PLUME_INSTRUCTION

/// Runs an instruction on an upper and a lower operand that do not lie on the stack.
template <void (*function)(u256*)>
[[gnu::always_inline]] inline u256 applied(const u256& upper, const u256& lower) {
    std::array<u256, 2> pair{lower, upper};
    function(&pair[1]);
    return pair[0];
}

/// Whether a block can be run: takes its gas, and looks at the stack.
[[gnu::always_inline]] inline bool enter_block(const Operation& block, const u256* top,
                                               int64_t& gas, Machine& m) {
    const auto cost = std::bit_cast<BlockCost>(block.number);
    gas -= cost.gas;
    const ptrdiff_t height = top - m.bottom;
    if (gas >= 0 && height >= cost.needed &&
        height + cost.growth <= static_cast<ptrdiff_t>(stack_size_max)) [[likely]]
        return true;
    if (height < cost.needed)
        m.status = Status::stack_underflow;
    else if (height + cost.growth > static_cast<ptrdiff_t>(stack_size_max))
        m.status = Status::stack_overflow;
    return false;
}

using Jump = const uint8_t* (*)(u256*, const uint8_t*, Machine&);

#define PLUME_NEXT() goto* labels[next->code]
#define PLUME_STEP() \
    ++next;          \
    PLUME_NEXT()

#define PLUME_INSTRUCTION(opcode, name, function, taken, left, price)                   \
    label_##name : if constexpr (std::is_same_v<decltype(&op::function), Jump>) {       \
        const bool goes = (taken) == 1 || !top[-1].is_zero();                           \
        next = goes ? program.target(top[0]) : next + 1;                                \
    }                                                                                   \
    else {                                                                              \
        if (run_one<&op::function>(m.code.begin(), top, gas, m) == nullptr) goto ended; \
        ++next;                                                                         \
    }                                                                                   \
    top += (left) - (taken);                                                            \
    PLUME_NEXT();

#define PLUME_OWN_LABEL(name) &&label_##name,
#define PLUME_JOINED_LABEL(name, function) &&constant_##name, &&dup_##name, &&swap_##name,

#define PLUME_JOINED_INSTRUCTION(name, function)                             \
    constant_##name : top[0] = applied<&op::function>(*next->word, top[0]);  \
    ++next;                                                                  \
    PLUME_NEXT();                                                            \
    dup_##name : top[0] = applied<&op::function>(top[-next->depth], top[0]); \
    ++next;                                                                  \
    PLUME_NEXT();                                                            \
    swap_##name : top[-1] = applied<&op::function>(top[-1], top[0]);         \
    --top;                                                                   \
    ++next;                                                                  \
    PLUME_NEXT();

/// Goes by the program from `next` on, and returns the gas left.
int64_t run_fast(Machine& m, const Program& program, const Operation* next, u256* top,
                 int64_t gas) {
    // clang-format off
    static const void* const labels[operation::COUNT] = {
        PLUME_OPCODES(PLUME_LABEL, PLUME_NO_LABEL) PLUME_OWN(PLUME_OWN_LABEL)
        PLUME_JOINED(PLUME_JOINED_LABEL)};
    // clang-format on
    PLUME_NEXT();

label_BLOCK:
    if (!enter_block(*next, top, gas, m)) goto ended;
    PLUME_STEP();
label_PUSH_SMALL:
    *++top = u256{next->number};
    PLUME_STEP();
label_PUSH_LARGE:
    *++top = *next->word;
    PLUME_STEP();
label_JUMP_TO:
    next = program.at(next->number);
    PLUME_NEXT();
label_JUMPI_TO:
    next = top[0].is_zero() ? next + 1 : program.at(next->number);
    --top;
    PLUME_NEXT();
label_JUMPZ_TO:
    next = top[0].is_zero() ? program.at(next->number) : next + 1;
    --top;
    PLUME_NEXT();
label_SWAP_POP:
    top[-next->depth] = top[0];
    --top;
    PLUME_STEP();
label_SHIFT_LEFT:
    top[0] = top[0] << static_cast<unsigned>(next->number);
    PLUME_STEP();
label_SHIFT_RIGHT:
    top[0] = top[0] >> static_cast<unsigned>(next->number);
    PLUME_STEP();
label_MLOAD_AT:
    if ((gas = m.memory.grow(next->number, 32, gas)) < 0) goto ended;
    *++top = op::load_word(m.memory.data() + next->number);
    PLUME_STEP();
label_MSTORE_AT:
    if ((gas = m.memory.grow(next->number, 32, gas)) < 0) goto ended;
    op::store_word(m.memory.data() + next->number, *top--);
    PLUME_STEP();

    PLUME_JOINED(PLUME_JOINED_INSTRUCTION)
    PLUME_OPCODES(PLUME_INSTRUCTION, PLUME_NO_INSTRUCTION)

label_NOWHERE:
    m.status = Status::invalid_jump;
    return gas;
undefined:
    m.status = Status::undefined_instruction;
ended:
    return gas;
}

/// By the program when there is one, else by the bytes as long as that lasts.
int64_t run(Machine& m) {
    const auto gas = static_cast<int64_t>(m.frame.gas_left());
    if (const Program* program = m.code.program())
        return run_fast(m, *program, program->begin(), m.bottom, gas);
    const auto patience = static_cast<int64_t>(m.code.patience());
    const Halt halt = run_plain<false>(m, gas - patience);
    m.code.burnt(static_cast<uint64_t>(gas - std::max<int64_t>(halt.gas, 0)));
    if (halt.destination == nullptr) return halt.gas;
    const Program& program = m.code.make_program();
    const auto position = static_cast<uint64_t>(halt.destination - m.code.begin());
    return run_fast(m, program, program.target(u256{position}), halt.top, halt.gas);
}

}  // namespace

CallResult interpret(Frame& frame, const Code& code) {
    Stack stack;
    Machine machine{frame, code, stack.bottom()};
    Tracer* tracer = frame.execution().tracer;
    const bool is_watched = tracer != nullptr && tracer->wants_steps();
    const int64_t gas = is_watched ? run_plain<true>(machine, 0).gas : run(machine);
    const bool keeps_gas = machine.status == Status::success || machine.status == Status::revert;
    const uint64_t gas_left = keeps_gas ? static_cast<uint64_t>(gas) : 0;
    if (is_watched) [[unlikely]]
        tracer->ran(frame.message().depth, machine.status, gas_left);
    return {machine.status, gas_left, std::move(machine.output)};
}

}  // namespace plume
