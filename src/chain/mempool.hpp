// Transactions that wait for a block, by sender and nonce.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
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
/// the pool, *queued* when some are missing. Bounded in number and in bytes; when it is full, the
/// worst last transaction of any sender makes room for a better one: a queued one first, then the
/// one with the lowest tip. So nothing is torn out of the middle of a sender's row, and nothing
/// that can run gives way to something that cannot. Any thread.
class Mempool {
public:
    static constexpr size_t sender_max = 4'096;          ///< transactions of one sender
    static constexpr size_t queued_per_sender_max = 64;  ///< of those, behind a gap in the nonces
    static constexpr size_t total_max = 65'536;
    static constexpr size_t queued_max = 8'192;
    /// What the raw bytes of all transactions may add up to; each takes some three times that in
    /// memory.
    static constexpr size_t bytes_max = size_t{128} << 20;
    /// A replacement offers this many percent more in both fees.
    static constexpr unsigned replacement_percent = 10;

    /// Takes `transaction`, which is valid against the head, where `account` is its sender's.
    /// Refuses with geth's words: "already known", "replacement transaction underpriced",
    /// "insufficient funds for gas * price + value" (all of the sender's transactions here count),
    /// "account limit exceeded", "txpool is full".
    Result<void> add(TransactionPtr transaction, const SenderAccount& account);

    /// Executable ones that are in no block under way and pay `base_fee`: best tip first, then the
    /// oldest, each sender's by their nonces; `count_max` of them at most.
    std::vector<TransactionPtr> best(const u256& base_fee, size_t count_max) const;

    /// Notes the accounts that a block under way will leave: `best` gives nothing any more that is
    /// in it, while all else goes on as if it were not there yet. `follow` comes later.
    void foresee(std::span<const std::pair<Address, SenderAccount>> accounts);

    /// Follows a block: `accounts` are those it changed, sorted by address. Drops what is included
    /// or stale, and from the end of a sender's row what its balance no longer covers.
    void follow(std::span<const std::pair<Address, SenderAccount>> accounts);

    /// Drops one transaction; those after it wait for another with its nonce.
    void remove(const Hash& hash);

    /// Drops everything.
    void clear();

    /// The transaction with this hash; null when it is not here.
    TransactionPtr find(const Hash& hash) const;
    /// The nonce after `account_nonce` and all executable transactions of `sender`.
    uint64_t pending_nonce(const Address& sender, uint64_t account_nonce) const;

    struct Counts {
        size_t executable = 0;
        size_t queued = 0;
    };
    Counts counts() const;

    struct Listed {
        TransactionPtr transaction;
        bool is_executable = false;
    };
    /// Everything, by sender and nonce.
    std::vector<Listed> content() const;

private:
    struct Entry {
        TransactionPtr transaction;
        uint64_t arrival = 0;
        u256 cost;  ///< the most it can cost: gas limit times fee cap, and value
    };
    using Row = std::map<uint64_t, Entry>;  ///< by nonce
    struct Sender {
        SenderAccount account;
        Row row;
        u256 cost;              ///< of the whole row
        size_t executable = 0;  ///< the first of the row; the rest is queued
        uint64_t foreseen = 0;  ///< nonces below it are in blocks under way
    };
    using Senders = std::unordered_map<Address, Sender>;
    /// The last transaction of a sender's row, ordered by how soon it has to go.
    struct Tail {
        bool is_executable = false;
        u256 tip;
        uint64_t arrival = 0;
        Address sender;

        bool operator<(const Tail& other) const;
    };

    static Tail tail_of(const Address& address, const Sender& sender);
    /// Counts the transactions that follow one another from the account's nonce on, or from where
    /// the last count ended.
    static void recount(Sender& sender);
    static void count_on(Sender& sender);

    /// What `add` asks once it knows the sender's row.
    Result<void> admit(const SignedTransaction& transaction, const Sender& sender,
                       const u256& cost) const;
    Result<void> make_room(const Tail& newcomer, size_t size, bool takes_place);
    /// Takes a row out of the counts and the order of tails before it changes, and puts it back
    /// after, or drops the sender when nothing is left of it.
    void detach(const Address& address, const Sender& sender);
    void attach(Senders::iterator sender);
    void erase(Sender& sender, Row::iterator entry);

    mutable std::mutex mutex_;
    Senders senders_;
    std::unordered_map<Hash, TransactionPtr> by_hash_;
    std::set<Tail> tails_;
    Counts counts_;
    size_t bytes_ = 0;
    uint64_t arrivals_ = 0;
};

}  // namespace plume
