#include "chain/pruner.hpp"

#include <algorithm>
#include <chrono>

#include "base/log.hpp"
#include "chain/committer.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

/// Leaves the disk and a core to those who make blocks.
constexpr std::chrono::milliseconds pause_time{5};
/// Blocks after a sweep until no snapshot of the chain's own is from before it: those under way,
/// and the one that the tip stands on.
constexpr uint64_t settling_blocks = Committer::under_way_max + 1;

}  // namespace

Pruner::Pruner(Store& store, uint64_t history)
    : store_(store),
      history_(std::max<uint64_t>(history, 1)),
      head_(store.head()->number()),
      thread_("pruner", [this] { run(); }) {}

Pruner::~Pruner() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
}

void Pruner::on_head(uint64_t number) {
    const std::lock_guard lock(mutex_);
    head_ = number;
    changed_.notify_all();
}

void Pruner::run() {
    const auto first = store_.head();
    bool is_cut = first->swept() < store_.noted_kept_from();
    std::optional<uint64_t> reclaim_at;
    std::optional<uint64_t> seen;
    while ((seen = wait(seen))) {
        if (is_due(*seen)) {
            store_.keep_from(*seen + 1 - history_);
            is_cut = true;
        }
        if (std::exchange(is_cut, false)) {
            if (!sweep()) return;
            reclaim_at = store_.head()->number() + settling_blocks;
        }
        if (!reclaim_at || *seen < *reclaim_at) continue;
        reclaim_at.reset();
        reclaim();
    }
}

std::optional<uint64_t> Pruner::wait(std::optional<uint64_t> seen) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_stopping_ || head_ != seen; });
    if (is_stopping_) return std::nullopt;
    return head_;
}

bool Pruner::is_due(uint64_t head) const {
    const uint64_t stride = std::max(history_ / 4, prune_stride_min);
    return head + 1 >= history_ + store_.noted_kept_from() + stride;
}

bool Pruner::sweep() {
    uint64_t removed = 0;
    PruneStep step;
    do {
        step = store_.prune(step);
        removed += step.removed;
        if (!pause()) return false;
    } while (!step.next.empty());
    log::info("pruned", {{"states_from", std::to_string(store_.noted_kept_from())},
                         {"removed", std::to_string(removed)}});
    return true;
}

void Pruner::reclaim() {
    for (unsigned part = 0; part < schema::history_parts && pause(); ++part)
        store_.reclaim(part, is_stopping_);
}

bool Pruner::pause() {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, pause_time, [this] { return is_stopping_.load(); });
}

}  // namespace plume
