// eth_: calls that leave nothing behind.

#include "rpc/call_request.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/overrides.hpp"
#include "rpc/revert.hpp"

namespace plume::rpc {

namespace {

/// A state to call on, and the block that the call believes to be in.
struct Stage {
    std::shared_ptr<const StateSnapshot> state;
    BlockEnvironment block;
};

/// The stage that `id` calls. With `as_next`, the head is followed by the next block already.
Stage stage_of(const Ask& ask, const BlockId& id, bool as_next) {
    const Chain& chain = ask.chain();
    Stage out{or_throw(chain.at(id)), {}};
    const bool is_next = id == BlockId{BlockTag::pending} ||
                         (as_next && out.state->number() >= chain.head()->number());
    out.block = is_next ? chain.next_environment(ask.services().now())
                        : environment_of(out.state->header(), chain.rules().chain_id);
    return out;
}

Json call(Ask& ask) {
    const CallRequest request = read_call(ask[0]);
    const Stage stage = stage_of(ask, ask.block(1), false);
    const OverriddenView view(*stage.state, read_overrides(ask[2]));
    const Simulated simulated = or_throw(simulate(view, stage.block, ask.chain().rules(), request));
    if (simulated.result.status != Status::success) throw error_of(simulated.result);
    return hex_data(simulated.result.output);
}

Json estimate(Ask& ask) {
    const CallRequest request = read_call(ask[0]);
    const BlockId id = ask[1].given() ? ask[1].block() : BlockId{BlockTag::pending};
    const Stage stage = stage_of(ask, id, true);
    const OverriddenView view(*stage.state, read_overrides(ask[2]));
    const Estimate estimated =
        or_throw(estimate_gas(view, stage.block, ask.chain().rules(), request));
    if (estimated.result.status != Status::success) throw error_of(estimated.result);
    return quantity(estimated.gas);
}

constexpr Method methods[] = {
    {"eth_call", call, 3},
    {"eth_estimateGas", estimate, 3},
};

}  // namespace

std::span<const Method> eth_call_methods() {
    return methods;
}

}  // namespace plume::rpc
