#include "rpc/eth_simulate.hpp"

#include "rpc/call_request.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/overrides.hpp"
#include "rpc/revert.hpp"
#include "rpc/stage.hpp"
#include "rpc/timed_view.hpp"
#include "rpc/utf8.hpp"

namespace plume::rpc {

namespace {

/// Calls in one block; the gas of a simulation is enough for no more.
constexpr size_t block_calls_max = 2'500;

/// A call that failed, but not by a revert.
constexpr int vm_error = -32015;

bool flag(const Field& field, std::string_view member) {
    const Field value = field[member];
    return value.given() && value.boolean();
}

BlockRequest read_block(const Field& field) {
    field.only_members({"blockOverrides", "stateOverrides", "calls"});
    BlockRequest out;
    out.block = read_block_overrides(field["blockOverrides"]);
    out.accounts = read_overrides(field["stateOverrides"]);
    const Field calls = field["calls"];
    if (!calls.given()) return out;
    for (const Field& call : calls.items(block_calls_max)) {
        const Field nonce = call["nonce"];
        out.calls.push_back(
            {read_call(call), nonce.given() ? std::optional(nonce.number()) : std::nullopt});
    }
    return out;
}

std::vector<BlockRequest> read_blocks(const Field& field) {
    const std::vector<Field> blocks = field.items(batch_max);
    if (blocks.empty()) throw RpcError{code::invalid_params, "empty input"};
    if (blocks.size() > simulated_blocks_max)
        throw RpcError{simulation_code::limit_exceeded, "too many blocks"};
    std::vector<BlockRequest> out;
    for (const Field& block : blocks) out.push_back(read_block(block));
    return out;
}

Json error_object(const CallResult& result) {
    const RpcError error = error_of(result);
    const bool is_revert = result.status == Status::revert;
    boost::json::object out{{"code", is_revert ? error.code : vm_error},
                            {"message", valid_utf8(error.message)}};
    if (error.data) out["data"] = *error.data;
    return out;
}

boost::json::array to_json(const SimulatedBlock& simulated) {
    boost::json::array out;
    uint64_t log_index = 0;
    for (size_t i = 0; i < simulated.calls.size(); ++i) {
        const BlockCallResult& call = simulated.calls[i];
        const Hash& hash = simulated.block.transactions[i]->hash;
        const Place place{simulated.block.header, simulated.block.hash, i};
        boost::json::array logs;
        for (const Log& log : call.logs)
            logs.push_back(rpc::to_json(log, hash, place, log_index++));
        const bool succeeded = call.result.status == Status::success;
        // The reason of a revert is the error's.
        boost::json::object object{{"returnData", succeeded ? hex_data(call.result.output) : "0x"},
                                   {"logs", std::move(logs)},
                                   {"gasUsed", quantity(call.gas_used)},
                                   {"maxUsedGas", quantity(call.gas_consumed)},
                                   {"status", quantity(succeeded ? 1 : 0)}};
        if (!succeeded) object["error"] = error_object(call.result);
        out.push_back(std::move(object));
    }
    return out;
}

Json simulate_v1(Ask& ask) {
    const auto state = ask.state(1);
    const TimedView timed(*state);
    return simulate({timed, state->header(), state->hash()}, ask.chain().rules(), ask[0]);
}

constexpr Method methods[] = {
    {"eth_simulateV1", simulate_v1, 2},
};

}  // namespace

Json simulate(const SimulationBase& base, const Rules& rules, const Field& options) {
    options.only_members(
        {"blockStateCalls", "validation", "traceTransfers", "returnFullTransactions"});
    const std::vector<BlockRequest> requests = read_blocks(options["blockStateCalls"]);
    const bool in_full = flag(options, "returnFullTransactions");
    const auto blocks =
        or_throw(simulate_blocks(base, rules, requests,
                                 {.validates = flag(options, "validation"),
                                  .logs_transfers = flag(options, "traceTransfers")}));
    boost::json::array out;
    for (const SimulatedBlock& simulated : blocks) {
        Json block = rpc::to_json(simulated.block, {}, in_full);
        block.as_object()["calls"] = to_json(simulated);
        out.push_back(std::move(block));
    }
    return out;
}

std::span<const Method> eth_simulate_methods() {
    return methods;
}

}  // namespace plume::rpc
