#include "rpc/submit.hpp"

#include "rpc/format.hpp"

namespace plume::rpc {

namespace {

bool waits_for_block(const Ask& ask) {
    const auto& dev = ask.services().dev;
    return dev && dev->development.solo().mining() == Mining::automatic;
}

/// Whether it waits for another nonce.
bool is_queued(const Chain& chain, const Hash& hash) {
    const TransactionPtr waiting = chain.pool().find(hash);
    return waiting != nullptr && waiting->fields.nonce >= chain.pending_nonce(waiting->sender);
}

}  // namespace

Json submit_and_answer(Ask& ask, const Hash& hash, const std::function<Result<Hash>()>& submit) {
    if (!waits_for_block(ask)) return hex_data(or_throw(submit()));
    const Finish finish = ask.defer();
    const auto tell = [finish, hash](const CommittedBlockPtr&, size_t) { finish(hex_data(hash)); };
    // Registered first: the block may be there before `submit` returns.
    const bool is_registered = ask.services().waiters.wait(hash, block_patience, tell);
    or_throw(submit());
    if (!is_registered || is_queued(ask.chain(), hash)) finish(hex_data(hash));
    return nullptr;
}

}  // namespace plume::rpc
