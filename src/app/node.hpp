// A node: builds a chain, what drives it and the door in front of it, and takes them down in the
// right order.
#pragma once

#include <filesystem>

#include "app/admin.hpp"
#include "chain/chain.hpp"
#include "consensus/solo.hpp"
#include "rpc/server.hpp"

namespace plume {

inline constexpr std::string_view program_version = PLUME_VERSION;

struct NodeOptions {
    std::filesystem::path data;
    /// Founds the chain when `data` holds none; an existing chain must be this one.
    std::optional<Genesis> genesis{};
    rpc::ServerOptions server{};
    SoloOptions solo{.block_time = std::nullopt, .clock = system_clock_seconds};
    /// Serves the methods of development mode: time travel.
    bool is_development = false;
};

class Node {
public:
    /// An error is a sentence for the operator.
    static Result<std::unique_ptr<Node>> start(NodeOptions options);
    /// Answers what is under way, finishes its block, closes the store.
    ~Node();

    Chain& chain() { return *chain_; }
    /// Where it serves: "http://localhost:8545".
    std::string url() const;

private:
    explicit Node(std::unique_ptr<Chain> chain) : chain_(std::move(chain)) {}

    std::unique_ptr<Chain> chain_;
    std::unique_ptr<AdminSocket> admin_;
    std::unique_ptr<rpc::Waiters> waiters_;
    std::unique_ptr<Solo> solo_;
    std::unique_ptr<rpc::Router> router_;
    std::unique_ptr<rpc::Server> server_;  // The last to come and the first to go.
};

/// Blocks until the process is told to stop by SIGINT or SIGTERM. To be called by the first thread
/// of the program; `catch_stop_signals` has been called before any other thread was made.
void wait_for_stop_signal();
void catch_stop_signals();

}  // namespace plume
