// eth_: calls that leave nothing behind.

#include "chain/access_list.hpp"
#include "crypto/keccak.hpp"
#include "rpc/call_request.hpp"
#include "rpc/fill.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/overrides.hpp"
#include "rpc/revert.hpp"
#include "rpc/stage.hpp"
#include "rpc/timed_view.hpp"

namespace plume::rpc {

namespace {

/// A stage with what the request imagines of its accounts and its block.
struct Scene {
    Stage stage;
    TimedView timed;  ///< the stage's state, for as long as a call may take
    Overlay view;

    /// With the overrides in arguments 2 and 3.
    Scene(const Ask& ask, Stage given) : stage(std::move(given)), timed(*stage.state), view(timed) {
        view.apply(read_overrides(ask[2]));
        apply(read_block_overrides(ask[3]), stage.block);
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;
};

Json call(Ask& ask) {
    const CallRequest request = read_call(ask[0]);
    const Scene scene(ask, stage_of(ask, ask.block(1), false));
    const Simulated simulated =
        or_throw(simulate(scene.view, scene.stage.block, ask.chain().rules(), request));
    if (simulated.result.status != Status::success) throw error_of(simulated.result);
    return hex_data(simulated.result.output);
}

Json estimate(Ask& ask) {
    const CallRequest request = read_call(ask[0]);
    const BlockId id = ask[1].given() ? ask[1].block() : BlockId{BlockTag::pending};
    const Scene scene(ask, stage_of(ask, id, true));
    const Estimate estimated =
        or_throw(estimate_gas(scene.view, scene.stage.block, ask.chain().rules(), request));
    if (estimated.result.status != Status::success) throw error_of(estimated.result);
    return quantity(estimated.gas);
}

Json create_access_list(Ask& ask) {
    const Scene scene(ask, stage_of(ask, ask.block(1), false));
    const ListedCall listed = or_throw(
        list_accesses(scene.view, scene.stage.block, ask.chain().rules(), read_call(ask[0])));
    boost::json::object out{{"accessList", to_json(listed.access_list)},
                            {"gasUsed", quantity(listed.gas_used)}};
    if (listed.result.status != Status::success) out["error"] = name_of(listed.result.status);
    return out;
}

/// A transaction as it could be signed: its bytes without a signature, and its fields.
Json fill(Ask& ask) {
    const Filled filled = fill_transaction(ask, ask[0], Failing::refuse);
    const Bytes raw = encode(filled.fields);
    const SignedTransaction shown{filled.fields, raw, keccak256(raw), filled.sender};
    return boost::json::object{{"raw", hex_data(raw)}, {"tx", to_json(shown, nullptr)}};
}

constexpr Method methods[] = {
    {"eth_fillTransaction", fill, 1},
    {"eth_call", call, 4},
    {"eth_estimateGas", estimate, 4},
    {"eth_createAccessList", create_access_list, 4},
};

}  // namespace

std::span<const Method> eth_call_methods() {
    return methods;
}

}  // namespace plume::rpc
