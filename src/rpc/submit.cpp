#include "rpc/submit.hpp"

#include "rpc/format.hpp"

namespace plume::rpc {

namespace {

bool waits_for_block(const Ask& ask) {
    const auto& dev = ask.services().dev;
    return dev && dev->development.solo().mining() == Mining::automatic;
}

}  // namespace

std::optional<NonceGap> nonce_gap(const Chain& chain, const Hash& hash) {
    const TransactionPtr waiting = chain.pool().find(hash);
    if (!waiting) return std::nullopt;
    const NonceGap out{chain.pending_nonce(waiting->sender), waiting->fields.nonce};
    return out.own < out.awaited ? std::nullopt : std::optional(out);
}

Json submit_and_answer(Ask& ask, const Hash& hash, const std::function<Result<Hash>()>& submit) {
    if (!waits_for_block(ask)) return hex_data(or_throw(submit()));
    const Finish finish = ask.defer();
    const auto tell = [finish, hash](const CommittedBlockPtr&, size_t) { finish(hex_data(hash)); };
    // Registered first: the block may be there before `submit` returns.
    Waiters& waiters = ask.services().waiters;
    const auto waiting = waiters.wait(hash, block_patience, tell);
    const auto submitted = submit();
    const bool is_answered = !waiting || (submitted && nonce_gap(ask.chain(), hash));
    if (waiting && (!submitted || is_answered)) waiters.cancel(hash, *waiting);
    or_throw(submitted);
    if (is_answered) finish(hex_data(hash));
    return nullptr;
}

}  // namespace plume::rpc
