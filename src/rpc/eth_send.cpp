// eth_: handing in signed transactions.

#include "crypto/keccak.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/submit.hpp"

namespace plume::rpc {

namespace {

using std::chrono::milliseconds;

/// How long eth_sendRawTransactionSync waits for the receipt, and how long it may be asked to.
constexpr milliseconds patience_default{2'000};
constexpr milliseconds patience_max{30'000};

Json send_raw_transaction(Ask& ask) {
    Bytes raw = ask[0].data();
    const Hash hash = keccak256(raw);
    return submit_and_answer(ask, hash, [&] { return ask.chain().submit(std::move(raw)); });
}

/// EIP-7966: a time that is not allowed counts as none.
milliseconds read_patience(const Field& field) {
    if (!field.given()) return patience_default;
    const uint64_t asked = field.lenient_number();
    if (asked == 0 || asked > static_cast<uint64_t>(patience_max.count())) return patience_default;
    return milliseconds(asked);
}

RpcError not_in_time(const Hash& hash, milliseconds patience) {
    return {code::not_in_time,
            "The transaction was added to the mempool but wasn't processed in " +
                std::to_string(patience.count()) + " ms.",
            hex_data(hash)};
}

Json receipt_in(const CommittedBlock& committed, size_t index) {
    uint64_t first_log_index = 0;
    for (size_t i = 0; i < index; ++i) first_log_index += committed.receipts[i].logs.size();
    const Place place{committed.block.header, committed.block.hash, index};
    return to_json(committed.receipts[index], *committed.block.transactions[index], place,
                   first_log_index);
}

RpcError not_next(const Hash& hash, const NonceGap& gap) {
    return {code::not_ready,
            "The transaction was added to the mempool but waits for nonce " +
                std::to_string(gap.awaited) + "; its own is " + std::to_string(gap.own) + ".",
            hex_data(hash)};
}

Json send_raw_transaction_sync(Ask& ask) {
    Bytes raw = ask[0].data();
    const milliseconds patience = read_patience(ask[1]);
    const Hash hash = keccak256(raw);
    // Registered first: the block may be there before `submit` returns.
    const Finish finish = ask.defer();
    const auto tell = [finish, hash, patience](const CommittedBlockPtr& block, size_t index) {
        if (block)
            finish(receipt_in(*block, index));
        else
            finish(not_in_time(hash, patience));
    };
    Waiters& waiters = ask.services().waiters;
    const auto waiting = waiters.wait(hash, patience, tell);
    if (!waiting)
        throw RpcError{code::limit_exceeded,
                       "too many requests wait for receipts; use eth_sendRawTransaction"};
    const auto refuse = [&](RpcError error) {
        waiters.cancel(hash, *waiting);
        throw std::move(error);
    };
    if (auto submitted = ask.chain().submit(std::move(raw)); !submitted)
        refuse({submitted.error().code, submitted.error().what});
    if (const auto gap = nonce_gap(ask.chain(), hash)) refuse(not_next(hash, *gap));
    return nullptr;
}

constexpr Method methods[] = {
    {"eth_sendRawTransaction", send_raw_transaction, 1},
    {"eth_sendRawTransactionSync", send_raw_transaction_sync, 2},
};

}  // namespace

std::span<const Method> eth_send_methods() {
    return methods;
}

}  // namespace plume::rpc
