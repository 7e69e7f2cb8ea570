#include "evm/call.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "evm/code.hpp"
#include "evm/interpreter.hpp"
#include "evm/precompiles.hpp"
#include "evm/tracer.hpp"

namespace plume {

namespace {

CallResult settle(State& state, const State::Mark& mark, CallResult result) {
    if (result.status == Status::success) return result;
    state.rollback(mark);
    if (result.status != Status::revert) {
        result.gas_left = 0;
        result.output.clear();
    }
    return result;
}

/// What a message runs: the code at its address, or that which it delegates to (EIP-7702).
struct Target {
    Address address;
    BytesView code;
    const NativeType* native = nullptr;
};

Target target_of(const Execution& execution, const Message& message) {
    State& state = execution.state;
    const BytesView code = state.code(message.code_address);
    const std::optional<Address> delegate = delegate_of(code);
    if (!delegate) return {message.code_address, code, execution.native(code)};
    const BytesView lent = state.code(*delegate);
    // A native contract's code would write to the delegator's storage: it runs as if it were empty.
    if (execution.native(lent) != nullptr) return {*delegate, {}, nullptr};
    return {*delegate, lent, nullptr};
}

CallResult run(Execution& execution, const Message& message, const Target& target) {
    const Revision revision = execution.block.revision;
    if (is_precompile(message.code_address, revision)) {
        PrecompileResult done =
            run_precompile(message.code_address, revision, message.input, message.gas);
        return {done.success ? Status::success : Status::precompile_failed, done.gas_left,
                std::move(done.output)};
    }
    if (target.code.empty()) return {Status::success, message.gas, {}};
    if (target.native != nullptr) {
        if (message.kind != CallKind::call) return {Status::native_delegated, 0, {}};
        Frame frame(execution, message);
        return target.native->entry(frame);
    }
    const Hash hash = execution.state.code_hash(target.address);
    auto& code = execution.codes[hash];
    if (code == nullptr) code = analysed(hash, target.code);
    Frame frame(execution, message);
    return interpret(frame, *code);
}

/// Runs the init code and turns what it returns into the contract's code.
CallResult deploy(Execution& execution, const Message& message, BytesView init_code) {
    const Code code(init_code);
    Frame frame(execution, message);
    CallResult result = interpret(frame, code);
    if (result.status != Status::success) return result;
    const Bytes& deployed = result.output;
    if (deployed.size() > code_size_max) return {Status::code_too_large, 0, {}};
    if (!deployed.empty() && deployed[0] == native_marker[0]) return {Status::code_reserved, 0, {}};
    const uint64_t price = gas::code_byte * deployed.size();
    if (price > result.gas_left) return {Status::out_of_gas, 0, {}};
    execution.state.set_code(message.recipient, deployed);
    result.gas_left -= price;
    return result;
}

/// Between a tracer's `enter` and `leave`.
template <class Body>
CallResult traced(Execution& execution, const Message& message, BytesView code,
                  const NativeType* native, Body body) {
    if (execution.tracer != nullptr) [[unlikely]]
        execution.tracer->enter(message, code, native);
    CallResult result = body();
    if (execution.tracer != nullptr) [[unlikely]]
        execution.tracer->leave(result);
    return result;
}

/// The account becomes a contract and gets its money; then `body` runs.
template <class Body>
CallResult create_at(Execution& execution, const Message& message, Body body) {
    State& state = execution.state;
    if (!state.is_vacant(message.recipient)) return {Status::address_taken, 0, {}};
    const State::Mark mark = state.mark();
    state.create(message.recipient);
    if (!message.value.is_zero()) state.transfer(message.sender, message.recipient, message.value);
    return settle(state, mark, body());
}

}  // namespace

CallResult call(Execution& execution, const Message& message) {
    State& state = execution.state;
    const Target target = target_of(execution, message);
    return traced(execution, message, target.code, target.native, [&]() -> CallResult {
        if (message.depth > depth_max) return {Status::depth_exceeded, message.gas, {}};
        const bool moves = message.kind == CallKind::call && !message.value.is_zero();
        if (message.kind != CallKind::delegate_call &&
            state.balance(message.sender) < message.value)
            return {Status::insufficient_balance, message.gas, {}};
        const State::Mark mark = state.mark();
        if (moves)
            state.transfer(message.sender, message.recipient, message.value);
        else if (message.kind == CallKind::call && state.exists(message.recipient))
            state.touch(message.recipient);
        return settle(state, mark, run(execution, message, target));
    });
}

CallResult create(Execution& execution, const Message& message, BytesView init_code) {
    return traced(execution, message, init_code, nullptr, [&] {
        return create_at(execution, message, [&] { return deploy(execution, message, init_code); });
    });
}

CallResult create_native(Execution& execution, const NativeType& type, const Message& message) {
    const Bytes code = native_code(type);
    return traced(execution, message, code, &type, [&] {
        return create_at(execution, message, [&] {
            execution.state.set_code(message.recipient, code);
            Frame frame(execution, message);
            return type.entry(frame);
        });
    });
}

Address created_address(const Address& creator, uint64_t nonce) {
    return to_address(to_u256(keccak256(rlp::encode_list(creator, nonce))));
}

Address created_address(const Address& creator, const Hash& salt, BytesView init_code) {
    Bytes image{0xff};
    append(image, creator);
    append(image, salt);
    append(image, keccak256(init_code));
    return to_address(to_u256(keccak256(image)));
}

}  // namespace plume
