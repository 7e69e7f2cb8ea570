// Transactions that wait for a block, by sender and nonce.
//
// The rules are geth's, with its words, but for the figures (docs/decisions/0007) and for what 0040
// names.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "chain/authorities.hpp"
#include "state/view.hpp"
#include "types/transaction.hpp"

namespace plume {

/// A sender's account as of the head.
struct SenderAccount {
    uint64_t nonce = 0;
    u256 balance;           ///< wei
    bool has_code = false;  ///< by a delegation (EIP-7702)
};

/// How much a pool takes. Smaller ones are for tests.
struct PoolLimits {
    static constexpr size_t sender_max = 4'096;          ///< transactions of one sender
    static constexpr size_t queued_per_sender_max = 64;  ///< of those, behind a gap in the nonces
    static constexpr size_t total_max = 65'536;
    static constexpr size_t queued_max = 8'192;
    /// What all transactions may take in memory, as `memory_of` estimates it.
    static constexpr size_t memory_max = size_t{384} << 20;

    size_t of_sender = sender_max;
    size_t queued_of_sender = queued_per_sender_max;
    size_t total = total_max;
    size_t queued = queued_max;
    size_t memory = memory_max;
};

struct PoolOptions {
    using Clock = std::chrono::steady_clock;

    PoolLimits limits{};
    u256 tip_min{};  ///< wei per gas that a transaction must be ready to give at least
    std::function<Clock::time_point()> now = Clock::now;
};

/// The pool. A transaction is *executable* when all nonces from the account's up to its own are in
/// the pool, *queued* when some are missing. Bounded in number and in memory; when it is full, the
/// worst last transaction of any sender makes room for a better one: a queued one first, then the
/// one that would bring the least. So nothing is torn out of the middle of a sender's row, and
/// nothing that can run gives way to something that cannot.
///
/// What a transaction brings is the tip that the base fee leaves it, or that of an earlier one of
/// its sender when that is less: it has to wait for those. A newcomer puts out no more transactions
/// than it pays for, 21,000 gas each, and none when its sender could lose the money meanwhile.
///
/// Any thread.
class Mempool {
public:
    /// A replacement offers this many percent more in both fees.
    static constexpr unsigned replacement_percent = 10;
    /// How long transactions of a sender may be queued, unless one becomes executable meanwhile.
    static constexpr std::chrono::hours queued_time_max{3};

    explicit Mempool(PoolOptions options = {}) : options_(std::move(options)) {}

    /// Takes `transaction`, which is valid against the head, where `account` is its sender's,
    /// `base_fee` the next block's, and `authorizations` are its own (`live_authorizations`).
    ///
    /// Refuses, and changes nothing, with geth's words:
    ///   already known
    ///   transaction gas price below minimum: ...             the tip is below `tip_min`
    ///   replacement transaction underpriced                  less than a tenth more in either fee
    ///   account limit exceeded: ...                          too many of its sender
    ///   insufficient funds for gas * price + value: ...      for all of the sender's together
    ///   in-flight transaction limit reached for delegated accounts
    ///   gapped-nonce tx from delegated accounts              such an account has one, the next
    ///   authority already reserved                           an authority has two here
    ///   future transaction tries to replace pending          full of what can run; this cannot
    ///   transaction underpriced                              full, and this brings no more
    ///   txpool is full                                       it may not put out what it needs to
    Result<void> add(TransactionPtr transaction, const SenderAccount& account,
                     const u256& base_fee = {}, std::vector<LiveAuthorization> authorizations = {});

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

    /// Drops what has been queued for longer than `queued_time_max`; how many that were.
    size_t expire();

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
    /// The raw bytes of all transactions.
    size_t raw_size() const;
    /// What they take in memory, as `memory_of` estimates it.
    size_t memory() const;

    struct Listed {
        TransactionPtr transaction;
        bool is_executable = false;
        uint64_t arrival = 0;  ///< later ones have higher numbers
    };
    /// Everything, by sender and nonce.
    std::vector<Listed> content() const;

    /// The bytes of memory that a transaction in the pool takes with all that belongs to it.
    static size_t memory_of(const SignedTransaction& transaction);

private:
    /// What a transaction offers, or the least that it and those before it do.
    struct Bid {
        u256 fee_cap;
        u256 tip;

