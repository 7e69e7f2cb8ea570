// Transactions that wait for a block, by sender and nonce.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "state/view.hpp"
#include "types/transaction.hpp"

namespace plume {

/// A sender's account as of the head.
struct SenderAccount {
    uint64_t nonce = 0;
    u256 balance;  ///< wei
};

/// The pool. A transaction is *executable* when all nonces from the account's up to its own are in
/// the pool, *queued* when some are missing. Bounded in number and, as transactions are, in bytes.
/// Any thread.
class Mempool {
public:
    /// Memory: a transaction takes what its bytes take and some 600 more; the pool as a whole is
    /// bounded by `bytes_max` too.
    static constexpr size_t sender_max = 4'096;          ///< transactions of one sender
    static constexpr size_t queued_per_sender_max = 64;  ///< of those, behind a gap in the nonces
    static constexpr size_t total_max = 65'536;
    static constexpr size_t queued_max = 8'192;
    static constexpr size_t bytes_max = size_t{256} << 20;
    /// A replacement offers this many percent more in both fees.
    static constexpr unsigned replacement_percent = 10;

    /// What the pool holds.
    struct Counts {
        size_t executable = 0;
        size_t queued = 0;
    };

    /// Takes `transaction`, which is valid against the head where `account` is its sender's.
    /// Refuses with geth's words: "already known", "replacement transaction underpriced",
    /// "insufficient funds for gas * price + value" (what the sender's transactions in the pool may
    /// cost is counted too), "txpool is full", "account limit exceeded".
    Result<void> add(TransactionPtr transaction, const SenderAccount& account);

    /// Executable transactions worth at least `base_fee`, best tip first and then oldest first,
    /// each sender's in the order of their nonces, until their gas limits fill `gas_max`.
    std::vector<TransactionPtr> best(const u256& base_fee, uint64_t gas_max) const;

    TransactionPtr find(const Hash& hash) const;
    /// The nonce after `account_nonce` and all executable transactions of `sender`.
    uint64_t pending_nonce(const Address& sender, uint64_t account_nonce) const;
    Counts counts() const;
    bool has_executable() const { return counts().executable != 0; }

    /// Everything, by sender and nonce, for txpool_content.
    struct Entry {
        TransactionPtr transaction;
        bool is_executable = false;
    };
    std::vector<Entry> content() const;
};

}  // namespace plume
