// eth_: filters, which any client may poll, and subscriptions, which only a connection that can be
// told of things has.

#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

Json new_filter(Ask& ask) {
    const Field filter = ask[0];
    return Json(
        ask.services().filters.add_logs(read_log_conditions(filter), read_log_range(filter)));
}

/// Where a transaction is in a block before its hash is answered, as in Hardhat and Ganache, those
/// who send it and then make a filter to wait for its block are told of that block: web3.js 0.20
/// and Truffle 4 would wait for ever.
Json new_block_filter(Ask& ask) {
    const auto& dev = ask.services().dev;
    const bool is_automatic = dev && dev->development.solo().mining() == Mining::automatic;
    return Json(ask.services().filters.add_blocks(is_automatic));
}

Json new_pending_transaction_filter(Ask& ask) {
    return Json(ask.services().filters.add_transactions(ask[0].given() && ask[0].boolean()));
}

Json get_filter_changes(Ask& ask) {
    return ask.services().filters.changes(ask[0].text());
}

Json get_filter_logs(Ask& ask) {
    return ask.services().filters.logs(ask[0].text());
}

Json uninstall_filter(Ask& ask) {
    return ask.services().filters.remove(ask[0].text());
}

Visit& visit_of(const Ask& ask) {
    if (ask.visit() == nullptr)
        throw RpcError{code::method_not_found,
                       "notifications not supported; connect by WebSocket, or use eth_newFilter"};
    return *ask.visit();
}

Subscription read_subscription(const Ask& ask) {
    const std::string_view name = ask[0].text();
    const Field detail = ask[1];
    Subscription out;
    if (name == "newHeads") {
        out.kind = Subscription::Kind::heads;
    } else if (name == "logs") {
        out.kind = Subscription::Kind::logs;
        // Some clients send fromBlock and toBlock; a subscription is about what comes.
        out.conditions = read_log_conditions(detail);
    } else if (name == "newPendingTransactions") {
        out.kind = Subscription::Kind::transactions;
        out.is_full = detail.given() && detail.boolean();
    } else if (name == "syncing") {
        out.kind = Subscription::Kind::syncing;
    } else {
        throw RpcError{code::method_not_found,
                       "no \"" + std::string(name) + "\" subscription in eth namespace"};
    }
    return out;
}

Json subscribe(Ask& ask) {
    Visit& visit = visit_of(ask);
    std::string id = or_throw(visit.listener->open(read_subscription(ask)));
    visit.opened.push_back(id);
    return Json(std::move(id));
}

Json unsubscribe(Ask& ask) {
    if (!visit_of(ask).listener->close(ask[0].text()))
        throw RpcError{code::server_error, "subscription not found"};
    return true;
}

constexpr Method methods[] = {
    {"eth_newFilter", new_filter, 1},
    {"eth_newBlockFilter", new_block_filter, 0},
    {"eth_newPendingTransactionFilter", new_pending_transaction_filter, 1},
    {"eth_getFilterChanges", get_filter_changes, 1},
    {"eth_getFilterLogs", get_filter_logs, 1},
    {"eth_uninstallFilter", uninstall_filter, 1},
    {"eth_subscribe", subscribe, 2},
    {"eth_unsubscribe", unsubscribe, 1},
};

}  // namespace

std::span<const Method> eth_filter_methods() {
    return methods;
}

}  // namespace plume::rpc
