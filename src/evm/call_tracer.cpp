#include "evm/call_tracer.hpp"

#include "base/result.hpp"

namespace plume {

namespace {

using Kind = TracedCall::Kind;

Kind kind_of(const Message& message) {
    switch (message.kind) {
        case CallKind::call:
            return message.is_static_call ? Kind::static_call : Kind::call;
        case CallKind::delegate_call:
            return Kind::delegate_call;
        case CallKind::call_code:
            return Kind::call_code;
        case CallKind::create:
            return Kind::create;
        case CallKind::create2:
            return Kind::create2;
    }
    fail("a message is of one of these kinds");
}

bool is_creation(const Message& message) {
    return message.kind == CallKind::create || message.kind == CallKind::create2;
}

bool is_delegated(const Message& message) {
    return message.kind == CallKind::delegate_call || message.kind == CallKind::call_code;
}

void drop_undone_logs(TracedCall& call, bool is_undone) {
    is_undone = is_undone || call.status != Status::success;
    if (is_undone) call.logs.clear();
    for (TracedCall& inner : call.calls) drop_undone_logs(inner, is_undone);
}

}  // namespace

bool CallTracer::is_wanted(size_t size) {
    if (options_.only_outermost && depth_ > 1) return false;
    return budget_.take(sizeof(TracedCall) + size);
}

void CallTracer::begin(const State&, uint64_t gas_limit) {
    gas_limit_ = gas_limit;
}

void CallTracer::enter(const Message& message, BytesView code, const NativeType* native) {
    ++depth_;
    const BytesView init_code = is_creation(message) ? code : BytesView{};
    if (!is_wanted(init_code.size() + message.input.size())) return;
    TracedCall call{.kind = kind_of(message),
                    .from = is_delegated(message) ? message.recipient : message.sender,
                    .to = message.code_address,
                    .value = message.value,
                    .gas = message.gas,
                    .input = to_bytes(init_code),
                    .output = {},
                    .native = native};
    append(call.input, message.input);
    open_.push_back(std::move(call));
}

void CallTracer::leave(const CallResult& result) {
    // What was not remembered lies inside all that was.
    if (depth_-- > open_.size()) return;
    TracedCall call = std::move(open_.back());
    open_.pop_back();
    call.gas_used = call.gas - result.gas_left;
    call.status = result.status;
    if (budget_.take(result.output.size())) call.output = result.output;
    (open_.empty() ? outermost_ : open_.back().calls.emplace_back()) = std::move(call);
}

void CallTracer::log(const Log& log) {
    if (!options_.with_logs) return;
    if (!is_wanted(log.data.size() + log.topics.size() * Hash::size) || open_.empty()) return;
    TracedCall& call = open_.back();
    call.logs.push_back({log, call.calls.size()});
}

void CallTracer::self_destruct(const Address& contract, const Address& heir, const u256& balance) {
    if (options_.only_outermost || !is_wanted(0) || open_.empty()) return;
    open_.back().calls.push_back({.kind = Kind::self_destruct,
                                  .from = contract,
                                  .to = heir,
                                  .value = balance,
                                  .input = {},
                                  .output = {}});
}

void CallTracer::end(const State&, const CallResult& result, uint64_t gas_used) {
    outermost_.gas = gas_limit_;
    outermost_.gas_used = gas_used;
    outermost_.status = result.status;
    if (result.status != Status::success && result.status != Status::revert)
        outermost_.output.clear();
    drop_undone_logs(outermost_, false);
}

}  // namespace plume
