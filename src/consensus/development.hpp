// What a development chain can do besides growing: go back, be edited, and let anybody send.
#pragma once

#include <set>

#include "consensus/solo.hpp"

namespace plume {

/// Snapshots and impersonated accounts live in memory and end with the process; what they did to
/// the chain is on disk. Any thread.
class Development {
public:
    /// Snapshots that can be kept.
    static constexpr size_t snapshots_max = 10'000;
    /// Transactions that may wait when one is taken.
    static constexpr size_t snapshot_transactions_max = 4'096;
    /// Edits since the oldest snapshot.
    static constexpr size_t edits_max = 100'000;
    /// Accounts impersonated at once.
    static constexpr size_t impersonated_max = 10'000;

    /// Both must outlive it. The chain was opened as a development chain.
    Development(Chain& chain, Solo& solo) : chain_(chain), solo_(solo) {}
    Development(const Development&) = delete;
    Development& operator=(const Development&) = delete;

    Chain& chain() const { return chain_; }
    Solo& solo() const { return solo_; }

    /// Changes the state after the head. An error when the node is stopping, or there were too many
    /// edits.
    Result<void> edit(const Edits& edits);
    Result<void> set_next(const NextBlock& next);
    /// Drops what waits: all, one transaction, or those of one sender.
    Result<void> drop_all();
    Result<void> drop(const Hash& transaction);
    Result<void> drop_of(const Address& sender);

    /// Remembers the chain, the pool and the clock. Ids count from 1.
    Result<uint64_t> snapshot();
    /// Goes back to a snapshot; it and all later ones are forgotten. False when there is none with
    /// this id.
    Result<bool> revert(uint64_t id);
    /// Goes back `depth` blocks; an error when there are not as many.
    Result<void> rollback(uint64_t depth);
    /// Goes back to the genesis block as it was founded, or as it was when this process opened it;
    /// forgets snapshots, impersonated accounts and what was set.
    Result<void> reset();

    /// Lets transactions of `address` be sent without its signature, or no more. False when
    /// `impersonated_max` are already.
    bool impersonate(const Address& address, bool on);
    void impersonate_all(bool on);
    bool may_impersonate(const Address& address) const;

    /// To be held by whoever chooses a nonce for a transaction, until the pool has it: nobody else
    /// chooses the same meanwhile.
    [[nodiscard]] std::unique_lock<std::mutex> take_turn() { return std::unique_lock(turn_); }

private:
    struct Snapshot {
        uint64_t id = 0;
        uint64_t block_number = 0;
        size_t edits = 0;  ///< of the list below, that were made before
        std::vector<TransactionPtr> waiting;
        Solo::ClockMark clock;
    };
    /// What takes an edit back, and the block after which it was made.
    struct Undo {
        uint64_t block_number = 0;
        Edits edits;
    };

    /// Runs `work` on the chain thread, with the lock.
    Result<void> run(const std::function<Result<void>()>& work);
    /// On the chain thread: takes blocks and then edits back.
    void go_back(uint64_t block_number, size_t edits);
    void restore(const Snapshot& snapshot);

    Chain& chain_;
    Solo& solo_;
    std::mutex turn_;
    mutable std::mutex mutex_;
    std::vector<Snapshot> snapshots_;  ///< by id
    std::vector<Undo> undos_;          ///< oldest first
    uint64_t last_id_ = 0;
    std::set<Address> impersonated_;
    bool impersonates_all_ = false;
};

}  // namespace plume
