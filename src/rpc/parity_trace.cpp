// trace_: the calls of transactions as flat lists, in the form that Parity gave them.

#include <algorithm>

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/runs.hpp"

namespace plume::rpc {

namespace {

using Array = boost::json::array;
using Object = boost::json::object;
using Kind = TracedCall::Kind;

/// Blocks that one trace_filter looks through.
constexpr uint64_t trace_blocks_max = 1'000;
/// Addresses that it names.
constexpr size_t trace_addresses_max = 1'000;
/// Traces that it returns, and the default.
constexpr uint64_t trace_count_max = 10'000;

bool is_creation(const TracedCall& call) {
    return call.kind == Kind::create || call.kind == Kind::create2;
}

std::string_view call_type(Kind kind) {
    switch (kind) {
        case Kind::static_call:
            return "staticcall";
        case Kind::delegate_call:
            return "delegatecall";
        case Kind::call_code:
            return "callcode";
        default:
            return "call";
    }
}

Object action_of(const TracedCall& call) {
    if (call.kind == Kind::self_destruct)
        return {{"address", hex_data(call.from)},
                {"balance", quantity(call.value)},
                {"refundAddress", hex_data(call.to)}};
    Object out{{"from", hex_data(call.from)},
               {"gas", quantity(call.gas)},
               {"value", quantity(call.value)}};
    if (is_creation(call)) {
        out["init"] = hex_data(call.input);
        out["creationMethod"] = call.kind == Kind::create ? "create" : "create2";
        return out;
    }
    out["callType"] = call_type(call.kind);
    out["input"] = hex_data(call.input);
    out["to"] = hex_data(call.to);
    return out;
}

Json result_of(const TracedCall& call) {
    if (call.kind == Kind::self_destruct) return nullptr;
    if (is_creation(call))
        return Object{{"address", hex_data(call.to)},
                      {"code", hex_data(call.output)},
                      {"gasUsed", quantity(call.gas_used)}};
    return Object{{"gasUsed", quantity(call.gas_used)}, {"output", hex_data(call.output)}};
}

std::string_view type_of(const TracedCall& call) {
    if (call.kind == Kind::self_destruct) return "suicide";
    return is_creation(call) ? "create" : "call";
}

/// A call and where it stands among its transaction's.
struct Flat {
    const TracedCall* call;
    std::vector<size_t> address;
};

void flatten(const TracedCall& call, std::vector<size_t> address, std::vector<Flat>& out) {
    out.push_back({&call, address});
    for (size_t i = 0; i < call.calls.size(); ++i) {
        address.push_back(i);
        flatten(call.calls[i], address, out);
        address.pop_back();
    }
}

std::vector<Flat> flat(const TracedCall& outermost) {
    std::vector<Flat> out;
    flatten(outermost, {}, out);
    return out;
}

Object to_json(const Flat& item) {
    const TracedCall& call = *item.call;
    Array address;
    for (const size_t index : item.address) address.push_back(index);
    Object out{{"action", action_of(call)},
               {"subtraces", call.calls.size()},
               {"traceAddress", std::move(address)},
               {"type", type_of(call)}};
    if (call.status == Status::success) {
        out["result"] = result_of(call);
        return out;
    }
    const bool is_revert = call.status == Status::revert;
    out["error"] = is_revert ? std::string_view("Reverted") : failure_of(call);
    out["result"] = is_revert && !is_creation(call) ? result_of(call) : Json(nullptr);
    return out;
}

/// The same with the transaction that it belongs to.
Object to_json(const Flat& item, const Block& block, size_t index) {
    Object out = to_json(item);
    out["blockHash"] = hex_data(block.hash);
    out["blockNumber"] = block.header.number;
    out["transactionHash"] = hex_data(block.transactions[index]->hash);
    out["transactionPosition"] = index;
    return out;
}

uint64_t number_of(const Ask& ask, const Field& field) {
    return or_throw(ask.chain().header_of(field.block())).number;
}

Json trace_block(Ask& ask) {
    const uint64_t number = number_of(ask, ask[0]);
    if (number == 0) return Array{};
    const Run run = run_of(ask.chain(), number);
    TraceBudget budget;
    const auto calls = calls_of(ask.chain(), run, budget);
    Array out;
    for (size_t i = 0; i < calls.size(); ++i)
        for (const Flat& item : flat(calls[i])) out.push_back(to_json(item, run.block, i));
    return out;
}

/// A transaction in its block.
struct Located {
    Run run;
    size_t index;
};

std::optional<Located> locate(const Ask& ask, const Hash& hash) {
    const auto location = ask.chain().head()->locate(hash);
    if (!location) return std::nullopt;
    return Located{run_of(ask.chain(), location->block_number), location->index};
}

Json trace_transaction(Ask& ask) {
    const auto found = locate(ask, ask[0].hash());
    if (!found) return nullptr;
    TraceBudget budget;
    const auto calls = calls_of(ask.chain(), found->run, budget, found->index);
    Array out;
    for (const Flat& item : flat(calls.front()))
        out.push_back(to_json(item, found->run.block, found->index));
    return out;
}

/// Of "trace", "stateDiff" and "vmTrace", only the first.
void check_kinds(const Field& kinds) {
    constexpr size_t count_max = 3;
    for (const Field& kind : kinds.items(count_max))
        if (kind.text() != "trace")
            kinds.refuse(
                "only \"trace\" is made; for the rest see debug_traceTransaction with "
                "prestateTracer or none");
}

Object replayed(const TracedCall& outermost) {
    Array trace;
    for (const Flat& item : flat(outermost)) trace.push_back(to_json(item));
    return {{"output", hex_data(outermost.output)},
            {"stateDiff", nullptr},
            {"trace", std::move(trace)},
            {"vmTrace", nullptr}};
}

Json replay_transaction(Ask& ask) {
    check_kinds(ask[1]);
    const auto found = locate(ask, ask[0].hash());
    if (!found) throw RpcError{code::server_error, "transaction not found"};
    TraceBudget budget;
    return replayed(calls_of(ask.chain(), found->run, budget, found->index).front());
}

Json replay_block(Ask& ask) {
    check_kinds(ask[1]);
    const uint64_t number = number_of(ask, ask[0]);
    if (number == 0) return Array{};
    const Run run = run_of(ask.chain(), number);
    TraceBudget budget;
    Array out;
    const auto calls = calls_of(ask.chain(), run, budget);
    for (size_t i = 0; i < calls.size(); ++i) {
        Object one = replayed(calls[i]);
        one["transactionHash"] = hex_data(run.block.transactions[i]->hash);
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<Address> read_addresses(const Field& field) {
    std::vector<Address> out;
    if (!field.given()) return out;
    for (const Field& item : field.items(trace_addresses_max)) out.push_back(item.address());
    return out;
}

bool has(const std::vector<Address>& wanted, const Address& address) {
    return wanted.empty() || std::ranges::find(wanted, address) != wanted.end();
}

Json trace_filter(Ask& ask) {
    const Field filter = ask[0];
    filter.only_members({"fromBlock", "toBlock", "fromAddress", "toAddress", "after", "count"});
    const uint64_t head = ask.chain().head()->number();
    const auto bound = [&](const char* name) {
        return filter[name].given() ? number_of(ask, filter[name]) : head;
    };
    const uint64_t from = std::max<uint64_t>(bound("fromBlock"), 1);
    const uint64_t to = bound("toBlock");
    if (to >= from && to - from >= trace_blocks_max)
        throw RpcError{code::limit_exceeded,
                       "at most " + std::to_string(trace_blocks_max) + " blocks at once"};
    const auto senders = read_addresses(filter["fromAddress"]);
    const auto recipients = read_addresses(filter["toAddress"]);
    uint64_t skip = filter["after"].given() ? filter["after"].lenient_number() : 0;
    const uint64_t count = filter["count"].given()
                               ? std::min(filter["count"].lenient_number(), trace_count_max)
                               : trace_count_max;
    TraceBudget budget;
    Array out;
    for (uint64_t number = from; number <= to && out.size() < count; ++number) {
        const Run run = run_of(ask.chain(), number);
        const auto calls = calls_of(ask.chain(), run, budget);
        for (size_t i = 0; i < calls.size(); ++i)
            for (const Flat& item : flat(calls[i])) {
                if (!has(senders, item.call->from) || !has(recipients, item.call->to)) continue;
                if (skip > 0)
                    --skip;
                else if (out.size() < count)
                    out.push_back(to_json(item, run.block, i));
            }
    }
    return out;
}

constexpr Method methods[] = {
    {"trace_block", trace_block, 1},
    {"trace_transaction", trace_transaction, 1},
    {"trace_replayTransaction", replay_transaction, 2},
    {"trace_replayBlockTransactions", replay_block, 2},
    {"trace_filter", trace_filter, 1},
};

}  // namespace

std::span<const Method> parity_trace_methods() {
    return methods;
}

}  // namespace plume::rpc
