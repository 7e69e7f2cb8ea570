// txpool_: what waits for a block, by sender and nonce.

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

using Object = boost::json::object;

Json status(Ask& ask) {
    const Mempool::Counts counts = ask.chain().pool().counts();
    return Object{{"pending", quantity(counts.executable)}, {"queued", quantity(counts.queued)}};
}

/// { pending: { sender: { nonce: ... } }, queued: likewise }, each transaction as `show` has it.
Json listed(const Ask& ask, Json (*show)(const SignedTransaction&)) {
    Object pending;
    Object queued;
    for (const Mempool::Listed& listed : ask.chain().pool().content()) {
        Object& part = listed.is_executable ? pending : queued;
        Json& row = part[to_hex(listed.transaction->sender)];
        if (row.is_null()) row = Object{};
        row.get_object()[std::to_string(listed.transaction->fields.nonce)] =
            show(*listed.transaction);
    }
    return Object{{"pending", std::move(pending)}, {"queued", std::move(queued)}};
}

Json in_full(const SignedTransaction& transaction) {
    return to_json(transaction, nullptr);
}

Json in_words(const SignedTransaction& transaction) {
    const Transaction& fields = transaction.fields;
    return Json((fields.to ? to_hex(*fields.to) : std::string("contract creation")) + ": " +
                to_decimal(fields.value) + " wei + " + std::to_string(fields.gas_limit) +
                " gas × " + to_decimal(fields.max_fee_per_gas) + " wei");
}

Json content(Ask& ask) {
    return listed(ask, in_full);
}

Json inspect(Ask& ask) {
    return listed(ask, in_words);
}

Json content_from(Ask& ask) {
    const Address sender = ask[0].address();
    Object pending;
    Object queued;
    for (const Mempool::Listed& listed : ask.chain().pool().content()) {
        if (listed.transaction->sender != sender) continue;
        Object& part = listed.is_executable ? pending : queued;
        part[std::to_string(listed.transaction->fields.nonce)] = in_full(*listed.transaction);
    }
    return Object{{"pending", std::move(pending)}, {"queued", std::move(queued)}};
}

constexpr Method methods[] = {
    {"txpool_status", status, 0},
    {"txpool_content", content, 0},
    {"txpool_contentFrom", content_from, 1},
    {"txpool_inspect", inspect, 0},
};

}  // namespace

std::span<const Method> txpool_methods() {
    return methods;
}

}  // namespace plume::rpc
