#include "evm/step_tracer.hpp"

#include "evm/opcodes.hpp"

namespace plume {

namespace {

constexpr size_t word_size = 32;

}  // namespace

void StepTracer::enter(const Message& message, BytesView, const NativeType*) {
    const bool is_creation = message.kind == CallKind::create || message.kind == CallKind::create2;
    if (is_creation && !frames_.empty() && frames_.back().is_paid)
        steps_[frames_.back().step].cost -= message.gas;
    frames_.push_back({message.recipient});
}

void StepTracer::leave(const CallResult&) {
    frames_.pop_back();
}

void StepTracer::step(const Step& step) {
    Frame& frame = frames_.back();
    // What SLOAD found lies where the slot's number was.
    if (frame.loading) note_storage(frame, *frame.loading, step.stack.back());
    finish(step.gas);
    if (is_wanted(step)) remember(step);
}

bool StepTracer::is_wanted(const Step& step) {
    if (options_.count_max != 0 && steps_.size() >= options_.count_max) return false;
    size_t size = sizeof(TracedStep);
    if (options_.with_stack) size += step.stack.size() * word_size;
    if (options_.with_memory) size += step.memory.size();
    if (options_.with_return_data) size += step.return_data.size();
    return budget_.take(size);
}

void StepTracer::remember(const Step& step) {
    TracedStep& traced = steps_.emplace_back();
    traced.pc = step.pc;
    traced.opcode = step.opcode;
    traced.gas = step.gas;
    traced.depth = step.message->depth + 1;
    traced.refund = static_cast<uint64_t>(std::max<int64_t>(step.refund, 0));
    if (options_.with_stack) traced.stack.assign(step.stack.begin(), step.stack.end());
    if (options_.with_memory) traced.memory = to_bytes(step.memory);
    if (options_.with_return_data) traced.return_data = to_bytes(step.return_data);

    Frame& frame = frames_.back();
    frame.step = steps_.size() - 1;
    if (!options_.with_storage) return;
    const std::span<const u256> stack = step.stack;
    if (step.opcode == opcode::SLOAD && !stack.empty()) frame.loading = stack.back();
    if (step.opcode == opcode::SSTORE && stack.size() >= 2)
        note_storage(frame, stack.back(), stack[stack.size() - 2]);
}

void StepTracer::note_storage(const Frame& frame, const u256& slot, const u256& value) {
    std::map<u256, u256>& slots = storage_[frame.account];
    slots[slot] = value;
    if (budget_.take(2 * word_size * slots.size())) steps_[frame.step].storage = slots;
}

void StepTracer::gave(uint32_t, uint64_t gas_left) {
    Frame& frame = frames_.back();
    if (frame.step == none) return;
    steps_[frame.step].cost = steps_[frame.step].gas - gas_left;
    frame.is_paid = true;
}

void StepTracer::finish(uint64_t gas_left) {
    Frame& frame = frames_.back();
    if (frame.step != none && !frame.is_paid)
        steps_[frame.step].cost = steps_[frame.step].gas - gas_left;
    frame = {frame.account};
}

void StepTracer::ran(uint32_t, Status status, uint64_t gas_left) {
    const size_t last = frames_.back().step;
    finish(gas_left);
    if (last == none || status == Status::success || status == Status::revert) return;
    TracedStep& step = steps_[last];
    step.status = status;
    // The rest of the gas is lost, but was not asked for: unless there was too little of it.
    const uint64_t price = opcode_prices[step.opcode];
    step.cost = status == Status::out_of_gas ? std::max(price, step.gas) : price;
}

void StepTracer::end(const State&, const CallResult& result, uint64_t gas_used) {
    result_ = result;
    gas_used_ = gas_used;
}

}  // namespace plume
