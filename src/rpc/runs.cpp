#include "rpc/runs.hpp"

namespace plume::rpc {

Run run_of(const Chain& chain, uint64_t number) {
    const auto head = chain.head();
    auto block = head->block(number);
    if (!block)
        throw RpcError{code::server_error, "block #" + std::to_string(number) + " not found"};
    if (number == 0) throw RpcError{code::server_error, "genesis is not traceable"};
    return {std::move(*block), or_throw(chain.at(number - 1))};
}

std::vector<TracedCall> calls_of(const Chain& chain, const Run& run, TraceBudget& budget,
                                 std::optional<size_t> only) {
    Replay replay(*run.before, run.block.header, chain.rules());
    std::vector<TracedCall> out;
    for (size_t i = 0; i < run.block.transactions.size(); ++i) {
        if (only && i > *only) break;
        if (only && i < *only) {
            replay.run(*run.block.transactions[i]);
            continue;
        }
        CallTracer tracer({}, budget);
        replay.run(*run.block.transactions[i], &tracer);
        if (budget.is_spent())
            throw RpcError{code::limit_exceeded, "traces too large; ask for less at once"};
        out.push_back(tracer.outermost());
    }
    return out;
}

std::string_view failure_of(const TracedCall& call) {
    return call.status == Status::success ? std::string_view{} : name_of(call.status);
}

}  // namespace plume::rpc