        friend bool operator==(const Bid&, const Bid&) = default;
    };
    struct Entry {
        TransactionPtr transaction;
        uint64_t arrival = 0;
        u256 cost;  ///< the most it can cost: gas limit times fee cap, and value
        Bid least;  ///< of the row up to here
        size_t memory = 0;
        std::vector<LiveAuthorization> authorizations;
    };
    using Row = std::map<uint64_t, Entry>;  ///< by nonce
    struct Sender {
        SenderAccount account;
        Row row;
        u256 cost;              ///< of the whole row
        size_t executable = 0;  ///< the first of the row; the rest is queued
        uint64_t foreseen = 0;  ///< nonces below it are in blocks under way
        PoolOptions::Clock::time_point queued_since{};
    };
    using Senders = std::unordered_map<Address, Sender>;
    /// The last transaction of a sender's row, ordered by how soon it has to go.
    struct Tail {
        bool is_executable = false;
        bool pays_base_fee = false;
        u256 brings;  ///< the tip; of one that does not pay the base fee, its fee cap
        uint64_t arrival = 0;
        Address sender;

        bool operator<(const Tail& other) const;
    };

    static Bid bid_of(const Transaction& transaction);
    static Bid least_of(const Bid& a, const Bid& b);
    Tail tail(const Address& sender, bool is_executable, uint64_t arrival, const Bid& bid) const;
    Tail tail_of(const Address& address, const Sender& sender) const;
    /// Counts the transactions that follow one another from the account's nonce on.
    static void recount(Sender& sender);
    /// Works out `least` of `from`, and of those after it until it stays the same.
    static void reprice(Sender& sender, Row::iterator from);

    /// What `add` asks once it knows the sender's row.
    Result<void> admit(const SignedTransaction& transaction, const Sender& sender, const u256& cost,
                       std::span<const LiveAuthorization> authorizations) const;
    Result<void> admit_count(const SignedTransaction& transaction, const Sender& sender) const;
    Result<void> admit_cost(const SignedTransaction& transaction, const Sender& sender,
                            const u256& cost) const;
    /// Whether its account has code or may have soon, and then lose its balance to anybody.
    bool may_lose_funds(const Sender& sender, const Address& address) const;
    Result<void> admit_delegated(const SignedTransaction& transaction, const Sender& sender) const;

    /// How much a newcomer needs beyond what it replaces.
    struct Need {
        Bid bid;  ///< the least of its row up to it
        Address sender;
        uint64_t arrival = 0;
        bool is_executable = false;
        size_t count = 0;
        size_t memory = 0;
        size_t victims_max = 0;
    };
    /// How many transactions have to go from the end of whose row.
    using Victims = std::map<Address, size_t>;
    bool has_room(const Need& need, size_t freed_count, size_t freed_queued,
                  size_t freed_memory) const;
    Result<Victims> choose_victims(const Need& need) const;
    Result<void> make_room(const Need& need, const u256& base_fee);
    void insert(Senders::iterator sender, Entry entry);
    /// Orders the tails by what they bring at this base fee.
    void order_by(const u256& base_fee);

    /// How a row stood before it changed.
    struct Stand {
        uint64_t frontier = 0;  ///< the first nonce that was missing
        size_t queued = 0;
    };
    /// Takes a row out of the counts and the order of tails before it changes, and puts it back
    /// after, or drops the sender when nothing is left of it.
    Stand detach(const Address& address, const Sender& sender);
    void attach(Senders::iterator sender, const Stand& before);
    void drop_last(Senders::iterator sender, size_t count);
    /// Drops from the worst rows what is queued beyond the limit, after rows have changed.
    void trim_queue();
    void erase(Sender& sender, Row::iterator entry);

    const PoolOptions options_;
    mutable std::mutex mutex_;
    Senders senders_;
    std::unordered_map<Hash, TransactionPtr> by_hash_;
    std::set<Tail> tails_;
    u256 base_fee_;  ///< what the tails are ordered by
    Authorities authorities_;
    Counts counts_;
    size_t raw_size_ = 0;
    size_t memory_ = 0;
    uint64_t arrivals_ = 0;
};

}  // namespace plume
