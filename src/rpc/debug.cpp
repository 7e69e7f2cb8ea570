// debug_: what happened inside, and blocks as bytes.

#include "rpc/call_request.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/overrides.hpp"
#include "rpc/runs.hpp"
#include "rpc/stage.hpp"
#include "rpc/trace.hpp"

namespace plume::rpc {

namespace {

/// What only debug_traceCall can do.
void refuse_overrides(const Field& config) {
    if (!config.given()) return;
    for (const std::string_view member : {"stateOverrides", "blockOverrides", "txIndex"})
        if (config[member].given()) config[member].refuse("is for debug_traceCall");
}

Json trace_transaction(Ask& ask) {
    const Hash hash = ask[0].hash();
    refuse_overrides(ask[1]);
    Tracing tracing(ask[1]);
    const auto location = ask.chain().head()->locate(hash);
    if (!location) throw RpcError{code::server_error, "transaction not found"};
    const Run run = run_of(ask.chain(), location->block_number);
    Replay replay(*run.before, run.block.header, ask.chain().rules());
    for (size_t i = 0; i < location->index; ++i) replay.run(*run.block.transactions[i]);
    const auto trace = tracing.next();
    replay.run(*run.block.transactions[location->index], trace->tracer());
    tracing.check_size();
    return trace->result();
}

Json trace_block(Ask& ask, uint64_t number) {
    refuse_overrides(ask[1]);
    Tracing tracing(ask[1]);
    const Run run = run_of(ask.chain(), number);
    Replay replay(*run.before, run.block.header, ask.chain().rules());
    boost::json::array out;
    for (const TransactionPtr& transaction : run.block.transactions) {
        const auto trace = tracing.next();
        replay.run(*transaction, trace->tracer());
        tracing.check_size();
        out.push_back(boost::json::object{{"txHash", hex_data(transaction->hash)},
                                          {"result", trace->result()}});
    }
    return out;
}

Json trace_block_by_number(Ask& ask) {
    const BlockId id = ask[0].block();
    if (id == BlockId{BlockTag::pending})
        throw RpcError{code::server_error, "tracing on top of pending is not supported"};
    return trace_block(ask, or_throw(ask.chain().header_of(id)).number);
}

Json trace_block_by_hash(Ask& ask) {
    const Hash hash = ask[0].hash();
    const auto number = ask.chain().head()->number_of(hash);
    if (!number) throw RpcError{code::server_error, "block " + to_hex(hash) + " not found"};
    return trace_block(ask, *number);
}

/// Runs the call on `view`, with the overrides that the request asks for.
Json trace_call_on(const Ask& ask, const StateView& view, BlockEnvironment block) {
    const Field config = ask[2];
    Tracing tracing(config);
    Overlay imagined(view);
    if (config.given()) {
        imagined.apply(read_overrides(config["stateOverrides"]));
        apply(read_block_overrides(config["blockOverrides"]), block);
    }
    const auto trace = tracing.next();
    or_throw(simulate(imagined, block, ask.chain().rules(), read_call(ask[0]), trace->tracer()));
    tracing.check_size();
    return trace->result();
}

/// `txIndex`: on the state before that transaction of the block, not on the one after the block.
Json trace_call(Ask& ask) {
    const BlockId id = ask.block(1);
    const Field index = ask[2].given() ? ask[2]["txIndex"] : ask[2];
    if (!index.given()) {
        const Stage stage = stage_of(ask, id, false);
        return trace_call_on(ask, *stage.state, stage.block);
    }
    const Run run = run_of(ask.chain(), or_throw(ask.chain().header_of(id)).number);
    const uint64_t count = index.number();
    if (count >= run.block.transactions.size()) index.refuse("the block has no such transaction");
    Replay replay(*run.before, run.block.header, ask.chain().rules());
    for (size_t i = 0; i < count; ++i) replay.run(*run.block.transactions[i]);
    return trace_call_on(ask, replay.view(), replay.block());
}

// Blocks as bytes.

uint64_t number_of(const Ask& ask, const BlockId& id) {
    return or_throw(ask.chain().header_of(id)).number;
}

Json raw_header(Ask& ask) {
    return hex_data(encode(or_throw(ask.chain().header_of(ask[0].block()))));
}

Json raw_block(Ask& ask) {
    const uint64_t number = number_of(ask, ask[0].block());
    return hex_data(encode(ask.chain().head()->block(number).value()));
}

Json raw_receipts(Ask& ask) {
    const uint64_t number = number_of(ask, ask[0].block());
    const std::vector<Receipt> receipts = ask.chain().head()->receipts(number).value();
    boost::json::array out;
    for (const Receipt& receipt : receipts) out.push_back(hex_data(encode(receipt)));
    return out;
}

constexpr Method methods[] = {
    {"debug_traceTransaction", trace_transaction, 2},
    {"debug_traceBlockByNumber", trace_block_by_number, 2},
    {"debug_traceBlockByHash", trace_block_by_hash, 2},
    {"debug_traceCall", trace_call, 3},
    {"debug_getRawHeader", raw_header, 1},
    {"debug_getRawBlock", raw_block, 1},
    {"debug_getRawReceipts", raw_receipts, 1},
};

}  // namespace

std::span<const Method> debug_methods() {
    return methods;
}

}  // namespace plume::rpc
