// Filters: what a client that cannot be told asks about again and again.
//
// A filter is a place in the chain, not a list of what happened since: a poll reads the store from
// there on and moves the place. Blocks are final once committed, so nothing is told twice or
// missed, and an unused filter costs nothing as the chain grows. Only transactions on their way
// into a block have to be noted: they wait in one ring for all filters.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "chain/chain.hpp"
#include "rpc/log_request.hpp"

namespace plume::rpc {

/// Any thread.
class Filters {
public:
    using Clock = std::chrono::steady_clock;

    static constexpr size_t count_max = 1'024;
    /// What the addresses and topics of all filters may take, in bytes.
    static constexpr size_t conditions_size_max = size_t{32} << 20;
    /// Pending transactions that are remembered, and their raw bytes. A filter that has not been
    /// asked for so long that some of its own are gone is forgotten, rather than answered with
    /// gaps.
    static constexpr size_t pending_count_max = 65'536;
    static constexpr size_t pending_size_max = size_t{64} << 20;
    /// A filter that is not asked about for so long is forgotten.
    static constexpr std::chrono::seconds idle_time_max{300};

    /// `chain` must outlive this object. `now` is for tests.
    explicit Filters(Chain& chain, std::function<Clock::time_point()> now = Clock::now);
    ~Filters();
    Filters(const Filters&) = delete;
    Filters& operator=(const Filters&) = delete;

    /// Each returns the new filter's id, or throws -32005 when there are `count_max`, or their
    /// conditions would take more than `conditions_size_max`.
    /// `with_head`: the newest block is the first that is told.
    std::string add_blocks(bool with_head = false);
    std::string add_transactions(bool is_full);
    std::string add_logs(LogQuery conditions, LogRange range);

    /// What happened since the filter was made or asked last: hashes of blocks or transactions, or
    /// logs. So much at a time as eth_getLogs would answer; the rest waits. Throws -32000 "filter
    /// not found".
    Json changes(std::string_view id);
    /// All logs in the range of a log filter, as eth_getLogs. Throws as that, and -32000 "filter
    /// not found" for filters of another kind too.
    Json logs(std::string_view id);
    /// Whether there was such a filter.
    bool remove(std::string_view id);

private:
    enum class Kind : uint8_t { blocks, transactions, logs };
    struct Filter {
        Kind kind = Kind::blocks;
        bool is_full = false;   ///< whole transactions instead of hashes
        LogQuery conditions{};  ///< from and to: the bounds between which logs are told of
        LogRange range{};       ///< as it was asked for
        uint64_t next = 0;      ///< block, or number of a pending transaction
        Clock::time_point used{};
        std::mutex mutex{};  ///< held while it is asked, so that polls follow one another
    };
    using FilterPtr = std::shared_ptr<Filter>;

    void note(const TransactionPtr& transaction);
    std::string add(FilterPtr filter);
    FilterPtr find(std::string_view id);
    void erase(std::map<std::string, FilterPtr, std::less<>>::iterator filter);
    void forget_idle();
    Json new_blocks(Filter& filter) const;
    Json new_logs(Filter& filter) const;
    Json new_transactions(std::string_view id, Filter& filter);

    Chain& chain_;
    const std::function<Clock::time_point()> now_;
    std::mutex mutex_;
    std::map<std::string, FilterPtr, std::less<>> filters_;
    size_t conditions_size_ = 0;
    std::atomic<size_t> transaction_filters_ = 0;  ///< lets transactions pass without the lock
    std::deque<TransactionPtr> pending_;
    size_t pending_size_ = 0;
    uint64_t first_pending_ = 0;  ///< the number of the first of them
    Chain::Subscription subscription_;
};

}  // namespace plume::rpc
