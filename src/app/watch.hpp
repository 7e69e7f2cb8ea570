// Watches a node: counts what happens, writes a log line for each block, and says how the node is.
#pragma once

#include <boost/json.hpp>
#include <filesystem>

#include "app/health.hpp"
#include "app/metrics.hpp"
#include "rpc/method.hpp"
#include "rpc/page_server.hpp"

namespace plume {

class Indexer;

struct WatchOptions {
    std::filesystem::path data;
    std::optional<std::chrono::seconds> block_time;
    std::string_view version;
    /// How long a block may wait for the disk.
    std::chrono::milliseconds commit_limit = commit_wait_limit;
};

/// Any thread. `chain` must outlive it.
class Watch {
public:
    Watch(const Chain& chain, WatchOptions options);

    /// For SoloOptions::on_block: counts the block and writes its line.
    void on_block(const BlockReport& report);
    /// For rpc::Services::observe.
    void on_answer(std::string_view method, const rpc::Answer& answer,
                   std::chrono::nanoseconds took);

    /// Whoever makes blocks, from when it is there until null. Not while anybody asks.
    void attach(Solo* solo) { solo_ = solo; }
    /// The index, under the same terms.
    void attach(const Indexer* index) { index_ = index; }
    void note_stopping() { is_stopping_ = true; }

    Health health() const;
    /// What `plume status` shows.
    boost::json::object status() const;
    /// /livez and /readyz: whether the process is to be restarted, and whether it can be relied on.
    std::optional<rpc::Page> health_page(std::string_view path) const;
    /// These and /metrics.
    std::optional<rpc::Page> page(std::string_view path);

private:
    using Clock = std::chrono::steady_clock;
    Gauges gauges() const;

    const Chain& chain_;
    const WatchOptions options_;
    const Clock::time_point start_ = Clock::now();
    std::atomic<Clock::time_point> last_block_ = start_;
    std::atomic<Solo*> solo_ = nullptr;
    std::atomic<const Indexer*> index_ = nullptr;
    std::atomic<bool> is_stopping_ = false;
    Metrics metrics_;
};

}  // namespace plume
