#include "evm/call.hpp"

namespace plume {

namespace {

/// EIP-7702: code of the form 0xef0100 || address stands for the code of that address.
constexpr std::array<uint8_t, 3> delegation_marker{0xef, 0x01, 0x00};
constexpr size_t delegation_size = 23;

std::optional<Address> delegate_of(BytesView code) {
    if (code.size() != delegation_size || !equal(code.first(3), delegation_marker))
        return std::nullopt;
    return Address::from(code.subspan(3));
}

CallResult run(Execution& execution, const Message& message) {
    BytesView code = execution.state.code(message.code_address);
    const std::optional<Address> delegate = delegate_of(code);
    if (delegate) code = execution.state.code(*delegate);
    if (code.empty()) return {Status::success, message.gas, {}};
    if (const NativeType* type = execution.native(code)) {
        if (delegate)
            return {
                Status::success, message.gas, {}};  // It would write to the delegator's storage.
        if (message.kind != CallKind::call) return {Status::native_delegated, 0, {}};
        Frame frame(execution, message);
        return type->entry(frame);
    }
    return {Status::no_interpreter, 0, {}};
}

CallResult settle(State& state, const State::Mark& mark, CallResult result) {
    if (result.status == Status::success) return result;
    state.rollback(mark);
    if (result.status != Status::revert) {
        result.gas_left = 0;
        result.output.clear();
    }
    return result;
}

}  // namespace

CallResult call(Execution& execution, const Message& message) {
    State& state = execution.state;
    if (message.depth > depth_max) return {Status::depth_exceeded, message.gas, {}};
    const bool moves = message.kind == CallKind::call && !message.value.is_zero();
    if (moves && state.balance(message.sender) < message.value)
        return {Status::insufficient_balance, message.gas, {}};
    const State::Mark mark = state.mark();
    if (message.kind == CallKind::call && !message.is_static) {
        if (moves)
            state.transfer(message.sender, message.recipient, message.value);
        else if (state.exists(message.recipient))
            state.touch(message.recipient);
    }
    return settle(state, mark, run(execution, message));
}

CallResult create_native(Execution& execution, const NativeType& type, const Message& message) {
    State& state = execution.state;
    if (message.depth > depth_max) return {Status::depth_exceeded, message.gas, {}};
    if (!state.is_vacant(message.recipient)) return {Status::address_taken, 0, {}};
    const State::Mark mark = state.mark();
    state.set_nonce(message.recipient, 1);
    state.set_code(message.recipient, native_code(type));
    Frame frame(execution, message);
    return settle(state, mark, type.entry(frame));
}

}  // namespace plume
