#include "consensus/development.hpp"

#include <algorithm>

namespace plume {

Result<void> Development::run(const std::function<Result<void>()>& work) {
    Result<void> out;
    const bool is_done = solo_.between_blocks([&] {
        const std::lock_guard lock(mutex_);
        out = work();
    });
    if (!is_done) return Error{.what = "the node is stopping"};
    return out;
}

Result<void> Development::edit(const Edits& edits) {
    return run([&]() -> Result<void> {
        const uint64_t number = chain_.head()->number();
        // Nobody can go back to before any other edit than one of the genesis block.
        const bool is_kept = !snapshots_.empty() || number == 0;
        if (is_kept && undos_.size() >= edits_max)
            return Error{.what = "more than " + std::to_string(edits_max) +
                                 " edits since the oldest snapshot: revert to it first"};
        Edits undo = chain_.edit(edits);
        if (is_kept && !undo.empty()) undos_.push_back({number, std::move(undo)});
        return {};
    });
}

Result<void> Development::set_next(const NextBlock& next) {
    return run([&]() -> Result<void> {
        chain_.set_next(next);
        return {};
    });
}

Result<void> Development::drop_all() {
    return run([&]() -> Result<void> {
        chain_.clear_pool();
        return {};
    });
}

Result<void> Development::drop(const Hash& transaction) {
    return run([&]() -> Result<void> {
        chain_.drop(transaction);
        return {};
    });
}

Result<void> Development::drop_of(const Address& sender) {
    return run([&]() -> Result<void> {
        for (const Mempool::Listed& listed : chain_.pool().content())
            if (listed.transaction->sender == sender) chain_.drop(listed.transaction->hash);
        return {};
    });
}

Result<uint64_t> Development::snapshot() {
    uint64_t id = 0;
    auto taken = run([&]() -> Result<void> {
        if (snapshots_.size() >= snapshots_max)
            return Error{.what = "there are " + std::to_string(snapshots_max) +
                                 " snapshots already: revert to an earlier one first"};
        std::vector<TransactionPtr> waiting;
        for (const Mempool::Listed& listed : chain_.pool().content())
            waiting.push_back(listed.transaction);
        if (waiting.size() > snapshot_transactions_max)
            return Error{.what = "more than " + std::to_string(snapshot_transactions_max) +
                                 " transactions wait: mine them before you take a snapshot"};
        id = ++last_id_;
        snapshots_.push_back(
            {id, chain_.head()->number(), undos_.size(), std::move(waiting), solo_.mark_clock()});
        return {};
    });
    if (!taken) return std::move(taken).error();
    return id;
}

void Development::go_back(uint64_t block_number, size_t edits) {
    chain_.rewind(block_number);
    while (undos_.size() > edits) {
        // Those of later blocks went with them.
        if (undos_.back().block_number == block_number) chain_.edit(undos_.back().edits);
        undos_.pop_back();
    }
}

void Development::restore(const Snapshot& snapshot) {
    go_back(snapshot.block_number, snapshot.edits);
    solo_.resume_clock(snapshot.clock);
    // What does not fit any more was replaced or paid for meanwhile, and is left out.
    for (const TransactionPtr& transaction : snapshot.waiting)
        static_cast<void>(chain_.submit(transaction));
}

Result<bool> Development::revert(uint64_t id) {
    bool is_found = false;
    auto done = run([&]() -> Result<void> {
        const auto found = std::ranges::find(snapshots_, id, &Snapshot::id);
        if (found == snapshots_.end()) return {};
        is_found = true;
        const Snapshot snapshot = std::move(*found);
        snapshots_.erase(found, snapshots_.end());
        restore(snapshot);
        if (snapshots_.empty())
            std::erase_if(undos_, [](const Undo& undo) { return undo.block_number != 0; });
        return {};
    });
    if (!done) return std::move(done).error();
    return is_found;
}

Result<void> Development::rollback(uint64_t depth) {
    return run([&]() -> Result<void> {
        const uint64_t head = chain_.head()->number();
        if (depth > head)
            return Error{.what = "there are only " + std::to_string(head) +
                                 " blocks behind the latest"};
        const uint64_t target = head - depth;
        if (auto state = chain_.at(target); !state) return std::move(state).error();
        std::erase_if(snapshots_, [&](const Snapshot& s) { return s.block_number > target; });
        std::erase_if(undos_, [&](const Undo& undo) { return undo.block_number > target; });
        go_back(target, undos_.size());
        return {};
    });
}

Result<void> Development::reset() {
    return run([&]() -> Result<void> {
        if (auto state = chain_.at(uint64_t{0}); !state) return std::move(state).error();
        snapshots_.clear();
        impersonated_.clear();
        impersonates_all_ = false;
        go_back(0, 0);
        solo_.reset_clock();
        return {};
    });
}

bool Development::impersonate(const Address& address, bool on) {
    const std::lock_guard lock(mutex_);
    if (!on) {
        impersonated_.erase(address);
        return true;
    }
    if (impersonated_.size() >= impersonated_max && !impersonated_.contains(address)) return false;
    impersonated_.insert(address);
    return true;
}

void Development::impersonate_all(bool on) {
    const std::lock_guard lock(mutex_);
    impersonates_all_ = on;
}

bool Development::may_impersonate(const Address& address) const {
    const std::lock_guard lock(mutex_);
    return impersonates_all_ || impersonated_.contains(address);
}

}  // namespace plume
