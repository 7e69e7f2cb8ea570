#include "chain/scheduled.hpp"

#include "contracts/addresses.hpp"
#include "contracts/scheduler.hpp"
#include "evm/call.hpp"
#include "evm/tracer.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

/// More than the Scheduler needs to answer, or to book a run.
constexpr uint64_t own_gas = 30'000'000;

using Run = Remote<"run(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)",
                   std::tuple<uint64_t, u256>, u256, uint32_t>;
using Abandon = Remote<"abandon(uint256 id, uint32 run) returns (uint64 gas, uint256 fee)",
                       std::tuple<uint64_t, u256>, u256, uint32_t>;
using Next = Remote<"next(uint64 time) view returns (uint256 id, uint32 run, uint64 gas)",
                    std::tuple<u256, uint32_t, uint64_t>, uint64_t>;
using NextDue = Remote<"nextDue() view returns (uint64)", uint64_t>;

CallResult call_scheduler(Execution& execution, BytesView input, uint64_t gas) {
    return call(execution, {.gas = gas,
                            .sender = system_sender,
                            .recipient = contracts::scheduler,
                            .code_address = contracts::scheduler,
                            .value = {},
                            .input = input});
}

/// What a view of the Scheduler answers; nothing when there is no Scheduler.
std::optional<Bytes> ask(State& state, const BlockEnvironment& block,
                         std::span<const NativeType> natives, BytesView input) {
    Execution execution{state, block, natives, system_sender, {}};
    const NativeType* type = execution.native(state.code(contracts::scheduler));
    if (type == nullptr || type->name != "Scheduler") return std::nullopt;
    state.begin_transaction();
    const State::Mark mark = state.mark();
    CallResult result = call_scheduler(execution, input, own_gas);
    state.rollback(mark);
    state.end_transaction();
    if (result.status != Status::success) return std::nullopt;
    return std::move(result.output);
}

/// The job and the run that a system transaction names; nothing when it is another call.
std::optional<std::tuple<u256, uint32_t>> run_named(const Transaction& transaction) {
    const BytesView data = transaction.data;
    if (transaction.to != contracts::scheduler || data.size() < Selector::size) return std::nullopt;
    if (!equal(data.first(Selector::size), Run::selector)) return std::nullopt;
    return abi::decode<u256, uint32_t>(data.subspan(Selector::size));
}

/// A call by which the Scheduler charges a run, and what comes of it.
struct Charged {
    CallResult result;
    uint64_t gas_used = 0;
    std::optional<BrokenInvariant> broken;

    bool ok() const { return result.status == Status::success && !broken; }
};

Charged charge(Execution& execution, BytesView input, uint64_t gas) {
    Charged out{.result = call_scheduler(execution, input, gas), .broken = {}};
    execution.tracer = nullptr;  // What follows is no part of the transaction.
    if (out.result.status != Status::success) return out;
    const auto bill = abi::decode<uint64_t, u256>(out.result.output);
    State& state = execution.state;
    const u256 balance = state.balance(contracts::scheduler);
    if (!bill || std::get<1>(*bill) > balance) {
        out.broken = {contracts::scheduler, "S-5: the Scheduler cannot pay for a run"};
        return out;
    }
    const auto& [gas_used, fee] = *bill;
    out.gas_used = gas_used;
    state.set_balance(contracts::scheduler, balance - fee);
    out.broken = find_broken(execution);
    return out;
}

}  // namespace

std::optional<Transaction> due_call(State& state, const BlockEnvironment& block,
                                    std::span<const NativeType> natives) {
    const auto answer = ask(state, block, natives, Next::calldata(block.timestamp));
    if (!answer) return std::nullopt;
    const auto next = abi::decode<u256, uint32_t, uint64_t>(*answer);
    if (!next || std::get<0>(*next).is_zero()) return std::nullopt;
    const auto& [id, run, gas] = *next;
    Transaction out;
    out.type = TransactionType::system;
    out.chain_id = block.chain_id;
    out.nonce = block.number;
    out.gas_limit = gas;
    out.to = contracts::scheduler;
    out.data = Run::calldata(id, run);
    return out;
}

Transacted run_scheduled(State& state, const BlockEnvironment& block,
                         std::span<const NativeType> natives, const Transaction& transaction,
                         Tracer* tracer) {
    Transacted out;
    const auto named = run_named(transaction);
    if (!named) return out;
    state.begin_transaction();
    if (tracer != nullptr) tracer->begin(state, transaction.gas_limit);
    state.warm_up(system_sender);
    state.warm_up(block.coinbase);
    state.warm_up(contracts::scheduler);
    const State::Mark start = state.mark();
    Execution execution{state, block, natives, system_sender, block.base_fee, {}, tracer};
    Charged charged = charge(execution, transaction.data, transaction.gas_limit);
    if (!charged.ok()) {
        state.rollback(start);
        out.broken = charged.broken;
        const Status status = charged.broken ? Status::invariant_broken : charged.result.status;
        const auto& [id, run] = *named;
        charged = charge(execution, Abandon::calldata(id, run), own_gas);
        if (!charged.ok()) {
            state.rollback(start);
            if (!out.broken) out.broken = {contracts::scheduler, "S-1: a run cannot be booked"};
            charged.gas_used = 0;
        }
        charged.result = {status, 0, {}};
    }
    out.result = std::move(charged.result);
    out.gas_used = out.gas_consumed = charged.gas_used;
    out.logs = state.logs();
    state.end_transaction();
    if (tracer != nullptr) tracer->end(state, out.result, out.gas_used);
    return out;
}

std::optional<uint64_t> next_due(const StateView& view, std::span<const NativeType> natives) {
    State state(view);
    const auto answer = ask(state, BlockEnvironment{}, natives, NextDue::calldata());
    if (!answer) return std::nullopt;
    const auto time = abi::decode_one<uint64_t>(*answer);
    return time == ~uint64_t{0} ? std::nullopt : time;
}

uint64_t scheduled_gas_max(uint64_t block_gas_limit) {
    return block_gas_limit / Scheduler::block_share;
}

}  // namespace plume
