// A node: builds a chain, what drives it and the door in front of it, and takes them down in the
// right order.
#pragma once

#include <filesystem>

#include "app/admin.hpp"
#include "app/watch.hpp"
#include "chain/chain.hpp"
#include "chain/pool_keeper.hpp"
#include "consensus/solo.hpp"
#include "rpc/server.hpp"

namespace plume {

class Indexer;

inline constexpr std::string_view program_version = PLUME_VERSION;

/// The pool's journal in a data directory.
inline constexpr std::string_view journal_file = "pool.journal";
/// The read model's file in a data directory.
inline constexpr std::string_view index_file = "index.db";

struct NodeOptions {
    std::filesystem::path data;
    /// Founds the chain when `data` holds none; an existing chain must be this one.
    std::optional<Genesis> genesis{};
    rpc::ServerOptions server{};
    SoloOptions solo{.block_time = std::nullopt, .clock = system_clock_seconds};
    /// Serves the methods of development mode, and signs for `accounts`.
    bool is_development = false;
    /// How many states are kept; absent: all. Nothing is pruned for development.
    std::optional<uint64_t> history{};
    std::vector<rpc::DevAccount> accounts{};
    /// Where to serve /metrics, /livez and /readyz; absent: nowhere.
    std::optional<rpc::PageServerOptions> metrics{};
    PoolOptions pool{};
    /// Keeps what waits in the pool in `journal_file` of the data directory. A development node
    /// never does; any other one without this removes the file, for what is in it gets old.
    bool keeps_pool = true;
    /// Keeps the read model (index/indexer.hpp) in `index_file` of the data directory.
    bool has_index = true;
    /// Whether the node goes on without metrics when their port is taken, with a warning.
    bool may_lack_metrics = false;
};

class Node {
public:
    /// An error is a sentence for the operator.
    static Result<std::unique_ptr<Node>> start(NodeOptions options);
    /// Answers what is under way, finishes its block, closes the store.
    ~Node();

    /// Null without one.
    Indexer* index() { return index_.get(); }

    Chain& chain() { return *chain_; }
    const Watch& watch() const { return *watch_; }
    /// Where it serves: "http://localhost:8545".
    std::string url() const;
    /// Where metrics are: "http://localhost:6060/metrics"; empty for nowhere.
    std::string metrics_url() const;

    /// From now on it is not ready, and no further block is begun.
    void begin_stop();
    /// Whether everything that was acknowledged is on disk and no block is under way.
    bool is_chain_at_rest() const { return solo_->is_finished(); }

private:
    explicit Node(std::unique_ptr<Chain> chain);
    Result<void> keep_pool(const NodeOptions& options);
    Result<void> serve(NodeOptions options);

    std::unique_ptr<Chain> chain_;
    std::unique_ptr<AdminSocket> admin_;
    std::unique_ptr<Watch> watch_;
    std::unique_ptr<Indexer> index_;
    std::unique_ptr<rpc::Waiters> waiters_;
    std::unique_ptr<rpc::Filters> filters_;
    std::unique_ptr<rpc::Feed> feed_;
    std::unique_ptr<Solo> solo_;
    std::unique_ptr<PoolKeeper> pool_keeper_;
    std::unique_ptr<Development> development_;
    std::unique_ptr<rpc::Router> router_;
    std::unique_ptr<rpc::PageServer> pages_;
    std::unique_ptr<rpc::Server> server_;  // The last to come and the first to go.
};

}  // namespace plume
