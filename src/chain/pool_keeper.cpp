#include "chain/pool_keeper.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>

#include "base/log.hpp"
#include "chain/validate.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

static_assert(Journal::record_size_max >= transaction_size_max, "a transaction fits in a record");

/// How many transactions of a journal are in memory at once before they are in the pool.
constexpr size_t batch_size = 1'024;

/// Each sender's by their nonces, for behind a gap there is little room; the senders in the order
/// in which they came.
std::vector<Mempool::Listed> by_arrival(const Mempool& pool) {
    std::vector<Mempool::Listed> out = pool.content();
    for (auto row = out.begin(); row != out.end();) {
        const Address& sender = row->transaction->sender;
        const auto end = std::find_if(row, out.end(), [&](const Mempool::Listed& each) {
            return each.transaction->sender != sender;
        });
        const auto first = std::min_element(
            row, end, [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
        const uint64_t arrival = first->arrival;
        for (; row != end; ++row) row->arrival = arrival;
    }
    std::ranges::stable_sort(out, {}, &Mempool::Listed::arrival);
    return out;
}

}  // namespace

PoolKeeper::PoolKeeper(Chain& chain, PoolKeeperOptions options)
    : chain_(chain), options_(std::move(options)) {}

Result<std::unique_ptr<PoolKeeper>> PoolKeeper::start(Chain& chain, PoolKeeperOptions options) {
    std::unique_ptr<PoolKeeper> keeper(new PoolKeeper(chain, std::move(options)));
    if (auto restored = keeper->restore(); !restored) return std::move(restored).error();
    keeper->thread_.emplace("pool", [self = keeper.get()] { self->run(); });
    return keeper;
}

Result<void> PoolKeeper::restore() {
    if (!options_.journal) return {};
    std::vector<Bytes> batch;
    auto opened = Journal::open(*options_.journal, [&](Bytes raw) {
        batch.push_back(std::move(raw));
        if (batch.size() == batch_size) take_back(std::exchange(batch, {}));
    });
    if (!opened) return std::move(opened).error();
    take_back(std::move(batch));
    restored_.lost = opened->lost;
    journal_ = std::move(opened->journal);
    if (journal_->size() + restored_.lost > 0)
        log::info("pool restored", {{"transactions", std::to_string(restored_.taken)},
                                    {"included", std::to_string(restored_.included)},
                                    {"refused", std::to_string(restored_.refused)},
                                    {"lost_bytes", std::to_string(restored_.lost)}});
    pending_ = chain_.on_pending([this](const TransactionPtr& transaction) { keep(transaction); });
    rewrite();
    return {};
}

void PoolKeeper::take_back(std::vector<Bytes> raws) {
    const auto head = chain_.head();
    restored_.included += std::erase_if(
        raws, [&](const Bytes& raw) { return head->locate(keccak256(raw)).has_value(); });
    std::vector<TransactionPtr> transactions(raws.size());
    tbb::parallel_for(size_t{0}, raws.size(), [&](size_t i) {
        auto recovered = recover_transaction(std::move(raws[i]));
        if (recovered) transactions[i] = std::move(*recovered);
    });
    for (const TransactionPtr& transaction : transactions) {
        const bool is_taken = transaction != nullptr && chain_.submit(transaction).ok();
        ++(is_taken ? restored_.taken : restored_.refused);
    }
}

PoolKeeper::~PoolKeeper() {
    if (pending_) chain_.unsubscribe(*pending_);
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        wake_.notify_all();
    }
    thread_.reset();
    if (journal_ != nullptr) rewrite();
}

void PoolKeeper::keep(const TransactionPtr& transaction) {
    if (journal_->append(transaction->raw) || is_full_.exchange(true)) return;
    const std::lock_guard lock(mutex_);
    wake_.notify_all();
}

void PoolKeeper::run() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        lock.unlock();
        if (const size_t count = chain_.expire_pool(); count > 0)
            log::info("transactions expired that waited for an earlier nonce",
                      {{"count", std::to_string(count)}});
        if (journal_ != nullptr) tend_journal();
        lock.lock();
        wake_.wait_for(lock, options_.interval, [this] { return is_stopping_ || is_full_; });
    }
}

void PoolKeeper::tend_journal() {
    const Mempool::Counts counts = chain_.pool().counts();
    const bool is_empty = counts.executable + counts.queued == 0;
    const uint64_t size = journal_->size();
    const uint64_t bound = is_empty ? 0 : 2 * chain_.pool().raw_size() + options_.slack;
    if (is_full_ || size > bound) {
        rewrite();
    } else if (size > synced_) {
        journal_->sync();
        synced_ = size;
    }
}

void PoolKeeper::rewrite() {
    if (is_full_)
        log::warn("the journal of the pool was full: some of what came is kept only from now on",
                  {{"bytes", std::to_string(journal_->size())}});
    is_full_ = false;
    // In this order: what enters the pool meanwhile is appended after `since` and stays.
    const uint64_t since = journal_->size();
    const std::vector<Mempool::Listed> waiting = by_arrival(chain_.pool());
    std::vector<BytesView> records;
    records.reserve(waiting.size());
    for (const Mempool::Listed& each : waiting) records.emplace_back(each.transaction->raw);
    synced_ = journal_->rewrite(records, since);
}

}  // namespace plume
