// From a transaction to the answer that its sender gets.
#pragma once

#include "rpc/method.hpp"

namespace plume::rpc {

/// How long whoever sent a transaction in development mode waits for its block.
inline constexpr std::chrono::milliseconds block_patience{2'000};

/// What a transaction behind a gap in its sender's nonces waits for.
struct NonceGap {
    uint64_t awaited = 0;
    uint64_t own = 0;
};
/// Nothing when the pool does not hold the transaction, or not behind a gap.
std::optional<NonceGap> nonce_gap(const Chain& chain, const Hash& hash);

/// Submits the transaction with this hash by `submit` and answers with the hash: at once, or, where
/// a development chain makes blocks by itself, when the block is there, so that the receipt is too.
/// A transaction that has to wait for another nonce is answered at once in any case.
Json submit_and_answer(Ask& ask, const Hash& hash, const std::function<Result<Hash>()>& submit);

}  // namespace plume::rpc
